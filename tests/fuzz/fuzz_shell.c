/* The shell parser and what is asked of it. Whatever the text: every range lies within it, ranges of what is
 * within a node lie within the node's, calls are found without end, and each byte of the result can be
 * read. The first byte chooses the dialect. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "dockerfile/packages.h"
#include "tests/fuzz/fuzz.h"

struct look {
    const struct script *script;
    size_t sum;
};

static void look_at_list(struct look *look, const struct script_list *list, struct script_range around);

static void look_at_range(const struct look *look, struct script_range range,
                          struct script_range around)
{
    if (range.start > range.end || range.end > look->script->text.len ||
        range.start < around.start || range.end > around.end)
        abort();
}

static void look_at_span(struct look *look, struct span span)
{
    for (size_t i = 0; i < span.len; i++)
        look->sum += (unsigned char)span.ptr[i];
}

static void look_at_words(struct look *look, const struct script_word *word,
                          struct script_range around);

static void look_at_parts(struct look *look, const struct script_part *part,
                          struct script_range around)
{
    for (; part; part = part->next) {
        look_at_range(look, part->range, around);
        look_at_span(look, part->text);
        look_at_span(look, part->operator);
        look_at_words(look, part->argument, part->range);
        look_at_parts(look, part->inner, part->range);
        look_at_list(look, part->body, part->range);
    }
}

static void look_at_words(struct look *look, const struct script_word *word,
                          struct script_range around)
{
    for (; word; word = word->next) {
        look_at_range(look, word->range, around);
        look_at_span(look, word->value);
        look_at_parts(look, word->parts, word->range);
    }
}

static void look_at_command(struct look *look, const struct script_command *command,
                            struct script_range around)
{
    const struct script_range all = {0, (uint32_t)look->script->text.len};
    look_at_range(look, command->range, around);
    look_at_range(look, command->pipe, all);
    look_at_words(look, command->assignments, command->range);
    look_at_words(look, command->words, command->range);
    const struct script_redirection *redirection = command->redirections;
    for (; redirection; redirection = redirection->next) {
        look_at_range(look, redirection->range, command->range);
        look_at_words(look, redirection->target, redirection->range);
        look_at_words(look, redirection->body, all);
    }
    const struct script_clause *clause = command->clauses;
    for (; clause; clause = clause->next) {
        look_at_words(look, clause->patterns, command->range);
        look_at_list(look, clause->test, command->range);
        look_at_list(look, clause->body, command->range);
    }
}

static void look_at_list(struct look *look, const struct script_list *list, struct script_range around)
{
    const struct script_pipeline *pipeline = list ? list->first : NULL;
    if (list && list->count)
        look_at_range(look, list->range, around);
    for (; pipeline; pipeline = pipeline->next) {
        look_at_range(look, pipeline->range, around);
        const struct script_command *command = pipeline->commands;
        for (; command; command = command->next)
            look_at_command(look, command, pipeline->range);
    }
}

static void look_at_calls(struct look *look, const struct calls *calls)
{
    for (size_t i = 0; i < calls->count; i++) {
        const struct call *call = calls->items[i];
        struct packages packages;
        if (call->sequence != i || (call->through && call->through->sequence >= i) ||
            call->operand_count > call->word_count || !call->word_count)
            abort();
        look_at_span(look, call->name);
        look_at_span(look, call->subcommand);
        look_at_span(look, call->state.folder);
        packages_of(&packages, calls, call);
        for (size_t p = 0; p < packages.count; p++) {
            look_at_span(look, packages.items[p].name);
            look_at_span(look, packages.items[p].operator);
            look_at_span(look, packages.items[p].version);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    const size_t len = size - 1;
    const struct script_segment segments[] = {{0, 7}, {len / 2, len / 2 + 20}};
    cleanup_free char *text = memory_dup_bytes(data + 1, len);
    cleanup_script struct script script;
    script_parse(&script, span_of(text, len), (enum script_dialect)(data[0] % 4), segments, 2);
    struct look look = {.script = &script};
    const struct script_range all = {0, (uint32_t)len};
    look_at_list(&look, script.list, all);
    for (size_t i = 0; i < script.error_count; i++) {
        look_at_range(&look, script.errors[i].range, all);
        struct script_range origin = script_origin(&script, script.errors[i].range);
        if (origin.start > origin.end || origin.start < 7)
            abort();
    }
    struct calls calls;
    struct cache_uses uses;
    const struct calls_start start = {.folder = {"/srv", 4}};
    calls_find(&calls, &script, &start);
    look_at_calls(&look, &calls);
    cache_uses_find(&uses, &calls);
    for (size_t i = 0; i < uses.count; i++)
        if (uses.items[i].cleaned_by && uses.items[i].cleaned_by->sequence <= uses.items[i].filled_by->sequence)
            abort();
    return 0;
}
