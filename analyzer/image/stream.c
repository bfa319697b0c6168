#include "analyzer/image/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/digest.h"
#include "core/file.h"
#include "core/memory.h"

/* Large enough that the calls do not show, small enough to stay in the second-level cache. */
#define BLOCK_BYTES ((size_t)256 << 10)

/* After a skip comes a header, and perhaps small files: read little, then four times as much each time. */
#define BLOCK_AFTER_SKIP ((size_t)4 << 10)

struct file_stream {
    struct stream stream;
    int fd;
    int64_t offset;
    int64_t left;
    size_t block;
    char *buffer;
};

static ssize_t file_stream_fill(struct stream *stream, void *buffer, size_t len,
                                struct error *err)
{
    struct file_stream *file = (struct file_stream *)stream;
    size_t want = (int64_t)len > file->left ? (size_t)file->left : len;
    if (!want)
        return 0;
    ssize_t got = file_read_at(file->fd, buffer, want, file->offset);
    if (got < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "cannot read at byte %" PRId64,
                               file->offset);
    if ((size_t)got < want) {
        error_set(err, ERROR_INPUT, "file ends at byte %" PRId64 ", %" PRId64 " bytes short",
                  file->offset + got, file->left - got);
        return error_hint(err, "copy the archive again, or check the disk that wrote it");
    }
    file->offset += got;
    file->left -= got;
    return got;
}

static ssize_t file_stream_read(struct stream *stream, const void **ret_block,
                                struct error *err)
{
    struct file_stream *file = (struct file_stream *)stream;
    size_t block = file->block;
    if (file->block < BLOCK_BYTES)
        file->block *= 4;
    *ret_block = file->buffer;
    return file_stream_fill(stream, file->buffer, block, err);
}

static int64_t file_stream_skip(struct stream *stream, int64_t len)
{
    struct file_stream *file = (struct file_stream *)stream;
    if (len > file->left)
        len = file->left;
    file->offset += len;
    file->left -= len;
    file->block = BLOCK_AFTER_SKIP;
    return len;
}

static void file_stream_close(struct stream *stream)
{
    struct file_stream *file = (struct file_stream *)stream;
    free(file->buffer);
    free(file);
}

struct stream *stream_of_file(int fd, int64_t offset, int64_t size)
{
    static const struct stream_type type = {
        .read = file_stream_read,
        .fill = file_stream_fill,
        .skip = file_stream_skip,
        .close = file_stream_close,
    };
    struct file_stream *file = memory_alloc(sizeof *file);
    *file = (struct file_stream){
        .stream = {.type = &type},
        .fd = fd,
        .offset = offset,
        .left = size,
        .block = BLOCK_BYTES,
        .buffer = memory_alloc(size < (int64_t)BLOCK_BYTES ? (size_t)size : BLOCK_BYTES),
    };
    return &file->stream;
}

struct pipe_stream {
    struct stream stream;
    int fd;
    char *buffer;
};

static ssize_t pipe_stream_read(struct stream *stream, const void **ret_block,
                                struct error *err)
{
    struct pipe_stream *pipe = (struct pipe_stream *)stream;
    size_t have = 0;
    /* a pipe gives what it has; whole blocks keep tar headers in one piece */
    while (have < BLOCK_BYTES) {
        ssize_t got = read(pipe->fd, pipe->buffer + have, BLOCK_BYTES - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(err, ERROR_INPUT, errno, "cannot read");
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *ret_block = pipe->buffer;
    return (ssize_t)have;
}

static void pipe_stream_close(struct stream *stream)
{
    struct pipe_stream *pipe = (struct pipe_stream *)stream;
    free(pipe->buffer);
    free(pipe);
}

struct stream *stream_of_pipe(int fd)
{
    static const struct stream_type type = {
        .read = pipe_stream_read,
        .close = pipe_stream_close,
    };
    struct pipe_stream *pipe = memory_alloc(sizeof *pipe);
    *pipe = (struct pipe_stream){
        .stream = {.type = &type},
        .fd = fd,
        .buffer = memory_alloc(BLOCK_BYTES),
    };
    return &pipe->stream;
}

struct bytes_stream {
    struct stream stream;
    const char *bytes;
    size_t left;
    struct stream *rest; /* may be NULL */
    char *owned;         /* may be NULL */
};

static ssize_t bytes_stream_read(struct stream *stream, const void **ret_block,
                                 struct error *err)
{
    struct bytes_stream *bytes = (struct bytes_stream *)stream;
    if (!bytes->left)
        return bytes->rest ? stream_read(bytes->rest, ret_block, err) : 0;
    size_t len = bytes->left < BLOCK_BYTES ? bytes->left : BLOCK_BYTES;
    *ret_block = bytes->bytes;
    bytes->bytes += len;
    bytes->left -= len;
    return (ssize_t)len;
}

static int64_t bytes_stream_skip(struct stream *stream, int64_t len)
{
    struct bytes_stream *bytes = (struct bytes_stream *)stream;
    int64_t own = len < (int64_t)bytes->left ? len : (int64_t)bytes->left;
    bytes->bytes += own;
    bytes->left -= (size_t)own;
    if (own < len && bytes->rest)
        own += stream_skip(bytes->rest, len - own);
    return own;
}

static void bytes_stream_close(struct stream *stream)
{
    struct bytes_stream *bytes = (struct bytes_stream *)stream;
    stream_close(bytes->rest);
    free(bytes->owned);
    free(bytes);
}

static struct stream *bytes_stream(const char *bytes, size_t len, char *owned,
                                   struct stream *rest)
{
    static const struct stream_type type = {
        .read = bytes_stream_read,
        .skip = bytes_stream_skip,
        .close = bytes_stream_close,
    };
    struct bytes_stream *made = memory_alloc(sizeof *made);
    *made = (struct bytes_stream){
        .stream = {.type = &type},
        .bytes = bytes,
        .left = len,
        .rest = rest,
        .owned = owned,
    };
    return &made->stream;
}

struct stream *stream_of_bytes(const void *bytes, size_t len)
{
    return bytes_stream(bytes, len, NULL, NULL);
}

struct stream *stream_prepend(const void *block, size_t len, struct stream *rest)
{
    char *copy = memory_dup_bytes(block, len);
    return bytes_stream(copy, len, copy, rest);
}

struct tee_stream {
    struct stream stream;
    struct stream *source;
    struct digester *digester;
    int64_t *count;
};

static ssize_t tee_stream_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct tee_stream *tee = (struct tee_stream *)stream;
    ssize_t got = stream_read(tee->source, ret_block, err);
    if (got > 0 && tee->digester)
        digester_add(tee->digester, *ret_block, (size_t)got);
    if (got > 0)
        *tee->count += got;
    return got;
}

static void tee_stream_close(struct stream *stream)
{
    struct tee_stream *tee = (struct tee_stream *)stream;
    stream_close(tee->source);
    free(tee);
}

static int64_t tee_stream_skip(struct stream *stream, int64_t len)
{
    struct tee_stream *tee = (struct tee_stream *)stream;
    if (tee->digester)
        return 0;
    int64_t passed = stream_skip(tee->source, len);
    *tee->count += passed;
    return passed;
}

struct stream *stream_tee(struct stream *source, struct digester *digester, int64_t *count)
{
    static const struct stream_type type = {
        .read = tee_stream_read,
        .skip = tee_stream_skip,
        .close = tee_stream_close,
    };
    struct tee_stream *tee = memory_alloc(sizeof *tee);
    *tee = (struct tee_stream){
        .stream = {.type = &type},
        .source = source,
        .digester = digester,
        .count = count,
    };
    *count = 0;
    return &tee->stream;
}

int stream_drain(struct stream *stream, struct error *err)
{
    const void *block;
    ssize_t got;
    do {
        if (stream_skip(stream, INT64_MAX) > 0) {
            got = 1;
            continue;
        }
        got = stream_read(stream, &block, err);
    } while (got > 0);
    return got < 0 ? -1 : 0;
}
