#include <string.h>

#include "core/memory.h"
#include "library/runtime.h"

/* The engine's records, and what callers see of them. */
struct ullage_container_list {
    struct container_list list;
    struct ullage_container_info *items;
};

struct ullage_image_list {
    struct image_list list;
    struct ullage_image_info *items;
};

static const char *ports_text(struct arena *arena, const struct ports *ports)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    ports_describe(ports, &text);
    return arena_dup_text(arena, text.buf ? text.buf : "");
}

static void show_container(struct ullage_container_info *shown, struct container_info *container,
                           struct arena *arena)
{
    *shown = (struct ullage_container_info){
        .id = container->id,
        .name = container->name,
        .image = container->image,
        .status = container->status,
        .state = container_state_name(container->state),
        .health = container_health_name(container->health),
        .ports = ports_text(arena, &container->ports),
        .created = container->created,
        .started = container->started,
        .finished = container->finished,
        .exit_code = container->exit_code,
        .pid = container->pid,
        .out_of_memory = container->out_of_memory,
        .service = container_compose_service(container),
    };
}

struct ullage_container_list *containers_make(struct container_list *list)
{
    struct ullage_container_list *shown = memory_alloc_zero(1, sizeof *shown);
    shown->list = *list;
    *list = (struct container_list){.count = 0};
    shown->items = memory_alloc_zero(shown->list.count + 1, sizeof *shown->items);
    for (size_t i = 0; i < shown->list.count; i++)
        show_container(&shown->items[i], &shown->list.items[i], &shown->list.arena);
    return shown;
}

struct ullage_image_list *images_make(struct image_list *list)
{
    struct ullage_image_list *shown = memory_alloc_zero(1, sizeof *shown);
    shown->list = *list;
    *list = (struct image_list){.count = 0};
    shown->items = memory_alloc_zero(shown->list.count + 1, sizeof *shown->items);
    for (size_t i = 0; i < shown->list.count; i++) {
        const struct image_info *image = &shown->list.items[i];
        shown->items[i] = (struct ullage_image_info){
            .id = image->id,
            .repository = image->repository,
            .tag = image->tag,
            .digest = image->digest,
            .created = image->created,
            .size = image->size,
        };
    }
    return shown;
}

size_t ullage_container_list_count(const struct ullage_container_list *list)
{
    return list->list.count;
}

const struct ullage_container_info *
ullage_container_list_at(const struct ullage_container_list *list, size_t index)
{
    return index < list->list.count ? &list->items[index] : NULL;
}

void ullage_container_list_free(struct ullage_container_list *list)
{
    if (!list)
        return;
    container_list_release(&list->list);
    free(list->items);
    free(list);
}

size_t ullage_image_list_count(const struct ullage_image_list *list)
{
    return list->list.count;
}

const struct ullage_image_info *ullage_image_list_at(const struct ullage_image_list *list,
                                                     size_t index)
{
    return index < list->list.count ? &list->items[index] : NULL;
}

void ullage_image_list_free(struct ullage_image_list *list)
{
    if (!list)
        return;
    image_list_release(&list->list);
    free(list->items);
    free(list);
}

char *ullage_image_info_full_name(const struct ullage_image_info *image)
{
    struct strbuf name = STRBUF_INIT;
    const struct image_info ours = {
        .id = image->id ? image->id : "",
        .repository = image->repository ? image->repository : IMAGE_UNNAMED,
        .tag = image->tag ? image->tag : IMAGE_UNNAMED,
        .digest = image->digest ? image->digest : "",
    };
    image_info_full_name(&ours, &name);
    return strbuf_detach(&name, NULL);
}

bool ullage_container_info_is_running(const struct ullage_container_info *container)
{
    return container && container->state &&
           strcmp(container->state, container_state_name(CONTAINER_RUNNING)) == 0;
}
