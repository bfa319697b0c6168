#include <string.h>

#include "cli/engine_options.h"

struct pull_options {
    struct engine_arguments engine;
    const char *platform;
};

static const struct option options[] = {
    {.name = "platform", .type = OPTION_TEXT, OPTION_AT(struct pull_options, platform), .argument = "OS/ARCH", 
     .summary = "the image for that platform", .group = "Images"},
    ENGINE_OPTIONS(struct pull_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct pull_options *given = invocation->options;
    const struct client_streams streams = engine_streams_through();
    (void)output;
    return client_pull(client, invocation->operands[0], given->platform, &streams, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct pull_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage pull example/shop:1.4.0", "with the engine's own progress"},
    {NULL, NULL},
};

const struct command command_pull = {
    .name = "pull",
    .group = "Engine images",
    .summary = "fetch an image from a registry",
    .usage = "IMAGE",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct pull_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
