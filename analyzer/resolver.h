/* Paths looked up in the merged file system as a container would: symlinks on the way are followed, inside
 * the root. Where each link leads is found once and kept, so that looking up many paths takes time linear
 * in their lengths, however links are chained; a cycle leads nowhere. */
#ifndef ULLAGE_ANALYZER_RESOLVER_H
#define ULLAGE_ANALYZER_RESOLVER_H

#include "analyzer/accounting.h"
#include "core/span.h"

struct resolver {
    const struct accounting *accounting;
    uint32_t *leads_to; /* by node */
    struct resolver_frame *frames;
    size_t frame_count, frame_capacity;
};

void resolver_start(struct resolver *resolver, const struct accounting *accounting);
void resolver_release(struct resolver *resolver);

/* The visible node at `path`, seen from `folder`; a path that begins with '/' is seen from the root. A
 * symlink at its end is not followed. NODE_NONE if there is none. */
uint32_t resolver_find(struct resolver *resolver, uint32_t folder, struct span path);

#endif
