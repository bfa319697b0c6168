/* Edits of a text: byte ranges and what stands there instead. A set is applied at once, so that every range
 * speaks of the text before. Two edits that touch the same bytes are refused, as are two insertions at one
 * place, whose order nobody said. */
#ifndef ULLAGE_DOCKERFILE_EDIT_H
#define ULLAGE_DOCKERFILE_EDIT_H

#include "core/error.h"
#include "core/span.h"
#include "core/strbuf.h"
#include "dockerfile/document.h"

struct edit {
    struct extent extent; /* empty: an insertion before this byte */
    struct span text;     /* lent */
};

/* Orders edits by where they start. */
void edits_sort(struct edit *edits, size_t count);
/* Writes the text with sorted edits applied. ERROR_INTERNAL if they overlap, are out of order or reach beyond
 * the text; nothing is written then. */
int edits_apply(struct strbuf *out, struct span text, const struct edit *edits, size_t count,
                struct error *err);

#endif
