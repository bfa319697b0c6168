#include "cli/attribution_options.h"
#include "cli/check_options.h"
#include "cli/image_options.h"
#include "cli/platforms.h"
#include "cli/progress.h"
#include "cli/report_options.h"

struct analyze_options {
    struct image_arguments image;
    struct report_arguments report;
    struct check_arguments checks;
    struct attribution_arguments origin;
    const char *base;
    bool strict;
};

static const struct analyze_options defaults = {.report = REPORT_DEFAULTS,
                                                .checks = CHECK_DEFAULTS};

static const struct option options[] = {
    REPORT_OPTIONS(struct analyze_options),
    IMAGE_OPTIONS(struct analyze_options),
    CHECK_OPTIONS(struct analyze_options),
    CHECK_DAY_OPTION(struct analyze_options),
    ATTRIBUTION_OPTIONS(struct analyze_options),
    {.name = "base",
     .type = OPTION_TEXT,
     OPTION_AT(struct analyze_options, base),
     .argument = "N|ARCHIVE|REPORT",
     .summary = "what the image is built on: a number of layers, its archive or its report",
     .complete = COMPLETE_FILE,
     .group = "Image"},
    {.name = "strict",
     .type = OPTION_FLAG,
     OPTION_AT(struct analyze_options, strict),
     .summary = "findings of severity error fail with status 1",
     .group = "Output"},
    OPTION_END,
};

static bool has_errors(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (finding_severity(findings->items[i].rule) == SEVERITY_ERROR)
            return true;
    return false;
}

/* `digest` is one of the images that --platform all found, NULL without it. */
static int run_one(const struct invocation *invocation, const char *digest, struct error *err)
{
    const struct analyze_options *given = invocation->options;
    struct limits limits;
    struct analysis_options analysis_options;
    struct analysis *analysis;
    struct checks checks;
    if (image_arguments_read(&given->image, invocation, &limits, &analysis_options, err) < 0 ||
        check_arguments_start(&given->checks, &checks, &analysis_options, err) < 0)
        return -1;
    if (digest) {
        analysis_options.reference = digest;
        analysis_options.platform = NULL;
    }
    analysis_options.base = given->base;
    analysis_options.top = given->report.top;
    struct progress_line line;
    progress_line_start(&line, invocation, invocation->operands[0]);
    analysis_options.progress = &line.progress;
    int result = analysis_run(&analysis, invocation->operands[0], &analysis_options, err);
    progress_line_stop(&line);
    if (result == 0)
        check_arguments_run(&given->checks, &checks, analysis);
    checks_release(&checks);
    if (result < 0)
        return -1;
    if (attribution_arguments_apply(&given->origin, analysis, err) < 0) {
        analysis_free(analysis);
        return -1;
    }
    struct report report = {.analysis = analysis};
    int status = platform_reports_write(&given->report, invocation, &report,
                                        analysis->image->chosen->platform, err);
    if (status == 0)
        status = image_status(analysis->image);
    if (status == 0 && given->strict && has_errors(&analysis->image->findings))
        status = 1;
    analysis_free(analysis);
    return status;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct analyze_options *given = invocation->options;
    cleanup_strvec struct strvec digests = STRVEC_INIT;
    struct limits limits;
    struct analysis_options analysis_options;
    if (report_arguments_check(&given->report, err) < 0 ||
        image_arguments_read(&given->image, invocation, &limits, &analysis_options, err) < 0)
        return -1;
    if (platform_is_all(given->image.platform) &&
        (platform_list(&digests, invocation->operands[0], &analysis_options, err) < 0 ||
         (digests.count > 1 && platform_reports_check(&given->report, err) < 0)))
        return -1;
    return platform_run_each(invocation, &digests, run_one, err);
}

static const struct example examples[] = {
    {"ullage analyze app.tar", "what is in it, what is wasted, in one screen"},
    {"docker save app | ullage analyze -", "the same without a file"},
    {"ullage analyze app.tar --report json=app.json", "the screen, and a report for machines"},
    {"ullage analyze app.tar --base base.tar", "tell own layers from the base's"},
    {"ullage analyze app.tar --checks --strict", "fail where it holds secrets and the like"},
    {NULL, NULL},
};

const struct command command_analyze = {
    .name = "analyze",
    .group = "Images",
    .summary = "measure an image: layers, waste, duplicates, what to do",
    .usage = "IMAGE",
    .description =
        "Reads a saved image and says what is in it, what of it no container ever sees, which "
        "instruction shipped it and what would save it.\n\n"
        "IMAGE is an archive of docker save, podman save, skopeo, buildx, kaniko, crane, ko, jib, "
        "nix or bazel, an OCI layout, a layer, a root directory, or - for standard input. It may "
        "be compressed with gzip, zstd or xz. docker://REF and podman://REF are saved by their engine "
        "and read as they come, without a file.\n\n"
        "--checks adds findings about what the image holds: secrets (of which only fingerprints "
        "are shown), permissions, accounts, leavings, user, health check and more; 'ullage "
        "explain' lists the rules. It is off by default because it reads every payload.\n\n"
        "--platform all reports each image of an archive; {platform} in the name of a file keeps "
        "their reports apart.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct analyze_options),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = 1,
    .complete = COMPLETE_FILE,
    .run = run,
};
