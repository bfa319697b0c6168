#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (step->onbuild || step->shell_given || step->instruction->form == FORM_EXEC ||
            !step->instruction->arg_count ||
            (!step_is(step, INSTRUCTION_CMD) && !step_is(step, INSTRUCTION_ENTRYPOINT)))
            continue;
        struct span keyword = step->instruction->keyword.text;
        lint_report(lint, step, check_place(lint, step, step->instruction->args[0].extent),
                    "JSON arguments recommended for %.*s to prevent unintended behavior "
                    "related to OS signals",
                    (int)keyword.len, keyword.ptr);
        fix_exec_form(lint, step);
    }
}

const struct lint_rule lint_rule_JSONArgsRecommended = {
    .code = "JSONArgsRecommended",
    .name = "json-args",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "a command in the shell form without a SHELL",
    .why = "The shell becomes process 1 and hands no signal on: the container dies by "
           "force after ten seconds.",
    .fix = "Write a JSON array: [\"PROGRAM\", \"ARGUMENT\"]",
    .url = "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/",
    .check = check,
};
