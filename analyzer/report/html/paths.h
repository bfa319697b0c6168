/* Every path that the image showed after some layer, with what it was and when: the tree
 * that the page lets a reader walk. Paths stand in preorder, siblings by name, the root
 * first.
 *
 * A version is what a path was from the state after one layer on until the state after
 * another. The bytes of an inode stand at one of its names alone, in each state at one that
 * it shows, so that the versions of a state add up to its live bytes: `live_bytes` in the
 * last. */
#ifndef ULLAGE_ANALYZER_REPORT_HTML_PATHS_H
#define ULLAGE_ANALYZER_REPORT_HTML_PATHS_H

#include "analyzer/accounting.h"

#define STILL_THERE UINT16_MAX     /* as `until` */
#define KIND_OTHERS (TAR_FIFO + 1) /* small paths of one folder, taken together */

struct path_version {
    int64_t bytes;
    uint16_t from;
    uint16_t until;
    uint8_t kind; /* enum tar_kind or KIND_OTHERS; TAR_HARDLINK: its bytes stand at another
                     name */
};

struct path {
    const char *name; /* borrowed from the tree; NULL for others */
    uint32_t others;  /* how many paths it stands for */
    uint32_t parent;
    uint32_t children;
    uint32_t first; /* version */
    uint32_t count; /* of versions, at least one */
};

struct paths {
    struct path *items;
    size_t count;
    struct path_version *versions;
    size_t version_count;
    size_t folded; /* paths that only show as others */
};

/* The accounting must outlive it. */
void paths_collect(struct paths *ret_paths, const struct accounting *accounting);
/* Leaves at most `most` paths (of three or more): of each folder the smallest become one.
 */
void paths_fold(struct paths *paths, size_t most);
void paths_release(struct paths *paths);

/* The version of a path in the last state, NULL if it is gone. */
const struct path_version *path_now(const struct paths *paths, size_t path);

#endif
