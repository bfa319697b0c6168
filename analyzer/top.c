#include "analyzer/top.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static int compare(const struct top_item *a, const struct top_item *b)
{
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return strcmp(a->path, b->path);
}

static int compare_items(const void *a, const void *b)
{
    return compare(a, b);
}

/* The items are a heap whose first is the least, so that it is the one to go. */
static void sift_up(struct top *top, size_t i)
{
    while (i && compare(&top->items[i], &top->items[(i - 1) / 2]) > 0) {
        struct top_item item = top->items[i];
        top->items[i] = top->items[(i - 1) / 2];
        top->items[(i - 1) / 2] = item;
        i = (i - 1) / 2;
    }
}

static void sift_down(struct top *top)
{
    size_t i = 0;
    for (;;) {
        size_t least = i, left = 2 * i + 1;
        for (size_t child = left; child < left + 2 && child < top->count; child++)
            if (compare(&top->items[child], &top->items[least]) > 0)
                least = child;
        if (least == i)
            return;
        struct top_item item = top->items[i];
        top->items[i] = top->items[least];
        top->items[least] = item;
        i = least;
    }
}

bool top_offer(struct top *top, int64_t bytes, int64_t files, uint32_t number, top_path *path,
               const void *context)
{
    bool full = top->most && top->count == top->most;
    if (full && bytes < top->items[0].bytes)
        return false;
    struct strbuf text = STRBUF_INIT;
    path(&text, context, number);
    struct top_item item = {
        .bytes = bytes,
        .files = files,
        .number = number,
        .path = strbuf_detach(&text, NULL),
    };
    if (!full) {
        top->items =
            memory_grow(top->items, top->count, &top->capacity, sizeof *top->items);
        top->items[top->count++] = item;
        if (top->most)
            sift_up(top, top->count - 1);
        return true;
    }
    if (compare(&item, &top->items[0]) >= 0) {
        free(item.path);
        return false;
    }
    free(top->items[0].path);
    top->items[0] = item;
    sift_down(top);
    return true;
}

void top_finish(struct top *top)
{
    if (top->count)
        qsort(top->items, top->count, sizeof *top->items, compare_items);
}

void top_release(struct top *top)
{
    for (size_t i = 0; i < top->count; i++)
        free(top->items[i].path);
    free(top->items);
    *top = (struct top){0};
}
