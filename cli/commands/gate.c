#include "analyzer/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/gate/baseline.h"
#include "cli/check_options.h"
#include "cli/config_file.h"
#include "cli/image_options.h"
#include "cli/platforms.h"
#include "cli/progress.h"
#include "cli/report_options.h"
#include "core/date.h"
#include "core/file.h"

enum fail_on { FAIL_ON_ANY, FAIL_ON_NEW };

struct gate_arguments {
    struct image_arguments image;
    struct report_arguments report;
    struct config_arguments config;
    struct check_arguments checks;
    struct strvec most;
    struct strvec warn;
    struct strvec growth;
    const char *base;
    const char *baseline;
    const char *anchor;
    const char *write_baseline;
    const char *as_of;
    enum fail_on fail_on;
    bool require_baseline;
    bool ratchet;
    bool exit_zero;
    bool strict;
};

static const struct gate_arguments defaults = {.report = REPORT_DEFAULTS,
                                               .checks = CHECK_DEFAULTS};

static const char *const fail_on_words[] = {"any", "new", NULL};

static const struct option options[] = {
    {.name = "max",
     .type = OPTION_LIST,
     OPTION_AT(struct gate_arguments, most),
     .argument = "MEASURE=LIMIT",
     .summary = "fail beyond the limit; a path pattern for MEASURE is what of it ships",
     .group = "Budgets"},
    {.name = "warn",
     .type = OPTION_LIST,
     OPTION_AT(struct gate_arguments, warn),
     .argument = "MEASURE=LIMIT",
     .summary = "warn beyond the limit",
     .group = "Budgets"},
    {.name = "max-growth",
     .type = OPTION_LIST,
     OPTION_AT(struct gate_arguments, growth),
     .argument = "PERCENT[,SIZE]",
     .summary = "fail when blob_bytes grew by more than both; MEASURE=... for another",
     .group = "Budgets"},
    {.name = "fail-on",
     .type = OPTION_CHOICE,
     OPTION_AT(struct gate_arguments, fail_on),
     .argument = "WHAT",
     .choices = fail_on_words,
     .summary = "whether what the baseline breaks too fails",
     .fallback = "any",
     .group = "Budgets"},
    {.name = "strict",
     .type = OPTION_FLAG,
     OPTION_AT(struct gate_arguments, strict),
     .summary = "warnings fail",
     .group = "Budgets"},
    {.name = "exit-zero",
     .type = OPTION_FLAG,
     OPTION_AT(struct gate_arguments, exit_zero),
     .summary = "a gate that fails ends with status 0 too",
     .group = "Budgets"},
    {.name = "as-of",
     .type = OPTION_TEXT,
     OPTION_AT(struct gate_arguments, as_of),
     .argument = "DATE",
     .summary = "the day that waivers, and the image's age, are held against",
     .fallback = "SOURCE_DATE_EPOCH, else today",
     .group = "Budgets"},
    {.name = "baseline",
     .type = OPTION_TEXT,
     OPTION_AT(struct gate_arguments, baseline),
     .argument = "FILE",
     .summary = "the earlier state: a report, a summary or an archive",
     .complete = COMPLETE_FILE,
     .group = "Baseline"},
    {.name = "require-baseline",
     .type = OPTION_FLAG,
     OPTION_AT(struct gate_arguments, require_baseline),
     .summary = "a baseline that is missing or does not compare is an error",
     .group = "Baseline"},
    {.name = "anchor",
     .type = OPTION_TEXT,
     OPTION_AT(struct gate_arguments, anchor),
     .argument = "FILE",
     .summary = "a second baseline, which moves rarely",
     .complete = COMPLETE_FILE,
     .group = "Baseline"},
    {.name = "write-baseline",
     .type = OPTION_TEXT,
     OPTION_AT(struct gate_arguments, write_baseline),
     .argument = "FILE",
     .summary = "write the summary of this image, made for a repository",
     .complete = COMPLETE_FILE,
     .group = "Baseline"},
    {.name = "ratchet",
     .type = OPTION_FLAG,
     OPTION_AT(struct gate_arguments, ratchet),
     .summary = "make the limits of the ratchet's file tighter where the image leaves room",
     .group = "Baseline"},
    {.name = "base",
     .type = OPTION_TEXT,
     OPTION_AT(struct gate_arguments, base),
     .argument = "N|ARCHIVE|REPORT",
     .summary = "what the image is built on: a number of layers, its archive or its report",
     .complete = COMPLETE_FILE,
     .group = "Image"},
    CHECK_OPTIONS(struct gate_arguments),
    CONFIG_OPTIONS(struct gate_arguments),
    REPORT_OPTIONS(struct gate_arguments),
    IMAGE_OPTIONS(struct gate_arguments),
    OPTION_END,
};

/* Everything that the gate of one image holds. */
struct session {
    const struct invocation *invocation;
    const struct gate_arguments *given;
    struct gate_config config;
    struct limits limits;
    struct analysis_options analysis_options;
    bool checking; /* the content rules are asked */
    struct checks checks;
    struct baseline *baseline, *anchor, *ratchet;
    char *ratchet_file;
    struct strbuf no_baseline, no_anchor;
    struct strvec names; /* of files, with the platform put in */
    char today[sizeof "YYYY-MM-DD"];
};

/* The day */

static int read_epoch(const char *text, time_t *ret_time, struct error *err)
{
    size_t len = strlen(text);
    if (len == 0 || len > 12 || strspn(text, "0123456789") != len)
        return error_set(err, ERROR_USAGE, "SOURCE_DATE_EPOCH is no number of seconds");
    *ret_time = (time_t)strtoll(text, NULL, 10);
    return 0;
}

static int find_today(struct session *session, struct error *err)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t now = time(NULL);
    struct tm parts;
    if (session->given->as_of) {
        if (!date_is_valid(session->given->as_of))
            return error_set(err, ERROR_USAGE, "--as-of: '%s' is no day; write 2027-03-31",
                             session->given->as_of);
        memcpy(session->today, session->given->as_of, sizeof session->today);
        return 0;
    }
    if (epoch && *epoch && read_epoch(epoch, &now, err) < 0)
        return -1;
    if (!gmtime_r(&now, &parts) || parts.tm_year > 8099 ||
        !strftime(session->today, sizeof session->today, "%Y-%m-%d", &parts))
        return error_set(err, ERROR_USAGE, "the day of SOURCE_DATE_EPOCH is out of range");
    return 0;
}

/* The rules */

static int add_arguments(struct session *session, struct error *err)
{
    const struct gate_arguments *given = session->given;
    for (size_t i = 0; i < given->most.count; i++)
        if (gate_config_add_limit(&session->config, given->most.items[i], false, err) < 0)
            return error_prefix(err, "--max");
    for (size_t i = 0; i < given->warn.count; i++)
        if (gate_config_add_limit(&session->config, given->warn.items[i], true, err) < 0)
            return error_prefix(err, "--warn");
    for (size_t i = 0; i < given->growth.count; i++)
        if (gate_config_add_growth(&session->config, given->growth.items[i], err) < 0)
            return error_prefix(err, "--max-growth");
    return 0;
}

/* A file that keeps keys out needs no number: without one no error may be found. */
static int add_check_budget(struct session *session, struct error *err)
{
    struct gate_config *config = &session->config;
    bool asked = session->given->checks.on || config->checks, there = false;
    for (size_t i = 0; i < config->budget_count; i++)
        there = there || measure_needs_checks(config->budgets[i].measure);
    session->checking = asked || there;
    return asked && !there ? gate_config_add_limit(config, "checks.errors=0", false, err) : 0;
}

static int start_checks(struct session *session, struct error *err)
{
    const struct gate_config *config = &session->config;
    struct check_arguments arguments = session->given->checks;
    arguments.on = session->checking;
    arguments.as_of = session->today;
    if (config->check_most_days && !invocation_given(session->invocation, "max-age"))
        arguments.most_days = config->check_most_days;
    if (check_arguments_start(&arguments, &session->checks, &session->analysis_options, err) < 0)
        return -1;
    for (size_t i = 0; i < config->check_ignore.count; i++)
        if (checks_ignore(&session->checks, config->check_ignore.items[i], err) < 0)
            return error_prefix(err, "%s", config->file);
    for (size_t i = 0; i < config->check_allow.count; i++)
        if (checks_allow(&session->checks, config->check_allow.items[i], err) < 0)
            return error_prefix(err, "%s: allow-secrets", config->file);
    return 0;
}

/* A file beside the configuration that names it. */
static char *beside(const char *config, const char *name)
{
    struct strbuf path = STRBUF_INIT;
    const char *slash = config ? strrchr(config, '/') : NULL;
    if (slash && *name != '/')
        strbuf_add(&path, config, (size_t)(slash + 1 - config));
    strbuf_add_text(&path, name);
    return strbuf_detach(&path, NULL);
}

static int find_ratchet(struct session *session, struct error *err)
{
    const struct gate_config *config = &session->config;
    if (config->ratchet_write)
        session->ratchet_file = beside(config->file, config->ratchet_write);
    else if (session->given->ratchet && session->given->write_baseline)
        session->ratchet_file = memory_dup_text(session->given->write_baseline);
    if (!session->given->ratchet || session->ratchet_file)
        return 0;
    error_set(err, ERROR_USAGE, "--ratchet has no file for its limits");
    return error_hint(err,
                      "name one in the configuration, ratchet: {write: sizes/app.json}, or with "
                      "--write-baseline");
}

static int check_rules(const struct session *session, struct error *err)
{
    const struct gate_config *config = &session->config;
    if (config->budget_count || config->image_count || session->given->write_baseline)
        return 0;
    error_set(err, ERROR_USAGE, "the gate has no budget");
    return error_hint(err, "give one: ullage gate app.tar --max blob_bytes=220MB\n"
                           "or write a configuration: ullage init app.tar");
}

static int session_start(struct session *session, struct error *err)
{
    const struct gate_arguments *given = session->given;
    if (report_arguments_check(&given->report, err) < 0 || find_today(session, err) < 0 ||
        config_file_read(&session->config, &given->config, err) < 0 ||
        add_arguments(session, err) < 0 || add_check_budget(session, err) < 0 ||
        find_ratchet(session, err) < 0 || check_rules(session, err) < 0 ||
        image_arguments_read(&given->image, session->invocation, &session->limits,
                             &session->analysis_options, err) < 0)
        return -1;
    return start_checks(session, err);
}

static void session_end(struct session *session)
{
    gate_config_release(&session->config);
    checks_release(&session->checks);
    baseline_free(session->baseline);
    baseline_free(session->anchor);
    baseline_free(session->ratchet);
    free(session->ratchet_file);
    strbuf_release(&session->no_baseline);
    strbuf_release(&session->no_anchor);
    strvec_release(&session->names);
}

/* Names of files */

static const char *name_file(struct session *session, const char *name, const char *platform)
{
    return platform_file(&session->names, name, platform);
}

/* Baselines */

/* One that is missing or does not compare leaves NULL and says why, unless it is required. */
static int read_baseline(struct session *session, const char *file, const char *word,
                         const struct analysis *analysis, struct baseline **ret_baseline,
                         struct strbuf *why, struct error *err)
{
    cleanup_error struct error reason = ERROR_INIT;
    bool required = session->given->require_baseline;
    struct baseline *baseline = NULL;
    if (!file)
        return 0;
    const char *platform = analysis->image->chosen->platform;
    file = name_file(session, file, platform);
    if (baseline_read(&baseline, file, &session->analysis_options, platform, err) < 0)
        return error_prefix(err, "--%s", word);
    if (!baseline) {
        if (required)
            return error_set(err, ERROR_BASELINE, "--%s: there is no '%s'", word, file);
        strbuf_addf(why, "no %s yet ('%s' is not there): measured only", word, file);
        return 0;
    }
    if (baseline_compare(baseline, analysis, &reason) < 0) {
        baseline_free(baseline);
        if (required) {
            error_move(err, &reason);
            return error_prefix(err, "--%s", word);
        }
        strbuf_addf(why, "the %s does not compare: %s", word, reason.text);
        return 0;
    }
    *ret_baseline = baseline;
    return 0;
}

static int read_baselines(struct session *session, const struct analysis *analysis,
                          struct error *err)
{
    const struct gate_arguments *given = session->given;
    if (given->require_baseline && !given->baseline && !given->anchor)
        return error_set(err, ERROR_BASELINE, "a baseline is required and none was named");
    if (read_baseline(session, given->baseline, "baseline", analysis, &session->baseline,
                      &session->no_baseline, err) < 0 ||
        read_baseline(session, given->anchor, "anchor", analysis, &session->anchor,
                      &session->no_anchor, err) < 0)
        return -1;
    if (!session->ratchet_file)
        return 0;
    const char *platform = analysis->image->chosen->platform;
    const char *file = name_file(session, session->ratchet_file, platform);
    if (baseline_read(&session->ratchet, file, &session->analysis_options, platform, err) < 0)
        return error_prefix(err, "ratchet");
    return 0;
}

static int write_summary(const char *file, const struct baseline *baseline, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    baseline_write(&text, baseline);
    return file_write(file, span_of(text.buf, text.len), err);
}

/* A gate that failed moves no limit. */
static int keep_ratchet(struct session *session, const struct gate *gate, struct baseline *baseline,
                        struct error *err)
{
    if (!session->given->ratchet || !gate->passed)
        return 0;
    if (!gate_tighten(&session->config, gate, session->config.ratchet_slack, session->ratchet,
                      baseline))
        return 0;
    return write_summary(name_file(session, session->ratchet_file, gate->platform), baseline, err);
}

static int keep_baselines(struct session *session, const struct analysis *analysis,
                          const struct gate *gate, struct error *err)
{
    const char *file = session->given->write_baseline;
    if (!file && !session->given->ratchet)
        return 0;
    if (analysis->image->damage.code != ERROR_NONE) {
        fprintf(stderr, "ullage: not all of the image was read, so its sizes are not kept\n");
        return 0;
    }
    struct baseline *baseline = baseline_of(analysis);
    gate_record(gate, baseline);
    int result = keep_ratchet(session, gate, baseline, err);
    bool same = session->given->ratchet && file && strcmp(file, session->ratchet_file) == 0;
    if (result == 0 && file && !same)
        result = write_summary(name_file(session, file, gate->platform), baseline, err);
    baseline_free(baseline);
    return result;
}

static int gate_image(struct session *session, const struct analysis *analysis, struct error *err)
{
    const struct gate_arguments *given = session->given;
    if (read_baselines(session, analysis, err) < 0)
        return -1;
    gate_config_for_image(&session->config, &analysis->image->chosen->references);
    const struct gate_options gate_options = {
        .baseline = session->baseline,
        .anchor = session->anchor,
        .ratchet = session->ratchet,
        .no_baseline = session->no_baseline.len ? session->no_baseline.buf : NULL,
        .no_anchor = session->no_anchor.len ? session->no_anchor.buf : NULL,
        .today = session->today,
        .only_new = given->fail_on == FAIL_ON_NEW,
        .strict = given->strict,
    };
    struct gate *gate = gate_run(&session->config, analysis, &gate_options);
    const struct report report = {
        .analysis = analysis, .gate = gate, .gate_alone = !session->invocation->global.verbose};
    int status = platform_reports_write(&given->report, session->invocation, &report,
                                        gate->platform, err);
    if (status == 0)
        status = keep_baselines(session, analysis, gate, err);
    if (status == 0 && !gate->passed && !given->exit_zero)
        status = 1;
    gate_free(gate);
    return status;
}

/* Gates one image: that of the command line, or the one of `digest`. */
static int run_one(const struct invocation *invocation, const char *digest, struct error *err)
{
    struct session session = {.invocation = invocation,
                              .given = invocation->options,
                              .no_baseline = STRBUF_INIT,
                              .no_anchor = STRBUF_INIT};
    struct analysis *analysis;
    struct progress_line line;
    int status = session_start(&session, err);
    if (status == 0) {
        session.analysis_options.base = session.given->base;
        session.analysis_options.top = session.given->report.top;
        if (digest) {
            session.analysis_options.reference = digest;
            session.analysis_options.platform = NULL;
        }
        progress_line_start(&line, invocation, invocation->operands[0]);
        session.analysis_options.progress = &line.progress;
        status = analysis_run(&analysis, invocation->operands[0], &session.analysis_options, err);
        progress_line_stop(&line);
        session.analysis_options.progress = NULL;
        if (status == 0) {
            session.analysis_options.watchers = NULL; /* a baseline is not checked */
            if (session.checking)
                checks_run(&session.checks, analysis);
            status = gate_image(&session, analysis, err);
            int partial = status < 0 ? 0 : image_status(analysis->image);
            status = status ? status : partial;
            analysis_free(analysis);
        }
    }
    session_end(&session);
    return status;
}

/* Several images */

static bool wants_each_platform(const struct session *session)
{
    const char *platform = session->given->image.platform;
    if (platform)
        return platform_is_all(platform);
    for (size_t i = 0; i < session->config.budget_count; i++)
        if (session->config.budgets[i].for_each == EACH_PLATFORM)
            return true;
    return false;
}

/* The digests of the images to be gated one by one; none where there is but one. */
static int list_images(const struct invocation *invocation, struct strvec *digests,
                       struct error *err)
{
    struct session session = {.invocation = invocation,
                              .given = invocation->options,
                              .no_baseline = STRBUF_INIT,
                              .no_anchor = STRBUF_INIT};
    bool all = session.given->image.platform != NULL;
    int result = session_start(&session, err);
    bool stream = strcmp(invocation->operands[0], "-") == 0;
    if (result == 0 && wants_each_platform(&session) && (all || !stream))
        result = platform_list(digests, invocation->operands[0], &session.analysis_options, err);
    session_end(&session);
    return result;
}

/* One file cannot hold what several images are told apart by. */
static int check_names(const struct gate_arguments *given, struct error *err)
{
    if (platform_reports_check(&given->report, err) < 0)
        return -1;
    if (platform_file_varies(given->write_baseline))
        return 0;
    error_set(err, ERROR_USAGE, "several images would be written to one file");
    return error_hint(err, "put {platform} into its name: --write-baseline {platform}.json");
}

static int run(const struct invocation *invocation, struct error *err)
{
    cleanup_strvec struct strvec digests = STRVEC_INIT;
    if (list_images(invocation, &digests, err) < 0 ||
        (digests.count > 1 && check_names(invocation->options, err) < 0))
        return -1;
    return platform_run_each(invocation, &digests, run_one, err);
}

static const struct example examples[] = {
    {"ullage gate app.tar --max blob_bytes=220MB --max dead_bytes=20MB", "hold two limits"},
    {"ullage gate app.tar --max '/root/.cache/**=0'", "a path that no layer may ship"},
    {"ullage gate app.tar --baseline main.json --max-growth 5%,3MB",
     "no more than main, or nearly"},
    {"ullage gate app.tar --write-baseline sizes/app.json", "keep today's sizes for later"},
    {NULL, NULL},
};

const struct command command_gate = {
    .name = "gate",
    .group = "Images",
    .summary = "hold an image against limits; status 1 when one is passed",
    .usage = "IMAGE",
    .description =
        "Holds the budgets of .ullage.yaml and of the command line. Prints which file ruled, each "
        "measure against its limit, passed or not, and for what fails the largest contributors and "
        "what to do first.\n\n"
        "A limit is a size with its unit (220MB, 1.5GiB), a count, or a ratio. For efficiency it "
        "is a least value. With a baseline it may be a growth: 5%, or 5%,3MB, where both must hold.\n\n"
        "--platform all gates each image of an archive, and the worst decides.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct gate_arguments),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = 1,
    .complete = COMPLETE_FILE,
    .run = run,
};
