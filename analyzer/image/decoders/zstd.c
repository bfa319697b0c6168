/* zstd (RFC 8878): frames one after another, skippable frames among them. */
#include <inttypes.h>
#include <string.h>
#include <zstd.h>

#include "analyzer/image/decode.h"
#include "core/memory.h"

#define OUTPUT_BYTES ((size_t)256 << 10)

struct zstd_stream {
    struct stream stream;
    struct decode_input input;
    const struct limits *limits;
    ZSTD_DStream *z;
    bool within_frame;
    char output[OUTPUT_BYTES];
};

static bool probe(const unsigned char *bytes, size_t len)
{
    static const unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd};
    static const unsigned char skippable[] = {0x2a, 0x4d, 0x18};
    if (len < 4)
        return false;
    return memcmp(bytes, frame, 4) == 0 ||
           ((bytes[0] & 0xf0) == 0x50 && memcmp(bytes + 1, skippable, 3) == 0);
}

static int refuse(const struct zstd_stream *zstd, size_t result, struct error *err)
{
    if (strcmp(ZSTD_getErrorName(result), "Frame requires too much memory for decoding") == 0) {
        error_set(err, ERROR_LIMIT, "zstd stream asks for a window over the limit %s=%" PRId64,
                  limit_name(LIMIT_ZSTD_WINDOW), limits_get(zstd->limits, LIMIT_ZSTD_WINDOW));
        return error_hint(err, "raise it with --limit %s=VALUE if you trust the image",
                          limit_name(LIMIT_ZSTD_WINDOW));
    }
    return error_set(err, ERROR_INPUT, "zstd stream is damaged before its byte %" PRId64 ": %s",
                     zstd->input.read - (int64_t)zstd->input.left, ZSTD_getErrorName(result));
}

static ssize_t zstd_fill(struct stream *stream, void *buffer, size_t len, struct error *err)
{
    struct zstd_stream *zstd = (struct zstd_stream *)stream;
    ZSTD_outBuffer out = {.dst = buffer, .size = len};

    while (out.pos < out.size) {
        if (decode_fill(&zstd->input, err) < 0)
            return -1;
        size_t before = out.pos;
        ZSTD_inBuffer in = {.src = zstd->input.next, .size = zstd->input.left};
        if (zstd->input.ended && !zstd->within_frame)
            break;
        size_t result = ZSTD_decompressStream(zstd->z, &out, &in);
        if (ZSTD_isError(result))
            return refuse(zstd, result, err);
        zstd->input.next += in.pos;
        zstd->input.left -= in.pos;
        zstd->within_frame = result != 0;
        if (zstd->input.ended && zstd->within_frame && out.pos == before) {
            error_set(err, ERROR_INPUT, "zstd stream ends early, at its byte %" PRId64,
                      zstd->input.read);
            return error_hint(err, "the archive is incomplete: copy it again");
        }
    }
    return (ssize_t)out.pos;
}

static ssize_t zstd_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct zstd_stream *zstd = (struct zstd_stream *)stream;
    *ret_block = zstd->output;
    return zstd_fill(stream, zstd->output, OUTPUT_BYTES, err);
}

static void zstd_close(struct stream *stream)
{
    struct zstd_stream *zstd = (struct zstd_stream *)stream;
    ZSTD_freeDStream(zstd->z);
    stream_close(zstd->input.source);
    free(zstd);
}

static struct stream *open_zstd(struct stream *source, const struct limits *limits)
{
    static const struct stream_type type = {
        .read = zstd_read,
        .fill = zstd_fill,
        .close = zstd_close,
    };
    struct zstd_stream *zstd = memory_alloc(sizeof *zstd);
    zstd->stream.type = &type;
    zstd->input = (struct decode_input){.source = source};
    zstd->limits = limits;
    zstd->within_frame = false;
    zstd->z = ZSTD_createDStream();
    if (!zstd->z)
        memory_exhausted(0);
    int window_log = 10;
    while (window_log < 31 &&
           (int64_t)1 << (window_log + 1) <= limits_get(limits, LIMIT_ZSTD_WINDOW))
        window_log++;
    ZSTD_DCtx_setParameter(zstd->z, ZSTD_d_windowLogMax, window_log);
    return &zstd->stream;
}

const struct decoder decoder_zstd = {
    .compression = COMPRESSION_ZSTD,
    .probe = probe,
    .open = open_zstd,
};
