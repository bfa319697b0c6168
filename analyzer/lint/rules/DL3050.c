#include "analyzer/lint/words.h"

static bool is_known(const struct lint *lint, struct span name)
{
    for (size_t i = 0; i < lint->config->label_count; i++)
        if (span_equals_text(name, lint->config->labels[i].name))
            return true;
    return false;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!lint->config->strict_labels || !step_is(step, INSTRUCTION_LABEL))
            continue;
        for (size_t p = 0; p < pair_count(step); p++) {
            struct lint_pair pair = pair_at(lint, step, p);
            if (!is_known(lint, pair.name))
                lint_report(lint, step, pair.key->extent, "the schema has no label '%.*s'",
                            (int)pair.name.len, pair.name.ptr);
        }
    }
}

const struct lint_rule lint_rule_DL3050 = {
    .code = "DL3050",
    .name = "superfluous-labels",
    .severity = SEVERITY_INFO,
    .summary = "a label that the configuration does not know",
    .why = "With strict labels only those of the schema are allowed; another is often a "
           "slip of the pen.",
    .fix = "Take the label out, or add it to the schema.",
    .check = check,
};
