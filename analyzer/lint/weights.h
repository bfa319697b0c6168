/* What an image says about its Dockerfile: bytes that an instruction left in its layer and that need not ship,
 * from the suggestions of an analysis that was shown the Dockerfile (analyzer/attribution.h). */
#ifndef ULLAGE_ANALYZER_LINT_WEIGHTS_H
#define ULLAGE_ANALYZER_LINT_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

struct analysis;

struct lint_weight {
    size_t instruction; /* of the document */
    uint32_t layer;
    const char *id, *title, *fix; /* of the suggestion (analyzer/advice.def) */
    int64_t bytes;
};

struct lint_weights {
    struct lint_weight *items; /* by bytes, descending */
    size_t count;
    int64_t unproven; /* bytes of suggestions in layers that no instruction is proven to have made */
};

/* Texts are the analysis's. */
void lint_weights_of(struct lint_weights *ret_weights, const struct analysis *analysis);
void lint_weights_release(struct lint_weights *weights);

#endif
