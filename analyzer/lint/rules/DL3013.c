#include "analyzer/lint/runs.h"

/* Of -e: a checkout to work in, whatever is checked out. */
static bool is_editable(const struct call *call, const struct script_word *word)
{
    for (size_t i = 0; i < call->option_count; i++)
        if (call->options[i].value_word == word &&
            call_option_is(&call->options[i], "editable"))
            return true;
    return false;
}

/* Files, folders and addresses of files hold one version; of a repository a commit or tag
 * must be named. */
static bool is_pinned(const struct lint_found *found, const struct package *package)
{
    if (package->kind != PACKAGE_NAMED && package->kind != PACKAGE_VCS)
        return true;
    return package_has_version(package) || is_editable(found->call, package->word);
}

/* Constraints and lists of requirements name the versions; a folder of sources is what the
 * build is about. */
static bool is_told(const struct lint_found *found)
{
    const struct call *call = found->call;
    return call_option(call, "constraint") || call_option(call, "requirement") ||
           call_has_operand(call, ".");
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found))
        if (call_is_one_of(found.call, "pip pip2 pip3 pipx") &&
            span_equals_text(found.call->subcommand, "install") && !is_told(&found))
            run_report_unpinned(lint, &found, is_pinned);
}

const struct lint_rule lint_rule_DL3013 = {
    .code = "DL3013",
    .name = "pin-pip-versions",
    .severity = SEVERITY_WARNING,
    .summary = "pip install of packages without versions",
    .why = "What is newest differs from one build to the next: the same Dockerfile gives "
           "another image, and no cache notices.",
    .fix = "pip install PACKAGE==VERSION, or pip install -r REQUIREMENTS",
    .check = check,
};
