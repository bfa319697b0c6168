/* The largest of many things: by bytes, then by path. Keeps the first `most` (0: all), each with a copy of
 * its path, which is only made for what may be kept. */
#ifndef ULLAGE_ANALYZER_TOP_H
#define ULLAGE_ANALYZER_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/strbuf.h"

struct top_item {
    int64_t bytes;
    uint32_t number;
    int64_t files;
    char *path;
};

struct top {
    size_t most;
    struct top_item *items;
    size_t count;
    size_t capacity;
};

/* Appends the path of a number. */
typedef void top_path(struct strbuf *out, const void *context, uint32_t number);

/* Returns whether it is kept for now. What sorts behind something of equal bytes that was not kept will not
 * be kept either. */
bool top_offer(struct top *top, int64_t bytes, int64_t files, uint32_t number, top_path *path,
               const void *context);
/* Sorts what was kept; call once, when all was offered. */
void top_finish(struct top *top);
void top_release(struct top *top);

#endif
