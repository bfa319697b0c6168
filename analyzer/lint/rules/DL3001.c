#include "analyzer/lint/runs.h"

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        if (!call_is_one_of(call, "free kill mount ps service shutdown ssh top vim"))
            continue;
        lint_report(lint, found.step, run_word(&found, call->words[0]),
                    "'%.*s' makes no sense while an image is built", (int)call->name.len,
                    call->name.ptr);
    }
}

const struct lint_rule lint_rule_DL3001 = {
    .code = "DL3001",
    .name = "no-interactive-tools",
    .severity = SEVERITY_INFO,
    .summary = "a program that makes no sense while an image is built",
    .why =
        "Programs for a running or remote system (ssh, vim, ps, service, mount ...) find "
        "nothing to work on in a build, and what they start or mount is gone when RUN "
        "ends.",
    .fix = "Leave the command out, or do what it is for when the container starts.",
    .check = check,
};
