#include "runtime/call.h"

#include <string.h>

const struct verb verb_ps = {
    .name = "ps",
    .summary = "list containers",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

/* Ids in the order of the engine, newest first. */
static int list_ids(const struct client *client, const struct container_filter *filter,
                    struct strvec *ids, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(ps);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "ps");
    if (filter->all)
        arguments_add(&call.arguments, "--all");
    arguments_add(&call.arguments, "--quiet");
    arguments_add(&call.arguments, "--no-trunc");
    if (filter->last)
        arguments_addf(&call.arguments, "--last=%zu", filter->last);
    call_add_list(&call, "--filter", &filter->filters);
    if (call_expect(client, &call, "list of containers", &result, err) < 0 ||
        call_expect_whole(&result, "list of containers", err) < 0)
        return -1;
    for (const char *p = result.out.text.buf; *p;) {
        size_t len = strcspn(p, "\r\n");
        if (len)
            strvec_add_bytes(ids, p, len);
        p += len + strspn(p + len, "\r\n");
    }
    return 0;
}

int client_list_containers(const struct client *client,
                           const struct container_filter *filter,
                           struct container_list *list, struct error *err)
{
    cleanup_strvec struct strvec ids = STRVEC_INIT;
    if (list_ids(client, filter, &ids, err) < 0)
        return -1;
    if (client_is_dry(client))
        strvec_add(&ids, "CONTAINER");
    return ids.count ? client_inspect_containers(client, &ids, list, err) : 0;
}
