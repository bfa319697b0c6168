#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    labels_check(lint, LABEL_SEMVER, text_is_semver, "no semantic version");
}

const struct lint_rule lint_rule_DL3056 = {
    .code = "DL3056",
    .name = "label-semver",
    .severity = SEVERITY_WARNING,
    .summary = "a label should be a semantic version and is none",
    .why = "Programs read the label and expect what the schema promises.",
    .fix = "KEY=1.2.3",
    .check = check,
};
