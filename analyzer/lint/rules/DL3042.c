#include "analyzer/lint/runs.h"

static bool is_yes(struct span value)
{
    static const char *const words[] = {"1",  "true", "True", "TRUE", "on",
                                        "On", "ON",   "yes",  "Yes",  "YES"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (span_equals_text(value, words[i]))
            return true;
    return false;
}

/* By the command line, by a variable of the script, by one of the image. */
static bool is_off(const struct lint_found *found)
{
    static const char name[] = "PIP_NO_CACHE_DIR";
    const struct call_variable *variable = call_variable(found->call, name);
    const struct lint_binding *binding = step_binding(found->step, name);
    if (call_option(found->call, "no-cache-dir") || call_option(found->call, "no-cache"))
        return true;
    if (variable && (variable->exported || binding))
        return !variable->constant || is_yes(variable->value);
    return binding && binding->value && is_yes(span_of_text(binding->value));
}

/* Is pip told of another folder that is mounted? */
static bool is_elsewhere(const struct lint_found *found)
{
    const struct call_option *option = call_option(found->call, "cache-dir");
    const struct lint_binding *binding = step_binding(found->step, "PIP_CACHE_DIR");
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (option)
        strbuf_add(&path, option->value.ptr, option->value.len);
    else if (binding && binding->value)
        strbuf_add_text(&path, binding->value);
    return path.len && step_mounts_over(found->step, path.buf);
}

static bool is_kept(const struct lint_found *found)
{
    static const struct cache pip = {.paths = "/root/.cache/pip"};
    return !is_off(found) && !is_elsewhere(found) &&
           !run_mounts_cache(found->step, &pip, "/.cache/pip");
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (run_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        if (!call_is_one_of(call, "pip pip2 pip3") ||
            !span_equals_text(call->subcommand, "install") || !is_kept(&found))
            continue;
        lint_report(lint, found.step, run_word(&found, call->subcommand_word),
                    "pip install keeps its cache in the layer");
        lint_fix(lint, "add --no-cache-dir", NULL);
        run_insert_behind(lint, &found, call->subcommand_word, "--no-cache-dir");
    }
}

const struct lint_rule lint_rule_DL3042 = {
    .code = "DL3042",
    .name = "pip-no-cache-dir",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "pip install without --no-cache-dir",
    .why =
        "pip keeps what it downloaded and built below the home folder, and the layer keeps "
        "that.",
    .fix = "pip install --no-cache-dir PACKAGE, or RUN "
           "--mount=type=cache,target=/root/.cache/pip",
    .check = check,
};
