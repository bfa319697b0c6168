/* Entries of layers as the merged file system sees them: where a path leads, and what became of what an
 * entry made. */
#ifndef ULLAGE_ANALYZER_ENTRIES_H
#define ULLAGE_ANALYZER_ENTRIES_H

#include "analyzer/accounting.h"

enum entry_state {
    STATE_LIVE,
    STATE_DEAD, /* nothing of it is visible */
    STATE_WHITEOUT,
    STATE_OPAQUE,
};

const char *entry_state_name(enum entry_state state);
/* "file", "dir", "symlink", "hardlink", "char", "block", "fifo". */
const char *entry_kind_name(enum tar_kind kind);

/* The visible node that a path leads to with symlinks followed inside the root, those of the last component
 * only if `follow`. NODE_NONE if there is none, or the links never end. Any path will do: absolute or
 * not, with "." and "..". */
uint32_t path_resolve(const struct accounting *accounting, const char *path, bool follow);

/* One layer after another, with what is looked up on the way. Zero-initialise, set `accounting`. */
struct entry_walk {
    const struct accounting *accounting;
    const struct layer *layer;
    uint32_t number;     /* of this layer */
    uint32_t *dirs;      /* of this layer: their nodes, NODE_NONE where none is visible */
    uint32_t *last_link; /* by node: the last hard link of this layer that made it */
};

void entry_walk_start(struct entry_walk *walk, const struct accounting *accounting);
/* Goes to a layer; false if it was not read. */
bool entry_walk_enter(struct entry_walk *walk, uint32_t layer);
void entry_walk_release(struct entry_walk *walk);

/* The visible node at the entry's path, NODE_NONE if there is none. */
uint32_t entry_walk_node(const struct entry_walk *walk, const struct entry *entry);
enum entry_state entry_walk_state(const struct entry_walk *walk, uint32_t index);

#endif
