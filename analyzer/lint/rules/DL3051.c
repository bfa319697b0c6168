#include "analyzer/lint/words.h"

static bool is_text(const char *value)
{
    return *value != '\0';
}

static void check(struct lint *lint)
{
    labels_check(lint, LABEL_TEXT, is_text, "empty");
}

const struct lint_rule lint_rule_DL3051 = {
    .code = "DL3051",
    .name = "label-not-empty",
    .severity = SEVERITY_WARNING,
    .summary = "a label of the schema is empty",
    .why = "Programs read the label and expect what the schema promises.",
    .fix = "Give it a value.",
    .check = check,
};
