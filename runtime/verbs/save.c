#include "runtime/call.h"

const struct verb verb_save = {
    .name = "save",
    .summary = "write images as an archive",
    .operation = OPERATION_OTHER,
};

int client_save(const struct client *client, const struct strvec *images,
                const struct client_streams *streams, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(save);
    call.streams = *streams;
    arguments_add(&call.arguments, "save");
    if (client_kind(client) == ENGINE_PODMAN && images->count > 1)
        arguments_add(&call.arguments, "--multi-image-archive");
    if (call_add_names(&call, "image", images, err) < 0)
        return -1;
    return call_do(client, &call, "save", err);
}
