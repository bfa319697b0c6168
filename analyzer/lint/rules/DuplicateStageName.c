#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *from = &lint->steps[stage->first];
        const char *name = stage->stage->name;
        if (!name || stages_by_name(lint->stages, span_of_text(name),
                                    stage->stage->number) == STAGE_NONE)
            continue;
        lint_report(lint, from, check_place(lint, from, arg_place(from, 2)),
                    "Duplicate stage name \"%s\", stage names should be unique", name);
    }
}

const struct lint_rule lint_rule_DuplicateStageName = {
    .code = "DuplicateStageName",
    .name = "duplicate-stage-name",
    .severity = SEVERITY_WARNING,
    .summary = "a stage name is used twice",
    .why = "Whoever names the stage means one of them and gets the last.",
    .fix = "Give each stage a name of its own.",
    .url = "https://docs.docker.com/go/dockerfile/rule/duplicate-stage-name/",
    .check = check,
};
