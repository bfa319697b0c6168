#include "runtime/call.h"

const struct verb verb_load = {
    .name = "load",
    .summary = "take images from an archive",
    .operation = OPERATION_OTHER,
};

int client_load(const struct client *client, const struct client_streams *streams,
                struct error *err)
{
    cleanup_call struct call call = CALL_INIT(load);
    call.streams = *streams;
    arguments_add(&call.arguments, "load");
    return call_do(client, &call, "load", err);
}
