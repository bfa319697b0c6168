#include "analyzer/lint/lint.h"

/* "-o APT::Install-Recommends=false" says the same, as does the file of apt's configuration, which we do not
 * see. */
static bool is_told(const struct call *call)
{
    if (call_option(call, "no-install-recommends"))
        return true;
    for (size_t i = 0; i < call->option_count; i++)
        if (call_option_is(&call->options[i], "o") &&
            (span_equals_text(call->options[i].value, "APT::Install-Recommends=false") ||
             span_equals_text(call->options[i].value, "APT::Install-Recommends=0")))
            return true;
    return false;
}

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (lint_next_call(lint, &walk, &found)) {
        const struct call *call = found.call;
        if (!step_is(found.step, INSTRUCTION_RUN) || !call_is_one_of(call, "apt-get apt") ||
            !span_equals_text(call->subcommand, "install") || is_told(call))
            continue;
        struct extent place = lint_extent(found.step, call->subcommand_word->range);
        lint_report(lint, found.step, place, "apt installs what packages merely recommend, too");
        lint_fix(lint, "add --no-install-recommends",
                 "packages that were only recommended are missing then");
        lint_edit(lint, (struct extent){place.end, place.end}, " --no-install-recommends");
    }
}

const struct lint_rule lint_rule_DL3015 = {
    .code = "DL3015",
    .name = "no-install-recommends",
    .aliases = {"AVD-DS-0029"},
    .severity = SEVERITY_INFO,
    .fixable = true,
    .summary = "apt-get install without --no-install-recommends",
    .why = "Recommended packages are often half of what an apt-get install brings.",
    .fix = "apt-get install --no-install-recommends",
    .check = check,
};
