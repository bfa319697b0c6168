#include "runtime/call.h"

const struct verb verb_kill = {
    .name = "kill",
    .summary = "send containers a signal",
    .operation = OPERATION_OTHER,
};

int client_kill(const struct client *client, const struct strvec *containers,
                const char *signal, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(kill);
    arguments_add(&call.arguments, "kill");
    arguments_add_option(&call.arguments, "--signal", signal);
    if (call_add_names(&call, "container", containers, err) < 0)
        return -1;
    return call_do(client, &call, "signal", err);
}
