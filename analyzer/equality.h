/* Which payloads are equal. Payloads of different length are not; of equal length, a digest decides:
 * SHA-256 known from reading the layer, or else XXH3-128 first and SHA-256 for those that agree in it. Only
 * payloads that were asked about are read. */
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
 * entry. Payloads of a group of one may not have been read. The entries' sha256 is set for those of larger
 * groups. */
int equality_decide(struct image *image, struct payload *payloads, size_t count,
                    unsigned threads, int64_t *ret_bytes_read, struct error *err);

#endif
