/* A command of the program: a const struct in a file of its own, cli/commands/NAME.c, and a
 * row COMMAND(NAME) in cli/commands.def. Nothing else is needed: parsing, help, man page
 * and completion come from the struct. Such a file reads like this:
 *
 *     struct greet_options {
 *         const char *output;
 *         struct strvec exclude;
 *         int64_t top;
 *         enum greet_format format;
 *         bool strict;
 *     };
 *
 *     static const struct greet_options defaults = {.output = "-", .top = 20};
 *
 *     // in the order of the enum
 *     static const char *const formats[] = {"text", "json", NULL};
 *
 *     static const struct option options[] = {
 *         {.name = "output", .letter = 'o', .type = OPTION_TEXT,
 *          OPTION_AT(struct greet_options, output), .argument = "FILE",
 *          .summary = "write to FILE", .complete = COMPLETE_FILE, .group = "Output"},
 *         {.name = "format", .type = OPTION_CHOICE,
 *          OPTION_AT(struct greet_options, format), .argument = "FORMAT",
 *          .choices = formats, .summary = "form of the output", .fallback = "text"},
 *         {.name = "top", .letter = 'n', .type = OPTION_INT,
 *          OPTION_AT(struct greet_options, top), .argument = "N", .min = 0,
 *          .max = INT32_MAX, .summary = "so many rows", .fallback = "20"},
 *         {.name = "exclude", .type = OPTION_LIST,
 *          OPTION_AT(struct greet_options, exclude), .argument = "GLOB",
 *          .summary = "leave out what matches"},
 *         {.name = "strict", .type = OPTION_FLAG,
 *          OPTION_AT(struct greet_options, strict), .summary = "warnings fail too"},
 *         OPTION_END,
 *     };
 *
 *     static int run(const struct invocation *invocation, struct error *err)
 *     {
 *         const struct greet_options *given = invocation->options;
 *         ...
 *         return 0;
 *     }
 *
 *     static const struct example examples[] = {
 *         {"ullage greet app.tar", "say hello to an image"},
 *         {NULL, NULL},
 *     };
 *
 *     const struct command command_greet = {
 *         .name = "greet",
 *         .group = "Images",
 *         .summary = "say hello to an image",
 *         .usage = "IMAGE...",
 *         .description = "Paragraphs, parted by\n\nan empty line; help wraps them.",
 *         .examples = examples,
 *         .options = options,
 *         .options_size = sizeof(struct greet_options),
 *         .defaults = &defaults,
 *         .operands_min = 1,
 *         .operands_max = OPERANDS_ANY,
 *         .complete = COMPLETE_FILE,
 *         .run = run,
 *     };
 *
 * Help adds by itself what the row knows: choices, range, "repeatable" for a list, default
 * and variable. An option name takes a value in all commands or in none. */
#ifndef ULLAGE_CLI_COMMAND_H
#define ULLAGE_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "cli/terminal.h"
#include "core/error.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "0.1.0-dev"
#endif

#define OPERANDS_ANY SIZE_MAX

struct example {
    const char *line;
    const char *meaning;
};

struct invocation;

struct command {
    const char *name;
    const char *group; /* heading in the list of commands */
    const char *summary;
    const char *usage; /* operands as help shows them: "IMAGE..."; may be NULL */
    const char *description;
    const struct example *examples; /* ends with a NULL line; may be NULL */
    const struct option *options;   /* ends with OPTION_END; may be NULL */
    size_t options_size;
    const void *defaults; /* NULL: zeros; lists in it are empty */
    size_t operands_min;
    size_t operands_max;
    size_t operands_end_options;        /* see options_parse */
    const char *const *operand_choices; /* words a shell offers; ends with NULL */
    enum complete complete;             /* what else it offers for operands */
    bool hidden;

    /* Returns the exit status, or -1 with the error. */
    int (*run)(const struct invocation *invocation, struct error *err);
};

/* Options that every command understands. */
struct global_options {
    enum color color;
    bool quiet;
    bool verbose;
    bool no_progress;
    int64_t threads; /* 0: as many as the machine has */
    bool help;
    bool version;
};

/* One use of a command: what was asked for, and where the answer goes. Everything is lent
 * for the time of run(). */
struct invocation {
    const struct command *command;
    const void *options; /* the command's own struct */
    const bool *given;   /* for each row of its table, whether somebody set it */
    struct global_options global;
    char **operands;
    size_t operand_count;
    struct terminal terminal;
};

/* Whether the option was set by the command line or the environment, and is no default. */
bool invocation_given(const struct invocation *invocation, const char *name);

static inline bool invocation_shows_progress(const struct invocation *invocation)
{
    return invocation->terminal.errors_is_terminal && !invocation->global.quiet &&
           !invocation->global.no_progress;
}

#define COMMAND(id) extern const struct command command_##id;
#include "cli/commands.def"
#undef COMMAND

extern const struct command *const commands[]; /* ends with NULL */
extern const struct option global_options[];

const struct command *command_by_name(const char *name);

/* The command for a bare image argument, NULL if the program was built without it. */
const struct command *command_default(void);

/* A global option as the command leaves it: without its letter where the command uses that,
 * without a name where the command has an option of the same name. */
struct option command_global_option(const struct command *command,
                                    const struct option *row);

int command_unknown(const char *name, struct error *err);

#endif
