#include "analyzer/lint/words.h"

#include <string.h>

static bool is_root(const char *user)
{
    size_t len = strcspn(user, ":");
    struct span name = span_of(user, len);
    return span_equals_text(name, "root") || span_equals_text(name, "0");
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *user, *last = NULL;
        size_t at = stage->first;
        while ((user = stage_next(lint, stage, &at, INSTRUCTION_USER)))
            last = user;
        if (last && last->instruction->arg_count && is_root(step_arg(last, 0)))
            lint_report(lint, last, arg_place(last, 0),
                        "the stage ends with the user root");
    }
}

const struct lint_rule lint_rule_DL3002 = {
    .code = "DL3002",
    .name = "last-user-root",
    .aliases = {"AVD-DS-0002", "CKV_DOCKER_8"},
    .severity = SEVERITY_WARNING,
    .summary = "the last USER of a stage is root",
    .why = "Whoever breaks out of a process of root is root of what he reaches.",
    .fix = "End the stage with a USER that has no rights beyond its own files.",
    .check = check,
};
