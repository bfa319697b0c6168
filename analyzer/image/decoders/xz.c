/* xz, several streams with padding between them. */
#include <inttypes.h>
#include <lzma.h>
#include <string.h>

#include "analyzer/image/decode.h"
#include "core/memory.h"

#define OUTPUT_BYTES ((size_t)256 << 10)

struct xz_stream {
    struct stream stream;
    struct decode_input input;
    lzma_stream z;
    bool done;
    uint8_t output[OUTPUT_BYTES];
};

static bool probe(const unsigned char *bytes, size_t len)
{
    static const unsigned char magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
    return len >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

static int refuse(const struct xz_stream *xz, lzma_ret result, struct error *err)
{
    if (result == LZMA_BUF_ERROR) {
        error_set(err, ERROR_INPUT, "xz stream ends early, at its byte %" PRId64,
                  xz->input.read);
        return error_hint(err, "the archive is incomplete: copy it again");
    }
    if (result == LZMA_MEMLIMIT_ERROR) {
        error_set(err, ERROR_LIMIT, "xz stream asks for a dictionary over the limit %s",
                  limit_name(LIMIT_ZSTD_WINDOW));
        return error_hint(err, "raise it with --limit %s=VALUE if you trust the image",
                          limit_name(LIMIT_ZSTD_WINDOW));
    }
    return error_set(err, ERROR_INPUT, "xz stream is damaged before its byte %" PRId64,
                     xz->input.read - (int64_t)xz->input.left);
}

static ssize_t xz_fill(struct stream *stream, void *buffer, size_t len, struct error *err)
{
    struct xz_stream *xz = (struct xz_stream *)stream;
    xz->z.next_out = buffer;
    xz->z.avail_out = len;

    while (!xz->done && xz->z.avail_out) {
        if (decode_fill(&xz->input, err) < 0)
            return -1;
        xz->z.next_in = xz->input.next;
        xz->z.avail_in = xz->input.left;
        lzma_ret result = lzma_code(&xz->z, xz->input.ended ? LZMA_FINISH : LZMA_RUN);
        xz->input.next = xz->z.next_in;
        xz->input.left = xz->z.avail_in;
        if (result == LZMA_STREAM_END)
            xz->done = true;
        else if (result != LZMA_OK)
            return refuse(xz, result, err);
    }
    return (ssize_t)(len - xz->z.avail_out);
}

static ssize_t xz_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct xz_stream *xz = (struct xz_stream *)stream;
    *ret_block = xz->output;
    return xz_fill(stream, xz->output, OUTPUT_BYTES, err);
}

static void xz_close(struct stream *stream)
{
    struct xz_stream *xz = (struct xz_stream *)stream;
    lzma_end(&xz->z);
    stream_close(xz->input.source);
    free(xz);
}

static struct stream *open_xz(struct stream *source, const struct limits *limits)
{
    static const struct stream_type type = {
        .read = xz_read,
        .fill = xz_fill,
        .close = xz_close,
    };
    struct xz_stream *xz = memory_alloc(sizeof *xz);
    xz->stream.type = &type;
    xz->input = (struct decode_input){.source = source};
    xz->z = (lzma_stream)LZMA_STREAM_INIT;
    xz->done = false;
    /* what the decoder needs beside its dictionary is well under 1 MiB */
    uint64_t memory = (uint64_t)limits_get(limits, LIMIT_ZSTD_WINDOW) + ((uint64_t)1 << 20);
    if (lzma_stream_decoder(&xz->z, memory, LZMA_CONCATENATED) != LZMA_OK)
        memory_exhausted(0);
    return &xz->stream;
}

const struct decoder decoder_xz = {
    .compression = COMPRESSION_XZ,
    .probe = probe,
    .open = open_xz,
};
