#include <string.h>

#include "cli/engine_options.h"

struct push_options {
    struct engine_arguments engine;
};

static const struct option options[] = {
    ENGINE_OPTIONS(struct push_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct client_streams streams = engine_streams_through();
    (void)output;
    return client_push(client, invocation->operands[0], &streams, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct push_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage push example/shop:1.4.0", "with the engine's own progress"},
    {NULL, NULL},
};

const struct command command_push = {
    .name = "push",
    .group = "Engine images",
    .summary = "send an image to its registry",
    .usage = "IMAGE",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct push_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
