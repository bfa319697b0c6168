#include "analyzer/image/progress.h"

#include <stdlib.h>

#include "core/memory.h"

struct watched_stream {
    struct stream stream;
    struct stream *source;
    struct progress *progress;
};

static ssize_t watched_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct watched_stream *watched = (struct watched_stream *)stream;
    ssize_t got = stream_read(watched->source, ret_block, err);
    if (got > 0)
        atomic_fetch_add_explicit(&watched->progress->done, got, memory_order_relaxed);
    return got;
}

static ssize_t watched_fill(struct stream *stream, void *buffer, size_t len, struct error *err)
{
    struct watched_stream *watched = (struct watched_stream *)stream;
    ssize_t got = watched->source->type->fill(watched->source, buffer, len, err);
    if (got > 0)
        atomic_fetch_add_explicit(&watched->progress->done, got, memory_order_relaxed);
    return got;
}

static int64_t watched_skip(struct stream *stream, int64_t len)
{
    struct watched_stream *watched = (struct watched_stream *)stream;
    int64_t passed = stream_skip(watched->source, len);
    atomic_fetch_add_explicit(&watched->progress->done, passed, memory_order_relaxed);
    return passed;
}

static void watched_close(struct stream *stream)
{
    struct watched_stream *watched = (struct watched_stream *)stream;
    stream_close(watched->source);
    free(watched);
}

struct stream *progress_watch(struct stream *source, struct progress *progress)
{
    static const struct stream_type type = {
        .read = watched_read,
        .skip = watched_skip,
        .close = watched_close,
    };
    static const struct stream_type type_with_fill = {
        .read = watched_read,
        .fill = watched_fill,
        .skip = watched_skip,
        .close = watched_close,
    };
    if (!progress)
        return source;
    struct watched_stream *watched = memory_alloc(sizeof *watched);
    *watched = (struct watched_stream){
        .stream = {.type = source->type->fill ? &type_with_fill : &type},
        .source = source,
        .progress = progress,
    };
    return &watched->stream;
}
