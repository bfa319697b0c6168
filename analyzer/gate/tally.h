/* What budgets with path patterns measure: the files of all layers are walked once for all of them.
 */
#ifndef ULLAGE_ANALYZER_GATE_TALLY_H
#define ULLAGE_ANALYZER_GATE_TALLY_H

#include "analyzer/gate/budget.h"

struct tally {
    const struct budget *budget; /* with paths */
    struct layer_range extent;        /* layers whose files count */
    const bool *wanted;          /* layers whose files may be among the largest; NULL: all */
    int64_t value;
    struct top top; /* by bytes; its numbers are inodes. Of MEASURE_FILES nodes */
};

/* Fills value and top; the caller releases each top. */
void tallies_fill(struct tally *tallies, size_t count, const struct analysis *analysis);

#endif
