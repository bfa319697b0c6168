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
    int64_t bytes;           /* of the value, in its unit; against a baseline, the change */
    const char *instruction; /* of the layer, redacted, or what was found there; or NULL */
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
    const char *note; /* what else there is to know, or NULL */
    bool growth;      /* the limit speaks of the change against the baseline */
    bool estimated;   /* the value is an estimate */
};

struct gate {
    struct arena arena; /* all text of the results */
    struct budget_result *results;
    size_t count;
    const char *rules;    /* the file that ruled, or "command line" */
    const char *baseline; /* how to call it: "sizes/app.json"; NULL: none */
    const char *input;    /* the image as it was named */
    const char *platform; /* or NULL */
    const char *digest;   /* of its configuration, or NULL */
    const char **notes;   /* what else has to be said: no baseline yet, a waiver that ended */
    size_t note_count;
    bool passed; /* nothing failed that the options let fail */
    const char *anchor; /* as baseline */
};

const char *verdict_name(enum verdict verdict);

/* What it counts as: failed budgets, warnings. */
size_t gate_count(const struct gate *gate, enum verdict verdict);

struct gate_config;
struct baseline;

struct gate_options {
    const struct baseline *baseline; /* that compares to the image; NULL: none */
    const struct baseline *anchor;   /* likewise */
    const struct baseline *ratchet;  /* whose limits hold too, NULL: none */
    const char *no_baseline;         /* why there is none */
    const char *no_anchor;
    const char *today; /* YYYY-MM-DD, against which waivers end */
    bool only_new;     /* what the baseline breaks too does not fail */
    bool strict;       /* warnings fail */
};

/* Judges all budgets. What was given must outlive the gate. */
struct gate *gate_run(const struct gate_config *config, const struct analysis *analysis,
                      const struct gate_options *options);
void gate_free(struct gate *gate);

/* Enters what the budgets measured into a baseline of the same image. */
void gate_record(const struct gate *gate, struct baseline *baseline);

/* The limits of `baseline` become those of `earlier` (or NULL), each made tighter where the image leaves room
 * of more than `slack` percent, never looser. Returns whether one was made tighter. */
bool gate_tighten(const struct gate_config *config, const struct gate *gate, double slack,
                  const struct baseline *earlier, struct baseline *baseline);

#endif
