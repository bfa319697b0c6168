/* The gate: budgets held against one analysis. A budget is a measure, what of the image it is about, and
 * what it may be; judging it gives a result, which carries all that a reader needs to act. Reports print
 * results and know nothing else of the gate. */
#ifndef ULLAGE_ANALYZER_GATE_H
#define ULLAGE_ANALYZER_GATE_H

#include "analyzer/analysis.h"

enum verdict {
    VERDICT_PASS,
    VERDICT_WARN,
    VERDICT_FAIL,
    VERDICT_FAILING_ALREADY, /* the baseline breaks the limit too */
    VERDICT_WAIVED,
    VERDICT_SKIPPED, /* not measured; `reason` says why */
};

enum unit { UNIT_BYTES, UNIT_COUNT, UNIT_RATIO };

/* A number in its unit: bytes and counts are whole. */
struct amount {
    bool known;
    int64_t number; /* UNIT_BYTES, UNIT_COUNT */
    double ratio;   /* UNIT_RATIO */
};

/* What a measured value is made of, largest first. */
struct contributor {
    const char *path;        /* begins with '/'; NULL: the layer as a whole */
    uint32_t layer;          /* NO_LAYER: of several */
    int64_t bytes;           /* of the value; against a baseline, the change */
    const char *instruction; /* of the layer, redacted; or NULL */
    const char *file;        /* the Dockerfile, where it is known; else NULL */
    int64_t line;            /* in it, from 1; 0 unknown */
};

#define CONTRIBUTORS_MAX 5

struct budget_result {
    const char *id;      /* unique in one gate */
    const char *measure; /* "blob_bytes", ... */
    const char *scope;   /* "image", "layer 3", "above-base", a path pattern, ... */
    enum unit unit;
    enum verdict verdict;
    bool at_least; /* the limit is a least value (efficiency), else a most */
    struct amount value;
    struct amount limit;    /* the one that decided: of failing, else of warning */
    struct amount over;     /* by how much the limit is passed; unknown where it holds */
    struct amount baseline; /* the same measure of the baseline */
    const char *limit_text; /* the limit as it was written: "220 MB", "5% and 3 MB" */
    const char *say;        /* what the configuration wants said, or NULL */
    const char *reason;     /* why it was skipped or waived, or NULL */
    const char *fix;        /* what to do first, or NULL */
    const char *file;       /* the configuration that asks for it; NULL: the command line */
    int64_t line;           /* in it, from 1; 0 unknown */
    struct contributor contributors[CONTRIBUTORS_MAX];
    size_t contributor_count;
};

struct gate {
    struct arena arena; /* all text of the results */
    struct budget_result *results;
    size_t count;
    const char *rules;    /* the file that ruled, or "command line" */
    const char *baseline; /* how to call it: "sizes/app.json"; NULL: none */
};

const char *verdict_name(enum verdict verdict);

/* What it counts as: failed budgets, warnings. */
size_t gate_count(const struct gate *gate, enum verdict verdict);

/* The thin gate: budgets of the command line. */

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
