/* Suggestions: what could be saved and how, measured on the payloads of this image. Each payload counts in
 * at most one suggestion, so their bytes may be added. A kind of suggestion is a row of advice.def. */
#ifndef ULLAGE_ANALYZER_ADVICE_H
#define ULLAGE_ANALYZER_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/accounting.h"

enum effort { EFFORT_EASY, EFFORT_MEDIUM, EFFORT_HARD };

struct suggestion {
    const char *id;
    const char *title;
    const char *fix;
    enum effort effort;
    int64_t bytes;
    int64_t files;
    uint32_t *layers; /* that ship the bytes, rising */
    size_t layer_count;
};

struct advice {
    struct suggestion *items; /* by bytes, descending */
    size_t count;
};

void advice_collect(struct advice *ret_advice, const struct accounting *accounting);
void advice_release(struct advice *advice);
/* What there is to do about a file at that path: of the image where its advice has the kind, else the kind's
 * own row without bytes. NULL if the path tells nothing. */
const struct suggestion *advice_for_path(const struct advice *advice, const char *path);
/* Is it about what no container sees? */
bool advice_is_about_dead(const struct suggestion *suggestion);
const char *effort_name(enum effort effort);

#endif
