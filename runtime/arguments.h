/* The arguments of a program that will be started: no shell reads them, so each arrives as
 * it is. What is secret is said when it is added, and from then on every printer shows
 * <redacted:FINGERPRINT> in its place, the fingerprint being the first 12 hex digits of the
 * value's SHA-256. An argument may be secret from a place on: of --build-arg=TOKEN=abc only
 * the end. Secrets are overwritten when they are released. */
#ifndef ULLAGE_RUNTIME_ARGUMENTS_H
#define ULLAGE_RUNTIME_ARGUMENTS_H

#include <stddef.h>

#include "core/json.h"
#include "core/memory.h"
#include "core/span.h"
#include "core/strbuf.h"

#define ARGUMENT_NOT_SECRET SIZE_MAX

struct arguments {
    char **items;        /* NULL-terminated once anything was added */
    size_t *secret_from; /* of each: where its secret begins, ARGUMENT_NOT_SECRET if it has
                            none */
    size_t count;
    size_t capacity;
    size_t secret_capacity;
};

#define ARGUMENTS_INIT                                                                     \
    {                                                                                      \
        .items = NULL, .secret_from = NULL, .count = 0, .capacity = 0,                     \
        .secret_capacity = 0                                                               \
    }

void arguments_add(struct arguments *list, const char *text);
void arguments_addf(struct arguments *list, const char *format, ...) PRINTF_LIKE(2, 3);
/* NAME=VALUE as one argument, the only form that every engine reads whatever the value
 * begins with. Nothing if the value is NULL. */
void arguments_add_option(struct arguments *list, const char *name, const char *value);
/* One argument of what may be shown and what may not; `shown` may be "". */
void arguments_add_secret(struct arguments *list, const char *shown, const char *secret);
void arguments_add_all(struct arguments *list, const struct arguments *more);
void arguments_release(struct arguments *list);

/* One argument as it may be shown. */
void arguments_show(struct strbuf *out, const struct arguments *list, size_t index);
/* All of them, quoted for a shell, with spaces between. */
void arguments_print(struct strbuf *out, const struct arguments *list);
/* All of them as an array of texts. */
void arguments_write_json(struct json_writer *writer, const struct arguments *list);

/* A word that a POSIX shell reads as exactly this text. */
void shell_quote(struct strbuf *out, struct span text);
void redact_secret(struct strbuf *out, struct span secret);

#define cleanup_arguments __attribute__((cleanup(arguments_release)))

#endif
