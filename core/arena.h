/* Memory that dies together. Blocks are handed out from large chunks and never freed one by one;
 * arena_release frees all. Zero-initialised is empty and ready. Not shared between threads. */
#ifndef ULLAGE_CORE_ARENA_H
#define ULLAGE_CORE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks;
    char *next;
    size_t left;
    size_t chunk_size;
};

void *arena_alloc(struct arena *arena, size_t size);      /* aligned for any type */
void *arena_alloc_zero(struct arena *arena, size_t size); /* the same, zeroed */
char *arena_dup(struct arena *arena, const void *bytes, size_t len); /* adds a NUL, unaligned */
char *arena_dup_text(struct arena *arena, const char *text);         /* NULL gives NULL */
void arena_release(struct arena *arena);

#endif
