#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct instruction *instruction = step->instruction;
        if (!step_is(step, INSTRUCTION_COPY) || !instruction_flag(instruction, "from") ||
            instruction->arg_count < 2 ||
            !span_equals_text(
                word_unquoted(instruction->args[instruction->arg_count - 1].text), "/"))
            continue;
        for (size_t a = 0; a + 1 < instruction->arg_count; a++)
            if (span_equals_text(word_unquoted(instruction->args[a].text), "/")) {
                lint_report(lint, step, instruction->args[a].extent,
                            "all files of the stage are copied");
                break;
            }
    }
}

const struct lint_rule lint_rule_DL3067 = {
    .code = "DL3067",
    .name = "no-whole-filesystem",
    .severity = SEVERITY_WARNING,
    .summary = "a whole file system is copied from a stage",
    .why = "All that the stage needed for building comes along.",
    .fix = "Copy the folders that are meant, or build on the stage.",
    .check = check,
};
