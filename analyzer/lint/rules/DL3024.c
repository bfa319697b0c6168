#include "analyzer/lint/words.h"

static bool is_same(const struct stage *a, const struct stage *b)
{
    return span_equal(a->from->args[2].text, b->from->args[2].text);
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        if (!stage->stage->name)
            continue;
        size_t before = stages_by_name(lint->stages, span_of_text(stage->stage->name),
                                       stage->stage->number);
        if (before != STAGE_NONE && is_same(&lint->stages->items[before], stage->stage))
            lint_report(lint, &lint->steps[stage->first],
                        arg_place(&lint->steps[stage->first], 2), "the name '%s' is taken",
                        stage->stage->name);
    }
}

const struct lint_rule lint_rule_DL3024 = {
    .code = "DL3024",
    .name = "unique-stage-names",
    .aliases = {"AVD-DS-0012", "CKV_DOCKER_11"},
    .twin = "DuplicateStageName",
    .severity = SEVERITY_ERROR,
    .summary = "two stages of one name",
    .why = "Whoever names the stage means one of them and gets the last.",
    .fix = "Give each stage a name of its own.",
    .check = check,
};
