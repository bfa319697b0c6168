/* The parts of a comparison, each in a file of its own; diff.c puts them together. */
#ifndef ULLAGE_ANALYZER_DIFF_PARTS_H
#define ULLAGE_ANALYZER_DIFF_PARTS_H

#include "analyzer/diff.h"

/* Both sides are analyses. */
int diff_compare_files(struct comparison *comparison, const struct diff_options *options,
                       struct error *err);
void diff_compare_packages(struct comparison *comparison);

/* These read reports. */
void diff_compare_totals(struct comparison *comparison);
void diff_compare_layers(struct comparison *comparison);
void diff_compare_config(struct comparison *comparison, const struct diff_options *options);
void diff_compare_history(struct comparison *comparison, const struct diff_options *options);

/* A number of a report: 0 if it is none, negative or beyond reason. */
int64_t diff_number(const json_t *object, const char *key);

#endif
