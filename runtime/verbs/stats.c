#include "runtime/call.h"

const struct verb verb_stats = {
    .name = "stats",
    .summary = "what containers use",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

int client_stats(const struct client *client, const struct strvec *containers,
                 struct stats_list *list, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(stats);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "stats");
    arguments_add(&call.arguments, "--no-stream");
    arguments_add_option(&call.arguments, "--format", call_json_format(client));
    if (containers->count && call_add_names(&call, "container", containers, err) < 0)
        return -1;
    if (call_expect(client, &call, "stats", &result, err) < 0 ||
        call_expect_whole(&result, "stats", err) < 0)
        return -1;
    return stats_list_read(list, call_output(&result), err);
}
