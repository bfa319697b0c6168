#include "analyzer/lint/words.h"

#include <stdlib.h>

#include "core/memory.h"

static bool has_check(const struct lint *lint, const struct lint_stage *stage)
{
    size_t at = stage->first;
    return stage_next(lint, stage, &at, INSTRUCTION_HEALTHCHECK) ||
           (stage->base && stage->base->has_healthcheck);
}

static void check(struct lint *lint)
{
    bool *good = memory_alloc_zero(lint->stage_count + 1, sizeof *good);
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *from = &lint->steps[stage->first];
        size_t base = stage->stage->base_stage;
        good[s] = has_check(lint, stage) || (base != STAGE_NONE && good[base]);
        if (!good[s])
            lint_report(lint, from, keyword_place(from), "the stage has no HEALTHCHECK");
    }
    free(good);
}

const struct lint_rule lint_rule_DL3057 = {
    .code = "DL3057",
    .name = "healthcheck-missing",
    .aliases = {"AVD-DS-0026", "CKV_DOCKER_2", "CIS-DI-0006"},
    .severity = SEVERITY_INFO,
    .off = true,
    .summary = "a stage without HEALTHCHECK",
    .why = "Without it an engine knows that the process lives, not that it works.",
    .fix = "HEALTHCHECK CMD PROGRAM, or HEALTHCHECK NONE where nothing is to be asked.",
    .check = check,
};
