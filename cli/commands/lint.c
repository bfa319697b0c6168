#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "analyzer/attribution.h"
#include "analyzer/lint/base.h"
#include "analyzer/lint/baseline.h"
#include "analyzer/lint/print.h"
#include "analyzer/report/finding_list.h"
#include "cli/dockerfiles.h"
#include "cli/image_options.h"
#include "cli/lint_options.h"
#include "cli/progress.h"
#include "cli/report_options.h"
#include "cli/shellcheck.h"
#include "core/date.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/nearest.h"
#include "core/parallel.h"
#include "core/size.h"

/* A Dockerfile of more is none (dockerfile/document.h refuses it with its own words). */
#define FILE_BYTES_MAX (DOCUMENT_BYTES_MAX + 1)
/* A .dockerignore of more is none. */
#define IGNORE_BYTES_MAX ((size_t)8 << 20)

struct lint_command {
    struct lint_arguments lint;
    const char *format, *output;
    struct strvec reports;
    const char *fail_on, *as_of;
    const char *baseline, *write_baseline;
    const char *context, *platform;
    const char *image, *reference, *target;
    struct strvec base_images;
    bool json, no_gitignore;
};

static const struct lint_command defaults = {.format = "text", .output = "-"};

static const char *const formats[] = {"text",   "json",   "sarif",     "checkstyle", "codeclimate",
                                      "gitlab", "gnu",    "junit",     "sonarqube",  "github", NULL};
static const char *const fail_words[] = {"error", "warning", "info", "style", "never", NULL};

static const struct option options[] = {
    LINT_OPTIONS(struct lint_command),
    {.name = "as-of", .type = OPTION_TEXT, OPTION_AT(struct lint_command, as_of),
     .argument = "DATE", .summary = "the day that comments with 'until' are held to",
     .group = "Rules"},
    {.name = "no-gitignore", .type = OPTION_FLAG, OPTION_AT(struct lint_command, no_gitignore),
     .summary = "in folders, also read what .gitignore leaves out", .group = "Files"},
    {.name = "context", .type = OPTION_TEXT, OPTION_AT(struct lint_command, context),
     .argument = "DIR", .summary = "the build's context, whose .dockerignore holds",
     .complete = COMPLETE_DIRECTORY, .group = "Build"},
    {.name = "base-image", .type = OPTION_LIST, OPTION_AT(struct lint_command, base_images),
     .argument = "REF=ARCHIVE", .summary = "what FROM REF is, read from a saved image",
     .complete = COMPLETE_FILE, .group = "Build"},
    {.name = "platform", .type = OPTION_TEXT, OPTION_AT(struct lint_command, platform),
     .argument = "OS/ARCH", .summary = "the platform that is built for", .group = "Build"},
    {.name = "image", .type = OPTION_TEXT, OPTION_AT(struct lint_command, image),
     .argument = "IMAGE", .summary = "the image that was built: findings tell bytes",
     .complete = COMPLETE_FILE, .group = "Image"},
    {.name = "ref", .type = OPTION_TEXT, OPTION_AT(struct lint_command, reference),
     .argument = "NAME", .summary = "of several images in IMAGE the one of that name",
     .group = "Image"},
    {.name = "target", .type = OPTION_TEXT, OPTION_AT(struct lint_command, target),
     .argument = "STAGE", .summary = "the stage that was built, if it is not the last",
     .group = "Image"},
    {.name = "format", .letter = 'f', .type = OPTION_TEXT, OPTION_AT(struct lint_command, format),
     .argument = "FORMAT", .choices = formats, .summary = "form of the output", .fallback = "text",
     .group = "Output"},
    {.name = "json", .type = OPTION_FLAG, OPTION_AT(struct lint_command, json),
     .summary = "the same as --format json", .group = "Output"},
    {.name = "output", .letter = 'o', .type = OPTION_TEXT, OPTION_AT(struct lint_command, output),
     .argument = "FILE", .summary = "write to FILE instead of standard output",
     .complete = COMPLETE_FILE, .group = "Output"},
    {.name = "report", .type = OPTION_LIST, OPTION_AT(struct lint_command, reports),
     .argument = "FORMAT=FILE", .summary = "write a further report", .complete = COMPLETE_FILE,
     .group = "Output"},
    {.name = "baseline", .type = OPTION_TEXT, OPTION_AT(struct lint_command, baseline),
     .argument = "FILE", .summary = "report only what this file does not know",
     .complete = COMPLETE_FILE, .group = "Output"},
    {.name = "write-baseline", .type = OPTION_TEXT,
     OPTION_AT(struct lint_command, write_baseline), .argument = "FILE",
     .summary = "write what was found to FILE, for --baseline, and do not fail",
     .complete = COMPLETE_FILE, .group = "Output"},
    {.name = "fail-on", .type = OPTION_TEXT, OPTION_AT(struct lint_command, fail_on),
     .argument = "WORD", .choices = fail_words,
     .summary = "the least severity that fails: error, warning, info, style, never",
     .group = "Output"},
    OPTION_END,
};

/* One Dockerfile, read and linted by one of the threads. */
struct linted {
    struct strbuf text;
    struct lint_result result;
    struct ignore ignore;
    struct strbuf note; /* what was odd about its .dockerignore */
    struct error err;
    bool done; /* there is a result */
};

/* What is linted in one run. */
struct session {
    const struct invocation *invocation;
    const struct lint_command *given;
    struct lint_config config;
    struct variables build_args;
    struct build_options build;
    struct lint_bases bases;
    struct ignore context_ignore;
    bool has_context_ignore;
    struct lint_baseline baseline;
    struct analysis *analysis; /* of --image; NULL: none */
    struct lint_weights weights;
    struct lint_options options;
    struct shellcheck shellcheck;
    char today[DATE_TEXT_MAX];
    struct dockerfiles files;
    struct linted *linted;
    const struct lint_result **results; /* of those that could be read */
    size_t count;
};

/* What was asked for, before any work is done */

static bool is_format(const char *name)
{
    for (size_t i = 0; formats[i]; i++)
        if (strcmp(formats[i], name) == 0)
            return true;
    return false;
}

static const char *main_format(const struct lint_command *given)
{
    return given->json ? "json" : given->format;
}

static int refuse_format(const char *name, struct error *err)
{
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; formats[i]; i++)
        nearest_offer(&nearest, formats[i]);
    error_set(err, ERROR_USAGE, "'lint' has no format '%s'", name);
    return nearest.best ? error_hint(err, "did you mean '%s'?", nearest.best) : -1;
}

static int check_reports(const struct lint_command *given, struct error *err)
{
    if (!is_format(main_format(given)))
        return refuse_format(main_format(given), err);
    for (size_t i = 0; i < given->reports.count; i++) {
        const char *text = given->reports.items[i], *equals = strchr(text, '=');
        if (!equals || !equals[1])
            return error_set(err, ERROR_USAGE, "--report '%s': write FORMAT=FILE", text);
        cleanup_free char *name = memory_dup_bytes(text, (size_t)(equals - text));
        if (!is_format(name))
            return refuse_format(name, err);
        if (strcmp(equals + 1, given->output) == 0 && strcmp(equals + 1, "-") != 0)
            return error_set(err, ERROR_USAGE, "two reports go to '%s'", equals + 1);
        for (size_t j = 0; j < i; j++)
            if (strcmp(strchr(given->reports.items[j], '=') + 1, equals + 1) == 0)
                return error_set(err, ERROR_USAGE, "two reports go to '%s'", equals + 1);
    }
    return 0;
}

static int read_bases(struct session *session, struct error *err)
{
    const struct strvec *given = &session->given->base_images;
    struct limits limits = limits_default();
    for (size_t i = 0; i < given->count; i++) {
        const char *text = given->items[i], *equals = strchr(text, '=');
        if (!equals || equals == text || !equals[1])
            return error_set(err, ERROR_USAGE, "--base-image '%s': write REF=ARCHIVE", text);
        cleanup_free char *reference = memory_dup_bytes(text, (size_t)(equals - text));
        if (lint_bases_add(&session->bases, reference, equals + 1, session->given->platform, &limits,
                           err) < 0)
            return error_prefix(err, "--base-image");
    }
    session->options.bases = session->bases.items;
    session->options.base_count = session->bases.count;
    return 0;
}

static int read_context(struct session *session, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
    struct stat st;
    const char *context = session->given->context;
    if (!context)
        return 0;
    if (stat(context, &st) < 0 || !S_ISDIR(st.st_mode))
        return error_set(err, ERROR_USAGE, "--context '%s' is no folder", context);
    strbuf_addf(&path, "%s/.dockerignore", context);
    if (access(path.buf, F_OK) < 0)
        return 0;
    if (file_read(&text, path.buf, IGNORE_BYTES_MAX, err) < 0 ||
        ignore_parse(&session->context_ignore, span_of(text.buf, text.len), err) < 0)
        return error_prefix(err, "%s", path.buf);
    session->has_context_ignore = true;
    return 0;
}

static int read_baseline(struct session *session, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_error struct error reason = ERROR_INIT;
    const char *path = session->given->baseline;
    if (!path)
        return 0;
    if (file_read(&text, path, LINT_BASELINE_BYTES_MAX, &reason) < 0) {
        error_set(err, ERROR_BASELINE, "%s", reason.text);
        return error_hint(err, "'ullage lint --write-baseline FILE' writes one");
    }
    return lint_baseline_read(&session->baseline, path, span_of(text.buf, text.len), err);
}

static int read_day(struct session *session, struct error *err)
{
    const char *day = session->given->as_of;
    if (day && !date_is_valid(day))
        return error_set(err, ERROR_USAGE, "--as-of '%s': write a day such as 2027-01-01", day);
    if (day)
        snprintf(session->today, sizeof session->today, "%s", day);
    else if (date_format(time(NULL), session->today))
        session->today[strlen("2000-01-01")] = '\0';
    return 0;
}

static int find_files(struct session *session, struct error *err)
{
    const struct invocation *invocation = session->invocation;
    const struct dockerfiles_options walk = {
        .exclude = &session->config.exclude,
        .no_gitignore = session->given->no_gitignore,
    };
    if (dockerfiles_find(&session->files, invocation->operands, invocation->operand_count, &walk,
                         err) < 0)
        return -1;
    session->linted = memory_alloc_zero(session->files.count + 1, sizeof *session->linted);
    session->results =
        memory_alloc_zero(session->files.count + 1, sizeof(struct lint_result *));
    return 0;
}

static int session_start(struct session *session, struct error *err)
{
    if (shellcheck_start(&session->shellcheck, session->given->lint.shellcheck,
                         session->invocation->global.quiet, err) < 0)
        return -1;
    for (size_t i = 0; i < session->config.build_args.count; i++)
        variables_set_pair(&session->build_args, session->config.build_args.items[i]);
    session->build.build_args = &session->build_args;
    session->build.target_platform = session->given->platform;
    session->options.config = &session->config;
    session->options.build = &session->build;
    session->options.shellcheck = shellcheck_of(&session->shellcheck);
    session->options.today = session->today;
    if (check_reports(session->given, err) < 0 || read_day(session, err) < 0 ||
        read_baseline(session, err) < 0 || read_context(session, err) < 0 ||
        read_bases(session, err) < 0)
        return -1;
    return find_files(session, err);
}

static void session_end(struct session *session)
{
    for (size_t i = 0; i < session->files.count; i++) {
        struct linted *linted = &session->linted[i];
        if (linted->done)
            lint_result_release(&linted->result);
        ignore_release(&linted->ignore);
        strbuf_release(&linted->text);
        strbuf_release(&linted->note);
        error_release(&linted->err);
    }
    free(session->linted);
    free(session->results);
    dockerfiles_release(&session->files);
    lint_weights_release(&session->weights);
    analysis_free(session->analysis);
    lint_baseline_release(&session->baseline);
    ignore_release(&session->context_ignore);
    lint_bases_release(&session->bases);
    variables_release(&session->build_args);
    shellcheck_end(&session->shellcheck);
    lint_config_release(&session->config);
}

static void tell(const struct session *session, const char *name, const char *text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    if (session->invocation->global.quiet)
        return;
    escape_for_terminal(&shown, span_of_text(name ? name : ""));
    strbuf_add_text(&shown, name ? ": " : "");
    escape_for_terminal(&shown, span_of_text(text));
    fprintf(stderr, "ullage: %s\n", shown.buf);
}

/* The image */

static int run_analysis(struct session *session, struct error *err)
{
    int64_t threads = session->invocation->global.threads;
    const struct limits limits = limits_default();
    struct analysis_options wanted = {
        .limits = &limits,
        .reference = session->given->reference,
        .platform = session->given->platform,
        .threads = threads ? (unsigned)threads : parallel_processors(),
    };
    struct progress_line line;
    progress_line_start(&line, session->invocation, session->given->image);
    wanted.progress = &line.progress;
    int result = analysis_run(&session->analysis, session->given->image, &wanted, err);
    progress_line_stop(&line);
    return result;
}

static void tell_unproven(const struct session *session, const char *file)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    char size[SIZE_TEXT_MAX];
    if (!session->analysis->attribution->proven)
        tell(session, file, "the history does not prove that the image came from it");
    if (!session->weights.unproven)
        return;
    strbuf_addf(&text, "%s more could be saved in layers that no instruction is proven to have made",
                size_format(session->weights.unproven, SIZE_DECIMAL, size));
    tell(session, session->given->image, text.buf);
}

/* What its layers hold that need not ship, by the instructions of the one Dockerfile. */
static int weigh(struct session *session, struct error *err)
{
    const struct attribution_options wanted = {.build_args = &session->build_args,
                                                .target = session->given->target};
    if (!session->given->image && (session->given->target || session->given->reference))
        return error_set(err, ERROR_USAGE, "--ref and --target need --image");
    if (!session->given->image)
        return 0;
    if (session->files.count != 1 || strcmp(session->files.items[0].name, "-") == 0)
        return error_set(err, ERROR_USAGE, "--image takes the one Dockerfile it was built from");
    struct linted *linted = &session->linted[0];
    int found = dockerfile_read(&linted->text, &session->files.items[0], "", FILE_BYTES_MAX, err);
    if (found == 1)
        return error_set(err, ERROR_INPUT, "there is no '%s'", session->files.items[0].name);
    if (found < 0 || run_analysis(session, err) < 0 ||
        analysis_attribute(session->analysis, session->files.items[0].name,
                           span_of(linted->text.buf, linted->text.len), &wanted, err) < 0)
        return -1;
    lint_weights_of(&session->weights, session->analysis);
    session->options.weights = session->weights.items;
    session->options.weight_count = session->weights.count;
    tell_unproven(session, session->files.items[0].name);
    return 0;
}

/* Linting */

/* NAME.dockerignore beside the file, else .dockerignore of the context, which is the file's folder unless it
 * was told. A list that BuildKit would refuse is told and holds nothing. */
static const struct ignore *find_ignore(const struct session *session, struct linted *linted,
                                        const struct dockerfile_name *file)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_error struct error err = ERROR_INIT;
    int found = dockerfile_read(&text, file, ".dockerignore", IGNORE_BYTES_MAX, &err);
    if (found == 1 && session->given->context)
        return session->has_context_ignore ? &session->context_ignore : NULL;
    if (found == 1)
        found = dockerfile_read_beside(&text, file, ".dockerignore", IGNORE_BYTES_MAX, &err);
    if (found == 0)
        found = ignore_parse(&linted->ignore, span_of(text.buf, text.len), &err);
    if (found < 0)
        strbuf_addf(&linted->note, "its .dockerignore is not used: %s", err.text);
    return found == 0 ? &linted->ignore : NULL;
}

static int lint_one(const struct session *session, struct linted *linted,
                    const struct dockerfile_name *file, struct error *err)
{
    struct lint_options lint = session->options;
    int found = linted->text.buf ? 0 : dockerfile_read(&linted->text, file, "", FILE_BYTES_MAX, err);
    if (found == 1)
        return error_set(err, ERROR_INPUT, "there is no '%s'", file->name);
    lint.ignore = found < 0 ? NULL : find_ignore(session, linted, file);
    if (found < 0 || lint_run(&linted->result, file->name, span_of(linted->text.buf, linted->text.len),
                              &lint, err) < 0)
        return -1;
    linted->done = true;
    return 0;
}

static void lint_job(void *context, size_t index)
{
    const struct session *session = context;
    struct linted *linted = &session->linted[index];
    lint_one(session, linted, &session->files.items[index], &linted->err);
}

static void lint_all(struct session *session)
{
    int64_t threads = session->invocation->global.threads;
    parallel_run(session->files.count, threads ? (unsigned)threads : parallel_processors(), lint_job,
                 session);
    for (size_t i = 0; i < session->files.count; i++)
        if (session->linted[i].done)
            session->results[session->count++] = &session->linted[i].result;
}

/* Output */

/* Do those who take the format look for its files in a repository? An editor opens them as they are. */
static bool is_for_repositories(const char *format)
{
    return strcmp(format, "gnu") != 0 && strcmp(format, "checkstyle") != 0;
}

static int write_results(const struct session *session, const char *format, bool styled,
                         const struct sink *sink, struct error *err)
{
    const struct style *style = styled ? session->invocation->terminal.output : &style_plain;
    const struct report_options report_options = {
        .style = {style->bold, style->dim, style->red, style->yellow, style->green, style->reset},
        .width = session->invocation->terminal.width,
    };
    if (strcmp(format, "json") == 0)
        return lint_print_json(session->results, session->count, sink, err);
    if (strcmp(format, "text") == 0)
        return lint_print_text(session->results, session->count, &report_options, sink, err);
    const struct report_format *writer = report_find(format, err);
    if (!writer)
        return -1;
    struct finding_list list;
    finding_list_start(&list, "Dockerfiles");
    lint_list(&list, session->results, session->count, is_for_repositories(format));
    finding_list_finish(&list);
    int result = writer->write_list(&list, &report_options, sink, err);
    finding_list_release(&list);
    return result;
}

static int write_report(const struct session *session, const char *format, const char *file,
                        struct error *err)
{
    struct file_output output;
    if (file_create(&output, file, err) < 0)
        return -1;
    if (write_results(session, format, strcmp(file, "-") == 0, &output.sink, err) < 0) {
        file_discard(&output);
        return error_prefix(err, "%s", file);
    }
    return file_commit(&output, err);
}

/* The main output and the further ones; one of these to standard output stands in its place. */
static int write_reports(const struct session *session, struct error *err)
{
    const struct lint_command *given = session->given;
    bool replaced = false;
    for (size_t i = 0; i < given->reports.count; i++)
        replaced = replaced || span_ends_with(span_of_text(given->reports.items[i]), "=-");
    if (!(replaced && strcmp(given->output, "-") == 0) &&
        write_report(session, main_format(given), given->output, err) < 0)
        return -1;
    for (size_t i = 0; i < given->reports.count; i++) {
        const char *text = given->reports.items[i], *equals = strchr(text, '=');
        cleanup_free char *format = memory_dup_bytes(text, (size_t)(equals - text));
        if (write_report(session, format, equals + 1, err) < 0)
            return -1;
    }
    return 0;
}

static int write_baseline(const struct session *session, struct error *err)
{
    struct file_output output;
    if (file_create(&output, session->given->write_baseline, err) < 0)
        return -1;
    if (lint_baseline_write(session->results, session->count, &output.sink, err) < 0) {
        file_discard(&output);
        return -1;
    }
    return file_commit(&output, err);
}

static void tell_notes(const struct session *session)
{
    for (size_t i = 0; i < session->files.notes.count; i++)
        tell(session, NULL, session->files.notes.items[i]);
    for (size_t i = 0; i < session->files.count; i++)
        if (session->linted[i].note.len)
            tell(session, session->files.items[i].name, session->linted[i].note.buf);
}

/* The first file that could not be read is the error; of the others each is told. */
static int take_errors(struct session *session, struct error *err)
{
    bool failed = false;
    for (size_t i = 0; i < session->files.count; i++) {
        struct error *reason = &session->linted[i].err;
        if (reason->code == ERROR_NONE)
            continue;
        if (failed)
            tell(session, NULL, reason->text);
        else
            error_move(err, reason);
        failed = true;
    }
    return failed ? -1 : 0;
}

static enum lint_word threshold(const struct session *session)
{
    enum lint_word word = session->config.fail_on;
    if (session->given->fail_on)
        lint_word_read(session->given->fail_on, &word);
    return word;
}

/* 1 where a finding is at least as severe as what fails; a file that cannot be built always is. */
static int status_of(const struct session *session)
{
    enum lint_word word = threshold(session);
    for (size_t i = 0; i < session->count; i++) {
        const struct lint_result *result = session->results[i];
        if (result->refused)
            return 1;
        for (size_t f = 0; f < result->count; f++)
            if (word != LINT_OFF && (int)result->items[f].severity <= (int)word)
                return 1;
    }
    return 0;
}

static int lint_files(struct session *session, struct error *err)
{
    if (session_start(session, err) < 0 || weigh(session, err) < 0)
        return -1;
    lint_all(session);
    for (size_t i = 0; session->analysis && i < session->files.count; i++)
        if (session->linted[i].done)
            lint_result_sort_by_bytes(&session->linted[i].result);
    tell_notes(session);
    if (session->given->write_baseline && write_baseline(session, err) < 0)
        return -1;
    for (size_t i = 0; session->given->baseline && i < session->files.count; i++)
        if (session->linted[i].done)
            lint_baseline_drop(&session->baseline, &session->linted[i].result);
    if (write_reports(session, err) < 0 || take_errors(session, err) < 0)
        return -1;
    int partial = session->analysis ? image_status(session->analysis->image) : 0;
    if (partial)
        return partial;
    return session->given->write_baseline ? 0 : status_of(session);
}

static int run(const struct invocation *invocation, struct error *err)
{
    struct session session = {
        .invocation = invocation,
        .given = invocation->options,
        .context_ignore = IGNORE_INIT,
    };
    if (lint_arguments_read(&session.config, &session.given->lint, invocation, err) < 0)
        return -1;
    int result = lint_files(&session, err);
    session_end(&session);
    return result;
}

static const struct example examples[] = {
    {"ullage lint Dockerfile", "what is wrong with it, each with its place"},
    {"ullage lint .", "all Dockerfiles of a repository"},
    {"ullage lint --write-baseline lint-baseline.json .", "take what is there as known"},
    {"ullage lint --baseline lint-baseline.json .", "and report only what is new"},
    {"ullage lint Dockerfile --image app.tar", "what costs bytes comes first"},
    {"ullage lint --format sarif -o lint.sarif Dockerfile", "for code scanning"},
    {"ullage lint --ignore DL3008 --fail-on error Dockerfile", "as a gate"},
    {NULL, NULL},
};

const struct command command_lint = {
    .name = "lint",
    .group = "Dockerfiles",
    .summary = "find what is wrong in Dockerfiles, each with its place",
    .usage = "FILE|DIR...",
    .description =
        "Asks the rules of hadolint and the checks of BuildKit, and those that neither has. "
        "Folders are walked for Dockerfile, Containerfile, Dockerfile.NAME and NAME.Dockerfile, "
        "whatever the case; what .gitignore names is left out. '-' is standard input.\n\n"
        "Comments suppress: # hadolint ignore=, # check=skip=, # ullage ignore=RULE because "
        "REASON until DAY. 'ullage explain RULE' says why a rule is there.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct lint_command),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .complete = COMPLETE_FILE,
    .run = run,
};
