#include "analyzer/lint/runs.h"

static bool is_told(const struct call *call)
{
    static const char *const told[] = {"progress", "quiet", "output-file", "append-output",
                                       "no-verbose"};
    for (size_t i = 0; i < ARRAY_SIZE(told); i++)
        if (call_option(call, told[i]))
            return true;
    return false;
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        enum run_userland userland = run_userland(lint, found.step->stage);
        if (!call_is(call, "wget") || is_told(call))
            continue;
        lint_report(lint, found.step, run_word(&found, call->words[0]),
                    "wget fills the log with its progress");
        const char *option = userland == USERLAND_BUSYBOX ? "-q" : "--progress=dot:giga";
        lint_fix(lint, option,
                 userland == USERLAND_UNKNOWN ? "busybox's wget does not know --progress"
                                              : NULL);
        run_insert_behind(lint, &found, call->words[0], option);
    }
}

const struct lint_rule lint_rule_DL3047 = {
    .code = "DL3047",
    .name = "wget-progress",
    .severity = SEVERITY_INFO,
    .fixable = true,
    .summary = "wget without --progress",
    .why = "A line of progress for every 50 kB makes the log of a build unreadable.",
    .fix = "wget --progress=dot:giga URL, or wget -nv URL",
    .check = check,
};
