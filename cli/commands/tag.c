#include <string.h>

#include "cli/engine_options.h"

struct tag_options {
    struct engine_arguments engine;
};

static const struct option options[] = {
    ENGINE_OPTIONS(struct tag_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    (void)output;
    return client_tag(client, invocation->operands[0], invocation->operands[1], err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct tag_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage tag example/shop:1.4.0 example/shop:latest", "one more name"},
    {NULL, NULL},
};

const struct command command_tag = {
    .name = "tag",
    .group = "Engine images",
    .summary = "give an image a further name",
    .usage = "IMAGE NAME",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct tag_options),
    .operands_min = 2,
    .operands_max = 2,
    .run = run,
};
