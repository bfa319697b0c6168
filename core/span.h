/* A slice of somebody else's bytes: a pointer and a length, owning nothing. */
#ifndef ULLAGE_CORE_SPAN_H
#define ULLAGE_CORE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
    const char *ptr;
    size_t len;
};

static inline struct span span_of(const void *ptr, size_t len)
{
    return (struct span){.ptr = ptr, .len = len};
}

static inline struct span span_of_text(const char *text)
{
    return span_of(text, text ? strlen(text) : 0);
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool span_equals_text(struct span a, const char *text)
{
    return span_equal(a, span_of_text(text));
}

static inline bool span_starts_with(struct span a, const char *prefix)
{
    size_t len = strlen(prefix);
    return a.len >= len && memcmp(a.ptr, prefix, len) == 0;
}

static inline bool span_ends_with(struct span a, const char *suffix)
{
    size_t len = strlen(suffix);
    return a.len >= len && memcmp(a.ptr + a.len - len, suffix, len) == 0;
}

#endif
