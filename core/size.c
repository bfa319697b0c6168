#include "core/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const decimal_units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
static const char *const binary_units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

char *size_format(int64_t bytes, enum size_style style, char text[SIZE_TEXT_MAX])
{
    double base = style == SIZE_BINARY ? 1024 : 1000;
    const char *const *units = style == SIZE_BINARY ? binary_units : decimal_units;
    double magnitude = bytes < 0 ? -(double)bytes : (double)bytes;
    size_t unit = 0;

    if (style == SIZE_BYTES) {
        snprintf(text, SIZE_TEXT_MAX, "%" PRId64 "B", bytes);
        return text;
    }
    while (magnitude >= base && unit + 1 < ARRAY_SIZE(decimal_units)) {
        magnitude /= base;
        unit++;
    }
    /* 999.5 and more would print as 1e+03 with three digits */
    if (magnitude >= 999.5 && magnitude < base)
        snprintf(text, SIZE_TEXT_MAX, "%s%.0f%s", bytes < 0 ? "-" : "", magnitude, units[unit]);
    else
        snprintf(text, SIZE_TEXT_MAX, "%s%.3g%s", bytes < 0 ? "-" : "", magnitude, units[unit]);
    return text;
}

static int unit_factor(const char *unit, int64_t *ret_factor)
{
    static const struct {
        const char *name;
        int64_t factor;
    } rows[] = {
        {"", 1},
        {"b", 1},
        {"k", 1000},
        {"kb", 1000},
        {"kib", 1024},
        {"m", 1000000},
        {"mb", 1000000},
        {"mib", 1048576},
        {"g", 1000000000},
        {"gb", 1000000000},
        {"gib", 1073741824},
        {"t", 1000000000000},
        {"tb", 1000000000000},
        {"tib", 1099511627776},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (strcasecmp(unit, rows[i].name) == 0) {
            *ret_factor = rows[i].factor;
            return 0;
        }
    return -1;
}

int size_parse(int64_t *ret_bytes, const char *text, struct error *err)
{
    const char *p = text;
    int64_t whole = 0, factor = 1, bytes;
    bool any = false;

    for (; *p >= '0' && *p <= '9'; p++, any = true)
        if (__builtin_mul_overflow(whole, 10, &whole) ||
            __builtin_add_overflow(whole, *p - '0', &whole))
            return error_set(err, ERROR_USAGE, "size '%s' is too large", text);
    double fraction = 0, place = 0.1;
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++, any = true, place /= 10)
            fraction += place * (*p - '0');
    while (*p == ' ')
        p++;
    if (!any || unit_factor(p, &factor) < 0) {
        error_set(err, ERROR_USAGE, "'%s' is not a size", text);
        return error_hint(err, "write a number and a unit, such as 220MB, 1.5GiB or 4096B");
    }
    if (__builtin_mul_overflow(whole, factor, &bytes) ||
        __builtin_add_overflow(bytes, (int64_t)(fraction * (double)factor + 0.5), &bytes))
        return error_set(err, ERROR_USAGE, "size '%s' is too large", text);
    *ret_bytes = bytes;
    return 0;
}
