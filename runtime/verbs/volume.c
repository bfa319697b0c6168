#include "runtime/call.h"

const struct verb verb_volume = {
    .name = "volume",
    .summary = "make, list and remove volumes",
    .operation = OPERATION_OTHER,
};

int client_volume_create(const struct client *client, const char *name,
                         const struct volume_options *options, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(volume);
    arguments_add(&call.arguments, "volume");
    arguments_add(&call.arguments, "create");
    arguments_add_option(&call.arguments, "--driver", options->driver);
    call_add_settings(&call, "--opt", &options->options);
    call_add_settings(&call, "--label", &options->labels);
    if (call_add_name(&call, "volume", name, err) < 0)
        return -1;
    return call_do(client, &call, "creation of the volume", err);
}

int client_volume_remove(const struct client *client, const struct strvec *names,
                         bool force, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(volume);
    arguments_add(&call.arguments, "volume");
    arguments_add(&call.arguments, "rm");
    if (force)
        arguments_add(&call.arguments, "--force");
    if (call_add_names(&call, "volume", names, err) < 0)
        return -1;
    return call_do(client, &call, "removal of volumes", err);
}

int client_list_volumes(const struct client *client, const struct strvec *filters,
                        struct volume_list *list, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(volume);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "volume");
    arguments_add(&call.arguments, "ls");
    arguments_add_option(&call.arguments, "--format", call_json_format(client));
    call_add_list(&call, "--filter", filters);
    if (call_expect(client, &call, "list of volumes", &result, err) < 0)
        return -1;
    return volume_list_read(list, call_output(&result), err);
}
