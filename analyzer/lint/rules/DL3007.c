#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *step = &lint->steps[stage->first];
        if (!step->instruction->arg_count || stage->stage->base_stage != STAGE_NONE)
            continue;
        struct image_name image = image_name_read(span_of_text(step_arg(step, 0)));
        if (span_equals_text(image.tag, "latest") && !image.digest.ptr)
            lint_report(lint, step, arg_place(step, 0),
                        "the image '%s' is the latest, whichever that is",
                        step_arg(step, 0));
    }
}

const struct lint_rule lint_rule_DL3007 = {
    .code = "DL3007",
    .name = "no-latest",
    .aliases = {"AVD-DS-0001", "CKV_DOCKER_7"},
    .severity = SEVERITY_WARNING,
    .summary = "a base image with the tag latest",
    .why = "latest is whatever was pushed last: the next build may have another base.",
    .fix = "FROM IMAGE:VERSION, or better with its digest.",
    .check = check,
};
