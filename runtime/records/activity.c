#include "runtime/activity.h"

#include <string.h>

#include "runtime/records/documents.h"
#include "runtime/records/fields.h"

/* "980KiB / 23.54GiB" of docker and podman; the podman of the API gives numbers of their
 * own. */
static void read_pair(const json_t *record, const char *names, int64_t *ret_first,
                      int64_t *ret_second)
{
    const json_t *value = field_find(record, names);
    struct span text =
        json_is_string(value) ? span_of_text(json_string_value(value)) : span_of_text("");
    size_pair_read(text, ret_first, ret_second);
}

static int read_stats(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct stats_list *list = context;
    struct arena *arena = &list->arena;
    list->items =
        memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    struct container_stats *stats = &list->items[list->count++];
    *stats = (struct container_stats){
        .id = field_text(arena, record, "ID|id|ContainerID"),
        .name = field_text(arena, record, "Name|name"),
        .cpu_percent = field_percent(record, "CPUPerc|cpu_percent|CPU"),
        .memory_percent = field_percent(record, "MemPerc|mem_percent|MemPerc"),
        .processes = field_int(record, "PIDs|PIDS|pids", VALUE_UNKNOWN),
    };
    read_pair(record, "MemUsage|mem_usage", &stats->memory_used, &stats->memory_limit);
    read_pair(record, "NetIO|net_io", &stats->network_received, &stats->network_sent);
    read_pair(record, "BlockIO|block_io", &stats->block_read, &stats->block_written);
    return 0;
}

int stats_list_read(struct stats_list *list, struct span output, struct error *err)
{
    return documents_read(output, "stats", read_stats, list, err);
}

void stats_list_release(struct stats_list *list)
{
    arena_release(&list->arena);
    free(list->items);
    *list = (struct stats_list){0};
}

struct event_reader {
    struct documents documents;
    event_visit *visit;
    void *context;
};

/* Actions carry text: "exec_create: /bin/sh -c true", "health_status: healthy". */
static void split_action(struct arena *arena, struct engine_event *event)
{
    const char *colon = strstr(event->action, ": ");
    event->detail = "";
    if (!colon)
        return;
    event->detail = colon + 2;
    event->action = arena_dup(arena, event->action, (size_t)(colon - event->action));
}

static const char *attribute(const struct labels *attributes, const char *key)
{
    const char *value = labels_get(attributes, key);
    return value ? value : "";
}

static int64_t exit_code_of(const json_t *record, const struct engine_event *event)
{
    int64_t code;
    const char *text = attribute(&event->attributes, "exitCode");
    if (!*text) /* podman has it beside */
        text = attribute(&event->attributes, "containerExitCode");
    if (*text && integer_read(span_of_text(text), &code))
        return code;
    return field_int(record, "ContainerExitCode", VALUE_UNKNOWN);
}

static int read_event(void *context, const json_t *record, struct error *err)
{
    struct event_reader *reader = context;
    struct arena arena = {0};
    struct engine_event event = {
        .type = field_text(&arena, record, "Type"),
        .action = field_text(&arena, record, "Action|Status|status"),
        .id = field_text(&arena, record, "Actor.ID|id|ID"),
        .time = field_time(record, "time|Time"),
        .nanoseconds = field_int(record, "timeNano|TimeNano", VALUE_UNKNOWN),
        .attributes = field_labels(&arena, record, "Actor.Attributes|Attributes"),
    };
    event.name = attribute(&event.attributes, "name");
    if (!*event.name)
        event.name = field_text(&arena, record, "Name");
    event.image = attribute(&event.attributes, "image");
    if (!*event.image)
        event.image = field_text(&arena, record, "from|Image");
    event.exit_code = exit_code_of(record, &event);
    split_action(&arena, &event);
    int result = reader->visit(reader->context, &event, err);
    arena_release(&arena);
    return result;
}

struct event_reader *event_reader_new(event_visit *visit, void *context)
{
    struct event_reader *reader = memory_alloc_zero(1, sizeof *reader);
    documents_start(&reader->documents, read_event, reader);
    reader->visit = visit;
    reader->context = context;
    return reader;
}

int event_reader_add(struct event_reader *reader, const void *bytes, size_t len,
                     struct error *err)
{
    return documents_add(&reader->documents, bytes, len, err);
}

int event_reader_finish(struct event_reader *reader, struct error *err)
{
    return documents_finish(&reader->documents, err);
}

void event_reader_free(struct event_reader *reader)
{
    if (!reader)
        return;
    documents_release(&reader->documents);
    free(reader);
}
