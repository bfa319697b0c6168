/* What stands behind struct ullage_analysis: the analyzer's result and the records that
 * callers get, all of them made once, before a caller sees the handle, so that it changes
 * no more. Records and their texts are the arena's or the analyzer's. */
#ifndef ULLAGE_LIBRARY_HANDLE_H
#define ULLAGE_LIBRARY_HANDLE_H

#include <ullage/analyze.h>

#include "analyzer/analysis.h"

struct ullage_analysis {
    struct analysis *analysis;
    struct limits limits; /* the image refers to them */
    struct arena arena;
    struct ullage_error damage;
    struct ullage_image image;
    struct ullage_sizes sizes;
    struct ullage_sizes own;
    struct ullage_dive dive;
    struct ullage_layer *layers;
    struct ullage_waste *waste;
    struct ullage_duplicate *duplicates;
    struct ullage_largest *files;
    struct ullage_largest *directories;
    struct ullage_suggestion *suggestions;
    struct ullage_finding *findings;
    struct ullage_warning *warnings;
};

/* Makes the records from `analysis`. */
void records_make(struct ullage_analysis *handle);

#endif
