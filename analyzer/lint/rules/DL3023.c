#include "analyzer/lint/words.h"

/* The value of --from; empty without it. */
static struct span from_of(const struct lint_step *step)
{
    const struct flag *from = instruction_flag(step->instruction, "from");
    return step_is(step, INSTRUCTION_COPY) && from ? from->value : span_of_text("");
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        struct span from = from_of(step);
        if (!from.len || step->stage == STAGE_NONE)
            continue;
        const char *name = lint->stage[step->stage].stage->name;
        if (name && span_equals_word(from, span_of_text(name)) &&
            stages_copy_source(lint->stages, from, step->stage) == STAGE_NONE)
            lint_report(lint, step, instruction_flag(step->instruction, "from")->extent,
                        "the stage copies from itself");
    }
}

const struct lint_rule lint_rule_DL3023 = {
    .code = "DL3023",
    .name = "copy-from-itself",
    .aliases = {"AVD-DS-0006"},
    .severity = SEVERITY_ERROR,
    .summary = "COPY --from its own stage",
    .why = "A stage cannot copy from what it is about to become.",
    .fix = "Name the stage that has the file.",
    .check = check,
};
