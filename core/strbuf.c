#include "core/strbuf.h"

#include <stdio.h>
#include <string.h>

char strbuf_empty[1];

void strbuf_release(struct strbuf *sb)
{
    if (sb->capacity)
        free(sb->buf);
    *sb = (struct strbuf)STRBUF_INIT;
}

void strbuf_truncate(struct strbuf *sb, size_t len)
{
    if (len >= sb->len)
        return;
    sb->len = len;
    sb->buf[len] = '\0';
}

void strbuf_reset(struct strbuf *sb)
{
    strbuf_truncate(sb, 0);
}

void strbuf_reserve(struct strbuf *sb, size_t extra)
{
    size_t wanted = sb->len + extra;
    if (sb->capacity && wanted < sb->capacity)
        return;
    char *block = sb->capacity ? sb->buf : NULL;
    sb->buf = memory_grow(block, wanted, &sb->capacity, 1);
    sb->buf[sb->len] = '\0';
}

void strbuf_add(struct strbuf *sb, const void *bytes, size_t len)
{
    if (!len)
        return;
    strbuf_reserve(sb, len);
    memcpy(sb->buf + sb->len, bytes, len);
    sb->len += len;
    sb->buf[sb->len] = '\0';
}

void strbuf_add_char(struct strbuf *sb, char c)
{
    strbuf_add(sb, &c, 1);
}

void strbuf_add_text(struct strbuf *sb, const char *text)
{
    strbuf_add(sb, text, strlen(text));
}

void strbuf_add_repeat(struct strbuf *sb, char c, size_t count)
{
    if (!count)
        return;
    strbuf_reserve(sb, count);
    memset(sb->buf + sb->len, c, count);
    sb->len += count;
    sb->buf[sb->len] = '\0';
}

void strbuf_vaddf(struct strbuf *sb, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len > 0) {
        strbuf_reserve(sb, (size_t)len);
        vsnprintf(sb->buf + sb->len, (size_t)len + 1, format, again);
        sb->len += (size_t)len;
    }
    va_end(again);
}

void strbuf_addf(struct strbuf *sb, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    strbuf_vaddf(sb, format, args);
    va_end(args);
}

char *strbuf_detach(struct strbuf *sb, size_t *ret_len)
{
    if (!sb->capacity)
        strbuf_reserve(sb, 1);
    char *text = sb->buf;
    if (ret_len)
        *ret_len = sb->len;
    *sb = (struct strbuf)STRBUF_INIT;
    return text;
}
