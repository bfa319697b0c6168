/* TOML 1.0, all of it: what the specification calls invalid is refused with its place. */
#include "generator/manifest.h"

#include <string.h>

#include "core/escape.h"
#include "core/memory.h"
#include "core/strbuf.h"

/* How a table came to be, which decides what may still be added to it. */
enum table_flag {
    TABLE_DEFINED = 1,  /* by a header of its own */
    TABLE_DOTTED = 2,   /* by a dotted key: no header may reopen it */
    TABLE_CLOSED = 4,   /* an inline table or an array written out: complete */
    TABLE_ELEMENTS = 8, /* an array of tables */
};

struct toml {
    struct manifest *document;
    const char *at, *end;
    const char *line_start;
    uint32_t line;
    unsigned depth;
    struct node *table; /* that keys go to */
    struct strbuf scratch;
};

static int refuse(const struct toml *toml, struct error *err, const char *message)
{
    return manifest_refuse(toml->document, toml->line, (uint32_t)(toml->at - toml->line_start + 1),
                           err, "%s", message);
}

static int peek(const struct toml *toml)
{
    return toml->at < toml->end ? (unsigned char)*toml->at : -1;
}

static bool looks_at(const struct toml *toml, const char *word)
{
    size_t len = strlen(word);
    return (size_t)(toml->end - toml->at) >= len && memcmp(toml->at, word, len) == 0;
}

static void skip_blanks(struct toml *toml)
{
    while (peek(toml) == ' ' || peek(toml) == '\t')
        toml->at++;
}

/* One character of a comment or text, which is neither a control nor broken UTF-8. */
static int take_character(struct toml *toml, struct error *err)
{
    int c = peek(toml);
    size_t len = 1;
    if (c >= 0x80)
        len = utf8_sequence(toml->at, (size_t)(toml->end - toml->at));
    if (!len)
        return refuse(toml, err, "bytes that are no UTF-8");
    if ((c < 0x20 && c != '\t') || c == 0x7f)
        return refuse(toml, err, "a control character");
    toml->at += len;
    return 0;
}

static bool at_line_end(const struct toml *toml)
{
    return toml->at == toml->end || *toml->at == '\n' || looks_at(toml, "\r\n");
}

static void take_line_end(struct toml *toml)
{
    if (toml->at == toml->end)
        return;
    toml->at += *toml->at == '\r' ? 2 : 1;
    toml->line++;
    toml->line_start = toml->at;
}

static int skip_comment(struct toml *toml, struct error *err)
{
    if (peek(toml) != '#')
        return 0;
    while (!at_line_end(toml))
        if (take_character(toml, err) < 0)
            return -1;
    return 0;
}

/* Blanks, comments and ends of lines. */
static int skip_lines(struct toml *toml, struct error *err)
{
    for (;;) {
        skip_blanks(toml);
        if (skip_comment(toml, err) < 0)
            return -1;
        if (toml->at == toml->end || !at_line_end(toml))
            return 0;
        take_line_end(toml);
    }
}

static int finish_line(struct toml *toml, struct error *err)
{
    skip_blanks(toml);
    if (skip_comment(toml, err) < 0)
        return -1;
    if (!at_line_end(toml))
        return refuse(toml, err, "the line should end here");
    take_line_end(toml);
    return 0;
}

static int hex_value(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

static int read_unicode(struct toml *toml, unsigned digits, struct error *err)
{
    uint32_t code = 0;
    char text[4];
    size_t len = 0;
    for (unsigned i = 0; i < digits; i++, toml->at++) {
        int value = hex_value(peek(toml));
        if (value < 0)
            return refuse(toml, err, "an escape lacks hexadecimal digits");
        code = code << 4 | (uint32_t)value;
    }
    if (!code || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return refuse(toml, err, "an escape names no character that a text may hold");
    if (code < 0x80) {
        text[len++] = (char)code;
    } else if (code < 0x800) {
        text[len++] = (char)(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        text[len++] = (char)(0xe0 | code >> 12);
        text[len++] = (char)(0x80 | (code >> 6 & 0x3f));
    } else {
        text[len++] = (char)(0xf0 | code >> 18);
        text[len++] = (char)(0x80 | (code >> 12 & 0x3f));
        text[len++] = (char)(0x80 | (code >> 6 & 0x3f));
    }
    if (code >= 0x80)
        text[len++] = (char)(0x80 | (code & 0x3f));
    strbuf_add(&toml->scratch, text, len);
    return 0;
}

/* A backslash at the end of a line of a long text swallows white space up to the next word. */
static int fold_lines(struct toml *toml, struct error *err)
{
    skip_blanks(toml);
    if (!at_line_end(toml))
        return refuse(toml, err, "an escape that there is not");
    while (toml->at < toml->end && (at_line_end(toml) || *toml->at == ' ' || *toml->at == '\t')) {
        if (at_line_end(toml))
            take_line_end(toml);
        else
            toml->at++;
    }
    return 0;
}

static int read_escape(struct toml *toml, bool is_long, struct error *err)
{
    static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
    toml->at++;
    int c = peek(toml);
    const char *known = c > 0 ? strchr(from, c) : NULL;
    if (known) {
        strbuf_add_char(&toml->scratch, to[known - from]);
        toml->at++;
        return 0;
    }
    if (c == 'u' || c == 'U') {
        toml->at++;
        return read_unicode(toml, c == 'u' ? 4 : 8, err);
    }
    if (is_long)
        return fold_lines(toml, err);
    return refuse(toml, err, "an escape that there is not");
}

/* Three quotes end a long text; up to two more before them belong to it. */
static bool ends_long(struct toml *toml, char quote)
{
    size_t count = 0;
    while (count < 5 && toml->at + count < toml->end && toml->at[count] == quote)
        count++;
    if (count < 3)
        return false;
    strbuf_add_repeat(&toml->scratch, quote, count - 3);
    toml->at += count;
    return true;
}

static int read_text(struct toml *toml, bool may_be_long, struct error *err)
{
    char quote = *toml->at;
    char three[] = {quote, quote, quote, '\0'};
    bool is_long = may_be_long && looks_at(toml, three);
    strbuf_reset(&toml->scratch);
    toml->at += is_long ? 3 : 1;
    if (is_long && toml->at < toml->end && at_line_end(toml))
        take_line_end(toml);
    for (;;) {
        if (toml->at == toml->end || (!is_long && at_line_end(toml)))
            return refuse(toml, err, "a text is not closed");
        if (*toml->at == quote) {
            if (!is_long) {
                toml->at++;
                return 0;
            }
            if (ends_long(toml, quote))
                return 0;
            strbuf_add_char(&toml->scratch, *toml->at++);
        } else if (*toml->at == '\\' && quote == '"') {
            if (read_escape(toml, is_long, err) < 0)
                return -1;
        } else if (at_line_end(toml)) {
            strbuf_add_char(&toml->scratch, '\n');
            take_line_end(toml);
        } else {
            const char *start = toml->at;
            if (take_character(toml, err) < 0)
                return -1;
            strbuf_add(&toml->scratch, start, (size_t)(toml->at - start));
        }
    }
}

static bool is_bare(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static int read_key(struct toml *toml, const char **ret_key, struct error *err)
{
    int c = peek(toml);
    if (c == '"' || c == '\'') {
        if (read_text(toml, false, err) < 0)
            return -1;
        *ret_key = arena_dup(&toml->document->arena, toml->scratch.buf, toml->scratch.len);
        return 0;
    }
    const char *start = toml->at;
    while (is_bare(peek(toml)))
        toml->at++;
    if (toml->at == start)
        return refuse(toml, err, "a key is wanted here");
    *ret_key = arena_dup(&toml->document->arena, start, (size_t)(toml->at - start));
    return 0;
}

static struct node *new_node(struct toml *toml, enum node_kind kind, struct error *err)
{
    return manifest_node(toml->document, kind, toml->line,
                         (uint32_t)(toml->at - toml->line_start + 1), err);
}

/* The table that a dotted key leads into on its way. */
static int step_dotted(struct toml *toml, struct node **table, const char *key, struct error *err)
{
    struct node *next = manifest_member(toml->document, *table, key);
    if (!next) {
        next = new_node(toml, NODE_MAP, err);
        if (!next)
            return -1;
        next->flags = TABLE_DOTTED;
        manifest_add_member(toml->document, *table, key, next, false);
    } else if (next->kind != NODE_MAP || !(next->flags & TABLE_DOTTED)) {
        return refuse(toml, err, "a dotted key leads into what is complete already");
    }
    *table = next;
    return 0;
}

static int read_value(struct toml *toml, struct node **ret_node, struct error *err);

static int read_pair(struct toml *toml, struct node *table, struct error *err)
{
    const char *key;
    struct node *value;
    unsigned steps = 0;
    for (;;) {
        if (read_key(toml, &key, err) < 0)
            return -1;
        skip_blanks(toml);
        if (peek(toml) != '.')
            break;
        if (++steps > MANIFEST_DEPTH_MAX)
            return refuse(toml, err, "nests too deep");
        if (step_dotted(toml, &table, key, err) < 0)
            return -1;
        toml->at++;
        skip_blanks(toml);
    }
    if (peek(toml) != '=')
        return refuse(toml, err, "a '=' is wanted behind the key");
    toml->at++;
    skip_blanks(toml);
    if (manifest_member(toml->document, table, key))
        return refuse(toml, err, "the key of this value stands here again");
    if (read_value(toml, &value, err) < 0)
        return -1;
    manifest_add_member(toml->document, table, key, value, false);
    return 0;
}

static int read_array(struct toml *toml, struct node *array, struct error *err)
{
    toml->at++;
    for (;;) {
        struct node *value;
        if (skip_lines(toml, err) < 0)
            return -1;
        if (peek(toml) == ']')
            break;
        if (read_value(toml, &value, err) < 0)
            return -1;
        manifest_append(array, value);
        if (skip_lines(toml, err) < 0)
            return -1;
        if (peek(toml) == ']')
            break;
        if (peek(toml) != ',')
            return refuse(toml, err, "a ',' or ']' is wanted here");
        toml->at++;
    }
    toml->at++;
    return 0;
}

/* What is in braces stays in one line, and nothing is added to it later. */
static void close_tables(struct node *table)
{
    table->flags |= TABLE_CLOSED;
    table->flags &= ~(unsigned)TABLE_DOTTED;
    for (struct node *member = table->first; member; member = member->next)
        if (member->kind == NODE_MAP && member->flags & TABLE_DOTTED)
            close_tables(member);
}

static int read_inline_table(struct toml *toml, struct node *table, struct error *err)
{
    toml->at++;
    skip_blanks(toml);
    if (peek(toml) != '}')
        for (;;) {
            if (read_pair(toml, table, err) < 0)
                return -1;
            skip_blanks(toml);
            if (peek(toml) == '}')
                break;
            if (peek(toml) != ',')
                return refuse(toml, err, "a ',' or '}' is wanted here");
            toml->at++;
            skip_blanks(toml);
        }
    toml->at++;
    close_tables(table);
    return 0;
}

/* Digits with single underscores between them: the count, 0 if they are none or badly parted. */
static size_t match_digits(const char *text, size_t len, const char *digits)
{
    size_t i = 0;
    while (i < len && text[i] &&
           (strchr(digits, text[i]) || (text[i] == '_' && i && text[i - 1] != '_')))
        i++;
    return i && text[i - 1] != '_' ? i : 0;
}

static const char decimal[] = "0123456789";

static bool is_number(const char *text, size_t len)
{
    static const struct {
        const char *prefix, *digits;
    } bases[] = {{"0x", "0123456789abcdefABCDEF"}, {"0o", "01234567"}, {"0b", "01"}};
    for (size_t i = 0; i < ARRAY_SIZE(bases); i++)
        if (len > 2 && memcmp(text, bases[i].prefix, 2) == 0)
            return match_digits(text + 2, len - 2, bases[i].digits) == len - 2;
    if (len && (*text == '+' || *text == '-')) {
        text++;
        len--;
    }
    struct span word = span_of(text, len);
    if (span_equals_text(word, "inf") || span_equals_text(word, "nan"))
        return true;
    size_t whole = match_digits(text, len, decimal);
    if (!whole || (whole > 1 && *text == '0'))
        return false;
    size_t at = whole;
    if (at < len && text[at] == '.') {
        size_t part = match_digits(text + at + 1, len - at - 1, decimal);
        if (!part)
            return false;
        at += 1 + part;
    }
    if (at < len && (text[at] | 0x20) == 'e') {
        at++;
        if (at < len && (text[at] == '+' || text[at] == '-'))
            at++;
        size_t exponent = match_digits(text + at, len - at, decimal);
        return exponent && at + exponent == len;
    }
    return at == len;
}

/* A run of digits as a number; false unless it is exactly so many. */
static bool fixed(const char **text, const char *end, unsigned digits, unsigned *ret_value)
{
    unsigned value = 0;
    for (unsigned i = 0; i < digits; i++, (*text)++) {
        if (*text == end || **text < '0' || **text > '9')
            return false;
        value = value * 10 + (unsigned)(**text - '0');
    }
    *ret_value = value;
    return true;
}

static bool take(const char **text, const char *end, char c)
{
    if (*text == end || **text != c)
        return false;
    (*text)++;
    return true;
}

static bool is_time(const char **text, const char *end)
{
    unsigned hour, minute, second;
    if (!fixed(text, end, 2, &hour) || !take(text, end, ':') || !fixed(text, end, 2, &minute) ||
        !take(text, end, ':') || !fixed(text, end, 2, &second))
        return false;
    if (take(text, end, '.')) {
        const char *start = *text;
        while (*text < end && **text >= '0' && **text <= '9')
            (*text)++;
        if (*text == start)
            return false;
    }
    return hour < 24 && minute < 60 && second <= 60;
}

static bool is_day(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (unsigned)(month == 2 && leap);
}

static bool is_date(const char *text, size_t len)
{
    const char *end = text + len;
    unsigned year, month, day, hour, minute;
    const char *at = text;
    if (len > 2 && text[2] == ':')
        return is_time(&at, end) && at == end;
    if (!fixed(&at, end, 4, &year) || !take(&at, end, '-') || !fixed(&at, end, 2, &month) ||
        !take(&at, end, '-') || !fixed(&at, end, 2, &day) || !is_day(year, month, day))
        return false;
    if (at == end)
        return true;
    if (*at != 'T' && *at != 't' && *at != ' ')
        return false;
    at++;
    if (!is_time(&at, end))
        return false;
    if (at == end || ((*at == 'Z' || *at == 'z') && at + 1 == end))
        return true;
    if (*at != '+' && *at != '-')
        return false;
    at++;
    return fixed(&at, end, 2, &hour) && take(&at, end, ':') && fixed(&at, end, 2, &minute) &&
           at == end && hour < 24 && minute < 60;
}

/* The end of a bare value; a date and its time may be parted by one blank. */
static size_t bare_length(const struct toml *toml)
{
    size_t len = 0, most = (size_t)(toml->end - toml->at);
    while (len < most && toml->at[len] &&
           (is_bare((unsigned char)toml->at[len]) || strchr("+.:", toml->at[len])))
        len++;
    bool date = len == 10 && toml->at[4] == '-' && most > 13 && toml->at[10] == ' ' &&
                toml->at[11] >= '0' && toml->at[11] <= '9' && toml->at[13] == ':';
    if (date)
        for (len++; len < most && toml->at[len] &&
                    (is_bare((unsigned char)toml->at[len]) || strchr("+.:", toml->at[len]));)
            len++;
    return len;
}

static int read_bare(struct toml *toml, struct node *node, struct error *err)
{
    size_t len = bare_length(toml);
    struct span word = span_of(toml->at, len);
    if (span_equals_text(word, "true") || span_equals_text(word, "false"))
        node->kind = NODE_BOOLEAN;
    else if (is_number(toml->at, len))
        node->kind = NODE_NUMBER;
    else if (is_date(toml->at, len))
        node->kind = NODE_DATE;
    else
        return refuse(toml, err, "a value that there is not");
    node->text = arena_dup(&toml->document->arena, toml->at, len);
    toml->at += len;
    return 0;
}

static int read_value(struct toml *toml, struct node **ret_node, struct error *err)
{
    int c = peek(toml), result;
    enum node_kind kind = c == '[' ? NODE_LIST : c == '{' ? NODE_MAP : NODE_TEXT;
    struct node *node = new_node(toml, kind, err);
    if (!node)
        return -1;
    if (++toml->depth > MANIFEST_DEPTH_MAX)
        return refuse(toml, err, "nests too deep");
    if (c == '"' || c == '\'') {
        result = read_text(toml, true, err);
        if (result == 0 && memchr(toml->scratch.buf, '\0', toml->scratch.len))
            return refuse(toml, err, "a text must not hold a NUL");
        node->text = arena_dup(&toml->document->arena, toml->scratch.buf, toml->scratch.len);
    } else if (c == '[') {
        node->flags = TABLE_CLOSED;
        result = read_array(toml, node, err);
    } else if (c == '{') {
        result = read_inline_table(toml, node, err);
    } else {
        result = read_bare(toml, node, err);
    }
    toml->depth--;
    *ret_node = node;
    return result;
}

/* The table that a header leads through; the newest one of an array of tables. */
static int step_header(struct toml *toml, struct node **table, const char *key, struct error *err)
{
    struct node *next = manifest_member(toml->document, *table, key);
    if (!next) {
        next = new_node(toml, NODE_MAP, err);
        if (!next)
            return -1;
        manifest_add_member(toml->document, *table, key, next, false);
    } else if (next->kind == NODE_LIST && next->flags & TABLE_ELEMENTS) {
        next = next->last;
    } else if (next->kind != NODE_MAP || next->flags & TABLE_CLOSED) {
        return refuse(toml, err, "a header leads into what is complete already");
    }
    *table = next;
    return 0;
}

static int open_table(struct toml *toml, struct node *parent, const char *key, struct error *err)
{
    struct node *table = manifest_member(toml->document, parent, key);
    if (!table) {
        table = new_node(toml, NODE_MAP, err);
        if (!table)
            return -1;
        manifest_add_member(toml->document, parent, key, table, false);
    } else if (table->kind != NODE_MAP ||
               table->flags & (TABLE_DEFINED | TABLE_DOTTED | TABLE_CLOSED)) {
        return refuse(toml, err, "this table was defined before");
    }
    table->flags |= TABLE_DEFINED;
    toml->table = table;
    return 0;
}

static int open_element(struct toml *toml, struct node *parent, const char *key, struct error *err)
{
    struct node *array = manifest_member(toml->document, parent, key);
    if (!array) {
        array = new_node(toml, NODE_LIST, err);
        if (!array)
            return -1;
        array->flags = TABLE_ELEMENTS;
        manifest_add_member(toml->document, parent, key, array, false);
    } else if (array->kind != NODE_LIST || !(array->flags & TABLE_ELEMENTS)) {
        return refuse(toml, err, "this was defined before and is no array of tables");
    }
    struct node *table = new_node(toml, NODE_MAP, err);
    if (!table)
        return -1;
    table->flags = TABLE_DEFINED;
    manifest_append(array, table);
    toml->table = table;
    return 0;
}

static int read_header(struct toml *toml, struct error *err)
{
    bool element = looks_at(toml, "[[");
    struct node *parent = toml->document->root;
    const char *key;
    unsigned steps = 0;
    toml->at += element ? 2 : 1;
    for (;;) {
        skip_blanks(toml);
        if (read_key(toml, &key, err) < 0)
            return -1;
        skip_blanks(toml);
        if (peek(toml) != '.')
            break;
        toml->at++;
        if (++steps > MANIFEST_DEPTH_MAX)
            return refuse(toml, err, "nests too deep");
        if (step_header(toml, &parent, key, err) < 0)
            return -1;
    }
    if (!looks_at(toml, element ? "]]" : "]"))
        return refuse(toml, err, element ? "a ']]' is wanted here" : "a ']' is wanted here");
    int result =
        element ? open_element(toml, parent, key, err) : open_table(toml, parent, key, err);
    toml->at += element ? 2 : 1;
    return result;
}

static int read_lines(struct toml *toml, struct error *err)
{
    for (;;) {
        if (skip_lines(toml, err) < 0)
            return -1;
        if (toml->at == toml->end)
            return 0;
        int result = *toml->at == '[' ? read_header(toml, err) : read_pair(toml, toml->table, err);
        if (result < 0 || finish_line(toml, err) < 0)
            return -1;
    }
}

int manifest_read_toml(struct manifest *ret_document, const char *name, struct span text,
                       struct error *err)
{
    struct manifest document;
    manifest_start(&document, name, text);
    struct toml toml = {.document = &document, .line = 1, .scratch = STRBUF_INIT};
    toml.at = text.len ? text.ptr : "";
    toml.end = toml.at + text.len;
    if (span_starts_with(text, "\xef\xbb\xbf"))
        toml.at += 3;
    toml.line_start = toml.at;
    int result = manifest_check_size(&document, err);
    if (result == 0) {
        document.root = manifest_node(&document, NODE_MAP, 1, 1, err);
        document.root->flags = TABLE_DEFINED;
        toml.table = document.root;
        result = read_lines(&toml, err);
    }
    strbuf_release(&toml.scratch);
    if (result < 0)
        manifest_release(&document);
    else
        *ret_document = document;
    return result;
}
