#include "analyzer/lint/runs.h"

static bool is_asking(const struct call *call)
{
    static const char *const asking[] = {"install", "remove", "source-install", "patch"};
    /* behind "install", -n is --name, but everybody means the other */
    static const char *const told[] = {"non-interactive", "n", "no-confirm", "y"};
    bool asks = false;
    for (size_t i = 0; i < ARRAY_SIZE(asking); i++)
        asks |= span_equals_text(call->subcommand, asking[i]);
    for (size_t i = 0; i < ARRAY_SIZE(told); i++)
        asks &= !call_option(call, told[i]);
    return asks;
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        if (!call_is_one_of(call, "zypper") || !is_asking(call))
            continue;
        lint_report(lint, found.step, run_word(&found, call->subcommand_word),
                    "zypper asks before it goes on");
        lint_fix(lint, "add -y", NULL);
        run_insert_behind(lint, &found, call->subcommand_word, "-y");
    }
}

const struct lint_rule lint_rule_DL3034 = {
    .code = "DL3034",
    .name = "zypper-non-interactive",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "zypper without -y or --non-interactive",
    .why = "Nobody answers questions in a build: the command gives up when it has one.",
    .fix = "zypper install -y",
    .check = check,
};
