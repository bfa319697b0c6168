#include "cli/command.h"

#include <string.h>

#include "core/nearest.h"

const struct command *const commands[] = {
#define COMMAND(id) &command_##id,
#include "cli/commands.def"
#undef COMMAND
    NULL,
};

static const char *const colors[] = {
    [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL};

#define GROUP "Options of every command"

const struct option global_options[] = {
    {.name = "quiet",
     .letter = 'q',
     .type = OPTION_FLAG,
     OPTION_AT(struct global_options, quiet),
     .summary = "print only what was asked for, and errors",
     .group = GROUP},
    {.name = "verbose",
     .letter = 'v',
     .type = OPTION_FLAG,
     OPTION_AT(struct global_options, verbose),
     .summary = "say more about what is done",
     .group = GROUP},
    {.name = "color",
     .type = OPTION_CHOICE,
     OPTION_AT(struct global_options, color),
     .argument = "WHEN",
     .choices = colors,
     .summary = "colour the output",
     .group = GROUP,
     .fallback = "auto"},
    {.name = "no-progress",
     .type = OPTION_FLAG,
     OPTION_AT(struct global_options, no_progress),
     .summary = "show no progress on the terminal",
     .group = GROUP},
    {.name = "threads",
     .type = OPTION_INT,
     OPTION_AT(struct global_options, threads),
     .argument = "N",
     .min = 0,
     .max = 1024,
     .summary = "work on so many layers at a time; 0 is one for each core",
     .group = GROUP,
     .fallback = "0",
     .environment = "ULLAGE_THREADS"},
    {.name = "help",
     .letter = 'h',
     .type = OPTION_FLAG,
     OPTION_AT(struct global_options, help),
     .summary = "print help and exit",
     .group = GROUP},
    {.name = "version",
     .type = OPTION_FLAG,
     OPTION_AT(struct global_options, version),
     .summary = "print the version and exit",
     .group = GROUP},
    OPTION_END,
};

bool invocation_given(const struct invocation *invocation, const char *name)
{
    const struct option *rows = invocation->command->options;
    const struct option *row = options_find(rows, name);
    return row && invocation->given && invocation->given[row - rows];
}

const struct command *command_by_name(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

const struct command *command_default(void)
{
    return command_by_name("analyze");
}

struct option command_global_option(const struct command *command, const struct option *row)
{
    struct option left = *row;
    for (const struct option *own = command->options; own && own->name; own++) {
        if (strcmp(own->name, row->name) == 0)
            left.name = NULL;
        if (own->letter == row->letter)
            left.letter = '\0';
    }
    return left;
}

int command_unknown(const char *name, struct error *err)
{
    struct nearest near = nearest_to(name);
    for (size_t i = 0; commands[i]; i++)
        if (!commands[i]->hidden)
            nearest_offer(&near, commands[i]->name);
    error_set(err, ERROR_USAGE, "unknown command '%s'", name);
    if (near.best)
        return error_hint(err, "did you mean '%s'?", near.best);
    return error_hint(err, "'ullage help' lists the commands");
}
