#include "analyzer/lint/lint.h"

/* Reported by lint.c with what BuildKit says. */
const struct lint_rule lint_rule_DL1000 = {
    .code = "DL1000",
    .name = "parse-error",
    .severity = SEVERITY_ERROR,
    .summary = "BuildKit refuses the file",
    .why = "Nothing can be built from a file that does not parse.",
    .fix = "Mend what the message names.",
};
