#include "analyzer/lint/runs.h"

#include <string.h>

/* =, ~ and what is made of them name a version; @ a repository, < and > a bound. */
static bool is_pinned(const struct lint_found *found, const struct package *package)
{
    (void)found;
    return package->kind != PACKAGE_NAMED ||
           (package->operator.len &&(
               memchr(package->operator.ptr, '=', package->operator.len) ||
               memchr(package->operator.ptr, '~', package->operator.len)));
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found))
        if (call_is_one_of(found.call, "apk") &&
            span_equals_text(found.call->subcommand, "add"))
            run_report_unpinned(lint, &found, is_pinned);
}

const struct lint_rule lint_rule_DL3018 = {
    .code = "DL3018",
    .name = "pin-apk-versions",
    .severity = SEVERITY_WARNING,
    .summary = "apk add without versions",
    .why = "What is newest differs from one build to the next: the same Dockerfile gives "
           "another image, and no cache notices.",
    .fix = "apk add PACKAGE=VERSION, or PACKAGE~VERSION for any revision of it",
    .check = check,
};
