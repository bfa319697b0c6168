/* The accounting of design.md ("Accounting, precisely") a second time, as plainly as it can
 * be said and as slow as that makes it. The merged filesystem is one flat list of paths;
 * after each event every payload is asked whether a visible name of it is left. The product
 * is compared with this, so neither may learn from the other's code.
 *
 * Where the design leaves a choice, the model takes these.
 *
 * Entries: an entry first gets its parents, then looks for its hard link target, then
 * replaces what has its name. A parent that is a symlink is followed within the root, over
 * 40 links at most for one path; what is missing on the way is made, what is no directory
 * is replaced. A symlink of the path itself that ends in a loop is replaced by a directory,
 * and the attempt to follow it leaves nothing behind.
 *
 * Markers make no parents and replace none: where a parent is missing or is no directory,
 * they are markers of nothing.
 *
 * Overlay: a symlinked parent, of an entry or a marker, becomes a directory. An opaque
 * marker at the root does nothing. A whiteout of a lower directory does nothing where an
 * entry for that same directory follows it in the tar.
 *
 * Payloads: one that was never seen is shadowed by its own layer, and so is what a file
 * named like the root brings. Payloads of 0 bytes are no duplicates; of equal ones the
 * first in the order of the tars is the original. */
#ifndef TESTS_MODELS_ACCOUNTING_MODEL_H
#define TESTS_MODELS_ACCOUNTING_MODEL_H

#include "model_image.h"

enum model_semantics {
    MODEL_SPEC,
    MODEL_OVERLAY,
};

enum model_cause {
    MODEL_REWRITTEN,
    MODEL_REEMITTED,
    MODEL_DELETED,
    MODEL_OPAQUE,
    MODEL_TYPE_CHANGED,
    MODEL_SHADOWED,
    MODEL_CAUSE_COUNT,
};

/* The bytes that one regular-file entry brought. */
struct model_payload {
    size_t layer;
    size_t entry; /* its index in the layer */
    char *path;   /* of that entry, normalised, whatever symlinks it goes through */
    uint64_t bytes;
    bool live;
    enum model_cause cause; /* of the dead */
    size_t killed_by;       /* the layer; of the dead */
};

/* One visible path of the merged filesystem, the root excepted. */
struct model_path {
    char *path;
    enum model_type type; /* never MODEL_HARDLINK */
    size_t inode;   /* of a file: the same for names of the same inode; else MODEL_NONE */
    size_t payload; /* of a file: index of its payload; MODEL_NONE where it has none */
    char *link;     /* of a symlink, else NULL */
    unsigned mode;
    uint64_t uid;
    uint64_t gid;
    int64_t mtime;
    unsigned devmajor;
    unsigned devminor;
};

struct model_layer_sums {
    uint64_t content;
    uint64_t live;
    uint64_t dead;
    size_t entries; /* all of the layer's, markers included */
    size_t added;
    size_t modified;
    size_t removed;
};

struct model_accounts {
    struct model_payload *payloads; /* in the order of layers and entries */
    size_t payload_count;
    struct model_path *paths; /* the final filesystem, sorted by path bytes */
    size_t path_count;
    struct model_layer_sums *layers;
    size_t layer_count;
    uint64_t content;
    uint64_t live;
    uint64_t dead;
    uint64_t dead_by_cause[MODEL_CAUSE_COUNT];
    uint64_t duplicates;
    struct model_path root; /* its metadata; 0755 and zeros where no entry says otherwise */
};

void model_account(const struct model_image *image, enum model_semantics semantics,
                   struct model_accounts *ret_accounts);
void model_accounts_release(struct model_accounts *accounts);

const char *model_cause_name(enum model_cause cause);
const struct model_path *model_accounts_find(const struct model_accounts *accounts,
                                             const char *path);
void model_accounts_print(const struct model_accounts *accounts, FILE *out);

#endif
