#include "analyzer/lint/words.h"

#include <ctype.h>
#include <string.h>

static void fix_word(struct lint *lint, const struct lint_step *step, size_t index)
{
    const struct word *word = &step->instruction->args[index];
    cleanup_strbuf struct strbuf lower = STRBUF_INIT;
    if (step->args.count != step->instruction->arg_count ||
        word_has_variable(lint, word->text))
        return;
    for (size_t i = 0; i < word->text.len; i++)
        strbuf_add_char(&lower, (char)tolower((unsigned char)word->text.ptr[i]));
    lint_fix(lint, "write the protocol in lower case", NULL);
    lint_edit(lint, word->extent, "%s", lower.buf);
}

static bool has_upper(const char *text)
{
    for (; *text; text++)
        if (isupper((unsigned char)*text))
            return true;
    return false;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        for (size_t a = 0;
             step_is(step, INSTRUCTION_EXPOSE) && !step->onbuild && a < step->args.count;
             a++) {
            const char *port = step_arg(step, a), *protocol = strchr(port, '/');
            if (!protocol || !has_upper(protocol))
                continue;
            lint_report(lint, step, check_place(lint, step, arg_place(step, a)),
                        "Defined protocol '%s' in EXPOSE instruction should be lowercase",
                        port);
            fix_word(lint, step, a);
        }
    }
}

const struct lint_rule lint_rule_ExposeProtoCasing = {
    .code = "ExposeProtoCasing",
    .name = "lower-case-protocol",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "EXPOSE with a protocol in upper case",
    .why = "Protocols are written in lower case; some tools understand nothing else.",
    .fix = "EXPOSE 80/tcp",
    .url = "https://docs.docker.com/go/dockerfile/rule/expose-proto-casing/",
    .check = check,
};
