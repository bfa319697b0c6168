/* Options of commands that tie an image to its Dockerfile. A command embeds the struct as a member named
 * `origin`, puts ATTRIBUTION_OPTIONS(its type) into its table, and calls attribution_arguments_apply on each
 * analysis. */
#ifndef ULLAGE_CLI_ATTRIBUTION_OPTIONS_H
#define ULLAGE_CLI_ATTRIBUTION_OPTIONS_H

#include "analyzer/analysis.h"
#include "analyzer/attribution.h"
#include "cli/command.h"

struct attribution_arguments {
    const char *dockerfile; /* NULL: none */
    const char *target;
    struct strvec build_args;
};

#define ATTRIBUTION_OPTIONS(owner)                                                              \
    {.name = "dockerfile", .type = OPTION_TEXT, OPTION_AT(owner, origin.dockerfile),            \
     .argument = "FILE", .summary = "the Dockerfile it was built from: layers and findings get lines", \
     .complete = COMPLETE_FILE, .group = "Dockerfile"},                                         \
        {.name = "target", .type = OPTION_TEXT, OPTION_AT(owner, origin.target),                \
         .argument = "STAGE", .summary = "the stage that was built, if it is not the last",    \
         .group = "Dockerfile"},                                                               \
    {                                                                                          \
        .name = "build-arg", .type = OPTION_LIST, OPTION_AT(owner, origin.build_args),          \
        .argument = "NAME=VALUE", .summary = "a value that the build was given",                \
        .group = "Dockerfile"                                                                  \
    }

/* Without --dockerfile it does nothing. */
int attribution_arguments_apply(const struct attribution_arguments *arguments,
                                struct analysis *analysis, struct error *err);

#endif
