#include "analyzer/lint/runs.h"

static bool is_asking(const struct call *call)
{
    return (span_equals_text(call->subcommand, "install") ||
            span_equals_text(call->subcommand, "group.install") ||
            span_equals_text(call->subcommand, "module.install")) &&
           !call_option(call, "assumeyes");
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        if (!call_is_one_of(call, "yum") || !is_asking(call))
            continue;
        lint_report(lint, found.step, run_word(&found, call->subcommand_word),
                    "yum asks before it installs");
        lint_fix(lint, "add -y", NULL);
        run_insert_behind(lint, &found, call->subcommand_word, "-y");
    }
}

const struct lint_rule lint_rule_DL3030 = {
    .code = "DL3030",
    .name = "yum-assume-yes",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "yum install without -y",
    .why = "Nobody answers questions in a build: the command gives up when it has one.",
    .fix = "yum install -y",
    .check = check,
};
