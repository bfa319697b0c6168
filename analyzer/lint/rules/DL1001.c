#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->pragma_count; i++) {
        const struct pragma *pragma = &lint->pragmas[i];
        if (pragma->kind == PRAGMA_IGNORE && pragma->scope != PRAGMA_FILE)
            lint_report(lint, NULL, pragma->extent,
                        "the comment ignores a rule for one place");
    }
}

const struct lint_rule lint_rule_DL1001 = {
    .code = "DL1001",
    .name = "no-inline-ignore",
    .severity = SEVERITY_WARNING,
    .off = true,
    .summary = "a comment ignores a rule",
    .why = "Where a team decides on rules in its configuration, comments that take them "
           "back go unseen.",
    .fix = "Mend what the rule found, or write the exception into the configuration.",
    .check = check,
};
