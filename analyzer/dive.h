/* The figures that dive prints, bit for bit, so that a team can move its gate without re-tuning it. They
 * are not ours: what is wrong with them is in docs/measures.md. Algorithm: facts on waste, 2.2, on the
 * layers of the chosen manifest. */
#ifndef ULLAGE_ANALYZER_DIVE_H
#define ULLAGE_ANALYZER_DIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/image/image.h"

struct dive_block {
    int64_t size_bytes;
    int64_t user_size_bytes;
    int64_t wasted_bytes;
    double user_wasted_percent;
    bool has_percent; /* false: dive prints NaN or Inf */
    double efficiency_score;
};

void dive_measure(struct dive_block *ret_figures, const struct image *image);

/* What dive's --json lists, in its order: for each layer the nodes of its tree, children before parents,
 * and at the end the paths that it counts more than once, the most bytes first. */
struct dive_visitor {
    void *context;
    void (*layer)(void *context, uint32_t layer, int64_t size);
    /* `entry` is an index into the layer, ENTRY_NONE for a folder that no entry made */
    void (*node)(void *context, uint32_t layer, uint32_t entry);
    void (*reference)(void *context, const char *path, uint32_t count, int64_t bytes);
};

void dive_visit(const struct image *image, const struct dive_visitor *visitor);

/* An entry's size as its header says it, which is what dive counts. */
int64_t dive_entry_size(const struct entry *entry);

#endif
