#include "analyzer/lint/words.h"

/* What a variable holds is known where the build says it or a default does. */
static struct span image_of(const struct lint *lint, const struct lint_step *step)
{
    struct span written = step->instruction->args[0].text;
    if (!word_has_variable(lint, written))
        return written;
    if (*written.ptr == '$' || step->unmatched.count)
        return span_of_text("");
    return span_of_text(step_arg(step, 0));
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *step = &lint->steps[stage->first];
        if (!step->instruction->arg_count || stage->stage->base_stage != STAGE_NONE)
            continue;
        struct image_name image = image_name_read(image_of(lint, step));
        if (image.name.len && !image.tag.ptr && !image.digest.ptr &&
            !span_equals_text(image.name, "scratch"))
            lint_report(lint, step, arg_place(step, 0), "the image '%s' has no tag",
                        step_arg(step, 0));
    }
}

const struct lint_rule lint_rule_DL3006 = {
    .code = "DL3006",
    .name = "tag-base-image",
    .severity = SEVERITY_WARNING,
    .summary = "a base image without a tag",
    .why = "Without a tag the image is whatever was pushed last.",
    .fix = "FROM IMAGE:VERSION, or better with its digest.",
    .check = check,
};
