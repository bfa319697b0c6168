#include "runtime/engine.h"

#include <assert.h>
#include <string.h>

#include "runtime/limits.h"
#include "runtime/records/documents.h"
#include "runtime/records/fields.h"

static const char *const kind_names[] = {
    [ENGINE_DOCKER] = "docker",
    [ENGINE_PODMAN] = "podman",
    [ENGINE_NERDCTL] = "nerdctl",
};
static_assert(ARRAY_SIZE(kind_names) == ENGINE_NERDCTL + 1, "each kind has a name");

const char *engine_kind_name(enum engine_kind kind)
{
    return kind_names[kind];
}

bool engine_kind_by_name(const char *name, enum engine_kind *ret_kind)
{
    for (size_t i = 0; i < ARRAY_SIZE(kind_names); i++)
        if (strcmp(name, kind_names[i]) == 0) {
            *ret_kind = (enum engine_kind)i;
            return true;
        }
    return false;
}

static unsigned take_number(struct span *rest)
{
    unsigned number = 0;
    while (rest->len && rest->ptr[0] >= '0' && rest->ptr[0] <= '9' && number < 100000000) {
        number = number * 10 + (unsigned)(rest->ptr[0] - '0');
        *rest = span_of(rest->ptr + 1, rest->len - 1);
    }
    return number;
}

struct version_number version_parse(struct span text)
{
    unsigned parts[3] = {0};
    if (text.len && text.ptr[0] == 'v')
        text = span_of(text.ptr + 1, text.len - 1);
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        parts[i] = take_number(&text);
        if (text.len < 2 || text.ptr[0] != '.')
            break;
        text = span_of(text.ptr + 1, text.len - 1);
    }
    return (struct version_number){parts[0], parts[1], parts[2]};
}

int version_compare(struct version_number a, struct version_number b)
{
    if (a.major != b.major)
        return a.major < b.major ? -1 : 1;
    if (a.minor != b.minor)
        return a.minor < b.minor ? -1 : 1;
    return (a.patch > b.patch) - (a.patch < b.patch);
}

static struct version_number field_version(const json_t *record, const char *names)
{
    const json_t *value = field_find(record, names);
    return json_is_string(value) ? version_parse(span_of_text(json_string_value(value)))
                                 : (struct version_number){0};
}

/* The component that is the engine; docker and nerdctl list it beside containerd and runc.
 */
static const json_t *engine_component(const json_t *record)
{
    const json_t *components = field_find(record, "Server.Components");
    size_t i;
    json_t *row;
    json_array_foreach(components, i, row)
    {
        const json_t *name = field_find(row, "Name");
        if (json_is_string(name) && (strcmp(json_string_value(name), "Engine") == 0 ||
                                     strcmp(json_string_value(name), "Podman Engine") == 0))
            return row;
    }
    return json_array_get(components, 0);
}

static int read_version(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct engine_version *version = context;
    struct arena *arena = &version->arena;
    const json_t *engine = engine_component(record);
    version->client = field_text(arena, record, "Client.Version");
    version->server = field_text(arena, engine, "Version");
    if (!*version->server)
        version->server = field_text(arena, record, "Server.Version");
    version->reached = *version->server || version->kind == ENGINE_PODMAN;
    version->client_number = version_parse(span_of_text(version->client));
    version->server_number = version_parse(span_of_text(version->server));
    version->engine_api = field_version(engine, "Details.ApiVersion");
    if (version->kind == ENGINE_DOCKER)
        version->api = field_version(record, "Client.ApiVersion");
    version->context = field_text(arena, record, "Client.Context");
    version->os = field_text(arena, record, "Server.Os|Client.Os");
    version->architecture = field_text(arena, record, "Server.Arch|Client.Arch");
    return 0;
}

int engine_version_read(struct engine_version *version, enum engine_kind kind,
                        struct span output, struct error *err)
{
    *version = (struct engine_version){.kind = kind,
                                       .client = "",
                                       .server = "",
                                       .os = "",
                                       .architecture = "",
                                       .context = ""};
    if (documents_read(output, "version", read_version, version, err) < 0)
        return -1;
    if (!*version->client && !*version->server)
        return error_set(err, ERROR_ENGINE, "'%s' does not tell its version",
                         engine_kind_name(kind));
    return 0;
}

static bool tells_rootless(const json_t *record)
{
    size_t i;
    json_t *row;
    json_array_foreach(field_find(record, "SecurityOptions"), i, row)
    {
        if (json_is_string(row) && strstr(json_string_value(row), "rootless"))
            return true;
    }
    return field_bool(record, "host.security.rootless");
}

static int read_info(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct engine_info *info = context;
    struct arena *arena = &info->arena;
    info->name = field_text(arena, record, "Name|host.hostname");
    info->version = field_text(arena, record, "ServerVersion|version.Version");
    info->driver = field_text(arena, record, "Driver|store.graphDriverName");
    info->cgroup_version = field_text(arena, record, "CgroupVersion|host.cgroupVersion");
    info->cgroup_driver = field_text(arena, record, "CgroupDriver|host.cgroupManager");
    info->operating_system =
        field_text(arena, record, "OperatingSystem|host.distribution.distribution");
    info->kernel = field_text(arena, record, "KernelVersion|host.kernel");
    info->architecture = field_text(arena, record, "Architecture|host.arch");
    info->root = field_text(arena, record, "DockerRootDir|store.graphRoot");
    info->containers =
        field_int(record, "Containers|store.containerStore.number", VALUE_UNKNOWN);
    info->containers_running =
        field_int(record, "ContainersRunning|store.containerStore.running", VALUE_UNKNOWN);
    info->containers_paused =
        field_int(record, "ContainersPaused|store.containerStore.paused", VALUE_UNKNOWN);
    info->containers_stopped =
        field_int(record, "ContainersStopped|store.containerStore.stopped", VALUE_UNKNOWN);
    info->images = field_int(record, "Images|store.imageStore.number", VALUE_UNKNOWN);
    info->processors = field_int(record, "NCPU|host.cpus", VALUE_UNKNOWN);
    info->memory = field_int(record, "MemTotal|host.memTotal", VALUE_UNKNOWN);
    info->rootless = tells_rootless(record);
    info->errors = field_words(arena, record, "ServerErrors");
    return 0;
}

int engine_info_read(struct engine_info *info, struct span output, struct error *err)
{
    *info = (struct engine_info){0};
    if (documents_read(output, "info", read_info, info, err) < 0)
        return -1;
    return info->name
               ? 0
               : error_set(err, ERROR_ENGINE, "the engine tells nothing about itself");
}

void engine_version_release(struct engine_version *version)
{
    arena_release(&version->arena);
    *version = (struct engine_version){0};
}

void engine_info_release(struct engine_info *info)
{
    arena_release(&info->arena);
    *info = (struct engine_info){0};
}
