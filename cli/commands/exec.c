#include <stdlib.h>

#include "cli/engine_options.h"

struct exec_command {
    struct engine_arguments engine;
    const char *user, *workdir;
    struct strvec env;
    bool interactive, tty;
};

static const struct option options[] = {
    {.name = "user", .type = OPTION_TEXT, OPTION_AT(struct exec_command, user), .argument = "USER", 
     .summary = "as that user", .group = "Containers"},
    {.name = "workdir", .type = OPTION_TEXT, OPTION_AT(struct exec_command, workdir), .argument = "FOLDER", 
     .summary = "in that folder", .group = "Containers"},
    {.name = "set-env", .type = OPTION_LIST, OPTION_AT(struct exec_command, env), .argument = "NAME=VALUE", 
     .summary = "a variable; a name alone takes ours", .group = "Containers"},
    {.name = "interactive", .type = OPTION_FLAG, OPTION_AT(struct exec_command, interactive), 
     .summary = "give it our standard input", .group = "Containers"},
    {.name = "tty", .type = OPTION_FLAG, OPTION_AT(struct exec_command, tty), 
     .summary = "give it our terminal", .group = "Containers"},
    ENGINE_OPTIONS(struct exec_command),
    OPTION_END,
};

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct exec_command *given = invocation->options;
    cleanup_strvec struct strvec command = STRVEC_INIT;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct exec_options wanted = {
        .interactive = given->interactive,
        .tty = given->tty,
        .user = given->user ? memory_dup_text(given->user) : NULL,
        .working_dir = given->workdir ? memory_dup_text(given->workdir) : NULL,
        .streams = engine_streams_through(),
    };
    (void)output;
    wanted.streams.terminal = given->tty;
    if (given->interactive && !given->tty)
        wanted.streams.input.kind = EXEC_INPUT_INHERIT;
    engine_take_operands(&command, invocation, 1);
    int result = engine_take_settings(&wanted.environment, &given->env, "--set-env", err);
    if (result == 0)
        result = client_exec(client, invocation->operands[0], &command, &wanted, &outcome, err);
    free(wanted.user);
    free(wanted.working_dir);
    settings_release(&wanted.environment);
    return engine_container_status(result, &outcome, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct exec_command *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage exec web ls /srv", "its status is the program's"},
    {"ullage exec --interactive --tty web sh", "a shell"},
    {NULL, NULL},
};

const struct command command_exec = {
    .name = "exec",
    .group = "Containers",
    .summary = "run a program in a container that runs",
    .usage = "CONTAINER COMMAND [ARGUMENT...]",
    .description = "The status is the program's own, and 125 where the failure is not the program's.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct exec_command),
    .operands_min = 2,
    .operands_max = OPERANDS_ANY,
    .operands_end_options = 1,
    .run = run,
};
