/* A list of strings that owns them. `items` is NULL-terminated once anything was added. */
#ifndef ULLAGE_CORE_STRVEC_H
#define ULLAGE_CORE_STRVEC_H

#include <stddef.h>

#include "core/memory.h"

struct strvec {
    char **items;
    size_t count;
    size_t capacity;
};

#define STRVEC_INIT {.items = NULL, .count = 0, .capacity = 0}

void strvec_add(struct strvec *list, const char *text);
void strvec_add_bytes(struct strvec *list, const char *text, size_t len);
void strvec_addf(struct strvec *list, const char *format, ...) PRINTF_LIKE(2, 3);
void strvec_sort(struct strvec *list);
int strvec_contains(const struct strvec *list, const char *text);
void strvec_release(struct strvec *list);

#define cleanup_strvec __attribute__((cleanup(strvec_release)))

#endif
