#include "analyzer/lint/runs.h"

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        if (!call_does(call, "apk", "add") || call_option(call, "no-cache") ||
            step_mounts_over(found.step, "/var/cache/apk"))
            continue;
        lint_report(lint, found.step, run_word(&found, call->subcommand_word),
                    "apk add keeps the index of packages in the layer");
        lint_fix(lint, "add --no-cache", NULL);
        run_insert_behind(lint, &found, call->subcommand_word, "--no-cache");
    }
}

const struct lint_rule lint_rule_DL3019 = {
    .code = "DL3019",
    .name = "apk-no-cache",
    .aliases = {"AVD-DS-0025", "DKL-DI-0004"},
    .severity = SEVERITY_INFO,
    .fixable = true,
    .summary = "apk add without --no-cache",
    .why = "The index of packages stays in the layer.",
    .fix = "apk add --no-cache PACKAGE",
    .check = check,
};
