/* The merged file system while layers are applied to it. A node is a path; it stays once it was made, and
 * is visible or absent as layers come and go, so that a number names one path for good (parents have lower
 * numbers than their children). Visible children of a folder form a list; nothing walks what is absent.
 * Node 0 is the root. */
#ifndef ULLAGE_ANALYZER_TREE_H
#define ULLAGE_ANALYZER_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/image/layer.h"
#include "core/strbuf.h"
#include "core/table.h"

#define NODE_NONE UINT32_MAX
#define NODE_ROOT 0
#define ENTRY_NONE UINT32_MAX
#define INODE_NONE UINT32_MAX
#define NODE_ABSENT 0xff /* as a node's kind */

struct tree_node {
    const char *name; /* borrowed from the layer that made the node first */
    uint32_t parent;
    uint32_t first_child;
    uint32_t next;
    uint32_t previous;
    uint32_t entry;   /* what gave it its attributes: index in `layer`, ENTRY_NONE for an implicit folder */
    uint32_t inode;   /* of a regular file, else INODE_NONE */
    uint16_t layer;
    uint16_t touched; /* the last layer that changed it, plus 1 */
    uint8_t kind;     /* enum tar_kind or NODE_ABSENT */
    bool hidden;      /* aufs leavings or below them */
};

struct tree {
    struct tree_node *nodes;
    size_t count;
    size_t capacity;
    struct table index;
    struct arena arena; /* names that no layer holds */
};

void tree_start(struct tree *tree);
void tree_release(struct tree *tree);

/* The node of that name below `parent`, NODE_NONE if it was never made. It may be absent. */
uint32_t tree_find(const struct tree *tree, uint32_t parent, const char *name, size_t len);
/* The same, made absent if there is none. `name` must live as long as the tree unless `copy`. */
uint32_t tree_make(struct tree *tree, uint32_t parent, const char *name, size_t len, bool copy);

/* Makes an absent node visible as `kind`, or a visible one absent. */
void tree_link(struct tree *tree, uint32_t node, enum tar_kind kind);
void tree_unlink(struct tree *tree, uint32_t node);

/* "/usr/bin"; the root is "/". */
void tree_path(struct strbuf *out, const struct tree *tree, uint32_t node);

/* The visible node of a normalised path, no link followed; NODE_NONE if there is none. */
uint32_t tree_lookup(const struct tree *tree, const char *path);

/* Numbers of the visible children, sorted by name; the caller frees them. */
uint32_t *tree_children(const struct tree *tree, uint32_t node, size_t *ret_count);

static inline bool node_is_visible(const struct tree_node *node)
{
    return node->kind != NODE_ABSENT;
}

#endif
