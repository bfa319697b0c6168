/* Text as Go sees it, since BuildKit is written in Go: runes, white space, letters, and `%q`. Bytes that are
 * no UTF-8 are runes U+FFFD of one byte. */
#ifndef ULLAGE_DOCKERFILE_UNICODE_H
#define ULLAGE_DOCKERFILE_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/span.h"
#include "core/strbuf.h"

#define RUNE_ERROR 0xFFFD

/* The rune at the start of text, which must not be empty, and its length. */
uint32_t rune_decode(struct span text, size_t *ret_len);
void rune_add(struct strbuf *out, uint32_t rune);
bool rune_is_space(uint32_t rune);
bool rune_is_letter(uint32_t rune);
bool rune_is_digit(uint32_t rune);
bool rune_is_printed(uint32_t rune);

/* How many bytes of white space stand at the start, or at the end. */
size_t span_space_before(struct span text);
size_t span_space_behind(struct span text);
struct span span_trim(struct span text);

/* Equal but for the case of ASCII letters. */
bool span_equals_nocase(struct span text, const char *other);

/* strconv.Quote */
void quote_go(struct strbuf *out, struct span text);

#endif
