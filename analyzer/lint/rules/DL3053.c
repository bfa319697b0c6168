#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    labels_check(lint, LABEL_RFC3339, text_is_rfc3339, "no time of RFC 3339");
}

const struct lint_rule lint_rule_DL3053 = {
    .code = "DL3053",
    .name = "label-time",
    .severity = SEVERITY_WARNING,
    .summary = "a label should be a time and is none",
    .why = "Programs read the label and expect what the schema promises.",
    .fix = "KEY=2026-01-31T12:00:00Z",
    .check = check,
};
