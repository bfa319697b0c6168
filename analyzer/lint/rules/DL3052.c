#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    labels_check(lint, LABEL_URL, text_is_url, "no URL");
}

const struct lint_rule lint_rule_DL3052 = {
    .code = "DL3052",
    .name = "label-url",
    .severity = SEVERITY_WARNING,
    .summary = "a label should be a URL and is none",
    .why = "Programs read the label and expect what the schema promises.",
    .fix = "KEY=https://example.org/",
    .check = check,
};
