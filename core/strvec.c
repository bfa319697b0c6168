#include "core/strvec.h"

#include <stdarg.h>
#include <string.h>

#include "core/strbuf.h"

static void take(struct strvec *list, char *text)
{
    list->items =
        memory_grow(list->items, list->count + 1, &list->capacity, sizeof *list->items);
    list->items[list->count++] = text;
    list->items[list->count] = NULL;
}

void strvec_add(struct strvec *list, const char *text)
{
    take(list, memory_dup_text(text));
}

void strvec_add_bytes(struct strvec *list, const char *text, size_t len)
{
    take(list, memory_dup_bytes(text, len));
}

void strvec_addf(struct strvec *list, const char *format, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    take(list, strbuf_detach(&text, NULL));
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void strvec_sort(struct strvec *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, compare_texts);
}

int strvec_contains(const struct strvec *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return 1;
    return 0;
}

void strvec_release(struct strvec *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct strvec)STRVEC_INIT;
}
