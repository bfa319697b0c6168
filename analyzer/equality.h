/* Which payloads are equal. Payloads of different length are not. Where the layers are compressed, their
 * fingerprints decide, which were taken when they passed. Where payloads can be read again, only those of
 * equal length are, and only as far as needed: XXH3-128 of the first bytes and then of the whole tells most
 * apart, and what it finds equal is confirmed byte for byte. */
#ifndef ULLAGE_ANALYZER_EQUALITY_H
#define ULLAGE_ANALYZER_EQUALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/image/image.h"

struct payload {
    uint32_t layer;
    uint32_t entry;
    uint32_t group; /* equal numbers: equal payloads. Set by equality_decide */
};

/* Decides about `count` payloads (none empty, each listed once), sorted in place by size, group, layer and
 * entry. */
int equality_decide(struct image *image, struct payload *payloads, size_t count,
                    unsigned threads, int64_t *ret_bytes_read, struct error *err);

/* The SHA-256 of a group of equal payloads: known for one of them, or taken now and kept. */
int equality_digest(struct image *image, const struct payload *payloads, size_t count,
                    const uint8_t **ret_sha256, struct error *err);

#endif
