/* What an image would take to download: the blobs as they are where they are compressed, an estimate
 * elsewhere. The estimate deflates a deterministic sample, evenly spread, of at most 4 MiB in all, each
 * piece primed with the bytes before it, so that a short piece compresses as it would in its place. */
#ifndef ULLAGE_ANALYZER_ESTIMATE_H
#define ULLAGE_ANALYZER_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/image/image.h"

struct download {
    int64_t *layers; /* by layer; the caller frees it */
    int64_t total;
    bool estimated;
};

void estimate_download(struct download *ret_download, const struct image *image,
                       unsigned threads);

#endif
