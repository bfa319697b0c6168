#include "runtime/call.h"

const struct verb verb_restart = {
    .name = "restart",
    .summary = "stop containers and start them again",
    .operation = OPERATION_OTHER,
};

int client_restart(const struct client *client, const struct strvec *containers,
                   int seconds, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(restart);
    arguments_add(&call.arguments, "restart");
    if (seconds >= 0) /* docker 28 renamed the long form */
        arguments_addf(&call.arguments, "-t=%d", seconds);
    if (call_add_names(&call, "container", containers, err) < 0)
        return -1;
    return call_do(client, &call, "restart", err);
}
