#include <string.h>

#include "analyzer/lint/lint.h"

static bool is_absolute(const char *path)
{
    bool drive = ((*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z')) && path[1] == ':';
    return *path == '/' || *path == '\\' || *path == '$' || drive;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const char *path = step_arg(step, 0);
        if (!step_is(step, INSTRUCTION_WORKDIR) || !step->instruction->arg_count ||
            is_absolute(path))
            continue;
        lint_report(lint, step, step->instruction->args[0].extent,
                    "the folder '%s' is relative to whatever stood before", path);
    }
}

const struct lint_rule lint_rule_DL3000 = {
    .code = "DL3000",
    .name = "absolute-workdir",
    .aliases = {"AVD-DS-0009", "CKV_DOCKER_10"},
    .severity = SEVERITY_ERROR,
    .summary = "WORKDIR with a relative path",
    .why = "A relative WORKDIR depends on the one before it and on the base image.",
    .fix = "Write the path from / on.",
    .check = check,
};
