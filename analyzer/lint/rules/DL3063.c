#include "analyzer/lint/words.h"

#include <string.h>

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const char *name = stage->stage->name;
        const struct lint_step *from = &lint->steps[stage->first];
        if (name && (strcmp(name, "scratch") == 0 || strcmp(name, "context") == 0))
            lint_report(lint, from, arg_place(from, 2), "the name '%s' is reserved", name);
    }
}

const struct lint_rule lint_rule_DL3063 = {
    .code = "DL3063",
    .name = "no-reserved-stage-names",
    .twin = "ReservedStageName",
    .severity = SEVERITY_WARNING,
    .summary = "a stage with a reserved name",
    .why = "scratch and context mean something to Docker: nobody can name the stage.",
    .fix = "Take another name.",
    .check = check,
};
