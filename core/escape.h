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

#endif
