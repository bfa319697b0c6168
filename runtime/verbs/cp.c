#include "runtime/call.h"

#include <string.h>

const struct verb verb_cp = {
    .name = "cp",
    .summary = "copy between a container and files",
    .operation = OPERATION_OTHER,
};

int client_copy(const struct client *client, const char *from, const char *to, bool archive,
                bool follow, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(cp);
    if (!strchr(from, ':') == !strchr(to, ':')) {
        error_set(err, ERROR_USAGE, "one of '%s' and '%s' has to be in a container", from,
                  to);
        return error_hint(
            err,
            "write CONTAINER:PATH; a path of the host that has a colon begins with ./");
    }
    arguments_add(&call.arguments, "cp");
    if (archive)
        arguments_add(&call.arguments, "--archive");
    if (follow)
        arguments_add(&call.arguments, "--follow-link");
    if (from[0] == '-' || to[0] == '-')
        return error_set(err, ERROR_USAGE,
                         "a path begins with '-', which engines read as an option");
    arguments_add(&call.arguments, from);
    arguments_add(&call.arguments, to);
    return call_do(client, &call, "copy", err);
}
