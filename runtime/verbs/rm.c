#include "runtime/call.h"

const struct verb verb_rm = {
    .name = "rm",
    .summary = "remove containers",
    .operation = OPERATION_OTHER,
};

int client_remove(const struct client *client, const struct strvec *containers, bool force,
                  bool volumes, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(rm);
    arguments_add(&call.arguments, "rm");
    if (force)
        arguments_add(&call.arguments, "--force");
    if (volumes)
        arguments_add(&call.arguments, "--volumes");
    if (call_add_names(&call, "container", containers, err) < 0)
        return -1;
    return call_do(client, &call, "removal", err);
}
