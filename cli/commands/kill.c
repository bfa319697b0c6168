#include <string.h>

#include "cli/engine_options.h"

struct kill_options {
    struct engine_arguments engine;
    const char *signal;
};

static const struct option options[] = {
    {.name = "signal", .type = OPTION_TEXT, OPTION_AT(struct kill_options, signal), .argument = "NAME", 
     .summary = "in place of KILL", .group = "Containers"},
    ENGINE_OPTIONS(struct kill_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct kill_options *given = invocation->options;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    (void)output;
    (void)given;
    engine_take_operands(&names, invocation, 0);
    return client_kill(client, &names, given->signal, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct kill_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage kill --signal HUP web", "let it read its configuration again"},
    {NULL, NULL},
};

const struct command command_kill = {
    .name = "kill",
    .group = "Containers",
    .summary = "send a signal to containers",
    .usage = "CONTAINER...",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct kill_options),
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .run = run,
};
