/* Watchers look at payloads while layers are read, so that whoever needs contents (a package database, a
 * scan for secrets) costs no second pass. A layer asks each watcher about each regular file that has
 * content, and lends its blocks to those that want them. A layer is read by one thread, several layers at
 * once: what a watcher learns goes into the layer's notes, and it shares nothing else between layers.
 *
 * A layer may be read again from its start (see read_in_order), its first reading forgotten: notes are
 * forgotten with it, which is one more reason to keep nothing elsewhere. */
#ifndef ULLAGE_ANALYZER_IMAGE_WATCH_H
#define ULLAGE_ANALYZER_IMAGE_WATCH_H

#include "analyzer/image/layer.h"

#define WATCHERS_MAX 4

struct watcher {
    const void *context;
    /* Is the payload of the layer's entry wanted? Returns what the other two are given, NULL if not. */
    void *(*begin)(const struct watcher *watcher, const struct layer *layer, uint32_t entry);
    /* A block and its offset in the file; holes of sparse files are passed over. Returns whether more is
     * wanted: where nobody wants more, the rest need not be read. */
    bool (*block)(void *file, const void *bytes, size_t len, int64_t offset);
    /* The last call for the file, in any case. `whole`: the payload ended as it should, or nobody wanted
     * more. */
    void (*end)(void *file, struct layer *layer, uint32_t entry, bool whole);
};

/* One file while it passes: what each watcher gave for it. */
struct watching {
    const struct watcher *watchers[WATCHERS_MAX];
    void *files[WATCHERS_MAX];
    bool wants[WATCHERS_MAX];
    size_t count;
};

/* Asks the watchers (ends with NULL; NULL: none) about an entry. Returns whether one wants it. */
bool watching_begin(struct watching *ret_watching, const struct watcher *const *watchers,
                    const struct layer *layer, uint32_t entry);
/* Returns whether any of them wants more. */
bool watching_block(struct watching *watching, const void *bytes, size_t len, int64_t offset);
void watching_end(struct watching *watching, struct layer *layer, uint32_t entry, bool whole);

/* Writes something down about an entry; the bytes are copied. */
void layer_add_note(struct layer *layer, const struct watcher *watcher, uint32_t entry,
                    const void *bytes, size_t len);
/* The first note of that watcher about that entry, NULL if there is none. */
const struct layer_note *layer_find_note(const struct layer *layer,
                                         const struct watcher *watcher, uint32_t entry);

#endif
