#include "core/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "core/memory.h"

/* Chunks start small, so that an image of a thousand tiny layers stays small, and double up to 1 MiB,
 * where the cost of a chunk no longer shows. */
#define CHUNK_FIRST ((size_t)4096)
#define CHUNK_MOST ((size_t)1 << 20)

struct arena_chunk {
    struct arena_chunk *previous;
    alignas(max_align_t) char bytes[];
};

static char *add_chunk(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct arena_chunk))
        size = SIZE_MAX - sizeof(struct arena_chunk);
    struct arena_chunk *chunk = memory_alloc(sizeof *chunk + size);
    chunk->previous = arena->chunks;
    arena->chunks = chunk;
    return chunk->bytes;
}

static char *take(struct arena *arena, size_t size, size_t align)
{
    size_t pad = (align - ((uintptr_t)arena->next & (align - 1))) & (align - 1);
    if (arena->next && arena->left >= pad && arena->left - pad >= size) {
        char *block = arena->next + pad;
        arena->next = block + size;
        arena->left -= pad + size;
        return block;
    }
    if (size > CHUNK_MOST / 4)
        return add_chunk(arena, size);
    if (!arena->chunk_size)
        arena->chunk_size = CHUNK_FIRST;
    else if (arena->chunk_size < CHUNK_MOST)
        arena->chunk_size *= 2;
    while (arena->chunk_size < size)
        arena->chunk_size *= 2;
    char *block = add_chunk(arena, arena->chunk_size);
    arena->next = block + size;
    arena->left = arena->chunk_size - size;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return take(arena, size, alignof(max_align_t));
}

void *arena_alloc_zero(struct arena *arena, size_t size)
{
    return memset(arena_alloc(arena, size), 0, size);
}

char *arena_dup(struct arena *arena, const void *bytes, size_t len)
{
    char *copy = take(arena, len + 1, 1);
    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *arena_dup_text(struct arena *arena, const char *text)
{
    return text ? arena_dup(arena, text, strlen(text)) : NULL;
}

void arena_release(struct arena *arena)
{
    struct arena_chunk *chunk = arena->chunks;
    while (chunk) {
        struct arena_chunk *previous = chunk->previous;
        free(chunk);
        chunk = previous;
    }
    *arena = (struct arena){0};
}
