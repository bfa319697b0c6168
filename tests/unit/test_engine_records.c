/* What engines print, read into records: the shapes of docker, podman and nerdctl
 * (fixtures/engine). */
#include <stdio.h>
#include <string.h>

#include "core/file.h"
#include "runtime/activity.h"
#include "runtime/container_info.h"
#include "runtime/engine.h"
#include "runtime/image_info.h"
#include "runtime/limits.h"
#include "runtime/records/documents.h"
#include "runtime/records/fields.h"
#include "runtime/records/ports.h"
#include "runtime/resources.h"
#include "tests/support/check.h"

static struct strbuf fixture(const char *name)
{
    char path[512];
    struct strbuf text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    snprintf(path, sizeof path, "%s/engine/%s", FIXTURES, name);
    if (file_read(&text, path, 1 << 20, &error) < 0)
        fail_msg("%s", error.text);
    return text;
}

static void check(int result, struct error *error)
{
    if (result < 0)
        fail_msg("%s", error->text);
}

/* -- values -- */

static int remember(void *context, const json_t *object, struct error *err)
{
    (void)err;
    strbuf_addf(context, "%s;", json_string_value(json_object_get(object, "k")));
    return 0;
}

/* The values of `text`, read in pieces of `step` bytes, and how the reading ended. */
static void read_in_steps(struct span text, size_t step, struct strbuf *seen)
{
    struct documents documents;
    struct error error = ERROR_INIT;
    documents_start(&documents, remember, seen);
    int result = 0;
    for (size_t at = 0; at < text.len && result == 0; at += step)
        result = documents_add(&documents, text.ptr + at,
                               step < text.len - at ? step : text.len - at, &error);
    if (result == 0)
        result = documents_finish(&documents, &error);
    if (result < 0)
        strbuf_addf(seen, "! %s", error.text);
    error_release(&error);
    documents_release(&documents);
}

static void assert_values(const char *text, const char *expected)
{
    for (size_t step = 1; step <= strlen(text) + 1; step++) {
        cleanup_strbuf struct strbuf seen = STRBUF_INIT;
        read_in_steps(span_of_text(text), step, &seen);
        assert_string_equal(seen.buf, expected);
    }
}

static void array_lines_and_concatenation_are_the_same(void **state)
{
    (void)state;
    assert_values("[{\"k\":\"a\"},{\"k\":\"b\"}]", "a;b;");
    assert_values("{\"k\":\"a\"}\n{\"k\":\"b\"}\n", "a;b;");
    assert_values("{\n  \"k\": \"a\"\n}\n{\n  \"k\": \"b\"\n}", "a;b;");
    assert_values("{\"k\":\"a\"}{\"k\":\"b\"}", "a;b;");
    assert_values("[{\"k\":\"a\"}]\n[\n]\n[{\"k\":\"b\"}]", "a;b;");
    assert_values("\r\n[ {\"k\":\"} ] \\\" {\"} ]\r\n", "} ] \" {;");
}

static void empty_output_and_null_are_an_empty_list(void **state)
{
    (void)state;
    assert_values("", "");
    assert_values(" \n", "");
    assert_values("null\n", "");
    assert_values("null", "");
    assert_values("[]\n", "");
    assert_values("[null]", "");
}

static void elements_that_are_no_objects_are_passed_over(void **state)
{
    (void)state;
    assert_values("[1,\"x]\",{\"k\":\"a\"},[{\"k\":\"no\"}],true]", "a;");
}

static void clearing_the_screen_is_passed_over(void **state)
{
    (void)state;
    assert_values("\033[2J\033[H{\"k\":\"a\"}\n\033[2J\033[H{\"k\":\"b\"}\n", "a;b;");
}

static void lines_between_values_are_noise(void **state)
{
    (void)state;
    assert_values("WARNING: {old}\n{\"k\":\"a\"}\nnothing\n{\"k\":\"b\"}\n5\n", "a;b;");
}

static void noise_alone_is_an_error_that_shows_it(void **state)
{
    (void)state;
    assert_values("json\njson\n",
                  "! the engine answered 'json' where records were asked for");
    assert_values("nul", "! the engine answered 'nul' where records were asked for");
    assert_values("a\033]b\r\n",
                  "! the engine answered 'a\\x1b]b' where records were asked for");
}

static void cut_tail_is_an_error_after_what_was_whole(void **state)
{
    (void)state;
    assert_values("{\"k\":\"a\"}\n{\"k\":\"b",
                  "a;! the engine's answer is cut within record 2");
    assert_values("[{\"k\":\"a\"},", "a;! the engine's answer is cut after record 1");
    assert_values("[", "! the engine's answer is cut after record 0");
}

static void value_that_is_no_json_is_named(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf seen = STRBUF_INIT;
    read_in_steps(span_of_text("{\"k\":\"a\"}\n{k}\n"), 100, &seen);
    assert_memory_equal(seen.buf, "a;! value 2 of the engine's answer: not JSON: line 1",
                        52);
}

static void record_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf text = STRBUF_INIT, seen = STRBUF_INIT;
    strbuf_add_text(&text, "{\"k\":\"");
    strbuf_add_repeat(&text, 'x', ENGINE_RECORD_BYTES_MAX);
    read_in_steps(span_of(text.buf, text.len), 65536, &seen);
    assert_string_equal(seen.buf,
                        "! a record of the engine's answer is larger than 16777216 bytes");
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf text = STRBUF_INIT, seen = STRBUF_INIT;
    strbuf_add_text(&text, "{\"k\":");
    strbuf_add_repeat(&text, '[', 100);
    strbuf_add_repeat(&text, ']', 100);
    strbuf_add_text(&text, "}");
    read_in_steps(span_of(text.buf, text.len), 7, &seen);
    assert_non_null(strstr(seen.buf, "nests deeper than 64"));
}

/* -- fields -- */

static void times_are_read_in_all_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        {"2026-11-23T16:47:08Z", 1795452428},
        {"2026-11-23T16:47:08.123456789Z", 1795452428},
        {"2026-11-23T17:47:08.1+01:00", 1795452428},
        {"2026-11-23 16:47:08 +0000 UTC", 1795452428},
        {"2026-11-23 11:47:08.5 -0500 EST", 1795452428},
        {"2024-02-29T00:00:00Z", 1709164800},
        {"1970-01-01T00:00:00Z", 0},
    };
    int64_t seconds;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_true(time_read(span_of_text(rows[i].text), &seconds));
        assert_int_equal(seconds, rows[i].seconds);
    }
    static const char *const none[] = {
        "",           "0001-01-01T00:00:00Z", "25 seconds ago", "2026-13-01T00:00:00Z",
        "2026-11-23", "2026-11-23T16:47"};
    for (size_t i = 0; i < ARRAY_SIZE(none); i++)
        assert_false(time_read(span_of_text(none[i]), &seconds));
}

static void ports_are_read_from_text(void **state)
{
    (void)state;
    struct arena arena = {0};
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    const char *given = "127.0.0.1:18131->81/udp, :::18130->80/tcp, [::]:18130->80/tcp, "
                        "6379/tcp, 0.0.0.0:8000-8002->9000-9002/tcp";
    struct ports ports = ports_of_text(&arena, span_of_text(given));

    assert_int_equal(ports.count, 5);
    assert_string_equal(ports.items[1].host_ip, "::");
    assert_string_equal(ports.items[2].host_ip, "::");
    assert_int_equal(ports.items[3].host_port, 0);
    assert_int_equal(ports.items[4].count, 3);
    ports_describe(&ports, &text);
    assert_string_equal(text.buf, "127.0.0.1:18131->81/udp, [::]:18130->80/tcp, "
                                  "[::]:18130->80/tcp, 6379/tcp, "
                                  "0.0.0.0:8000-8002->9000-9002/tcp");
    arena_release(&arena);
}

static void ports_that_make_no_sense_are_left_out(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *given =
        "80, 70000/tcp, -1/tcp, a:b->80/tcp, 1-5->1-4/tcp, 9-8/tcp, ,/,->,:->1, "
        "0-65535/tcp, 443/sctp";
    struct ports ports = ports_of_text(&arena, span_of_text(given));
    assert_int_equal(ports.count, 2);
    assert_int_equal(ports.items[0].container_port, 80);
    assert_string_equal(ports.items[0].protocol, "tcp");
    assert_string_equal(ports.items[1].protocol, "sctp");
    arena_release(&arena);
}

static void lossy_labels_keep_commas_that_belong_to_a_value(void **state)
{
    (void)state;
    struct arena arena = {0};
    json_t *record = json_pack("{s:s}", "Labels", "a=b,c,role=web,empty=");
    struct labels labels = field_labels(&arena, record, "Labels");
    assert_int_equal(labels.count, 3);
    assert_string_equal(labels_get(&labels, "a"), "b,c");
    assert_string_equal(labels_get(&labels, "role"), "web");
    assert_string_equal(labels_get(&labels, "empty"), "");
    assert_null(labels_get(&labels, "c"));
    json_decref(record);
    arena_release(&arena);
}

static void fields_of_a_wrong_type_are_empty(void **state)
{
    (void)state;
    struct arena arena = {0};
    json_t *record =
        json_pack("{s:{},s:[],s:s,s:n}", "object", "array", "text", "x", "null");
    assert_string_equal(field_text(&arena, record, "object"), "");
    assert_string_equal(field_text(&arena, record, "array"), "");
    assert_string_equal(field_text(&arena, record, "null|absent|text"), "x");
    assert_string_equal(field_text(&arena, record, "text.more"), "");
    assert_int_equal(field_int(record, "text", -7), -7);
    assert_true(field_size(record, "object") == VALUE_UNKNOWN);
    assert_true(field_time(record, "text") == VALUE_UNKNOWN);
    assert_int_equal(field_words(&arena, record, "object").count, 0);
    assert_int_equal(field_labels(&arena, record, "array").count, 0);
    assert_false(field_bool(record, "text"));
    json_decref(record);
    arena_release(&arena);
}

/* -- containers -- */

static struct container_list containers_of(const char *name, bool inspected)
{
    struct container_list list = {0};
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf text = fixture(name);
    struct span output = span_of(text.buf, text.len);
    check(inspected ? container_list_read_inspect(&list, output, &error)
                    : container_list_read(&list, output, &error),
          &error);
    return list;
}

static void docker_ps_gives_containers(void **state)
{
    (void)state;
    struct container_list list = containers_of("docker-ps.ndjson", false);
    assert_int_equal(list.count, 2);

    const struct container_info *web = &list.items[0], *job = &list.items[1];
    assert_string_equal(web->name, "web");
    assert_string_equal(web->image, "example/tools:1");
    assert_string_equal(web->status, "Up About a minute (healthy)");
    assert_true(container_info_is_running(web));
    assert_int_equal(web->health, HEALTH_HEALTHY);
    assert_int_equal(web->ports.count, 4);
    assert_int_equal(web->created, 1795452339);
    assert_string_equal(labels_get(&web->labels, "role"), "web");
    assert_true(web->exit_code == VALUE_UNKNOWN);
    assert_int_equal(job->state, CONTAINER_EXITED);
    assert_int_equal(job->exit_code, 3);
    assert_int_equal(job->created, 1795452339);
    assert_false(container_info_is_running(job));
    assert_false(container_info_is_running(NULL));
    container_list_release(&list);
}

static void podman_ps_gives_the_same(void **state)
{
    (void)state;
    struct container_list list = containers_of("podman-ps.json", false);
    assert_int_equal(list.count, 1);
    const struct container_info *worker = &list.items[0];
    assert_string_equal(worker->name, "worker");
    assert_int_equal(worker->state, CONTAINER_RUNNING);
    assert_int_equal(worker->created, 1795452445);
    assert_true(worker->finished == VALUE_UNKNOWN);
    assert_int_equal(worker->ports.items[0].count, 3);
    assert_int_equal(worker->ports.items[0].host_port, 18098);
    assert_string_equal(labels_get(&worker->labels, "a"), "b,c");
    assert_string_equal(worker->command.items[2], "sleep 900");
    container_list_release(&list);
}

static void nerdctl_state_null_is_read_from_the_status(void **state)
{
    (void)state;
    struct container_list list = containers_of("nerdctl-ps.ndjson", false);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].state, CONTAINER_RUNNING);
    assert_string_equal(labels_get(&list.items[0].labels, "nerdctl/name"), "x");
    container_list_release(&list);
}

static void docker_inspect_tells_all(void **state)
{
    (void)state;
    struct container_list list = containers_of("docker-inspect.json", true);
    assert_int_equal(list.count, 3);

    const struct container_info *web = &list.items[0];
    assert_string_equal(web->name, "web");
    assert_string_equal(web->image, "example/tools:1");
    assert_int_equal(web->health, HEALTH_HEALTHY);
    assert_string_equal(labels_get(&web->labels, "a"), "b,c");
    assert_int_equal(web->ports.count, 2);
    assert_int_equal(web->ports.items[0].host_port, 18099);
    assert_int_equal(web->mount_count, 2);
    assert_string_equal(web->mounts[0].source, "data");
    assert_true(web->mounts[1].read_only);
    assert_string_equal(web->networks.items[0], "bridge");
    assert_int_equal(web->command.count, 3);
    assert_int_equal(web->pid, 77);

    const struct container_info *missing = &list.items[1];
    assert_int_equal(missing->state, CONTAINER_CREATED);
    assert_int_equal(missing->exit_code, 127);
    assert_non_null(strstr(missing->error, "executable file not found"));
    assert_true(missing->started == VALUE_UNKNOWN);

    const struct container_info *hungry = &list.items[2];
    assert_true(hungry->out_of_memory);
    assert_int_equal(hungry->exit_code, 137);
    container_list_release(&list);
}

static void podman_inspect_gives_the_same(void **state)
{
    (void)state;
    struct container_list list = containers_of("podman-inspect.json", true);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].name, "worker");
    assert_string_equal(list.items[0].image, "localhost/example/tools:1");
    assert_int_equal(list.items[0].health, HEALTH_STARTING);
    assert_int_equal(list.items[0].created, 1795452339);
    container_list_release(&list);
}

static void states_come_back_from_their_names(void **state)
{
    (void)state;
    for (int i = CONTAINER_UNKNOWN; i <= CONTAINER_DEAD; i++)
        assert_int_equal(
            container_state_by_name(container_state_name((enum container_state)i)), i);
    assert_int_equal(container_state_by_name("stopped"), CONTAINER_EXITED);
    assert_int_equal(container_state_by_name("?"), CONTAINER_UNKNOWN);
}

static void status_is_told_in_the_words_of_docker(void **state)
{
    (void)state;
    static const struct {
        enum container_state state;
        enum container_health health;
        int64_t ago;
        const char *text;
    } rows[] = {
        {CONTAINER_RUNNING, HEALTH_NONE, 0, "Up Less than a second"},
        {CONTAINER_RUNNING, HEALTH_NONE, 1, "Up 1 second"},
        {CONTAINER_RUNNING, HEALTH_HEALTHY, 59, "Up 59 seconds (healthy)"},
        {CONTAINER_RUNNING, HEALTH_STARTING, 60, "Up About a minute (health: starting)"},
        {CONTAINER_RUNNING, HEALTH_NONE, 7199, "Up About an hour"},
        {CONTAINER_PAUSED, HEALTH_NONE, 7200, "Up 2 hours (Paused)"},
        {CONTAINER_EXITED, HEALTH_NONE, 172800, "Exited (3) 2 days ago"},
        {CONTAINER_EXITED, HEALTH_NONE, 86400 * 15, "Exited (3) 2 weeks ago"},
        {CONTAINER_EXITED, HEALTH_NONE, 86400 * 800, "Exited (3) 2 years ago"},
        {CONTAINER_CREATED, HEALTH_NONE, 5, "Created"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        struct container_info container = {.state = rows[i].state,
                                           .health = rows[i].health,
                                           .status = "",
                                           .started = 1000000000 - rows[i].ago,
                                           .finished = 1000000000 - rows[i].ago,
                                           .exit_code = 3};
        container_status_describe(&container, 1000000000, &text);
        assert_string_equal(text.buf, rows[i].text);
    }
}

/* -- images -- */

static struct image_list images_of(const char *name)
{
    struct image_list list = {0};
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf text = fixture(name);
    check(image_list_read(&list, span_of(text.buf, text.len), &error), &error);
    return list;
}

static void assert_full_name(const struct image_info *image, const char *expected)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    image_info_full_name(image, &name);
    assert_string_equal(name.buf, expected);
}

static void docker_images_gives_a_row_for_each_name(void **state)
{
    (void)state;
    struct image_list list = images_of("docker-images.ndjson");
    assert_int_equal(list.count, 3);
    assert_full_name(&list.items[0], "example/tools:1");
    assert_full_name(&list.items[1], "127.0.0.1:15000/example/tools:latest");
    assert_full_name(&list.items[2], list.items[2].id);
    assert_int_equal(list.items[0].size, 1980000);
    assert_true(list.items[0].size_rounded);
    assert_string_equal(list.items[0].digest, "");
    image_list_release(&list);
}

static void inspect_makes_sizes_and_times_exact(void **state)
{
    (void)state;
    struct image_list list = images_of("docker-images.ndjson");
    struct image_details_list details = {0};
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf text = fixture("docker-image-inspect.json");
    check(image_details_read(&details, span_of(text.buf, text.len), &error), &error);

    image_list_refine(&list, &details);

    assert_int_equal(list.items[1].size, 1984172);
    assert_false(list.items[1].size_rounded);
    assert_true(list.items[2].size_rounded);
    assert_string_equal(details.items[0].architecture, "amd64");
    assert_string_equal(details.items[0].exposed_ports.items[0], "80/tcp");
    assert_int_equal(details.items[0].entrypoint.count, 0);
    assert_string_equal(details.items[0].command.items[0], "/bin/sh");
    image_details_list_release(&details);
    image_list_release(&list);
}

static void podman_images_gives_the_same(void **state)
{
    (void)state;
    struct image_list list = images_of("podman-images.json");
    assert_int_equal(list.count, 3);
    assert_full_name(&list.items[0], "localhost/example/tools:1");
    assert_full_name(&list.items[1], "127.0.0.1:15000/example/tools:latest");
    assert_string_equal(list.items[2].repository, "<none>");
    assert_int_equal(list.items[0].size, 2131052);
    assert_false(list.items[0].size_rounded);
    image_list_release(&list);
}

static void repository_may_hold_a_port(void **state)
{
    (void)state;
    struct image_list list = {0};
    struct error error = ERROR_INIT;
    check(image_list_read(
              &list, span_of_text("[{\"Id\":\"i\",\"Names\":[\"host:5000/a\"]}]"), &error),
          &error);
    assert_string_equal(list.items[0].repository, "host:5000/a");
    assert_full_name(&list.items[0], "host:5000/a");
    image_list_release(&list);
}

/* -- the rest -- */

static void versions_tell_the_engine_and_what_it_speaks(void **state)
{
    (void)state;
    struct engine_version version;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf up = fixture("docker-version.json"),
                                 down = fixture("docker-version-down.json"),
                                 podman = fixture("podman-version.json");

    check(engine_version_read(&version, ENGINE_DOCKER, span_of(up.buf, up.len), &error),
          &error);
    assert_string_equal(version.server, "20.10.24+dfsg1");
    assert_int_equal(version.server_number.major, 20);
    assert_int_equal(version.server_number.patch, 24);
    assert_int_equal(version.api.minor, 41);
    assert_true(version.reached);
    engine_version_release(&version);

    check(engine_version_read(&version, ENGINE_DOCKER, span_of(down.buf, down.len), &error),
          &error);
    assert_false(version.reached);
    assert_string_equal(version.client, "28.2.2");
    engine_version_release(&version);

    check(engine_version_read(&version, ENGINE_PODMAN, span_of(podman.buf, podman.len),
                              &error),
          &error);
    assert_true(version.reached);
    assert_int_equal(version.client_number.major, 4);
    assert_false(version_is_known(version.api));
    engine_version_release(&version);
}

static void version_numbers_are_compared_as_numbers(void **state)
{
    (void)state;
    assert_true(version_compare(version_parse(span_of_text("1.9")),
                                version_parse(span_of_text("1.41"))) < 0);
    assert_true(version_compare(version_parse(span_of_text("v2.26.1-4")),
                                version_parse(span_of_text("2.26.1"))) == 0);
    assert_true(version_compare(version_parse(span_of_text("5.0")),
                                version_parse(span_of_text("2.40.9"))) > 0);
    assert_false(version_is_known(version_parse(span_of_text("dev"))));
}

static void info_of_both_engines_is_the_same_record(void **state)
{
    (void)state;
    static const char *const names[] = {"docker-info.json", "podman-info.json"};
    for (size_t i = 0; i < 2; i++) {
        struct engine_info info;
        struct error error = ERROR_INIT;
        cleanup_strbuf struct strbuf text = fixture(names[i]);
        check(engine_info_read(&info, span_of(text.buf, text.len), &error), &error);
        assert_string_equal(info.name, "host");
        assert_int_equal(info.containers_running, 1);
        assert_int_equal(info.images, 4);
        assert_int_equal(info.processors, 2);
        assert_int_equal(info.rootless, i == 1);
        engine_info_release(&info);
    }
}

static int describe_event(void *context, const struct engine_event *event,
                          struct error *err)
{
    (void)err;
    strbuf_addf(context, "%s %s '%s' %s %s", event->type, event->action, event->detail,
                event->name, event->image);
    if (event->exit_code != VALUE_UNKNOWN)
        strbuf_addf(context, " code %d", (int)event->exit_code);
    strbuf_add_char(context, '\n');
    return 0;
}

static void events_tell_what_happened_to_whom(void **state)
{
    (void)state;
    static const struct {
        const char *name, *expected;
    } rows[] = {
        {"docker-events.ndjson", "container die '' ev example/tools:1 code 4\n"
                                 "container health_status 'healthy' ev example/tools:1\n"
                                 "network connect '' bridge \n"},
        {"podman-events.ndjson", "container died '' pe localhost/example/tools:1 code 9\n"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_strbuf struct strbuf seen = STRBUF_INIT, text = fixture(rows[i].name);
        struct error error = ERROR_INIT;
        struct event_reader *reader = event_reader_new(describe_event, &seen);
        for (size_t at = 0; at < text.len; at++)
            check(event_reader_add(reader, text.buf + at, 1, &error), &error);
        check(event_reader_finish(reader, &error), &error);
        assert_string_equal(seen.buf, rows[i].expected);
        event_reader_free(reader);
    }
}

static void stats_are_numbers(void **state)
{
    (void)state;
    struct stats_list list = {0};
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf docker = fixture("docker-stats.ndjson"),
                                 podman = fixture("podman-stats.json");
    check(stats_list_read(&list, span_of(docker.buf, docker.len), &error), &error);
    check(stats_list_read(&list, span_of(podman.buf, podman.len), &error), &error);
    assert_int_equal(list.count, 2);
    assert_float_equal(list.items[0].cpu_percent, 0.15, 0.0001);
    assert_int_equal(list.items[0].memory_used, 980 * 1024);
    assert_int_equal(list.items[0].network_received, 1020);
    assert_int_equal(list.items[0].block_written, 4100);
    assert_int_equal(list.items[0].processes, 2);
    assert_int_equal(list.items[1].memory_used, 94210);
    assert_true(list.items[1].block_read == VALUE_UNKNOWN);
    assert_string_equal(list.items[1].name, "worker");
    stats_list_release(&list);
}

static void networks_volumes_and_disk_usage_are_read(void **state)
{
    (void)state;
    struct network_list networks = {0};
    struct volume_list volumes = {0};
    struct disk_usage_list usage = {0};
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf n1 = fixture("docker-networks.ndjson"),
                                 n2 = fixture("podman-networks.json"),
                                 v1 = fixture("docker-volumes.ndjson"),
                                 v2 = fixture("docker-volume-inspect.json"),
                                 d1 = fixture("docker-df.ndjson"),
                                 d2 = fixture("podman-df.ndjson");
    check(network_list_read(&networks, span_of(n1.buf, n1.len), &error), &error);
    check(network_list_read(&networks, span_of(n2.buf, n2.len), &error), &error);
    check(volume_list_read(&volumes, span_of(v1.buf, v1.len), &error), &error);
    check(volume_list_read(&volumes, span_of(v2.buf, v2.len), &error), &error);
    check(disk_usage_read(&usage, span_of(d1.buf, d1.len), &error), &error);
    check(disk_usage_read(&usage, span_of(d2.buf, d2.len), &error), &error);

    assert_string_equal(networks.items[0].name, "bridge");
    assert_false(networks.items[0].internal);
    assert_true(networks.items[1].internal);
    assert_string_equal(networks.items[1].subnets.items[0], "10.88.0.0/16");
    assert_string_equal(volumes.items[0].name, "data");
    assert_true(volumes.items[0].size == VALUE_UNKNOWN);
    assert_string_equal(labels_get(&volumes.items[1].labels, "x"), "1,2");
    assert_int_equal(usage.items[0].reclaimable, 1725000000);
    assert_true(usage.items[0].rounded);
    assert_int_equal(usage.items[2].size, 2131052);
    assert_false(usage.items[2].rounded);
    network_list_release(&networks);
    volume_list_release(&volumes);
    disk_usage_list_release(&usage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(array_lines_and_concatenation_are_the_same),
        cmocka_unit_test(empty_output_and_null_are_an_empty_list),
        cmocka_unit_test(elements_that_are_no_objects_are_passed_over),
        cmocka_unit_test(clearing_the_screen_is_passed_over),
        cmocka_unit_test(lines_between_values_are_noise),
        cmocka_unit_test(noise_alone_is_an_error_that_shows_it),
        cmocka_unit_test(cut_tail_is_an_error_after_what_was_whole),
        cmocka_unit_test(value_that_is_no_json_is_named),
        cmocka_unit_test(record_beyond_the_limit_is_refused),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(times_are_read_in_all_spellings),
        cmocka_unit_test(ports_are_read_from_text),
        cmocka_unit_test(ports_that_make_no_sense_are_left_out),
        cmocka_unit_test(lossy_labels_keep_commas_that_belong_to_a_value),
        cmocka_unit_test(fields_of_a_wrong_type_are_empty),
        cmocka_unit_test(docker_ps_gives_containers),
        cmocka_unit_test(podman_ps_gives_the_same),
        cmocka_unit_test(nerdctl_state_null_is_read_from_the_status),
        cmocka_unit_test(docker_inspect_tells_all),
        cmocka_unit_test(podman_inspect_gives_the_same),
        cmocka_unit_test(states_come_back_from_their_names),
        cmocka_unit_test(status_is_told_in_the_words_of_docker),
        cmocka_unit_test(docker_images_gives_a_row_for_each_name),
        cmocka_unit_test(inspect_makes_sizes_and_times_exact),
        cmocka_unit_test(podman_images_gives_the_same),
        cmocka_unit_test(repository_may_hold_a_port),
        cmocka_unit_test(versions_tell_the_engine_and_what_it_speaks),
        cmocka_unit_test(version_numbers_are_compared_as_numbers),
        cmocka_unit_test(info_of_both_engines_is_the_same_record),
        cmocka_unit_test(events_tell_what_happened_to_whom),
        cmocka_unit_test(stats_are_numbers),
        cmocka_unit_test(networks_volumes_and_disk_usage_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
