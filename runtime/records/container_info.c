#include "runtime/container_info.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "runtime/limits.h"
#include "runtime/records/documents.h"
#include "runtime/records/fields.h"
#include "runtime/records/ports.h"

static const char *const state_names[] = {
    [CONTAINER_UNKNOWN] = "unknown",       [CONTAINER_CREATED] = "created",
    [CONTAINER_RUNNING] = "running",       [CONTAINER_PAUSED] = "paused",
    [CONTAINER_RESTARTING] = "restarting", [CONTAINER_REMOVING] = "removing",
    [CONTAINER_EXITED] = "exited",         [CONTAINER_DEAD] = "dead",
};
static_assert(ARRAY_SIZE(state_names) == CONTAINER_DEAD + 1, "each state has a name");

const char *container_state_name(enum container_state state)
{
    return state_names[state];
}

enum container_state container_state_by_name(const char *name)
{
    static const struct {
        const char *name;
        enum container_state state;
    } of_podman[] = {
        {"configured", CONTAINER_CREATED}, {"initialized", CONTAINER_CREATED},
        {"stopping", CONTAINER_RUNNING},   {"stopped", CONTAINER_EXITED},
        {"up", CONTAINER_RUNNING},
    };
    for (size_t i = 0; i < ARRAY_SIZE(state_names); i++)
        if (strcasecmp(name, state_names[i]) == 0)
            return (enum container_state)i;
    for (size_t i = 0; i < ARRAY_SIZE(of_podman); i++)
        if (strcasecmp(name, of_podman[i].name) == 0)
            return of_podman[i].state;
    return CONTAINER_UNKNOWN;
}

static const char *const health_names[] = {
    [HEALTH_NONE] = "",
    [HEALTH_STARTING] = "starting",
    [HEALTH_HEALTHY] = "healthy",
    [HEALTH_UNHEALTHY] = "unhealthy",
};
static_assert(ARRAY_SIZE(health_names) == HEALTH_UNHEALTHY + 1, "each health has a name");

const char *container_health_name(enum container_health health)
{
    return health_names[health];
}

static enum container_health health_by_name(const char *name)
{
    for (size_t i = 1; i < ARRAY_SIZE(health_names); i++)
        if (strcasecmp(name, health_names[i]) == 0)
            return (enum container_health)i;
    return HEALTH_NONE;
}

static struct container_info *add(struct container_list *list)
{
    list->items =
        memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    return &list->items[list->count++];
}

static const char *without_slash(const char *name)
{
    return *name == '/' ? name + 1 : name;
}

/* "a,b": the first, unless it is the alias of a link, "other/a". */
static const char *first_name(struct arena *arena, const json_t *record)
{
    const char *names = without_slash(field_text(arena, record, "Names|Name"));
    size_t len = strcspn(names, ",");
    return names[len] ? arena_dup(arena, names, len) : names;
}

/* "Up 8 seconds (healthy)", "(health: starting)": all that ps of docker tells before its
 * version 29. */
static enum container_health health_in(const char *status)
{
    if (strstr(status, "(healthy)"))
        return HEALTH_HEALTHY;
    if (strstr(status, "(unhealthy)"))
        return HEALTH_UNHEALTHY;
    return strstr(status, "(health: starting)") ? HEALTH_STARTING : HEALTH_NONE;
}

/* nerdctl has no state for some; "Up", "Exited (3) ...", "Created" begin with it. */
static enum container_state state_in(const char *status)
{
    char word[16];
    size_t len = strcspn(status, " ");
    if (len >= sizeof word)
        return CONTAINER_UNKNOWN;
    memcpy(word, status, len);
    word[len] = '\0';
    if (strstr(status, "(Paused)"))
        return CONTAINER_PAUSED;
    return container_state_by_name(word);
}

static int64_t exit_code_in(const char *status)
{
    int64_t code;
    if (strncmp(status, "Exited (", 8) != 0)
        return VALUE_UNKNOWN;
    return integer_read(span_of(status + 8, strcspn(status + 8, ")")), &code)
               ? code
               : VALUE_UNKNOWN;
}

static struct ports ports_of_row(struct arena *arena, const json_t *record)
{
    const json_t *ports = field_find(record, "Ports");
    if (json_is_array(ports))
        return ports_of_array(arena, ports);
    return json_is_string(ports)
               ? ports_of_text(arena, span_of_text(json_string_value(ports)))
               : (struct ports){0};
}

static int read_row(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct container_list *list = context;
    struct arena *arena = &list->arena;
    struct container_info *container = add(list);
    *container = (struct container_info){
        .id = field_text(arena, record, "ID|Id"),
        .name = first_name(arena, record),
        .image = field_text(arena, record, "Image"),
        .image_id = field_text(arena, record, "ImageID"),
        .status = field_text(arena, record, "Status"),
        .state = container_state_by_name(field_text(arena, record, "State")),
        .ports = ports_of_row(arena, record),
        .created = field_time(record, "Created|CreatedAt"),
        .started = field_time(record, "StartedAt"),
        .finished = field_time(record, "ExitedAt"),
        .command = field_words(arena, record, "Command"),
        .networks = field_words(arena, record, "Networks"),
        .labels = field_labels(arena, record, "Labels"),
        .pid = field_int(record, "Pid", 0),
        .error = "",
    };
    container->health = health_by_name(field_text(arena, record, "HealthStatus|Health"));
    if (container->health == HEALTH_NONE)
        container->health = health_in(container->status);
    if (container->state == CONTAINER_UNKNOWN)
        container->state = state_in(container->status);
    if (!*container->status)
        container->status = container_state_name(container->state);
    container->exit_code =
        container->state == CONTAINER_EXITED
            ? field_int(record, "ExitCode", exit_code_in(container->status))
            : VALUE_UNKNOWN;
    return 0;
}

int container_list_read(struct container_list *list, struct span output, struct error *err)
{
    return documents_read(output, "containers", read_row, list, err);
}

static void read_mounts(struct arena *arena, const json_t *record,
                        struct container_info *container)
{
    const json_t *mounts = field_find(record, "Mounts");
    size_t count = json_is_array(mounts) ? json_array_size(mounts) : 0;
    if (!count || count > ENGINE_ITEMS_MAX)
        return;
    struct mount_info *items = arena_alloc(arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const json_t *mount = json_array_get(mounts, i);
        const char *name = field_text(arena, mount, "Name");
        items[i] = (struct mount_info){
            .type = field_text(arena, mount, "Type"),
            .source = *name ? name : field_text(arena, mount, "Source"),
            .target = field_text(arena, mount, "Destination|Target"),
            .read_only = field_find(mount, "RW") && !field_bool(mount, "RW"),
        };
    }
    container->mounts = items;
    container->mount_count = count;
}

static struct words network_names(struct arena *arena, const json_t *record)
{
    const json_t *networks = field_find(record, "NetworkSettings.Networks");
    size_t count = json_object_size(networks), i = 0;
    if (!count || count > ENGINE_ITEMS_MAX)
        return (struct words){0};
    const char **items = arena_alloc(arena, count * sizeof *items);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)networks, key, value)
    {
        items[i++] = arena_dup_text(arena, key);
    }
    return (struct words){.items = items, .count = count};
}

/* Path and Args are what runs, entrypoint and command together. */
static struct words whole_command(struct arena *arena, const json_t *record)
{
    struct words arguments = field_words(arena, record, "Args");
    const char *path = field_text(arena, record, "Path");
    if (!*path)
        return field_words(arena, record, "Config.Cmd");
    const char **items = arena_alloc(arena, (arguments.count + 1) * sizeof *items);
    items[0] = path;
    for (size_t i = 0; i < arguments.count; i++)
        items[i + 1] = arguments.items[i];
    return (struct words){.items = items, .count = arguments.count + 1};
}

static bool has_ended(enum container_state state)
{
    return state == CONTAINER_EXITED || state == CONTAINER_DEAD ||
           state == CONTAINER_RESTARTING || state == CONTAINER_REMOVING;
}

static int read_inspected(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct container_list *list = context;
    struct arena *arena = &list->arena;
    struct container_info *container = add(list);
    *container = (struct container_info){
        .id = field_text(arena, record, "Id|ID"),
        .name = without_slash(field_text(arena, record, "Name")),
        /* podman has the id under Image and the name beside it, docker the name in Config
         */
        .image = field_text(arena, record, "ImageName|Config.Image|Image"),
        .image_id = field_text(arena, record, "Image"),
        .state = container_state_by_name(field_text(arena, record, "State.Status")),
        .health = health_by_name(
            field_text(arena, record, "State.Health.Status|State.Healthcheck.Status")),
        .ports = ports_of_inspect(arena, field_find(record, "NetworkSettings.Ports")),
        .created = field_time(record, "Created"),
        .started = field_time(record, "State.StartedAt"),
        .finished = field_time(record, "State.FinishedAt"),
        .command = whole_command(arena, record),
        .networks = network_names(arena, record),
        .labels = field_labels(arena, record, "Config.Labels"),
        .pid = field_int(record, "State.Pid", 0),
        .out_of_memory = field_bool(record, "State.OOMKilled"),
        .error = field_text(arena, record, "State.Error"),
    };
    container->status = container_state_name(container->state);
    /* a container that could not be started stays created and has its code, 127, all the
     * same */
    bool failed_start = container->state == CONTAINER_CREATED && *container->error;
    container->exit_code = has_ended(container->state) || failed_start
                               ? field_int(record, "State.ExitCode", VALUE_UNKNOWN)
                               : VALUE_UNKNOWN;
    read_mounts(arena, record, container);
    return 0;
}

int container_list_read_inspect(struct container_list *list, struct span output,
                                struct error *err)
{
    return documents_read(output, "container", read_inspected, list, err);
}

void container_list_release(struct container_list *list)
{
    arena_release(&list->arena);
    free(list->items);
    *list = (struct container_list){0};
}

/* docker's words for a span of time. */
static void describe_span(int64_t seconds, struct strbuf *text)
{
    static const struct {
        int64_t below, unit;
        const char *name;
    } rows[] = {
        {60, 1, "seconds"},
        {3600, 60, "minutes"},
        {48 * 3600, 3600, "hours"},
        {14 * 86400, 86400, "days"},
        {60 * 86400, 604800, "weeks"},
        {730 * 86400, 30 * 86400, "months"},
        {INT64_MAX, 365 * 86400, "years"},
    };
    if (seconds < 1) {
        strbuf_add_text(text, "Less than a second");
        return;
    }
    if (seconds == 1 || (seconds >= 60 && seconds < 120) ||
        (seconds >= 3600 && seconds < 7200)) {
        strbuf_add_text(text, seconds == 1    ? "1 second"
                              : seconds < 120 ? "About a minute"
                                              : "About an hour");
        return;
    }
    size_t i = 0;
    while (seconds >= rows[i].below)
        i++;
    strbuf_addf(text, "%" PRId64 " %s", seconds / rows[i].unit, rows[i].name);
}

static void describe_since(int64_t then, int64_t now, const char *after,
                           struct strbuf *text)
{
    if (then == VALUE_UNKNOWN)
        return;
    strbuf_add_char(text, ' ');
    describe_span(now > then ? now - then : 0, text);
    strbuf_add_text(text, after);
}

void container_status_describe(const struct container_info *container, int64_t now,
                               struct strbuf *text)
{
    switch (container->state) {
    case CONTAINER_RUNNING:
    case CONTAINER_PAUSED:
        strbuf_add_text(text, "Up");
        describe_since(container->started, now, "", text);
        if (container->state == CONTAINER_PAUSED)
            strbuf_add_text(text, " (Paused)");
        else if (container->health == HEALTH_STARTING)
            strbuf_add_text(text, " (health: starting)");
        else if (container->health != HEALTH_NONE)
            strbuf_addf(text, " (%s)", container_health_name(container->health));
        return;
    case CONTAINER_EXITED:
    case CONTAINER_RESTARTING:
        strbuf_add_text(text,
                        container->state == CONTAINER_EXITED ? "Exited" : "Restarting");
        if (container->exit_code != VALUE_UNKNOWN)
            strbuf_addf(text, " (%" PRId64 ")", container->exit_code);
        describe_since(container->finished, now, " ago", text);
        return;
    case CONTAINER_CREATED:
        strbuf_add_text(text, "Created");
        return;
    case CONTAINER_REMOVING:
        strbuf_add_text(text, "Removal In Progress");
        return;
    case CONTAINER_DEAD:
        strbuf_add_text(text, "Dead");
        return;
    case CONTAINER_UNKNOWN:
    default:
        strbuf_add_text(text, container->status);
    }
}
