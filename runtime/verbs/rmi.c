#include "runtime/call.h"

const struct verb verb_rmi = {
    .name = "rmi",
    .summary = "remove images",
    .operation = OPERATION_OTHER,
};

int client_remove_images(const struct client *client, const struct strvec *images,
                         bool force, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(rmi);
    arguments_add(&call.arguments, "rmi");
    if (force)
        arguments_add(&call.arguments, "--force");
    if (call_add_names(&call, "image", images, err) < 0)
        return -1;
    return call_do(client, &call, "removal", err);
}
