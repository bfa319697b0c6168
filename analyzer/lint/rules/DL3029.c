#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *step = &lint->steps[stage->first];
        const struct flag *platform = instruction_flag(step->instruction, "platform");
        if (platform && !span_contains(platform->value, "BUILDPLATFORM") &&
            !span_contains(platform->value, "TARGETPLATFORM"))
            lint_report(lint, step, platform->extent, "the platform is fixed to '%.*s'",
                        (int)platform->value.len, platform->value.ptr);
    }
}

const struct lint_rule lint_rule_DL3029 = {
    .code = "DL3029",
    .name = "no-fixed-platform",
    .twin = "FromPlatformFlagConstDisallowed",
    .severity = SEVERITY_WARNING,
    .summary = "FROM with a fixed platform",
    .why = "The image is then built for this platform whatever the build asks for.",
    .fix = "Leave --platform out, or write $BUILDPLATFORM where the stage only builds.",
    .check = check,
};
