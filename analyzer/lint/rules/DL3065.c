#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *step = &lint->steps[stage->first];
        const struct flag *platform = instruction_flag(step->instruction, "platform");
        if (platform && (span_equals_text(platform->value, "$TARGETPLATFORM") ||
                         span_equals_text(platform->value, "${TARGETPLATFORM}")))
            lint_report(lint, step, platform->extent,
                        "the platform of the target is the default");
    }
}

const struct lint_rule lint_rule_DL3065 = {
    .code = "DL3065",
    .name = "redundant-platform",
    .twin = "RedundantTargetPlatform",
    .severity = SEVERITY_WARNING,
    .summary = "FROM --platform=$TARGETPLATFORM",
    .why = "That is what FROM takes without being told.",
    .fix = "Leave --platform out.",
    .check = check,
};
