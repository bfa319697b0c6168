/* What a child's environment has other than ours. Nothing of our own process changes; the
 * last word about a name wins. Values marked secret are shown as arguments' secrets are,
 * and overwritten on release. */
#ifndef ULLAGE_RUNTIME_ENVIRONMENT_H
#define ULLAGE_RUNTIME_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/json.h"
#include "core/strbuf.h"

struct environment_change {
    char *name;
    char *value; /* NULL: the variable is taken away */
    bool secret;
};

struct environment {
    bool clean; /* starts with nothing in place of what we have */
    struct environment_change *changes;
    size_t count;
    size_t capacity;
};

#define ENVIRONMENT_INIT                                                                   \
    {                                                                                      \
        .clean = false, .changes = NULL, .count = 0, .capacity = 0                         \
    }

/* A name is not empty and has no '='; a value of NULL takes the variable away. */
void environment_set(struct environment *environment, const char *name, const char *value);
void environment_set_secret(struct environment *environment, const char *name,
                            const char *value);
void environment_unset(struct environment *environment, const char *name);
void environment_add_all(struct environment *environment, const struct environment *more);
void environment_release(struct environment *environment);

/* What the child gets: a NULL-terminated list, for environment_free_list. */
char **environment_list(const struct environment *environment);
void environment_free_list(char **list);

/* The changes as words in front of a command: "env -u A B=c", nothing if there are none. */
void environment_print(struct strbuf *out, const struct environment *environment);
/* The same as an object; what is taken away is null. */
void environment_write_json(struct json_writer *writer,
                            const struct environment *environment);

#define cleanup_environment __attribute__((cleanup(environment_release)))

#endif
