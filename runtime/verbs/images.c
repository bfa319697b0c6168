#include "runtime/call.h"

#include <string.h>

const struct verb verb_images = {
    .name = "images",
    .summary = "list images",
    .operation = OPERATION_OTHER,
    .repeatable = true,
};

static int list_names(const struct client *client, const struct image_filter *filter,
                      struct image_list *list, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(images);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    arguments_add(&call.arguments, "images");
    if (filter->all)
        arguments_add(&call.arguments, "--all");
    arguments_add(&call.arguments, "--no-trunc");
    arguments_add_option(&call.arguments, "--format", call_json_format(client));
    call_add_list(&call, "--filter", &filter->filters);
    if (filter->repository &&
        call_add_name(&call, "repository", filter->repository, err) < 0)
        return -1;
    if (call_expect(client, &call, "list of images", &result, err) < 0 ||
        call_expect_whole(&result, "list of images", err) < 0)
        return -1;
    return image_list_read(list, call_output(&result), err);
}

static void ids_of(const struct image_list *list, struct strvec *ids)
{
    cleanup_strvec struct strvec all = STRVEC_INIT;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].size_rounded)
            strvec_add(&all, list->items[i].id);
    strvec_sort(&all);
    for (size_t i = 0; i < all.count; i++)
        if (!i || strcmp(all.items[i - 1], all.items[i]) != 0)
            strvec_add(ids, all.items[i]);
}

/* docker prints sizes of three digits and times without a zone's name: inspect has both
 * exactly. */
int client_list_images(const struct client *client, const struct image_filter *filter,
                       struct image_list *list, struct error *err)
{
    struct image_details_list details = {0};
    cleanup_strvec struct strvec ids = STRVEC_INIT;
    if (list_names(client, filter, list, err) < 0)
        return -1;
    ids_of(list, &ids);
    if (filter->rounded || !ids.count)
        return 0;
    int result = client_inspect_images(client, &ids, &details, err);
    if (result == 0)
        image_list_refine(list, &details);
    image_details_list_release(&details);
    return result;
}
