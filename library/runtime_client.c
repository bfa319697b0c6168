#include <string.h>

#include "core/memory.h"
#include "library/error.h"
#include "library/locale.h"
#include "library/runtime.h"

/* Cancelling */

int ullage_cancel_new(struct ullage_cancel **ret_cancel, struct ullage_error **ret_error)
{
    struct error err = ERROR_INIT;
    struct ullage_cancel *cancel = memory_alloc_zero(1, sizeof *cancel);
    if (cancel_open(&cancel->cancel, &err) < 0) {
        free(cancel);
        return error_give(&err, ret_error);
    }
    *ret_cancel = cancel;
    return 0;
}

void ullage_cancel_request(struct ullage_cancel *cancel)
{
    cancel_request(&cancel->cancel);
}

void ullage_cancel_free(struct ullage_cancel *cancel)
{
    if (!cancel)
        return;
    cancel_close(&cancel->cancel);
    free(cancel);
}

/* Output */

static int relay_bytes(void *context, enum exec_stream stream, struct span bytes)
{
    const struct relay *relay = context;
    return relay->output(relay->context, stream == EXEC_ERR, bytes.ptr, bytes.len);
}

void relay_streams(struct client_streams *streams, struct relay *relay)
{
    const struct exec_output drop = {.kind = EXEC_DISCARD};
    const struct exec_output pass = {.kind = EXEC_BYTES, .bytes = relay_bytes, .context = relay};
    streams->out = relay->output ? pass : drop;
    if (relay->output)
        streams->err = pass;
}

static int write_dry(void *context, const void *bytes, size_t len, struct error *err)
{
    const struct ullage_client *client = context;
    if (client->dry_run(client->dry_run_context, false, bytes, len) == 0)
        return 0;
    return error_set(err, ERROR_OUTPUT, "what would be run was not taken");
}

/* The client */

void ullage_client_options_init(struct ullage_client_options *options, size_t size)
{
    memset(options, 0, size);
    options->size = size;
}

static const char *name_of(enum ullage_engine engine)
{
    static const char *const names[] = {NULL, "docker", "podman", "nerdctl"};
    return (size_t)engine < ARRAY_SIZE(names) ? names[engine] : "";
}

static int open_client(struct ullage_client *client, const struct ullage_client_options *given,
                       struct error *err)
{
    struct ullage_client_options known;
    ullage_client_options_init(&known, sizeof known);
    struct client_options options = {.dry_run = DRY_RUN_NO};
    if ((given && options_take(&known, sizeof known, given, err) < 0) ||
        client_choose(&options.kind, name_of(known.engine), err) < 0)
        return -1;
    options.program = known.program;
    options.host = known.host;
    options.timeout_ms = known.timeout_ms;
    options.cancel = known.cancel ? &known.cancel->cancel : NULL;
    client->dry_run = known.dry_run;
    client->dry_run_context = known.dry_run_context;
    if (known.dry_run) {
        options.dry_run = DRY_RUN_SHELL;
        options.dry_run_sink = (struct sink){.write = write_dry, .context = client};
    }
    return client_open(&client->client, &options, err);
}

int ullage_client_open(const struct ullage_client_options *options, struct ullage_client **ret_client,
                       struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct error err = ERROR_INIT;
    struct ullage_client *client = memory_alloc_zero(1, sizeof *client);
    if (open_client(client, options, &err) < 0) {
        free(client);
        return error_give(&err, ret_error);
    }
    *ret_client = client;
    return 0;
}

void ullage_client_free(struct ullage_client *client)
{
    if (!client)
        return;
    client_free(client->client);
    free(client);
}

const char *ullage_client_engine(const struct ullage_client *client)
{
    return engine_kind_name(client_kind(client->client));
}

/* Outcomes */

struct given_outcome {
    struct ullage_outcome shown; /* first: it is what the caller frees */
    char *text;
};

void outcome_give(struct outcome *outcome, struct ullage_outcome **ret_outcome)
{
    if (ret_outcome) {
        struct given_outcome *given = memory_alloc_zero(1, sizeof *given);
        given->text = memory_dup_text(outcome->text.buf ? outcome->text.buf : "");
        given->shown = (struct ullage_outcome){
            .kind = outcome_name(outcome->kind),
            .exit_code = outcome->exit_code,
            .by_container = outcome->origin == ORIGIN_CONTAINER,
            .text = given->text,
        };
        *ret_outcome = &given->shown;
    }
    outcome_release(outcome);
}

void ullage_outcome_free(struct ullage_outcome *outcome)
{
    if (!outcome)
        return;
    free(((struct given_outcome *)outcome)->text);
    free(outcome);
}

/* Building and running */

void ullage_build_options_init(struct ullage_build_options *options, size_t size)
{
    memset(options, 0, size);
    options->size = size;
}

static int build(const struct ullage_client *client, const struct ullage_build_options *given,
                 char **ret_image_id, struct error *err)
{
    struct ullage_build_options known;
    ullage_build_options_init(&known, sizeof known);
    if (options_take(&known, sizeof known, given, err) < 0)
        return -1;
    struct relay relay = {.output = known.output, .context = known.output_context};
    struct build_options options = {
        .context = known.context,
        .dockerfile = known.dockerfile,
        .target = known.target,
        .platform = known.platform,
        .network = known.network,
        .no_cache = known.no_cache,
        .pull = known.pull,
    };
    struct outcome outcome = OUTCOME_INIT;
    char *image_id = NULL;
    strings_take(&options.tags, known.tags);
    strings_take(&options.secrets, known.secrets);
    strings_take(&options.ssh, known.ssh);
    settings_take(&options.build_args, known.build_args);
    settings_take(&options.labels, known.labels);
    if (known.output)
        relay_streams(&options.streams, &relay);
    int result = client_build(client->client, &options, &image_id, &outcome, err);
    outcome_release(&outcome);
    strvec_release(&options.tags);
    strvec_release(&options.secrets);
    strvec_release(&options.ssh);
    settings_release(&options.build_args);
    settings_release(&options.labels);
    if (result == 0 && ret_image_id)
        *ret_image_id = image_id;
    else
        free(image_id);
    return result;
}

int ullage_client_build(const struct ullage_client *client, const struct ullage_build_options *options,
                        char **ret_image_id, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct error err = ERROR_INIT;
    return build(client, options, ret_image_id, &err) < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_run(const struct ullage_client *client, const struct ullage_container_config *config,
                      ullage_output *output, void *context, char **ret_id,
                      struct ullage_outcome **ret_outcome, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    cleanup_container_config struct container_config taken = {.image = NULL};
    struct relay relay = {.output = output, .context = context};
    struct run_options options = {.inexact = false};
    struct outcome outcome = OUTCOME_INIT;
    struct error err = ERROR_INIT;
    relay_streams(&options.streams, &relay);
    if (config_take(&taken, config, &err) < 0 ||
        client_run(client->client, &taken, &options, &outcome, ret_id, &err) < 0) {
        outcome_release(&outcome);
        return error_give(&err, ret_error);
    }
    outcome_give(&outcome, ret_outcome);
    return 0;
}

int ullage_client_exec(const struct ullage_client *client, const char *container,
                       const char *const *command, const char *user, const char *working_dir,
                       const struct ullage_setting *environment, ullage_output *output, void *context,
                       struct ullage_outcome **ret_outcome, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    cleanup_strvec struct strvec words = STRVEC_INIT;
    struct relay relay = {.output = output, .context = context};
    struct exec_options options = {
        .user = user ? memory_dup_text(user) : NULL,
        .working_dir = working_dir ? memory_dup_text(working_dir) : NULL,
    };
    struct outcome outcome = OUTCOME_INIT;
    struct error err = ERROR_INIT;
    strings_take(&words, command);
    settings_take(&options.environment, environment);
    relay_streams(&options.streams, &relay);
    int result = client_exec(client->client, container, &words, &options, &outcome, &err);
    free(options.user);
    free(options.working_dir);
    settings_release(&options.environment);
    if (result < 0) {
        outcome_release(&outcome);
        return error_give(&err, ret_error);
    }
    outcome_give(&outcome, ret_outcome);
    return 0;
}

/* Containers */

int ullage_client_stop(const struct ullage_client *client, const char *const *containers, int seconds,
                       struct ullage_error **ret_error)
{
    cleanup_strvec struct strvec names = STRVEC_INIT;
    struct error err = ERROR_INIT;
    strings_take(&names, containers);
    int result = client_stop(client->client, &names, seconds, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_remove(const struct ullage_client *client, const char *const *containers, bool force,
                         bool volumes, struct ullage_error **ret_error)
{
    cleanup_strvec struct strvec names = STRVEC_INIT;
    struct error err = ERROR_INIT;
    strings_take(&names, containers);
    int result = client_remove(client->client, &names, force, volumes, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_logs(const struct ullage_client *client, const char *container, bool follow,
                       const char *tail, const char *since, ullage_output *output, void *context,
                       struct ullage_error **ret_error)
{
    struct relay relay = {.output = output, .context = context};
    const struct log_options options = {.follow = follow, .tail = tail, .since = since};
    struct client_streams streams = {.terminal = false};
    struct error err = ERROR_INIT;
    relay_streams(&streams, &relay);
    int result = client_logs(client->client, container, &options, &streams, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_list_containers(const struct ullage_client *client, bool all,
                                  const char *const *filters,
                                  struct ullage_container_list **ret_list,
                                  struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    struct container_filter filter = {.all = all};
    struct container_list list = {.count = 0};
    struct error err = ERROR_INIT;
    strings_take(&filter.filters, filters);
    int result = client_list_containers(client->client, &filter, &list, &err);
    strvec_release(&filter.filters);
    if (result == 0)
        *ret_list = containers_make(&list);
    container_list_release(&list);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

/* Images */

int ullage_client_list_images(const struct ullage_client *client, const char *repository,
                              struct ullage_image_list **ret_list, struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    const struct image_filter filter = {.repository = repository};
    struct image_list list = {.count = 0};
    struct error err = ERROR_INIT;
    int result = client_list_images(client->client, &filter, &list, &err);
    if (result == 0)
        *ret_list = images_make(&list);
    image_list_release(&list);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_pull(const struct ullage_client *client, const char *image, const char *platform,
                       struct ullage_error **ret_error)
{
    const struct client_streams streams = {.terminal = false};
    struct error err = ERROR_INIT;
    int result = client_pull(client->client, image, platform, &streams, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_push(const struct ullage_client *client, const char *image,
                       struct ullage_error **ret_error)
{
    const struct client_streams streams = {.terminal = false};
    struct error err = ERROR_INIT;
    int result = client_push(client->client, image, &streams, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_tag(const struct ullage_client *client, const char *image, const char *name,
                      struct ullage_error **ret_error)
{
    struct error err = ERROR_INIT;
    int result = client_tag(client->client, image, name, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_save(const struct ullage_client *client, const char *const *images, int fd,
                       struct ullage_error **ret_error)
{
    cleanup_strvec struct strvec names = STRVEC_INIT;
    const struct client_streams streams = {.out = {.kind = EXEC_TO_FD, .fd = fd}};
    struct error err = ERROR_INIT;
    strings_take(&names, images);
    int result = client_save(client->client, &names, &streams, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

int ullage_client_load(const struct ullage_client *client, int fd, struct ullage_error **ret_error)
{
    const struct client_streams streams = {.input = {.kind = EXEC_INPUT_FD, .fd = fd}};
    struct error err = ERROR_INIT;
    int result = client_load(client->client, &streams, &err);
    return result < 0 ? error_give(&err, ret_error) : 0;
}

/* The rest */

int ullage_client_inspect(const struct ullage_client *client, const char *type,
                          const char *const *names, char **ret_json, struct ullage_error **ret_error)
{
    cleanup_strvec struct strvec list = STRVEC_INIT;
    struct strbuf json = STRBUF_INIT;
    struct error err = ERROR_INIT;
    strings_take(&list, names);
    if (client_inspect(client->client, type, &list, &json, &err) < 0) {
        strbuf_release(&json);
        return error_give(&err, ret_error);
    }
    *ret_json = strbuf_detach(&json, NULL);
    return 0;
}

struct listener {
    ullage_event_visit *visit;
    void *context;
    bool ended;
};

static int visit_event(void *context, const struct engine_event *event, struct error *err)
{
    struct listener *listener = context;
    const struct ullage_event shown = {
        .time = event->time,
        .type = event->type,
        .action = event->action,
        .id = event->id,
        .name = event->name,
    };
    if (listener->visit(listener->context, &shown) == 0)
        return 0;
    listener->ended = true;
    return error_set(err, ERROR_FAILED, "nobody listens any more");
}

int ullage_client_events(const struct ullage_client *client, const char *since, const char *until,
                         const char *const *filters, ullage_event_visit *visit, void *context,
                         struct ullage_error **ret_error)
{
    cleanup_strvec struct strvec list = STRVEC_INIT;
    struct listener listener = {.visit = visit, .context = context};
    struct error err = ERROR_INIT;
    strings_take(&list, filters);
    int result = client_events(client->client, since, until, &list, visit_event, &listener, &err);
    if (result == 0)
        return 0;
    if (!listener.ended)
        return error_give(&err, ret_error);
    error_release(&err);
    return 0;
}
