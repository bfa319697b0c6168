/* The differences of two texts by lines, as `diff -u` prints them: for people, and for `patch`. */
#ifndef ULLAGE_CORE_LINE_DIFF_H
#define ULLAGE_CORE_LINE_DIFF_H

#include "core/span.h"
#include "core/strbuf.h"

/* Texts more apart than so many lines are shown as one replaced by the other. */
#define LINE_DIFF_MOST 1000

/* What stands around lines; empty texts for none. */
struct line_diff_style {
    const char *removed, *added, *place, *reset;
};

/* Adds nothing if the texts are equal. The style may be NULL; what would drive a terminal is escaped with
 * one, and left as it is without. */
void line_diff(struct strbuf *out, const char *old_name, const char *new_name, struct span old_text,
               struct span new_text, const struct line_diff_style *style);

#endif
