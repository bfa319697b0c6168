/* Memory that never comes back NULL. Out of memory is not an error a caller can mend, so these functions
 * abort, as in GLib and git. Sizes that come from input are checked against a named limit before they
 * arrive here. */
#ifndef ULLAGE_CORE_MEMORY_H
#define ULLAGE_CORE_MEMORY_H

#include <stddef.h>
#include <stdlib.h>

void *memory_alloc(size_t size);
void *memory_alloc_zero(size_t count, size_t size);
void *memory_resize(void *block, size_t count, size_t size);

/* Makes room for at least one more element than `count` in an array of `*capacity`, doubling. */
void *memory_grow(void *block, size_t count, size_t *capacity, size_t size);

char *memory_dup_text(const char *text);
char *memory_dup_bytes(const void *bytes, size_t len);

/* For libraries that report it in their own way: calls the handler and aborts. 0: the size is not known. */
_Noreturn void memory_exhausted(size_t size);

/* Called before abort when memory runs out; NULL restores the default. An embedder sets it once, before
 * any other call. */
void memory_set_exhausted_handler(void (*handler)(size_t size));

static inline void memory_free_indirect(void *address)
{
    void **pointer = address;
    free(*pointer);
    *pointer = NULL;
}

#define cleanup_free __attribute__((cleanup(memory_free_indirect)))

/* Hands the pointer over and forgets it: *ret_text = steal(&text). */
#define steal(pointer) ((__typeof__(*(pointer)))memory_steal(pointer))

static inline void *memory_steal(void *address)
{
    void **pointer = address;
    void *value = *pointer;
    *pointer = NULL;
    return value;
}

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#endif
