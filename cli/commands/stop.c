#include <string.h>

#include "cli/engine_options.h"

struct stop_options {
    struct engine_arguments engine;
    int64_t grace;
};

static const struct option options[] = {
    {.name = "grace", .type = OPTION_INT, OPTION_AT(struct stop_options, grace), .min = 0, .max = 86400, .argument = "SECONDS", 
     .summary = "seconds before it is killed", .group = "Containers"},
    ENGINE_OPTIONS(struct stop_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct stop_options *given = invocation->options;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    (void)output;
    (void)given;
    engine_take_operands(&names, invocation, 0);
    return client_stop(client, &names, invocation_given(invocation, "grace") ? (int)given->grace : -1, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct stop_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage stop web", "with its own grace"},
    {"ullage stop --grace 2 web", "with two seconds"},
    {NULL, NULL},
};

const struct command command_stop = {
    .name = "stop",
    .group = "Containers",
    .summary = "end containers, gently at first",
    .usage = "CONTAINER...",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct stop_options),
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .run = run,
};
