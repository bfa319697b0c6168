#include "analyzer/lint/weights.h"

#include <stdlib.h>

#include "analyzer/analysis.h"
#include "analyzer/attribution.h"
#include "core/memory.h"

static int compare_weights(const void *a, const void *b)
{
    const struct lint_weight *left = a, *right = b;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes ? -1 : 1;
    if (left->layer != right->layer)
        return left->layer < right->layer ? -1 : 1;
    return strcmp(left->id, right->id);
}

void lint_weights_of(struct lint_weights *ret_weights, const struct analysis *analysis)
{
    const struct attribution *attribution = analysis->attribution;
    const struct advice *advice = &analysis->advice;
    struct lint_weights weights = {0};
    size_t capacity = 0;
    for (size_t i = 0; i < advice->count; i++) {
        const struct suggestion *item = &advice->items[i];
        for (size_t l = 0; l < item->layer_count; l++) {
            if (!attribution_line(attribution, item->layers[l])) {
                weights.unproven += item->layer_bytes[l];
                continue;
            }
            weights.items =
                memory_grow(weights.items, weights.count, &capacity, sizeof *weights.items);
            weights.items[weights.count++] = (struct lint_weight){
                .instruction = attribution->layers[item->layers[l]],
                .layer = item->layers[l],
                .id = item->id,
                .title = item->title,
                .fix = item->fix,
                .bytes = item->layer_bytes[l],
            };
        }
    }
    if (weights.count)
        qsort(weights.items, weights.count, sizeof *weights.items, compare_weights);
    *ret_weights = weights;
}

void lint_weights_release(struct lint_weights *weights)
{
    free(weights->items);
    *weights = (struct lint_weights){0};
}
