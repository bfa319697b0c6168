/* How calls fail. A function that can fail returns 0, or -1 and, where the caller passed
 * the address of a NULL pointer, an error of which the caller becomes the owner:
 *
 *     struct ullage_error *error = NULL;
 *     if (ullage_analyze("app.tar", NULL, &analysis, &error) < 0) {
 *         fprintf(stderr, "%s\n", error->text);
 *         ullage_error_free(error);
 *     }
 *
 * The pointer is untouched on success, results are untouched on failure, and NULL is
 * welcome where nobody wants to know why. The library prints nothing. */
#ifndef ULLAGE_INCLUDE_ERROR_H
#define ULLAGE_INCLUDE_ERROR_H

#include <stddef.h>

#define ULLAGE_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong; the numbers are the exit statuses of the program (docs/errors.md). */
enum ullage_code {
    ULLAGE_CODE_NONE = 0,
    ULLAGE_CODE_FAILED = 1, /* a limit, rule or comparison of the caller's failed */
    ULLAGE_CODE_USAGE =
        2, /* wrong arguments, or several images where one has to be chosen */
    ULLAGE_CODE_INPUT = 3,     /* unreadable, damaged, not supported, or no image */
    ULLAGE_CODE_BASELINE = 4,  /* what to compare with is missing or does not fit */
    ULLAGE_CODE_OUTPUT = 5,    /* output could not be written */
    ULLAGE_CODE_LIMIT = 6,     /* a safety limit stopped the work */
    ULLAGE_CODE_ENGINE = 7,    /* the container engine could not be reached or refused */
    ULLAGE_CODE_INTERNAL = 70, /* a mistake of the library */
};

struct ullage_error {
    enum ullage_code code;
    const char
        *text; /* what failed, where, why; lower case, one line, harmless on a terminal */
    const char *hint; /* what to do about it, or NULL */
};

/* NULL is fine. */
ULLAGE_API void ullage_error_free(struct ullage_error *error);

/* "input", "usage" ...; "unknown" for a number that is no code. Static. */
ULLAGE_API const char *ullage_code_name(enum ullage_code code);

/* Out of memory ends the process, as in GLib and git: no input can bring it about, because
 * sizes that come from input meet a named limit first. `handler` is called before abort()
 * with the size that was asked for (SIZE_MAX if it overflowed) and may leave in its own
 * way; NULL restores the default. Set it once, before other calls: this is the one thing
 * that all users in a process share. */
ULLAGE_API void ullage_set_out_of_memory_handler(void (*handler)(size_t size));

#ifdef __cplusplus
}
#endif

#endif
