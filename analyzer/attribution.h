/* Which instruction of a Dockerfile made which layer of an image. The instructions of a stage, those of the
 * stages below it first, stand in the history in their order, behind what the base image brought. Where the
 * history ends with all of them, each is proven. Where the Dockerfile was edited since, those are proven that
 * every best alignment of both pairs the same way and whose words agree in full; of the others nothing is
 * said. A layer is an instruction's where the history gives it to that step alone: a builder that squashed
 * several steps into a layer says so by a COPY that claims to be empty. */
#ifndef ULLAGE_ANALYZER_ATTRIBUTION_H
#define ULLAGE_ANALYZER_ATTRIBUTION_H

#include "core/error.h"
#include "dockerfile/stage.h"

struct analysis;

#define ATTRIBUTION_NONE SIZE_MAX
#define ATTRIBUTION_PAIRS_MAX 4000000 /* steps times instructions: of real ones some thousands */

struct attribution {
    struct arena arena;
    const char *file; /* as it was named */
    struct document *document;
    struct stages stages;
    size_t stage;      /* that the image is; STAGE_NONE: none is proven */
    bool complete;     /* all its instructions stand in the history */
    size_t *steps;     /* of the history: the instruction's index, ATTRIBUTION_NONE */
    size_t step_count;
    size_t *layers;    /* likewise */
    size_t layer_count;
    size_t proven; /* steps that have an instruction */
};

struct attribution_options {
    const struct variables *build_args; /* NULL: none is known but what the history tells */
    const char *target;                 /* the stage's name or number; NULL: the history decides */
};

/* Never fails for what file and history hold, only where `target` is no stage: ERROR_USAGE. */
int attribution_run(struct attribution **ret_attribution, const char *file, struct span text,
                    const struct analysis *analysis, const struct attribution_options *options,
                    struct error *err);
void attribution_free(struct attribution *attribution);

/* The line of the instruction that made a layer, 0 if that is not known. */
uint32_t attribution_line(const struct attribution *attribution, size_t layer);

#endif
