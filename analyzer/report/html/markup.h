/* Pieces of HTML. Text that comes from an image goes through markup_name or markup_text,
 * which leave no markup in it, and shows what would move or reorder the text around it. */
#ifndef ULLAGE_ANALYZER_REPORT_HTML_MARKUP_H
#define ULLAGE_ANALYZER_REPORT_HTML_MARKUP_H

#include <stdint.h>

#include "core/strbuf.h"

/* Classes that colour layers come round after so many: l0, l1, ... in report.css. */
#define LAYER_COLOURS 12

/* Text whose control and bidirectional characters and bytes that are no UTF-8 become
 * visible. */
void markup_name(struct strbuf *out, const char *text);
/* Text that is escaped for a terminal already. */
void markup_text(struct strbuf *out, const char *text);

/* `part` of `whole` in thousandths of a percent; 0 where there is no whole. */
int64_t markup_share(int64_t part, int64_t whole);
/* "12.3 %" of such a share. */
void markup_percent(struct strbuf *out, int64_t share);

/* A bar that fills `part` of `whole` of its width; of no meaning that the number beside it
 * has not. */
void markup_bar(struct strbuf *out, int64_t part, int64_t whole, const char *colour);

#endif
