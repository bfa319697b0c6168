#include "runtime/resources.h"

#include "runtime/limits.h"
#include "runtime/records/documents.h"
#include "runtime/records/fields.h"

/* IPAM.Config of docker, subnets of podman: an array of objects with a subnet each. */
static struct words subnets_of(struct arena *arena, const json_t *record)
{
    const json_t *rows = field_find(record, "IPAM.Config|subnets");
    size_t count = json_is_array(rows) ? json_array_size(rows) : 0;
    if (!count || count > ENGINE_ITEMS_MAX)
        return (struct words){0};
    const char **items = arena_alloc(arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = field_text(arena, json_array_get(rows, i), "Subnet|subnet");
    return (struct words){.items = items, .count = count};
}

static int read_network(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct network_list *list = context;
    struct arena *arena = &list->arena;
    list->items =
        memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (struct network_info){
        .id = field_text(arena, record, "ID|Id|id"),
        .name = field_text(arena, record, "Name|name"),
        .driver = field_text(arena, record, "Driver|driver"),
        .scope = field_text(arena, record, "Scope"),
        .internal = field_bool(record, "Internal|internal"),
        .ipv6 = field_bool(record, "IPv6|EnableIPv6|ipv6_enabled"),
        .created = field_time(record, "Created|CreatedAt|created"),
        .subnets = subnets_of(arena, record),
        .labels = field_labels(arena, record, "Labels|labels"),
    };
    return 0;
}

int network_list_read(struct network_list *list, struct span output, struct error *err)
{
    return documents_read(output, "networks", read_network, list, err);
}

static int read_volume(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct volume_list *list = context;
    struct arena *arena = &list->arena;
    list->items =
        memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (struct volume_info){
        .name = field_text(arena, record, "Name"),
        .driver = field_text(arena, record, "Driver"),
        .mountpoint = field_text(arena, record, "Mountpoint"),
        .scope = field_text(arena, record, "Scope"),
        .created = field_time(record, "CreatedAt"),
        .size = field_size(record, "UsageData.Size|Size"),
        .labels = field_labels(arena, record, "Labels"),
    };
    return 0;
}

int volume_list_read(struct volume_list *list, struct span output, struct error *err)
{
    return documents_read(output, "volumes", read_volume, list, err);
}

static int read_usage(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct disk_usage_list *list = context;
    list->items =
        memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (struct disk_usage){
        .type = field_text(&list->arena, record, "Type"),
        .total = field_int(record, "TotalCount|Total", VALUE_UNKNOWN),
        .active = field_int(record, "Active", VALUE_UNKNOWN),
        /* podman 5 gives words under Size and bytes under RawSize */
        .size = field_size(record, "RawSize|Size"),
        .reclaimable = field_size(record, "RawReclaimable|Reclaimable"),
        .rounded = json_is_string(field_find(record, "RawSize|Size")),
    };
    return 0;
}

int disk_usage_read(struct disk_usage_list *list, struct span output, struct error *err)
{
    return documents_read(output, "disk usage", read_usage, list, err);
}

void network_list_release(struct network_list *list)
{
    arena_release(&list->arena);
    free(list->items);
    *list = (struct network_list){0};
}

void volume_list_release(struct volume_list *list)
{
    arena_release(&list->arena);
    free(list->items);
    *list = (struct volume_list){0};
}

void disk_usage_list_release(struct disk_usage_list *list)
{
    arena_release(&list->arena);
    free(list->items);
    *list = (struct disk_usage_list){0};
}
