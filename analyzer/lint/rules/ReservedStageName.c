#include "analyzer/lint/words.h"

#include <string.h>

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *from = &lint->steps[stage->first];
        const char *name = stage->stage->name;
        if (name && (strcmp(name, "scratch") == 0 || strcmp(name, "context") == 0))
            lint_report(lint, from, check_place(lint, from, arg_place(from, 2)),
                        "Stage name should not use the same name as reserved stage \"%s\"",
                        name);
    }
}

const struct lint_rule lint_rule_ReservedStageName = {
    .code = "ReservedStageName",
    .name = "reserved-stage-name",
    .severity = SEVERITY_WARNING,
    .summary = "a stage is called as Docker calls something else",
    .why = "scratch and context mean something to Docker: nobody can name the stage.",
    .fix = "Take another name.",
    .url = "https://docs.docker.com/go/dockerfile/rule/reserved-stage-name/",
    .check = check,
};
