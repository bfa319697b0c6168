#include "analyzer/gate/budget.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/escape.h"
#include "core/glob.h"
#include "core/size.h"

/* Digits, and a point with digits: what strtod takes beyond that (signs, exponents, nan) is no
 * limit. */
static bool parse_number(const char *text, double *ret_number, const char **ret_end)
{
    size_t whole = strspn(text, "0123456789");
    size_t len = whole;
    if (text[len] == '.')
        len += 1 + strspn(text + len + 1, "0123456789");
    if (len == 0 || (whole == 0 && len == 1) || len > 30)
        return false;
    *ret_number = strtod(text, NULL);
    *ret_end = text + len;
    return true;
}

static bool parse_percent(const char *text, double *ret_percent)
{
    const char *end;
    if (!parse_number(text, ret_percent, &end))
        return false;
    while (*end == ' ')
        end++;
    return strcmp(end, "%") == 0;
}

static int refuse(struct error *err, const char *text, const char *what)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    return error_set(err, ERROR_USAGE, "'%s' is no %s", shown.buf, what);
}

static int parse_bytes(struct bound *bound, const char *text, struct error *err)
{
    cleanup_error struct error reason = ERROR_INIT;
    int64_t bytes;
    if (size_parse(&bytes, text, &reason) < 0) {
        refuse(err, text, "size");
        return error_hint(err, "write a number and a unit, such as 220 MB, 1.5 GiB or 4096 B");
    }
    if (bytes && !strpbrk(text, "bBkKmMgGtT")) {
        error_set(err, ERROR_USAGE, "'%s' has no unit", text);
        return error_hint(err, "write %s B, %s kB or %s MB; only 0 needs none", text, text, text);
    }
    bound->amount = amount_of(bytes);
    return 0;
}

static int parse_count(struct bound *bound, const char *text, struct error *err)
{
    size_t len = strlen(text);
    if (len == 0 || len > 15 || strspn(text, "0123456789") != len)
        return refuse(err, text, "whole number");
    bound->amount = amount_of(strtoll(text, NULL, 10));
    return 0;
}

static int parse_ratio(struct bound *bound, const char *text, struct error *err)
{
    double ratio, percent;
    const char *end;
    if (parse_percent(text, &percent))
        ratio = percent / 100;
    else if (!parse_number(text, &ratio, &end) || *end)
        ratio = -1;
    if (!(ratio >= 0 && ratio <= 1))
        return refuse(err, text, "ratio from 0 to 1");
    bound->amount = ratio_of(ratio);
    return 0;
}

int bound_parse(struct bound *ret_bound, const struct budget *budget, const char *text,
                struct error *err)
{
    struct bound bound = {.kind = BOUND_AMOUNT};
    enum unit unit = measure_row(budget->measure)->unit;
    int result;
    if (budget->against && parse_percent(text, &bound.percent)) {
        bound.kind = BOUND_PERCENT;
        *ret_bound = bound;
        return 0;
    }
    if (unit != UNIT_RATIO && parse_percent(text, &bound.percent)) {
        error_set(err, ERROR_USAGE, "'%s' of what? a percentage needs a baseline", text);
        return error_hint(err, "add 'against: baseline', or use --max-growth");
    }
    if (unit == UNIT_BYTES)
        result = parse_bytes(&bound, text, err);
    else
        result =
            unit == UNIT_COUNT ? parse_count(&bound, text, err) : parse_ratio(&bound, text, err);
    if (result == 0)
        *ret_bound = bound;
    return result;
}

/* How much worse than the baseline a value may be without passing the bound. `reached`: the bound
 * itself is too much already. */
static int64_t allowed_number(const struct bound *bound, int64_t baseline, bool reached)
{
    long double allowed = bound->kind == BOUND_PERCENT
                              ? (long double)baseline * (long double)bound->percent / 100
                              : (long double)bound->amount.number;
    allowed = reached ? ceill(allowed) - 1 : floorl(allowed);
    return allowed >= 0x1p62L ? INT64_C(1) << 62 : (int64_t)allowed;
}

static double allowed_ratio(const struct bound *bound, double baseline, bool reached)
{
    double allowed =
        bound->kind == BOUND_PERCENT ? baseline * bound->percent / 100 : bound->amount.ratio;
    return reached ? nextafter(allowed, -1) : allowed;
}

/* Both bounds have to be passed, so the farther one decides. */
static struct amount resolve_growth(const struct threshold *limit, const struct measure_row *row,
                                    struct amount baseline)
{
    const struct bound *floor = &limit->and_at_least;
    if (!baseline.known)
        return baseline;
    if (row->unit == UNIT_RATIO) {
        double allowed = allowed_ratio(&limit->more_than, baseline.ratio, false);
        if (floor->kind)
            allowed = fmax(allowed, allowed_ratio(floor, baseline.ratio, true));
        return ratio_of(row->at_least ? baseline.ratio - allowed : baseline.ratio + allowed);
    }
    int64_t allowed = allowed_number(&limit->more_than, baseline.number, false);
    if (floor->kind) {
        int64_t other = allowed_number(floor, baseline.number, true);
        allowed = other > allowed ? other : allowed;
    }
    int64_t sum;
    if (!size_add(&sum, baseline.number, row->at_least ? -allowed : allowed))
        sum = INT64_MAX;
    return amount_of(sum);
}

struct amount threshold_resolve(const struct threshold *limit, const struct budget *budget,
                                struct amount baseline)
{
    if (!limit->set)
        return (struct amount){.known = false};
    if (budget->against)
        return resolve_growth(limit, measure_row(budget->measure), baseline);
    return limit->more_than.amount;
}

static void add_scope(struct strbuf *out, const struct budget *budget)
{
    if (budget->for_each == EACH_LAYER)
        strbuf_add_text(out, budget->scope == SCOPE_IMAGE ? "each layer of the " : "each layer ");
    switch (budget->scope) {
    case SCOPE_IMAGE:
        strbuf_add_text(out, "image");
        break;
    case SCOPE_ABOVE_BASE:
        strbuf_add_text(out, "above-base");
        break;
    case SCOPE_BASE:
        strbuf_add_text(out, "base");
        break;
    case SCOPE_LAYER:
        strbuf_addf(out, "layer %zu", budget->layer);
        break;
    }
}

void budget_scope_text(struct strbuf *out, const struct budget *budget)
{
    for (size_t i = 0; i < budget->path_count; i++)
        strbuf_addf(out, "%s%s", i ? " " : "", budget->paths[i]);
    if (budget->path_count && budget->scope == SCOPE_IMAGE)
        return;
    if (budget->path_count)
        strbuf_add_text(out, " in ");
    add_scope(out, budget);
}

char *pattern_normalise(const char *pattern)
{
    struct strbuf out = STRBUF_INIT;
    bool negated = *pattern == '!';
    if (negated)
        strbuf_add_char(&out, *pattern++);
    while (pattern[0] == '.' && pattern[1] == '/')
        pattern += 2;
    if (*pattern != '/' && strncmp(pattern, "**", 2) != 0)
        strbuf_add_char(&out, '/');
    strbuf_add_text(&out, pattern);
    if (out.buf[out.len - 1] == '/')
        strbuf_add_text(&out, "**");
    return strbuf_detach(&out, NULL);
}

/* A pattern without a wildcard names a file, or a folder with all in it. */
static bool pattern_matches(const char *pattern, struct span path)
{
    if (strpbrk(pattern, "*?[\\"))
        return glob_match(pattern, path);
    size_t len = strlen(pattern);
    return path.len >= len && memcmp(path.ptr, pattern, len) == 0 &&
           (path.len == len || path.ptr[len] == '/');
}

bool budget_matches(const struct budget *budget, struct span path)
{
    bool matches = false;
    for (size_t i = 0; i < budget->path_count; i++) {
        const char *pattern = budget->paths[i];
        bool negated = *pattern == '!';
        if (matches == negated && pattern_matches(pattern + negated, path))
            matches = !negated;
    }
    return matches;
}
