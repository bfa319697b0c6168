#include "analyzer/lint/words.h"

/* The instruction that the line is within. */
static const struct lint_step *step_at(const struct lint *lint, uint32_t line)
{
    size_t low = 0, high = lint->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lint->steps[middle].instruction->line <= line)
            low = middle + 1;
        else
            high = middle;
    }
    const struct lint_step *step = low ? &lint->steps[low - 1] : NULL;
    return step && step->onbuild ? step->onbuild : step;
}

static bool is_blank(struct span line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i] != '\r')
            return false;
    return true;
}

/* Blank lines of the instruction up to its heredocs; with `edits` they are taken out. */
static size_t walk_blanks(struct lint *lint, const struct instruction *instruction, bool edits)
{
    const struct document *document = lint->document;
    size_t count = 0, end = instruction->heredoc_count ? instruction->heredocs[0].body.start
                                                       : instruction->extent.end;
    for (uint32_t line = instruction->line + 1;
         line < document->line_count && document->lines[line - 1] < end; line++) {
        if (!is_blank(document_line(document, line)))
            continue;
        count++;
        if (edits)
            lint_edit(lint, (struct extent){document->lines[line - 1], document->lines[line]}, "%s", "");
    }
    return count;
}

static void remove_blanks(struct lint *lint, const struct lint_step *step)
{
    size_t count = walk_blanks(lint, step->instruction, false);
    if (!count || count > FIX_EDITS_MAX)
        return;
    lint_fix(lint, "take empty lines out", NULL);
    walk_blanks(lint, step->instruction, true);
}

static void check(struct lint *lint)
{
    const struct document *document = lint->document;
    for (size_t i = 0; i < document->warning_count; i++) {
        uint32_t line = document->warnings[i].line;
        const struct lint_step *step = step_at(lint, line);
        size_t start = document->lines[line - 1];
        lint_report(lint, step,
                    (struct extent){start, start + document_line(document, line).len},
                    "Empty continuation line");
        if (step)
            remove_blanks(lint, step);
    }
}

const struct lint_rule lint_rule_NoEmptyContinuation = {
    .code = "NoEmptyContinuation",
    .name = "no-empty-continuation",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "an empty line within an instruction",
    .why = "A later version of Docker will refuse it.",
    .fix = "Take the line out.",
    .url = "https://docs.docker.com/go/dockerfile/rule/no-empty-continuation/",
    .check = check,
};
