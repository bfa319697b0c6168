#include "analyzer/lint/runs.h"

static bool name_in(struct span subcommand)
{
    return span_equals_text(subcommand, "install") || span_equals_text(subcommand, "get") ||
           span_equals_text(subcommand, "run");
}

/* "latest" is no version. Packages of Go itself have its own. */
static bool is_pinned(const struct lint_found *found, const struct package *package)
{
    (void)found;
    if (package->kind != PACKAGE_NAMED || span_equals_text(package->name, "std") ||
        span_equals_text(package->name, "cmd"))
        return true;
    return package_has_version(package) && !span_equals_text(package->version, "latest");
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found))
        if (call_is_one_of(found.call, "go") && name_in(found.call->subcommand))
            run_report_unpinned(lint, &found, is_pinned);
}

const struct lint_rule lint_rule_DL3062 = {
    .code = "DL3062",
    .name = "pin-go-versions",
    .severity = SEVERITY_WARNING,
    .summary = "go install, get or run without a version",
    .why = "What is newest differs from one build to the next: the same Dockerfile gives "
           "another image, and no cache notices.",
    .fix = "go install PACKAGE@VERSION",
    .check = check,
};
