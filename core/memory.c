#include "core/memory.h"

#include <stdint.h>
#include <string.h>

static void (*exhausted_handler)(size_t size);

void memory_set_exhausted_handler(void (*handler)(size_t size))
{
    exhausted_handler = handler;
}

_Noreturn void memory_exhausted(size_t size)
{
    if (exhausted_handler)
        exhausted_handler(size);
    abort();
}

void *memory_alloc(size_t size)
{
    void *block = malloc(size ? size : 1);
    if (!block)
        memory_exhausted(size);
    return block;
}

void *memory_alloc_zero(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size ? size : 1);
    if (!block)
        memory_exhausted(count);
    return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        memory_exhausted(SIZE_MAX);
    size_t bytes = count * size;
    void *moved = realloc(block, bytes ? bytes : 1);
    if (!moved)
        memory_exhausted(bytes);
    return moved;
}

void *memory_grow(void *block, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return block;
    size_t wanted = *capacity ? *capacity : 8;
    while (wanted <= count) {
        if (wanted > SIZE_MAX / 2)
            memory_exhausted(SIZE_MAX);
        wanted = wanted < 65536 ? wanted * 2 : wanted + wanted / 2;
    }
    block = memory_resize(block, wanted, size);
    *capacity = wanted;
    return block;
}

char *memory_dup_bytes(const void *bytes, size_t len)
{
    char *copy = memory_alloc(len + 1);
    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *memory_dup_text(const char *text)
{
    return text ? memory_dup_bytes(text, strlen(text)) : NULL;
}
