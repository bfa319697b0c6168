#include <string.h>

#include "cli/engine_options.h"

struct inspect_options {
    struct engine_arguments engine;
    const char *type;
};

static const struct option options[] = {
    {.name = "type", .type = OPTION_TEXT, OPTION_AT(struct inspect_options, type), .argument = "TYPE", 
     .summary = "container, image, network or volume", .group = "Containers"},
    ENGINE_OPTIONS(struct inspect_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct inspect_options *given = invocation->options;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    cleanup_strbuf struct strbuf json = STRBUF_INIT;
    engine_take_operands(&names, invocation, 0);
    if (client_inspect(client, given->type, &names, &json, err) < 0)
        return -1;
    return sink_write(&output->sink, json.buf ? json.buf : "", json.len, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct inspect_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage inspect web", "a container, or whatever is called so"},
    {NULL, NULL},
};

const struct command command_inspect = {
    .name = "inspect",
    .group = "Containers",
    .summary = "the engine's own JSON of what has that name",
    .usage = "NAME...",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct inspect_options),
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .run = run,
};
