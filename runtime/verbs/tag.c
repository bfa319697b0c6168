#include "runtime/call.h"

const struct verb verb_tag = {
    .name = "tag",
    .summary = "give an image a further name",
    .operation = OPERATION_OTHER,
};

int client_tag(const struct client *client, const char *image, const char *name,
               struct error *err)
{
    cleanup_call struct call call = CALL_INIT(tag);
    arguments_add(&call.arguments, "tag");
    if (call_add_name(&call, "image", image, err) < 0 ||
        call_add_name(&call, "image", name, err) < 0)
        return -1;
    return call_do(client, &call, "tag", err);
}
