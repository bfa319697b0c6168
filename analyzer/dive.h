/* The figures that dive prints, bit for bit, so that a team can move its gate without re-tuning it. They
 * are not ours: what is wrong with them is in docs/measures.md. Algorithm: facts on waste, 2.2, on the
 * layers of the chosen manifest. */
#ifndef ULLAGE_ANALYZER_DIVE_H
#define ULLAGE_ANALYZER_DIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/image/image.h"

struct dive_block {
    int64_t size_bytes;
    int64_t user_size_bytes;
    int64_t wasted_bytes;
    double user_wasted_percent;
    bool has_percent; /* false: dive prints NaN or Inf */
    double efficiency_score;
};

void dive_measure(struct dive_block *ret_figures, const struct image *image);

#endif
