/* Compressed streams. What a stream is compressed with is told by its first bytes, never by a media type
 * or a file name. Each decoder is a file in decoders/ and a row in decoders.def. A decoder reads on
 * through several members or frames, and tells where a stream ends early or fails its own check. */
#ifndef ULLAGE_ANALYZER_IMAGE_DECODE_H
#define ULLAGE_ANALYZER_IMAGE_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/image/stream.h"
#include "analyzer/limits.h"

enum compression {
    COMPRESSION_NONE,
    COMPRESSION_GZIP,
    COMPRESSION_ZSTD,
    COMPRESSION_XZ,
    COMPRESSION_BZIP2,
    COMPRESSION_COUNT
};

#define DECODE_MAGIC_BYTES 10 /* what probing needs at most */

struct decoder {
    enum compression compression;
    /* Does a stream that begins so speak our format? `len` may be less than DECODE_MAGIC_BYTES. */
    bool (*probe)(const unsigned char *bytes, size_t len);
    /* A stream of the decoded bytes; takes over `source`. */
    struct stream *(*open)(struct stream *source, const struct limits *limits);
};

const char *compression_name(enum compression compression);
enum compression decode_probe(const void *bytes, size_t len);

/* A stream of the decoded bytes, with the expansion and total limits kept; takes over `source`. With
 * COMPRESSION_NONE it is the source itself. */
struct stream *decode_open(struct stream *source, enum compression compression,
                           const struct limits *limits);

/* Looks at the first bytes, then decodes as needed. Takes over `source`, also on failure. */
int decode_open_any(struct stream **ret_stream, enum compression *ret_compression,
                    struct stream *source, const struct limits *limits, struct error *err);

/* For decoders: the unread part of the source's block. */
struct decode_input {
    struct stream *source;
    const unsigned char *next;
    size_t left;
    int64_t read; /* bytes taken from the source, for messages */
    bool ended;
};

/* Fills `input` when it is empty; at the end of the source sets `ended`. */
int decode_fill(struct decode_input *input, struct error *err);

#endif
