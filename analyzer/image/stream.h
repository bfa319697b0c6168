/* Bytes in order. A stream lends one block at a time, valid until the next call, and may be able to pass
 * over bytes without reading them. Streams stack: a decoder is a stream over a stream. */
#ifndef ULLAGE_ANALYZER_IMAGE_STREAM_H
#define ULLAGE_ANALYZER_IMAGE_STREAM_H

#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"

struct stream;

struct stream_type {
    /* The length of the next block, 0 at the end, -1 with an error. */
    ssize_t (*read)(struct stream *stream, const void **ret_block, struct error *err);
    /* As read, but into memory of the caller's, as much as fits or the end leaves; NULL where that saves
     * nothing. */
    ssize_t (*fill)(struct stream *stream, void *buffer, size_t len, struct error *err);
    /* Passes over at most `len` bytes and returns how many; NULL where only reading helps. */
    int64_t (*skip)(struct stream *stream, int64_t len);
    void (*close)(struct stream *stream);
};

struct stream {
    const struct stream_type *type;
};

static inline ssize_t stream_read(struct stream *stream, const void **ret_block,
                                  struct error *err)
{
    return stream->type->read(stream, ret_block, err);
}

static inline int64_t stream_skip(struct stream *stream, int64_t len)
{
    return stream->type->skip ? stream->type->skip(stream, len) : 0;
}

static inline void stream_close(struct stream *stream)
{
    if (stream)
        stream->type->close(stream);
}

/* `size` bytes of a file from `offset`, read with pread, so that many streams may share `fd`, which stays
 * the caller's. A file that ends early is an error with the place. */
struct stream *stream_of_file(int fd, int64_t offset, int64_t size);

/* A file descriptor read to its end: a pipe, a terminal, a file. `fd` stays the caller's. */
struct stream *stream_of_pipe(int fd);

/* Bytes in memory, which stay the caller's. */
struct stream *stream_of_bytes(const void *bytes, size_t len);

/* Gives `block` first, then what `rest` has: for bytes that were read to see what they are. Copies the
 * block, takes over `rest`. */
struct stream *stream_prepend(const void *block, size_t len, struct stream *rest);

/* Reads ahead in a thread of its own, a few blocks at most. Takes over `source`. */
struct stream *stream_ahead(struct stream *source);

struct digester;
/* Passes everything through a digester and counts it. Takes over `source`; the digester (NULL: count
 * alone) and the counter stay the caller's and are complete when the stream has ended. */
struct stream *stream_tee(struct stream *source, struct digester *digester, int64_t *count);
/* The same with the digester in a thread of its own: it is complete when the stream is closed. */
struct stream *stream_tee_behind(struct stream *source, struct digester *digester,
                                 int64_t *count);

/* Reads to the end and forgets it. */
int stream_drain(struct stream *stream, struct error *err);

static inline void stream_cleanup(struct stream **stream)
{
    stream_close(*stream);
    *stream = NULL;
}
#define cleanup_stream __attribute__((cleanup(stream_cleanup)))

#endif
