#include "analyzer/lint/words.h"

/* Triggers run in another build, where a WORKDIR of this stage may not be; one of the
 * triggers is. */
static bool has_folder(const struct lint *lint, const struct lint_step *step,
                       bool triggered)
{
    const struct lint_stage *stage =
        step->stage != STAGE_NONE ? &lint->stage[step->stage] : NULL;
    const struct lint_base *base = stage ? stage->base : NULL;
    return step->workdir_given || triggered || (base && base->workdir && *base->workdir);
}

static void check(struct lint *lint)
{
    bool triggered = false;
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct instruction *instruction = step->instruction;
        if (step_is(step, INSTRUCTION_FROM))
            triggered = false;
        if (step_is(step, INSTRUCTION_WORKDIR) && step->onbuild)
            triggered = true;
        if (!step_is(step, INSTRUCTION_COPY) || instruction->arg_count < 2 ||
            has_folder(lint, step, triggered && step->onbuild))
            continue;
        const struct word *target = &instruction->args[instruction->arg_count - 1];
        struct span path = word_unquoted(target->text);
        if (!path.len || *path.ptr == '$' || path_is_absolute(path))
            continue;
        lint_report(lint, step, target->extent,
                    "'%.*s' is relative to whatever the base image says", (int)path.len,
                    path.ptr);
    }
}

const struct lint_rule lint_rule_DL3045 = {
    .code = "DL3045",
    .name = "copy-relative",
    .severity = SEVERITY_WARNING,
    .summary = "COPY to a relative path without a WORKDIR",
    .why = "Where the file goes is then what the base image says, today.",
    .fix = "Set a WORKDIR above, or write the path from / on.",
    .check = check,
};
