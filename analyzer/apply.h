/* Applying layers to the tree: the events that make and take names. accounting.c asks for one layer after
 * another and reads the sums when all are done. */
#ifndef ULLAGE_ANALYZER_APPLY_H
#define ULLAGE_ANALYZER_APPLY_H

#include "analyzer/accounting.h"

/* A name whose inode gave way to another regular file of the same length: reemitted if the contents turn
 * out equal. */
struct replaced {
    uint32_t old_inode;
    uint32_t new_inode;
};

/* A path whose attributes did not change in a layer, but perhaps its content. */
struct maybe_modified {
    uint32_t layer;
    uint32_t old_inode;
    uint32_t new_inode;
};

struct apply {
    struct accounting *accounting;
    struct replaced *replaced;
    size_t replaced_count, replaced_capacity;
    struct maybe_modified *maybe;
    size_t maybe_count, maybe_capacity;
};

void apply_layer(struct apply *apply, uint32_t number);
void apply_release(struct apply *apply);

#endif
