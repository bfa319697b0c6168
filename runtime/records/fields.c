#include "runtime/records/fields.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/size.h"
#include "runtime/limits.h"

static const json_t *member(const json_t *object, struct span name)
{
    char key[64];
    if (!json_is_object(object) || name.len >= sizeof key)
        return NULL;
    memcpy(key, name.ptr, name.len);
    key[name.len] = '\0';
    const json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

static struct span cut_at(struct span *rest, char separator)
{
    const char *at = memchr(rest->ptr, separator, rest->len);
    struct span part = span_of(rest->ptr, at ? (size_t)(at - rest->ptr) : rest->len);
    size_t used = part.len + (at != NULL);
    *rest = span_of(rest->ptr + used, rest->len - used);
    return part;
}

static const json_t *follow(const json_t *record, struct span way)
{
    while (record && way.len)
        record = member(record, cut_at(&way, '.'));
    return record;
}

const json_t *field_find(const json_t *record, const char *names)
{
    struct span rest = span_of_text(names);
    while (rest.len) {
        const json_t *found = follow(record, cut_at(&rest, '|'));
        if (found)
            return found;
    }
    return NULL;
}

static const char *text_of(struct arena *arena, const json_t *value)
{
    char number[40];
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        return arena_dup_text(arena, json_string_value(value));
    case JSON_INTEGER:
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return arena_dup_text(arena, number);
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    default:
        return "";
    }
}

const char *field_text(struct arena *arena, const json_t *record, const char *names)
{
    const json_t *value = field_find(record, names);
    return text_of(arena, json_is_array(value) ? json_array_get(value, 0) : value);
}

struct span span_trimmed(struct span text)
{
    while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = span_of(text.ptr + 1, text.len - 1);
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

bool integer_read(struct span text, int64_t *ret_number)
{
    bool negative = text.len && text.ptr[0] == '-';
    int64_t number = 0;
    size_t i = negative;
    if (i == text.len)
        return false;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c < '0' || c > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, negative ? '0' - c : c - '0', &number))
            return false;
    }
    *ret_number = number;
    return true;
}

bool number_read(struct span text, double *ret_number)
{
    bool negative = text.len && text.ptr[0] == '-', digits = false;
    double number = 0, place = 1;
    size_t i = negative;
    for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++, digits = true)
        number = number * 10 + (text.ptr[i] - '0');
    if (i < text.len && text.ptr[i] == '.')
        for (i++; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9';
             i++, digits = true) {
            place /= 10;
            number += (text.ptr[i] - '0') * place;
        }
    if (!digits || i != text.len || !isfinite(number))
        return false;
    *ret_number = negative ? -number : number;
    return true;
}

int64_t field_int(const json_t *record, const char *names, int64_t absent)
{
    const json_t *value = field_find(record, names);
    int64_t number;
    if (json_is_integer(value))
        return json_integer_value(value);
    if (json_is_boolean(value))
        return json_is_true(value);
    if (json_is_string(value) &&
        integer_read(span_of(json_string_value(value), json_string_length(value)), &number))
        return number;
    if (json_is_real(value) && fabs(json_real_value(value)) < 9e18)
        return (int64_t)json_real_value(value);
    return absent;
}

bool field_bool(const json_t *record, const char *names)
{
    const json_t *value = field_find(record, names);
    if (json_is_string(value))
        return strcmp(json_string_value(value), "true") == 0;
    return json_is_true(value) ||
           (json_is_integer(value) && json_integer_value(value) != 0);
}

bool size_read(struct span text, int64_t *ret_bytes)
{
    char copy[40];
    struct error ignored = ERROR_INIT;
    text = span_trimmed(text);
    const char *more = memchr(text.ptr ? text.ptr : "", '(', text.len);
    if (more)
        text = span_trimmed(span_of(text.ptr, (size_t)(more - text.ptr)));
    if (!text.len || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    int result = size_parse(ret_bytes, copy, &ignored);
    error_release(&ignored);
    return result == 0;
}

void size_pair_read(struct span text, int64_t *ret_first, int64_t *ret_second)
{
    struct span first = text.len ? cut_at(&text, '/') : text;
    if (!size_read(first, ret_first))
        *ret_first = VALUE_UNKNOWN;
    if (!size_read(text, ret_second))
        *ret_second = VALUE_UNKNOWN;
}

int64_t field_size(const json_t *record, const char *names)
{
    const json_t *value = field_find(record, names);
    int64_t bytes;
    if (json_is_string(value))
        return size_read(span_of_text(json_string_value(value)), &bytes) ? bytes
                                                                         : VALUE_UNKNOWN;
    return json_is_number(value) ? field_int(record, names, VALUE_UNKNOWN) : VALUE_UNKNOWN;
}

double field_percent(const json_t *record, const char *names)
{
    const json_t *value = field_find(record, names);
    double percent;
    if (json_is_number(value))
        return json_number_value(value);
    if (!json_is_string(value))
        return -1;
    struct span text = span_of_text(json_string_value(value));
    if (span_ends_with(text, "%"))
        text.len--;
    return number_read(text, &percent) ? percent : -1;
}

/* Digits of exactly that many, at the start of `rest`, with the separator before them. */
static bool take_digits(struct span *rest, char before, size_t count, int *ret_number)
{
    size_t skip = before != '\0';
    if (rest->len < count + skip || (before && rest->ptr[0] != before))
        return false;
    int number = 0;
    for (size_t i = skip; i < count + skip; i++) {
        char c = rest->ptr[i];
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (c - '0');
    }
    *ret_number = number;
    *rest = span_of(rest->ptr + count + skip, rest->len - count - skip);
    return true;
}

/* Days since 1970 of a date of the Gregorian calendar, by counting years from March. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9;
    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

/* "Z", "+01:00", "+0100" or nothing (UTC), in seconds. */
static bool take_zone(struct span *rest, int64_t *ret_seconds)
{
    int hours, minutes;
    *ret_seconds = 0;
    if (!rest->len || rest->ptr[0] == 'Z')
        return true;
    char sign = rest->ptr[0];
    if ((sign != '+' && sign != '-') || !take_digits(rest, sign, 2, &hours))
        return false;
    if (!take_digits(rest, rest->len && rest->ptr[0] == ':' ? ':' : '\0', 2, &minutes))
        return false;
    int64_t seconds = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    *ret_seconds = sign == '+' ? seconds : -seconds;
    return true;
}

static void skip_fraction(struct span *rest)
{
    if (!rest->len || rest->ptr[0] != '.')
        return;
    size_t i = 1;
    while (i < rest->len && rest->ptr[i] >= '0' && rest->ptr[i] <= '9')
        i++;
    *rest = span_of(rest->ptr + i, rest->len - i);
}

bool time_read(struct span text, int64_t *ret_seconds)
{
    struct span rest = span_trimmed(text);
    int year, month, day, hour, minute, second;
    int64_t zone;
    if (!take_digits(&rest, '\0', 4, &year) || !take_digits(&rest, '-', 2, &month) ||
        !take_digits(&rest, '-', 2, &day) || !rest.len)
        return false;
    char between = rest.ptr[0];
    if ((between != 'T' && between != ' ') || !take_digits(&rest, between, 2, &hour) ||
        !take_digits(&rest, ':', 2, &minute) || !take_digits(&rest, ':', 2, &second))
        return false;
    skip_fraction(&rest);
    rest = span_trimmed(rest);
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
        second > 60 || year <= 1 || !take_zone(&rest, &zone))
        return false;
    *ret_seconds = days_of(year, month, day) * 86400 + (int64_t)hour * 3600 +
                   (int64_t)minute * 60 + second - zone;
    return true;
}

int64_t field_time(const json_t *record, const char *names)
{
    const json_t *value = field_find(record, names);
    int64_t seconds;
    if (json_is_string(value))
        return time_read(span_of_text(json_string_value(value)), &seconds) ? seconds
                                                                           : VALUE_UNKNOWN;
    seconds = json_is_integer(value) ? json_integer_value(value) : VALUE_UNKNOWN;
    /* years 2 to 9999; Go's zero time is the first second of the year 1 */
    return seconds > -62000000000 && seconds < 253402300800 ? seconds : VALUE_UNKNOWN;
}

struct words field_words(struct arena *arena, const json_t *record, const char *names)
{
    const json_t *value = field_find(record, names);
    size_t count = json_is_array(value) ? json_array_size(value) : json_is_string(value);
    if (!count || (json_is_string(value) && !json_string_length(value)))
        return (struct words){0};
    if (count > ENGINE_ITEMS_MAX)
        count = ENGINE_ITEMS_MAX;
    const char **items = arena_alloc(arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = text_of(arena, json_is_array(value) ? json_array_get(value, i) : value);
    return (struct words){.items = items, .count = count};
}

static struct labels labels_of_object(struct arena *arena, const json_t *object)
{
    size_t count = json_object_size(object), i = 0;
    if (count > ENGINE_ITEMS_MAX)
        count = ENGINE_ITEMS_MAX;
    struct label *items = arena_alloc(arena, (count ? count : 1) * sizeof *items);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (i == count)
            break;
        items[i++] = (struct label){arena_dup_text(arena, key), text_of(arena, value)};
    }
    return (struct labels){.items = items, .count = i};
}

/* docker ps joins labels by commas, which values hold too: a part without '=' belongs to
 * the value before. */
static struct labels labels_of_text(struct arena *arena, struct span text)
{
    size_t most = 1, count = 0;
    for (size_t i = 0; i < text.len; i++)
        most += text.ptr[i] == ',';
    if (most > ENGINE_ITEMS_MAX)
        return (struct labels){0};
    struct label *items = arena_alloc(arena, most * sizeof *items);
    while (text.len) {
        const char *start = text.ptr;
        cut_at(&text, ',');
        while (text.len) {
            struct span ahead = text, next = cut_at(&ahead, ',');
            if (memchr(next.ptr, '=', next.len))
                break;
            text = ahead;
        }
        struct span pair = span_of(start, (size_t)(text.ptr - start));
        if (text.len)
            pair.len--; /* the comma */
        struct span key = cut_at(&pair, '=');
        items[count++] = (struct label){arena_dup(arena, key.ptr, key.len),
                                        arena_dup(arena, pair.ptr, pair.len)};
    }
    return (struct labels){.items = items, .count = count};
}

struct labels field_labels(struct arena *arena, const json_t *record, const char *names)
{
    const json_t *value = field_find(record, names);
    if (json_is_object(value))
        return labels_of_object(arena, value);
    if (json_is_string(value) && json_string_length(value))
        return labels_of_text(arena, span_of_text(json_string_value(value)));
    return (struct labels){0};
}
