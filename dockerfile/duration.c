#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "dockerfile/reference.h"
#include "dockerfile/unicode.h"

static const struct {
    const char *name;
    uint64_t nanoseconds;
} units[] = {
    {"ns", 1},         {"us", 1000},        {"\xc2\xb5s", 1000},      {"\xce\xbcs", 1000},
    {"ms", 1000000},   {"s", 1000000000},   {"m", 60000000000},       {"h", 3600000000000},
};

#define NANOSECONDS_MAX ((uint64_t)1 << 63)

static int refuse(const char *text, struct error *err)
{
    cleanup_strbuf struct strbuf quoted = STRBUF_INIT;
    quote_go(&quoted, span_of_text(text));
    return error_set(err, ERROR_INPUT, "time: invalid duration %s", quoted.buf);
}

static int refuse_unit(const char *text, struct span unit, struct error *err)
{
    cleanup_strbuf struct strbuf quoted = STRBUF_INIT, name = STRBUF_INIT;
    quote_go(&quoted, span_of_text(text));
    quote_go(&name, unit);
    if (!unit.len)
        return error_set(err, ERROR_INPUT, "time: missing unit in duration %s", quoted.buf);
    return error_set(err, ERROR_INPUT, "time: unknown unit %s in duration %s", name.buf, quoted.buf);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits behind the point count until they no longer fit. */
static bool take_number(const char **p, uint64_t *ret_whole, double *ret_part)
{
    const char *start = *p;
    uint64_t whole = 0;
    double part = 0, scale = 1;
    for (; is_digit(**p); ++*p) {
        if (whole > NANOSECONDS_MAX / 10)
            return false;
        whole = whole * 10 + (uint64_t)(**p - '0');
    }
    bool has_digits = *p > start;
    if (**p == '.') {
        for (++*p; is_digit(**p); ++*p) {
            has_digits = true;
            if (scale < 1e18) {
                scale *= 10;
                part = part * 10 + (**p - '0');
            }
        }
    }
    *ret_whole = whole;
    *ret_part = part / scale;
    return has_digits && whole <= NANOSECONDS_MAX;
}

static uint64_t unit_of(struct span name)
{
    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (span_equals_text(name, units[i].name))
            return units[i].nanoseconds;
    return 0;
}

int duration_parse(int64_t *ret_nanoseconds, const char *text, struct error *err)
{
    const char *p = text;
    bool is_negative = *p == '-';
    uint64_t sum = 0;
    if (*p == '-' || *p == '+')
        p++;
    if (strcmp(p, "0") == 0) {
        *ret_nanoseconds = 0;
        return 0;
    }
    if (!*p)
        return refuse(text, err);
    while (*p) {
        uint64_t whole;
        double part;
        if ((*p != '.' && !is_digit(*p)) || !take_number(&p, &whole, &part))
            return refuse(text, err);
        struct span name = span_of(p, strcspn(p, ".0123456789"));
        uint64_t unit = unit_of(name);
        if (!unit)
            return refuse_unit(text, name, err);
        p += name.len;
        if (whole > NANOSECONDS_MAX / unit)
            return refuse(text, err);
        uint64_t value = whole * unit + (uint64_t)(part * (double)unit);
        sum += value;
        if (value > NANOSECONDS_MAX || sum > NANOSECONDS_MAX)
            return refuse(text, err);
    }
    if (!is_negative && sum > INT64_MAX)
        return refuse(text, err);
    *ret_nanoseconds = is_negative ? (sum > INT64_MAX ? INT64_MIN : -(int64_t)sum) : (int64_t)sum;
    return 0;
}
