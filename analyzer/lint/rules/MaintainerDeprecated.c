#include "analyzer/lint/lint.h"

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++)
        if (step_is(&lint->steps[i], INSTRUCTION_MAINTAINER) && !lint->steps[i].onbuild)
            lint_report(lint, &lint->steps[i], lint->steps[i].instruction->keyword.extent,
                        "Maintainer instruction is deprecated in favor of using label");
}

const struct lint_rule lint_rule_MaintainerDeprecated = {
    .code = "MaintainerDeprecated",
    .name = "maintainer-instruction",
    .severity = SEVERITY_WARNING,
    .summary = "the MAINTAINER instruction is deprecated",
    .why = "It sets a field that no registry shows; a label says the same to everybody.",
    .fix = "LABEL org.opencontainers.image.authors=\"NAME\"",
    .url = "https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/",
    .check = check,
};
