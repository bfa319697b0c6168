/* The packages of an image: what its package databases tell, held against the merged file system. A kind of
 * package is a file in packages/ and a row in packages.def.
 *
 * A package owns files. Its bytes are those of the live inodes that it owns, measured in the image and not
 * believed from a database. An inode has one owner: the first that claims it, kinds in the order of
 * packages.def, packages in the order of their records. What a package claims and another one owns already
 * is `shared_bytes`. So the bytes of all packages and the bytes that nobody owns sum to live_bytes, exactly.
 *
 * The layer of a package is the one that shipped most of its live bytes, the lowest of several; of a package
 * without any, the layer that shipped the file which tells of it. */
#ifndef ULLAGE_ANALYZER_PACKAGES_H
#define ULLAGE_ANALYZER_PACKAGES_H

#include <pthread.h>
#include <stdatomic.h>

#include "analyzer/accounting.h"
#include "analyzer/directories.h"
#include "analyzer/image/watch.h"

#define PACKAGE_NONE UINT32_MAX

struct package_kind;

struct package {
    const struct package_kind *kind;
    const char *name;
    const char *version;      /* NULL: unknown */
    const char *architecture; /* NULL: none */
    const char *place;        /* the file that tells of it */
    uint32_t record;          /* its inode */
    uint32_t within; /* the package that it was built into, else PACKAGE_NONE: it has no bytes of its own */
    uint32_t layer;
    int64_t bytes;
    int64_t shared_bytes;
    int64_t files;
};

struct packages {
    struct arena arena;
    struct package *items; /* in the order of kinds, then of records */
    size_t count;
    size_t capacity;
    uint32_t *owner_of;    /* by inode: a package or PACKAGE_NONE */
    int64_t owned_bytes;
    int64_t unowned_bytes; /* of live inodes */
    int64_t unowned_files;
    struct directories unowned; /* where those lie */
};

/* Keeps the contents of package databases while layers are read. */
struct package_watch {
    struct watcher watcher;
    const struct limits *limits;
    _Atomic int64_t kept; /* bytes of all layers */
    pthread_mutex_t lock;
    struct package_buffer *buffers; /* for programs that pass, used again and again */
};

void package_watch_start(struct package_watch *watch, const struct limits *limits);
/* Call when the layers are read; what was kept is theirs. */
void package_watch_release(struct package_watch *watch);

/* Reads what was kept. Databases that cannot be read are warnings of the image; passing the limit on all of
 * them is damage of the image. */
void packages_collect(struct packages *ret_packages, struct image *image,
                      const struct accounting *accounting, const struct package_watch *watch);
void packages_release(struct packages *packages);

/* "dpkg"; all of them, which ends with NULL. */
const char *package_kind_name(const struct package_kind *kind);
extern const char *const package_kind_names[];

#endif
