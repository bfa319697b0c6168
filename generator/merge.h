/* What was generated once, what the user made of it since, and what would be generated now, in one
 * file. A generated file ends in a marker line that holds a fingerprint of each of its lines: that
 * is enough of the earlier state to see which lines the user has changed and which the project has,
 * without keeping it. */
#ifndef ULLAGE_GENERATOR_MERGE_H
#define ULLAGE_GENERATOR_MERGE_H

#include <stdbool.h>

#include "core/span.h"
#include "core/strbuf.h"

#define MERGE_LINES_MAX 4000 /* comparing takes their square; nobody generates as many */

enum merge_outcome {
    MERGE_UNCHANGED, /* the file is what would be written */
    MERGE_CHANGED,
    MERGE_CONFLICT, /* both changed the same lines; `out` shows them between marks */
    MERGE_FOREIGN,  /* the file has no marker: it is not ours */
};

/* Appends the marker line. */
void merge_stamp(struct strbuf *generated);
/* `now` has its marker already. `out` is what is to stand on disk. */
enum merge_outcome merge_files(struct strbuf *out, struct span disk, struct span now);
/* A unified diff, nothing if there is no difference. */
void merge_diff(struct strbuf *out, const char *path, struct span before, struct span after);

#endif
