/* Options of commands that read Dockerfiles with the linter's eyes, and the configuration that rules. */
#ifndef ULLAGE_CLI_LINT_OPTIONS_H
#define ULLAGE_CLI_LINT_OPTIONS_H

#include "analyzer/lint/lint.h"
#include "cli/command.h"

struct lint_arguments {
    const char *config; /* --config */
    struct strvec ignore, enable, only, severities;
    struct strvec build_args, trusted;
    const char *preset;
};

#define LINT_OPTIONS(owner)                                                                     \
    {.name = "config", .letter = 'c', .type = OPTION_TEXT, OPTION_AT(owner, lint.config),       \
     .argument = "FILE", .summary = "the configuration (.ullage.yaml, .hadolint.yaml), or 'none'", \
     .environment = "ULLAGE_CONFIG", .complete = COMPLETE_FILE, .group = "Rules"},              \
        {.name = "ignore", .type = OPTION_LIST, OPTION_AT(owner, lint.ignore),                  \
         .argument = "RULE,...", .summary = "rules that are not asked", .group = "Rules"},      \
        {.name = "enable", .type = OPTION_LIST, OPTION_AT(owner, lint.enable),                  \
         .argument = "RULE,...", .summary = "rules that are off by default", .group = "Rules"}, \
        {.name = "only", .type = OPTION_LIST, OPTION_AT(owner, lint.only),                      \
         .argument = "RULE,...", .summary = "ask these rules and no others", .group = "Rules"}, \
        {.name = "severity", .type = OPTION_LIST, OPTION_AT(owner, lint.severities),            \
         .argument = "RULE=WORD", .summary = "error, warning, info, style or off",              \
         .group = "Rules"},                                                                    \
        {.name = "preset", .type = OPTION_TEXT, OPTION_AT(owner, lint.preset),                  \
         .argument = "NAME", .choices = lint_preset_names,                                     \
         .summary = "which rules to begin with", .group = "Rules"},                            \
        {.name = "trusted-registry", .type = OPTION_LIST, OPTION_AT(owner, lint.trusted),       \
         .argument = "HOST", .summary = "images may come from there", .group = "Rules"},        \
    {                                                                                          \
        .name = "build-arg", .type = OPTION_LIST, OPTION_AT(owner, lint.build_args),            \
        .argument = "NAME=VALUE", .summary = "a value that the build is given",                 \
        .group = "Rules"                                                                       \
    }

/* Finds and reads the configuration, and adds the options. --config FILE or none; else the nearest
 * .ullage.yaml that has a key `lint`, then hadolint's files where hadolint looks for them. What was odd goes
 * to stderr. */
int lint_arguments_read(struct lint_config *ret_config, const struct lint_arguments *arguments,
                        const struct invocation *invocation, struct error *err);

#endif
