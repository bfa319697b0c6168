#include "analyzer/entries.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

#define SYMLINK_HOPS_MAX 40

static const char *const kind_names[] = {
    [TAR_FILE] = "file",         [TAR_DIR] = "dir",   [TAR_SYMLINK] = "symlink",
    [TAR_HARDLINK] = "hardlink", [TAR_CHAR] = "char", [TAR_BLOCKDEV] = "block",
    [TAR_FIFO] = "fifo",
};

static const char *const state_names[] = {
    [STATE_LIVE] = "live",
    [STATE_DEAD] = "dead",
    [STATE_WHITEOUT] = "whiteout",
    [STATE_OPAQUE] = "opaque",
};
static_assert(ARRAY_SIZE(state_names) == STATE_OPAQUE + 1, "every state has a name");

const char *entry_state_name(enum entry_state state)
{
    return state_names[state];
}

const char *entry_kind_name(enum tar_kind kind)
{
    return kind_names[kind];
}

uint32_t path_resolve(const struct accounting *accounting, const char *path, bool follow)
{
    const struct tree *tree = &accounting->tree;
    cleanup_strbuf struct strbuf rest = STRBUF_INIT, next = STRBUF_INIT;
    uint32_t node = NODE_ROOT;
    int hops = 0;
    strbuf_add_text(&rest, path);
    for (size_t at = 0; at < rest.len;) {
        const char *name = rest.buf + at;
        size_t len = strcspn(name, "/");
        at += len + (name[len] == '/');
        if (!len || (len == 1 && *name == '.'))
            continue;
        if (len == 2 && memcmp(name, "..", 2) == 0) {
            node = node == NODE_ROOT ? NODE_ROOT : tree->nodes[node].parent;
            continue;
        }
        uint32_t child = tree_find(tree, node, name, len);
        if (child == NODE_NONE || !node_is_visible(&tree->nodes[child]))
            return NODE_NONE;
        bool last = at >= rest.len;
        if (tree->nodes[child].kind != TAR_SYMLINK || (last && !follow)) {
            node = child;
            continue;
        }
        const struct entry *link = node_entry(accounting, &tree->nodes[child], NULL);
        const char *target = link && entry_link(link) ? entry_link(link) : "";
        if (++hops > SYMLINK_HOPS_MAX)
            return NODE_NONE;
        strbuf_reset(&next);
        strbuf_addf(&next, "%s/%s", target, rest.buf + at);
        strbuf_reset(&rest);
        strbuf_add(&rest, next.buf, next.len);
        at = 0;
        node = *target == '/' ? NODE_ROOT : node;
    }
    return node;
}

void entry_walk_start(struct entry_walk *walk, const struct accounting *accounting)
{
    *walk = (struct entry_walk){
        .accounting = accounting,
        .last_link = memory_alloc_zero(accounting->tree.count, sizeof *walk->last_link),
    };
}

void entry_walk_release(struct entry_walk *walk)
{
    free(walk->dirs);
    free(walk->last_link);
    *walk = (struct entry_walk){0};
}

bool entry_walk_enter(struct entry_walk *walk, uint32_t number)
{
    const struct layer *layer = layer_of(walk->accounting, number);
    free(walk->dirs);
    walk->dirs = NULL;
    walk->number = number;
    walk->layer = layer;
    if (!layer)
        return false;
    walk->dirs = memory_alloc_zero(layer->dir_count, sizeof *walk->dirs);
    for (size_t i = 0; i < layer->dir_count; i++)
        walk->dirs[i] = path_resolve(walk->accounting, layer->dirs[i], true);
    for (uint32_t i = 0; i < layer->count; i++) {
        const struct entry *entry = &layer->entries[i];
        uint32_t node =
            entry->kind == TAR_HARDLINK ? entry_walk_node(walk, entry) : NODE_NONE;
        if (node != NODE_NONE)
            walk->last_link[node] = i;
    }
    return true;
}

uint32_t entry_walk_node(const struct entry_walk *walk, const struct entry *entry)
{
    const struct tree *tree = &walk->accounting->tree;
    uint32_t dir = walk->dirs[entry->dir];
    if (dir == NODE_NONE || !*entry->name)
        return dir;
    uint32_t node = tree_find(tree, dir, entry->name, strlen(entry->name));
    bool seen = node != NODE_NONE && node_is_visible(&tree->nodes[node]) &&
                !tree->nodes[node].hidden;
    return seen ? node : NODE_NONE;
}

static bool link_is_live(const struct entry_walk *walk, uint32_t number, uint32_t index)
{
    const struct tree_node *node = &walk->accounting->tree.nodes[number];
    bool replaced =
        node->layer == walk->number && node->entry != ENTRY_NONE && node->entry > index;
    return node->kind != TAR_DIR && node->touched == walk->number + 1 && !replaced &&
           walk->last_link[number] == index;
}

static bool is_live(const struct entry_walk *walk, const struct entry *entry, uint32_t index)
{
    const struct accounting *accounting = walk->accounting;
    if (entry->role == ENTRY_IGNORED)
        return false;
    if (entry_is_file(entry))
        return inode_is_live(
            &accounting->inodes[accounting_inode_of(accounting, walk->number, index)]);
    uint32_t number = entry_walk_node(walk, entry);
    if (number == NODE_NONE)
        return false;
    const struct tree_node *node = &accounting->tree.nodes[number];
    if (entry->kind == TAR_DIR)
        return node->kind == TAR_DIR;
    if (entry->kind == TAR_HARDLINK)
        return link_is_live(walk, number, index);
    return node->kind == entry->kind && node->layer == walk->number && node->entry == index;
}

enum entry_state entry_walk_state(const struct entry_walk *walk, uint32_t index)
{
    const struct entry *entry = &walk->layer->entries[index];
    if (entry->role == ENTRY_WHITEOUT)
        return STATE_WHITEOUT;
    if (entry->role == ENTRY_OPAQUE)
        return STATE_OPAQUE;
    return is_live(walk, entry, index) ? STATE_LIVE : STATE_DEAD;
}
