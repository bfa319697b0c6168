#include "analyzer/image/decode.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/memory.h"

/* Below this much output no ratio is a bomb: a tar of zeros reaches 1:1000 honestly. */
#define EXPANSION_FREE ((int64_t)64 << 20)

#define DECODER(name) extern const struct decoder decoder_##name;
#include "analyzer/image/decoders.def"
#undef DECODER

static const struct decoder *const decoders[] = {
#define DECODER(name) &decoder_##name,
#include "analyzer/image/decoders.def"
#undef DECODER
};

static const char *const names[] = {
    [COMPRESSION_NONE] = "none", [COMPRESSION_GZIP] = "gzip",   [COMPRESSION_ZSTD] = "zstd",
    [COMPRESSION_XZ] = "xz",     [COMPRESSION_BZIP2] = "bzip2",
};
static_assert(ARRAY_SIZE(names) == COMPRESSION_COUNT, "every compression has a name");

const char *compression_name(enum compression compression)
{
    return names[compression];
}

enum compression decode_probe(const void *bytes, size_t len)
{
    for (size_t i = 0; i < ARRAY_SIZE(decoders); i++)
        if (decoders[i]->probe(bytes, len))
            return decoders[i]->compression;
    return COMPRESSION_NONE;
}

int decode_fill(struct decode_input *input, struct error *err)
{
    const void *block;
    if (input->left || input->ended)
        return 0;
    ssize_t got = stream_read(input->source, &block, err);
    if (got < 0)
        return -1;
    input->ended = got == 0;
    input->next = got ? block : (const void *)""; /* so that 0 can be added to it */
    input->left = (size_t)got;
    input->read += got;
    return 0;
}

/* Counts what goes in and what comes out, and stops a bomb. */
struct guard_stream {
    struct stream stream;
    struct stream *decoded;
    const struct limits *limits;
    int64_t in;
    int64_t out;
    bool failed; /* a decoder is not asked again */
};

static ssize_t check(struct guard_stream *guard, ssize_t got, struct error *err)
{
    guard->failed = got < 0;
    if (got <= 0)
        return got;
    guard->out += got;
    if (limits_check(guard->limits, LIMIT_TOTAL_BYTES, guard->out, "decompressed bytes", err) < 0)
        return -1;
    int64_t ratio = guard->out / (guard->in ? guard->in : 1);
    if (guard->out > EXPANSION_FREE &&
        limits_check(guard->limits, LIMIT_EXPANSION, ratio, "expansion", err) < 0)
        return -1;
    return got;
}

static int refuse_failed(struct error *err)
{
    return error_set(err, ERROR_INPUT, "the compressed stream is damaged");
}

static ssize_t guard_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct guard_stream *guard = (struct guard_stream *)stream;
    if (guard->failed)
        return refuse_failed(err);
    return check(guard, stream_read(guard->decoded, ret_block, err), err);
}

static ssize_t guard_fill(struct stream *stream, void *buffer, size_t len, struct error *err)
{
    struct guard_stream *guard = (struct guard_stream *)stream;
    if (guard->failed)
        return refuse_failed(err);
    return check(guard, guard->decoded->type->fill(guard->decoded, buffer, len, err), err);
}

static void guard_close(struct stream *stream)
{
    struct guard_stream *guard = (struct guard_stream *)stream;
    stream_close(guard->decoded);
    free(guard);
}

struct stream *decode_open(struct stream *source, enum compression compression,
                           const struct limits *limits)
{
    static const struct stream_type type = {
        .read = guard_read,
        .fill = guard_fill,
        .close = guard_close,
    };
    for (size_t i = 0; i < ARRAY_SIZE(decoders); i++) {
        if (decoders[i]->compression != compression)
            continue;
        struct guard_stream *guard = memory_alloc_zero(1, sizeof *guard);
        guard->stream.type = &type;
        guard->limits = limits;
        guard->decoded = decoders[i]->open(stream_tee(source, NULL, &guard->in), limits);
        return &guard->stream;
    }
    return source;
}

int decode_open_any(struct stream **ret_stream, enum compression *ret_compression,
                    struct stream *source, const struct limits *limits, struct error *err)
{
    char head[DECODE_MAGIC_BYTES];
    size_t have = 0;
    while (have < sizeof head) {
        const void *block;
        ssize_t got = stream_read(source, &block, err);
        if (got < 0) {
            stream_close(source);
            return -1;
        }
        if (got == 0)
            break;
        if (have == 0 && (size_t)got >= sizeof head) {
            *ret_compression = decode_probe(block, (size_t)got);
            *ret_stream = decode_open(stream_prepend(block, (size_t)got, source),
                                      *ret_compression, limits);
            return 0;
        }
        size_t part = sizeof head - have < (size_t)got ? sizeof head - have : (size_t)got;
        memcpy(head + have, block, part);
        have += part;
        if (part < (size_t)got)
            source = stream_prepend((const char *)block + part, (size_t)got - part, source);
    }
    *ret_compression = decode_probe(head, have);
    *ret_stream = decode_open(stream_prepend(head, have, source), *ret_compression, limits);
    return 0;
}
