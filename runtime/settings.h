/* NAME=VALUE pairs of a configuration: environment, labels, build arguments. They own their
 * text, and secrets are overwritten when they are released. */
#ifndef ULLAGE_RUNTIME_SETTINGS_H
#define ULLAGE_RUNTIME_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

struct setting {
    char *name;
    char *value; /* NULL: what the caller's environment has */
    bool secret;
};

struct settings {
    struct setting *items;
    size_t count;
    size_t capacity;
};

void settings_add(struct settings *settings, const char *name, const char *value);
void settings_add_secret(struct settings *settings, const char *name, const char *value);
/* "NAME=VALUE" or "NAME"; refuses a text without a name. `what` is the option. */
int settings_parse(struct settings *settings, const char *text, const char *what,
                   struct error *err);
/* Takes away all behind the first `count`. */
void settings_truncate(struct settings *settings, size_t count);
void settings_release(struct settings *settings);

#endif
