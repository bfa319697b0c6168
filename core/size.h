/* Byte counts as people write and read them. Decimal units (kB, MB, GB) are powers of 1000 as in
 * `docker images`; kib, MiB, GiB are powers of 1024. A unit is always printed. */
#ifndef ULLAGE_CORE_SIZE_H
#define ULLAGE_CORE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

enum size_style { SIZE_DECIMAL, SIZE_BINARY, SIZE_BYTES };

#define SIZE_TEXT_MAX 40

/* "1.47MB", three significant digits as docker prints them; returns `text`. */
char *size_format(int64_t bytes, enum size_style style, char text[SIZE_TEXT_MAX]);

/* Reads "220MB", "1.5 GiB", "0", "512B"; a number without a unit counts bytes. Refuses signs, other
 * units and what does not fit. */
int size_parse(int64_t *ret_bytes, const char *text, struct error *err);

/* a + b and a * b, false when the result does not fit. */
static inline bool size_add(int64_t *ret_sum, int64_t a, int64_t b)
{
    return !__builtin_add_overflow(a, b, ret_sum);
}

#endif
