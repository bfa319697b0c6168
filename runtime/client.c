#include "runtime/client.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/escape.h"
#include "runtime/call.h"

#define ATTEMPTS 3
#define FIRST_PAUSE_MS 200 /* doubles with every attempt */
#define CLEANING_MS 60000
#define ANSWER_MAX                                                                         \
    ((size_t)1 << 30) /* kept of an engine's answer; records have limits of their own */

const struct verb *const verbs[] = {
#define VERB(id) &verb_##id,
#include "runtime/verbs.def"
#undef VERB
    NULL,
};

struct client {
    struct client_options options;
    char *program;
    char *host;
    struct recording *recording; /* the environment's, ours */
    bool hide_docker_config;     /* podman fails on a DOCKER_CONFIG whose file is missing */
};

static bool docker_config_is_broken(void)
{
    struct stat status;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    const char *folder = getenv("DOCKER_CONFIG");
    if (!folder)
        return false;
    strbuf_addf(&path, "%s/config.json", folder);
    return stat(path.buf, &status) < 0;
}

int client_open(struct client **ret_client, const struct client_options *options,
                struct error *err)
{
    cleanup_free char *program = NULL;
    const char *name =
        options->program ? options->program : engine_kind_name(options->kind);
    const char *replay = getenv("ULLAGE_REPLAY"); /* then the program need not be there */
    bool real = options->dry_run == DRY_RUN_NO && !(replay && *replay);
    if (real && exec_find_program(&program, name, err) < 0)
        return error_hint(err, "install %s, or name another engine by --engine", name);
    struct recording *recording = NULL;
    if (!options->recording && recording_from_environment(&recording, err) < 0)
        return -1;
    struct client *client = memory_alloc_zero(1, sizeof *client);
    client->options = *options;
    client->recording = recording;
    if (recording)
        client->options.recording = recording;
    client->program = real ? steal(&program) : memory_dup_text(name);
    client->host = options->host ? memory_dup_text(options->host) : NULL;
    client->hide_docker_config =
        options->kind == ENGINE_PODMAN && docker_config_is_broken();
    *ret_client = client;
    return 0;
}

int client_choose(enum engine_kind *ret_kind, const char *name, struct error *err)
{
    static const enum engine_kind order[] = {ENGINE_DOCKER, ENGINE_PODMAN, ENGINE_NERDCTL};
    if (!name)
        name = getenv("CONTAINER_ENGINE");
    if (name && *name) {
        if (engine_kind_by_name(name, ret_kind))
            return 0;
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(name));
        return error_set(err, ERROR_USAGE, "'%s' is none of docker, podman, nerdctl",
                         shown.buf);
    }
    for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
        cleanup_free char *path = NULL;
        struct error ignored = ERROR_INIT;
        int found = exec_find_program(&path, engine_kind_name(order[i]), &ignored);
        error_release(&ignored);
        if (found == 0) {
            *ret_kind = order[i];
            return 0;
        }
    }
    error_set(err, ERROR_ENGINE, "there is no docker, podman or nerdctl on PATH");
    return error_hint(err, "install one; commands on files need none");
}

enum engine_kind client_kind(const struct client *client)
{
    return client->options.kind;
}

bool client_is_dry(const struct client *client)
{
    return client->options.dry_run != DRY_RUN_NO;
}

void client_free(struct client *client)
{
    if (!client)
        return;
    recording_free(client->recording);
    free(client->program);
    free(client->host);
    free(client);
}

/* Where we read what comes, colours and hints are in the way; a terminal's user wants both.
 */
static void quiet_environment(struct environment *environment)
{
    environment_set(environment, "NO_COLOR", "1");
    environment_set(environment, "DOCKER_CLI_HINTS", "false");
    environment_set(environment, "COMPOSE_ANSI", "never");
    environment_set(environment, "COMPOSE_MENU", "false");
    environment_unset(environment, "BUILDKIT_PROGRESS");
    environment_unset(environment, "COMPOSE_PROGRESS");
}

static void environment_of(const struct client *client, const struct call *call,
                           struct environment *environment)
{
    bool captured = call->streams.out.kind == EXEC_CAPTURE && !call->streams.terminal;
    if (captured)
        quiet_environment(environment);
    if (client->hide_docker_config)
        environment_unset(environment, "DOCKER_CONFIG");
    if (client->host)
        environment_set(environment,
                        client->options.kind == ENGINE_PODMAN ? "CONTAINER_HOST"
                                                              : "DOCKER_HOST",
                        client->host);
    environment_add_all(environment, &call->environment);
}

/* What is cleaned up after a timeout must not end by the same. */
static int64_t timeout_of(const struct client *client, const struct call *call)
{
    if (call->for_cleaning)
        return CLEANING_MS;
    return call->endless ? 0 : client->options.timeout_ms;
}

static struct exec_request request_of(const struct client *client, const struct call *call,
                                      const struct environment *environment)
{
    struct exec_request request = {
        .program = call->program ? call->program : client->program,
        .arguments = &call->arguments,
        .environment = environment,
        .directory = call->directory,
        .input = call->streams.input,
        .out = call->streams.out,
        .err = call->streams.err,
        .terminal = call->streams.terminal,
        .timeouts.total_ms = timeout_of(client, call),
        .stop.soft_signal = call->verb->soft_signal,
        .cancel = call->for_cleaning ? NULL : client->options.cancel,
        .recording = client->options.recording,
    };
    if (request.out.kind == EXEC_CAPTURE && !request.out.limit)
        request.out.limit = ANSWER_MAX;
    if (request.err.kind == EXEC_CAPTURE)
        request.err.keep_tail = true;
    return request;
}

/* Says what would be run in place of running it. */
static int tell_line(const struct client *client, const struct exec_request *request,
                     struct exec_result *result, struct error *err)
{
    *result = (struct exec_result)EXEC_RESULT_INIT;
    result->outcome = EXEC_EXITED;
    result->exit_code = 0;
    if (client->options.dry_run == DRY_RUN_JSON) {
        struct json_writer writer;
        json_writer_start(&writer, client->options.dry_run_sink, true);
        exec_write_json(&writer, request);
        json_newline(&writer);
        return json_writer_finish(&writer, err);
    }
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    exec_print(&line, request);
    strbuf_add_char(&line, '\n');
    return sink_write(&client->options.dry_run_sink, line.buf, line.len, err);
}

/* Waits, unless the client is cancelled meanwhile. */
static void pause_before(const struct client *client, unsigned attempt)
{
    int milliseconds = FIRST_PAUSE_MS << (attempt < 6 ? attempt : 6);
    struct pollfd waits = {.fd = -1, .events = POLLIN};
    if (client->options.cancel)
        waits.fd = client->options.cancel->fd;
    poll(&waits, 1, milliseconds);
}

/* Only what gives us no bytes twice: a caller's sink has seen the first attempt. */
static bool may_repeat(const struct client *client, const struct call *call,
                       const struct exec_result *result, unsigned attempt)
{
    unsigned most = client->options.attempts ? client->options.attempts : ATTEMPTS;
    if (!call->verb->repeatable || attempt + 1 >= most || exec_succeeded(result) ||
        call->streams.out.kind != EXEC_CAPTURE ||
        cancel_is_requested(client->options.cancel))
        return false;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    outcome_of_command(&outcome, client->options.kind, call->verb->operation, result);
    return outcome.kind == OUTCOME_REGISTRY_UNREACHABLE;
}

int call_run(const struct client *client, const struct call *call,
             struct exec_result *ret_result, struct error *err)
{
    cleanup_environment struct environment environment = ENVIRONMENT_INIT;
    if (arguments_check(&call->arguments, err) < 0)
        return -1;
    environment_of(client, call, &environment);
    struct exec_request request = request_of(client, call, &environment);
    if (client_is_dry(client))
        return tell_line(client, &request, ret_result, err);
    for (unsigned attempt = 0;; attempt++) {
        if (exec_run(&request, ret_result, err) < 0)
            return -1;
        if (!may_repeat(client, call, ret_result, attempt))
            return 0;
        pause_before(client, attempt);
        exec_result_release(ret_result);
        *ret_result = (struct exec_result)EXEC_RESULT_INIT;
    }
}

int call_expect(const struct client *client, const struct call *call, const char *what,
                struct exec_result *ret_result, struct error *err)
{
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    if (call_run(client, call, ret_result, err) < 0)
        return error_prefix(err, "%s", what);
    if (exec_succeeded(ret_result))
        return 0;
    outcome_of_command(&outcome, client->options.kind, call->verb->operation, ret_result);
    if (outcome.kind == OUTCOME_DONE)
        outcome.kind = OUTCOME_FAILED;
    return outcome_expect_done(&outcome, what, err);
}

int call_do(const struct client *client, const struct call *call, const char *what,
            struct error *err)
{
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    return call_expect(client, call, what, &result, err);
}

int call_add_name(struct call *call, const char *what, const char *name, struct error *err)
{
    if (reference_check(what, name, err) < 0)
        return -1;
    arguments_add(&call->arguments, name);
    return 0;
}

int call_add_names(struct call *call, const char *what, const struct strvec *names,
                   struct error *err)
{
    if (!names->count)
        return error_set(err, ERROR_USAGE, "no %s is named", what);
    for (size_t i = 0; i < names->count; i++)
        if (call_add_name(call, what, names->items[i], err) < 0)
            return -1;
    return 0;
}

void call_add_list(struct call *call, const char *option, const struct strvec *list)
{
    for (size_t i = 0; list && i < list->count; i++)
        arguments_add_option(&call->arguments, option, list->items[i]);
}

void call_add_settings(struct call *call, const char *option,
                       const struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        strbuf_addf(&shown, "%s=%s%s", option, setting->name, setting->value ? "=" : "");
        if (setting->secret && setting->value)
            arguments_add_secret(&call->arguments, shown.buf, setting->value);
        else
            arguments_addf(&call->arguments, "%s%s", shown.buf,
                           setting->value ? setting->value : "");
    }
}

void call_release(struct call *call)
{
    arguments_release(&call->arguments);
    environment_release(&call->environment);
}

int call_expect_whole(const struct exec_result *result, const char *what, struct error *err)
{
    if (!result->out.dropped)
        return 0;
    return error_set(err, ERROR_LIMIT, "%s: the engine's answer is larger than %zu bytes",
                     what, ANSWER_MAX);
}

char *call_first_line(const struct exec_result *result)
{
    const char *text = result->out.text.buf;
    return memory_dup_bytes(text, strcspn(text, "\r\n"));
}

const char *call_json_format(const struct client *client)
{
    return client->options.kind == ENGINE_PODMAN ? "json" : "{{json .}}";
}
