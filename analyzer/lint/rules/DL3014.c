#include "analyzer/lint/runs.h"

/* -qq says yes as well, as does -q=2. */
static bool is_quiet(const struct call *call)
{
    const struct call_option *quiet = call_option(call, "quiet");
    return call_option_count(call, "quiet") > 1 ||
           (quiet && span_equals_text(quiet->value, "2"));
}

static bool is_asking(const struct call *call)
{
    return span_equals_text(call->subcommand, "install") && !call_option(call, "yes") &&
           !call_option(call, "assume-yes") && !call_option(call, "force-yes") &&
           !is_quiet(call);
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        if (!call_is_one_of(call, "apt-get apt aptitude") || !is_asking(call))
            continue;
        lint_report(lint, found.step, run_word(&found, call->subcommand_word),
                    "apt-get install asks before it installs");
        lint_fix(lint, "add -y", NULL);
        run_insert_behind(lint, &found, call->subcommand_word, "-y");
    }
}

const struct lint_rule lint_rule_DL3014 = {
    .code = "DL3014",
    .name = "apt-assume-yes",
    .aliases = {"AVD-DS-0021"},
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "apt-get install without -y",
    .why = "Nobody answers questions in a build: the command gives up when it has one.",
    .fix = "apt-get install -y",
    .check = check,
};
