#include "runtime/call.h"

const struct verb verb_login = {
    .name = "login",
    .summary = "log in to a registry, and out",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

int client_login(const struct client *client, const char *registry, const char *user,
                 struct span password, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(login);
    arguments_add(&call.arguments, "login");
    arguments_add_option(&call.arguments, "--username", user);
    arguments_add(&call.arguments, "--password-stdin");
    call.streams.input = (struct exec_input){.kind = EXEC_INPUT_BYTES, .bytes = password};
    if (registry && call_add_name(&call, "registry", registry, err) < 0)
        return -1;
    return call_do(client, &call, "login", err);
}

int client_logout(const struct client *client, const char *registry, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(login);
    arguments_add(&call.arguments, "logout");
    if (registry && call_add_name(&call, "registry", registry, err) < 0)
        return -1;
    return call_do(client, &call, "logout", err);
}
