/* dive's own figures, by its own way of reckoning, said again as literally as C allows:
 * facts/waste.md 2.2. Its oddities are the point (traversals that end early, blank parents,
 * whiteouts that count twice), so nothing here is to be improved. */
#ifndef TESTS_MODELS_DIVE_MODEL_H
#define TESTS_MODELS_DIVE_MODEL_H

#include "model_image.h"

struct dive_figures {
    uint64_t size_bytes;
    uint64_t user_size_bytes;
    uint64_t wasted_bytes;
    bool has_user_wasted_percent; /* not when dive's is NaN or infinite */
    double user_wasted_percent;
    double efficiency_score;
};

void dive_reckon(const struct model_image *image, struct dive_figures *ret_figures);

#endif
