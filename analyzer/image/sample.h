/* A sample of bytes that pass only once, for estimating how they would compress: pieces at a regular
 * stride, each with what stands before it. When the places run out every other piece goes and the stride
 * doubles, so that the sample stays even however long the stream turns out to be. Deterministic. */
#ifndef ULLAGE_ANALYZER_IMAGE_SAMPLE_H
#define ULLAGE_ANALYZER_IMAGE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/image/stream.h"

/* 128 pieces of 32 KiB are 4 MiB. */
#define SAMPLE_PIECES 128
#define SAMPLE_PIECE_BYTES ((size_t)16 << 10)
#define SAMPLE_WINDOW_BYTES ((size_t)16 << 10)

struct sample_piece {
    int64_t at; /* where the window begins */
    size_t len; /* window and piece; shorter at the stream's end */
    bool first; /* nothing stands before it in its stream */
    unsigned char *bytes;
};

struct sample {
    struct sample_piece pieces[SAMPLE_PIECES];
    size_t count;
    int64_t stride;
    int64_t position;
    int64_t stream_start;
};

/* Passes a stream through the sample; takes over `source`. One sample may see several streams in turn. */
struct stream *sample_stream(struct stream *source, struct sample *sample);
void sample_release(struct sample *sample);

/* Deflated length over plain length of one piece or of the whole sample; 1 for nothing. */
double sample_ratio(const struct sample *sample);
/* What `len` bytes behind a window of `window` bytes deflate to, at level 6 as docker push does. */
int64_t sample_deflate(const unsigned char *bytes, size_t window, size_t len);

#endif
