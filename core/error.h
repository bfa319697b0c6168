/* Why something failed: a code, which decides the exit status, and a text that each caller may prefix on
 * the way up, so that it reads from the task to the cause. An error is untouched on success. The hint, if
 * any, tells the user what to do. */
#ifndef ULLAGE_CORE_ERROR_H
#define ULLAGE_CORE_ERROR_H

#include "core/memory.h"

enum error_code {
    ERROR_NONE,
    ERROR_FAILED,   /* a limit, rule or comparison of the user failed */
    ERROR_USAGE,    /* usage or configuration */
    ERROR_INPUT,    /* unreadable, damaged, unsupported or no image */
    ERROR_BASELINE, /* baseline missing or not comparable */
    ERROR_OUTPUT,   /* output could not be written */
    ERROR_LIMIT,    /* a safety limit stopped the work */
    ERROR_ENGINE,   /* the container engine could not be reached or refused */
    ERROR_INTERNAL, /* our mistake */
};

struct error {
    enum error_code code;
    char *text;
    char *hint;
};

#define ERROR_INIT {.code = ERROR_NONE, .text = NULL, .hint = NULL}

/* Sets code and text and returns -1. The first cause wins: an error already set keeps its text. */
int error_set(struct error *err, enum error_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* error_set with ": " and the text of errno behind it. */
int error_set_errno(struct error *err, enum error_code code, int number, const char *format,
                    ...) PRINTF_LIKE(4, 5);

/* Puts "context: " before the text and returns -1. */
int error_prefix(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Sets what the user can do, unless something nearer to the cause has said it, and returns -1. */
int error_hint(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Moves `from` into `to` unless `to` is set; `from` is released. */
void error_move(struct error *to, struct error *from);

int error_exit_status(enum error_code code);
const char *error_code_name(enum error_code code);
void error_release(struct error *err);

#define cleanup_error __attribute__((cleanup(error_release)))

#endif
