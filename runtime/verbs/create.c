#include "runtime/call.h"

#include <string.h>

const struct verb verb_create = {
    .name = "create",
    .summary = "make a container that does not run yet",
    .operation = OPERATION_RUN,
};

/* Options whose age matters are worth a question to the engine, the others not. */
static int arguments_for(const struct client *client, const struct container_config *config,
                         struct call *call, struct error *err)
{
    struct engine_version version = {0};
    bool asks = container_config_needs_version(config) && !client_is_dry(client);
    if (asks && client_version(client, &version, err) < 0)
        return -1;
    int result = container_config_to_create_args(config, asks ? &version : NULL,
                                                 &call->arguments, &call->environment, err);
    if (asks)
        engine_version_release(&version);
    return result;
}

int client_create(const struct client *client, const struct container_config *config,
                  char **ret_id, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(create);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "create");
    if (arguments_for(client, config, &call, err) < 0 ||
        call_expect(client, &call, "creation of the container", &result, err) < 0)
        return -1;
    /* podman tells what it pulled before, on the same stream: the id is the last line */
    const char *text = result.out.text.buf;
    size_t len = strlen(text);
    while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    size_t start = len;
    while (start && text[start - 1] != '\n')
        start--;
    *ret_id = memory_dup_bytes(text + start, len - start);
    return 0;
}
