/* What engines print, and what people write for them. The first byte says what the rest is.
 * Whatever it is, a reader ends with records or with an error that says what failed, and
 * the framing of values does not depend on how the output was cut. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/activity.h"
#include "runtime/config.h"
#include "runtime/container_info.h"
#include "runtime/engine.h"
#include "runtime/image_info.h"
#include "runtime/outcome.h"
#include "runtime/progress.h"
#include "runtime/records/documents.h"
#include "runtime/records/fields.h"
#include "runtime/records/ports.h"
#include "runtime/resources.h"
#include "tests/fuzz/fuzz.h"

static void refuse(const char *what)
{
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_result(int result, struct error *error)
{
    if (result == 0 && error->code != ERROR_NONE)
        refuse("success with an error");
    if (result < 0 &&
        (error->code == ERROR_NONE || error->code == ERROR_INTERNAL || !error->text))
        refuse("failure without an error of its own");
    error_release(error);
}

static void use_containers(const struct container_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        cleanup_outcome struct outcome outcome = OUTCOME_INIT;
        container_status_describe(&list->items[i], 1795452428, &text);
        ports_describe(&list->items[i].ports, &text);
        outcome_of_container(&outcome, &list->items[i]);
        if (outcome_exit_status(&outcome) < 0 || outcome_exit_status(&outcome) > 255)
            refuse("an exit status that is none");
    }
}

static void fuzz_records(struct span text)
{
    struct error error = ERROR_INIT;
    struct container_list rows = {0}, inspected = {0};
    struct image_list images = {0};
    struct image_details_list details = {0};
    struct network_list networks = {0};
    struct volume_list volumes = {0};
    struct disk_usage_list usage = {0};
    struct stats_list stats = {0};
    struct engine_version version;
    struct engine_info info;
    check_result(container_list_read(&rows, text, &error), &error);
    check_result(container_list_read_inspect(&inspected, text, &error), &error);
    check_result(image_list_read(&images, text, &error), &error);
    check_result(image_details_read(&details, text, &error), &error);
    check_result(network_list_read(&networks, text, &error), &error);
    check_result(volume_list_read(&volumes, text, &error), &error);
    check_result(disk_usage_read(&usage, text, &error), &error);
    check_result(stats_list_read(&stats, text, &error), &error);
    check_result(engine_version_read(&version, ENGINE_DOCKER, text, &error), &error);
    check_result(engine_info_read(&info, text, &error), &error);
    use_containers(&rows);
    use_containers(&inspected);
    image_list_refine(&images, &details);
    for (size_t i = 0; i < images.count; i++) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        image_info_full_name(&images.items[i], &name);
    }
    container_list_release(&rows);
    container_list_release(&inspected);
    image_list_release(&images);
    image_details_list_release(&details);
    network_list_release(&networks);
    volume_list_release(&volumes);
    disk_usage_list_release(&usage);
    stats_list_release(&stats);
    engine_version_release(&version);
    engine_info_release(&info);
}

static int remember(void *context, const json_t *object, struct error *err)
{
    (void)err;
    char *text = json_dumps(object, JSON_COMPACT | JSON_ENCODE_ANY);
    strbuf_add_text(context, text ? text : "?");
    strbuf_add_char(context, '\n');
    free(text);
    return 0;
}

static void frame(struct span text, size_t step, struct strbuf *seen)
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
    strbuf_add_text(seen, result < 0 && error.text ? error.text : "");
    check_result(result, &error);
    documents_release(&documents);
}

static void fuzz_framing(struct span text)
{
    cleanup_strbuf struct strbuf whole = STRBUF_INIT, pieces = STRBUF_INIT;
    frame(text, text.len ? text.len : 1, &whole);
    frame(text, 3, &pieces);
    if (whole.len != pieces.len || memcmp(whole.buf, pieces.buf, whole.len) != 0)
        refuse("records that depend on how the output was cut");
}

static int see_event(void *context, const struct build_event *event, struct error *err)
{
    (void)err;
    strbuf_addf(context, "%d %zu:", (int)event->kind,
                event->step ? event->step->index : (size_t)99999);
    strbuf_add(context, event->text.ptr, event->text.len);
    return 0;
}

static void read_progress(enum progress_dialect dialect, struct span text, size_t step,
                          struct strbuf *seen)
{
    struct error error = ERROR_INIT;
    struct progress *progress = progress_new(dialect, see_event, seen);
    int result = 0;
    for (size_t at = 0; at < text.len && result == 0; at += step)
        result = progress_add(progress, text.ptr + at,
                              step < text.len - at ? step : text.len - at, &error);
    if (result == 0)
        result = progress_finish(progress, &error);
    check_result(result, &error);
    progress_free(progress);
}

static void fuzz_progress(enum progress_dialect dialect, struct span text)
{
    cleanup_strbuf struct strbuf whole = STRBUF_INIT, pieces = STRBUF_INIT;
    read_progress(dialect, text, text.len ? text.len : 1, &whole);
    read_progress(dialect, text, 5, &pieces);
    if (whole.len != pieces.len || memcmp(whole.buf, pieces.buf, whole.len) != 0)
        refuse("events that depend on how the output was cut");
}

static int see_engine_event(void *context, const struct engine_event *event,
                            struct error *err)
{
    (void)err;
    *(size_t *)context +=
        strlen(event->action) + strlen(event->detail) + strlen(event->name);
    return 0;
}

static void fuzz_events(struct span text)
{
    size_t count = 0;
    struct error error = ERROR_INIT;
    struct event_reader *reader = event_reader_new(see_engine_event, &count);
    int result = event_reader_add(reader, text.ptr, text.len, &error);
    check_result(result < 0 ? result : event_reader_finish(reader, &error), &error);
    event_reader_free(reader);
}

/* What was read and written again is read as the same. */
static void fuzz_spellings(struct span given)
{
    cleanup_free char *text = memory_dup_bytes(given.ptr, given.len);
    struct error error = ERROR_INIT;
    struct port_config port, port_again;
    struct mount_config mount, mount_again;
    struct restart_policy policy;
    struct ulimit_config ulimit;
    int64_t number;
    int result = port_config_parse(&port, text, &error);
    check_result(result, &error);
    if (result == 0) {
        cleanup_strbuf struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
        port_config_describe(&port, &once);
        if (port_config_parse(&port_again, once.buf, &error) < 0)
            refuse("a port that does not come back");
        port_config_describe(&port_again, &twice);
        if (strcmp(once.buf, twice.buf) != 0)
            refuse("a port that comes back as another");
        port_config_release(&port_again);
        port_config_release(&port);
    }
    result = mount_config_parse(&mount, text, &error);
    check_result(result, &error);
    if (result == 0) {
        cleanup_strbuf struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
        mount_config_describe(&mount, &once);
        if (mount_config_parse(&mount_again, once.buf, &error) < 0)
            refuse("a mount that does not come back");
        mount_config_describe(&mount_again, &twice);
        if (strcmp(once.buf, twice.buf) != 0)
            refuse("a mount that comes back as another");
        mount_config_release(&mount_again);
        mount_config_release(&mount);
    }
    result = volume_config_parse(&mount, text, &error);
    check_result(result, &error);
    if (result == 0)
        mount_config_release(&mount);
    check_result(restart_policy_parse(&policy, text, &error), &error);
    result = ulimit_config_parse(&ulimit, text, &error);
    check_result(result, &error);
    if (result == 0)
        ulimit_config_release(&ulimit);
    check_result(memory_size_parse(&number, text, &error), &error);
    check_result(timespan_parse(&number, text, &error), &error);
    outcome_of_words(given);
    version_parse(given);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct span text = span_of(data + 1, size - 1);
    switch (data[0] % 7) {
    case 0:
        fuzz_records(text);
        break;
    case 1:
        fuzz_framing(text);
        break;
    case 2:
        fuzz_events(text);
        break;
    case 3:
        fuzz_spellings(text);
        break;
    case 4:
        fuzz_progress(PROGRESS_RAWJSON, text);
        break;
    case 5:
        fuzz_progress(PROGRESS_PLAIN, text);
        break;
    default:
        fuzz_progress(PROGRESS_LEGACY, text);
    }
    return 0;
}
