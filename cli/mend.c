#include "cli/mend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/escape.h"
#include "core/file.h"
#include "core/line_diff.h"
#include "core/memory.h"

struct session {
    const struct invocation *invocation;
    const struct mend_arguments *given;
    struct fix_options options;
    bool changes; /* a file is not as it would be mended */
};

static void show_name(struct strbuf *out, const char *name)
{
    escape_for_terminal(out, span_of_text(strcmp(name, "-") == 0 ? "standard input" : name));
}

/* One line for each mended finding, and for each that was left alone with the reason. */
static void tell(const struct session *session, const char *name, const struct fix_result *result)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    if (session->invocation->global.quiet)
        return;
    show_name(&shown, name);
    for (size_t i = 0; i < result->done_count; i++)
        fprintf(stderr, "%s:%u: %s %s%s%s\n", shown.buf, result->done[i].line, result->done[i].code,
                result->done[i].title, result->done[i].unsafe ? "; mind: " : "",
                result->done[i].unsafe ? result->done[i].unsafe : "");
    for (size_t i = 0; i < result->refused_count; i++)
        fprintf(stderr, "%s:%u: %s not mended (%s): %s\n", shown.buf, result->refused[i].line,
                result->refused[i].code, result->refused[i].title, result->refused[i].why);
    if (result->left_unsafe)
        fprintf(stderr, "%s: %zu more with --unsafe, which may change what is built\n", shown.buf,
                result->left_unsafe);
}

static void print_diff(const struct session *session, const char *name, struct span before,
                       struct span after)
{
    const struct style *style = session->invocation->terminal.output;
    const struct line_diff_style colours = {
        .removed = style->red, .added = style->green, .place = style->dim, .reset = style->reset};
    cleanup_strbuf struct strbuf out = STRBUF_INIT, shown = STRBUF_INIT;
    show_name(&shown, name);
    line_diff(&out, shown.buf, shown.buf, before, after,
              session->invocation->terminal.output_is_terminal ? &colours : NULL);
    fwrite(out.buf ? out.buf : "", 1, out.len, stdout);
}

static int mend_one(struct session *session, const char *name, struct error *err)
{
    const struct mend_arguments *given = session->given;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct fix_result result;
    if (file_read(&text, name, DOCUMENT_BYTES_MAX, err) < 0)
        return -1;
    struct span before = span_of(text.buf ? text.buf : "", text.len);
    if (fix_run(&result, name, before, &session->options, err) < 0)
        return -1;
    struct span after = span_of(result.text.buf ? result.text.buf : "", result.text.len);
    bool changed = !span_equal(before, after);
    int status = 0;
    session->changes = session->changes || changed;
    tell(session, name, &result);
    if (given->diff)
        print_diff(session, name, before, after);
    else if (strcmp(name, "-") == 0 && !given->check)
        status = file_write("-", after, err);
    else if (changed && !given->check)
        status = file_write(name, after, err);
    fix_result_release(&result);
    return status;
}

static int keep_rules(struct lint_config *config, const struct strvec *rules, struct error *err)
{
    for (size_t i = 0; i < rules->count; i++) {
        for (const char *at = rules->items[i]; *at;) {
            size_t len = strcspn(at, ",");
            cleanup_free char *rule = memory_dup_bytes(at, len);
            if (len && (lint_config_set(config, rule, LINT_ON, err) < 0 ||
                        lint_config_add_only(config, rule, err) < 0))
                return error_prefix(err, "--rule");
            at += len;
            at += *at == ',';
        }
    }
    return 0;
}

int mend_files(const struct invocation *invocation, const struct mend_arguments *arguments,
               bool only_format, struct error *err)
{
    struct lint_config config;
    struct lint_options lint = {.config = &config};
    struct session session = {
        .invocation = invocation,
        .given = arguments,
        .options = {.lint = &lint, .unsafe = arguments->unsafe, .only_format = only_format},
    };
    if (lint_arguments_read(&config, &arguments->lint, invocation, err) < 0)
        return -1;
    int status = keep_rules(&config, &arguments->rules, err);
    for (size_t i = 0; i < invocation->operand_count && status == 0; i++)
        status = mend_one(&session, invocation->operands[i], err);
    lint_config_release(&config);
    if (status == 0 && arguments->check && session.changes)
        status = 1;
    return status;
}
