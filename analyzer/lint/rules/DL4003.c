#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *step;
        size_t at = stage->first, seen = 0;
        while ((step = stage_next(lint, stage, &at, INSTRUCTION_CMD)))
            if (seen++)
                lint_report(lint, step, keyword_place(step),
                            "this CMD replaces the one above");
    }
}

const struct lint_rule lint_rule_DL4003 = {
    .code = "DL4003",
    .name = "one-cmd",
    .aliases = {"AVD-DS-0016"},
    .twin = "MultipleInstructionsDisallowed",
    .severity = SEVERITY_WARNING,
    .summary = "more than one CMD in a stage",
    .why = "Only the last CMD counts; those before it mislead the reader.",
    .fix = "Keep the last one.",
    .check = check,
};
