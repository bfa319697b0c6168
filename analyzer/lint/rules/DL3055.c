#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    labels_check(lint, LABEL_HASH, text_is_git_hash, "no hash of git");
}

const struct lint_rule lint_rule_DL3055 = {
    .code = "DL3055",
    .name = "label-git-hash",
    .severity = SEVERITY_WARNING,
    .summary = "a label should be a hash of git and is none",
    .why = "Programs read the label and expect what the schema promises.",
    .fix = "Seven or forty hexadecimal digits.",
    .check = check,
};
