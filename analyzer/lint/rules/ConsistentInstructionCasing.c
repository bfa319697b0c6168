#include "analyzer/lint/words.h"

#include <ctype.h>

static bool is_cased(struct span word, int (*other)(int))
{
    for (size_t i = 0; i < word.len; i++)
        if (other((unsigned char)word.ptr[i]))
            return false;
    return true;
}

static void fix_case(struct lint *lint, struct extent place, struct span keyword,
                     bool lower)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < keyword.len; i++)
        strbuf_add_char(&text,
                        (char)(lower ? tolower : toupper)((unsigned char)keyword.ptr[i]));
    lint_fix(lint, "write the keyword like the others", NULL);
    lint_edit(lint, place, "%s", text.buf);
}

/* What stands before the first FROM has no vote. */
static bool is_counted(const struct lint_step *step)
{
    return !step->onbuild && step->stage != STAGE_NONE;
}

static void check(struct lint *lint)
{
    size_t lower = 0, upper = 0;
    for (size_t i = 0; i < lint->count; i++) {
        struct span keyword = lint->steps[i].instruction->keyword.text;
        if (!is_counted(&lint->steps[i]))
            continue;
        lower += is_cased(keyword, isupper);
        upper += is_cased(keyword, islower);
    }
    bool most_lower = lower > upper;
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        struct span keyword = step->instruction->keyword.text;
        if (!is_counted(step) || is_cased(keyword, most_lower ? isupper : islower))
            continue;
        lint_report(lint, step, keyword_place(step),
                    "Command '%.*s' should match the case of the command majority (%s)",
                    (int)keyword.len, keyword.ptr, most_lower ? "lowercase" : "uppercase");
        fix_case(lint, keyword_place(step), keyword, most_lower);
    }
}

const struct lint_rule lint_rule_ConsistentInstructionCasing = {
    .code = "ConsistentInstructionCasing",
    .name = "one-case",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "a keyword is cased unlike most others",
    .why = "One way of writing keywords is easier to read than two.",
    .fix = "Write all keywords in upper case.",
    .url = "https://docs.docker.com/go/dockerfile/rule/consistent-instruction-casing/",
    .check = check,
};
