#include "runtime/call.h"

const struct verb verb_network = {
    .name = "network",
    .summary = "make, list and remove networks",
    .operation = OPERATION_OTHER,
};

int client_network_create(const struct client *client, const char *name,
                          const struct network_options *options, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(network);
    arguments_add(&call.arguments, "network");
    arguments_add(&call.arguments, "create");
    arguments_add_option(&call.arguments, "--driver", options->driver);
    arguments_add_option(&call.arguments, "--subnet", options->subnet);
    arguments_add_option(&call.arguments, "--gateway", options->gateway);
    if (options->internal)
        arguments_add(&call.arguments, "--internal");
    if (options->ipv6)
        arguments_add(&call.arguments, "--ipv6");
    call_add_settings(&call, "--label", &options->labels);
    if (call_add_name(&call, "network", name, err) < 0)
        return -1;
    return call_do(client, &call, "creation of the network", err);
}

int client_network_remove(const struct client *client, const struct strvec *names,
                          struct error *err)
{
    cleanup_call struct call call = CALL_INIT(network);
    arguments_add(&call.arguments, "network");
    arguments_add(&call.arguments, "rm");
    if (call_add_names(&call, "network", names, err) < 0)
        return -1;
    return call_do(client, &call, "removal of networks", err);
}

int client_list_networks(const struct client *client, const struct strvec *filters,
                         struct network_list *list, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(network);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "network");
    arguments_add(&call.arguments, "ls");
    arguments_add(&call.arguments, "--no-trunc");
    arguments_add_option(&call.arguments, "--format", call_json_format(client));
    call_add_list(&call, "--filter", filters);
    if (call_expect(client, &call, "list of networks", &result, err) < 0)
        return -1;
    return network_list_read(list, call_output(&result), err);
}
