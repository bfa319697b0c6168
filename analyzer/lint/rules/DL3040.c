#include "analyzer/lint/runs.h"

static void check(struct lint *lint)
{
    static const struct run_cache cache = {
        .id = "dnf",
        .message = "the cache of dnf stays in this layer",
        .command = "dnf clean all",
    };
    run_report_cache(lint, &cache);
}

const struct lint_rule lint_rule_DL3040 = {
    .code = "DL3040",
    .name = "clean-dnf-cache",
    .aliases = {"AVD-DS-0019"},
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "dnf without dnf clean all",
    .why = "What a package manager fetched to install from stays in the layer and is of no "
           "use "
           "in the image.",
    .fix = "dnf install -y PACKAGE && dnf clean all",
    .check = check,
};
