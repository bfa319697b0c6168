#include "dockerfile/exec_form.h"

#include "core/memory.h"
#include "core/strbuf.h"
#include "dockerfile/unicode.h"

#define DEPTH_MAX 10000 /* as encoding/json */

struct reader {
    struct span text;
    size_t at;
};

static int peek(const struct reader *reader)
{
    return reader->at < reader->text.len ? (unsigned char)reader->text.ptr[reader->at] : -1;
}

static void skip_space(struct reader *reader)
{
    for (int c = peek(reader); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = peek(reader))
        reader->at++;
}

static bool take(struct reader *reader, char c)
{
    if (peek(reader) != (unsigned char)c)
        return false;
    reader->at++;
    return true;
}

static bool take_text(struct reader *reader, const char *text)
{
    while (*text)
        if (!take(reader, *text++))
            return false;
    return true;
}

static bool take_digits(struct reader *reader)
{
    size_t start = reader->at;
    while (peek(reader) >= '0' && peek(reader) <= '9')
        reader->at++;
    return reader->at > start;
}

static bool take_number(struct reader *reader)
{
    take(reader, '-');
    if (!take(reader, '0') && !take_digits(reader))
        return false;
    if (take(reader, '.') && !take_digits(reader))
        return false;
    if (!take(reader, 'e') && !take(reader, 'E'))
        return true;
    if (!take(reader, '+'))
        take(reader, '-');
    return take_digits(reader);
}

static bool take_hex(struct reader *reader, uint32_t *ret_code)
{
    uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
        int c = peek(reader), low = c | 0x20;
        if (c >= '0' && c <= '9')
            code = code << 4 | (uint32_t)(c - '0');
        else if (low >= 'a' && low <= 'f')
            code = code << 4 | (uint32_t)(low - 'a' + 10);
        else
            return false;
        reader->at++;
    }
    *ret_code = code;
    return true;
}

/* Behind `\u`: a lone half of a pair becomes U+FFFD. */
static bool take_code(struct reader *reader, struct strbuf *out)
{
    uint32_t code, second;
    if (!take_hex(reader, &code))
        return false;
    if (code >= 0xd800 && code <= 0xdbff) {
        struct reader ahead = *reader;
        if (take(&ahead, '\\') && take(&ahead, 'u') && take_hex(&ahead, &second) && second >= 0xdc00 &&
            second <= 0xdfff) {
            *reader = ahead;
            code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
        }
    }
    rune_add(out, code);
    return true;
}

static bool take_escape(struct reader *reader, struct strbuf *out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    int c = peek(reader);
    if (c < 0)
        return false;
    reader->at++;
    if (c == 'u')
        return take_code(reader, out);
    const char *name = c ? strchr(names, c) : NULL;
    if (!name)
        return false;
    strbuf_add_char(out, values[name - names]);
    return true;
}

static bool take_string(struct reader *reader, struct strbuf *out)
{
    if (!take(reader, '"'))
        return false;
    while (reader->at < reader->text.len) {
        size_t len;
        uint32_t rune = rune_decode(span_of(reader->text.ptr + reader->at, reader->text.len - reader->at), &len);
        if (rune < ' ')
            return false;
        reader->at += len;
        if (rune == '"')
            return true;
        if (rune != '\\')
            rune_add(out, rune);
        else if (!take_escape(reader, out))
            return false;
    }
    return false;
}

static bool take_value(struct reader *reader, unsigned depth, struct strbuf *scratch);

static bool take_members(struct reader *reader, char end, unsigned depth, struct strbuf *scratch)
{
    skip_space(reader);
    if (take(reader, end))
        return true;
    for (;;) {
        skip_space(reader);
        if (end == '}') {
            strbuf_reset(scratch);
            if (!take_string(reader, scratch))
                return false;
            skip_space(reader);
            if (!take(reader, ':'))
                return false;
        }
        if (!take_value(reader, depth, scratch))
            return false;
        skip_space(reader);
        if (take(reader, end))
            return true;
        if (!take(reader, ','))
            return false;
    }
}

static bool take_value(struct reader *reader, unsigned depth, struct strbuf *scratch)
{
    if (depth > DEPTH_MAX)
        return false;
    skip_space(reader);
    strbuf_reset(scratch);
    switch (peek(reader)) {
    case '"': return take_string(reader, scratch);
    case '[': reader->at++; return take_members(reader, ']', depth + 1, scratch);
    case '{': reader->at++; return take_members(reader, '}', depth + 1, scratch);
    case 't': return take_text(reader, "true");
    case 'f': return take_text(reader, "false");
    case 'n': return take_text(reader, "null");
    default: return take_number(reader);
    }
}

struct words {
    struct word *items;
    size_t count, capacity;
    bool foreign;
};

static bool take_element(struct reader *reader, struct words *words, struct arena *arena, struct strbuf *scratch)
{
    skip_space(reader);
    size_t start = reader->at;
    if (peek(reader) != '"') {
        words->foreign = true;
        return take_value(reader, 2, scratch);
    }
    strbuf_reset(scratch);
    if (!take_string(reader, scratch))
        return false;
    words->items = memory_grow(words->items, words->count, &words->capacity, sizeof *words->items);
    words->items[words->count++] = (struct word){
        .text = span_of(arena_dup(arena, scratch->buf, scratch->len), scratch->len),
        .extent = {start, reader->at},
    };
    return true;
}

static bool take_array(struct reader *reader, struct words *words, struct arena *arena, struct strbuf *scratch)
{
    reader->at = span_space_before(reader->text);
    if (!take(reader, '['))
        return false;
    skip_space(reader);
    if (!take(reader, ']')) {
        do {
            if (!take_element(reader, words, arena, scratch))
                return false;
            skip_space(reader);
        } while (take(reader, ','));
        if (!take(reader, ']'))
            return false;
    }
    skip_space(reader);
    return reader->at == reader->text.len;
}

enum exec_form exec_form_parse(struct span text, struct arena *arena, struct word **ret_words,
                               size_t *ret_count)
{
    struct reader reader = {.text = text};
    struct words words = {.items = NULL};
    cleanup_strbuf struct strbuf scratch = STRBUF_INIT;
    bool is_array = take_array(&reader, &words, arena, &scratch);
    if (is_array && !words.foreign) {
        *ret_words = arena_alloc(arena, (words.count + 1) * sizeof *words.items);
        if (words.count)
            memcpy(*ret_words, words.items, words.count * sizeof *words.items);
        *ret_count = words.count;
    }
    free(words.items);
    return !is_array ? EXEC_FORM_NO : words.foreign ? EXEC_FORM_FOREIGN : EXEC_FORM_YES;
}
