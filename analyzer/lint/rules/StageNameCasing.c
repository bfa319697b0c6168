#include "analyzer/lint/words.h"

#include <ctype.h>

static void lower_into(struct strbuf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        strbuf_add_char(out, (char)tolower((unsigned char)text.ptr[i]));
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *from = &lint->steps[stage->first];
        const char *name = stage->stage->name;
        if (!name || span_equals_text(from->instruction->args[2].text, name))
            continue;
        const struct word *word = &from->instruction->args[2];
        cleanup_strbuf struct strbuf lower = STRBUF_INIT;
        lower_into(&lower, word->text);
        lint_report(lint, from, check_place(lint, from, word->extent),
                    "Stage name '%.*s' should be lowercase", (int)word->text.len,
                    word->text.ptr);
        lint_fix(lint, "write the name in lower case", NULL);
        lint_edit(lint, word->extent, "%s", lower.buf);
    }
}

const struct lint_rule lint_rule_StageNameCasing = {
    .code = "StageNameCasing",
    .name = "lower-case-stage-name",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "a stage name with upper case",
    .why = "Docker keeps the name in lower case; whoever writes it in upper case after "
           "FROM is not understood.",
    .fix = "Write the name in lower case.",
    .url = "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
    .check = check,
};
