#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!step_is(step, INSTRUCTION_WORKDIR) || step->onbuild || step->workdir_given ||
            step->stage == STAGE_NONE || step->unmatched.count ||
            path_is_absolute(span_of_text(step_arg(step, 0))))
            continue;
        lint_report(
            lint, step, check_place(lint, step, arg_place(step, 0)),
            "Relative workdir \"%s\" can have unexpected results if the base image changes",
            step_arg(step, 0));
    }
}

const struct lint_rule lint_rule_WorkdirRelativePath = {
    .code = "WorkdirRelativePath",
    .name = "relative-workdir",
    .severity = SEVERITY_WARNING,
    .summary = "the first WORKDIR of a stage is relative",
    .why = "A relative WORKDIR depends on the base image, which may change.",
    .fix = "Write the path from / on.",
    .url = "https://docs.docker.com/go/dockerfile/rule/workdir-relative-path/",
    .check = check,
};
