/* bzip2, several streams one after another. */
#include <bzlib.h>
#include <inttypes.h>
#include <string.h>

#include "analyzer/image/decode.h"
#include "core/memory.h"

#define OUTPUT_BYTES ((size_t)256 << 10)

struct bzip2_stream {
    struct stream stream;
    struct decode_input input;
    bz_stream z;
    bool open;
    bool done;
    char output[OUTPUT_BYTES];
};

static bool probe(const unsigned char *bytes, size_t len)
{
    return len >= 10 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9' &&
           (memcmp(bytes + 4, "1AY&SY", 6) == 0 || memcmp(bytes + 4, "\x17rE8P\x90", 6) == 0);
}

static int refuse(const struct bzip2_stream *bzip2, struct error *err)
{
    return error_set(err, ERROR_INPUT, "bzip2 stream is damaged before its byte %" PRId64,
                     bzip2->input.read - (int64_t)bzip2->input.left);
}

static void begin_stream(struct bzip2_stream *bzip2)
{
    memset(&bzip2->z, 0, sizeof bzip2->z);
    if (BZ2_bzDecompressInit(&bzip2->z, 0, 0) != BZ_OK)
        memory_exhausted(0);
    bzip2->open = true;
}

static ssize_t bzip2_fill(struct stream *stream, void *buffer, size_t len, struct error *err)
{
    struct bzip2_stream *bzip2 = (struct bzip2_stream *)stream;
    size_t room = len;

    while (!bzip2->done && room) {
        if (decode_fill(&bzip2->input, err) < 0)
            return -1;
        if (bzip2->input.ended && bzip2->open) {
            error_set(err, ERROR_INPUT, "bzip2 stream ends early, at its byte %" PRId64,
                      bzip2->input.read);
            return error_hint(err, "the archive is incomplete: copy it again");
        }
        if (bzip2->input.ended) {
            bzip2->done = true;
            break;
        }
        if (!bzip2->open)
            begin_stream(bzip2);
        bzip2->z.next_in = (char *)(uintptr_t)bzip2->input.next;
        bzip2->z.avail_in = (unsigned)bzip2->input.left;
        bzip2->z.next_out = (char *)buffer + (len - room);
        bzip2->z.avail_out = (unsigned)room;
        int result = BZ2_bzDecompress(&bzip2->z);
        bzip2->input.next = (unsigned char *)bzip2->z.next_in;
        bzip2->input.left = bzip2->z.avail_in;
        room = bzip2->z.avail_out;
        if (result == BZ_STREAM_END) {
            BZ2_bzDecompressEnd(&bzip2->z);
            bzip2->open = false;
        } else if (result != BZ_OK) {
            return refuse(bzip2, err);
        }
    }
    return (ssize_t)(len - room);
}

static ssize_t bzip2_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct bzip2_stream *bzip2 = (struct bzip2_stream *)stream;
    *ret_block = bzip2->output;
    return bzip2_fill(stream, bzip2->output, OUTPUT_BYTES, err);
}

static void bzip2_close(struct stream *stream)
{
    struct bzip2_stream *bzip2 = (struct bzip2_stream *)stream;
    if (bzip2->open)
        BZ2_bzDecompressEnd(&bzip2->z);
    stream_close(bzip2->input.source);
    free(bzip2);
}

static struct stream *open_bzip2(struct stream *source, const struct limits *limits)
{
    static const struct stream_type type = {
        .read = bzip2_read,
        .fill = bzip2_fill,
        .close = bzip2_close,
    };
    (void)limits;
    struct bzip2_stream *bzip2 = memory_alloc(sizeof *bzip2);
    bzip2->stream.type = &type;
    bzip2->input = (struct decode_input){.source = source};
    bzip2->done = false;
    begin_stream(bzip2);
    return &bzip2->stream;
}

const struct decoder decoder_bzip2 = {
    .compression = COMPRESSION_BZIP2,
    .probe = probe,
    .open = open_bzip2,
};
