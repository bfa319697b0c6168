#include "runtime/call.h"

const struct verb verb_push = {
    .name = "push",
    .summary = "send an image to a registry",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

int client_push(const struct client *client, const char *image,
                const struct client_streams *streams, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(push);
    call.streams = *streams;
    arguments_add(&call.arguments, "push");
    if (call_add_name(&call, "image", image, err) < 0)
        return -1;
    return call_do(client, &call, "push", err);
}
