#include "analyzer/packages.h"

#include <string.h>

#include "cli/image_options.h"
#include "cli/progress.h"
#include "cli/report_options.h"

struct packages_options {
    struct image_arguments image;
    struct report_arguments report;
    const char *kind;
    bool unowned;
};

static const struct packages_options defaults = {.report = REPORT_DEFAULTS};

static const struct option options[] = {
    {.name = "kind",
     .letter = 'k',
     .type = OPTION_TEXT,
     OPTION_AT(struct packages_options, kind),
     .argument = "KIND",
     .choices = package_kind_names,
     .summary = "packages of one kind only"},
    {.name = "unowned",
     .type = OPTION_FLAG,
     OPTION_AT(struct packages_options, unowned),
     .summary = "only where the files lie that no package owns"},
    REPORT_OPTIONS_AMONG(struct packages_options, inventory_format_names),
    IMAGE_OPTIONS(struct packages_options),
    OPTION_END,
};

static int check_kind(const char *kind, struct error *err)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; package_kind_names[i]; i++) {
        if (!kind || strcmp(kind, package_kind_names[i]) == 0)
            return 0;
        strbuf_addf(&names, "%s%s", i ? ", " : "", package_kind_names[i]);
    }
    error_set(err, ERROR_USAGE, "--kind: there is no kind '%s'", kind);
    return error_hint(err, "kinds are %s", names.buf);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct packages_options *given = invocation->options;
    struct limits limits;
    struct analysis_options analysis_options;
    struct analysis *analysis;
    struct package_watch watch;
    const struct watcher *watchers[] = {&watch.watcher, NULL};
    if (report_arguments_check_among(&given->report, inventory_formats, err) < 0 ||
        check_kind(given->kind, err) < 0 ||
        image_arguments_read(&given->image, invocation, &limits, &analysis_options, err) < 0)
        return -1;
    package_watch_start(&watch, &limits);
    analysis_options.watchers = watchers;
    analysis_options.top = 1;
    struct progress_line line;
    progress_line_start(&line, invocation, invocation->operands[0]);
    analysis_options.progress = &line.progress;
    int result = analysis_run(&analysis, invocation->operands[0], &analysis_options, err);
    progress_line_stop(&line);
    struct packages packages;
    if (result == 0)
        packages_collect(&packages, analysis->image, &analysis->accounting, &watch);
    package_watch_release(&watch);
    if (result < 0)
        return -1;
    struct inventory inventory = {
        .packages = &packages, .kind = given->kind, .only_unowned = given->unowned};
    struct report report = {.analysis = analysis, .inventory = &inventory};
    int status =
        report_arguments_write_among(&given->report, inventory_formats, invocation, &report, err);
    if (status == 0)
        status = image_status(analysis->image);
    packages_release(&packages);
    analysis_free(analysis);
    return status;
}

static const struct example examples[] = {
    {"ullage packages app.tar", "the largest packages, and what none owns"},
    {"ullage packages app.tar --kind dpkg --top 0", "all packages of Debian"},
    {"ullage packages app.tar --unowned", "where files lie that no package owns"},
    {"ullage packages app.tar --report csv=packages.csv", "the table, and a file with all rows"},
    {NULL, NULL},
};

const struct command command_packages = {
    .name = "packages",
    .group = "Images",
    .summary = "list an image's packages by the bytes they take",
    .usage = "IMAGE",
    .description =
        "Reads the package databases of an image and measures what each package owns of the "
        "merged file system. A file counts once, for the first package that owns it; what no "
        "package owns is listed by folder, and all of it sums to live_bytes.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct packages_options),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = 1,
    .complete = COMPLETE_FILE,
    .run = run,
};
