#include "analyzer/lint/words.h"

#include <stdlib.h>

#include "core/memory.h"

static bool has_label(const struct lint *lint, const struct lint_stage *stage,
                      const char *name)
{
    const struct lint_step *step;
    size_t at = stage->first;
    while ((step = stage_next(lint, stage, &at, INSTRUCTION_LABEL)))
        for (size_t p = 0; p < pair_count(step); p++)
            if (span_equals_text(pair_at(lint, step, p).name, name))
                return true;
    return false;
}

/* A stage that others copy from is never shipped. */
static void excuse_sources(struct lint *lint, const struct lint_stage *stage, bool *excused)
{
    const struct lint_step *step;
    size_t at = stage->first, number = stage->stage->number;
    while ((step = stage_next(lint, stage, &at, INSTRUCTION_COPY))) {
        const struct flag *from = instruction_flag(step->instruction, "from");
        size_t source =
            from ? stages_copy_source(lint->stages, from->value, number) : STAGE_NONE;
        if (source != STAGE_NONE)
            excused[source] = true;
    }
}

/* Nor is one that a stage with the label is built on. */
static void check_label(struct lint *lint, const char *name, const bool *copied)
{
    bool *good = memory_alloc_zero(lint->stage_count + 1, sizeof *good);
    bool *excused = memory_alloc_zero(lint->stage_count + 1, sizeof *excused);
    for (size_t s = 0; s < lint->stage_count; s++) {
        size_t base = lint->stage[s].stage->base_stage;
        bool own = has_label(lint, &lint->stage[s], name);
        good[s] = own || (base != STAGE_NONE && good[base]);
        if (own && base != STAGE_NONE)
            excused[base] = true;
    }
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_step *from = &lint->steps[lint->stage[s].first];
        if (!good[s] && !excused[s] && !copied[s])
            lint_report(lint, from, keyword_place(from), "the label '%s' is missing", name);
    }
    free(good);
    free(excused);
}

static void check(struct lint *lint)
{
    bool *copied = memory_alloc_zero(lint->stage_count + 1, sizeof *copied);
    for (size_t s = 0; s < lint->stage_count; s++)
        excuse_sources(lint, &lint->stage[s], copied);
    for (size_t i = 0; i < lint->config->label_count; i++)
        check_label(lint, lint->config->labels[i].name, copied);
    free(copied);
}

const struct lint_rule lint_rule_DL3049 = {
    .code = "DL3049",
    .name = "required-labels",
    .severity = SEVERITY_INFO,
    .summary = "a label that the configuration asks for is missing",
    .why = "Who finds the image should find what the labels were agreed to say.",
    .fix = "LABEL KEY=VALUE",
    .check = check,
};
