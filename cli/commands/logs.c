#include <string.h>

#include "cli/engine_options.h"

struct logs_options {
    struct engine_arguments engine;
    bool follow, timestamps;
    const char *tail, *since;
};

static const struct option options[] = {
    {.name = "follow", .type = OPTION_FLAG, OPTION_AT(struct logs_options, follow), 
     .summary = "go on until it ends", .group = "Containers"},
    {.name = "timestamps", .type = OPTION_FLAG, OPTION_AT(struct logs_options, timestamps), 
     .summary = "each line with its time", .group = "Containers"},
    {.name = "tail", .type = OPTION_TEXT, OPTION_AT(struct logs_options, tail), .argument = "N", 
     .summary = "the last so many lines", .group = "Containers"},
    {.name = "since", .type = OPTION_TEXT, OPTION_AT(struct logs_options, since), .argument = "TIME", 
     .summary = "from a time on, or for so long", .group = "Containers"},
    ENGINE_OPTIONS(struct logs_options),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct logs_options *given = invocation->options;
    const struct log_options wanted = {
        .follow = given->follow,
        .timestamps = given->timestamps,
        .tail = given->tail,
        .since = given->since,
    };
    const struct client_streams streams = engine_streams_through();
    (void)output;
    return client_logs(client, invocation->operands[0], &wanted, &streams, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct logs_options *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage logs --tail 20 web", "the end of it"},
    {"ullage logs --follow web", "until it ends, or Ctrl-C"},
    {NULL, NULL},
};

const struct command command_logs = {
    .name = "logs",
    .group = "Containers",
    .summary = "what a container wrote",
    .usage = "CONTAINER",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct logs_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
