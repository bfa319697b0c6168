#include "analyzer/lint/runs.h"

static void check(struct lint *lint)
{
    static const struct run_cache cache = {
        .id = "zypper",
        .message = "the cache of zypper stays in this layer",
        .command = "zypper clean --all",
    };
    run_report_cache(lint, &cache);
}

const struct lint_rule lint_rule_DL3036 = {
    .code = "DL3036",
    .name = "clean-zypper-cache",
    .aliases = {"AVD-DS-0020"},
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "zypper without zypper clean",
    .why = "What a package manager fetched to install from stays in the layer and is of no "
           "use "
           "in the image.",
    .fix = "zypper install -y PACKAGE && zypper clean --all",
    .check = check,
};
