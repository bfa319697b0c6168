#include <string.h>

#include "core/memory.h"
#include "library/error.h"
#include "library/locale.h"
#include "library/runtime.h"

void ullage_compose_options_init(struct ullage_compose_options *options, size_t size)
{
    memset(options, 0, size);
    options->size = size;
}

static int open_compose(struct ullage_compose *compose, const struct ullage_compose_options *given,
                        struct error *err)
{
    struct ullage_compose_options known;
    ullage_compose_options_init(&known, sizeof known);
    if (given && options_take(&known, sizeof known, given, err) < 0)
        return -1;
    struct compose_options options = {.project = known.project, .folder = known.folder};
    strings_take(&options.files, known.files);
    strings_take(&options.profiles, known.profiles);
    strings_take(&options.environment_files, known.environment_files);
    int result = compose_open(&compose->compose, compose->client->client, &options, err);
    strvec_release(&options.files);
    strvec_release(&options.profiles);
    strvec_release(&options.environment_files);
    return result;
}

int ullage_compose_open(const struct ullage_client *client, const struct ullage_compose_options *options,
                        struct ullage_compose **ret_compose, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct error err = ERROR_INIT;
    struct ullage_compose *compose = memory_alloc_zero(1, sizeof *compose);
    compose->client = client;
    if (open_compose(compose, options, &err) < 0) {
        free(compose);
        return error_give(&err, ret_error);
    }
    *ret_compose = compose;
    return 0;
}

void ullage_compose_free(struct ullage_compose *compose)
{
    if (!compose)
        return;
    compose_close(compose->compose);
    free(compose);
}

const char *ullage_compose_project(const struct ullage_compose *compose)
{
    return compose_project(compose->compose);
}

void ullage_compose_up_options_init(struct ullage_compose_up_options *options, size_t size)
{
    memset(options, 0, size);
    options->size = size;
}

static int up(const struct ullage_compose *compose, const struct ullage_compose_up_options *given,
              struct error *err)
{
    struct ullage_compose_up_options known;
    ullage_compose_up_options_init(&known, sizeof known);
    if (given && options_take(&known, sizeof known, given, err) < 0)
        return -1;
    struct relay relay = {.output = known.output, .context = known.output_context};
    struct compose_up_options options = {
        .detach = !known.attach,
        .build = known.build,
        .force_recreate = known.force_recreate,
        .remove_orphans = known.remove_orphans,
        .wait = known.wait,
        .wait_seconds = known.wait_seconds,
    };
    struct outcome outcome = OUTCOME_INIT;
    settings_take(&options.scale, known.scale);
    strings_take(&options.services, known.services);
    if (known.output)
        relay_streams(&options.streams, &relay);
    int result = compose_up(compose->compose, &options, &outcome, err);
    outcome_release(&outcome);
    settings_release(&options.scale);
    strvec_release(&options.services);
    return result;
}

int ullage_compose_up(const struct ullage_compose *compose,
                      const struct ullage_compose_up_options *options, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct error err = ERROR_INIT;
    return up(compose, options, &err) < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_compose_down(const struct ullage_compose *compose, bool volumes, bool remove_orphans,
                        struct ullage_error **ret_error)
{
    const struct compose_down_options options = {.volumes = volumes, .remove_orphans = remove_orphans};
    struct error err = ERROR_INIT;
    int result = compose_down(compose->compose, &options, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_compose_ps(const struct ullage_compose *compose, bool all,
                      struct ullage_container_list **ret_list, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct container_list list = {.count = 0};
    struct error err = ERROR_INIT;
    int result = compose_ps(compose->compose, all, &list, &err);
    if (result == 0)
        *ret_list = containers_make(&list);
    container_list_release(&list);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_compose_logs(const struct ullage_compose *compose, const char *const *services, bool follow,
                        const char *tail, ullage_output *output, void *context,
                        struct ullage_error **ret_error)
{
    cleanup_strvec struct strvec names = STRVEC_INIT;
    struct relay relay = {.output = output, .context = context};
    const struct log_options options = {.follow = follow, .tail = tail};
    struct client_streams streams = {.terminal = false};
    struct error err = ERROR_INIT;
    strings_take(&names, services);
    relay_streams(&streams, &relay);
    int result = compose_logs(compose->compose, &options, &names, &streams, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_compose_config(const struct ullage_compose *compose, char **ret_text, bool *ret_is_json,
                          struct ullage_error **ret_error)
{
    struct strbuf text = STRBUF_INIT;
    struct error err = ERROR_INIT;
    bool is_json = false;
    if (compose_config(compose->compose, &text, &is_json, &err) < 0) {
        strbuf_release(&text);
        return error_give(&err, ret_error);
    }
    *ret_text = strbuf_detach(&text, NULL);
    if (ret_is_json)
        *ret_is_json = is_json;
    return 0;
}
