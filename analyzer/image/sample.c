#include "analyzer/image/sample.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/memory.h"

#define WHOLE (SAMPLE_WINDOW_BYTES + SAMPLE_PIECE_BYTES)

static void thin_out(struct sample *sample)
{
    size_t kept = 0;
    for (size_t i = 0; i < sample->count; i++) {
        if (i % 2 == 0)
            sample->pieces[kept++] = sample->pieces[i];
        else
            free(sample->pieces[i].bytes);
    }
    sample->count = kept;
    sample->stride *= 2;
}

/* Copies what of the block belongs to the newest piece; begins pieces as their places come. */
static void take(struct sample *sample, const unsigned char *bytes, size_t len)
{
    while (len) {
        struct sample_piece *last =
            sample->count ? &sample->pieces[sample->count - 1] : NULL;
        size_t part;
        if (last && last->len < WHOLE && last->at + (int64_t)last->len == sample->position) {
            part = WHOLE - last->len < len ? WHOLE - last->len : len;
            memcpy(last->bytes + last->len, bytes, part);
            last->len += part;
        } else if (sample->position % sample->stride == 0) {
            if (sample->count == SAMPLE_PIECES)
                thin_out(sample);
            if (sample->position % sample->stride)
                continue;
            sample->pieces[sample->count++] = (struct sample_piece){
                .at = sample->position,
                .first = sample->position == sample->stream_start,
                .bytes = memory_alloc(WHOLE),
            };
            continue;
        } else {
            int64_t next = sample->stride - sample->position % sample->stride;
            part = next < (int64_t)len ? (size_t)next : len;
        }
        bytes += part;
        len -= part;
        sample->position += (int64_t)part;
    }
}

struct sampling_stream {
    struct stream stream;
    struct stream *source;
    struct sample *sample;
};

static ssize_t sampling_read(struct stream *stream, const void **ret_block, struct error *err)
{
    struct sampling_stream *sampling = (struct sampling_stream *)stream;
    ssize_t got = stream_read(sampling->source, ret_block, err);
    if (got > 0)
        take(sampling->sample, *ret_block, (size_t)got);
    return got;
}

static void sampling_close(struct stream *stream)
{
    struct sampling_stream *sampling = (struct sampling_stream *)stream;
    stream_close(sampling->source);
    free(sampling);
}

struct stream *sample_stream(struct stream *source, struct sample *sample)
{
    static const struct stream_type type = {.read = sampling_read, .close = sampling_close};
    struct sampling_stream *sampling = memory_alloc(sizeof *sampling);
    *sampling =
        (struct sampling_stream){.stream = {.type = &type}, .source = source, .sample = sample};
    if (!sample->stride)
        sample->stride = (int64_t)WHOLE;
    /* while the sample is everything, a stream begins a piece: it is compressed by itself */
    int64_t over = sample->position % sample->stride;
    if (over && sample->stride == (int64_t)WHOLE)
        sample->position += sample->stride - over;
    sample->stream_start = sample->position;
    return &sampling->stream;
}

void sample_release(struct sample *sample)
{
    for (size_t i = 0; i < sample->count; i++)
        free(sample->pieces[i].bytes);
    sample->count = 0;
}

int64_t sample_deflate(const unsigned char *bytes, size_t window, size_t len)
{
    z_stream z = {0};
    cleanup_free unsigned char *out = memory_alloc(len + 1024);
    if (deflateInit2(&z, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        memory_exhausted(0);
    if (window)
        deflateSetDictionary(&z, bytes, (unsigned)window);
    z.next_in = (unsigned char *)(uintptr_t)bytes + window;
    z.avail_in = (unsigned)len;
    z.next_out = out;
    z.avail_out = (unsigned)(len + 1024);
    deflate(&z, Z_SYNC_FLUSH);
    int64_t result = (int64_t)z.total_out;
    deflateEnd(&z);
    return result > 5 ? result - 5 : result; /* the flush's own bytes */
}

double sample_ratio(const struct sample *sample)
{
    int64_t in = 0, out = 0;
    for (size_t i = 0; i < sample->count; i++) {
        const struct sample_piece *piece = &sample->pieces[i];
        /* nothing stands before a first piece, and one that ended within its window is all piece */
        bool has_window = !piece->first && piece->len > SAMPLE_WINDOW_BYTES;
        size_t window = has_window ? SAMPLE_WINDOW_BYTES : 0;
        in += (int64_t)(piece->len - window);
        out += sample_deflate(piece->bytes, window, piece->len - window);
    }
    return in ? (double)out / (double)in : 1;
}
