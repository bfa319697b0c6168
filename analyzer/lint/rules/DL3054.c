#include "analyzer/lint/words.h"

static void check(struct lint *lint)
{
    labels_check(lint, LABEL_SPDX, text_is_spdx, "no license of the SPDX list");
}

const struct lint_rule lint_rule_DL3054 = {
    .code = "DL3054",
    .name = "label-license",
    .severity = SEVERITY_WARNING,
    .summary = "a label should be a license and is none",
    .why = "Programs read the label and expect what the schema promises.",
    .fix = "KEY=MIT",
    .check = check,
};
