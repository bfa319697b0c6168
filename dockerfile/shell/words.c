/* Words: quotes, expansions and what else a word is made of. A word's value grows at the end of
 * `values`; a word within a word puts its own behind it and takes it off again, so that one buffer serves
 * all and nothing is copied twice. */
#include <string.h>

#include "dockerfile/shell/parser.h"

struct word_builder {
    struct parser *parser;
    struct script_part *first;
    struct script_part **end;
    size_t value;   /* where this word's begins in `values` */
    size_t literal; /* where the literal that is being collected begins there */
    size_t literal_start; /* and in the text */
    bool collecting;
    bool escaped; /* the literal's value is not what is written */
    uint32_t flags;
};

static void builder_start(struct word_builder *b, struct parser *p)
{
    *b = (struct word_builder){.parser = p, .value = p->values->len};
    b->end = &b->first;
}

static struct script_part *new_part(struct parser *p, enum script_part_kind kind)
{
    struct script_part *part = arena_alloc_zero(&p->script->arena, sizeof *part);
    part->kind = kind;
    part->text = span_of("", 0);
    return part;
}

static struct span keep(struct parser *p, size_t from)
{
    size_t len = p->values->len - from;
    return span_of(arena_dup(&p->script->arena, p->values->buf + from, len), len);
}

static void append(struct word_builder *b, struct script_part *part)
{
    *b->end = part;
    b->end = &part->next;
}

/* Ends the literal that is being collected. */
static void flush(struct word_builder *b)
{
    if (!b->collecting)
        return;
    struct parser *p = b->parser;
    struct script_part *part = new_part(p, PART_LITERAL);
    part->range = parser_range(p, b->literal_start, p->last);
    part->text = keep(p, b->literal);
    append(b, part);
    b->collecting = false;
}

static void collect(struct word_builder *b)
{
    if (b->collecting)
        return;
    b->collecting = true;
    b->literal = b->parser->values->len;
    b->literal_start = b->parser->at;
}

static void take_literal(struct word_builder *b)
{
    collect(b);
    strbuf_add_char(b->parser->values, (char)peek(b->parser));
    take(b->parser);
}

/* Sets the value of an expansion: what is written. */
static void value_as_written(struct parser *p, size_t value, size_t start)
{
    strbuf_truncate(p->values, value);
    strbuf_add(p->values, p->text + start, p->last - start);
}

static void parse_double(struct parser *p, struct word_builder *b, int end);
static void parse_dollar(struct parser *p, struct word_builder *b, bool quoted);
static void parse_backquote(struct parser *p, struct word_builder *b, bool quoted);

static void parse_single(struct word_builder *b)
{
    struct parser *p = b->parser;
    size_t start = p->at, value = p->values->len;
    flush(b);
    take(p);
    const char *text = p->text + p->at;
    const char *close = memchr(text, '\'', p->len - p->at);
    size_t len = close ? (size_t)(close - text) : p->len - p->at;
    strbuf_add(p->values, text, len);
    p->last = p->at += len;
    if (close)
        take(p);
    else
        parser_error(p, start, "a single quote is not closed");
    struct script_part *part = new_part(p, PART_SINGLE);
    part->range = parser_range(p, start, p->last);
    part->text = keep(p, value);
    append(b, part);
    b->flags |= WORD_QUOTED;
}

static void add_utf8(struct strbuf *out, uint32_t code)
{
    if (code < 0x80) {
        strbuf_add_char(out, (char)code);
    } else if (code < 0x800) {
        strbuf_add_char(out, (char)(0xc0 | code >> 6));
        strbuf_add_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        strbuf_add_char(out, (char)(0xe0 | code >> 12));
        strbuf_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        strbuf_add_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x110000) {
        strbuf_add_char(out, (char)(0xf0 | code >> 18));
        strbuf_add_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        strbuf_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        strbuf_add_char(out, (char)(0x80 | (code & 0x3f)));
    }
}

static int digit_of(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/* Digits at hand as a number; `most` of them. False if there is none. */
static bool take_number(struct parser *p, unsigned base, unsigned most, uint32_t *ret_number)
{
    uint32_t number = 0;
    unsigned count = 0;
    while (count < most && p->at < p->len &&
           digit_of((unsigned char)p->text[p->at]) < (int)base) {
        number = number * base + (uint32_t)digit_of((unsigned char)p->text[p->at]);
        p->last = ++p->at;
        count++;
    }
    *ret_number = number;
    return count > 0;
}

/* An escape within $'...', behind its backslash. */
static void decode_ansi(struct parser *p)
{
    static const char letters[] = "abefnrtv\\'\"?E", values[] = "\a\b\033\f\n\r\t\v\\'\"?\033";
    uint32_t number;
    if (p->at >= p->len)
        return;
    char c = p->text[p->at];
    const char *known = c ? strchr(letters, c) : NULL;
    if (c >= '0' && c <= '7') {
        take_number(p, 8, 3, &number);
        strbuf_add_char(p->values, (char)number);
        return;
    }
    p->last = ++p->at;
    if (known) {
        strbuf_add_char(p->values, values[known - letters]);
    } else if (c == 'x' && take_number(p, 16, 2, &number)) {
        strbuf_add_char(p->values, (char)number);
    } else if ((c == 'u' || c == 'U') && take_number(p, 16, c == 'u' ? 4 : 8, &number)) {
        add_utf8(p->values, number);
    } else if (c == 'c' && p->at < p->len) {
        strbuf_add_char(p->values, (char)(p->text[p->at] & 0x1f));
        p->last = ++p->at;
    } else {
        strbuf_add_char(p->values, '\\');
        strbuf_add_char(p->values, c);
    }
}

/* $'...', at the quote. */
static void parse_ansi(struct word_builder *b, size_t start)
{
    struct parser *p = b->parser;
    size_t value = p->values->len;
    take(p);
    while (p->at < p->len && p->text[p->at] != '\'') {
        char c = p->text[p->at];
        p->last = ++p->at;
        if (c == '\\')
            decode_ansi(p);
        else
            strbuf_add_char(p->values, c);
    }
    if (p->at < p->len)
        p->last = ++p->at;
    else
        parser_error(p, start, "a single quote is not closed");
    /* a NUL ends what bash makes of it */
    char *nul = memchr(p->values->buf + value, '\0', p->values->len - value);
    if (nul)
        strbuf_truncate(p->values, (size_t)(nul - p->values->buf));
    struct script_part *part = new_part(p, PART_ANSI);
    part->range = parser_range(p, start, p->last);
    part->text = keep(p, value);
    append(b, part);
    b->flags |= WORD_QUOTED;
}

/* Text in which only $, ` and \ mean something, up to `end`: what double quotes hold, and bodies of
 * here-documents, which END_OF_TEXT ends. */
static void parse_double(struct parser *p, struct word_builder *b, int end)
{
    int c;
    while ((c = peek(p)) != end && c != END_OF_TEXT) {
        if (c == '$') {
            parse_dollar(p, b, true);
        } else if (c == '`') {
            parse_backquote(p, b, true);
        } else if (c == '\\') {
            int next = p->at + 1 < p->len ? (unsigned char)p->text[p->at + 1] : END_OF_TEXT;
            collect(b);
            if (next == '$' || next == '`' || next == '\\' || (next == '"' && end == '"')) {
                take(p);
                b->escaped = true;
            }
            strbuf_add_char(p->values, p->text[p->at]);
            p->last = ++p->at;
        } else {
            take_literal(b);
        }
    }
    flush(b);
}

static void parse_quotes(struct word_builder *b, size_t start)
{
    struct parser *p = b->parser;
    struct word_builder inner;
    flush(b);
    take(p);
    builder_start(&inner, p);
    if (parser_enter(p)) {
        parse_double(p, &inner, '"');
        parser_leave(p);
    }
    if (peek(p) == '"')
        take(p);
    else
        parser_error(p, start, "a double quote is not closed");
    struct script_part *part = new_part(p, PART_DOUBLE);
    part->range = parser_range(p, start, p->last);
    part->inner = inner.first;
    append(b, part);
    b->flags |= WORD_QUOTED | inner.flags;
}

/* Finishes an expansion that began at `start`, with `value` bytes before it. */
static void end_expansion(struct word_builder *b, struct script_part *part, size_t start,
                          size_t value)
{
    struct parser *p = b->parser;
    value_as_written(p, value, start);
    part->range = parser_range(p, start, p->last);
    append(b, part);
    b->flags |= WORD_EXPANDS;
}

/* $( and <( and >(, at the parenthesis. */
static void parse_substitution(struct word_builder *b, enum script_part_kind kind, size_t start)
{
    struct parser *p = b->parser;
    size_t value = p->values->len;
    struct script_part *part = new_part(p, kind);
    take(p);
    part->body = list_parse_parenthesis(p, start);
    end_expansion(b, part, start, value);
}

/* A segment of a text that was decoded. */
static void add_segment(struct arena *arena, struct script_segment **segments, size_t *count,
                        size_t *capacity, struct script_segment segment)
{
    if (*count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : 4;
        struct script_segment *grown = arena_alloc(arena, more * sizeof *grown);
        if (*count)
            memcpy(grown, *segments, *count * sizeof *grown);
        *segments = grown;
        *capacity = more;
    }
    (*segments)[(*count)++] = segment;
}

/* `...`: a backslash in it escapes $, ` and itself (and " within double quotes); what is left is a script
 * of its own. */
static void parse_backquote(struct parser *p, struct word_builder *b, bool quoted)
{
    struct arena *arena = &p->script->arena;
    struct script_segment *segments = NULL;
    size_t count = 0, capacity = 0;
    flush(b);
    size_t start = p->at, value = p->values->len;
    struct script_part *part = new_part(p, PART_COMMAND);
    take(p);
    bool joined = false;
    while (p->at < p->len && p->text[p->at] != '`') {
        char c = p->text[p->at];
        char next = p->at + 1 < p->len ? p->text[p->at + 1] : '\0';
        bool escape = c == '\\' && (next == '$' || next == '`' || next == '\\' ||
                                    (quoted && next == '"'));
        if (escape)
            p->at++;
        if (!joined || escape)
            add_segment(arena, &segments, &count, &capacity,
                        (struct script_segment){p->values->len - value,
                                                parser_range(p, p->at, p->at + 1).start});
        joined = true;
        strbuf_add_char(p->values, p->text[p->at]);
        p->last = ++p->at;
    }
    struct span text = keep(p, value);
    strbuf_truncate(p->values, value);
    if (p->at < p->len)
        take(p);
    else
        parser_error(p, start, "a backquote is not closed");
    if (parser_enter(p)) {
        struct parser inner;
        parser_start(&inner, p->script, p->dialect, text, p->shared);
        inner.map = segments;
        inner.map_count = count;
        inner.depth = p->depth;
        part->body = list_parse_all(&inner);
        parser_leave(p);
    } else {
        part->body = arena_alloc_zero(arena, sizeof *part->body);
    }
    end_expansion(b, part, start, value);
}

/* The word behind an operator of ${...}, up to the brace. */
static struct script_word *parse_argument(struct parser *p, bool quoted, bool pattern)
{
    struct word_builder b;
    size_t start = p->at;
    int c;
    builder_start(&b, p);
    while ((c = peek(p)) != '}' && c != END_OF_TEXT) {
        if (c == '$') {
            parse_dollar(p, &b, quoted);
        } else if (c == '`') {
            parse_backquote(p, &b, quoted);
        } else if (c == '"') {
            parse_quotes(&b, p->at);
        } else if (c == '\'' && (!quoted || pattern)) {
            parse_single(&b);
        } else if (c == '\\') {
            collect(&b);
            take(p);
            if (peek(p) != END_OF_TEXT)
                take_literal(&b);
            b.flags |= WORD_QUOTED;
        } else {
            take_literal(&b);
        }
    }
    flush(&b);
    struct script_word *word = arena_alloc_zero(&p->script->arena, sizeof *word);
    word->range = parser_range(p, start, p->last > start ? p->last : start);
    word->parts = b.first;
    word->flags = b.flags;
    word->value = keep(p, b.value);
    strbuf_truncate(p->values, b.value);
    return word;
}

/* The name of a parameter: a variable, digits or one of @*#?-$! */
static struct span take_parameter_name(struct parser *p, bool braces)
{
    size_t value = p->values->len;
    int c = peek(p);
    if (is_name_start(c)) {
        while (is_name_char(c = peek(p))) {
            strbuf_add_char(p->values, (char)c);
            take(p);
        }
    } else if (c >= '0' && c <= '9') {
        do {
            strbuf_add_char(p->values, (char)c);
            take(p);
        } while (braces && (c = peek(p)) >= '0' && c <= '9');
    } else if (c > 0 && strchr("@*#?-$!", c)) {
        strbuf_add_char(p->values, (char)c);
        take(p);
    }
    struct span name = keep(p, value);
    strbuf_truncate(p->values, value);
    return name;
}

/* name[...] within ${}: the brackets are left out of the tree. */
static void skip_subscript(struct parser *p)
{
    unsigned open = 0;
    int c;
    while ((c = peek(p)) != END_OF_TEXT && c != '}') {
        take(p);
        if (c == '[')
            open++;
        else if (c == ']' && --open == 0)
            return;
    }
}

static struct span take_operator(struct parser *p)
{
    size_t value = p->values->len;
    int c = peek(p), second = peek_second(p);
    size_t len = 1;
    if (c == ':' && second > 0 && strchr("-=+?", second))
        len = 2;
    else if ((c == '#' || c == '%' || c == '^' || c == ',' || c == '/') && second == c)
        len = 2;
    while (len-- > 0 && peek(p) != END_OF_TEXT) {
        strbuf_add_char(p->values, (char)peek(p));
        take(p);
    }
    struct span operator = keep(p, value);
    strbuf_truncate(p->values, value);
    return operator;
}

/* ${...}, at the brace. */
static void parse_braces(struct word_builder *b, size_t start, bool quoted)
{
    struct parser *p = b->parser;
    size_t value = p->values->len;
    struct script_part *part = new_part(p, PART_PARAMETER);
    take(p);
    int c = peek(p), second = peek_second(p);
    if ((c == '#' || (c == '!' && speaks_bash(p))) && second != '}' &&
        (is_name_char(second) || (second > 0 && strchr("@*?-$!", second)))) {
        part->operator = span_of(c == '#' ? "#" : "!", 1);
        take(p);
    }
    part->text = take_parameter_name(p, true);
    if (!part->text.len)
        parser_error(p, start, "no name of a parameter in ${}");
    if (peek(p) == '[')
        skip_subscript(p);
    if (peek(p) != '}' && peek(p) != END_OF_TEXT) {
        struct span operator = take_operator(p);
        bool pattern = operator.len && operator.ptr[0] != ':' &&
                       strchr("#%/^,", operator.ptr[0]) != NULL;
        if (!part->operator.len)
            part->operator = operator;
        if (parser_enter(p)) {
            part->argument = parse_argument(p, quoted, pattern);
            parser_leave(p);
        }
    }
    if (peek(p) == '}')
        take(p);
    else
        parser_error(p, start, "${ is not closed");
    end_expansion(b, part, start, value);
}

bool word_is_arithmetic(struct parser *p)
{
    unsigned open = 0;
    for (size_t at = p->at; at < p->len; at++) {
        char c = p->text[at];
        if (p->shared->ahead == 0)
            return false;
        p->shared->ahead--;
        if (c == '\\') {
            at++;
        } else if (c == '\'' || c == '"' || c == '`') {
            while (++at < p->len && p->text[at] != c && p->shared->ahead) {
                at += c != '\'' && p->text[at] == '\\';
                p->shared->ahead--;
            }
        } else if (c == '(') {
            open++;
        } else if (c == ')') {
            if (open == 0)
                return at + 1 < p->len && p->text[at + 1] == ')';
            open--;
        }
    }
    return false;
}

/* Arithmetic up to the closing )), or ] of $[, which are taken. */
static struct script_part *parse_arithmetic(struct parser *p, int close, size_t start,
                                            uint32_t *flags, size_t *ret_end)
{
    struct word_builder b;
    unsigned open = 0;
    int c;
    builder_start(&b, p);
    while ((c = peek(p)) != END_OF_TEXT) {
        if (open == 0 && c == close && (close == ']' || peek_second(p) == ')'))
            break;
        if (c == '$') {
            parse_dollar(p, &b, true);
        } else if (c == '`') {
            parse_backquote(p, &b, true);
        } else if (c == '"') {
            parse_quotes(&b, p->at);
        } else {
            open += c == '(';
            open -= c == ')' && open > 0;
            if (c == '\\')
                take_literal(&b);
            if (peek(p) != END_OF_TEXT)
                take_literal(&b);
        }
    }
    flush(&b);
    *ret_end = p->last;
    if (c == END_OF_TEXT)
        parser_error(p, start, "arithmetic is not closed");
    take(p);
    if (close == ')')
        take(p);
    *flags |= b.flags;
    return b.first;
}

struct script_word *word_parse_arithmetic(struct parser *p)
{
    size_t value = p->values->len, start = p->at;
    struct script_word *word = arena_alloc_zero(&p->script->arena, sizeof *word);
    size_t end;
    word->parts = parse_arithmetic(p, ')', start, &word->flags, &end);
    word->range = parser_range(p, start, end > start ? end : start);
    word->flags |= WORD_EXPANDS;
    word->value = keep(p, value);
    strbuf_truncate(p->values, value);
    return word;
}

static void parse_dollar(struct parser *p, struct word_builder *b, bool quoted)
{
    flush(b);
    size_t start = p->at, value = p->values->len;
    int second = peek_second(p);
    if (is_name_char(second) || (second > 0 && strchr("@*#?-$!", second))) {
        struct script_part *part = new_part(p, PART_PARAMETER);
        take(p);
        part->text = take_parameter_name(p, false);
        end_expansion(b, part, start, value);
    } else if (second == '{') {
        take(p);
        peek(p);
        parse_braces(b, start, quoted);
    } else if (second == '(' || (second == '[' && speaks_bash(p))) {
        take(p);
        peek(p);
        struct parser ahead = *p;
        take(&ahead);
        bool twice = second == '(' && peek(&ahead) == '(';
        if (twice)
            take(&ahead);
        if (second == '[' || (twice && word_is_arithmetic(&ahead))) {
            struct script_part *part = new_part(p, PART_ARITHMETIC);
            p->at = ahead.at;
            p->last = ahead.last;
            if (parser_enter(p)) {
                size_t end;
                part->inner =
                    parse_arithmetic(p, second == '[' ? ']' : ')', start, &b->flags, &end);
                parser_leave(p);
            }
            end_expansion(b, part, start, value);
        } else {
            parse_substitution(b, PART_COMMAND, start);
        }
    } else if (second == '\'' && !quoted && speaks_bash(p)) {
        take(p);
        peek(p);
        parse_ansi(b, start);
    } else if (second == '"' && !quoted && speaks_bash(p)) {
        take(p);
        peek(p);
        parse_quotes(b, start);
    } else {
        take_literal(b);
    }
}

static void parse_glob(struct word_builder *b, bool extended)
{
    struct parser *p = b->parser;
    flush(b);
    size_t start = p->at, value = p->values->len;
    struct script_part *part = new_part(p, PART_GLOB);
    unsigned open = 0;
    do {
        int c = peek(p);
        if (extended)
            open = c == '(' ? open + 1 : c == ')' && open ? open - 1 : open;
        if (extended && c == '\\') {
            strbuf_add_char(p->values, (char)c);
            take(p);
            c = peek(p);
        }
        if (c == END_OF_TEXT)
            break;
        strbuf_add_char(p->values, (char)c);
        take(p);
        if (extended && c != '(' && c != ')' && !open)
            continue;
    } while (extended && (open || peek(p) == '(') && peek(p) != END_OF_TEXT);
    part->range = parser_range(p, start, p->last);
    part->text = keep(p, value);
    append(b, part);
    b->flags |= WORD_GLOB;
}

static void parse_tilde(struct word_builder *b)
{
    struct parser *p = b->parser;
    flush(b);
    size_t start = p->at, value = p->values->len;
    struct script_part *part = new_part(p, PART_TILDE);
    int c;
    do {
        strbuf_add_char(p->values, (char)peek(p));
        take(p);
        c = peek(p);
    } while (is_name_char(c) || c == '-' || c == '+' || c == '.');
    part->range = parser_range(p, start, p->last);
    part->text = keep(p, value);
    append(b, part);
    b->flags |= WORD_TILDE;
}

/* The (...) of an array, at the parenthesis. */
static void parse_array(struct word_builder *b)
{
    struct parser *p = b->parser;
    flush(b);
    size_t start = p->at, value = p->values->len;
    struct script_part *part = new_part(p, PART_ARRAY);
    struct script_word **end = &part->argument;
    take(p);
    if (parser_enter(p)) {
        int c;
        while ((c = peek(p)) != ')' && c != END_OF_TEXT) {
            size_t before = p->at;
            if (is_blank(c)) {
                take(p);
            } else if (c == '\n') {
                newline_take(p);
            } else if (c == '#') {
                while ((c = peek(p)) != '\n' && c != END_OF_TEXT)
                    take(p);
            } else {
                *end = word_parse(p);
                end = &(*end)->next;
                if (p->at == before) {
                    parser_error(p, before, "this does not belong into an array");
                    take(p);
                }
            }
        }
        parser_leave(p);
    }
    if (peek(p) == ')')
        take(p);
    else
        parser_error(p, start, "a parenthesis is not closed");
    end_expansion(b, part, start, value);
    b->flags |= WORD_ARRAY;
}

static bool name_before(const char *text, size_t len)
{
    size_t i = 0;
    if (!len || !is_name_start((unsigned char)text[0]))
        return false;
    while (i < len && is_name_char((unsigned char)text[i]))
        i++;
    if (i < len && text[i] == '[') {
        const char *close = memchr(text + i, ']', len - i);
        if (!close)
            return false;
        i = (size_t)(close - text) + 1;
    }
    if (i < len && text[i] == '+')
        i++;
    return i + 1 == len && text[i] == '=';
}

/* Whether the word so far is NAME= and nothing else. */
static bool is_at_assignment(const struct word_builder *b)
{
    const struct strbuf *values = b->parser->values;
    return !(b->flags & WORD_QUOTED) && name_before(values->buf + b->value, values->len - b->value);
}

/* {a,b} and {1..9}, told by the characters in passing. */
static void watch_braces(int c, int next, unsigned *seen, uint32_t *flags)
{
    if (c == '{')
        *seen = 1;
    else if (*seen && (c == ',' || (c == '.' && next == '.')))
        *seen = 2;
    else if (c == '}' && *seen == 2)
        *flags |= WORD_BRACE;
}

static void parse_escape(struct word_builder *b)
{
    struct parser *p = b->parser;
    collect(b);
    b->escaped = true;
    b->flags |= WORD_QUOTED;
    take(p);
    if (p->at < p->len) {
        strbuf_add_char(p->values, p->text[p->at]);
        p->last = ++p->at;
    } else {
        strbuf_add_char(p->values, '\\');
    }
}

static bool begins_extended_glob(struct parser *p, int c)
{
    return (c == '@' || c == '?' || c == '*' || c == '+' || c == '!') && speaks_bash(p) &&
           peek_second(p) == '(';
}

static void parse_pieces(struct word_builder *b, bool regex)
{
    struct parser *p = b->parser;
    unsigned braces = 0;
    bool tilde = true; /* the place is one where a tilde means a home */
    bool equals = false;
    unsigned open = 0;
    for (;;) {
        int c = peek(p);
        if (c == '\'') {
            parse_single(b);
        } else if (c == '"') {
            parse_quotes(b, p->at);
        } else if (c == '\\') {
            parse_escape(b);
        } else if (c == '$') {
            parse_dollar(p, b, false);
        } else if (c == '`') {
            parse_backquote(p, b, false);
        } else if ((c == '<' || c == '>') && !regex && speaks_bash(p) && peek_second(p) == '(') {
            flush(b);
            size_t start = p->at;
            take(p);
            peek(p);
            parse_substitution(b, PART_PROCESS, start);
        } else if (c == '(' && speaks_bash(p) && is_at_assignment(b)) {
            parse_array(b);
        } else if (regex && (c == '(' || c == '|' || (c == ')' && open))) {
            open += c == '(';
            open -= c == ')';
            take_literal(b);
        } else if (is_delimiter(c)) {
            break;
        } else if (begins_extended_glob(p, c)) {
            parse_glob(b, true);
        } else if (c == '*' || c == '?' || c == '[') {
            parse_glob(b, false);
        } else if (c == '~' && tilde) {
            parse_tilde(b);
        } else {
            if (speaks_bash(p))
                watch_braces(c, peek_second(p), &braces, &b->flags);
            take_literal(b);
            if (c == '=' && !equals && is_at_assignment(b))
                b->flags |= WORD_ASSIGNS;
            equals |= c == '=';
            tilde = (c == '=' || c == ':') && (b->flags & WORD_ASSIGNS);
            continue;
        }
        tilde = false;
    }
}

static struct script_word *parse_word(struct parser *p, bool regex)
{
    struct word_builder b;
    size_t start = (peek(p), p->at);
    builder_start(&b, p);
    parse_pieces(&b, regex);
    struct script_word *word = arena_alloc_zero(&p->script->arena, sizeof *word);
    size_t end = p->last;
    if (end <= start) /* nothing: it stands where the last thing ended */
        start = end;
    word->range = parser_range(p, start, end);
    word->flags = b.flags;
    if (!b.first && !b.escaped && end - start == p->values->len - b.value) {
        word->value = span_of(p->text + start, end - start);
    } else {
        flush(&b);
        word->parts = b.first;
        word->value = keep(p, b.value);
    }
    strbuf_truncate(p->values, b.value);
    return word;
}

struct script_word *word_parse(struct parser *p)
{
    return parse_word(p, false);
}

struct script_word *word_parse_regex(struct parser *p)
{
    return parse_word(p, true);
}

/* A copy of the body without the tabs at the beginning of its lines, and where its bytes are from. */
static struct span without_tabs(struct parser *p, size_t end, struct script_segment **ret_segments,
                                size_t *ret_count)
{
    struct arena *arena = &p->script->arena;
    size_t capacity = 0, len = 0, at = p->at;
    char *copy = arena_alloc(arena, end - at + 1);
    while (at < end) {
        while (at < end && p->text[at] == '\t')
            at++;
        const char *newline = memchr(p->text + at, '\n', end - at);
        size_t line = newline ? (size_t)(newline - (p->text + at)) + 1 : end - at;
        add_segment(arena, ret_segments, ret_count, &capacity,
                    (struct script_segment){len, parser_range(p, at, at + 1).start});
        memcpy(copy + len, p->text + at, line);
        len += line;
        at += line;
    }
    return span_of(copy, len);
}

struct script_word *word_parse_body(struct parser *p, size_t end, bool literal, bool strip_tabs)
{
    struct script_segment *segments = NULL;
    size_t count = 0;
    struct script_word *word = arena_alloc_zero(&p->script->arena, sizeof *word);
    word->range = parser_range(p, p->at, end);
    word->value = strip_tabs ? without_tabs(p, end, &segments, &count)
                             : span_of(p->text + p->at, end - p->at);
    if (literal) {
        word->flags = WORD_QUOTED;
        if (strip_tabs) {
            word->parts = new_part(p, PART_LITERAL);
            word->parts->range = word->range;
            word->parts->text = word->value;
        }
    } else if (parser_enter(p)) {
        struct parser body;
        struct word_builder b;
        parser_start(&body, p->script, p->dialect, word->value, p->shared);
        body.depth = p->depth;
        if (strip_tabs) {
            body.map = segments;
            body.map_count = count;
        } else {
            body.text = p->text;
            body.map = p->map;
            body.map_count = p->map_count;
            body.at = body.last = p->at;
            body.len = end;
        }
        builder_start(&b, &body);
        parse_double(&body, &b, END_OF_TEXT);
        word->parts = b.first;
        word->flags = b.flags;
        word->value = keep(p, b.value);
        strbuf_truncate(p->values, b.value);
        parser_leave(p);
    }
    p->at = p->last = end;
    return word;
}
