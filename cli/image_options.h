/* Options that every command understands which reads an image, and what the library makes of them. A
 * command embeds the struct as its first member, named `image`, and puts IMAGE_OPTIONS(its type) into its
 * table. */
#ifndef ULLAGE_CLI_IMAGE_OPTIONS_H
#define ULLAGE_CLI_IMAGE_OPTIONS_H

#include <stdbool.h>

#include "analyzer/analysis.h"
#include "cli/command.h"

struct image_arguments {
    const char *reference;
    const char *platform;
    struct strvec limits;
    enum semantics semantics;
    bool keep_going;
    bool verify;
};

extern const char *const semantics_choices[];

#define IMAGE_OPTIONS(owner)                                                                    \
    {.name = "ref", .type = OPTION_TEXT, OPTION_AT(owner, image.reference),                     \
     .argument = "NAME", .summary = "the image of that name or digest", .group = "Image"},     \
        {.name = "platform", .type = OPTION_TEXT, OPTION_AT(owner, image.platform),             \
         .argument = "OS/ARCH", .summary = "the image for that platform", .group = "Image"},   \
        {.name = "semantics", .type = OPTION_CHOICE, OPTION_AT(owner, image.semantics),         \
         .argument = "RULE", .choices = semantics_choices,                                     \
         .summary = "how layers merge: as OCI says, or as overlay2 does",                      \
         .fallback = "spec", .group = "Image"},                                                \
        {.name = "verify", .type = OPTION_FLAG, OPTION_AT(owner, image.verify),                 \
         .summary = "check every digest and size too", .group = "Image"},                      \
        {.name = "keep-going", .type = OPTION_FLAG, OPTION_AT(owner, image.keep_going),         \
         .summary = "report what a damaged image still has", .group = "Image"},                \
    {                                                                                          \
        .name = "limit", .type = OPTION_LIST, OPTION_AT(owner, image.limits),                   \
        .argument = "NAME=VALUE", .summary = "override a safety limit; see 'help limits'",     \
        .group = "Image"                                                                       \
    }

/* Fills limits and what the analysis takes from these options. */
int image_arguments_read(const struct image_arguments *arguments,
                         const struct invocation *invocation, struct limits *ret_limits,
                         struct analysis_options *ret_options, struct error *err);

/* The exit status of work that was done but may be partial: 0, 3 or 6; prints why to stderr. */
int image_status(const struct image *image);

#endif
