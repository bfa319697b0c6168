#include "dockerfile/unicode.h"

#include <ctype.h>
#include <strings.h>

#include "core/escape.h"
#include "core/memory.h"

struct range {
    uint32_t first, last;
};

#define LETTER(a, b) {a, b},
#define DIGIT(a, b)
#define PRINTED(a, b)
static const struct range letters[] = {
#include "dockerfile/unicode.def"
};
#undef LETTER
#undef DIGIT
#define LETTER(a, b)
#define DIGIT(a, b) {a, b},
static const struct range digits[] = {
#include "dockerfile/unicode.def"
};
#undef DIGIT
#undef PRINTED
#define DIGIT(a, b)
#define PRINTED(a, b) {a, b},
static const struct range printed[] = {
#include "dockerfile/unicode.def"
};
#undef LETTER
#undef DIGIT
#undef PRINTED

static bool is_within(const struct range *ranges, size_t count, uint32_t rune)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rune > ranges[middle].last)
            low = middle + 1;
        else if (rune < ranges[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

uint32_t rune_decode(struct span text, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    *ret_len = 1;
    if (p[0] < 0x80)
        return p[0];
    size_t len = utf8_sequence(text.ptr, text.len);
    if (len < 2)
        return RUNE_ERROR;
    uint32_t rune = p[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++)
        rune = rune << 6 | (p[i] & 0x3fU);
    *ret_len = len;
    return rune;
}

void rune_add(struct strbuf *out, uint32_t rune)
{
    if (rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff))
        rune = RUNE_ERROR;
    if (rune < 0x80) {
        strbuf_add_char(out, (char)rune);
        return;
    }
    unsigned shift = rune < 0x800 ? 6 : rune < 0x10000 ? 12 : 18;
    unsigned lead = rune < 0x800 ? 0xc0 : rune < 0x10000 ? 0xe0 : 0xf0;
    strbuf_add_char(out, (char)(lead | rune >> shift));
    while (shift) {
        shift -= 6;
        strbuf_add_char(out, (char)(0x80 | (rune >> shift & 0x3f)));
    }
}

bool rune_is_space(uint32_t rune)
{
    switch (rune) {
    case '\t': case '\n': case '\v': case '\f': case '\r': case ' ':
    case 0x85: case 0xa0: case 0x1680: case 0x2028: case 0x2029: case 0x202f: case 0x205f: case 0x3000:
        return true;
    default:
        return rune >= 0x2000 && rune <= 0x200a;
    }
}

bool rune_is_letter(uint32_t rune)
{
    if (rune < 0x80)
        return (rune | 0x20) >= 'a' && (rune | 0x20) <= 'z';
    return is_within(letters, ARRAY_SIZE(letters), rune);
}

bool rune_is_digit(uint32_t rune)
{
    if (rune < 0x80)
        return rune >= '0' && rune <= '9';
    return is_within(digits, ARRAY_SIZE(digits), rune);
}

bool rune_is_printed(uint32_t rune)
{
    if (rune < 0x80)
        return rune >= ' ' && rune < 0x7f;
    return is_within(printed, ARRAY_SIZE(printed), rune);
}

size_t span_space_before(struct span text)
{
    size_t at = 0;
    while (at < text.len) {
        size_t len;
        if (!rune_is_space(rune_decode(span_of(text.ptr + at, text.len - at), &len)))
            break;
        at += len;
    }
    return at;
}

size_t span_space_behind(struct span text)
{
    size_t end = text.len;
    while (end > 0) {
        size_t start = end - 1, len;
        while (start > 0 && end - start < 4 && ((unsigned char)text.ptr[start] & 0xc0) == 0x80)
            start--;
        uint32_t rune = rune_decode(span_of(text.ptr + start, end - start), &len);
        if (len != end - start || !rune_is_space(rune))
            break;
        end = start;
    }
    return text.len - end;
}

struct span span_trim(struct span text)
{
    size_t before = span_space_before(text);
    text = span_of(text.ptr + before, text.len - before);
    text.len -= span_space_behind(text);
    return text;
}

bool span_equals_nocase(struct span text, const char *other)
{
    return text.len == strlen(other) && strncasecmp(text.ptr, other, text.len) == 0;
}

static void quote_rune(struct strbuf *out, uint32_t rune)
{
    static const char letters_of[] = "abtnvfr"; /* from \a, 7, on; in the order of the code */
    if (rune == '"' || rune == '\\')
        strbuf_addf(out, "\\%c", (char)rune);
    else if (rune_is_printed(rune))
        rune_add(out, rune);
    else if (rune >= 7 && rune <= 13)
        strbuf_addf(out, "\\%c", letters_of[rune - 7]);
    else if (rune < 0x80)
        strbuf_addf(out, "\\x%02x", rune);
    else if (rune < 0x10000)
        strbuf_addf(out, "\\u%04x", rune);
    else
        strbuf_addf(out, "\\U%08x", rune);
}

void quote_go(struct strbuf *out, struct span text)
{
    strbuf_add_char(out, '"');
    for (size_t at = 0, len; at < text.len; at += len) {
        uint32_t rune = rune_decode(span_of(text.ptr + at, text.len - at), &len);
        if (rune == RUNE_ERROR && len == 1)
            strbuf_addf(out, "\\x%02x", (unsigned char)text.ptr[at]);
        else
            quote_rune(out, rune);
    }
    strbuf_add_char(out, '"');
}
