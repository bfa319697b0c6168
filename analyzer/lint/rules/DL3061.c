#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (step->onbuild)
            continue;
        if (step_is(step, INSTRUCTION_FROM))
            return;
        if (!step_is(step, INSTRUCTION_ARG))
            lint_report(lint, step, keyword_place(step), "%.*s stands before FROM",
                        (int)step->instruction->keyword.text.len,
                        step->instruction->keyword.text.ptr);
    }
}

const struct lint_rule lint_rule_DL3061 = {
    .code = "DL3061",
    .name = "from-first",
    .severity = SEVERITY_ERROR,
    .summary = "an instruction before the first FROM",
    .why = "Only ARG may stand there: the build refuses anything else.",
    .fix = "Move it below FROM.",
    .check = check,
};
