#include "analyzer/lint/runs.h"

static void check(struct lint *lint)
{
    static const struct run_cache cache = {
        .id = "yum",
        .message = "the cache of yum stays in this layer",
        .command = "yum clean all",
    };
    run_report_cache(lint, &cache);
}

const struct lint_rule lint_rule_DL3032 = {
    .code = "DL3032",
    .name = "clean-yum-cache",
    .aliases = {"AVD-DS-0015"},
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "yum without yum clean all",
    .why = "What a package manager fetched to install from stays in the layer and is of no "
           "use "
           "in the image.",
    .fix = "yum install -y PACKAGE && yum clean all",
    .check = check,
};
