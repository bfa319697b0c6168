/* What a budget may hold: each measure is a row of measures.def. docs/measures.md defines the
 * figures; some are the gate's own: `shipped`, the bytes of matching files in any layer, deleted
 * later or not; `files`, the names of regular files that a container sees; `entries`, the entries
 * of all layers; `checks.errors` and `checks.warnings`, the findings of the content rules. */
#ifndef ULLAGE_ANALYZER_GATE_MEASURE_H
#define ULLAGE_ANALYZER_GATE_MEASURE_H

#include "analyzer/gate.h"

/* The version of all definitions together: figures of different versions do not compare. */
#define MEASURES_VERSION 1

enum measure {
#define MEASURE(id, name, unit, at_least, by_layer, by_path) MEASURE_##id,
#include "analyzer/gate/measures.def"
#undef MEASURE
    MEASURE_COUNT,
    MEASURE_NONE = MEASURE_COUNT
};

struct measure_row {
    const char *name;
    enum unit unit;
    bool at_least; /* more is better */
    bool by_layer;
    bool by_path;
};

/* Layers `from` to before `to`. */
struct layer_range {
    size_t from, to;
};

const struct measure_row *measure_row(enum measure measure);

/* MEASURE_NONE if there is none of that name. */
enum measure measure_find(const char *name);

/* Names of all measures; ends with NULL. */
extern const char *const measure_names[];

/* Is it known only once checks_run() was called for the analysis? */
static inline bool measure_needs_checks(enum measure measure)
{
    return measure == MEASURE_CHECK_ERRORS || measure == MEASURE_CHECK_WARNINGS;
}

/* Is the finding one that the measure counts? */
bool measure_counts_finding(enum measure measure, const struct finding *finding);

/* The measure of those layers; what is not known by layer, of the image. */
struct amount measure_take(const struct analysis *analysis, enum measure measure,
                           struct layer_range extent);

static inline struct amount amount_of(int64_t number)
{
    return (struct amount){.known = true, .number = number};
}

static inline struct amount ratio_of(double ratio)
{
    return (struct amount){.known = true, .ratio = ratio};
}

/* Is `value` on the wrong side of `limit`, the last value that holds? */
bool amount_breaks(struct amount value, struct amount limit, const struct measure_row *row);
/* By how much: unknown where the limit holds. */
struct amount amount_over(struct amount value, struct amount limit, const struct measure_row *row);

#endif
