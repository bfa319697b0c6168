/* The tap reads the headers of a tar from the same bytes that go to libarchive, for what libarchive does
 * not tell: where a payload lies, a PAX size that contradicts the header's, headers larger than we accept
 * (refused before libarchive sees them), and what stands behind the end marker. It follows the rules of
 * Go's archive/tar, which every engine uses: links, directories and devices have no payload. */
#ifndef ULLAGE_ANALYZER_IMAGE_TAP_H
#define ULLAGE_ANALYZER_IMAGE_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/limits.h"
#include "core/error.h"
#include "core/strbuf.h"

#define TAR_BLOCK 512

enum tap_oddity {
    TAP_PAX_SIZE_DIFFERS = 1 << 0, /* PAX size and the header's size are both real and differ */
    TAP_UNKNOWN_TYPE = 1 << 1,     /* a type flag that no tar format defines */
    TAP_SIZE_WITHOUT_PAYLOAD = 1 << 2, /* a link, directory or device that claims a size */
    TAP_GLOBAL_HEADER = 1 << 3,        /* a PAX global header stood before */
    TAP_NUL_IN_NAME = 1 << 4,          /* a PAX path or link path with a NUL in it */
};

/* One member as the tap saw it. Offsets count from the start of the stream. */
struct tap_entry {
    int64_t header;  /* its first header, extensions included */
    int64_t payload; /* the first byte behind its headers */
    int64_t stored;  /* bytes of payload, without padding */
    int64_t claimed; /* the size that the header claims, payload or not: dive counts it */
    unsigned oddities;
    char type;
};

struct tap {
    const struct limits *limits;
    int64_t position; /* bytes seen */
    int64_t skip;     /* payload and padding still to pass */
    unsigned char block[TAR_BLOCK];
    size_t in_block;
    struct strbuf body; /* of an extension header being gathered */
    int64_t body_left;
    int64_t body_padding;
    char body_type;
    bool ended;            /* an end marker was seen */
    int64_t end_position;  /* where it began */
    bool garbage;          /* bytes other than zero behind the end marker */
    int64_t behind_end;    /* bytes behind the first two blocks of the marker */
    char trailer[32];      /* the first of them that are not zero: perhaps a member's name */
    size_t trailer_len;
    bool in_member;        /* extension headers of a member were seen */
    int64_t member_start;
    int64_t pax_size;      /* -1: none */
    unsigned oddities;
    /* headers in the bytes fed last whose size libarchive must not believe: where they begin */
    int64_t *bodiless;
    size_t bodiless_count;
    size_t bodiless_capacity;
    struct tap_entry *queue; /* seen here, not yet by libarchive */
    size_t queue_start;
    size_t queue_count;
    size_t queue_capacity;
};

/* Makes the header of a link, directory or device claim no size, as Go reads it. */
void tap_clear_size(unsigned char header[TAR_BLOCK]);

void tap_start(struct tap *tap, const struct limits *limits);
int tap_feed(struct tap *tap, const void *bytes, size_t len, struct error *err);

/* How many of `len` bytes may be passed over unseen; those count as seen. */
int64_t tap_skip(struct tap *tap, int64_t len);

/* Takes the entry whose header begins at `header`; what libarchive passed over before it is dropped.
 * False if the tap saw none there: two readings of the same bytes disagree. */
bool tap_take(struct tap *tap, int64_t header, struct tap_entry *ret_entry);
void tap_release(struct tap *tap);

#endif
