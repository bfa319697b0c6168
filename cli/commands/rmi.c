#include <string.h>

#include "cli/engine_options.h"

struct rmi_options {
    struct engine_arguments engine;
    bool force;
};

static const struct option options[] = {
    {.name = "force", .type = OPTION_FLAG, OPTION_AT(struct rmi_options, force), 
     .summary = "also what other names or stopped containers hold", .group = "Images"},
    ENGINE_OPTIONS(struct rmi_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct rmi_options *given = invocation->options;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    (void)output;
    (void)given;
    engine_take_operands(&names, invocation, 0);
    return client_remove_images(client, &names, given->force, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct rmi_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage rmi example/shop:1.4.0", "its name, and its layers if no other has them"},
    {NULL, NULL},
};

const struct command command_rmi = {
    .name = "rmi",
    .group = "Engine images",
    .summary = "remove images from the engine",
    .usage = "IMAGE...",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct rmi_options),
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .run = run,
};
