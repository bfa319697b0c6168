#include "runtime/call.h"

const struct verb verb_inspect = {
    .name = "inspect",
    .summary = "all that the engine knows of something",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

#define NAMES_AT_ONCE 1000 /* 64 kB of ids: far from what Linux takes */

static void begin(const struct client *client, struct call *call, const char *type)
{
    (void)client;
    arguments_add(&call->arguments, "inspect");
    arguments_add_option(&call->arguments, "--type", type);
}

/* Of several names some may have vanished: the engine prints the others and fails. */
static int expect_found(const struct client *client, const struct exec_result *result,
                        struct error *err)
{
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    outcome_of_command(&outcome, client_kind(client), OPERATION_OTHER, result);
    switch (outcome.kind) {
    case OUTCOME_DONE:
    case OUTCOME_NO_SUCH_CONTAINER:
    case OUTCOME_NO_SUCH_IMAGE:
        return call_expect_whole(result, "inspect", err);
    default:
        return outcome_expect_done(&outcome, "inspect", err);
    }
}

typedef int read_answer(void *list, struct span output, struct error *err);

static int inspect_some(const struct client *client, const char *type,
                        const struct strvec *names, size_t from, read_answer *read,
                        void *list, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(inspect);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    begin(client, &call, type);
    for (size_t i = from; i < names->count && i < from + NAMES_AT_ONCE; i++)
        if (call_add_name(&call, type, names->items[i], err) < 0)
            return -1;
    if (call_run(client, &call, &result, err) < 0 || expect_found(client, &result, err) < 0)
        return -1;
    return read(list, call_output(&result), err);
}

static int inspect_all(const struct client *client, const char *type,
                       const struct strvec *names, read_answer *read, void *list,
                       struct error *err)
{
    for (size_t i = 0; i < names->count; i += NAMES_AT_ONCE)
        if (inspect_some(client, type, names, i, read, list, err) < 0)
            return -1;
    return 0;
}

static int read_containers(void *list, struct span output, struct error *err)
{
    return container_list_read_inspect(list, output, err);
}

static int read_images(void *list, struct span output, struct error *err)
{
    return image_details_read(list, output, err);
}

int client_inspect_containers(const struct client *client, const struct strvec *containers,
                              struct container_list *list, struct error *err)
{
    return inspect_all(client, "container", containers, read_containers, list, err);
}

int client_inspect_images(const struct client *client, const struct strvec *images,
                          struct image_details_list *list, struct error *err)
{
    return inspect_all(client, "image", images, read_images, list, err);
}

int client_inspect(const struct client *client, const char *type,
                   const struct strvec *names, struct strbuf *ret_json, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(inspect);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    begin(client, &call, type);
    if (call_add_names(&call, type ? type : "object", names, err) < 0 ||
        call_expect(client, &call, "inspect", &result, err) < 0 ||
        call_expect_whole(&result, "inspect", err) < 0)
        return -1;
    strbuf_add(ret_json, result.out.text.buf, result.out.text.len);
    return 0;
}
