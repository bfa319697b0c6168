#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/lint/print.h"
#include "analyzer/report/finding_list.h"
#include "cli/lint_options.h"
#include "cli/report_options.h"
#include "core/date.h"
#include "core/file.h"
#include "core/memory.h"

/* A Dockerfile of more is none (dockerfile/document.h refuses it with its own words). */
#define FILE_BYTES_MAX (DOCUMENT_BYTES_MAX + 1)

struct lint_command {
    struct lint_arguments lint;
    const char *format, *output;
    const char *fail_on;
    bool json;
};

static const struct lint_command defaults = {.format = "text", .output = "-"};

static const char *const formats[] = {"text",   "json",   "sarif",     "checkstyle", "codeclimate",
                                      "gitlab", "gnu",    "junit",     "sonarqube",  "github", NULL};
static const char *const fail_words[] = {"error", "warning", "info", "style", "never", NULL};

static const struct option options[] = {
    LINT_OPTIONS(struct lint_command),
    {.name = "format", .letter = 'f', .type = OPTION_TEXT, OPTION_AT(struct lint_command, format),
     .argument = "FORMAT", .choices = formats, .summary = "form of the output", .fallback = "text",
     .group = "Output"},
    {.name = "json", .type = OPTION_FLAG, OPTION_AT(struct lint_command, json),
     .summary = "the same as --format json", .group = "Output"},
    {.name = "output", .letter = 'o', .type = OPTION_TEXT, OPTION_AT(struct lint_command, output),
     .argument = "FILE", .summary = "write to FILE instead of standard output",
     .complete = COMPLETE_FILE, .group = "Output"},
    {.name = "fail-on", .type = OPTION_TEXT, OPTION_AT(struct lint_command, fail_on),
     .argument = "WORD", .choices = fail_words,
     .summary = "the least severity that fails: error, warning, info, style, never",
     .group = "Output"},
    OPTION_END,
};

/* What is linted in one run. */
struct session {
    const struct invocation *invocation;
    const struct lint_command *given;
    struct lint_config config;
    struct variables build_args;
    struct build_options build;
    struct lint_options options;
    char today[DATE_TEXT_MAX];
    struct strbuf *texts;
    struct lint_result *results;
    size_t count;
};

static int session_start(struct session *session, const struct invocation *invocation,
                         struct error *err)
{
    *session = (struct session){.invocation = invocation, .given = invocation->options};
    if (lint_arguments_read(&session->config, &session->given->lint, invocation, err) < 0)
        return -1;
    for (size_t i = 0; i < session->config.build_args.count; i++)
        variables_set_pair(&session->build_args, session->config.build_args.items[i]);
    if (date_format(time(NULL), session->today))
        session->today[strlen("2000-01-01")] = '\0';
    session->build.build_args = &session->build_args;
    session->options = (struct lint_options){
        .config = &session->config,
        .build = &session->build,
        .today = session->today,
    };
    session->texts = memory_alloc_zero(invocation->operand_count, sizeof *session->texts);
    session->results = memory_alloc_zero(invocation->operand_count, sizeof *session->results);
    return 0;
}

static void session_end(struct session *session)
{
    for (size_t i = 0; i < session->count; i++) {
        lint_result_release(&session->results[i]);
        strbuf_release(&session->texts[i]);
    }
    free(session->texts);
    free(session->results);
    variables_release(&session->build_args);
    lint_config_release(&session->config);
}

static int lint_one(struct session *session, const char *name, struct error *err)
{
    struct strbuf *text = &session->texts[session->count];
    *text = (struct strbuf)STRBUF_INIT;
    if (file_read(text, name, FILE_BYTES_MAX, err) < 0 ||
        lint_run(&session->results[session->count], name, span_of(text->buf, text->len),
                 &session->options, err) < 0) {
        strbuf_release(text);
        return -1;
    }
    session->count++;
    return 0;
}

static int write_results(const struct session *session, const struct lint_result *const *results,
                         const struct sink *sink, struct error *err)
{
    const struct lint_command *given = session->given;
    const char *name = given->json ? "json" : given->format;
    const struct style *style = strcmp(given->output, "-") == 0
                                    ? session->invocation->terminal.output
                                    : &style_plain;
    const struct report_options report_options = {
        .style = {style->bold, style->dim, style->red, style->yellow, style->green, style->reset},
        .width = session->invocation->terminal.width,
    };
    if (strcmp(name, "json") == 0)
        return lint_print_json(results, session->count, sink, err);
    if (strcmp(name, "text") == 0)
        return lint_print_text(results, session->count, &report_options, sink, err);
    const struct report_format *format = report_find(name, err);
    if (!format)
        return -1;
    struct finding_list list;
    finding_list_start(&list, "Dockerfiles");
    lint_list(&list, results, session->count);
    finding_list_finish(&list);
    int result = format->write_list(&list, &report_options, sink, err);
    finding_list_release(&list);
    return result;
}

static int print_results(const struct session *session, struct error *err)
{
    struct file_output output;
    const struct lint_result **results =
        memory_alloc_zero(session->count + 1, sizeof(struct lint_result *));
    for (size_t i = 0; i < session->count; i++)
        results[i] = &session->results[i];
    int result = file_create(&output, session->given->output, err);
    if (result == 0) {
        result = write_results(session, results, &output.sink, err);
        if (result < 0)
            file_discard(&output);
        else
            result = file_commit(&output, err);
    }
    free(results);
    return result;
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
        const struct lint_result *result = &session->results[i];
        if (result->refused)
            return 1;
        for (size_t f = 0; f < result->count; f++)
            if (word != LINT_OFF && (int)result->items[f].severity <= (int)word)
                return 1;
    }
    return 0;
}

static int run(const struct invocation *invocation, struct error *err)
{
    struct session session;
    int result = 0;
    if (session_start(&session, invocation, err) < 0)
        return -1;
    for (size_t i = 0; i < invocation->operand_count && result == 0; i++)
        result = lint_one(&session, invocation->operands[i], err);
    if (result == 0)
        result = print_results(&session, err);
    if (result == 0)
        result = status_of(&session);
    session_end(&session);
    return result;
}

static const struct example examples[] = {
    {"ullage lint Dockerfile", "what is wrong with it, each with its place"},
    {"ullage lint --format sarif -o lint.sarif Dockerfile", "for code scanning"},
    {"ullage lint --ignore DL3008 --fail-on error Dockerfile", "as a gate"},
    {NULL, NULL},
};

const struct command command_lint = {
    .name = "lint",
    .group = "Dockerfiles",
    .summary = "find what is wrong in Dockerfiles, each with its place",
    .usage = "FILE...",
    .description =
        "Asks the rules of hadolint and the checks of BuildKit, and those that neither has. "
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
