#include "generator/readers/json_events.h"

#include <string.h>

#include "core/escape.h"
#include "core/memory.h"

enum expectation {
    EXPECT_VALUE,        /* of the document, or behind a colon or a comma of an array */
    EXPECT_VALUE_OR_END, /* behind '[' */
    EXPECT_KEY,          /* behind a comma of an object */
    EXPECT_KEY_OR_END,   /* behind '{' */
    EXPECT_COMMA_OR_END,
    EXPECT_NOTHING,
};

void json_events_start(struct json_events *events, const char *name, struct span text,
                       enum json_dialect dialect)
{
    bool marked = span_starts_with(text, "\xef\xbb\xbf");
    *events = (struct json_events){.name = name,
                                   .text = text,
                                   .dialect = dialect,
                                   .at = marked ? 3 : 0,
                                   .line_start = marked ? 3 : 0,
                                   .line = 1,
                                   .expects = EXPECT_VALUE,
                                   .scratch = STRBUF_INIT};
}

void json_events_release(struct json_events *events)
{
    strbuf_release(&events->scratch);
}

static int refuse(const struct json_events *events, struct error *err, const char *message)
{
    return error_set(err, ERROR_INPUT, "%s:%u:%zu: %s", events->name, (unsigned)events->line,
                     events->at - events->line_start + 1, message);
}

static int peek(const struct json_events *events)
{
    return events->at < events->text.len ? (unsigned char)events->text.ptr[events->at] : -1;
}

static void next_line(struct json_events *events)
{
    events->line++;
    events->line_start = events->at;
}

static int skip_comment(struct json_events *events, struct error *err)
{
    const char *end = events->text.ptr + events->text.len;
    const char *at = events->text.ptr + events->at + 1;
    if (at < end && *at == '/') {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        events->at = (size_t)((stop ? stop : end) - events->text.ptr);
        return 0;
    }
    if (at == end || *at != '*')
        return refuse(events, err, "a '/' that begins no comment");
    for (events->at += 2; events->at + 1 < events->text.len;) {
        char c = events->text.ptr[events->at++];
        if (c == '\n')
            next_line(events);
        if (c == '*' && events->text.ptr[events->at] == '/') {
            events->at++;
            return 0;
        }
    }
    return refuse(events, err, "a comment is not closed");
}

static int skip_space(struct json_events *events, struct error *err)
{
    for (;;) {
        int c = peek(events);
        if (c == ' ' || c == '\t' || c == '\r') {
            events->at++;
        } else if (c == '\n') {
            events->at++;
            next_line(events);
        } else if (c == '/' && events->dialect != JSON_STRICT) {
            if (skip_comment(events, err) < 0)
                return -1;
        } else if (events->dialect == JSON_FIVE && (c == '\v' || c == '\f')) {
            events->at++;
        } else {
            return 0;
        }
    }
}

static int hex_value(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static int read_hex(struct json_events *events, unsigned digits, uint32_t *ret_code,
                    struct error *err)
{
    uint32_t code = 0;
    for (unsigned i = 0; i < digits; i++) {
        int value = hex_value(peek(events));
        if (value < 0)
            return refuse(events, err, "an escape lacks hexadecimal digits");
        code = code << 4 | (uint32_t)value;
        events->at++;
    }
    *ret_code = code;
    return 0;
}

static void add_utf8(struct strbuf *out, uint32_t code)
{
    if (code < 0x80) {
        strbuf_add_char(out, (char)code);
        return;
    }
    if (code < 0x800) {
        strbuf_add_char(out, (char)(0xc0 | code >> 6));
    } else {
        if (code < 0x10000) {
            strbuf_add_char(out, (char)(0xe0 | code >> 12));
        } else {
            strbuf_add_char(out, (char)(0xf0 | code >> 18));
            strbuf_add_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        }
        strbuf_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
    }
    strbuf_add_char(out, (char)(0x80 | (code & 0x3f)));
}

/* \uXXXX, of which two may be one character; a half alone becomes the replacement character. */
static int read_unicode(struct json_events *events, struct error *err)
{
    uint32_t code = 0, low = 0;
    if (read_hex(events, 4, &code, err) < 0)
        return -1;
    bool pair = code >= 0xd800 && code < 0xdc00 && events->text.len - events->at >= 6 &&
                memcmp(events->text.ptr + events->at, "\\u", 2) == 0;
    if (pair) {
        size_t back = events->at;
        events->at += 2;
        if (read_hex(events, 4, &low, err) < 0)
            return -1;
        if (low >= 0xdc00 && low < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        else
            events->at = back;
    }
    add_utf8(&events->scratch, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    return 0;
}

static int read_escape_five(struct json_events *events, int c, struct error *err)
{
    uint32_t code = 0;
    switch (c) {
    case 'v':
        strbuf_add_char(&events->scratch, '\v');
        return 0;
    case '0':
        strbuf_add_char(&events->scratch, '\0');
        return 0;
    case 'x':
        if (read_hex(events, 2, &code, err) < 0)
            return -1;
        add_utf8(&events->scratch, code);
        return 0;
    case '\r':
        if (peek(events) == '\n')
            events->at++;
        next_line(events);
        return 0;
    case '\n':
        next_line(events);
        return 0;
    default:
        if (c < 0 || (c >= '1' && c <= '9'))
            return refuse(events, err, "an escape that there is not");
        strbuf_add_char(&events->scratch, (char)c);
        return 0;
    }
}

static int read_escape(struct json_events *events, struct error *err)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    events->at++;
    int c = peek(events);
    events->at += c >= 0;
    const char *known = c > 0 ? strchr(from, c) : NULL;
    if (known) {
        strbuf_add_char(&events->scratch, to[known - from]);
        return 0;
    }
    if (c == 'u')
        return read_unicode(events, err);
    if (events->dialect == JSON_FIVE)
        return read_escape_five(events, c, err);
    return refuse(events, err, "an escape that there is not");
}

/* The end of what needs no second look: ASCII but quotes, backslashes and controls. */
static size_t plain_until(const struct json_events *events, size_t at, char quote)
{
    const char *text = events->text.ptr;
    while (at < events->text.len) {
        unsigned char c = (unsigned char)text[at];
        if (c < 0x20 || c == '\\' || c == (unsigned char)quote || c >= 0x80)
            break;
        at++;
    }
    return at;
}

static int read_text(struct json_events *events, struct error *err)
{
    char quote = events->text.ptr[events->at++];
    size_t start = events->at;
    bool copied = false;
    strbuf_reset(&events->scratch);
    for (;;) {
        size_t from = events->at;
        events->at = plain_until(events, from, quote);
        if (copied)
            strbuf_add(&events->scratch, events->text.ptr + from, events->at - from);
        int c = peek(events);
        if (c == quote)
            break;
        if (c >= 0x80) {
            size_t len =
                utf8_sequence(events->text.ptr + events->at, events->text.len - events->at);
            if (!len)
                return refuse(events, err, "bytes that are no UTF-8");
            if (copied)
                strbuf_add(&events->scratch, events->text.ptr + events->at, len);
            events->at += len;
        } else if (c == '\\') {
            if (!copied)
                strbuf_add(&events->scratch, events->text.ptr + start, events->at - start);
            copied = true;
            if (read_escape(events, err) < 0)
                return -1;
        } else {
            return refuse(events, err,
                          c < 0 ? "a text is not closed" : "a control character in a text");
        }
    }
    events->value = copied ? span_of(events->scratch.buf, events->scratch.len)
                           : span_of(events->text.ptr + start, events->at - start);
    events->at++;
    return 0;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static size_t skip_digits(struct json_events *events)
{
    size_t start = events->at;
    while (is_digit(peek(events)))
        events->at++;
    return events->at - start;
}

static bool take_word(struct json_events *events, const char *word)
{
    size_t len = strlen(word);
    if (events->text.len - events->at < len ||
        memcmp(events->text.ptr + events->at, word, len) != 0)
        return false;
    events->at += len;
    return true;
}

static int read_number(struct json_events *events, struct error *err)
{
    size_t start = events->at;
    bool five = events->dialect == JSON_FIVE;
    int c = peek(events);
    if (c == '-' || (five && c == '+'))
        events->at++;
    if (five && (take_word(events, "Infinity") || take_word(events, "NaN")))
        goto done;
    if (five && (take_word(events, "0x") || take_word(events, "0X"))) {
        size_t digits = events->at;
        while (hex_value(peek(events)) >= 0)
            events->at++;
        if (digits == events->at)
            return refuse(events, err, "a number without digits");
        goto done;
    }
    bool zero = peek(events) == '0';
    size_t whole = skip_digits(events), part = 0;
    if ((!whole && !five) || (zero && whole > 1))
        return refuse(events, err, whole ? "a number begins with 0" : "a value that there is not");
    if (peek(events) == '.') {
        events->at++;
        part = skip_digits(events);
        if (!part && !five)
            return refuse(events, err, "no digit behind the point");
    }
    if (!whole && !part)
        return refuse(events, err, "a number without digits");
    if (peek(events) == 'e' || peek(events) == 'E') {
        events->at++;
        if (peek(events) == '+' || peek(events) == '-')
            events->at++;
        if (!skip_digits(events))
            return refuse(events, err, "no digit in the exponent");
    }
done:
    events->value = span_of(events->text.ptr + start, events->at - start);
    return 0;
}

static bool is_name(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           c == '$' || c >= 0x80;
}

static int read_bare_key(struct json_events *events, struct error *err)
{
    size_t start = events->at;
    while (is_name(peek(events)))
        events->at++;
    events->value = span_of(events->text.ptr + start, events->at - start);
    if (!events->value.len || is_digit((unsigned char)*events->value.ptr))
        return refuse(events, err, "a key is wanted here");
    if (!utf8_is_valid(events->value))
        return refuse(events, err, "bytes that are no UTF-8");
    return 0;
}

static int read_key(struct json_events *events, struct error *err)
{
    int c = peek(events);
    bool five = events->dialect == JSON_FIVE;
    if (c == '"' || (five && c == '\'')) {
        if (read_text(events, err) < 0)
            return -1;
    } else if (!five) {
        return refuse(events, err, "a key in quotes is wanted here");
    } else if (read_bare_key(events, err) < 0) {
        return -1;
    }
    if (skip_space(events, err) < 0)
        return -1;
    if (peek(events) != ':')
        return refuse(events, err, "a colon is wanted behind the key");
    events->at++;
    events->expects = EXPECT_VALUE;
    return 0;
}

static void value_is_done(struct json_events *events)
{
    events->expects = events->depth ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

static int open_one(struct json_events *events, bool object, struct error *err)
{
    if (events->depth == MANIFEST_DEPTH_MAX)
        return error_set(err, ERROR_LIMIT, "%s:%u: nests deeper than %d", events->name,
                         (unsigned)events->line, MANIFEST_DEPTH_MAX);
    events->at++;
    events->is_object[events->depth++] = object;
    events->expects = object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
    return 0;
}

static int read_value(struct json_events *events, enum json_event *ret_event, struct error *err)
{
    static const struct {
        const char *word;
        enum json_event event;
    } words[] = {{"true", JSON_EVENT_TRUE}, {"false", JSON_EVENT_FALSE}, {"null", JSON_EVENT_NULL}};
    int c = peek(events);
    if (c == '{' || c == '[') {
        *ret_event = c == '{' ? JSON_EVENT_OBJECT : JSON_EVENT_ARRAY;
        return open_one(events, c == '{', err);
    }
    if (c == '"' || (c == '\'' && events->dialect == JSON_FIVE)) {
        *ret_event = JSON_EVENT_TEXT;
        if (read_text(events, err) < 0)
            return -1;
        value_is_done(events);
        return 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (take_word(events, words[i].word)) {
            if (is_name(peek(events)))
                return refuse(events, err, "a value that there is not");
            *ret_event = words[i].event;
            events->value = span_of_text(words[i].word);
            value_is_done(events);
            return 0;
        }
    if (c < 0)
        return refuse(events, err, "the document ends too soon");
    *ret_event = JSON_EVENT_NUMBER;
    if (read_number(events, err) < 0)
        return -1;
    if (is_name(peek(events)))
        return refuse(events, err, "a value that there is not");
    value_is_done(events);
    return 0;
}

/* A ',' or the end of what is open. Returns 1 when it was the end, 0 when another member may
 * follow. */
static int read_comma(struct json_events *events, enum json_event *ret_event, struct error *err)
{
    bool object = events->is_object[events->depth - 1];
    int c = peek(events);
    if (c == ',') {
        events->at++;
        bool loose = events->dialect != JSON_STRICT;
        events->expects = object ? (loose ? EXPECT_KEY_OR_END : EXPECT_KEY)
                                 : (loose ? EXPECT_VALUE_OR_END : EXPECT_VALUE);
        return 0;
    }
    if (c != (object ? '}' : ']'))
        return refuse(events, err,
                      c < 0    ? "the document ends too soon"
                      : object ? "a ',' or '}' is wanted here"
                               : "a ',' or ']' is wanted here");
    events->at++;
    events->depth--;
    *ret_event = object ? JSON_EVENT_OBJECT_END : JSON_EVENT_ARRAY_END;
    value_is_done(events);
    return 1;
}

int json_events_next(struct json_events *events, enum json_event *ret_event, struct error *err)
{
    for (;;) {
        if (skip_space(events, err) < 0)
            return -1;
        int c = peek(events);
        events->value_line = events->line;
        events->value_column = (uint32_t)(events->at - events->line_start + 1);
        switch ((enum expectation)events->expects) {
        case EXPECT_NOTHING:
            if (c >= 0)
                return refuse(events, err, "something stands behind the document");
            *ret_event = JSON_EVENT_END;
            return 0;
        case EXPECT_COMMA_OR_END:
        case EXPECT_KEY_OR_END:
        case EXPECT_VALUE_OR_END: {
            bool ends = c == '}' || c == ']';
            if (ends || events->expects == EXPECT_COMMA_OR_END) {
                int result = read_comma(events, ret_event, err);
                if (result < 0)
                    return -1;
                if (result > 0)
                    return 0;
                continue;
            }
            if (events->expects == EXPECT_VALUE_OR_END)
                return read_value(events, ret_event, err);
            *ret_event = JSON_EVENT_KEY;
            return read_key(events, err);
        }
        case EXPECT_KEY:
            *ret_event = JSON_EVENT_KEY;
            return read_key(events, err);
        case EXPECT_VALUE:
            return read_value(events, ret_event, err);
        }
    }
}

int json_events_skip(struct json_events *events, struct error *err)
{
    unsigned depth = events->depth;
    enum json_event event;
    do {
        if (json_events_next(events, &event, err) < 0)
            return -1;
    } while (events->depth > depth);
    return 0;
}
