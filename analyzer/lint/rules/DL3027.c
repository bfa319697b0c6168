#include "analyzer/lint/runs.h"

#include <string.h>

/* What apt-get or apt-cache calls the subcommand; NULL: neither has it. */
static const char *stable_name(struct span subcommand)
{
    static const struct {
        const char *subcommand, *program;
    } known[] = {
        {"install", "apt-get"},   {"reinstall", "apt-get install --reinstall"},
        {"update", "apt-get"},    {"upgrade", "apt-get upgrade --with-new-pkgs"},
        {"remove", "apt-get"},    {"dist-upgrade", "apt-get dist-upgrade"},
        {"purge", "apt-get"},     {"autoremove", "apt-get"},
        {"clean", "apt-get"},     {"autoclean", "apt-get"},
        {"build-dep", "apt-get"}, {"source", "apt-get"},
        {"download", "apt-get"},  {"search", "apt-cache"},
        {"show", "apt-cache"},    {"policy", "apt-cache"},
        {"depends", "apt-cache"}, {"rdepends", "apt-cache"},
        {"showsrc", "apt-cache"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (span_equals_text(subcommand, known[i].subcommand))
            return known[i].program;
    return NULL;
}

/* One word gives way to another, and to a word and one behind it where the subcommand has
 * another name. */
static void mend(struct lint *lint, const struct lint_found *found)
{
    const struct script_word *name = found->call->words[0];
    const struct script_word *subcommand = found->call->subcommand_word;
    const char *stable = stable_name(found->call->subcommand);
    if (!stable || !span_equals_text(name->value, "apt") || name->flags ||
        subcommand->flags || found->step->instruction->form == FORM_EXEC)
        return;
    const char *behind = strchr(stable, ' ');
    lint_fix(lint, behind ? stable : "apt-get", NULL);
    lint_edit(lint, run_word(found, name), "%.*s",
              behind ? (int)(behind - stable) : (int)strlen(stable), stable);
    if (behind)
        lint_edit(lint, run_word(found, subcommand), "%s", behind + 1);
}

/* One finding of each RUN, whose fix mends the first; the others follow with the next run.
 */
static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        if (!call_is(found.call, "apt"))
            continue;
        lint_report(lint, found.step, run_word(&found, found.call->words[0]),
                    "apt is meant for a terminal");
        if (found.call->subcommand_word)
            mend(lint, &found);
    }
}

const struct lint_rule lint_rule_DL3027 = {
    .code = "DL3027",
    .name = "no-apt",
    .aliases = {"CKV_DOCKER_9"},
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "apt instead of apt-get",
    .why = "apt is for people at a terminal; its options and output change from release to "
           "release, and it warns about that.",
    .fix = "apt-get, or apt-cache for what is asked about packages",
    .check = check,
};
