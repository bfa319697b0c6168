#include <string.h>

#include "cli/engine_options.h"

struct start_options {
    struct engine_arguments engine;
};

static const struct option options[] = {
    ENGINE_OPTIONS(struct start_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct start_options *given = invocation->options;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    (void)output;
    (void)given;
    engine_take_operands(&names, invocation, 0);
    return client_start(client, &names, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct start_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage start web", "run it again"},
    {NULL, NULL},
};

const struct command command_start = {
    .name = "start",
    .group = "Containers",
    .summary = "start containers again",
    .usage = "CONTAINER...",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct start_options),
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .run = run,
};
