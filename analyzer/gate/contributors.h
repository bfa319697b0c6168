/* What a measured value is made of: the few largest layers, files or folders; against a baseline,
 * those that changed. And what to do first about it. */
#ifndef ULLAGE_ANALYZER_GATE_CONTRIBUTORS_H
#define ULLAGE_ANALYZER_GATE_CONTRIBUTORS_H

#include "analyzer/gate/baseline.h"
#include "analyzer/gate/tally.h"

struct share {
    const struct analysis *analysis;
    const struct budget *budget;
    struct layer_range extent;
    const struct baseline *against; /* the change since; NULL: the value itself */
    const bool *is_new;             /* layers that `against` has not; NULL with it */
    const struct tally *tally;      /* of a budget with paths, else NULL */
};

/* Fills the contributors of a result, and `fix`; texts go to the arena. */
void share_fill(const struct share *share, struct budget_result *result, struct arena *arena);

/* For each layer of the image, whether the baseline has none of its diff_id. The caller frees it.
 */
bool *layers_new_since(const struct baseline *baseline, const struct analysis *analysis);

#endif
