/* How wasted bytes are counted.
 *
 * An inode is the payload of one regular-file entry and all its names, in whatever layer a name is made. It
 * is live while a name of it is visible in the merged file system; else it is dead, and its bytes with it.
 *
 *   content_bytes   the payloads of all regular-file entries of all layers
 *   live_bytes      those of live inodes
 *   dead_bytes      content_bytes - live_bytes
 *
 * A dead inode has one cause, the event that took its last name:
 *
 *   shadowed      by the layer that shipped it (or it never had a visible name)
 *   opaque        an opaque marker on a folder above it
 *   deleted       a whiteout of it or of a folder above it
 *   type_changed  something other than a regular file took its place, or that of a folder above it
 *   reemitted     a regular file of equal content took its place: chmod, chown, touch
 *   rewritten     a regular file of other content did
 *
 * Layers apply in order. Within one the opaque markers act first, then the whiteouts, both on what the
 * layers below have left, then the entries in tar order. Where the OCI image specification and overlay2
 * differ, `semantics` says whose rule holds. Every construct on which they differ, or that an engine
 * refuses, is a finding. docs/measures.md has the definitions of the measures. */
#ifndef ULLAGE_ANALYZER_ACCOUNTING_H
#define ULLAGE_ANALYZER_ACCOUNTING_H

#include <stdint.h>

#include "analyzer/image/image.h"
#include "analyzer/tree.h"

enum semantics { SEMANTICS_SPEC, SEMANTICS_OVERLAY };

enum cause {
    CAUSE_REWRITTEN,
    CAUSE_REEMITTED,
    CAUSE_DELETED,
    CAUSE_OPAQUE,
    CAUSE_TYPE_CHANGED,
    CAUSE_SHADOWED,
    CAUSE_COUNT,
    CAUSE_NONE = CAUSE_COUNT
};

struct inode {
    uint32_t entry;
    uint32_t names; /* visible ones */
    uint32_t node;  /* live: the visible name whose path sorts first; once accounting is done */
    uint16_t layer;
    uint16_t killed_by;
    uint8_t cause; /* enum cause */
};

/* What a path was until a layer changed or took it: with the state after layer `from`, no more with that
 * after layer `until`. What it is at the end began with the layer that touched the node last. */
struct past {
    uint32_t node;
    uint32_t inode; /* INODE_NONE: no regular file */
    uint16_t from;
    uint16_t until;
    uint8_t kind; /* enum tar_kind */
};

struct layer_sums {
    int64_t content_bytes, live_bytes, dead_bytes, duplicate_bytes;
    int64_t entries, added, modified, removed;
};

struct accounting {
    const struct image *image;
    enum semantics semantics;
    struct tree tree;
    struct inode *inodes;
    size_t inode_count;
    size_t inode_capacity;
    struct layer_sums *layers; /* one for each layer of the image */
    size_t layer_count;
    int64_t content_bytes, live_bytes, dead_bytes, duplicate_bytes;
    int64_t dead_by_cause[CAUSE_COUNT];
    struct findings findings;
    struct payload *payloads; /* what equality was asked about, equal ones next to each other */
    size_t payload_count;
    struct past *past; /* in the order of the layers that ended it; of hidden nodes none */
    size_t past_count;
    size_t past_capacity;
    int64_t bytes_hashed; /* read a second time, for equality */
};

/* Applies all layers. The image must outlive the accounting. Reads payloads again where equality has to be
 * known and no digest is there yet, on `threads` threads. */
int accounting_run(struct accounting *ret_accounting, struct image *image,
                   enum semantics semantics, unsigned threads, struct error *err);
/* The same without asking which contents are equal, for those who look at names alone: a dead inode may be
 * called rewritten that was reemitted, and nothing is known of duplicates. Reads no payload. */
void accounting_run_names(struct accounting *ret_accounting, struct image *image,
                          enum semantics semantics);
void accounting_release(struct accounting *accounting);

/* The inode that a regular-file entry made. */
uint32_t accounting_inode_of(const struct accounting *accounting, uint32_t layer, uint32_t entry);

const char *cause_name(enum cause cause);

static inline const struct layer *layer_of(const struct accounting *accounting, size_t layer)
{
    return accounting->image->chosen->layers[layer].layer;
}

static inline const struct entry *inode_entry(const struct accounting *accounting,
                                              const struct inode *inode)
{
    return &layer_of(accounting, inode->layer)->entries[inode->entry];
}

static inline bool inode_is_live(const struct inode *inode)
{
    return inode->names > 0;
}

/* The entry whose header gives a visible node its mode, owner and times: of a regular file the one that
 * carried its payload. NULL for an implicit folder. `ret_layer` may be NULL. */
const struct entry *node_entry(const struct accounting *accounting, const struct tree_node *node,
                               uint32_t *ret_layer);

#endif
