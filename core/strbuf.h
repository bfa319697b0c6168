/* A string under construction. `buf` is never NULL and always ends with a NUL that `len` does not count;
 * it may hold NULs of its own. strbuf_detach is the only way out with the memory. */
#ifndef ULLAGE_CORE_STRBUF_H
#define ULLAGE_CORE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory.h"

struct strbuf {
    size_t capacity;
    size_t len;
    char *buf;
};

extern char strbuf_empty[1];
#define STRBUF_INIT {.capacity = 0, .len = 0, .buf = strbuf_empty}

void strbuf_release(struct strbuf *sb);
void strbuf_reset(struct strbuf *sb);
void strbuf_truncate(struct strbuf *sb, size_t len);
void strbuf_reserve(struct strbuf *sb, size_t extra);
void strbuf_add(struct strbuf *sb, const void *bytes, size_t len);
void strbuf_add_char(struct strbuf *sb, char c);
void strbuf_add_text(struct strbuf *sb, const char *text);
void strbuf_add_repeat(struct strbuf *sb, char c, size_t count);
void strbuf_addf(struct strbuf *sb, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_vaddf(struct strbuf *sb, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Gives the text to the caller, who frees it, and leaves an empty buffer. */
char *strbuf_detach(struct strbuf *sb, size_t *ret_len);

#define cleanup_strbuf __attribute__((cleanup(strbuf_release)))

#endif
