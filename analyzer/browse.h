/* Looking around in an image: its merged file system, or a layer as it was shipped. What is seen comes as
 * items, one name each. Contents are not read here; cat and extract read them by analyzer/image/payload.h,
 * through browse_copy below. */
#ifndef ULLAGE_ANALYZER_BROWSE_H
#define ULLAGE_ANALYZER_BROWSE_H

#include "analyzer/analysis.h"
#include "analyzer/entries.h"
#include "core/sink.h"

struct browse {
    struct image *image;
    struct accounting accounting; /* of names alone */
};

/* Of the options those that say how to read an image matter. */
int browse_open(struct browse **ret_browse, const char *argument,
                const struct analysis_options *options, struct error *err);
void browse_free(struct browse *browse);

/* The instruction that made a layer with secrets redacted, NULL if unknown; the caller frees it. */
char *browse_instruction(const struct browse *browse, uint32_t layer);
/* Has the history fewer steps with a layer than there are layers? Then it is not known which is whose. */
bool browse_steps_without_layer(const struct browse *browse);

/* One name. Texts are valid until the next item; what is unknown of an implicit folder is zero. */
struct item {
    const char *path; /* begins with '/' */
    const char *name; /* its last component; "/" for the root */
    const char *link; /* of a symlink as written, of a hard link what it names; else NULL */
    enum tar_kind kind;
    enum entry_state state;
    bool has_attributes; /* false: no layer has an entry for this folder */
    bool sparse;
    uint32_t layer; /* that shipped it; NO_LAYER for an implicit folder */
    uint32_t entry; /* in it */
    uint32_t killed_by; /* a dead file: the layer that took its last name; else NO_LAYER */
    uint32_t node;      /* NODE_NONE: an entry of a layer */
    uint32_t mode;      /* permission bits with setuid, setgid, sticky */
    int64_t uid, gid;
    int64_t size; /* of a regular file: as `stat` would tell it */
    int64_t mtime;
    uint32_t names; /* of a live regular file: how many are visible */
    uint32_t dev_major, dev_minor;
    int64_t bytes; /* content; with `sums`: of a folder the live content below it, and a file with several
                      names has it at the first of them alone */
    int64_t files; /* with `sums`: how many inodes that is */
    unsigned depth; /* below where the listing began */
};

/* Returns 0, or -1 with an error that ends the listing. */
typedef int item_visitor(void *context, const struct item *item, struct error *err);

struct browse_list {
    uint32_t layer; /* entries of that layer as shipped, in tar order; NO_LAYER: the merged tree, by name */
    unsigned depth; /* 0: the path itself alone; 1: and what is in it; UINT_MAX: all below */
    bool by_size;   /* of the merged tree: siblings by recursive bytes, largest first */
    bool sums;      /* of the merged tree: bytes and files of folders */
    bool without_top; /* what lies below the path, but not the path itself if it is a folder */
};

/* Visits the path and what is below it. Symlinks on the way to the path are followed; its own last
 * component only where the path ends with a slash. */
int browse_visit(const struct browse *browse, const char *path, const struct browse_list *list,
                 item_visitor *visit, void *context, struct error *err);

/* Visits every dead regular file of every layer, in layer and tar order. */
int browse_visit_dead(const struct browse *browse, item_visitor *visit, void *context,
                      struct error *err);

/* Contents need an archive that can be read again. The first tells from the argument alone that it cannot,
 * before all of standard input is read for nothing; the second from what was opened. */
int browse_refuse_stream(const char *argument, struct error *err);
int browse_check_readable(const struct browse *browse, struct error *err);

/* Which payload stands at a path: of the merged tree with all links followed, or of one layer as shipped.
 * A hard link leads to its file. */
struct place {
    uint32_t layer;
    uint32_t entry;
};
int browse_find_payload(const struct browse *browse, const char *path, uint32_t layer,
                        struct place *ret_place, struct error *err);

/* Sends a regular file's content, holes of sparse files as zeros. */
int browse_copy(const struct browse *browse, struct place place, const struct sink *sink,
                struct error *err);

#endif
