/* The Dockerfile an image came from, as far as its history proves it. Each step of the history becomes an
 * instruction with the same effect, or, where the history does not tell all of it, a comment that says what is
 * missing. Nothing is invented: stages, sources that are told by their digest alone, and what lies below the
 * history stay unknown. Secrets are redacted. */
#ifndef ULLAGE_ANALYZER_DOCKERFILE_OF_H
#define ULLAGE_ANALYZER_DOCKERFILE_OF_H

#include "core/error.h"
#include "core/strbuf.h"

struct analysis_options;

struct dockerfile_of_counts {
    size_t steps;   /* of the history */
    size_t unknown; /* that became comments */
};

/* Reads the image's documents and no layer. ERROR_INPUT if the image has no history. */
int dockerfile_of(struct strbuf *out, struct dockerfile_of_counts *ret_counts, const char *argument,
                  const struct analysis_options *options, struct error *err);

#endif
