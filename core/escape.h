/* Names from archives, made harmless for where they are printed. A terminal must never be driven by a
 * file name: control characters, DEL, C1 controls, bidirectional overrides and bytes that are no UTF-8
 * come out as \xHH or \u{HHHH}. */
#ifndef ULLAGE_CORE_ESCAPE_H
#define ULLAGE_CORE_ESCAPE_H

#include <stdbool.h>

#include "core/span.h"
#include "core/strbuf.h"

/* The length of the valid UTF-8 sequence at `text` (shortest form, no surrogates), 0 if there is none. */
size_t utf8_sequence(const char *text, size_t len);
bool utf8_is_valid(struct span text);

void escape_for_terminal(struct strbuf *out, struct span text);
void escape_for_csv(struct strbuf *out, struct span text);  /* RFC 4180, formula cells defused */
void escape_for_json(struct strbuf *out, struct span text); /* with the quotes; lossy for bad UTF-8 */
void escape_for_html(struct strbuf *out, struct span text); /* text and quoted attributes */
void escape_base64(struct strbuf *out, struct span bytes);

/* Text of an element or a quoted attribute. Lines stay lines; what XML 1.0 forbids is shown as \xHH. */
void escape_for_xml(struct strbuf *out, struct span text);
/* A code span of Markdown: nothing in it is markup, a mention or a link. */
void escape_for_markdown(struct strbuf *out, struct span text);
/* The same within a table, where a bar would end the cell. */
void escape_for_markdown_cell(struct strbuf *out, struct span text);
/* The same of a text that was escaped for a terminal before. */
void escape_shown_for_markdown_cell(struct strbuf *out, struct span shown);
/* The value of a label of OpenMetrics, without its quotes. */
void escape_for_metrics(struct strbuf *out, struct span text);

/* Shortens UTF-8 to at most so many characters, the last of them then an ellipsis. */
void utf8_cut(struct strbuf *text, size_t most);

#endif
