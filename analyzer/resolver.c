#include "analyzer/resolver.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* What `leads_to` says besides nodes. NODE_NONE: nowhere. */
#define NOT_YET (UINT32_MAX - 1)
#define UNDER_WAY (UINT32_MAX - 2)

/* A path on its way: how far it came, and what is left of it. */
struct resolver_frame {
    uint32_t at;
    struct span rest;
    uint32_t link; /* whose target this is; NODE_NONE: the path that was asked for */
};

void resolver_start(struct resolver *resolver, const struct accounting *accounting)
{
    *resolver = (struct resolver){
        .accounting = accounting,
        .leads_to = memory_alloc(accounting->tree.count * sizeof(uint32_t)),
    };
    for (size_t i = 0; i < accounting->tree.count; i++)
        resolver->leads_to[i] = NOT_YET;
}

void resolver_release(struct resolver *resolver)
{
    free(resolver->leads_to);
    free(resolver->frames);
    *resolver = (struct resolver){.accounting = NULL};
}

static void push(struct resolver *resolver, uint32_t folder, struct span path, uint32_t link)
{
    resolver->frames = memory_grow(resolver->frames, resolver->frame_count,
                                   &resolver->frame_capacity, sizeof *resolver->frames);
    resolver->frames[resolver->frame_count++] = (struct resolver_frame){
        .at = span_starts_with(path, "/") ? NODE_ROOT : folder,
        .rest = path,
        .link = link,
    };
}

/* Takes the next name off a path; false if there is none. */
static bool next_name(struct span *path, struct span *ret_name)
{
    while (path->len && *path->ptr == '/')
        *path = span_of(path->ptr + 1, path->len - 1);
    if (!path->len)
        return false;
    const char *slash = memchr(path->ptr, '/', path->len);
    size_t len = slash ? (size_t)(slash - path->ptr) : path->len;
    *ret_name = span_of(path->ptr, len);
    *path = span_of(path->ptr + len, path->len - len);
    return true;
}

static bool is_slashes(struct span path)
{
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] != '/')
            return false;
    return true;
}

/* One name further, no link followed. */
static uint32_t step(const struct tree *tree, uint32_t at, struct span name)
{
    if (span_equals_text(name, "."))
        return at;
    if (span_equals_text(name, ".."))
        return at == NODE_ROOT ? at : tree->nodes[at].parent;
    uint32_t node = tree_find(tree, at, name.ptr, name.len);
    return node != NODE_NONE && node_is_visible(&tree->nodes[node]) ? node : NODE_NONE;
}

static bool is_symlink(const struct tree *tree, uint32_t node)
{
    return node != NODE_NONE && tree->nodes[node].kind == TAR_SYMLINK;
}

/* Goes to where a link leads: at once if that is known, else by a frame of its own. */
static void follow(struct resolver *resolver, struct resolver_frame *frame, uint32_t link)
{
    const struct tree_node *node = &resolver->accounting->tree.nodes[link];
    uint32_t known = resolver->leads_to[link];
    if (known != NOT_YET) {
        frame->at = known == UNDER_WAY ? NODE_NONE : known;
        return;
    }
    const struct entry *entry = node_entry(resolver->accounting, node, NULL);
    const char *target = entry ? entry_link(entry) : NULL;
    resolver->leads_to[link] = UNDER_WAY;
    push(resolver, node->parent, span_of_text(target ? target : ""), link);
}

uint32_t resolver_find(struct resolver *resolver, uint32_t folder, struct span path)
{
    const struct tree *tree = &resolver->accounting->tree;
    push(resolver, folder, path, NODE_NONE);
    for (;;) {
        struct resolver_frame *frame = &resolver->frames[resolver->frame_count - 1];
        struct span name;
        if (frame->at != NODE_NONE && next_name(&frame->rest, &name)) {
            uint32_t node = step(tree, frame->at, name);
            bool last = frame->link == NODE_NONE && is_slashes(frame->rest);
            if (is_symlink(tree, node) && !last)
                follow(resolver, frame, node);
            else
                frame->at = node;
            continue;
        }
        uint32_t found = frame->at, link = frame->link;
        resolver->frame_count--;
        if (link == NODE_NONE)
            return found;
        resolver->leads_to[link] = found;
        resolver->frames[resolver->frame_count - 1].at = found;
    }
}
