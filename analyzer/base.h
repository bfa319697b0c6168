/* How many of an image's lowest layers are its base. Nothing is guessed: a number, an archive or a report
 * whose layers are the image's first ones says so. */
#ifndef ULLAGE_ANALYZER_BASE_H
#define ULLAGE_ANALYZER_BASE_H

#include "analyzer/analysis.h"

/* Sets base_source and base_layers. ERROR_USAGE for a number that does not fit, ERROR_BASELINE where the
 * base's layers are not the image's first ones. */
int base_find(struct analysis *analysis, const char *base, const struct analysis_options *options,
              struct error *err);

#endif
