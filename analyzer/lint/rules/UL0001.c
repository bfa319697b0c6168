#include "analyzer/lint/lint.h"

/* Reported by suppress.c, which knows what each comment did. */
const struct lint_rule lint_rule_UL0001 = {
    .code = "UL0001",
    .name = "unused-ignore",
    .severity = SEVERITY_INFO,
    .off = true,
    .summary = "a comment that suppresses nothing",
    .why = "What a comment once excused is mended, or the comment never worked.",
    .fix = "Remove the comment, or mend it.",
};
