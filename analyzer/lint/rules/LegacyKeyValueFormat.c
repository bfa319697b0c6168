#include "analyzer/lint/words.h"

static bool is_blank(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ' ' && text.ptr[i] != '\t')
            return false;
    return true;
}

static bool is_in_quotes(struct span value)
{
    char quote = *value.ptr;
    if ((quote != '"' && quote != '\'') || value.len < 2 ||
        value.ptr[value.len - 1] != quote)
        return false;
    return !span_has(span_of(value.ptr + 1, value.len - 2), quote);
}

/* What must stand around the value for it to be one word; NULL if it cannot be told. */
static const char *quotes_for(const struct lint *lint, struct span value)
{
    if (!value.len || span_has(value, '\n') || span_has(value, lint->document->escape))
        return NULL;
    if (is_in_quotes(value))
        return "";
    if (span_has(value, '"') || span_has(value, '\''))
        return NULL;
    return span_has(value, ' ') || span_has(value, '\t') ? "\"" : "";
}

static void fix_pair(struct lint *lint, const struct word *key, const struct word *value)
{
    struct extent whole = {key->extent.start, value->extent.end};
    struct span between = document_bytes(
        lint->document, (struct extent){key->extent.end, value->extent.start});
    const char *quotes = quotes_for(lint, document_bytes(lint->document, value->extent));
    if (!quotes || !is_blank(between) || span_has(key->text, '"') ||
        span_has(key->text, '\''))
        return;
    lint_fix(lint, "write KEY=VALUE", NULL);
    lint_edit(lint, whole, "%.*s=%s%.*s%s", (int)key->text.len, key->text.ptr, quotes,
              (int)value->text.len, value->text.ptr, quotes);
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct instruction *instruction = step->instruction;
        if (step->onbuild || instruction->form != FORM_PAIRS ||
            instruction->arg_count < 3 || instruction->args[2].text.len)
            continue;
        struct span keyword = instruction->keyword.text;
        lint_report(
            lint, step, check_place(lint, step, instruction->args[0].extent),
            "\"%.*s key=value\" should be used instead of legacy \"%.*s key value\" format",
            (int)keyword.len, keyword.ptr, (int)keyword.len, keyword.ptr);
        fix_pair(lint, &instruction->args[0], &instruction->args[1]);
    }
}

const struct lint_rule lint_rule_LegacyKeyValueFormat = {
    .code = "LegacyKeyValueFormat",
    .name = "legacy-pairs",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "ENV or LABEL without a =",
    .why = "The old form takes one pair, with all blanks that stand in it.",
    .fix = "Write KEY=VALUE.",
    .url = "https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/",
    .check = check,
};
