#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct instruction *instruction = step->instruction;
        if (!step_is(step, INSTRUCTION_COPY) || instruction->arg_count < 3)
            continue;
        size_t last = instruction->arg_count - 1;
        struct span written = word_unquoted(instruction->args[last].text);
        if (span_ends_with(written, "/") ||
            span_ends_with(span_of_text(step_arg(step, last)), "/") ||
            (step->unmatched.count && word_has_variable(lint, written)))
            continue;
        struct extent place = instruction->args[last].extent;
        lint_report(lint, step, place, "%zu sources go to '%s', which must end with /",
                    last, step_arg(step, last));
        struct span bytes = document_bytes(lint->document, place);
        if (instruction->form == FORM_EXEC ||
            !span_equal(bytes, instruction->args[last].text) ||
            span_ends_with(bytes, "\"") || span_ends_with(bytes, "'"))
            continue;
        lint_fix(lint, "end the target with /", NULL);
        lint_edit(lint, place, "%.*s/", (int)bytes.len, bytes.ptr);
    }
}

const struct lint_rule lint_rule_DL3021 = {
    .code = "DL3021",
    .name = "copy-to-folder",
    .aliases = {"AVD-DS-0011"},
    .severity = SEVERITY_ERROR,
    .fixable = true,
    .summary = "COPY of several sources to what is no folder",
    .why = "Several files need a folder, and a folder is told by its slash.",
    .fix = "Put a / behind the target.",
    .check = check,
};
