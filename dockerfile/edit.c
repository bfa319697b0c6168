#include "dockerfile/edit.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const struct edit *x = a, *y = b;
    if (x->extent.start != y->extent.start)
        return x->extent.start < y->extent.start ? -1 : 1;
    return (x->extent.end > y->extent.end) - (x->extent.end < y->extent.end);
}

void edits_sort(struct edit *edits, size_t count)
{
    if (count)
        qsort(edits, count, sizeof *edits, compare);
}

static int check(struct span text, const struct edit *edits, size_t count, struct error *err)
{
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        struct extent extent = edits[i].extent;
        if (extent.start > extent.end || extent.end > text.len)
            return error_set(err, ERROR_INTERNAL, "edit %zu reaches beyond the text", i);
        bool twice = i && extent.start == extent.end && edits[i - 1].extent.start == extent.start;
        if (extent.start < end || twice)
            return error_set(err, ERROR_INTERNAL, "edit %zu overlaps the one before it", i);
        end = extent.end;
    }
    return 0;
}

int edits_apply(struct strbuf *out, struct span text, const struct edit *edits, size_t count,
                struct error *err)
{
    size_t at = 0;
    if (check(text, edits, count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        strbuf_add(out, text.ptr + at, edits[i].extent.start - at);
        strbuf_add(out, edits[i].text.ptr, edits[i].text.len);
        at = edits[i].extent.end;
    }
    strbuf_add(out, text.ptr + at, text.len - at);
    return 0;
}
