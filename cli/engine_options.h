/* Options that every command understands which drives a container engine. A command embeds
 * the struct as its member `engine` and puts ENGINE_OPTIONS(its type) into its table. */
#ifndef ULLAGE_CLI_ENGINE_OPTIONS_H
#define ULLAGE_CLI_ENGINE_OPTIONS_H

#include <stdbool.h>

#include "cli/command.h"
#include "core/file.h"
#include "runtime/client.h"

struct engine_arguments {
    int engine; /* 0: the first there is */
    int format;
    const char *timeout;
    bool dry_run;
};

enum engine_format { ENGINE_FORMAT_TABLE, ENGINE_FORMAT_JSON };

extern const char *const engine_choices[];
extern const char *const engine_formats[];

#define ENGINE_OPTIONS(owner)                                                              \
    {.name = "engine",                                                                     \
     .type = OPTION_CHOICE,                                                                \
     OPTION_AT(owner, engine.engine),                                                      \
     .argument = "ENGINE",                                                                 \
     .choices = engine_choices,                                                            \
     .summary = "the engine to ask; auto is the first there is",                           \
     .fallback = "auto",                                                                   \
     .group = "Engine"},                                                                   \
        {.name = "timeout",                                                                \
         .type = OPTION_TEXT,                                                              \
         OPTION_AT(owner, engine.timeout),                                                 \
         .argument = "TIME",                                                               \
         .summary = "give up after TIME, such as 30s or 2m",                               \
         .group = "Engine"},                                                               \
        {.name = "dry-run",                                                                \
         .type = OPTION_FLAG,                                                              \
         OPTION_AT(owner, engine.dry_run),                                                 \
         .summary = "print the engine's commands and run none",                            \
         .group = "Engine"},                                                               \
    {                                                                                      \
        .name = "format", .letter = 'f', .type = OPTION_CHOICE,                            \
        OPTION_AT(owner, engine.format), .argument = "FORMAT", .choices = engine_formats,  \
        .summary = "form of the output", .fallback = "table", .group = "Output"            \
    }

/* The client that the options ask for. Lines of a dry run go to `output`, which outlives
 * it. */
int engine_open(struct client **ret_client, const struct engine_arguments *arguments,
                const struct file_output *output, struct error *err);

/* Rows of cells, printed in columns as wide as they need, escaped for a terminal. */
struct engine_table {
    size_t columns;
    struct strvec cells; /* row by row, the head first */
};

void engine_table_add(struct engine_table *table, const char *cell);
int engine_table_print(const struct engine_table *table, const struct sink *sink,
                       struct error *err);
void engine_table_release(struct engine_table *table);

#endif
