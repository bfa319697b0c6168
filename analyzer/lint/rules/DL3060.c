#include "analyzer/lint/runs.h"

static void check(struct lint *lint)
{
    static const struct run_cache cache = {
        .id = "yarn",
        .folder = "/.cache/yarn",
        .message = "the cache of yarn stays in this layer",
        .command = "yarn cache clean",
        .shipped_only = true,
    };
    run_report_cache(lint, &cache);
}

const struct lint_rule lint_rule_DL3060 = {
    .code = "DL3060",
    .name = "clean-yarn-cache",
    .severity = SEVERITY_INFO,
    .fixable = true,
    .summary = "yarn install without yarn cache clean",
    .why = "What a package manager fetched to install from stays in the layer and is of no "
           "use "
           "in the image.",
    .fix = "yarn install && yarn cache clean, or RUN "
           "--mount=type=cache,target=/root/.cache/yarn",
    .check = check,
};
