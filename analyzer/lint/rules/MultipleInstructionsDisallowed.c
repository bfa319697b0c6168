#include "analyzer/lint/words.h"

/* All that stand before the last go at once: the first alone would leave the second in its place. */
static void remove_all_before(struct lint *lint, const struct lint_stage *stage,
                              enum instruction_kind kind, const struct lint_step *last)
{
    const struct lint_step *step;
    size_t at = stage->first;
    lint_fix(lint, "take out all but the last", NULL);
    while ((step = stage_next(lint, stage, &at, kind)) != last)
        edit_remove(lint, step);
}

static void check_kind(struct lint *lint, const struct lint_stage *stage, enum instruction_kind kind)
{
    const struct lint_step *step, *before = NULL;
    size_t at = stage->first, found = 0;
    for (; (step = stage_next(lint, stage, &at, kind)); before = step) {
        struct span keyword = step->instruction->keyword.text;
        if (!before)
            continue;
        lint_report(lint, before, keyword_place(before),
                    "Multiple %.*s instructions should not be used in the same stage because only "
                    "the last one will be used",
                    (int)keyword.len, keyword.ptr);
        found++;
    }
    if (found && found <= FIX_EDITS_MAX)
        remove_all_before(lint, stage, kind, before);
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        check_kind(lint, stage, INSTRUCTION_CMD);
        check_kind(lint, stage, INSTRUCTION_ENTRYPOINT);
        check_kind(lint, stage, INSTRUCTION_HEALTHCHECK);
    }
}

const struct lint_rule lint_rule_MultipleInstructionsDisallowed = {
    .code = "MultipleInstructionsDisallowed",
    .name = "only-last-counts",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "an instruction that a later one of the stage replaces",
    .why = "Only the last CMD, ENTRYPOINT or HEALTHCHECK of a stage counts.",
    .fix = "Take the earlier one out.",
    .url = "https://docs.docker.com/go/dockerfile/rule/multiple-instructions-disallowed/",
    .check = check,
};
