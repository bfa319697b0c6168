/* Budgets: a measure of the image held against a limit. The thin gate; its measures are the names of the
 * report's sizes. */
#ifndef ULLAGE_ANALYZER_GATE_H
#define ULLAGE_ANALYZER_GATE_H

#include "analyzer/analysis.h"

struct budget {
    const char *measure; /* a name of gate_measures */
    bool is_ratio;       /* efficiency: a least value; else bytes or a count, a most */
    double limit_ratio;
    int64_t limit;
};

struct gate_verdict {
    bool pass;
    int64_t value;
    double ratio;
};

/* Reads "MEASURE=LIMIT": blob_bytes=220MB, layers=20, efficiency=0.95. */
int budget_parse(struct budget *ret_budget, const char *text, struct error *err);
struct gate_verdict budget_judge(const struct budget *budget, const struct analysis *analysis);

/* Names of what can be limited; ends with NULL. */
extern const char *const gate_measures[];

#endif
