/* An earlier state of an image, as far as a gate needs it: figures of the whole, its layers, its
 * folders down to three names, and what budgets measured. It comes from an earlier report, from a
 * summary that baseline_write made for a repository, or from another archive, which is analyzed on
 * the spot. */
#ifndef ULLAGE_ANALYZER_GATE_BASELINE_H
#define ULLAGE_ANALYZER_GATE_BASELINE_H

#include "analyzer/gate/budget.h"

#define BASELINE_SCHEMA "ullage.baseline/1"
#define BASELINE_DEPTH 3         /* names of a folder's path */
#define BASELINE_INSTRUCTION 120 /* bytes of an instruction that a summary keeps */

struct baseline_layer {
    const char *diff_id;     /* "" where it is not known */
    const char *instruction; /* redacted, or NULL */
    int64_t blob_bytes, tar_bytes, content_bytes;
};

struct baseline_folder {
    const char *path;
    int64_t live_bytes;
};

/* What a budget measured, or what a ratchet holds it to. */
struct baseline_entry {
    const char *id;
    const char *measure;
    const char *scope;
    struct amount amount;
};

struct baseline {
    struct arena arena;
    const char *name;          /* the file, as it was given */
    const char *platform;      /* or NULL */
    const char *config_digest; /* or NULL */
    int64_t measures_version;
    struct amount values[MEASURE_COUNT];
    struct baseline_layer *layers;
    size_t layer_count;
    struct baseline_folder *folders; /* by path; a report has none */
    size_t folder_count;
    struct baseline_entry *budgets;
    size_t budget_count;
    struct baseline_entry *limits;
    size_t limit_count;
    struct analysis *analysis; /* of an archive, else NULL */
};

/* `analysis_options` is for archives; `platform`, or NULL, chooses among several images of one. A
 * file that is not there leaves NULL, and is no error. */
int baseline_read(struct baseline **ret_baseline, const char *argument,
                  const struct analysis_options *analysis_options, const char *platform,
                  struct error *err);
/* The text of a report or a summary. */
int baseline_parse(struct baseline **ret_baseline, const char *name, struct span text,
                   struct error *err);
/* What would be written of this image. Budgets and limits are empty. */
struct baseline *baseline_of(const struct analysis *analysis);
void baseline_free(struct baseline *baseline);

/* ERROR_BASELINE, in words, if figures of the two do not compare. */
int baseline_compare(const struct baseline *baseline, const struct analysis *analysis,
                     struct error *err);

/* The budget's measure in that state; unknown if it does not hold it. */
struct amount baseline_value(const struct baseline *baseline, const struct budget *budget);

/* Puts an entry of that id into the list, in place of one that is there. */
void baseline_put(struct baseline *baseline, struct baseline_entry **list, size_t *count,
                  const struct baseline_entry *entry);
const struct baseline_entry *baseline_find(const struct baseline_entry *list, size_t count,
                                           const char *id);

/* The summary: keys sorted, one entry a line, so that two of them differ where the images do. */
void baseline_write(struct strbuf *out, const struct baseline *baseline);

#endif
