#include <string.h>

#include "cli/engine_options.h"

struct rm_options {
    struct engine_arguments engine;
    bool force, volumes;
};

static const struct option options[] = {
    {.name = "force", .type = OPTION_FLAG, OPTION_AT(struct rm_options, force), 
     .summary = "those that run too", .group = "Containers"},
    {.name = "volumes", .type = OPTION_FLAG, OPTION_AT(struct rm_options, volumes), 
     .summary = "with their anonymous volumes", .group = "Containers"},
    ENGINE_OPTIONS(struct rm_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct rm_options *given = invocation->options;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    (void)output;
    (void)given;
    engine_take_operands(&names, invocation, 0);
    return client_remove(client, &names, given->force, given->volumes, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct rm_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage rm --force web", "whether it runs or not"},
    {NULL, NULL},
};

const struct command command_rm = {
    .name = "rm",
    .group = "Containers",
    .summary = "remove containers",
    .usage = "CONTAINER...",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct rm_options),
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .run = run,
};
