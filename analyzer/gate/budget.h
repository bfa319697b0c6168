/* A budget: a measure, what of the image it is about, and what it may be. Limits are written the
 * same in the configuration and on the command line: "220 MB", "20", "0.95", "5%", or both of "more
 * than" and "and at least". A limit against a baseline speaks of the worsening, any other of the
 * value. */
#ifndef ULLAGE_ANALYZER_GATE_BUDGET_H
#define ULLAGE_ANALYZER_GATE_BUDGET_H

#include "analyzer/gate/measure.h"

enum scope { SCOPE_IMAGE, SCOPE_ABOVE_BASE, SCOPE_BASE, SCOPE_LAYER };
enum for_each { EACH_NOTHING, EACH_LAYER, EACH_PLATFORM };
enum against { AGAINST_NOTHING, AGAINST_BASELINE, AGAINST_ANCHOR };

enum bound_kind { BOUND_NONE, BOUND_AMOUNT, BOUND_PERCENT };

struct bound {
    enum bound_kind kind;
    struct amount amount;
    double percent;
};

struct threshold {
    bool set;
    struct bound more_than;
    struct bound and_at_least; /* both must hold to break the limit */
    const char *text;          /* as it was written */
};

struct budget {
    const char *id;
    enum measure measure;
    const char **paths; /* patterns; those that begin with '!' take away */
    size_t path_count;
    enum scope scope;
    size_t layer; /* SCOPE_LAYER */
    enum for_each for_each;
    enum against against;
    struct threshold warn, fail;
    const char *say;  /* or NULL */
    const char *skip; /* why it is not judged, or NULL */
    const char *file; /* NULL: the command line */
    int64_t line;
};

/* "220 MB" of a budget whose measure and `against` are known. A number without a unit is refused
 * where bytes are meant, but for 0; "5%" needs a baseline or a ratio. Errors are ERROR_USAGE. */
int bound_parse(struct bound *ret_bound, const struct budget *budget, const char *text,
                struct error *err);

/* The last value that holds. Unknown where the limit needs a baseline that is not there. */
struct amount threshold_resolve(const struct threshold *limit, const struct budget *budget,
                                struct amount baseline);

/* "image", "above-base", "layer 3", patterns: what results and baselines call it. */
void budget_scope_text(struct strbuf *out, const struct budget *budget);

/* A pattern as it is matched: from the root, and a folder with all in it. The caller frees it. */
char *pattern_normalise(const char *pattern);

/* Whether a path fits the patterns: one without '!' does, and none of those with '!' behind it. */
bool budget_matches(const struct budget *budget, struct span path);

#endif
