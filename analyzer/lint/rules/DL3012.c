#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *step;
        size_t at = stage->first, seen = 0;
        while ((step = stage_next(lint, stage, &at, INSTRUCTION_HEALTHCHECK)))
            if (seen++)
                lint_report(lint, step, keyword_place(step),
                            "this HEALTHCHECK replaces the one above");
    }
}

const struct lint_rule lint_rule_DL3012 = {
    .code = "DL3012",
    .name = "one-healthcheck",
    .aliases = {"AVD-DS-0023"},
    .twin = "MultipleInstructionsDisallowed",
    .severity = SEVERITY_ERROR,
    .summary = "more than one HEALTHCHECK in a stage",
    .why = "Only the last HEALTHCHECK counts; those before it mislead the reader.",
    .fix = "Keep the last one.",
    .check = check,
};
