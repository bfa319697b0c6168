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
        if (!from.len || step->stage == STAGE_NONE || span_has(from, ':') ||
            stages_copy_source(lint->stages, from, step->stage) != STAGE_NONE)
            continue;
        lint_report(lint, step, instruction_flag(step->instruction, "from")->extent,
                    "no stage above is called '%.*s'", (int)from.len, from.ptr);
    }
}

const struct lint_rule lint_rule_DL3022 = {
    .code = "DL3022",
    .name = "copy-from-known",
    .severity = SEVERITY_WARNING,
    .summary = "COPY --from names no stage",
    .why = "What is no stage is taken for an image and pulled from a registry.",
    .fix = "Name a stage above, or the image with its tag.",
    .check = check,
};
