#include "analyzer/lint/runs.h"

/* name=version, name/release and files say what is installed. */
static bool is_pinned(const struct lint_found *found, const struct package *package)
{
    (void)found;
    return package->kind != PACKAGE_NAMED || package->operator.len> 0;
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found))
        if (call_is_one_of(found.call, "apt-get apt aptitude") &&
            span_equals_text(found.call->subcommand, "install"))
            run_report_unpinned(lint, &found, is_pinned);
}

const struct lint_rule lint_rule_DL3008 = {
    .code = "DL3008",
    .name = "pin-apt-versions",
    .severity = SEVERITY_WARNING,
    .summary = "apt-get install without versions",
    .why = "What is newest differs from one build to the next: the same Dockerfile gives "
           "another image, and no cache notices.",
    .fix = "apt-get install PACKAGE=VERSION",
    .check = check,
};
