#include "runtime/call.h"

const struct verb verb_rename = {
    .name = "rename",
    .summary = "give a container another name",
    .operation = OPERATION_OTHER,
};

int client_rename(const struct client *client, const char *container, const char *name,
                  struct error *err)
{
    cleanup_call struct call call = CALL_INIT(rename);
    arguments_add(&call.arguments, "rename");
    if (call_add_name(&call, "container", container, err) < 0 ||
        container_name_check(name, err) < 0)
        return -1;
    arguments_add(&call.arguments, name);
    return call_do(client, &call, "renaming", err);
}
