#include "dockerfile/expand.h"

#include "dockerfile/pattern.h"
#include "dockerfile/unicode.h"

#define END UINT32_MAX /* behind the last rune */

static const struct variables no_variables = VARIABLES_INIT;

/* Words under construction: blanks part them where no quotes hold them. */
struct splitter {
    struct strbuf word;
    struct strvec *words; /* NULL: nobody asks */
    bool inside;
};

struct lexer {
    struct span text;
    size_t at;
    const struct expand_options *options;
    const struct variables *variables;
    struct expansion *expansion;
    struct error *err;
    unsigned depth;
    char escape;
    bool raw_escapes;
};

static uint32_t peek_with(const struct lexer *lexer, size_t *ret_len)
{
    *ret_len = 0;
    if (lexer->at >= lexer->text.len)
        return END;
    return rune_decode(span_of(lexer->text.ptr + lexer->at, lexer->text.len - lexer->at), ret_len);
}

static uint32_t peek(const struct lexer *lexer)
{
    size_t len;
    return peek_with(lexer, &len);
}

static uint32_t next(struct lexer *lexer)
{
    size_t len;
    uint32_t rune = peek_with(lexer, &len);
    lexer->at += len;
    return rune;
}

static void split_raw(struct splitter *splitter, uint32_t rune)
{
    if (!splitter->words)
        return;
    rune_add(&splitter->word, rune);
    splitter->inside = true;
}

static void split_end(struct splitter *splitter)
{
    if (splitter->word.len)
        strvec_add_bytes(splitter->words, splitter->word.buf, splitter->word.len);
    strbuf_reset(&splitter->word);
    splitter->inside = false;
}

static void split(struct splitter *splitter, uint32_t rune)
{
    if (!splitter->words)
        return;
    if (!rune_is_space(rune))
        split_raw(splitter, rune);
    else if (splitter->inside && splitter->word.len)
        split_end(splitter);
}

static void split_raw_text(struct splitter *splitter, struct span text)
{
    if (!splitter->words)
        return;
    strbuf_add(&splitter->word, text.ptr, text.len);
    splitter->inside = true;
}

static void split_text(struct splitter *splitter, struct span text)
{
    for (size_t at = 0, len; splitter->words && at < text.len; at += len)
        split(splitter, rune_decode(span_of(text.ptr + at, text.len - at), &len));
}

static int fail(struct lexer *lexer, const char *text)
{
    return error_set(lexer->err, ERROR_INPUT, "%s", text);
}

static int fail_modifier(struct lexer *lexer, const struct strbuf *modifier)
{
    return error_set(lexer->err, ERROR_INPUT, "unsupported modifier (%s) in substitution", modifier->buf);
}

static int dollar(struct lexer *lexer, struct strbuf *out);

static int single_quote(struct lexer *lexer, struct strbuf *out)
{
    next(lexer);
    if (lexer->options->raw_quotes)
        strbuf_add_char(out, '\'');
    for (;;) {
        uint32_t rune = next(lexer);
        if (rune == END)
            return fail(lexer, "unexpected end of statement while looking for matching single-quote");
        if (rune == '\'')
            break;
        rune_add(out, rune);
    }
    if (lexer->options->raw_quotes)
        strbuf_add_char(out, '\'');
    return 0;
}

/* A letter between double quotes, which may be an escape before what it can escape there. */
static void double_quoted(struct lexer *lexer, struct strbuf *out)
{
    uint32_t rune = next(lexer), escape = (unsigned char)lexer->escape;
    if (rune == escape) {
        if (lexer->raw_escapes)
            rune_add(out, rune);
        uint32_t following = peek(lexer);
        if (following == END)
            return;
        if (following == '"' || following == '$' || following == escape)
            rune = next(lexer);
    }
    rune_add(out, rune);
}

static int double_quote(struct lexer *lexer, struct strbuf *out)
{
    next(lexer);
    if (lexer->options->raw_quotes)
        strbuf_add_char(out, '"');
    for (;;) {
        uint32_t rune = peek(lexer);
        if (rune == END)
            return fail(lexer, "unexpected end of statement while looking for matching double-quote");
        if (rune == '"')
            break;
        if (rune != '$')
            double_quoted(lexer, out);
        else if (dollar(lexer, out) < 0)
            return -1;
    }
    next(lexer);
    if (lexer->options->raw_quotes)
        strbuf_add_char(out, '"');
    return 0;
}

/* Blanks behind `<<` belong to the word, so that `<< EOF` is one. */
static void less_than(struct lexer *lexer, struct strbuf *out)
{
    next(lexer);
    strbuf_add_char(out, '<');
    if (peek(lexer) != '<')
        return;
    next(lexer);
    strbuf_add_char(out, '<');
    for (uint32_t rune = peek(lexer); rune == ' ' || rune == '\t'; rune = peek(lexer))
        rune_add(out, next(lexer));
}

/* A letter that is nothing special, but may be the escape before one. */
static void plain(struct lexer *lexer, struct strbuf *out, struct splitter *splitter)
{
    uint32_t rune = next(lexer);
    if (rune != (unsigned char)lexer->escape) {
        split(splitter, rune);
        rune_add(out, rune);
        return;
    }
    if (lexer->raw_escapes) {
        split_raw(splitter, rune);
        rune_add(out, rune);
    }
    rune = next(lexer);
    if (rune == END)
        return;
    split_raw(splitter, rune);
    rune_add(out, rune);
}

static int special(struct lexer *lexer, uint32_t rune, struct strbuf *out)
{
    switch (rune) {
    case '$': return dollar(lexer, out);
    case '\'': return single_quote(lexer, out);
    case '"': return double_quote(lexer, out);
    default: less_than(lexer, out); return 0;
    }
}

static bool is_special(const struct lexer *lexer, uint32_t rune)
{
    bool is_quote = rune == '\'' || rune == '"';
    return rune == '$' || rune == '<' || (is_quote && !lexer->options->skip_quotes);
}

static int until(struct lexer *lexer, uint32_t stop, struct strbuf *out, struct splitter *splitter)
{
    for (uint32_t rune = peek(lexer); rune != END; rune = peek(lexer)) {
        if (rune == stop) {
            next(lexer);
            return 0;
        }
        if (!is_special(lexer, rune)) {
            plain(lexer, out, splitter);
            continue;
        }
        size_t before = out->len;
        if (special(lexer, rune, out) < 0)
            return -1;
        struct span added = span_of(out->buf + before, out->len - before);
        if (rune == '$')
            split_text(splitter, added);
        else
            split_raw_text(splitter, added);
    }
    if (stop == END)
        return 0;
    return error_set(lexer->err, ERROR_INPUT, "unexpected end of statement while looking for matching %c",
                     (char)stop);
}

/* A word within `${}`. What is missing at the end of all is named `missing`, whatever was looked for. */
static int inner_word(struct lexer *lexer, uint32_t stop, bool raw_escapes, struct strbuf *out,
                      const char *missing)
{
    struct splitter nobody = {.word = STRBUF_INIT, .words = NULL};
    struct error inner = ERROR_INIT, *outer = lexer->err;
    bool kept = lexer->raw_escapes;
    lexer->raw_escapes = raw_escapes;
    lexer->err = &inner;
    int result = until(lexer, stop, out, &nobody);
    lexer->err = outer;
    lexer->raw_escapes = kept;
    if (result == 0)
        return 0;
    if (peek(lexer) != END || inner.code == ERROR_LIMIT) {
        error_move(outer, &inner);
        return -1;
    }
    error_release(&inner);
    return fail(lexer, missing);
}

static bool is_parameter(uint32_t rune)
{
    return rune && rune < 0x80 && strchr("@*#?-$!0", (int)rune);
}

static void name_at(struct lexer *lexer, struct strbuf *name)
{
    if (peek(lexer) != END && rune_is_digit(peek(lexer))) {
        while (peek(lexer) != END && rune_is_digit(peek(lexer)))
            rune_add(name, next(lexer));
        return;
    }
    if (is_parameter(peek(lexer))) {
        rune_add(name, next(lexer));
        return;
    }
    for (uint32_t rune = peek(lexer); rune != END; rune = peek(lexer)) {
        if (rune != '_' && !rune_is_letter(rune) && !rune_is_digit(rune))
            break;
        rune_add(name, next(lexer));
    }
}

static const char *value_of(struct lexer *lexer, const char *name)
{
    const char *value = variables_get(lexer->variables, name);
    strvec_add(value ? &lexer->expansion->matched : &lexer->expansion->unmatched, name);
    return value;
}

static int require(struct lexer *lexer, const char *name, const char *value, bool null_is_unset,
                   const struct strbuf *word, struct strbuf *out)
{
    const char *message = !value ? "is not allowed to be unset" : "is not allowed to be empty";
    if (!value || (null_is_unset && !*value))
        return error_set(lexer->err, ERROR_INPUT, "%s: %s", name, word->len ? word->buf : message);
    strbuf_add_text(out, value);
    return 0;
}

static int trim(struct lexer *lexer, uint32_t modifier, const char *value, const struct strbuf *word,
                struct strbuf *out)
{
    bool greedy = word->len && (unsigned char)word->buf[0] == modifier;
    struct span pattern = span_of(word->buf + greedy, word->len - greedy);
    return pattern_trim(out, pattern, span_of_text(value ? value : ""), modifier == '%', greedy, lexer->err);
}

/* `${name` and one of - + ? # %, perhaps behind a colon. */
static int modified(struct lexer *lexer, const char *name, uint32_t rune, struct strbuf *shown,
                    struct strbuf *out)
{
    bool null_is_unset = rune == ':';
    cleanup_strbuf struct strbuf word = STRBUF_INIT;
    if (null_is_unset) {
        rune = next(lexer);
        rune_add(shown, rune);
    }
    if (inner_word(lexer, '}', rune == '#' || rune == '%', &word, "syntax error: missing '}'") < 0)
        return -1;
    const char *value = value_of(lexer, name);
    if (!value && lexer->options->skip_unset) {
        strbuf_addf(out, "${%s%s%s}", name, shown->buf, word.buf);
        return 0;
    }
    bool is_set = value && !(null_is_unset && !*value);
    switch (rune) {
    case '-': strbuf_add_text(out, is_set ? value : word.buf); return 0;
    case '+': strbuf_add_text(out, is_set ? word.buf : ""); return 0;
    case '?': return require(lexer, name, value, null_is_unset, &word, out);
    case '#':
    case '%':
        if (null_is_unset)
            return fail_modifier(lexer, shown);
        return trim(lexer, rune, value, &word, out);
    default: return fail_modifier(lexer, shown);
    }
}

/* `${name/pattern/replacement}` */
static int replaced(struct lexer *lexer, const char *name, struct strbuf *out)
{
    cleanup_strbuf struct strbuf pattern = STRBUF_INIT, replacement = STRBUF_INIT;
    bool all = peek(lexer) == '/';
    if (all)
        next(lexer);
    if (inner_word(lexer, '/', true, &pattern, "syntax error: missing '/' in ${}") < 0 ||
        inner_word(lexer, '}', true, &replacement, "syntax error: missing '}'") < 0)
        return -1;
    const char *value = value_of(lexer, name);
    if (!value && lexer->options->skip_unset) {
        strbuf_addf(out, "${%s/%s/%s}", name, pattern.buf, replacement.buf);
        return 0;
    }
    cleanup_strbuf struct strbuf result = STRBUF_INIT;
    if (pattern_replace(&result, span_of(pattern.buf, pattern.len), span_of_text(value ? value : ""),
                        span_of(replacement.buf, replacement.len), all, EXPAND_BYTES_MAX, lexer->err) < 0)
        return -1;
    strbuf_add(out, result.buf, result.len);
    return 0;
}

static int braced(struct lexer *lexer, struct strbuf *out)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT, shown = STRBUF_INIT;
    next(lexer);
    uint32_t rune = peek(lexer);
    if (rune == END)
        return fail(lexer, "syntax error: missing '}'");
    if (rune == '{' || rune == '}' || rune == ':')
        return fail(lexer, "syntax error: bad substitution");
    name_at(lexer, &name);
    rune = next(lexer);
    rune_add(&shown, rune);
    const char *value;
    switch (rune) {
    case '}':
        value = value_of(lexer, name.buf);
        if (!value && lexer->options->skip_unset)
            strbuf_addf(out, "${%s}", name.buf);
        strbuf_add_text(out, value ? value : "");
        return 0;
    case ':': case '+': case '-': case '?': case '#': case '%':
        return modified(lexer, name.buf, rune, &shown, out);
    case '/': return replaced(lexer, name.buf, out);
    default: return fail_modifier(lexer, &shown);
    }
}

static int dollar(struct lexer *lexer, struct strbuf *out)
{
    next(lexer);
    if (out->len > EXPAND_BYTES_MAX)
        return error_set(lexer->err, ERROR_LIMIT, "a word grows beyond %zu bytes", EXPAND_BYTES_MAX);
    if (peek(lexer) == '{') {
        if (lexer->depth >= EXPAND_DEPTH_MAX)
            return error_set(lexer->err, ERROR_LIMIT, "substitutions nest deeper than %d", EXPAND_DEPTH_MAX);
        lexer->depth++;
        int result = braced(lexer, out);
        lexer->depth--;
        return result;
    }
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    name_at(lexer, &name);
    const char *value = name.len ? value_of(lexer, name.buf) : NULL;
    if (value)
        strbuf_add_text(out, value);
    else if (!name.len || lexer->options->skip_unset)
        strbuf_addf(out, "$%s", name.buf);
    return 0;
}

static void sort_names(struct strvec *names)
{
    size_t kept = 0;
    strvec_sort(names);
    for (size_t i = 0; i < names->count; i++) {
        if (kept && strcmp(names->items[kept - 1], names->items[i]) == 0)
            free(names->items[i]);
        else
            names->items[kept++] = names->items[i];
    }
    if (names->items)
        names->items[kept] = NULL;
    names->count = kept;
}

int expand_word(struct expansion *ret_expansion, struct span word, const struct variables *variables,
                const struct expand_options *options, struct error *err)
{
    struct expansion expansion = EXPANSION_INIT;
    struct splitter splitter = {.word = STRBUF_INIT, .words = &expansion.words};
    struct error inner = ERROR_INIT;
    struct lexer lexer = {
        .text = word,
        .options = options,
        .variables = variables ? variables : &no_variables,
        .expansion = &expansion,
        .err = &inner,
        .escape = options->escape ? options->escape : '\\',
        .raw_escapes = options->raw_escapes,
    };
    if (span_starts_with(word, "\xef\xbb\xbf")) /* Go's scanner takes it for a byte order mark */
        lexer.at = 3;
    int result = until(&lexer, END, &expansion.text, &splitter);
    split_end(&splitter);
    strbuf_release(&splitter.word);
    if (result < 0) {
        struct strbuf quoted = STRBUF_INIT;
        quote_go(&quoted, word);
        error_prefix(&inner, "failed to process %s", quoted.buf);
        strbuf_release(&quoted);
        error_move(err, &inner);
        expansion_release(&expansion);
        return -1;
    }
    sort_names(&expansion.matched);
    sort_names(&expansion.unmatched);
    *ret_expansion = expansion;
    return 0;
}

void expansion_release(struct expansion *expansion)
{
    strbuf_release(&expansion->text);
    strvec_release(&expansion->words);
    strvec_release(&expansion->matched);
    strvec_release(&expansion->unmatched);
}
