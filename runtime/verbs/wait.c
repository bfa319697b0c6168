#include "runtime/call.h"

#include "core/span.h"
#include "runtime/records/fields.h"

const struct verb verb_wait = {
    .name = "wait",
    .summary = "wait for the end of a container",
    .operation = OPERATION_OTHER,
};

int client_wait(const struct client *client, const char *container, int64_t *ret_exit_code,
                struct error *err)
{
    cleanup_call struct call call = CALL_INIT(wait);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "wait");
    if (call_add_name(&call, "container", container, err) < 0 ||
        call_expect(client, &call, "wait", &result, err) < 0)
        return -1;
    *ret_exit_code = 0;
    cleanup_free char *line = call_first_line(&result);
    if (client_is_dry(client) || integer_read(span_of_text(line), ret_exit_code))
        return 0;
    return error_set(err, ERROR_ENGINE, "wait: the engine tells no exit code");
}
