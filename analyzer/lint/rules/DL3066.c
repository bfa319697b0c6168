#include "analyzer/lint/words.h"

#include <string.h>

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!step_is(step, INSTRUCTION_USER) || !step->instruction->arg_count)
            continue;
        struct span user = step->instruction->args[0].text, name = user;
        const char *colon = memchr(user.ptr, ':', user.len);
        if (colon)
            name.len = (size_t)(colon - user.ptr);
        for (size_t c = 0; c < name.len && !span_has(name, '$'); c++)
            if (name.ptr[c] < '0' || name.ptr[c] > '9') {
                lint_report(lint, step, step->instruction->args[0].extent,
                            "'%.*s' is no number", (int)name.len, name.ptr);
                break;
            }
    }
}

const struct lint_rule lint_rule_DL3066 = {
    .code = "DL3066",
    .name = "numeric-user",
    .severity = SEVERITY_INFO,
    .summary = "USER with a name instead of a number",
    .why = "What runs the container may not know the name: Kubernetes refuses it under "
           "runAsNonRoot.",
    .fix = "USER 1000:1000",
    .check = check,
};
