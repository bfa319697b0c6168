/* The proof that edits changed what they touch and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/lint/fix.h"
#include "core/memory.h"
#include "core/table.h"

/* Both texts, parsed, and the way from places of the one to places of the other. */
struct pair {
    const struct document *before, *after;
    const struct lint_edit *edits;
    size_t count;
    size_t *shifts; /* [i]: what the first i edits add to a place behind them, modulo SIZE_MAX + 1 */
};

/* The number of edits that end at the byte or before it. */
static size_t edits_before(const struct pair *pair, size_t offset)
{
    size_t low = 0, high = pair->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pair->edits[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Where a byte that no edit touches stands afterwards. */
static size_t moved(const struct pair *pair, size_t offset)
{
    return offset + pair->shifts[edits_before(pair, offset)];
}

/* Does an edit touch the bytes? An insertion at either end does not. */
static bool is_touched(const struct pair *pair, struct extent extent)
{
    size_t next = edits_before(pair, extent.start);
    return next < pair->count && pair->edits[next].begin < extent.end;
}

/* An insertion at either end is near too: the instruction may have grown. */
static bool is_near(const struct pair *pair, struct extent extent)
{
    size_t next = edits_before(pair, extent.start ? extent.start - 1 : 0);
    return next < pair->count && pair->edits[next].begin <= extent.end;
}

static bool same_words(const struct word *a, const struct word *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!span_equal(a[i].text, b[i].text))
            return false;
    return true;
}

static bool same_heredocs(const struct instruction *a, const struct instruction *b)
{
    if (a->heredoc_count != b->heredoc_count)
        return false;
    for (size_t i = 0; i < a->heredoc_count; i++)
        if (!span_equal(a->heredocs[i].name, b->heredocs[i].name) ||
            !span_equal(a->heredocs[i].content, b->heredocs[i].content) ||
            a->heredocs[i].expands != b->heredocs[i].expands ||
            a->heredocs[i].chomps != b->heredocs[i].chomps)
            return false;
    return true;
}

static bool same_instruction(const struct instruction *a, const struct instruction *b)
{
    if (a->kind != b->kind || !span_equal(a->keyword.text, b->keyword.text) || a->form != b->form ||
        a->arg_count != b->arg_count || a->flag_count != b->flag_count ||
        !same_words(a->args, b->args, a->arg_count) || !same_heredocs(a, b))
        return false;
    for (size_t i = 0; i < a->flag_count; i++)
        if (!span_equal(a->flags[i].text, b->flags[i].text))
            return false;
    if ((a->trigger == NULL) != (b->trigger == NULL))
        return false;
    return !a->trigger || same_instruction(a->trigger, b->trigger);
}

/* The instruction that begins at the byte, NULL if none does. */
static const struct instruction *find_at(const struct document *document, size_t start)
{
    size_t low = 0, high = document->instruction_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (document->instructions[middle].extent.start < start)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < document->instruction_count && document->instructions[low].extent.start == start;
    return found ? &document->instructions[low] : NULL;
}

/* Words of one instruction, and those of its shell text, that no edit touches: each must stand where it is
 * moved to. They are compared as places and texts, in whatever instruction they are now. */
struct token {
    size_t start, end;
    uint64_t text; /* hash of what it is */
};

struct tokens {
    struct token *items;
    size_t count, capacity;
};

static void add_token(struct tokens *tokens, struct extent extent, struct span text)
{
    if (extent.start == extent.end)
        return;
    tokens->items = memory_grow(tokens->items, tokens->count, &tokens->capacity, sizeof *tokens->items);
    tokens->items[tokens->count++] = (struct token){
        .start = extent.start, .end = extent.end, .text = table_hash(text.ptr, text.len, 0)};
}

static void add_script_words(struct tokens *tokens, const struct script *script,
                             const struct script_word *word)
{
    for (; word; word = word->next) {
        struct script_range origin = script_origin(script, word->range);
        add_token(tokens, (struct extent){origin.start, origin.end}, word->value);
    }
}

static void add_script_list(struct tokens *tokens, const struct script *script,
                            const struct script_list *list);

static void add_script_command(struct tokens *tokens, const struct script *script,
                               const struct script_command *command)
{
    add_script_words(tokens, script, command->assignments);
    add_script_words(tokens, script, command->words);
    for (const struct script_redirection *r = command->redirections; r; r = r->next) {
        add_script_words(tokens, script, r->target);
        add_script_words(tokens, script, r->body);
    }
    for (const struct script_clause *clause = command->clauses; clause; clause = clause->next) {
        add_script_words(tokens, script, clause->patterns);
        add_script_list(tokens, script, clause->test);
        add_script_list(tokens, script, clause->body);
    }
}

/* Nesting is bounded by the parser (SCRIPT_DEPTH_MAX). */
static void add_script_list(struct tokens *tokens, const struct script *script,
                            const struct script_list *list)
{
    for (const struct script_pipeline *p = list ? list->first : NULL; p; p = p->next)
        for (const struct script_command *c = p->commands; c; c = c->next)
            add_script_command(tokens, script, c);
}

/* The shell text of a line, as the joined line has it. */
static void add_shell(struct tokens *tokens, const struct instruction *instruction, struct span text)
{
    size_t begin = (size_t)(text.ptr - instruction->joined.ptr);
    struct script script;
    struct script_segment *segments =
        memory_alloc_zero(instruction->piece_count + 1, sizeof *segments);
    size_t count = 0;
    for (size_t i = 0; i < instruction->piece_count; i++) {
        const struct piece *piece = &instruction->pieces[i];
        size_t stop = i + 1 < instruction->piece_count ? piece[1].joined : instruction->joined.len;
        if (stop <= begin)
            continue;
        size_t from = piece->joined > begin ? piece->joined : begin;
        segments[count++] = (struct script_segment){.text = from - begin,
                                                    .origin = piece->source + (from - piece->joined)};
    }
    script_parse(&script, text, SCRIPT_UNKNOWN, segments, count);
    add_script_list(tokens, &script, script.list);
    script_release(&script);
    free(segments);
}

static bool is_in_line(const struct instruction *instruction, struct span text)
{
    return text.ptr >= instruction->joined.ptr &&
           text.ptr + text.len <= instruction->joined.ptr + instruction->joined.len;
}

static void add_tokens(struct tokens *tokens, const struct instruction *instruction)
{
    bool runs = instruction->kind == INSTRUCTION_RUN || instruction->kind == INSTRUCTION_CMD ||
                instruction->kind == INSTRUCTION_ENTRYPOINT;
    for (size_t i = 0; i < instruction->flag_count; i++)
        add_token(tokens, instruction->flags[i].extent, instruction->flags[i].text);
    for (size_t i = 0; i < instruction->arg_count; i++) {
        const struct word *word = &instruction->args[i];
        if (runs && instruction->form == FORM_SHELL && is_in_line(instruction, word->text))
            add_shell(tokens, instruction, word->text);
        else
            add_token(tokens, word->extent, word->text);
    }
    for (size_t i = 0; i < instruction->heredoc_count; i++)
        add_token(tokens, instruction->heredocs[i].body, instruction->heredocs[i].content);
    if (instruction->trigger)
        add_tokens(tokens, instruction->trigger);
}

static int compare_tokens(const void *a, const void *b)
{
    const struct token *left = a, *right = b;
    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    if (left->end != right->end)
        return left->end < right->end ? -1 : 1;
    return (left->text > right->text) - (left->text < right->text);
}

static bool has_token(const struct tokens *tokens, const struct token *token)
{
    return tokens->count && bsearch(token, tokens->items, tokens->count, sizeof *token, compare_tokens);
}

/* Every untouched token of the instructions near an edit is there afterwards. */
static bool tokens_are_kept(const struct pair *pair, const struct tokens *before,
                            const struct tokens *after)
{
    for (size_t i = 0; i < before->count; i++) {
        struct token token = before->items[i];
        if (is_touched(pair, (struct extent){token.start, token.end}))
            continue;
        token.start = moved(pair, token.start);
        token.end = token.start + (before->items[i].end - before->items[i].start);
        if (!has_token(after, &token))
            return false;
    }
    return true;
}

static bool comments_are_kept(const struct pair *pair)
{
    size_t at = 0;
    for (size_t i = 0; i < pair->before->comment_count; i++) {
        const struct comment *comment = &pair->before->comments[i];
        if (is_touched(pair, comment->extent))
            continue;
        size_t start = moved(pair, comment->extent.start);
        while (at < pair->after->comment_count && pair->after->comments[at].extent.start < start)
            at++;
        if (at == pair->after->comment_count || pair->after->comments[at].extent.start != start ||
            !span_equal(pair->after->comments[at].text, comment->text))
            return false;
    }
    return true;
}

static bool directives_are_kept(const struct pair *pair)
{
    size_t at = 0;
    for (size_t i = 0; i < pair->before->directive_count; i++) {
        const struct directive *directive = &pair->before->directives[i];
        if (is_touched(pair, directive->extent))
            continue;
        if (at == pair->after->directive_count ||
            !span_equal(pair->after->directives[at].name, directive->name) ||
            !span_equal(pair->after->directives[at].value, directive->value))
            return false;
        at++;
    }
    return true;
}

/* Does the instruction begin where one began before, or in the text of an edit? */
static bool is_expected(const struct pair *pair, const struct instruction *instruction,
                        const size_t *starts, size_t *at)
{
    size_t start = instruction->extent.start;
    while (*at < pair->before->instruction_count && starts[*at] < start)
        ++*at;
    if (*at < pair->before->instruction_count && starts[*at] == start)
        return true;
    for (size_t i = 0; i < pair->count; i++) {
        size_t begin = pair->edits[i].begin + pair->shifts[i];
        if (start >= begin && start <= begin + strlen(pair->edits[i].text))
            return true;
    }
    return false;
}

static const char *compare_instructions(const struct pair *pair, struct tokens *before,
                                        struct tokens *after)
{
    const struct document *old = pair->before, *new = pair->after;
    size_t *starts = memory_alloc_zero(old->instruction_count + 1, sizeof *starts);
    const char *why = NULL;
    for (size_t i = 0; i < old->instruction_count; i++) {
        const struct instruction *instruction = &old->instructions[i];
        starts[i] = moved(pair, instruction->extent.start);
        const struct instruction *there = find_at(new, starts[i]);
        if (is_near(pair, instruction->extent))
            add_tokens(before, instruction);
        else if (!there || !same_instruction(instruction, there))
            why = "another instruction would change";
    }
    size_t at = 0;
    for (size_t i = 0; i < new->instruction_count && !why; i++) {
        if (!is_expected(pair, &new->instructions[i], starts, &at))
            why = "an instruction would begin where none is meant to";
        add_tokens(after, &new->instructions[i]);
    }
    free(starts);
    return why;
}

static const char *compare(const struct pair *pair)
{
    struct tokens before = {0}, after = {0};
    const char *why = NULL;
    if (document_is_accepted(pair->before) && !document_is_accepted(pair->after))
        why = "BuildKit would refuse the result";
    else if (pair->after->error_count > pair->before->error_count)
        why = "BuildKit would find more errors in the result";
    else if (!directives_are_kept(pair))
        why = "a directive would change";
    else if (!comments_are_kept(pair))
        why = "a comment would change";
    else
        why = compare_instructions(pair, &before, &after);
    if (!why) {
        if (after.count)
            qsort(after.items, after.count, sizeof *after.items, compare_tokens);
        if (!tokens_are_kept(pair, &before, &after))
            why = "a word that the fix does not name would change";
    }
    free(before.items);
    free(after.items);
    return why;
}

bool fix_is_proven(struct span before, struct span after, const struct lint_edit *edits, size_t count,
                   const char **ret_why)
{
    cleanup_document struct document *old = NULL, *new = NULL;
    struct error ignored = ERROR_INIT;
    const char *why = "the result is too large";
    if (document_parse(&old, before, &ignored) == 0 && document_parse(&new, after, &ignored) == 0) {
        struct pair pair = {.before = old, .after = new, .edits = edits, .count = count};
        pair.shifts = memory_alloc_zero(count + 1, sizeof *pair.shifts);
        for (size_t i = 0; i < count; i++)
            pair.shifts[i + 1] =
                pair.shifts[i] + strlen(edits[i].text) - (edits[i].end - edits[i].begin);
        why = compare(&pair);
        free(pair.shifts);
    }
    error_release(&ignored);
    if (ret_why)
        *ret_why = why;
    return why == NULL;
}
