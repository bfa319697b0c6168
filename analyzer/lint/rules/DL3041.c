#include "analyzer/lint/runs.h"

/* A version may be a variable, but one that is set somewhere. */
static bool is_pinned(const struct lint_found *found, const struct package *package)
{
    if (package->kind != PACKAGE_NAMED && package->kind != PACKAGE_MODULE)
        return true;
    return package_has_version(package) && run_has_version(found, package);
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found))
        if (call_is_one_of(found.call, "dnf dnf5 microdnf") &&
            (span_equals_text(found.call->subcommand, "install") ||
             span_equals_text(found.call->subcommand, "module.install")))
            run_report_unpinned(lint, &found, is_pinned);
}

const struct lint_rule lint_rule_DL3041 = {
    .code = "DL3041",
    .name = "pin-dnf-versions",
    .severity = SEVERITY_WARNING,
    .summary = "dnf install without versions",
    .why = "What is newest differs from one build to the next: the same Dockerfile gives "
           "another image, and no cache notices.",
    .fix = "dnf install PACKAGE-VERSION, dnf module install MODULE:STREAM",
    .check = check,
};
