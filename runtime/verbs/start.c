#include "runtime/call.h"

const struct verb verb_start = {
    .name = "start",
    .summary = "start containers",
    .operation = OPERATION_OTHER,
};

int client_start(const struct client *client, const struct strvec *containers,
                 struct error *err)
{
    cleanup_call struct call call = CALL_INIT(start);
    arguments_add(&call.arguments, "start");
    if (call_add_names(&call, "container", containers, err) < 0)
        return -1;
    return call_do(client, &call, "start", err);
}
