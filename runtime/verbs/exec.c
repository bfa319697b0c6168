#include "runtime/call.h"

const struct verb verb_exec = {
    .name = "exec",
    .summary = "run a command in a running container",
    .operation = OPERATION_EXEC,
};

static void add_environment(struct call *call, const struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        if (setting->secret && setting->value) {
            environment_set_secret(&call->environment, setting->name, setting->value);
            arguments_addf(&call->arguments, "--env=%s", setting->name);
        } else {
            arguments_addf(&call->arguments, "--env=%s%s%s", setting->name,
                           setting->value ? "=" : "", setting->value ? setting->value : "");
        }
    }
}

static void add_flags(struct call *call, const struct exec_options *options)
{
    const struct {
        bool given;
        const char *flag;
    } rows[] = {
        {options->detach, "--detach"},
        {options->interactive, "--interactive"},
        {options->tty, "--tty"},
        {options->privileged, "--privileged"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (rows[i].given)
            arguments_add(&call->arguments, rows[i].flag);
    arguments_add_option(&call->arguments, "--user", options->user);
    arguments_add_option(&call->arguments, "--workdir", options->working_dir);
    add_environment(call, &options->environment);
    call_add_list(call, "--env-file", &options->environment_files);
}

/* Behind the container's name everything is the command, "--" too. */
int client_exec(const struct client *client, const char *container,
                const struct strvec *command, const struct exec_options *options,
                struct outcome *outcome, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(exec);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    if (options->tty && !options->streams.terminal) {
        outcome->kind = OUTCOME_NO_TERMINAL;
        return outcome_expect_done(outcome, "exec", err);
    }
    if (!command->count)
        return error_set(err, ERROR_USAGE, "no command is named");
    call.streams = options->streams;
    arguments_add(&call.arguments, "exec");
    add_flags(&call, options);
    if (call_add_name(&call, "container", container, err) < 0)
        return -1;
    for (size_t i = 0; i < command->count; i++)
        arguments_add(&call.arguments, command->items[i]);
    if (call_run(client, &call, &result, err) < 0)
        return -1;
    outcome_of_command(outcome, client_kind(client), OPERATION_EXEC, &result);
    bool of_container =
        outcome->kind == OUTCOME_DONE || outcome->origin == ORIGIN_CONTAINER;
    return of_container ? 0 : outcome_expect_done(outcome, "exec", err);
}
