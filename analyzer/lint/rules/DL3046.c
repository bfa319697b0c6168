#include "analyzer/lint/runs.h"

/* hadolint's own bound: more than five characters. */
#define SHORT_UID 5

static bool is_high(const struct lint_found *found, const struct call_option *uid)
{
    cleanup_strbuf struct strbuf value = STRBUF_INIT;
    if (!uid || !uid->value_word)
        return false;
    if (uid->value.len > SHORT_UID && script_word_is_constant(uid->value_word))
        return true;
    return call_word_value(found->step->calls, found->call, uid->value_word, &value) &&
           value.len > SHORT_UID && !script_word_is_constant(uid->value_word);
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        const struct call_option *uid = call_option(call, "uid");
        if (!call_is(call, "useradd") || call_option(call, "no-log-init") ||
            !is_high(&found, uid))
            continue;
        lint_report(lint, found.step, run_word(&found, uid->value_word),
                    "useradd without -l writes logs as long as the uid is high");
        lint_fix(lint, "add -l", NULL);
        run_insert_behind(lint, &found, call->words[0], "-l");
    }
}

const struct lint_rule lint_rule_DL3046 = {
    .code = "DL3046",
    .name = "useradd-no-log-init",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "useradd of a high uid without -l",
    .why = "useradd writes a record at the place of the uid in two logs; with a high uid "
           "these "
           "files are sparse and gigabytes long, and a layer may hold every byte.",
    .fix = "useradd -l -u UID NAME",
    .check = check,
};
