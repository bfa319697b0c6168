#include "analyzer/lint/runs.h"

/* The link that is made is the last operand. */
static const struct script_word *link_of(const struct call *call)
{
    const struct script_word *last =
        call->operand_count > 1 ? call->operands[call->operand_count - 1] : NULL;
    return last && span_equals_text(last->value, "/bin/sh") ? last : NULL;
}

/* A RUN that does nothing else gives way to SHELL. */
static void mend(struct lint *lint, const struct lint_found *found)
{
    const struct lint_step *step = found->step;
    const struct script_word *target = found->call->operands[0];
    if (step->onbuild || !run_is_shell_text(step) || step->calls->count != 1 ||
        target->flags || found->call->operand_count != 2 ||
        step->instruction->heredoc_count || step->instruction->flag_count ||
        !span_starts_with(target->value, "/"))
        return;
    lint_fix(lint, "SHELL instead", "/bin/sh stays what it was for all other programs");
    lint_edit(lint, step->instruction->extent, "SHELL [\"%.*s\", \"-c\"]",
              (int)target->value.len, target->value.ptr);
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct script_word *link =
            call_is(found.call, "ln") ? link_of(found.call) : NULL;
        if (!link)
            continue;
        lint_report(lint, found.step, run_word(&found, link),
                    "/bin/sh is made another shell");
        mend(lint, &found);
    }
}

const struct lint_rule lint_rule_DL4005 = {
    .code = "DL4005",
    .name = "no-shell-link",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "ln over /bin/sh",
    .why = "Another shell under that name surprises every program that runs scripts; SHELL "
           "changes what RUN uses and nothing else.",
    .fix = "SHELL [\"/bin/bash\", \"-c\"]",
    .check = check,
};
