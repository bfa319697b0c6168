#include "analyzer/lint/words.h"

static bool is_command(const struct lint_step *step)
{
    const struct instruction *instruction = step->instruction;
    if (step_is(step, INSTRUCTION_HEALTHCHECK))
        return instruction->arg_count > 1 &&
               span_equals_word(instruction->args[0].text, span_of_text("CMD"));
    return (step_is(step, INSTRUCTION_CMD) || step_is(step, INSTRUCTION_ENTRYPOINT)) &&
           instruction->arg_count;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!is_command(step) || step->instruction->form == FORM_EXEC)
            continue;
        bool health = step_is(step, INSTRUCTION_HEALTHCHECK);
        lint_report(lint, step, step->instruction->args[health].extent,
                    "%.*s runs through a shell", (int)step->instruction->keyword.text.len,
                    step->instruction->keyword.text.ptr);
        fix_exec_form(lint, step);
    }
}

const struct lint_rule lint_rule_DL3025 = {
    .code = "DL3025",
    .name = "exec-form",
    .twin = "JSONArgsRecommended",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "a command in the shell form",
    .why = "The shell becomes process 1 and hands no signal on: the container dies by "
           "force after ten seconds.",
    .fix = "Write a JSON array: [\"PROGRAM\", \"ARGUMENT\"]",
    .check = check,
};
