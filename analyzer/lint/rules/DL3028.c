#include "analyzer/lint/runs.h"

static bool is_pinned(const struct lint_found *found, const struct package *package)
{
    (void)found;
    return package->kind != PACKAGE_NAMED || package_has_version(package);
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found))
        if (call_is_one_of(found.call, "gem") &&
            span_equals_text(found.call->subcommand, "install"))
            run_report_unpinned(lint, &found, is_pinned);
}

const struct lint_rule lint_rule_DL3028 = {
    .code = "DL3028",
    .name = "pin-gem-versions",
    .severity = SEVERITY_WARNING,
    .summary = "gem install without versions",
    .why = "What is newest differs from one build to the next: the same Dockerfile gives "
           "another image, and no cache notices.",
    .fix = "gem install GEM:VERSION",
    .check = check,
};
