#include "analyzer/lint/words.h"

#include <ctype.h>

static bool is_cased(struct span word, int (*other)(int))
{
    for (size_t i = 0; i < word.len; i++)
        if (other((unsigned char)word.ptr[i]))
            return false;
    return true;
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *from = &lint->steps[stage->first];
        struct span keyword = from->instruction->keyword.text;
        bool lower = is_cased(keyword, isupper), upper = is_cased(keyword, islower);
        if (from->instruction->arg_count < 3 || (!lower && !upper) ||
            is_cased(from->instruction->args[1].text, lower ? isupper : islower))
            continue;
        const struct word *as = &from->instruction->args[1];
        lint_report(lint, from, check_place(lint, from, as->extent),
                    "'%.*s' and '%.*s' keywords' casing do not match", (int)as->text.len,
                    as->text.ptr, (int)keyword.len, keyword.ptr);
        lint_fix(lint, "write AS as FROM is written", NULL);
        lint_edit(lint, as->extent, "%s", lower ? "as" : "AS");
    }
}

const struct lint_rule lint_rule_FromAsCasing = {
    .code = "FromAsCasing",
    .name = "as-like-from",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "AS is not cased as FROM is",
    .why = "One way of writing keywords is easier to read than two.",
    .fix = "Write AS as FROM is written.",
    .url = "https://docs.docker.com/go/dockerfile/rule/from-as-casing/",
    .check = check,
};
