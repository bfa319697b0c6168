#include "analyzer/lint/lint.h"

static bool is_absolute(struct span path)
{
    if (path.len < 2)
        return path.len && (*path.ptr == '/' || *path.ptr == '\\');
    char first = *path.ptr;
    bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    return first == '/' || first == '\\' || first == '$' || (letter && path.ptr[1] == ':');
}

/* As it is written: what a variable holds is not known for sure. */
static struct span path_of(const struct lint_step *step)
{
    struct span path = step->instruction->args[0].text;
    if (path.len && (*path.ptr == '"' || *path.ptr == '\''))
        path = span_of(path.ptr + 1, path.len - 1);
    return path;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!step_is(step, INSTRUCTION_WORKDIR) || !step->instruction->arg_count ||
            is_absolute(path_of(step)))
            continue;
        lint_report(lint, step, step->instruction->args[0].extent,
                    "the folder '%s' is relative to whatever stood before", step_arg(step, 0));
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
