#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!step->onbuild ||
            (!step_is(step, INSTRUCTION_ONBUILD) && !step_is(step, INSTRUCTION_FROM) &&
             !step_is(step, INSTRUCTION_MAINTAINER)))
            continue;
        lint_report(lint, step, keyword_place(step), "ONBUILD cannot trigger %.*s",
                    (int)step->instruction->keyword.text.len,
                    step->instruction->keyword.text.ptr);
    }
}

const struct lint_rule lint_rule_DL3043 = {
    .code = "DL3043",
    .name = "onbuild-trigger",
    .severity = SEVERITY_ERROR,
    .summary = "ONBUILD of what cannot be triggered",
    .why = "ONBUILD, FROM and MAINTAINER cannot stand in a trigger: the build refuses it.",
    .fix = "Write the instruction without ONBUILD.",
    .check = check,
};
