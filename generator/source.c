#include "generator/source.h"

#include <ctype.h>
#include <string.h>

struct source source_of(struct span text, enum source_language language)
{
    return (struct source){.text = text, .language = language, .line = 1};
}

static int peek(const struct source *source, size_t ahead)
{
    size_t at = source->at + ahead;
    return at < source->text.len ? (unsigned char)source->text.ptr[at] : -1;
}

static void step(struct source *source)
{
    if (source->text.ptr[source->at++] == '\n') {
        source->line++;
        source->line_start = source->at;
    }
}

static void skip_line(struct source *source)
{
    while (peek(source, 0) >= 0 && peek(source, 0) != '\n')
        source->at++;
}

static void skip_block(struct source *source)
{
    source->at += 2;
    while (peek(source, 0) >= 0 && !(peek(source, 0) == '*' && peek(source, 1) == '/'))
        step(source);
    source->at += peek(source, 0) >= 0 ? 2 : 0;
}

static void skip_blanks(struct source *source)
{
    for (;;) {
        int c = peek(source, 0);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
            step(source);
        else if (source->language == SOURCE_C && c == '/' && peek(source, 1) == '/')
            skip_line(source);
        else if (source->language == SOURCE_C && c == '/' && peek(source, 1) == '*')
            skip_block(source);
        else if (source->language == SOURCE_SCRIPT && c == '#')
            skip_line(source);
        else
            return;
    }
}

/* A text in quotes; three of them make one that spans lines. A plain one ends with its line at the
 * latest. */
static struct span take_text(struct source *source)
{
    int quote = peek(source, 0);
    bool three = quote != '`' && peek(source, 1) == quote && peek(source, 2) == quote;
    bool many = three || quote == '`';
    source->at += three ? 3 : 1;
    size_t start = source->at, end;
    for (;;) {
        int c = peek(source, 0);
        end = source->at;
        if (c < 0 || (c == '\n' && !many))
            break;
        if (c == '\\' && peek(source, 1) >= 0) {
            source->at++;
            step(source);
        } else if (c == quote &&
                   (!three || (peek(source, 1) == quote && peek(source, 2) == quote))) {
            source->at += three ? 3 : 1;
            break;
        } else {
            step(source);
        }
    }
    return span_of(source->text.ptr + start, end - start);
}

static bool is_word(int c)
{
    return c >= 0 && (isalnum(c) || c == '_' || c >= 0x80);
}

static unsigned indent_of(const struct source *source)
{
    unsigned indent = 0;
    while (source->line_start + indent < source->at &&
           strchr(" \t", source->text.ptr[source->line_start + indent]))
        indent++;
    return indent;
}

struct token source_next(struct source *source)
{
    skip_blanks(source);
    struct token token = {.kind = TOKEN_END, .line = source->line, .indent = indent_of(source)};
    int c = peek(source, 0);
    size_t start = source->at;
    if (c < 0)
        return token;
    if (c == '"' || c == '\'' || c == '`') {
        token.kind = TOKEN_TEXT;
        token.text = take_text(source);
        return token;
    }
    token.kind = isdigit(c) ? TOKEN_NUMBER : is_word(c) ? TOKEN_WORD : TOKEN_SIGN;
    if (token.kind == TOKEN_SIGN)
        source->at++;
    while (token.kind != TOKEN_SIGN &&
           (is_word(peek(source, 0)) || (token.kind == TOKEN_NUMBER && peek(source, 0) == '.')))
        source->at++;
    token.text = span_of(source->text.ptr + start, source->at - start);
    return token;
}

bool source_setting(struct span text, enum source_language language, const char *name,
                    struct token *ret_token)
{
    struct source source = source_of(text, language);
    struct token token;
    while ((token = source_next(&source)).kind != TOKEN_END) {
        bool named = (token.kind == TOKEN_WORD || token.kind == TOKEN_TEXT) &&
                     span_equals_text(token.text, name);
        if (!named)
            continue;
        do
            token = source_next(&source);
        while (token_is(token, TOKEN_SIGN, ":") || token_is(token, TOKEN_SIGN, "=") ||
               token_is(token, TOKEN_SIGN, "("));
        if (token.kind == TOKEN_TEXT || token.kind == TOKEN_WORD || token.kind == TOKEN_NUMBER) {
            *ret_token = token;
            return true;
        }
    }
    return false;
}
