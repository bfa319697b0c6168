/* Every version of a path: which layer shipped or removed it, and what changed. */
#ifndef ULLAGE_ANALYZER_BLAME_H
#define ULLAGE_ANALYZER_BLAME_H

#include "analyzer/browse.h"

enum blame_event {
    BLAME_ADDED,   /* the path was not there */
    BLAME_CHANGED, /* it was; `changes` says in what the entry differs */
    BLAME_DELETED, /* by a whiteout of it or of a folder above it */
    BLAME_OPAQUE,  /* by an opaque marker on a folder above it */
    BLAME_HIDDEN,  /* something other than a folder took the place of a folder above it */
};

enum blame_change {
    CHANGE_KIND = 1 << 0,
    CHANGE_CONTENT = 1 << 1,
    CHANGE_MODE = 1 << 2,
    CHANGE_OWNER = 1 << 3,
    CHANGE_TIME = 1 << 4,
    CHANGE_LINK = 1 << 5,
    CHANGE_XATTRS = 1 << 6,
    CHANGE_DEVICE = 1 << 7,
};

struct blame_version {
    enum blame_event event;
    unsigned changes; /* enum blame_change; of BLAME_CHANGED */
    uint32_t layer;
    uint32_t entry;   /* in the layer: the entry or marker that did it */
    const char *by;   /* the path of the marker's folder or of what took its place, where it is not the
                         path itself; else NULL */
};

struct blame {
    struct arena arena;
    const char *path; /* normalised, begins with '/', symlinked folders followed */
    struct blame_version *versions; /* in the order they happened */
    size_t count, capacity;
    bool visible; /* in the end */
};

/* Payloads of equal size are read again to tell whether contents differ. ERROR_INPUT if no layer ever had
 * the path. */
int blame_run(struct blame *ret_blame, const struct browse *browse, const char *path,
              struct error *err);
void blame_release(struct blame *blame);

const char *blame_event_name(enum blame_event event);
/* The name of the lowest change that is set, NULL when none is; takes it away. */
const char *blame_next_change(unsigned *changes);

#endif
