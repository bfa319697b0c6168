#include "analyzer/lint/runs.h"

/* One finding of each RUN: the first cd is where WORKDIR would stand. */
static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    const struct lint_step *told = NULL;
    while (run_next_call(lint, &walk, &found)) {
        if (!call_is(found.call, "cd") || found.step == told)
            continue;
        told = found.step;
        lint_report(lint, found.step, lint_extent(found.step, found.call->range),
                    "cd changes the folder for this RUN only");
    }
}

const struct lint_rule lint_rule_DL3003 = {
    .code = "DL3003",
    .name = "no-cd",
    .aliases = {"AVD-DS-0013"},
    .severity = SEVERITY_WARNING,
    .summary = "cd in RUN",
    .why = "The folder changes for the rest of this RUN only, and readers must follow it; "
           "WORKDIR holds for all that follows.",
    .fix = "WORKDIR FOLDER before the RUN.",
    .check = check,
};
