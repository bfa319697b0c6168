#include "analyzer/tree.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

struct node_key {
    uint32_t parent;
    const char *name;
    size_t len;
};

static bool node_matches(const void *context, uint32_t number, const void *key)
{
    const struct tree *tree = context;
    const struct node_key *wanted = key;
    const struct tree_node *node = &tree->nodes[number];
    return node->parent == wanted->parent && strncmp(node->name, wanted->name, wanted->len) == 0 &&
           node->name[wanted->len] == '\0';
}

static uint64_t hash_of(uint32_t parent, const char *name, size_t len)
{
    return table_hash(name, len, parent);
}

static uint32_t add_node(struct tree *tree, uint32_t parent, const char *name)
{
    tree->nodes =
        memory_grow(tree->nodes, tree->count, &tree->capacity, sizeof *tree->nodes);
    tree->nodes[tree->count] = (struct tree_node){
        .name = name,
        .parent = parent,
        .first_child = NODE_NONE,
        .next = NODE_NONE,
        .previous = NODE_NONE,
        .entry = ENTRY_NONE,
        .inode = INODE_NONE,
        .kind = NODE_ABSENT,
    };
    return (uint32_t)tree->count++;
}

void tree_start(struct tree *tree)
{
    *tree = (struct tree){0};
    add_node(tree, NODE_NONE, "");
    tree->nodes[NODE_ROOT].kind = TAR_DIR;
}

void tree_release(struct tree *tree)
{
    free(tree->nodes);
    table_release(&tree->index);
    arena_release(&tree->arena);
    *tree = (struct tree){0};
}

uint32_t tree_find(const struct tree *tree, uint32_t parent, const char *name, size_t len)
{
    struct node_key key = {.parent = parent, .name = name, .len = len};
    return table_find(&tree->index, hash_of(parent, name, len), node_matches, tree, &key);
}

uint32_t tree_make(struct tree *tree, uint32_t parent, const char *name, size_t len, bool copy)
{
    uint32_t node = tree_find(tree, parent, name, len);
    if (node != TABLE_NONE)
        return node;
    if (copy)
        name = arena_dup(&tree->arena, name, len);
    node = add_node(tree, parent, name);
    tree->nodes[node].hidden = tree->nodes[parent].hidden ||
                               strncmp(name, AUFS_PREFIX, strlen(AUFS_PREFIX)) == 0;
    table_add(&tree->index, hash_of(parent, name, len), node);
    return node;
}

void tree_link(struct tree *tree, uint32_t number, enum tar_kind kind)
{
    struct tree_node *node = &tree->nodes[number];
    struct tree_node *parent = &tree->nodes[node->parent];
    node->kind = (uint8_t)kind;
    node->previous = NODE_NONE;
    node->next = parent->first_child;
    if (node->next != NODE_NONE)
        tree->nodes[node->next].previous = number;
    parent->first_child = number;
}

void tree_unlink(struct tree *tree, uint32_t number)
{
    struct tree_node *node = &tree->nodes[number];
    if (node->previous != NODE_NONE)
        tree->nodes[node->previous].next = node->next;
    else
        tree->nodes[node->parent].first_child = node->next;
    if (node->next != NODE_NONE)
        tree->nodes[node->next].previous = node->previous;
    node->kind = NODE_ABSENT;
    node->entry = ENTRY_NONE;
    node->inode = INODE_NONE;
    node->next = NODE_NONE;
    node->previous = NODE_NONE;
}

void tree_path(struct strbuf *out, const struct tree *tree, uint32_t number)
{
    size_t len = 0;
    if (number == NODE_ROOT) {
        strbuf_add_char(out, '/');
        return;
    }
    for (uint32_t n = number; n != NODE_ROOT; n = tree->nodes[n].parent)
        len += 1 + strlen(tree->nodes[n].name);
    size_t start = out->len;
    strbuf_add_repeat(out, '/', len);
    char *end = out->buf + start + len;
    for (uint32_t n = number; n != NODE_ROOT; n = tree->nodes[n].parent) {
        size_t name = strlen(tree->nodes[n].name);
        end -= name;
        memcpy(end, tree->nodes[n].name, name);
        end--;
    }
}

uint32_t tree_lookup(const struct tree *tree, const char *path)
{
    uint32_t node = NODE_ROOT;
    while (*path && node != NODE_NONE) {
        size_t len = strcspn(path, "/");
        if (len)
            node = tree_find(tree, node, path, len);
        path += len;
        path += *path == '/';
    }
    return node != NODE_NONE && node_is_visible(&tree->nodes[node]) ? node : NODE_NONE;
}

static int compare_children(const void *a, const void *b, void *context)
{
    const struct tree *tree = context;
    return strcmp(tree->nodes[*(const uint32_t *)a].name, tree->nodes[*(const uint32_t *)b].name);
}

uint32_t *tree_children(const struct tree *tree, uint32_t number, size_t *ret_count)
{
    size_t count = 0, i = 0;
    for (uint32_t n = tree->nodes[number].first_child; n != NODE_NONE; n = tree->nodes[n].next)
        count++;
    uint32_t *children = memory_alloc_zero(count, sizeof *children);
    for (uint32_t n = tree->nodes[number].first_child; n != NODE_NONE; n = tree->nodes[n].next)
        children[i++] = n;
    qsort_r(children, count, sizeof *children, compare_children, (void *)(uintptr_t)tree);
    *ret_count = count;
    return children;
}
