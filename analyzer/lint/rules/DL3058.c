#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    labels_check(lint, LABEL_EMAIL, text_is_email, "no address of mail");
}

const struct lint_rule lint_rule_DL3058 = {
    .code = "DL3058",
    .name = "label-email",
    .severity = SEVERITY_WARNING,
    .summary = "a label should be an address of mail and is none",
    .why = "Programs read the label and expect what the schema promises.",
    .fix = "KEY=somebody@example.org",
    .check = check,
};
