/* Printing names of an image, for ls, find and their like: a long line, a bare name, or JSON. A command
 * embeds the arguments as its member `listing` and puts LISTING_OPTIONS(its type) into its table. */
#ifndef ULLAGE_CLI_LISTING_H
#define ULLAGE_CLI_LISTING_H

#include "analyzer/browse.h"
#include "cli/command.h"
#include "core/file.h"
#include "core/json.h"
#include "core/size.h"

struct listing_arguments {
    const char *output;
    bool json;
    bool names;
    bool null;
    bool binary;
    bool bytes;
};

#define LISTING_DEFAULTS {.output = "-"}

#define LISTING_OPTIONS(owner)                                                                  \
    {.name = "json", .type = OPTION_FLAG, OPTION_AT(owner, listing.json),                       \
     .summary = "print JSON, schema ullage.list/1", .group = "Output"},                        \
        {.name = "names", .letter = '1', .type = OPTION_FLAG, OPTION_AT(owner, listing.names),  \
         .summary = "print paths alone, one a line, escaped where they need it",               \
         .group = "Output"},                                                                   \
        {.name = "null", .letter = '0', .type = OPTION_FLAG, OPTION_AT(owner, listing.null),    \
         .summary = "print paths alone as they are, each ended by a NUL, for xargs -0",        \
         .group = "Output"},                                                                   \
        {.name = "output", .letter = 'o', .type = OPTION_TEXT,                                  \
         OPTION_AT(owner, listing.output), .argument = "FILE",                                 \
         .summary = "write to FILE instead of standard output", .complete = COMPLETE_FILE,     \
         .group = "Output"},                                                                   \
        {.name = "binary", .type = OPTION_FLAG, OPTION_AT(owner, listing.binary),               \
         .summary = "sizes in KiB, MiB, GiB", .group = "Output"},                              \
    {                                                                                          \
        .name = "bytes", .type = OPTION_FLAG, OPTION_AT(owner, listing.bytes),                  \
        .summary = "sizes in bytes", .group = "Output"                                         \
    }

struct listing {
    const struct listing_arguments *arguments;
    const struct style *style;
    struct file_output output;
    struct strbuf pending;
    struct json_writer json;
    size_t count; /* items told so far */
};

static inline enum size_style listing_size_style(const struct listing_arguments *arguments)
{
    return arguments->bytes ? SIZE_BYTES : arguments->binary ? SIZE_BINARY : SIZE_DECIMAL;
}

/* `input` is the image argument. */
int listing_start(struct listing *listing, const struct listing_arguments *arguments,
                  const struct invocation *invocation, const char *input, struct error *err);
/* An item_visitor; its context is the listing. */
int listing_add(void *context, const struct item *item, struct error *err);
/* Sends a line of the caller's own as it is (text form). */
int listing_add_line(struct listing *listing, const char *line, struct error *err);
/* Ends the output; with `failed` nothing is left of it in a file. */
int listing_finish(struct listing *listing, bool failed, struct error *err);

/* "-rwsr-xr-x". */
#define MODE_TEXT_MAX 11
void item_mode_text(const struct item *item, char text[MODE_TEXT_MAX]);

/* Opens the image as the options say and watches it being read. */
struct image_arguments;
int browse_with_options(struct browse **ret_browse, const struct image_arguments *arguments,
                        const struct invocation *invocation, struct limits *limits,
                        struct error *err);

#endif
