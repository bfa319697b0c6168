#include "runtime/call.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

const struct verb verb_run = {
    .name = "run",
    .summary = "run a command in a new container",
    .operation = OPERATION_RUN,
};

#define RUN_LABEL "ullage.run"
#define RUN_LABEL_BYTES 16

/* Names what a cancelled run may leave: also a container that was made while nobody saw its
 * id. */
static void add_label(struct container_config *config, char mark[RUN_LABEL_BYTES * 2 + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[RUN_LABEL_BYTES] = {0};
    if (getrandom(bytes, sizeof bytes, 0) < 0)
        memset(bytes, 0, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        mark[i * 2] = digits[bytes[i] >> 4];
        mark[i * 2 + 1] = digits[bytes[i] & 15];
    }
    mark[RUN_LABEL_BYTES * 2] = '\0';
    settings_add(&config->labels, RUN_LABEL, mark);
}

/* Whatever it takes; what cannot be removed any more is reported by nobody but the engine.
 */
static void remove_container(const struct client *client, const char *id)
{
    cleanup_call struct call call = CALL_INIT(rm);
    struct error ignored = ERROR_INIT;
    call.for_cleaning = true;
    arguments_add(&call.arguments, "rm");
    arguments_add(&call.arguments, "--force");
    arguments_add(&call.arguments, "--volumes"); /* anonymous ones, as --rm does */
    if (client_kind(client) ==
        ENGINE_PODMAN) /* which otherwise asks politely first, for 10 s */
        arguments_add(&call.arguments, "--time=0");
    arguments_add(&call.arguments, id);
    call_do(client, &call, "removal", &ignored);
    error_release(&ignored);
}

/* After a cancelled create: by the label, since there is no id. */
static void remove_marked(const struct client *client, const char *mark)
{
    cleanup_call struct call call = CALL_INIT(ps);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    struct error ignored = ERROR_INIT;
    call.for_cleaning = true;
    arguments_add(&call.arguments, "ps");
    arguments_add(&call.arguments, "--all");
    arguments_add(&call.arguments, "--quiet");
    arguments_add(&call.arguments, "--no-trunc");
    arguments_addf(&call.arguments, "--filter=label=%s=%s", RUN_LABEL, mark);
    if (call_expect(client, &call, "search", &result, &ignored) == 0) {
        cleanup_free char *id = call_first_line(&result);
        if (*id)
            remove_container(client, id);
    }
    error_release(&ignored);
}

static int inspect_outcome(const struct client *client, const char *id,
                           struct outcome *outcome, struct error *err)
{
    struct container_list list = {0};
    cleanup_strvec struct strvec names = STRVEC_INIT;
    strvec_add(&names, id);
    int result = client_inspect_containers(client, &names, &list, err);
    if (result == 0 && list.count)
        outcome_of_container(outcome, &list.items[0]);
    else if (result == 0 && !client_is_dry(client))
        result =
            error_set(err, ERROR_ENGINE, "the container is gone before its end was seen");
    container_list_release(&list);
    return result;
}

static void start_arguments(struct call *call, const struct container_config *config,
                            const char *id)
{
    arguments_add(&call->arguments, "start");
    if (!config->detach)
        arguments_add(&call->arguments, "--attach");
    if (!config->detach && config->interactive)
        arguments_add(&call->arguments, "--interactive");
    arguments_add(&call->arguments, id);
}

/* What goes to a caller's standard error, and its beginning for us. */
struct tee {
    struct exec_output to;
    struct strbuf said;
};

#define TEE_MOST ((size_t)16 << 10)

static int tee_bytes(void *context, enum exec_stream stream, struct span bytes)
{
    struct tee *tee = context;
    size_t room = TEE_MOST - tee->said.len;
    strbuf_add(&tee->said, bytes.ptr, bytes.len < room ? bytes.len : room);
    return tee->to.bytes(tee->to.context, stream, bytes);
}

static struct exec_output teed(struct tee *tee)
{
    if (tee->to.kind != EXEC_BYTES)
        return tee->to;
    return (struct exec_output){.kind = EXEC_BYTES, .bytes = tee_bytes, .context = tee};
}

/* Starts it and sees it to its end. A detached one that was started is done. */
static int start_and_see(const struct client *client, const struct container_config *config,
                         const struct run_options *options, const char *id, struct tee *tee,
                         struct outcome *outcome, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(start);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    if (!config->detach) {
        call.streams = options->streams;
        call.streams.err = teed(tee);
    }
    start_arguments(&call, config, id);
    if (call_run(client, &call, &result, err) < 0)
        return -1;
    if (result.outcome == EXEC_CANCELLED || result.outcome == EXEC_TIMED_OUT) {
        outcome_of_command(outcome, client_kind(client), OPERATION_RUN, &result);
        return outcome_expect_done(outcome, "run", err);
    }
    if (client_is_dry(client) || (config->detach && exec_succeeded(&result)))
        return 0;
    if (inspect_outcome(client, id, outcome, err) < 0)
        return -1;
    struct span said = tee->said.len ? span_of(tee->said.buf, tee->said.len)
                                     : span_of(result.err.text.buf, result.err.text.len);
    outcome_of_start(outcome, said, result.exit_code);
    return 0;
}

static bool was_container(const struct outcome *outcome)
{
    return outcome->kind == OUTCOME_DONE || outcome->origin == ORIGIN_CONTAINER;
}

/* The container's own program may fail as it likes; everything before it is the engine's
 * failure. */
static int judge(const struct outcome *outcome, struct error *err)
{
    return was_container(outcome) ? 0 : outcome_expect_done(outcome, "run", err);
}

/* create, start, inspect: three calls, and no guess. */
static int run_exactly(const struct client *client, struct container_config *config,
                       const struct run_options *options, struct outcome *outcome,
                       char **ret_id, struct error *err)
{
    cleanup_free char *id = NULL;
    char mark[RUN_LABEL_BYTES * 2 + 1];
    bool remove = config->remove;
    size_t labels = config->labels.count;
    config->remove =
        remove && config->detach; /* else it would be gone before it is inspected */
    add_label(config, mark);
    int result = client_create(client, config, &id, err);
    settings_truncate(&config->labels, labels);
    config->remove = remove;
    if (result < 0) {
        remove_marked(client, mark);
        return -1;
    }
    if (client_is_dry(client)) {
        free(id);
        id = memory_dup_text(config->name ? config->name : "CONTAINER");
    }
    struct tee tee = {.to = options->streams.err, .said = STRBUF_INIT};
    result = start_and_see(client, config, options, id, &tee, outcome, err);
    strbuf_release(&tee.said);
    if (result == 0)
        result = judge(outcome, err);
    bool stays = config->detach ? result == 0 : result == 0 && !remove;
    if (!stays)
        remove_container(client, id);
    if (result == 0 && ret_id)
        *ret_id = steal(&id);
    return result;
}

/* One call, as people type it. */
static int run_at_once(const struct client *client, const struct container_config *config,
                       const struct run_options *options, struct outcome *outcome,
                       char **ret_id, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(run);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    call.streams = options->streams;
    arguments_add(&call.arguments, "run");
    if (container_config_to_run_args(config, NULL, &call.arguments, &call.environment,
                                     err) < 0 ||
        call_run(client, &call, &result, err) < 0)
        return -1;
    outcome_of_command(outcome, client_kind(client), OPERATION_RUN, &result);
    if (judge(outcome, err) < 0)
        return -1;
    if (ret_id)
        *ret_id = config->detach ? call_first_line(&result) : memory_dup_text("");
    return 0;
}

int client_run(const struct client *client, const struct container_config *config,
               const struct run_options *options, struct outcome *outcome, char **ret_id,
               struct error *err)
{
    if (config->tty && !config->detach && !options->streams.terminal) {
        outcome->kind = OUTCOME_NO_TERMINAL;
        return outcome_expect_done(outcome, "run", err);
    }
    if (options->inexact)
        return run_at_once(client, config, options, outcome, ret_id, err);
    /* a copy that shares all with the original, but for the label that is added and taken
     * away */
    struct container_config copy = *config;
    copy.labels = (struct settings){0};
    for (size_t i = 0; i < config->labels.count; i++) {
        const struct setting *label = &config->labels.items[i];
        (label->secret ? settings_add_secret : settings_add)(&copy.labels, label->name,
                                                             label->value);
    }
    int result = run_exactly(client, &copy, options, outcome, ret_id, err);
    settings_release(&copy.labels);
    return result;
}
