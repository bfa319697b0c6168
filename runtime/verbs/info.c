#include "runtime/call.h"

const struct verb verb_info = {
    .name = "info",
    .summary = "the state of the engine",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

int client_info(const struct client *client, struct engine_info *info, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(info);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "info");
    arguments_add_option(&call.arguments, "--format", call_json_format(client));
    if (call_expect(client, &call, "info", &result, err) < 0)
        return -1;
    if (client_is_dry(client))
        return 0;
    if (engine_info_read(info, call_output(&result), err) < 0) {
        engine_info_release(info);
        return -1;
    }
    return 0;
}
