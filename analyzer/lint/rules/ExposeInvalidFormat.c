#include "analyzer/lint/words.h"

#include <string.h>

/* [[ip:]host:]port: is there anything before the last part? */
static const char *find_mapping(const char *text)
{
    const char *colon = strrchr(text, ':');
    return colon && colon > text ? colon : NULL;
}

static void fix_word(struct lint *lint, const struct lint_step *step, size_t index)
{
    const struct word *word = &step->instruction->args[index];
    if (step->args.count != step->instruction->arg_count ||
        word_has_variable(lint, word->text))
        return;
    lint_fix(lint, "leave the port alone", NULL);
    lint_edit(lint, word->extent, "%s", find_mapping(step_arg(step, index)) + 1);
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        for (size_t a = 0;
             step_is(step, INSTRUCTION_EXPOSE) && !step->onbuild && a < step->args.count;
             a++) {
            const char *port = step_arg(step, a);
            if (!find_mapping(port))
                continue;
            lint_report(lint, step, check_place(lint, step, arg_place(step, a)),
                        "EXPOSE instruction should not define an IP address or host-port "
                        "mapping, found '%s'",
                        port);
            fix_word(lint, step, a);
        }
    }
}

const struct lint_rule lint_rule_ExposeInvalidFormat = {
    .code = "ExposeInvalidFormat",
    .name = "no-mapping-in-expose",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "EXPOSE with an address or a mapping",
    .why = "EXPOSE only says where the program listens; docker run -p maps.",
    .fix = "EXPOSE 80",
    .url = "https://docs.docker.com/go/dockerfile/rule/expose-invalid-format/",
    .check = check,
};
