#include "core/escape.h"

#include <stdint.h>
#include <string.h>

size_t utf8_sequence(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    if (len < 1)
        return 0;
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        return len >= 2 && (s[1] & 0xc0) == 0x80 ? 2 : 0;
    if ((s[0] & 0xf0) == 0xe0) {
        if (len < 3 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
            return 0;
        bool overlong = s[0] == 0xe0 && s[1] < 0xa0;
        bool surrogate = s[0] == 0xed && s[1] >= 0xa0;
        return overlong || surrogate ? 0 : 3;
    }
    if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        if (len < 4 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80 || (s[3] & 0xc0) != 0x80)
            return 0;
        bool overlong = s[0] == 0xf0 && s[1] < 0x90;
        bool beyond = s[0] == 0xf4 && s[1] >= 0x90;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

bool utf8_is_valid(struct span text)
{
    for (size_t i = 0; i < text.len;) {
        size_t step = utf8_sequence(text.ptr + i, text.len - i);
        if (!step)
            return false;
        i += step;
    }
    return true;
}

static uint32_t decode(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    if (len == 2)
        return (uint32_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
    if (len == 3)
        return (uint32_t)(s[0] & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
    return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3f) << 12 |
           (uint32_t)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);
}

/* Characters that move the cursor, start a sequence, or reorder what stands around them. */
static bool is_unsafe(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
           (c >= 0xe0000 && c <= 0xe007f);
}

void escape_for_terminal(struct strbuf *out, struct span text)
{
    for (size_t i = 0; i < text.len;) {
        unsigned char c = (unsigned char)text.ptr[i];
        size_t step = utf8_sequence(text.ptr + i, text.len - i);
        if (step == 1 && c >= 0x20 && c != 0x7f && c != '\\') {
            strbuf_add_char(out, (char)c);
        } else if (c == '\\') {
            strbuf_add_text(out, "\\\\");
        } else if (step < 2) {
            strbuf_addf(out, "\\x%02x", c);
            step = 1;
        } else if (is_unsafe(decode(text.ptr + i, step))) {
            strbuf_addf(out, "\\u{%04x}", (unsigned)decode(text.ptr + i, step));
        } else {
            strbuf_add(out, text.ptr + i, step);
        }
        i += step;
    }
}

void escape_for_csv(struct strbuf *out, struct span text)
{
    bool formula = text.len > 0 && memchr("=+-@\t\r", text.ptr[0], 6) != NULL;
    bool quote = formula;
    for (size_t i = 0; i < text.len && !quote; i++)
        quote = memchr(",\"\r\n", text.ptr[i], 4) != NULL;
    if (!quote) {
        strbuf_add(out, text.ptr, text.len);
        return;
    }
    strbuf_add_char(out, '"');
    if (formula)
        strbuf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            strbuf_add_char(out, '"');
        strbuf_add_char(out, text.ptr[i]);
    }
    strbuf_add_char(out, '"');
}

static void escape_json_control(struct strbuf *out, unsigned char c)
{
    static const char names[] = "\b\t\n\f\r";
    static const char letters[] = "btnfr";
    const char *found = c ? strchr(names, c) : NULL;
    if (found)
        strbuf_addf(out, "\\%c", letters[found - names]);
    else
        strbuf_addf(out, "\\u%04x", c);
}

void escape_for_json(struct strbuf *out, struct span text)
{
    strbuf_add_char(out, '"');
    size_t plain = 0; /* start of the run not yet copied */
    size_t i = 0;
    while (i < text.len) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            i++;
            continue;
        }
        size_t step = c < 0x80 ? 1 : utf8_sequence(text.ptr + i, text.len - i);
        if (step > 1) {
            i += step;
            continue;
        }
        strbuf_add(out, text.ptr + plain, i - plain);
        if (step == 0)
            strbuf_add_text(out, "\xef\xbf\xbd"); /* U+FFFD */
        else if (c == '"' || c == '\\')
            strbuf_addf(out, "\\%c", c);
        else
            escape_json_control(out, c);
        plain = ++i;
    }
    strbuf_add(out, text.ptr + plain, i - plain);
    strbuf_add_char(out, '"');
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void escape_for_html(struct strbuf *out, struct span text)
{
    size_t plain = 0; /* start of the run not yet copied */
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = html_entity(text.ptr[i]);
        if (!entity)
            continue;
        strbuf_add(out, text.ptr + plain, i - plain);
        strbuf_add_text(out, entity);
        plain = i + 1;
    }
    strbuf_add(out, text.ptr + plain, text.len - plain);
}

void escape_base64(struct strbuf *out, struct span bytes)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = (const unsigned char *)bytes.ptr;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
        uint32_t group = (uint32_t)s[i] << 16;
        if (have > 1)
            group |= (uint32_t)s[i + 1] << 8;
        if (have > 2)
            group |= s[i + 2];
        strbuf_add_char(out, digits[group >> 18]);
        strbuf_add_char(out, digits[group >> 12 & 63]);
        strbuf_add_char(out, have > 1 ? digits[group >> 6 & 63] : '=');
        strbuf_add_char(out, have > 2 ? digits[group & 63] : '=');
    }
}

/* U+FFFE and U+FFFF, which no XML document may hold. */
static bool is_no_character(const char *text, size_t step)
{
    return step == 3 && memcmp(text, "\xef\xbf", 2) == 0 && (unsigned char)text[2] >= 0xbe;
}

void escape_for_xml(struct strbuf *out, struct span text)
{
    for (size_t i = 0; i < text.len;) {
        const char *at = text.ptr + i;
        unsigned char c = (unsigned char)*at;
        size_t step = utf8_sequence(at, text.len - i);
        if (c == '<')
            strbuf_add_text(out, "&lt;");
        else if (c == '>')
            strbuf_add_text(out, "&gt;");
        else if (c == '&')
            strbuf_add_text(out, "&amp;");
        else if (c == '"')
            strbuf_add_text(out, "&quot;");
        else if (!step || (c < 0x20 && c != '\n' && c != '\t'))
            strbuf_addf(out, "\\x%02x", c);
        else if (is_no_character(at, step))
            strbuf_addf(out, "\\u{%04x}", (unsigned)decode(at, step));
        else
            strbuf_add(out, at, step);
        i += step ? step : 1;
    }
}

static size_t longest_run(struct span text, char c)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == c ? run + 1 : 0;
        if (run > longest)
            longest = run;
    }
    return longest;
}

static void add_code_span(struct strbuf *out, struct span shown, bool in_cell)
{
    if (!shown.len) /* there is no empty code span */
        return;
    /* the fence is longer than any run of backticks within; a space, which is not shown, parts them */
    size_t fence = longest_run(shown, '`') + 1;
    char first = shown.ptr[0], last = shown.ptr[shown.len - 1];
    bool spaced = first == '`' || first == ' ' || last == '`' || last == ' ';
    strbuf_add_repeat(out, '`', fence);
    strbuf_add_text(out, spaced ? " " : "");
    for (size_t i = 0; i < shown.len; i++) {
        if (in_cell && shown.ptr[i] == '|') /* code does not hide it there */
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, shown.ptr[i]);
    }
    strbuf_add_text(out, spaced ? " " : "");
    strbuf_add_repeat(out, '`', fence);
}

void escape_for_markdown(struct strbuf *out, struct span text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, text);
    add_code_span(out, span_of(shown.buf, shown.len), false);
}

void escape_for_markdown_cell(struct strbuf *out, struct span text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, text);
    add_code_span(out, span_of(shown.buf, shown.len), true);
}

void escape_shown_for_markdown_cell(struct strbuf *out, struct span shown)
{
    add_code_span(out, shown, true);
}

void escape_for_metrics(struct strbuf *out, struct span text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, text);
    for (size_t i = 0; i < shown.len; i++) {
        if (shown.buf[i] == '\\' || shown.buf[i] == '"')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, shown.buf[i]);
    }
}

void utf8_cut(struct strbuf *text, size_t most)
{
    size_t count = 0, end = 0; /* where the last character that fits begins */
    for (size_t i = 0; i < text->len;) {
        size_t step = utf8_sequence(text->buf + i, text->len - i);
        if (++count == most)
            end = i;
        i += step ? step : 1;
    }
    if (count <= most)
        return;
    strbuf_truncate(text, end);
    strbuf_add_text(text, "…");
}
