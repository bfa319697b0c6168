/* A walk through the file system that a container sees: each folder before what is in it,
 * names sorted. It needs no more stack for a deep tree than for a flat one. */
#ifndef ULLAGE_ANALYZER_REPORT_WALK_H
#define ULLAGE_ANALYZER_REPORT_WALK_H

#include "analyzer/accounting.h"

struct walk_visitor {
    void *context;
    void (*enter)(void *context, uint32_t node); /* a folder, the root first */
    void (*leave)(void *context, uint32_t node);
    void (*item)(void *context, uint32_t node); /* anything else */
};

void walk_tree(const struct accounting *accounting, const struct walk_visitor *visitor);

#endif
