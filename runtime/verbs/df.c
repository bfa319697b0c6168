#include "runtime/call.h"

const struct verb verb_df = {
    .name = "system df",
    .summary = "what the engine keeps on disk",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

/* podman takes "json" for a template here, and prints the word. */
int client_disk_usage(const struct client *client, struct disk_usage_list *list,
                      struct error *err)
{
    cleanup_call struct call call = CALL_INIT(df);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "system");
    arguments_add(&call.arguments, "df");
    arguments_add_option(&call.arguments, "--format", "{{json .}}");
    if (call_expect(client, &call, "disk usage", &result, err) < 0)
        return -1;
    return disk_usage_read(list, call_output(&result), err);
}
