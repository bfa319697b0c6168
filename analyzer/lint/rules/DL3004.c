#include "analyzer/lint/lint.h"

static void check(struct lint *lint)
{
    struct lint_walk walk = {0};
    struct lint_found found;
    while (lint_next_call(lint, &walk, &found))
        if (step_is(found.step, INSTRUCTION_RUN) && call_is(found.call, "sudo"))
            lint_report(lint, found.step, lint_extent(found.step, found.call->words[0]->range),
                        "sudo in a build changes nothing for root and has no terminal for others");
}

const struct lint_rule lint_rule_DL3004 = {
    .code = "DL3004",
    .name = "no-sudo",
    .aliases = {"AVD-DS-0010", "CKV2_DOCKER_1", "DKL-DI-0001"},
    .severity = SEVERITY_ERROR,
    .summary = "sudo in RUN",
    .why = "Builds run as root unless USER says otherwise; sudo adds a setuid program to the image and "
           "hides which user a command has.",
    .fix = "Run the command before USER, or switch with USER root and back.",
    .check = check,
};
