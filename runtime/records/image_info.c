#include "runtime/image_info.h"

#include <string.h>

#include "core/memory.h"
#include "core/table.h"
#include "runtime/limits.h"
#include "runtime/records/documents.h"
#include "runtime/records/fields.h"

void image_info_full_name(const struct image_info *image, struct strbuf *name)
{
    bool named = strcmp(image->repository, IMAGE_UNNAMED) != 0 && *image->repository;
    if (!named)
        strbuf_add_text(name, image->id);
    else if (strcmp(image->tag, IMAGE_UNNAMED) == 0 || !*image->tag)
        strbuf_add_text(name, image->repository);
    else
        strbuf_addf(name, "%s:%s", image->repository, image->tag);
}

static struct image_info *add(struct image_list *list)
{
    list->items =
        memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    struct image_info *image = &list->items[list->count++];
    *image = (struct image_info){0};
    return image;
}

static const char *none_if_empty(const char *text)
{
    return *text ? text : IMAGE_UNNAMED;
}

static const char *empty_if_none(const char *text)
{
    return strcmp(text, IMAGE_UNNAMED) == 0 ? "" : text;
}

/* The tag begins behind the last colon that no slash follows: a registry may have a port.
 */
static void split_name(struct arena *arena, const char *name, struct image_info *image)
{
    const char *colon = strrchr(name, ':');
    if (colon && strchr(colon, '/'))
        colon = NULL;
    size_t len = colon ? (size_t)(colon - name) : strlen(name);
    image->repository = none_if_empty(arena_dup(arena, name, len));
    image->tag = none_if_empty(colon ? arena_dup_text(arena, colon + 1) : "");
}

static struct image_info common_part(struct arena *arena, const json_t *record)
{
    const json_t *size = field_find(record, "Size");
    return (struct image_info){
        .id = field_text(arena, record, "ID|Id"),
        .repository = IMAGE_UNNAMED,
        .tag = IMAGE_UNNAMED,
        .digest = empty_if_none(field_text(arena, record, "Digest")),
        .created = field_time(record, "Created|CreatedAt"),
        .size = field_size(record, "Size"),
        .size_rounded = json_is_string(size),
    };
}

static int read_row(void *context, const json_t *record, struct error *err)
{
    struct image_list *list = context;
    struct image_info common = common_part(&list->arena, record);
    const json_t *names = field_find(record, "Names");
    size_t count = json_is_array(names) ? json_array_size(names) : 0;
    if (count > ENGINE_ITEMS_MAX)
        return error_set(err, ERROR_LIMIT, "an image has %zu names", count);
    if (field_find(record, "Repository")) {
        common.repository = none_if_empty(field_text(&list->arena, record, "Repository"));
        common.tag = none_if_empty(field_text(&list->arena, record, "Tag"));
    }
    for (size_t i = 0; i < count; i++) {
        struct image_info *image = add(list);
        const char *name = json_string_value(json_array_get(names, i));
        *image = common;
        split_name(&list->arena, name ? name : "", image);
    }
    if (!count)
        *add(list) = common;
    return 0;
}

int image_list_read(struct image_list *list, struct span output, struct error *err)
{
    return documents_read(output, "images", read_row, list, err);
}

static struct words keys_of(struct arena *arena, const json_t *record, const char *names)
{
    struct labels members = json_is_object(field_find(record, names))
                                ? field_labels(arena, record, names)
                                : (struct labels){0};
    if (!members.count)
        return (struct words){0};
    const char **items = arena_alloc(arena, members.count * sizeof *items);
    for (size_t i = 0; i < members.count; i++)
        items[i] = members.items[i].key;
    return (struct words){.items = items, .count = members.count};
}

static int read_details(void *context, const json_t *record, struct error *err)
{
    (void)err;
    struct image_details_list *list = context;
    struct arena *arena = &list->arena;
    list->items =
        memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = (struct image_details){
        .id = field_text(arena, record, "Id|ID"),
        .tags = field_words(arena, record, "RepoTags"),
        .digests = field_words(arena, record, "RepoDigests"),
        .created = field_time(record, "Created"),
        .size = field_size(record, "Size"),
        .architecture = field_text(arena, record, "Architecture"),
        .variant = field_text(arena, record, "Variant"),
        .os = field_text(arena, record, "Os"),
        .author = field_text(arena, record, "Author"),
        .user = field_text(arena, record, "Config.User"),
        .working_dir = field_text(arena, record, "Config.WorkingDir"),
        .stop_signal = field_text(arena, record, "Config.StopSignal"),
        .environment = field_words(arena, record, "Config.Env"),
        .entrypoint = field_words(arena, record, "Config.Entrypoint"),
        .command = field_words(arena, record, "Config.Cmd"),
        .exposed_ports = keys_of(arena, record, "Config.ExposedPorts"),
        .volumes = keys_of(arena, record, "Config.Volumes"),
        .layers = field_words(arena, record, "RootFS.Layers"),
        .labels = field_labels(arena, record, "Config.Labels|Labels"),
    };
    return 0;
}

int image_details_read(struct image_details_list *list, struct span output,
                       struct error *err)
{
    return documents_read(output, "image", read_details, list, err);
}

static bool has_id(const void *context, uint32_t number, const void *key)
{
    const struct image_details_list *details = context;
    return strcmp(details->items[number].id, key) == 0;
}

void image_list_refine(struct image_list *list, const struct image_details_list *details)
{
    struct table by_id = {0};
    for (size_t i = 0; i < details->count; i++) {
        const char *id = details->items[i].id;
        uint64_t hash = table_hash(id, strlen(id), 0);
        if (table_find(&by_id, hash, has_id, details, id) == TABLE_NONE)
            table_add(&by_id, hash, (uint32_t)i);
    }
    for (size_t i = 0; i < list->count; i++) {
        struct image_info *image = &list->items[i];
        uint32_t found = table_find(&by_id, table_hash(image->id, strlen(image->id), 0),
                                    has_id, details, image->id);
        if (found == TABLE_NONE)
            continue;
        if (details->items[found].created != VALUE_UNKNOWN)
            image->created = details->items[found].created;
        if (details->items[found].size != VALUE_UNKNOWN) {
            image->size = details->items[found].size;
            image->size_rounded = false;
        }
    }
    table_release(&by_id);
}

void image_list_release(struct image_list *list)
{
    arena_release(&list->arena);
    free(list->items);
    *list = (struct image_list){0};
}

void image_details_list_release(struct image_details_list *list)
{
    arena_release(&list->arena);
    free(list->items);
    *list = (struct image_details_list){0};
}
