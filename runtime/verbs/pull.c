#include "runtime/call.h"

const struct verb verb_pull = {
    .name = "pull",
    .summary = "fetch an image from a registry",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

int client_pull(const struct client *client, const char *image, const char *platform,
                const struct client_streams *streams, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(pull);
    call.streams = *streams;
    arguments_add(&call.arguments, "pull");
    arguments_add_option(&call.arguments, "--platform", platform);
    if (call_add_name(&call, "image", image, err) < 0)
        return -1;
    return call_do(client, &call, "pull", err);
}
