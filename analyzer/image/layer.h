/* A layer is one tar of the image, read once from start to end into a list of entries in tar order. Names
 * are normalised: no "./", no "//", no slash at either end, ".." clamped at the root; an entry keeps its
 * folder (as an index into `dirs`) and its last component. All text lives in the layer's arena. A layer
 * that could not be read to its end keeps what came before; `damage` says why. */
#ifndef ULLAGE_ANALYZER_IMAGE_LAYER_H
#define ULLAGE_ANALYZER_IMAGE_LAYER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "analyzer/findings.h"
#include "analyzer/image/decode.h"
#include "analyzer/image/fingerprint.h"
#include "analyzer/image/tar.h"
#include "core/arena.h"
#include "core/digest.h"
#include "core/table.h"

enum entry_role {
    ENTRY_NODE,     /* makes a path */
    ENTRY_ROOT,     /* sets the root's attributes */
    ENTRY_WHITEOUT, /* removes `name` from the layers below */
    ENTRY_OPAQUE,   /* empties its folder of what the layers below have */
    ENTRY_IGNORED,  /* carries nothing: ".wh." alone, aufs leavings that are no folder */
};

enum entry_flag {
    ENTRY_HIDDEN = 1 << 0,     /* lies below aufs leavings */
    ENTRY_SPARSE = 1 << 1,     /* extra->size is its logical size */
    ENTRY_ABSOLUTE = 1 << 2,   /* was written with a leading slash */
};

/* What few entries have. */
struct entry_extra {
    const char *link; /* symlink: as written; hard link: normalised */
    int64_t size;     /* logical size of a sparse file */
    int64_t claimed;  /* the header's size where it is not `content` */
    uint32_t dev_major, dev_minor;
    uint32_t mtime_nsec;
    const char *xattrs;  /* sorted "name\0" u32 length, bytes ...; NULL if none */
    uint32_t xattrs_len;
    const char *raw_name; /* the name as written, where dive would split it differently; else NULL */
};

struct entry {
    const char *name; /* last component as written, ".wh." included; "" for the root */
    uint32_t dir;     /* index into dirs */
    uint32_t owner;   /* index into owners */
    uint8_t kind;     /* enum tar_kind */
    uint8_t role;     /* enum entry_role */
    uint16_t flags;   /* enum entry_flag */
    int64_t content;  /* payload bytes of a regular file that is no whiteout; else 0 */
    int64_t payload;  /* offset of the payload in the layer's tar */
    int64_t mtime;
    const uint8_t *fingerprint; /* of the payload (logical content), NULL while unknown */
    const uint8_t *sha256;      /* likewise */
    const struct entry_extra *extra; /* NULL if nothing is extra */
};

struct sample;
struct watcher;

struct owner {
    uint32_t mode;
    int64_t uid, gid;
};

/* What a watcher wrote down about an entry. */
struct layer_note {
    const struct watcher *watcher;
    uint32_t entry;
    const void *bytes;
    size_t len;
};

struct layer {
    struct arena arena;
    struct entry *entries;
    size_t count;
    size_t capacity;
    const char **dirs; /* dirs[0] is "", the root */
    size_t dir_count;
    size_t dir_capacity;
    struct table dir_index;
    struct owner *owners;
    size_t owner_count;
    size_t owner_capacity;
    struct findings findings;
    enum compression compression;
    int64_t blob_bytes;
    int64_t tar_bytes;
    int64_t content_bytes;
    int64_t path_names; /* names in all `dirs`, an upper bound of the folders they make */
    struct layer_note *notes; /* in the order of the entries; of one watcher among others' */
    size_t note_count;
    size_t note_capacity;
    struct digest digest; /* of the blob, if asked for */
    struct digest diff_id; /* of the tar, if asked for */
    struct error damage;   /* ERROR_NONE: read to the end */
};

/* What all layers of an image come to together, counted while they are read. */
struct layer_totals {
    _Atomic int64_t entries;
    _Atomic int64_t paths;
};

struct layer_options {
    const struct limits *limits;
    struct fingerprints *fingerprints; /* of the image, shared by its layers */
    struct layer_totals *totals;       /* likewise, or NULL */
    struct sample *sample; /* takes a sample of plain layers, or NULL */
    const struct watcher *const *watchers; /* ends with NULL; NULL: none */
    bool hash_payloads;   /* payloads are hashed as they pass; else left for later */
    bool ignore_payloads; /* nobody will ask about them: none is hashed, now or later */
    enum digest_algorithm digest_blob; /* DIGEST_NONE: not wanted */
    enum digest_algorithm digest_tar;
    bool read_ahead; /* decode in a thread of its own */
};

/* Reads a layer from its blob's bytes, compressed or not; takes over `source`. Never fails: what went
 * wrong is in the layer's `damage`. */
struct layer *layer_read(struct stream *source, const struct layer_options *options);
void layer_free(struct layer *layer);

/* For sources that have no tar (a directory on disk): an empty layer, and one entry added to it.
 * Returns the entry, valid until the next is added. */
struct layer *layer_new(const struct limits *limits);
struct entry *layer_add(struct layer *layer, const struct tar_entry *read);

/* Passes the payload of the entry just added to whoever asked: the fingerprinter (NULL: nobody wants its
 * hash), which gives the entry its fingerprint and, where another payload of that size was met, its
 * SHA-256, both of the logical content, holes as zeros; and the watchers. Reads no further than wanted. */
struct fingerprinter;
int layer_pass_payload(struct layer *layer, struct tar *tar, struct entry *entry,
                       struct fingerprinter *fingerprinter, const struct layer_options *options,
                       struct error *err);

/* The entry's path with a leading slash: "/etc/passwd"; a whiteout's path is what it removes. */
struct strbuf;
void entry_path(struct strbuf *out, const struct layer *layer, const struct entry *entry);

#define WHITEOUT_PREFIX ".wh."
#define WHITEOUT_PREFIX_LEN 4
#define OPAQUE_MARKER ".wh..wh..opq"
#define AUFS_PREFIX ".wh..wh."

/* The name that a whiteout removes. */
static inline const char *entry_target(const struct entry *entry)
{
    return entry->name + WHITEOUT_PREFIX_LEN;
}

static inline bool entry_is_file(const struct entry *entry)
{
    return entry->kind == TAR_FILE && (entry->role == ENTRY_NODE);
}

static inline int64_t entry_size(const struct entry *entry)
{
    return entry->flags & ENTRY_SPARSE ? entry->extra->size : entry->content;
}

static inline const char *entry_link(const struct entry *entry)
{
    return entry->extra ? entry->extra->link : NULL;
}

/* Splits a name as layers do: the normalised path without slashes at its ends. Returns true if ".." was
 * clamped at the root. */
bool path_normalise(struct strbuf *out, const char *name);

#endif
