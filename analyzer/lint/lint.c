#include "analyzer/lint/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyzer/lint/steps.h"
#include "analyzer/lint/suppress.h"
#include "core/escape.h"
#include "core/memory.h"

#define NO_INSTRUCTION SIZE_MAX

static const struct build_options nothing_known;

/* Reporting */

static size_t index_of(const struct lint *lint, const struct lint_step *step)
{
    if (!step)
        return NO_INSTRUCTION;
    if (step->onbuild)
        step = step->onbuild;
    return (size_t)(step->instruction - lint->document->instructions);
}

static void report(struct lint *lint, size_t instruction, const struct lint_finding *finding)
{
    struct lint_result *result = lint->result;
    lint_result_add(result, finding);
    lint->instructions = memory_grow(lint->instructions, result->count - 1,
                                     &lint->instruction_capacity, sizeof *lint->instructions);
    lint->instructions[result->count - 1] = instruction;
    lint->last_fix = NULL;
}

void lint_report(struct lint *lint, const struct lint_step *step, struct extent extent,
                 const char *format, ...)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT, shown = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    escape_for_terminal(&shown, span_of(text.buf, text.len));
    const struct lint_finding finding = {
        .rule = lint->rule,
        .code = lint->rule->code,
        .severity = lint_config_severity(lint->config, lint->rule->code, lint->rule->severity),
        .message = shown.buf,
        .begin = extent.start,
        .end = extent.end,
        .bytes = -1,
        .layer = NO_LAYER,
    };
    report(lint, index_of(lint, step), &finding);
}

void lint_fix(struct lint *lint, const char *title, const char *unsafe)
{
    struct lint_fix *fix = arena_alloc_zero(lint->arena, sizeof *fix);
    fix->title = arena_dup_text(lint->arena, title);
    fix->unsafe = arena_dup_text(lint->arena, unsafe);
    lint->last_fix = fix;
    lint->result->items[lint->result->count - 1].fix = fix;
}

void lint_edit(struct lint *lint, struct extent extent, const char *format, ...)
{
    struct lint_fix *fix = lint->last_fix;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    struct lint_edit *edits = arena_alloc(lint->arena, (fix->count + 1) * sizeof *edits);
    size_t at = fix->count;
    while (at && fix->edits[at - 1].begin > extent.start)
        at--;
    if (fix->count)
        memcpy(edits, fix->edits, at * sizeof *edits);
    if (fix->count > at)
        memcpy(edits + at + 1, fix->edits + at, (fix->count - at) * sizeof *edits);
    edits[at] = (struct lint_edit){.begin = extent.start,
                                   .end = extent.end,
                                   .text = arena_dup(lint->arena, text.buf ? text.buf : "", text.len)};
    fix->edits = edits;
    fix->count++;
}

struct extent lint_line(const struct lint *lint, const struct lint_step *step)
{
    struct extent extent = step->instruction->extent;
    struct span text = lint->document->text;
    const char *end = memchr(text.ptr + extent.start, '\n', extent.end - extent.start);
    if (end)
        extent.end = (size_t)(end - text.ptr);
    while (extent.end > extent.start && text.ptr[extent.end - 1] == '\r')
        extent.end--;
    return extent;
}

/* Running */

/* More comments for linters than anybody writes: those behind are not read. */
#define PRAGMAS_MAX 1000

static struct pragma *add_pragma(struct lint *lint, struct extent extent, uint32_t line)
{
    struct pragma *pragma = &lint->pragmas[lint->pragma_count];
    if (lint->pragma_count == PRAGMAS_MAX)
        return NULL;
    pragma_read(pragma, lint->arena, document_bytes(lint->document, extent));
    if (pragma->kind == PRAGMA_NONE)
        return NULL;
    pragma->line = line;
    pragma->extent = extent;
    lint->pragma_count++;
    return pragma;
}

/* `check` as the frontend finds it at the top is about the file, wherever else it stands about the
 * instruction below. */
static void read_pragmas(struct lint *lint)
{
    const struct document *document = lint->document;
    struct span check = document_find_directive(document, "check");
    lint->pragmas = memory_alloc_zero(PRAGMAS_MAX + 1, sizeof *lint->pragmas);
    for (size_t i = 0; i < document->directive_count; i++) {
        struct pragma *pragma =
            add_pragma(lint, document->directives[i].extent, document->directives[i].line);
        if (pragma)
            pragma->scope = PRAGMA_FILE;
    }
    for (size_t i = 0; i < document->comment_count; i++) {
        const struct comment *comment = &document->comments[i];
        struct pragma *pragma = add_pragma(lint, comment->extent, comment->line);
        const char *begin = document->text.ptr + comment->extent.start;
        const char *end = document->text.ptr + comment->extent.end;
        if (!pragma)
            continue;
        pragma->inside = comment->inside;
        if (check.ptr && check.ptr >= begin && check.ptr < end)
            pragma->scope = PRAGMA_FILE;
    }
}

/* What BuildKit says of a file that it refuses, each of its complaints. */
static void report_complaints(struct lint *lint)
{
    const struct document *document = lint->document;
    for (size_t i = 0; i < document->error_count; i++) {
        const struct complaint *complaint = &document->errors[i];
        uint32_t line = complaint->line ? complaint->line : 1;
        struct span text = lint_result_line(lint->result, line);
        size_t begin = line <= lint->result->line_count ? lint->result->lines[line - 1] : 0;
        const struct extent extent = {.start = begin, .end = begin + text.len};
        lint_report(lint, NULL, extent, "%s", complaint->text);
    }
    lint->result->refused = document->error_count > 0;
}

/* Does "check=experimental=" at the top ask for a rule that is off? */
static bool is_tried(const struct lint *lint, const struct lint_rule *rule)
{
    for (size_t i = 0; i < lint->pragma_count; i++) {
        const struct pragma *pragma = &lint->pragmas[i];
        if (pragma->scope != PRAGMA_FILE)
            continue;
        if (pragma->experimental_all && rule->experimental)
            return true;
        for (size_t c = 0; c < pragma->experimental_count; c++)
            if (lint_rule_find(pragma->experimental[c].text) == rule)
                return true;
    }
    return false;
}

/* A check that the configuration names to be ignored is asked too: what it finds takes the finding of the
 * rule with its meaning along (suppress.c). */
static bool is_asked(const struct lint *lint, const struct lint_rule *rule)
{
    return lint_config_asks(lint->config, rule) || (rule->off && is_tried(lint, rule)) ||
           (lint_rule_is_check(rule) && lint_config_turns_off(lint->config, rule->code));
}

static void ask_rules(struct lint *lint)
{
    for (const struct lint_rule *const *rule = lint_rules; *rule; rule++) {
        lint->rule = *rule;
        if (strcmp((*rule)->code, "DL1000") == 0)
            report_complaints(lint);
        else if ((*rule)->check && is_asked(lint, *rule))
            (*rule)->check(lint);
    }
}

int lint_run(struct lint_result *ret_result, const char *file, struct span text,
             const struct lint_options *options, struct error *err)
{
    cleanup_document struct document *document = NULL;
    cleanup_stages struct stages stages = {.count = 0};
    if (document_parse(&document, text, err) < 0)
        return error_prefix(err, "%s", file);
    stages_find(&stages, document, options->build ? options->build : &nothing_known);
    lint_result_start(ret_result, file, text);
    struct lint lint = {
        .result = ret_result,
        .options = options,
        .config = options->config,
        .document = document,
        .stages = &stages,
        .arena = &ret_result->arena,
    };
    read_pragmas(&lint);
    steps_make(&lint);
    ask_rules(&lint);
    suppress_findings(&lint);
    steps_release(&lint);
    free(lint.instructions);
    free(lint.pragmas);
    lint_result_finish(ret_result);
    return 0;
}
