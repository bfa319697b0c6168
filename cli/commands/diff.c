#include "analyzer/diff.h"

#include <string.h>

#include "cli/image_options.h"
#include "cli/progress.h"
#include "cli/report_options.h"

struct diff_command_options {
    struct image_arguments image;
    struct report_arguments report;
    struct strvec ignore;
    const char *threshold;
    const char *only;
    bool ignore_time;
};

static const struct diff_command_options defaults = {.report = REPORT_DEFAULTS};

static const struct option options[] = {
    {.name = "ignore",
     .type = OPTION_LIST,
     OPTION_AT(struct diff_command_options, ignore),
     .argument = "GLOB",
     .summary = "leave paths out of files and directories, and out of the verdict",
     .group = "Comparison"},
    {.name = "ignore-time",
     .type = OPTION_FLAG,
     OPTION_AT(struct diff_command_options, ignore_time),
     .summary = "times of files, of the image and of its history do not count",
     .group = "Comparison"},
    {.name = "threshold",
     .type = OPTION_TEXT,
     OPTION_AT(struct diff_command_options, threshold),
     .argument = "SIZE|PERCENT",
     .summary = "status 1 only if live_bytes or content_bytes changed by more",
     .group = "Comparison"},
    {.name = "only",
     .type = OPTION_TEXT,
     OPTION_AT(struct diff_command_options, only),
     .argument = "PARTS",
     .summary = "parts, by their names in the report: totals,files",
     .group = "Comparison"},
    REPORT_OPTIONS_AMONG(struct diff_command_options, comparison_format_names),
    IMAGE_OPTIONS(struct diff_command_options),
    OPTION_END,
};

static int read_options(const struct diff_command_options *given, struct diff_options *diff,
                        struct error *err)
{
    for (int part = 0; part < DIFF_PARTS; part++)
        diff->parts[part] = true;
    diff->ignore = &given->ignore;
    diff->ignore_time = given->ignore_time;
    if (given->threshold && diff_parse_threshold(diff, given->threshold, err) < 0)
        return error_prefix(err, "--threshold");
    if (given->only && diff_parse_parts(diff, given->only, err) < 0)
        return error_prefix(err, "--only");
    return 0;
}

/* What was read of either side may be partial. */
static int sides_status(const struct comparison *comparison)
{
    int worst = 0;
    for (int side = 0; side < 2; side++) {
        const struct analysis *analysis = comparison->sides[side].analysis;
        int status = analysis ? image_status(analysis->image) : 0;
        worst = status ? status : worst;
    }
    return worst;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct diff_command_options *given = invocation->options;
    struct limits limits;
    struct diff_options diff = {.has_threshold = false};
    struct comparison *comparison;
    if (report_arguments_check_among(&given->report, comparison_formats, err) < 0 ||
        read_options(given, &diff, err) < 0 ||
        image_arguments_read(&given->image, invocation, &limits, &diff.analysis, err) < 0)
        return -1;
    struct progress_line line;
    progress_line_start(&line, invocation, invocation->operands[1]);
    diff.analysis.progress = &line.progress;
    int result = diff_run(&comparison, invocation->operands[0], invocation->operands[1], &diff,
                          err);
    progress_line_stop(&line);
    if (result < 0)
        return -1;
    struct report report = {.comparison = comparison};
    int status = report_arguments_write_among(&given->report, comparison_formats, invocation,
                                              &report, err);
    if (status == 0)
        status = sides_status(comparison);
    if (status == 0 && comparison->differs)
        status = 1;
    comparison_free(comparison);
    return status;
}

static const struct example examples[] = {
    {"ullage diff old.tar new.tar", "what grew, and where"},
    {"ullage diff old.tar new.tar --ignore-time --only files,config", "is it the same image?"},
    {"ullage diff main.json app.tar --threshold 5%", "against an earlier report, in a gate"},
    {"ullage diff old.tar new.tar --report markdown=comment.md", "a comment for a pull request"},
    {NULL, NULL},
};

const struct command command_diff = {
    .name = "diff",
    .group = "Images",
    .summary = "compare two images: what grew, and where",
    .usage = "OLD NEW",
    .description =
        "Compares two images by their totals, layers, directories, packages and files, their "
        "configuration and their history. The lists are ranked by the absolute change of bytes; "
        "each ends with what it left out and a total that adds up.\n\n"
        "Either may be an earlier JSON report of 'ullage analyze': then only what a report holds "
        "is compared. Either, but not both, may be - for standard input.\n\n"
        "The status is 1 when they differ: in anything that is not ignored, or with --threshold "
        "only when live_bytes or content_bytes changed by more. Patterns of --ignore take away "
        "from what counts, and with them the sums over all files do not count at all.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct diff_command_options),
    .defaults = &defaults,
    .operands_min = 2,
    .operands_max = 2,
    .complete = COMPLETE_FILE,
    .run = run,
};
