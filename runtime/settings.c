#include "runtime/settings.h"

#include <string.h>

#include "core/memory.h"

static void add(struct settings *settings, char *name, char *value, bool secret)
{
    settings->items = memory_grow(settings->items, settings->count, &settings->capacity,
                                  sizeof *settings->items);
    settings->items[settings->count++] =
        (struct setting){.name = name, .value = value, .secret = secret};
}

static char *dup_or_null(const char *text)
{
    return text ? memory_dup_text(text) : NULL;
}

void settings_add(struct settings *settings, const char *name, const char *value)
{
    add(settings, memory_dup_text(name), dup_or_null(value), false);
}

void settings_add_secret(struct settings *settings, const char *name, const char *value)
{
    add(settings, memory_dup_text(name), dup_or_null(value), true);
}

int settings_parse(struct settings *settings, const char *text, const char *what,
                   struct error *err)
{
    size_t len = strcspn(text, "=");
    if (!len) {
        error_set(err, ERROR_USAGE, "--%s has no name before '='", what);
        return error_hint(err, "write --%s NAME=VALUE", what);
    }
    add(settings, memory_dup_bytes(text, len),
        text[len] ? memory_dup_text(text + len + 1) : NULL, false);
    return 0;
}

void settings_truncate(struct settings *settings, size_t count)
{
    while (settings->count > count) {
        struct setting *setting = &settings->items[--settings->count];
        if (setting->secret && setting->value)
            explicit_bzero(setting->value, strlen(setting->value));
        free(setting->name);
        free(setting->value);
    }
}

void settings_release(struct settings *settings)
{
    settings_truncate(settings, 0);
    free(settings->items);
    *settings = (struct settings){0};
}
