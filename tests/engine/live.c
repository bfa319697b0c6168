/* Each operation of the client against a real engine, which live.sh has started:
 * ULLAGE_LIVE_ENGINE names it, localhost/ullage/live:1 is a busybox. Whatever is made
 * carries the label ullage-test and is removed. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/file.h"
#include "runtime/client.h"
#include "runtime/compose.h"
#include "runtime/values.h"
#include "tests/support/check.h"

#define IMAGE "localhost/ullage/live:1"

static struct client *client;
static enum engine_kind kind;

static void check(int result, struct error *error)
{
    if (result < 0)
        fail_msg("%s\n%s", error->text, error->hint ? error->hint : "");
}

static struct container_config shell(const char *name, const char *script)
{
    struct container_config config = {.image = memory_dup_text(IMAGE),
                                      .name = memory_dup_text(name)};
    settings_add(&config.labels, "ullage-test", "a=b,c");
    strvec_add(&config.command, "sh");
    strvec_add(&config.command, "-c");
    strvec_add(&config.command, script);
    return config;
}

static int collect(void *context, enum exec_stream stream, struct span bytes)
{
    struct strbuf *texts = context;
    strbuf_add(&texts[stream], bytes.ptr, bytes.len);
    return 0;
}

static struct client_streams collected(struct strbuf texts[2])
{
    return (struct client_streams){
        .out = {.kind = EXEC_BYTES, .bytes = collect, .context = texts},
        .err = {.kind = EXEC_BYTES, .bytes = collect, .context = texts},
    };
}

static struct strvec one(const char *name)
{
    struct strvec list = STRVEC_INIT;
    strvec_add(&list, name);
    return list;
}

static void remove_it(const char *name)
{
    cleanup_strvec struct strvec names = one(name);
    struct error error = ERROR_INIT;
    check(client_remove(client, &names, true, true, &error), &error);
}

/* Runs it to its end and removes it; -1 with the outcome if the engine failed. */
static int run_shell(struct container_config *config, struct outcome *outcome,
                     struct strbuf texts[2], struct error *err)
{
    struct run_options options = {.streams = collected(texts)};
    config->remove = true;
    return client_run(client, config, &options, outcome, NULL, err);
}

static void assert_ends(const char *script, enum outcome_kind expected, int status,
                        const char *out, const char *err)
{
    cleanup_container_config struct container_config config = shell("ullage-ends", script);
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct strbuf texts[2] = {STRBUF_INIT, STRBUF_INIT};
    struct error error = ERROR_INIT;
    check(run_shell(&config, &outcome, texts, &error), &error);
    assert_string_equal(outcome_name(outcome.kind), outcome_name(expected));
    assert_int_equal(outcome_exit_status(&outcome), status);
    assert_string_equal(texts[0].buf, out);
    assert_string_equal(texts[1].buf, err);
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
}

static void programs_of_containers_end_as_they_like(void **state)
{
    (void)state;
    assert_ends("echo out; echo err >&2", OUTCOME_DONE, 0, "out\n", "err\n");
    assert_ends("exit 3", OUTCOME_APP_EXITED, 3, "", "");
    assert_ends("exit 127", OUTCOME_APP_EXITED, 127, "", "");
    assert_ends("exit 125", OUTCOME_APP_EXITED, 125, "", "");
}

static void assert_not_started(struct container_config *config, enum outcome_kind expected)
{
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct strbuf texts[2] = {STRBUF_INIT, STRBUF_INIT};
    struct error error = ERROR_INIT;
    assert_int_equal(run_shell(config, &outcome, texts, &error), -1);
    if (outcome.kind != expected && outcome.kind != OUTCOME_DONE)
        fail_msg("%s, not %s: %s", outcome_name(outcome.kind), outcome_name(expected),
                 outcome.text.buf);
    if (outcome.kind == OUTCOME_DONE && !strstr(error.text, outcome_sentence(expected)))
        fail_msg("'%s' (%s) says not '%s'", error.text, error.hint ? error.hint : "",
                 outcome_sentence(expected));
    assert_int_equal(error.code, ERROR_ENGINE);
    error_release(&error);
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
}

static void what_the_engine_cannot_start_is_told_apart(void **state)
{
    (void)state;
    cleanup_container_config struct container_config missing = shell("ullage-missing", ""),
                                                     denied = shell("ullage-denied", ""),
                                                     device =
                                                         shell("ullage-device", "true"),
                                                     image = shell("ullage-image", "true");
    memcpy(missing.command.items[0], "no", 3);
    strvec_add(&denied.entrypoint, "/etc/passwd");
    strvec_add(&device.devices, "/dev/ullage-nosuch");
    free(image.image);
    image.image = memory_dup_text("localhost/ullage/nosuch:1");
    image.pull = memory_dup_text("never");
    assert_not_started(&missing, OUTCOME_COMMAND_NOT_FOUND);
    assert_not_started(&denied, OUTCOME_COMMAND_NOT_EXECUTABLE);
    assert_not_started(&device, OUTCOME_DEVICE_MISSING);
    assert_not_started(&image, OUTCOME_NO_SUCH_IMAGE);
}

static const struct container_info *find(const struct container_list *list,
                                         const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return &list->items[i];
    return NULL;
}

static void container_lives_from_create_to_remove(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = shell(
        "ullage-life",
        "trap 'exit 0' TERM; echo ready; echo complaint >&2; while :; do sleep 0.1; done");
    cleanup_strvec struct strvec names = one("ullage-life");
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    cleanup_free char *id = NULL;
    struct container_filter filter = {.all = true};
    struct container_list list = {0};
    struct error error = ERROR_INIT;
    int64_t code;
    config.detach = true;
    check(client_run(client, &config, &(struct run_options){0}, &outcome, &id, &error),
          &error);
    assert_int_equal(strlen(id), 64);
    strvec_add(&filter.filters, "name=ullage-life");

    check(client_list_containers(client, &filter, &list, &error), &error);
    const struct container_info *found = find(&list, "ullage-life");
    assert_non_null(found);
    assert_true(container_info_is_running(found));
    assert_string_equal(found->image, IMAGE);
    assert_string_equal(labels_get(&found->labels, "ullage-test"), "a=b,c");
    assert_true(found->created != VALUE_UNKNOWN);
    container_list_release(&list);

    struct strvec command = STRVEC_INIT;
    struct strbuf texts[2] = {STRBUF_INIT, STRBUF_INIT};
    struct exec_options options = {.streams = collected(texts),
                                   .working_dir = memory_dup_text("/tmp")};
    settings_add_secret(&options.environment, "SECRET_WORD", "sesame");
    strvec_add(&command, "sh");
    strvec_add(&command, "-c");
    strvec_add(&command, "pwd; echo $SECRET_WORD; exit 9");
    check(client_exec(client, "ullage-life", &command, &options, &outcome, &error), &error);
    assert_string_equal(texts[0].buf, "/tmp\nsesame\n");
    assert_int_equal(outcome.exit_code, 9);
    free(options.working_dir);
    settings_release(&options.environment);
    strvec_release(&command);

    strbuf_reset(&texts[0]);
    struct client_streams streams = collected(texts);
    check(client_logs(client, "ullage-life", &(struct log_options){0}, &streams, &error),
          &error);
    assert_string_equal(texts[0].buf, "ready\n");
    assert_string_equal(texts[1].buf, "complaint\n");
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);

    struct stats_list stats = {0};
    check(client_stats(client, &names, &stats, &error), &error);
    assert_int_equal(stats.count, 1);
    assert_string_equal(stats.items[0].name, "ullage-life");
    stats_list_release(&stats);

    check(client_rename(client, "ullage-life", "ullage-life2", &error), &error);
    strvec_release(&names);
    names = one("ullage-life2");
    check(client_restart(client, &names, 5, &error), &error);
    check(client_stop(client, &names, 5, &error), &error);
    check(client_wait(client, "ullage-life2", &code, &error), &error);
    assert_int_equal(code, 0);
    check(client_start(client, &names, &error), &error);
    check(client_kill(client, &names, "KILL", &error), &error);
    check(client_wait(client, "ullage-life2", &code, &error), &error);
    assert_int_equal(code, 137);
    remove_it("ullage-life2");
    check(client_list_containers(client, &filter, &list, &error), &error);
    assert_int_equal(list.count, 0);
    strvec_release(&filter.filters);
    container_list_release(&list);
}

static void exec_that_cannot_start_is_an_error_with_its_reason(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config =
        shell("ullage-exec", "sleep 100");
    cleanup_strvec struct strvec command = one("nosuchcommand");
    cleanup_outcome struct outcome run = OUTCOME_INIT, missing = OUTCOME_INIT,
                                   absent = OUTCOME_INIT;
    struct error error = ERROR_INIT;
    config.detach = true;
    check(client_run(client, &config, &(struct run_options){0}, &run, NULL, &error),
          &error);
    assert_int_equal(client_exec(client, "ullage-exec", &command, &(struct exec_options){0},
                                 &missing, &error),
                     -1);
    assert_string_equal(outcome_name(missing.kind), "command-not-found");
    error_release(&error);
    assert_int_equal(client_exec(client, "ullage-none", &command, &(struct exec_options){0},
                                 &absent, &error),
                     -1);
    assert_string_equal(outcome_name(absent.kind), "no-such-container");
    error_release(&error);
    remove_it("ullage-exec");
}

static int count_event(void *context, const struct build_event *event, struct error *err)
{
    (void)err;
    struct strbuf *seen = context;
    if (event->kind == BUILD_STEP_STARTED && *event->step->instruction)
        strbuf_addf(seen, "%s\n", event->step->instruction);
    if (event->kind == BUILD_STEP_FAILED)
        strbuf_add_text(seen, "failed\n");
    return 0;
}

static void build_tells_its_steps_and_the_image(void **state)
{
    (void)state;
    char folder[] = "/tmp/ullage-live-context-XXXXXX", path[64];
    cleanup_outcome struct outcome outcome = OUTCOME_INIT, failure = OUTCOME_INIT;
    cleanup_strbuf struct strbuf seen = STRBUF_INIT;
    cleanup_free char *id = NULL;
    cleanup_strvec struct strvec names = one("localhost/ullage/built:1");
    struct build_options options = {
        .context = folder, .visit = count_event, .context_of_visit = &seen};
    struct image_details_list details = {0};
    struct error error = ERROR_INIT;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/Dockerfile", folder);
    check(
        file_write(path, span_of_text("FROM " IMAGE "\nARG A\nRUN echo $A > /a\n"), &error),
        &error);
    strvec_add(&options.tags, "localhost/ullage/built:1");
    settings_add(&options.build_args, "A", "x y");
    settings_add(&options.labels, "ullage-test", "1");
    options.no_cache = true;

    check(client_build(client, &options, &id, &outcome, &error), &error);
    /* BuildKit shows the words with the values of build arguments, the classic builder as they are written */
    if (!strstr(seen.buf, "RUN echo $A > /a\n") && !strstr(seen.buf, "RUN echo x y > /a\n"))
        fail_msg("the step is not told: %s", seen.buf);
    assert_non_null(id);
    check(client_inspect_images(client, &names, &details, &error), &error);
    assert_int_equal(details.count, 1);
    assert_non_null(strstr(id, details.items[0].id));
    assert_string_equal(labels_get(&details.items[0].labels, "ullage-test"), "1");
    image_details_list_release(&details);

    check(file_write(path, span_of_text("FROM " IMAGE "\nRUN exit 7\n"), &error), &error);
    strvec_release(&options.tags);
    strbuf_reset(&seen);
    assert_int_equal(client_build(client, &options, NULL, &failure, &error), -1);
    assert_int_equal(error.code, ERROR_ENGINE);
    assert_non_null(strstr(seen.buf, "failed\n"));
    assert_non_null(strstr(failure.text.buf, "7"));
    error_release(&error);
    check(client_remove_images(client, &names, true, &error), &error);
    settings_release(&options.build_args);
    settings_release(&options.labels);
    unlink(path);
    rmdir(folder);
}

static void images_are_listed_tagged_saved_and_loaded(void **state)
{
    (void)state;
    cleanup_strvec struct strvec names = one("localhost/ullage/other:2");
    struct strbuf texts[2] = {STRBUF_INIT, STRBUF_INIT};
    struct client_streams streams = collected(texts);
    struct image_list list = {0};
    struct error error = ERROR_INIT;
    check(client_tag(client, IMAGE, "localhost/ullage/other:2", &error), &error);
    check(client_list_images(client,
                             &(struct image_filter){.repository = "localhost/ullage/other"},
                             &list, &error),
          &error);
    bool found = false;
    for (size_t i = 0; i < list.count; i++) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        image_info_full_name(&list.items[i], &name);
        found = found || strcmp(name.buf, "localhost/ullage/other:2") == 0;
        assert_false(list.items[i].size_rounded);
        assert_true(list.items[i].size > 1000000);
        assert_true(list.items[i].created > 1000000000);
    }
    assert_true(found);
    image_list_release(&list);

    check(client_save(client, &names, &streams, &error), &error);
    assert_true(texts[0].len > 1000000);
    check(client_remove_images(client, &names, false, &error), &error);
    struct client_streams input = {
        .input = {.kind = EXEC_INPUT_BYTES, .bytes = span_of(texts[0].buf, texts[0].len)}};
    check(client_load(client, &input, &error), &error);
    check(client_remove_images(client, &names, false, &error), &error);
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
}

/* live.sh starts a registry that takes anything from anybody. */
static void images_go_to_a_registry_and_come_back(void **state)
{
    (void)state;
    const char *registry = getenv("ULLAGE_LIVE_REGISTRY");
    cleanup_strbuf struct strbuf name = STRBUF_INIT, absent = STRBUF_INIT;
    struct client_streams streams = {.terminal = false};
    struct error error = ERROR_INIT;
    if (!registry) {
        print_message("skipped 1: no registry (docker-registry is not installed)\n");
        skip();
    }
    strbuf_addf(&name, "%s/ullage/live:2", registry);
    strbuf_addf(&absent, "%s/ullage/absent:1", registry);
    cleanup_strvec struct strvec names = one(name.buf);
    check(client_login(client, registry, "somebody", span_of_text("some phrase"), &error), &error);
    check(client_tag(client, IMAGE, name.buf, &error), &error);
    check(client_push(client, name.buf, &streams, &error), &error);
    check(client_remove_images(client, &names, false, &error), &error);
    check(client_pull(client, name.buf, NULL, &streams, &error), &error);
    check(client_remove_images(client, &names, false, &error), &error);
    assert_int_equal(client_pull(client, absent.buf, NULL, &streams, &error), -1);
    assert_int_equal(error.code, ERROR_ENGINE);
    error_release(&error);
    check(client_logout(client, registry, &error), &error);
}

static void files_are_copied_in_and_out(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = shell("ullage-copy", "sleep 100");
    char folder[] = "/tmp/ullage-live-copy-XXXXXX", in[64], out[64];
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_free char *id = NULL;
    struct error error = ERROR_INIT;
    assert_non_null(mkdtemp(folder));
    snprintf(in, sizeof in, "%s/in", folder);
    snprintf(out, sizeof out, "%s/out", folder);
    check(file_write(in, span_of_text("there and back\n"), &error), &error);
    check(client_create(client, &config, &id, &error), &error);
    check(client_copy(client, in, "ullage-copy:/tmp/in", false, false, &error), &error);
    check(client_copy(client, "ullage-copy:/tmp/in", out, false, false, &error), &error);
    check(file_read(&text, out, 1000, &error), &error);
    assert_string_equal(text.buf, "there and back\n");
    remove_it("ullage-copy");
    unlink(in);
    unlink(out);
    rmdir(folder);
}

static int note_event(void *context, const struct engine_event *event, struct error *err)
{
    struct strbuf *seen = context;
    (void)err;
    if (strcmp(event->type, "container") == 0 && event->name && strcmp(event->name, "ullage-event") == 0)
        strbuf_addf(seen, "%s ", event->action);
    return 0;
}

static void events_tell_what_happened(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = shell("ullage-event", "exit 3");
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    cleanup_strbuf struct strbuf seen = STRBUF_INIT;
    cleanup_strvec struct strvec filters = one("type=container");
    struct strbuf texts[2] = {STRBUF_INIT, STRBUF_INIT};
    struct error error = ERROR_INIT;
    char since[32], until[32];
    snprintf(since, sizeof since, "%lld", (long long)time(NULL) - 1);
    check(run_shell(&config, &outcome, texts, &error), &error);
    sleep(1);
    snprintf(until, sizeof until, "%lld", (long long)time(NULL));
    check(client_events(client, since, until, &filters, note_event, &seen, &error), &error);
    assert_non_null(strstr(seen.buf, "create "));
    assert_non_null(strstr(seen.buf, "start "));
    assert_true(strstr(seen.buf, "die ") || strstr(seen.buf, "died "));
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
}

static void what_nothing_uses_is_pruned(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = shell("ullage-prune", "true");
    cleanup_strvec struct strvec filters = one("label=ullage-test=a=b,c");
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct container_filter filter = {.all = true};
    struct container_list list = {0};
    cleanup_free char *id = NULL;
    struct error error = ERROR_INIT;
    check(client_create(client, &config, &id, &error), &error);
    check(client_prune(client, "container", &filters, false, &text, &error), &error);
    strvec_add(&filter.filters, "name=ullage-prune");
    check(client_list_containers(client, &filter, &list, &error), &error);
    assert_int_equal(list.count, 0);
    strvec_release(&filter.filters);
    container_list_release(&list);
}

/* Cancelling: a thread uses the token after a while. */
struct canceller {
    struct cancel cancel;
    pthread_t thread;
    int milliseconds;
};

static void *cancel_later(void *context)
{
    struct canceller *canceller = context;
    const struct timespec wait = {.tv_sec = canceller->milliseconds / 1000,
                                  .tv_nsec = canceller->milliseconds % 1000 * 1000000L};
    nanosleep(&wait, NULL);
    cancel_request(&canceller->cancel);
    return NULL;
}

static struct client *client_cancelled_after(struct canceller *canceller, int milliseconds)
{
    struct client *cancelled;
    struct error error = ERROR_INIT;
    canceller->milliseconds = milliseconds;
    check(cancel_open(&canceller->cancel, &error), &error);
    struct client_options options = {.kind = kind, .cancel = &canceller->cancel};
    check(client_open(&cancelled, &options, &error), &error);
    assert_int_equal(pthread_create(&canceller->thread, NULL, cancel_later, canceller), 0);
    return cancelled;
}

static void cancelled(struct canceller *canceller, struct client *used)
{
    pthread_join(canceller->thread, NULL);
    client_free(used);
    cancel_close(&canceller->cancel);
}

static size_t count_containers(const char *filter_text)
{
    struct container_filter filter = {.all = true};
    struct container_list list = {0};
    struct error error = ERROR_INIT;
    strvec_add(&filter.filters, filter_text);
    check(client_list_containers(client, &filter, &list, &error), &error);
    size_t count = list.count;
    strvec_release(&filter.filters);
    container_list_release(&list);
    return count;
}

static void a_cancelled_run_is_no_success_and_leaves_nothing(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = shell("ullage-cancel", "sleep 100");
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct strbuf texts[2] = {STRBUF_INIT, STRBUF_INIT};
    struct run_options options = {.streams = collected(texts)};
    struct canceller canceller;
    struct error error = ERROR_INIT;
    struct client *used = client_cancelled_after(&canceller, 1500);
    assert_int_equal(client_run(used, &config, &options, &outcome, NULL, &error), -1);
    assert_string_equal(outcome_name(outcome.kind), "cancelled");
    error_release(&error);
    cancelled(&canceller, used);
    assert_int_equal(count_containers("name=ullage-cancel"), 0);
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
}

static void cancelled_logs_are_no_success_and_the_container_runs_on(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config =
        shell("ullage-talks", "while :; do echo line; sleep 0.2; done");
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct strbuf texts[2] = {STRBUF_INIT, STRBUF_INIT};
    struct client_streams streams = collected(texts);
    struct canceller canceller;
    struct error error = ERROR_INIT;
    config.detach = true;
    check(client_run(client, &config, &(struct run_options){0}, &outcome, NULL, &error), &error);
    struct client *used = client_cancelled_after(&canceller, 1000);
    assert_int_equal(
        client_logs(used, "ullage-talks", &(struct log_options){.follow = true}, &streams, &error), -1);
    error_release(&error);
    cancelled(&canceller, used);
    assert_true(texts[0].len >= strlen("line\n"));
    assert_int_equal(count_containers("name=ullage-talks"), 1);
    remove_it("ullage-talks");
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
}

static void a_cancelled_exec_is_no_success(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = shell("ullage-host", "sleep 100");
    cleanup_outcome struct outcome outcome = OUTCOME_INIT, ended = OUTCOME_INIT;
    cleanup_strvec struct strvec command = one("sleep");
    struct canceller canceller;
    struct error error = ERROR_INIT;
    strvec_add(&command, "50");
    config.detach = true;
    check(client_run(client, &config, &(struct run_options){0}, &outcome, NULL, &error), &error);
    struct client *used = client_cancelled_after(&canceller, 1000);
    assert_int_equal(
        client_exec(used, "ullage-host", &command, &(struct exec_options){0}, &ended, &error), -1);
    assert_string_equal(outcome_name(ended.kind), "cancelled");
    error_release(&error);
    cancelled(&canceller, used);
    remove_it("ullage-host");
}

static void a_cancelled_build_is_no_success_and_leaves_nothing_running(void **state)
{
    (void)state;
    char folder[] = "/tmp/ullage-live-cancel-XXXXXX", path[64];
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct build_options options = {.context = folder, .no_cache = true};
    struct canceller canceller;
    struct error error = ERROR_INIT;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/Dockerfile", folder);
    check(file_write(path, span_of_text("FROM " IMAGE "\nRUN sleep 30\n"), &error), &error);
    struct client *used = client_cancelled_after(&canceller, 2500);
    assert_int_equal(client_build(used, &options, NULL, &outcome, &error), -1);
    assert_string_equal(outcome_name(outcome.kind), "cancelled");
    error_release(&error);
    cancelled(&canceller, used);
    sleep(2); /* the engine ends what it runs a moment later */
    assert_int_equal(count_containers("status=running"), 0);
    unlink(path);
    rmdir(folder);
}

static void networks_and_volumes_are_made_listed_and_removed(void **state)
{
    (void)state;
    cleanup_strvec struct strvec names = one("ullage-test");
    cleanup_strvec struct strvec filters = one("label=ullage-test");
    struct network_options network = {0};
    struct volume_options volume = {0};
    struct network_list networks = {0};
    struct volume_list volumes = {0};
    struct error error = ERROR_INIT;
    settings_add(&network.labels, "ullage-test", "1");
    settings_add(&volume.labels, "ullage-test", "1");
    check(client_volume_create(client, "ullage-test", &volume, &error), &error);
    check(client_list_volumes(client, &filters, &volumes, &error), &error);
    assert_int_equal(volumes.count, 1);
    assert_string_equal(volumes.items[0].name, "ullage-test");
    check(client_volume_remove(client, &names, false, &error), &error);
    check(client_network_create(client, "ullage-test", &network, &error), &error);
    check(client_list_networks(client, &filters, &networks, &error), &error);
    assert_int_equal(networks.count, 1);
    assert_string_equal(networks.items[0].name, "ullage-test");
    check(client_network_remove(client, &names, &error), &error);
    settings_release(&network.labels);
    settings_release(&volume.labels);
    network_list_release(&networks);
    volume_list_release(&volumes);
}

static void engine_tells_of_itself(void **state)
{
    (void)state;
    struct engine_version version;
    struct engine_info info;
    struct disk_usage_list usage = {0};
    struct error error = ERROR_INIT;
    check(client_version(client, &version, &error), &error);
    assert_true(version.reached);
    assert_true(version.client_number.major > 0);
    check(client_info(client, &info, &error), &error);
    assert_true(info.images >= 1);
    check(client_disk_usage(client, &usage, &error), &error);
    assert_true(usage.count >= 3);
    assert_int_equal(usage.items[0].total >= 1, 1);
    engine_version_release(&version);
    engine_info_release(&info);
    disk_usage_list_release(&usage);
}

static void what_takes_too_long_leaves_nothing(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config =
        shell("ullage-long", "sleep 100");
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct client *hasty;
    struct client_options options = {.kind = kind, .timeout_ms = 1500};
    struct container_filter filter = {.all = true};
    struct container_list list = {0};
    struct error error = ERROR_INIT;
    check(client_open(&hasty, &options, &error), &error);
    assert_int_equal(
        client_run(hasty, &config, &(struct run_options){0}, &outcome, NULL, &error), -1);
    assert_string_equal(outcome_name(outcome.kind), "timed-out");
    error_release(&error);
    strvec_add(&filter.filters, "name=ullage-long");
    check(client_list_containers(client, &filter, &list, &error), &error);
    assert_int_equal(list.count, 0);
    strvec_release(&filter.filters);
    container_list_release(&list);
    client_free(hasty);
}

/* With whatever compose there is for the engine; without one it is skipped, and counted. */
static void compose_project_goes_up_and_down(void **state)
{
    (void)state;
    char folder[] = "/tmp/ullage-live-compose-XXXXXX", path[64];
    struct compose *compose = NULL;
    struct container_list list = {0};
    struct compose_project_list projects = {0};
    struct error error = ERROR_INIT;
    cleanup_outcome struct outcome up = OUTCOME_INIT, exec = OUTCOME_INIT;
    struct strbuf texts[2] = {STRBUF_INIT, STRBUF_INIT};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/compose.yaml", folder);
    const char *text = "version: '3'\nservices:\n  web:\n    image: " IMAGE
                       "\n    command: [sh, -c, 'echo hello; sleep 100']\n"
                       "    stop_grace_period: 1s\n";
    check(file_write(path, span_of_text(text), &error), &error);
    struct compose_options options = {.folder = folder, .project = "ullage-live"};
    if (compose_open(&compose, client, &options, &error) < 0) {
        print_message("SKIP compose: %s\n", error.text);
        error_release(&error);
        unlink(path);
        rmdir(folder);
        skip();
    }
    print_message("compose: kind %d, version %u.%u.%u\n", (int)compose_tool(compose),
                  compose_version(compose).major, compose_version(compose).minor,
                  compose_version(compose).patch);

    check(compose_up(compose, &(struct compose_up_options){.detach = true}, &up, &error),
          &error);
    check(compose_ps(compose, true, &list, &error), &error);
    assert_int_equal(list.count, 1);
    assert_string_equal(container_compose_service(&list.items[0]), "web");
    assert_true(container_info_is_running(&list.items[0]));
    check(compose_list_projects(client, &projects, &error), &error);
    assert_int_equal(projects.count, 1);
    assert_string_equal(projects.items[0].name, "ullage-live");
    assert_int_equal(projects.items[0].running, 1);

    struct compose_run_options run = {.service = "web", .streams = collected(texts)};
    strvec_add(&run.command, "sh");
    strvec_add(&run.command, "-c");
    strvec_add(&run.command, "echo inside; exit 5");
    check(compose_exec(compose, &run, &exec, &error), &error);
    assert_string_equal(texts[0].buf, "inside\n");
    assert_int_equal(exec.exit_code, 5);
    strvec_release(&run.command);

    struct client_streams streams = collected(texts);
    struct strvec services = STRVEC_INIT;
    check(compose_logs(compose, &(struct log_options){0}, &services, &streams, &error),
          &error);
    assert_non_null(strstr(texts[0].buf, "hello"));

    container_list_release(&list);
    check(compose_down(compose, &(struct compose_down_options){.volumes = true}, &error),
          &error);
    check(compose_ps(compose, true, &list, &error), &error);
    assert_int_equal(list.count, 0);
    compose_project_list_release(&projects);
    container_list_release(&list);
    compose_close(compose);
    strbuf_release(&texts[0]);
    strbuf_release(&texts[1]);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const char *name = getenv("ULLAGE_LIVE_ENGINE");
    struct error error = ERROR_INIT;
    if (!name || client_choose(&kind, name, &error) < 0)
        return 77;
    struct client_options options = {.kind = kind, .timeout_ms = 60000};
    if (client_open(&client, &options, &error) < 0)
        return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_tells_of_itself),
        cmocka_unit_test(programs_of_containers_end_as_they_like),
        cmocka_unit_test(what_the_engine_cannot_start_is_told_apart),
        cmocka_unit_test(container_lives_from_create_to_remove),
        cmocka_unit_test(exec_that_cannot_start_is_an_error_with_its_reason),
        cmocka_unit_test(build_tells_its_steps_and_the_image),
        cmocka_unit_test(images_are_listed_tagged_saved_and_loaded),
        cmocka_unit_test(networks_and_volumes_are_made_listed_and_removed),
        cmocka_unit_test(images_go_to_a_registry_and_come_back),
        cmocka_unit_test(files_are_copied_in_and_out),
        cmocka_unit_test(events_tell_what_happened),
        cmocka_unit_test(what_nothing_uses_is_pruned),
        cmocka_unit_test(what_takes_too_long_leaves_nothing),
        cmocka_unit_test(a_cancelled_run_is_no_success_and_leaves_nothing),
        cmocka_unit_test(cancelled_logs_are_no_success_and_the_container_runs_on),
        cmocka_unit_test(a_cancelled_exec_is_no_success),
        cmocka_unit_test(a_cancelled_build_is_no_success_and_leaves_nothing_running),
        cmocka_unit_test(compose_project_goes_up_and_down),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    client_free(client);
    return result;
}
