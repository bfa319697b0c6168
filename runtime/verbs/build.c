#include "runtime/call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "core/span.h"

const struct verb verb_build = {
    .name = "build",
    .summary = "build an image from a Dockerfile",
    .operation = OPERATION_BUILD,
};

#define RAWJSON_SINCE_MINOR 13 /* buildx 0.13 */
#define IMAGE_ID_MAX 256

/* A build's output on its way to events. What fails in a visitor ends the build. */
struct watch {
    struct progress *progress;
    struct error error;
    struct strbuf last; /* the last line that said why */
    build_visit *visit;
    void *context;
};

static int watch_event(void *context, const struct build_event *event, struct error *err)
{
    struct watch *watch = context;
    bool tells = event->kind == BUILD_STEP_FAILED ||
                 (event->kind == BUILD_MESSAGE &&
                  memmem(event->text.ptr, event->text.len, "rror", 4) && !watch->last.len);
    if (tells) {
        strbuf_reset(&watch->last);
        strbuf_add(&watch->last, event->text.ptr,
                   event->text.len < 4096 ? event->text.len : 4096);
    }
    return watch->visit ? watch->visit(watch->context, event, err) : 0;
}

static int take(void *context, enum exec_stream from, struct span bytes)
{
    struct watch *watch = context;
    (void)from;
    return progress_add(watch->progress, bytes.ptr, bytes.len, &watch->error);
}

/* rawjson where buildx is new enough, plain text where it is not, the classic builder where
 * there is none. */
static int choose_dialect(const struct client *client, const struct build_options *options,
                          enum progress_dialect *ret_dialect, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(version);
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    *ret_dialect = PROGRESS_LEGACY;
    if (client_kind(client) != ENGINE_DOCKER || options->tool == BUILD_TOOL_CLASSIC)
        return 0;
    arguments_add(&call.arguments, "buildx");
    arguments_add(&call.arguments, "version");
    if (client_is_dry(client)) {
        *ret_dialect = PROGRESS_PLAIN;
        return 0;
    }
    if (call_run(client, &call, &result, err) < 0)
        return -1;
    if (!exec_succeeded(&result)) {
        if (options->tool == BUILD_TOOL_AUTO)
            return 0;
        cleanup_outcome struct outcome outcome = OUTCOME_INIT;
        outcome.kind = OUTCOME_PLUGIN_MISSING;
        return outcome_expect_done(&outcome, "build", err);
    }
    /* "github.com/docker/buildx v0.13.1 ...", "... 0.13.1+ds1 ..." */
    const char *space = strchr(result.out.text.buf, ' ');
    struct version_number version = version_parse(span_of_text(space ? space + 1 : ""));
    bool raw = version.major > 0 || version.minor >= RAWJSON_SINCE_MINOR;
    *ret_dialect = raw ? PROGRESS_RAWJSON : PROGRESS_PLAIN;
    return 0;
}

static int refuse_what_needs_buildkit(const struct client *client,
                                      const struct build_options *options,
                                      struct error *err)
{
    bool needs = options->secrets.count || options->ssh.count ||
                 options->build_contexts.count || options->cache_to.count ||
                 options->outputs.count || options->builder || options->metadata_file ||
                 options->push;
    if (!needs || client_kind(client) != ENGINE_DOCKER)
        return 0;
    error_set(err, ERROR_ENGINE,
              "build: what was asked for needs BuildKit, and docker has no buildx here");
    return error_hint(err, "install buildx or build with podman; without it there are no "
                           "secrets, ssh, outputs, "
                           "caches to write or further contexts");
}

static int add_options(struct call *call, const struct build_options *options,
                       struct error *err)
{
    const struct {
        bool given;
        const char *flag;
    } rows[] = {
        {options->no_cache, "--no-cache"},
        {options->pull, "--pull"},
        {options->load, "--load"},
        {options->push, "--push"},
    };
    arguments_add_option(&call->arguments, "--file", options->dockerfile);
    for (size_t i = 0; i < options->tags.count; i++)
        if (reference_check("tag", options->tags.items[i], err) < 0)
            return -1;
    call_add_list(call, "--tag", &options->tags);
    call_add_settings(call, "--build-arg", &options->build_args);
    call_add_settings(call, "--label", &options->labels);
    arguments_add_option(&call->arguments, "--target", options->target);
    arguments_add_option(&call->arguments, "--platform", options->platform);
    arguments_add_option(&call->arguments, "--network", options->network);
    arguments_add_option(&call->arguments, "--builder", options->builder);
    call_add_list(call, "--secret", &options->secrets);
    call_add_list(call, "--ssh", &options->ssh);
    call_add_list(call, "--cache-from", &options->cache_from);
    call_add_list(call, "--cache-to", &options->cache_to);
    call_add_list(call, "--build-context", &options->build_contexts);
    call_add_list(call, "--output", &options->outputs);
    call_add_list(call, "--add-host", &options->add_hosts);
    arguments_add_option(&call->arguments, "--metadata-file", options->metadata_file);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (rows[i].given)
            arguments_add(&call->arguments, rows[i].flag);
    return 0;
}

static void set_dialect(struct call *call, const struct client *client,
                        enum progress_dialect dialect)
{
    if (client_kind(client) != ENGINE_DOCKER)
        return;
    environment_set(&call->environment, "DOCKER_BUILDKIT",
                    dialect == PROGRESS_LEGACY ? "0" : "1");
    if (dialect != PROGRESS_LEGACY)
        arguments_add_option(&call->arguments, "--progress",
                             dialect == PROGRESS_RAWJSON ? "rawjson" : "plain");
}

/* Where the id of the image will be: a folder of ours that nobody else can write to. */
struct id_file {
    char folder[64];
    char path[80];
};

static int id_file_make(struct id_file *file, struct error *err)
{
    snprintf(file->folder, sizeof file->folder, "/tmp/ullage-build-XXXXXX");
    if (!mkdtemp(file->folder))
        return error_set_errno(err, ERROR_OUTPUT, errno, "'/tmp'");
    snprintf(file->path, sizeof file->path, "%s/id", file->folder);
    return 0;
}

static void id_file_take(struct id_file *file, char **ret_id)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct error ignored = ERROR_INIT;
    if (ret_id && file_read(&text, file->path, IMAGE_ID_MAX, &ignored) == 0)
        *ret_id = memory_dup_bytes(text.buf, strcspn(text.buf, "\r\n"));
    error_release(&ignored);
    unlink(file->path);
    rmdir(file->folder);
}

/* Steps know better than the last lines of a stream why they failed. */
static void fail(struct outcome *outcome, const struct watch *watch)
{
    if (!watch->last.len)
        return;
    strbuf_reset(&outcome->text);
    strbuf_add(&outcome->text, watch->last.buf, watch->last.len);
    if (outcome->kind == OUTCOME_FAILED)
        outcome->kind = outcome_of_words(span_of(outcome->text.buf, outcome->text.len));
}

static int run_build(const struct client *client, struct call *call, struct watch *watch,
                     struct outcome *outcome, struct error *err)
{
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    if (call_run(client, call, &result, err) < 0)
        return -1;
    if (watch->error.code != ERROR_NONE) {
        error_move(err, &watch->error);
        return -1;
    }
    outcome_of_command(outcome, client_kind(client), OPERATION_BUILD, &result);
    if (outcome->kind != OUTCOME_DONE)
        fail(outcome, watch);
    if (outcome->kind != OUTCOME_DONE &&
        progress_fail(watch->progress, span_of(outcome->text.buf, outcome->text.len), err) <
            0)
        return -1;
    if (!client_is_dry(client) && progress_finish(watch->progress, err) < 0)
        return -1;
    return outcome_expect_done(outcome, "build", err);
}

static int prepare(const struct client *client, const struct build_options *options,
                   struct call *call, struct watch *watch, struct error *err)
{
    enum progress_dialect dialect;
    if (choose_dialect(client, options, &dialect, err) < 0)
        return -1;
    if (dialect == PROGRESS_LEGACY && refuse_what_needs_buildkit(client, options, err) < 0)
        return -1;
    call->streams = options->streams;
    watch->progress = progress_new(dialect, watch_event, watch);
    struct exec_output *watched =
        dialect == PROGRESS_LEGACY ? &call->streams.out : &call->streams.err;
    *watched = (struct exec_output){.kind = EXEC_BYTES, .bytes = take, .context = watch};
    arguments_add(&call->arguments, "build");
    set_dialect(call, client, dialect);
    return add_options(call, options, err);
}

int client_build(const struct client *client, const struct build_options *options,
                 char **ret_image_id, struct outcome *outcome, struct error *err)
{
    cleanup_call struct call call = CALL_INIT(build);
    struct watch watch = {.error = ERROR_INIT,
                          .last = STRBUF_INIT,
                          .visit = options->visit,
                          .context = options->context_of_visit};
    struct id_file file;
    bool wants_id = ret_image_id && !client_is_dry(client);
    int result = prepare(client, options, &call, &watch, err);
    if (result == 0 && options->context[0] == '-' && options->context[1])
        result = error_set(err, ERROR_USAGE,
                           "the context begins with '-', which engines read as an option");
    if (result == 0 && wants_id) {
        result = id_file_make(&file, err);
        if (result == 0)
            arguments_add_option(&call.arguments, "--iidfile", file.path);
        else
            wants_id = false;
    }
    if (result == 0) {
        arguments_add(&call.arguments, options->context);
        result = run_build(client, &call, &watch, outcome, err);
        if (wants_id)
            id_file_take(&file, result == 0 ? ret_image_id : NULL);
    }
    progress_free(watch.progress);
    strbuf_release(&watch.last);
    error_release(&watch.error);
    return result;
}
