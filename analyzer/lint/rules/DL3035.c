#include "analyzer/lint/runs.h"

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found))
        if (call_does(found.call, "zypper", "dist-upgrade"))
            lint_report(lint, found.step, run_word(&found, found.call->subcommand_word),
                        "the base image should be newer instead");
}

const struct lint_rule lint_rule_DL3035 = {
    .code = "DL3035",
    .name = "no-zypper-dist-upgrade",
    .severity = SEVERITY_WARNING,
    .summary = "zypper dist-upgrade",
    .why =
        "It makes another release of the base image, which FROM then no longer names, and "
        "every file it replaces is in the image twice.",
    .fix = "FROM a newer base image.",
    .check = check,
};
