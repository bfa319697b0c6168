#include "analyzer/lint/suppress.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"

#define NO_STAGE STAGE_NONE

/* What a comment is about, worked out once. */
struct reach {
    size_t instruction; /* of the document; SIZE_MAX: none */
    size_t stage;
    uint32_t line; /* inside an instruction: the line below */
    bool over;     /* `until` has passed */
};

/* The first instruction that begins behind the line, the count if there is none. */
static size_t first_behind(const struct document *document, uint32_t line)
{
    size_t low = 0, high = document->instruction_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (document->instructions[middle].line <= line)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first comment on the line or behind it. */
static size_t first_comment_at(const struct document *document, uint32_t line)
{
    size_t low = 0, high = document->comment_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (document->comments[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The next line that is no comment. */
static uint32_t line_below(const struct document *document, const struct pragma *pragma)
{
    uint32_t line = pragma->line + 1;
    for (size_t i = first_comment_at(document, line);
         i < document->comment_count && document->comments[i].line == line; i++)
        line++;
    return line;
}

/* The instruction below a comment, with nothing but comments between; SIZE_MAX if there is none. */
static size_t instruction_below(const struct document *document, const struct pragma *pragma)
{
    size_t index = first_behind(document, pragma->line);
    if (index == document->instruction_count ||
        document->instructions[index].line != line_below(document, pragma))
        return SIZE_MAX;
    return index;
}

static struct reach reach_of(const struct lint *lint, const struct pragma *pragma)
{
    struct reach reach = {.instruction = SIZE_MAX, .stage = NO_STAGE};
    const char *today = lint->options->today;
    reach.over = pragma->until && today && strcmp(today, pragma->until) > 0;
    if (pragma->inside)
        reach.line = line_below(lint->document, pragma);
    else
        reach.instruction = instruction_below(lint->document, pragma);
    if (pragma->scope == PRAGMA_STAGE && reach.instruction != SIZE_MAX)
        reach.stage = stages_of(lint->stages, &lint->document->instructions[reach.instruction]);
    return reach;
}

static bool reaches(const struct lint *lint, const struct pragma *pragma, const struct reach *reach,
                    size_t instruction, const struct lint_finding *finding)
{
    switch (pragma->scope) {
    case PRAGMA_FILE:
        return true;
    case PRAGMA_STAGE:
        return reach->stage != NO_STAGE && instruction != SIZE_MAX &&
               stages_of(lint->stages, &lint->document->instructions[instruction]) == reach->stage;
    default:
        break;
    }
    if (pragma->inside)
        return lint_result_place(lint->result, finding->begin).line == reach->line;
    if (reach->instruction == SIZE_MAX)
        return false;
    if (instruction == SIZE_MAX) {
        uint32_t line = lint_result_place(lint->result, finding->begin).line;
        return line == lint->document->instructions[reach->instruction].line;
    }
    return instruction == reach->instruction;
}

static bool is_called(const struct lint_rule *rule, const char *name)
{
    return rule && lint_rule_find(name) == rule;
}

static bool names(const struct pragma_code *code, const struct lint_finding *finding)
{
    return strcasecmp(code->text, finding->code) == 0 || is_called(finding->rule, code->text) ||
           is_called(finding->twin, code->text);
}

/* Is it one of BuildKit's checks, which alone `check=skip=all` is about? */
static bool is_check(const struct lint_finding *finding)
{
    return finding->twin || (finding->rule && lint_rule_is_check(finding->rule));
}

static bool suppresses(struct pragma *pragma, const struct lint_finding *finding)
{
    bool found = false;
    if (pragma->all && is_check(finding))
        return pragma->used = true;
    for (size_t i = 0; i < pragma->code_count; i++)
        if (names(&pragma->codes[i], finding))
            found = pragma->codes[i].used = true;
    return found;
}

/* A file that cannot be built has that finding, whatever comments say. */
static bool can_be_suppressed(const struct lint_finding *finding)
{
    return strcmp(finding->code, "DL1000") != 0;
}

/* Does the configuration name it, or the check it says the same as? */
static bool is_ignored(const struct lint *lint, const struct lint_finding *finding)
{
    return (finding->rule && lint_config_ignores(lint->config, finding->code)) ||
           (finding->twin && lint_config_turns_off(lint->config, finding->twin->code));
}

static bool is_suppressed(struct lint *lint, const struct reach *reaches_of, size_t index)
{
    const struct lint_finding *finding = &lint->result->items[index];
    bool suppressed = false;
    if (!can_be_suppressed(finding))
        return false;
    for (size_t i = 0; i < lint->pragma_count; i++) {
        struct pragma *pragma = &lint->pragmas[i];
        if (pragma->kind == PRAGMA_IGNORE && !reaches_of[i].over &&
            reaches(lint, pragma, &reaches_of[i], lint->instructions[index], finding) &&
            suppresses(pragma, finding))
            suppressed = true; /* go on: each comment that holds is in use */
    }
    return suppressed;
}

/* Findings of checks, chained by instruction: numbers from 1, 0 ends a chain. */
struct chains {
    size_t *heads;
    size_t *next;
};

static struct chains chain_checks(const struct lint *lint)
{
    const struct lint_result *result = lint->result;
    struct chains chains = {
        .heads = memory_alloc_zero(lint->document->instruction_count + 1, sizeof(size_t)),
        .next = memory_alloc_zero(result->count + 1, sizeof(size_t)),
    };
    for (size_t i = result->count; i-- > 0;) {
        size_t instruction = lint->instructions[i];
        if (!result->items[i].rule || !lint_rule_is_check(result->items[i].rule) ||
            instruction == SIZE_MAX)
            continue;
        chains.next[i + 1] = chains.heads[instruction];
        chains.heads[instruction] = i + 1;
    }
    return chains;
}

/* Takes the first finding of the check off the chain; 0 if it has none. */
static size_t take_finding(const struct lint *lint, struct chains *chains, size_t instruction,
                           const struct lint_rule *check)
{
    for (size_t *at = &chains->heads[instruction]; *at; at = &chains->next[*at]) {
        size_t found = *at;
        if (lint->result->items[found - 1].rule != check)
            continue;
        *at = chains->next[found];
        return found;
    }
    return 0;
}

/* Where a rule and the check of the same meaning speak of one instruction, the check's finding goes and the
 * rule's carries its name. */
static void join_twins(struct lint *lint)
{
    struct lint_result *result = lint->result;
    struct chains chains = chain_checks(lint);
    bool *joined = memory_alloc_zero(result->count + 1, sizeof *joined);
    size_t kept = 0;
    for (size_t i = 0; i < result->count; i++) {
        struct lint_finding *finding = &result->items[i];
        const struct lint_rule *check =
            finding->rule && finding->rule->twin ? lint_rule_find(finding->rule->twin) : NULL;
        size_t found = check && lint->instructions[i] != SIZE_MAX
                           ? take_finding(lint, &chains, lint->instructions[i], check)
                           : 0;
        if (found) {
            finding->twin = check;
            joined[found - 1] = true;
        }
    }
    for (size_t i = 0; i < result->count; i++) {
        if (joined[i])
            continue;
        result->items[kept] = result->items[i];
        lint->instructions[kept++] = lint->instructions[i];
    }
    result->count = kept;
    free(chains.heads);
    free(chains.next);
    free(joined);
}

static void drop_suppressed(struct lint *lint, const struct reach *reaches_of)
{
    struct lint_result *result = lint->result;
    size_t kept = 0;
    for (size_t i = 0; i < result->count; i++) {
        if (is_ignored(lint, &result->items[i]) ||
            (!lint->config->no_pragmas && is_suppressed(lint, reaches_of, i)))
            continue;
        result->items[kept] = result->items[i];
        lint->instructions[kept++] = lint->instructions[i];
    }
    result->count = kept;
}

static void tell_of(struct lint *lint, const struct pragma *pragma, const struct reach *reach)
{
    if (pragma->kind == PRAGMA_BROKEN) {
        lint_report(lint, NULL, pragma->extent, "the comment suppresses nothing: %s", pragma->broken);
        return;
    }
    if (pragma->kind != PRAGMA_IGNORE)
        return;
    if (reach->over) {
        lint_report(lint, NULL, pragma->extent, "the comment held until %s and is over", pragma->until);
        return;
    }
    if (pragma->all && !pragma->used)
        lint_report(lint, NULL, pragma->extent, "no check finds anything that this would skip");
    for (size_t i = 0; i < pragma->code_count; i++)
        if (!pragma->codes[i].used)
            lint_report(lint, NULL, pragma->extent, "%s finds nothing that this would ignore",
                        pragma->codes[i].text);
}

static void tell_of_comments(struct lint *lint, const struct reach *reaches_of)
{
    lint->rule = lint_rule_find("unused-ignore");
    if (!lint->rule || !(lint->config->unused_ignores || lint_config_asks(lint->config, lint->rule)))
        return;
    for (size_t i = 0; i < lint->pragma_count; i++)
        tell_of(lint, &lint->pragmas[i], &reaches_of[i]);
}

void suppress_findings(struct lint *lint)
{
    struct reach *reaches_of = memory_alloc_zero(lint->pragma_count + 1, sizeof *reaches_of);
    for (size_t i = 0; i < lint->pragma_count; i++)
        reaches_of[i] = reach_of(lint, &lint->pragmas[i]);
    join_twins(lint);
    drop_suppressed(lint, reaches_of);
    if (!lint->config->no_pragmas)
        tell_of_comments(lint, reaches_of);
    free(reaches_of);
}
