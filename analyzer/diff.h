/* Two states of an image held against one another: what grew, and where. A side is an analysis or an earlier
 * report (JSON, ullage.report/1); of a report only what it holds can be compared, and the comparison says
 * which parts are missing.
 *
 * Bytes of paths, folders and packages are live bytes, counted by inode under its first name, so that the
 * changes of the files sum to the change of live_bytes, exactly; those of the layers sum to the change of
 * content_bytes. What is ignored is counted apart and stays in these sums.
 *
 * Contents are equal by their bytes or by fingerprints under one secret key, or because both lie in layers
 * of one diff_id, at one place of them: a diff_id is the digest of the layer's tar (--verify holds it to
 * that). */
#ifndef ULLAGE_ANALYZER_DIFF_H
#define ULLAGE_ANALYZER_DIFF_H

#include "analyzer/analysis.h"
#include "analyzer/diff_state.h"
#include "analyzer/directories.h"
#include "analyzer/packages.h"
#include "core/strvec.h"

enum diff_part {
    DIFF_TOTALS,
    DIFF_LAYERS,
    DIFF_DIRECTORIES,
    DIFF_PACKAGES,
    DIFF_FILES,
    DIFF_CONFIG,
    DIFF_HISTORY,
    DIFF_PARTS
};

struct diff_total {
    const char *measure;
    bool is_bytes; /* else a count */
    bool known;    /* on both sides */
    int64_t old_value, new_value;
};

/* How two layers were found to belong together. */
enum diff_match { MATCH_DIGEST, MATCH_INSTRUCTION, MATCH_POSITION, MATCH_NONE };

struct diff_layer {
    enum diff_match match; /* MATCH_DIGEST: the same layer */
    int64_t old_index, new_index; /* -1: none */
    const char *instruction;      /* redacted; the new one's where there is one; or NULL */
    const char *diff_id;          /* likewise */
    int64_t old_bytes, new_bytes; /* content */
    int64_t old_blob_bytes, new_blob_bytes;
};

enum diff_change {
    CHANGE_ADDED = 1 << 0,
    CHANGE_REMOVED = 1 << 1,
    CHANGE_TYPE = 1 << 2,
    CHANGE_CONTENT = 1 << 3,
    CHANGE_LINK = 1 << 4, /* another target or device, or other names of the same inode */
    CHANGE_MODE = 1 << 5,
    CHANGE_OWNER = 1 << 6,
    CHANGE_XATTR = 1 << 7,
    CHANGE_TIME = 1 << 8,
};
#define CHANGE_KINDS 9

/* A path that differs. Its text is made when it is asked for. */
struct diff_file {
    uint32_t old_node, new_node;  /* in the trees of the two sides; NODE_NONE: not there */
    unsigned changes;             /* enum diff_change */
    int64_t old_bytes, new_bytes; /* live, by inode */
    size_t order;                 /* by path */
};

/* The changes of files by their first kind (the lowest bit). */
struct diff_file_sum {
    int64_t files;
    int64_t old_bytes, new_bytes;
};

struct diff_package {
    const char *kind, *name;
    const char *old_versions, *new_versions; /* comma between several; NULL: not there */
    int64_t old_bytes, new_bytes;
};

struct diff_field {
    const char *name; /* "env PATH", "label version", "step 3" */
    const char *old_value, *new_value; /* redacted; NULL: not there */
};

enum diff_side { DIFF_OLD, DIFF_NEW };

/* Bytes that belong to a part and stand in none of its rows. */
struct diff_rest {
    int64_t count;
    int64_t old_bytes, new_bytes;
};

struct comparison {
    struct arena arena;
    struct diff_state sides[2]; /* by enum diff_side */
    bool parts[DIFF_PARTS]; /* compared */
    const char *missing[DIFF_PARTS]; /* why a part that was wanted is not there; else NULL */
    struct diff_total *totals;
    size_t total_count;
    struct diff_layer *layers; /* those that differ, by absolute change */
    size_t layer_count;
    struct diff_rest same_layers;
    struct directories directories; /* of files that are not ignored */
    struct diff_package *packages;
    size_t package_count;
    struct diff_rest same_packages;
    struct diff_rest unowned; /* bytes that no package owns; nothing is counted */
    struct diff_file *files;
    size_t file_count;
    struct diff_file_sum by_change[CHANGE_KINDS];
    struct diff_rest same_files;
    struct diff_rest ignored; /* changed files that were ignored */
    struct diff_field *config;
    size_t config_count;
    struct diff_field *history;
    size_t history_count;
    int64_t bytes_compared; /* payloads read to compare them */
    bool differs;           /* beyond the threshold */
};

struct diff_options {
    struct analysis_options analysis; /* both sides; watchers are the diff's own */
    bool parts[DIFF_PARTS];
    const struct strvec *ignore; /* patterns of paths */
    bool ignore_time;
    bool has_threshold;
    bool threshold_is_ratio;
    int64_t threshold; /* bytes */
    double ratio;
};

/* Compares what the arguments name: an image, a report, or "-" for one of the two. */
int diff_run(struct comparison **ret_comparison, const char *old_argument,
             const char *new_argument, const struct diff_options *options, struct error *err);
void comparison_free(struct comparison *comparison);

/* "/usr/bin/env". */
void diff_file_path(struct strbuf *out, const struct comparison *comparison,
                    const struct diff_file *file);
/* What the side has there: "file 0755 0:0", "symlink 0777 0:0 -> bash"; "" if nothing. */
void diff_file_detail(struct strbuf *out, const struct comparison *comparison,
                      const struct diff_file *file, enum diff_side side);
/* The layer that the side has it from, -1 if it is not there. */
int64_t diff_file_layer(const struct comparison *comparison, const struct diff_file *file,
                        enum diff_side side);

/* "5%", "1.5%" or a size. */
int diff_parse_threshold(struct diff_options *options, const char *text, struct error *err);
/* "totals,layers". */
int diff_parse_parts(struct diff_options *options, const char *text, struct error *err);

/* NULL if there is no such measure. */
const struct diff_total *diff_find_total(const struct comparison *comparison,
                                         const char *measure);

const char *diff_part_name(enum diff_part part);
const char *diff_match_name(enum diff_match match);
/* "added", by the number of its bit. */
const char *diff_change_name(size_t bit);

#endif
