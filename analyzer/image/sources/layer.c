/* A bare layer: a tar, compressed or not, that is no archive of an image. An image of one layer. */
#include "analyzer/image/image.h"

static int probe(struct bundle *bundle)
{
    return bundle->form == BUNDLE_FOLDER ? 0 : 1;
}

static int list(struct bundle *bundle, struct candidates *candidates, struct error *err)
{
    struct candidate *candidate = candidates_add(candidates);
    return candidate_add_layers(candidate, 1, bundle->limits, err) ? 0 : -1;
}

const struct source source_layer = {
    .scheme = "layer",
    .kind = IMAGE_LAYER,
    .probe = probe,
    .list = list,
};
