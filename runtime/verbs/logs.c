#include "runtime/call.h"

const struct verb verb_logs = {
    .name = "logs",
    .summary = "what a container has written",
    .operation = OPERATION_OTHER,
};

int client_logs(const struct client *client, const char *container,
                const struct log_options *options, const struct client_streams *streams,
                struct error *err)
{
    cleanup_call struct call call = CALL_INIT(logs);
    call.streams = *streams;
    call.endless = options->follow;
    arguments_add(&call.arguments, "logs");
    if (options->follow)
        arguments_add(&call.arguments, "--follow");
    if (options->timestamps)
        arguments_add(&call.arguments, "--timestamps");
    arguments_add_option(&call.arguments, "--since", options->since);
    arguments_add_option(&call.arguments, "--until", options->until);
    arguments_add_option(&call.arguments, "--tail", options->tail);
    if (call_add_name(&call, "container", container, err) < 0)
        return -1;
    return call_do(client, &call, "logs", err);
}
