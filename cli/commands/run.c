#include <stdlib.h>
#include <string.h>

#include "cli/engine_options.h"

struct run_command {
    struct engine_arguments engine;
    const char *name, *user, *workdir, *entrypoint, *memory, *cpus, *restart, *platform;
    struct strvec env, labels, ports, volumes, mounts, networks;
    bool detach, remove, read_only, interactive, tty;
};

static const struct option options[] = {
    {.name = "name", .type = OPTION_TEXT, OPTION_AT(struct run_command, name), .argument = "NAME", 
     .summary = "of the container", .group = "Containers"},
    {.name = "detach", .type = OPTION_FLAG, OPTION_AT(struct run_command, detach), 
     .summary = "leave it running, and print its id", .group = "Containers"},
    {.name = "rm", .type = OPTION_FLAG, OPTION_AT(struct run_command, remove), 
     .summary = "remove it when it has ended", .group = "Containers"},
    {.name = "set-env", .type = OPTION_LIST, OPTION_AT(struct run_command, env), .argument = "NAME=VALUE", 
     .summary = "a variable; a name alone takes ours", .group = "Containers"},
    {.name = "set-label", .type = OPTION_LIST, OPTION_AT(struct run_command, labels), .argument = "NAME=VALUE", 
     .summary = "a label", .group = "Containers"},
    {.name = "publish", .type = OPTION_LIST, OPTION_AT(struct run_command, ports), .argument = "PORT", 
     .summary = "a port: 8080:80, 127.0.0.1::80/udp", .group = "Containers"},
    {.name = "volume", .type = OPTION_LIST, OPTION_AT(struct run_command, volumes), .argument = "VOLUME", 
     .summary = "/host:/in:ro, name:/in, /in", .group = "Containers"},
    {.name = "mount", .type = OPTION_LIST, OPTION_AT(struct run_command, mounts), .argument = "MOUNT", 
     .summary = "type=bind,source=/a,target=/b", .group = "Containers"},
    {.name = "network", .type = OPTION_LIST, OPTION_AT(struct run_command, networks), .argument = "NAME", 
     .summary = "networks that it is in", .group = "Containers"},
    {.name = "user", .type = OPTION_TEXT, OPTION_AT(struct run_command, user), .argument = "USER", 
     .summary = "as that user", .group = "Containers"},
    {.name = "workdir", .type = OPTION_TEXT, OPTION_AT(struct run_command, workdir), .argument = "FOLDER", 
     .summary = "in that folder", .group = "Containers"},
    {.name = "entrypoint", .type = OPTION_TEXT, OPTION_AT(struct run_command, entrypoint), .argument = "PROGRAM", 
     .summary = "in place of the image's; empty: none", .group = "Containers"},
    {.name = "memory", .type = OPTION_TEXT, OPTION_AT(struct run_command, memory), .argument = "SIZE", 
     .summary = "at most, such as 512m", .group = "Containers"},
    {.name = "cpus", .type = OPTION_TEXT, OPTION_AT(struct run_command, cpus), .argument = "NUMBER", 
     .summary = "at most, such as 1.5", .group = "Containers"},
    {.name = "restart-policy", .type = OPTION_TEXT, OPTION_AT(struct run_command, restart), .argument = "POLICY", 
     .summary = "no, always, unless-stopped, on-failure[:N]", .group = "Containers"},
    {.name = "read-only", .type = OPTION_FLAG, OPTION_AT(struct run_command, read_only), 
     .summary = "its file system cannot be written", .group = "Containers"},
    {.name = "interactive", .type = OPTION_FLAG, OPTION_AT(struct run_command, interactive), 
     .summary = "give it our standard input", .group = "Containers"},
    {.name = "tty", .type = OPTION_FLAG, OPTION_AT(struct run_command, tty), 
     .summary = "give it our terminal", .group = "Containers"},
    {.name = "platform", .type = OPTION_TEXT, OPTION_AT(struct run_command, platform), .argument = "OS/ARCH", 
     .summary = "the image for that platform", .group = "Containers"},
    ENGINE_OPTIONS(struct run_command),
    OPTION_END,
};

static char *keep(const char *text)
{
    return text ? memory_dup_text(text) : NULL;
}

static int add_each(struct container_config *config, const struct strvec *texts,
                    int (*add)(struct container_config *config, const char *text, struct error *err),
                    struct error *err)
{
    for (size_t i = 0; i < texts->count; i++)
        if (add(config, texts->items[i], err) < 0)
            return -1;
    return 0;
}

static int read_config(struct container_config *config, const struct invocation *invocation,
                       struct error *err)
{
    const struct run_command *given = invocation->options;
    config->image = keep(invocation->operands[0]);
    engine_take_operands(&config->command, invocation, 1);
    config->name = keep(given->name);
    config->user = keep(given->user);
    config->working_dir = keep(given->workdir);
    config->cpus = keep(given->cpus);
    config->platform = keep(given->platform);
    config->detach = given->detach;
    config->remove = given->remove;
    config->read_only = given->read_only;
    config->interactive = given->interactive;
    config->tty = given->tty;
    config->clear_entrypoint = given->entrypoint && !*given->entrypoint;
    if (given->entrypoint && *given->entrypoint)
        strvec_add(&config->entrypoint, given->entrypoint);
    for (size_t i = 0; i < given->networks.count; i++)
        strvec_add(&config->networks, given->networks.items[i]);
    config->memory.given = given->memory != NULL;
    if ((given->memory && memory_size_parse(&config->memory.value, given->memory, err) < 0) ||
        (given->restart && restart_policy_parse(&config->restart, given->restart, err) < 0))
        return -1;
    return engine_take_settings(&config->environment, &given->env, "--set-env", err) < 0 ||
                   engine_take_settings(&config->labels, &given->labels, "--set-label", err) < 0 ||
                   add_each(config, &given->ports, container_config_add_port, err) < 0 ||
                   add_each(config, &given->volumes, container_config_add_volume, err) < 0 ||
                   add_each(config, &given->mounts, container_config_add_mount, err) < 0
               ? -1
               : 0;
}

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    cleanup_container_config struct container_config config = {.image = NULL};
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    cleanup_free char *id = NULL;
    struct run_options wanted = {.streams = engine_streams_through()};
    if (read_config(&config, invocation, err) < 0)
        return -1;
    wanted.streams.terminal = config.tty;
    if (config.interactive && !config.tty)
        wanted.streams.input.kind = EXEC_INPUT_INHERIT;
    int result = client_run(client, &config, &wanted, &outcome, &id, err);
    if (result == 0 && config.detach && id &&
        (sink_write(&output->sink, id, strlen(id), err) < 0 || sink_write(&output->sink, "\n", 1, err) < 0))
        return -1;
    return engine_container_status(result, &outcome, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct run_command *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage run --rm example/shop:1.4.0 --help", "arguments behind the image are the program's"},
    {"ullage run --detach --name web --publish 8080:80 example/shop:1.4.0", "in the background"},
    {"ullage run --dry-run --memory 512m example/shop:1.4.0", "what would be run"},
    {NULL, NULL},
};

const struct command command_run = {
    .name = "run",
    .group = "Containers",
    .summary = "run a container",
    .usage = "IMAGE [COMMAND [ARGUMENT...]]",
    .description = "The status is the program's own, and 125 where the failure is not the program's: it was not found, the device is missing, the engine is down. An end for lack of memory is told apart from one of the program's own.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct run_command),
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .operands_end_options = 1,
    .run = run,
};
