#include "runtime/call.h"

#include <string.h>

#include "core/escape.h"

const struct verb verb_prune = {
    .name = "prune",
    .summary = "remove what nothing uses",
    .operation = OPERATION_OTHER,
};

int client_prune(const struct client *client, const char *type,
                 const struct strvec *filters, bool all, struct strbuf *ret_text,
                 struct error *err)
{
    static const char *const types[] = {"container", "image",  "network",
                                        "volume",    "system", "builder"};
    cleanup_call struct call call = CALL_INIT(prune);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    size_t i = 0;
    while (i < ARRAY_SIZE(types) && strcmp(types[i], type) != 0)
        i++;
    if (i == ARRAY_SIZE(types))
        return error_set(err, ERROR_USAGE,
                         "there is no prune of this: container, image, network, volume, "
                         "system or builder");
    arguments_add(&call.arguments, type);
    arguments_add(&call.arguments, "prune");
    arguments_add(&call.arguments, "--force"); /* it would ask, and nobody can answer */
    if (all)
        arguments_add(&call.arguments, "--all");
    call_add_list(&call, "--filter", filters);
    if (call_expect(client, &call, "prune", &result, err) < 0)
        return -1;
    strbuf_add(ret_text, result.out.text.buf, result.out.text.len);
    return 0;
}
