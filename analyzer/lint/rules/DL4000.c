#include "analyzer/lint/lint.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!step_is(step, INSTRUCTION_MAINTAINER))
            continue;
        const struct word *keyword = &step->instruction->keyword;
        lint_report(lint, step, keyword->extent, "MAINTAINER is deprecated");
        if (step->onbuild || !step->instruction->arg_count)
            continue;
        cleanup_strbuf struct strbuf value = STRBUF_INIT;
        struct span name = step->instruction->args[0].text;
        for (size_t c = 0; c < name.len; c++) {
            if (name.ptr[c] == '"' || name.ptr[c] == '$' ||
                name.ptr[c] == lint->document->escape)
                strbuf_add_char(&value, lint->document->escape);
            strbuf_add_char(&value, name.ptr[c]);
        }
        lint_fix(lint, "make it a label", NULL);
        lint_edit(lint, step->instruction->extent,
                  "LABEL org.opencontainers.image.authors=\"%s\"", value.buf ? value.buf : "");
    }
}

const struct lint_rule lint_rule_DL4000 = {
    .code = "DL4000",
    .name = "maintainer-deprecated",
    .aliases = {"AVD-DS-0022", "CKV_DOCKER_6"},
    .twin = "MaintainerDeprecated",
    .severity = SEVERITY_ERROR,
    .fixable = true,
    .summary = "MAINTAINER is deprecated",
    .why = "It sets a field that no registry shows; a label says the same to everybody.",
    .fix = "LABEL org.opencontainers.image.authors=\"NAME\"",
    .check = check,
};
