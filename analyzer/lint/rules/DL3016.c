#include "analyzer/lint/runs.h"

/* Files, folders and addresses of files hold one version; of a repository a commit or tag
 * must be named. */
static bool is_pinned(const struct lint_found *found, const struct package *package)
{
    (void)found;
    if (package->kind == PACKAGE_NAMED || package->kind == PACKAGE_VCS)
        return package_has_version(package);
    return true;
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found))
        if (call_is_one_of(found.call, "npm") &&
            span_equals_text(found.call->subcommand, "install"))
            run_report_unpinned(lint, &found, is_pinned);
}

const struct lint_rule lint_rule_DL3016 = {
    .code = "DL3016",
    .name = "pin-npm-versions",
    .severity = SEVERITY_WARNING,
    .summary = "npm install of a package without its version",
    .why = "What is newest differs from one build to the next: the same Dockerfile gives "
           "another image, and no cache notices.",
    .fix = "npm install PACKAGE@VERSION, or list it in package.json and npm ci",
    .check = check,
};
