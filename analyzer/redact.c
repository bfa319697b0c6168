#include "analyzer/redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "analyzer/secrets.h"
#include "core/memory.h"

static const char *const secret_words[] = {
    "PASSWORD", "PASSWD",     "PASS",        "PASSPHRASE", "PWD",       "PASSWORDS",
    "SECRET",   "SECRETS",    "TOKEN",       "APIKEY",     "CREDENTIAL", "CREDENTIALS",
    "AUTHTOKEN", "SECRETKEY", "ACCESSKEY",   "PRIVATEKEY",
};

/* a key is secret when the word before it says so: GPG_KEY is a public fingerprint */
static const char *const key_words[] = {
    "API", "ACCESS", "PRIVATE", "SECRET", "AUTH", "ENCRYPTION", "SIGNING", "MASTER", "SSH",
    "STORAGE", "ACCOUNT",
};

/* last words of names whose value is about a secret, and none */
static const char *const about_words[] = {
    "FILE",    "PATH",    "DIR",      "URL",     "URI",      "NAME",     "ID",      "USER",
    "USERNAME", "LENGTH", "SIZE",     "TYPE",    "TTL",      "EXPIRY",   "EXPIRES", "EXPIRATION",
    "TIMEOUT", "POLICY",  "MIN",      "MAX",     "ENABLED",  "REQUIRED", "PROMPT",  "HEADER",
    "ENDPOINT", "ALGORITHM", "COMMAND", "CMD",   "HELPER",   "RESET",    "FIELD",   "HINT",
    "VERSION", "COUNT",   "LIMIT",    "PATTERN", "VALIDATORS", "HASHERS", "STDIN",  "AGE",
    "FD",      "REF",     "PROVIDER", "MODE",    "FORMAT",   "INTERVAL", "ISSUER",  "AUDIENCE",
};

static bool is_one_of(struct span word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == word.len && strncasecmp(words[i], word.ptr, word.len) == 0)
            return true;
    return false;
}

static bool ends_in(struct span word, const char *ending)
{
    size_t len = strlen(ending);
    return word.len > len && strncasecmp(word.ptr + word.len - len, ending, len) == 0;
}

static bool is_word_character(char c)
{
    return isalnum((unsigned char)c) != 0;
}

/* Words are parted by other characters and by capitals: dbPassword, APIKey. */
static struct span take_word(struct span name, size_t *at)
{
    while (*at < name.len && !is_word_character(name.ptr[*at]))
        ++*at;
    size_t start = *at;
    while (*at < name.len && is_word_character(name.ptr[*at])) {
        bool capital = isupper((unsigned char)name.ptr[*at]);
        bool follows = *at > start && !isupper((unsigned char)name.ptr[*at - 1]);
        bool leads = *at > start && *at + 1 < name.len &&
                     islower((unsigned char)name.ptr[*at + 1]);
        if (capital && (follows || leads))
            break;
        ++*at;
    }
    return span_of(name.ptr + start, *at - start);
}

static bool word_is_secret(struct span word, struct span before)
{
    if (is_one_of(word, secret_words, ARRAY_SIZE(secret_words)) || ends_in(word, "PASSWORD") ||
        ends_in(word, "PASSWD"))
        return true;
    return word.len == 3 && strncasecmp(word.ptr, "KEY", 3) == 0 && before.len &&
           is_one_of(before, key_words, ARRAY_SIZE(key_words));
}

/* Finds a secret word; *ret_last is the name's last word. */
static bool find_secret_word(struct span name, struct span *ret_last)
{
    struct span before = {0}, word;
    bool found = false;
    /* the shell's own PWD and OLDPWD are folders */
    if (span_equals_text(name, "PWD") || span_equals_text(name, "OLDPWD"))
        return false;
    for (size_t at = 0; (word = take_word(name, &at)).len; before = word)
        found = found || word_is_secret(word, before);
    *ret_last = before;
    return found;
}

bool redact_name_is_secret(struct span name)
{
    struct span last;
    return find_secret_word(name, &last);
}

bool redact_name_holds_secret(struct span name)
{
    struct span last;
    return find_secret_word(name, &last) &&
           !is_one_of(last, about_words, ARRAY_SIZE(about_words));
}

static bool is_name_character(char c)
{
    return is_word_character(c) || c == '_' || c == '-' || c == '.';
}

/* Where the shell's word ends that begins at `at`: quotes are skipped as a whole. */
static size_t word_end(struct span text, size_t at)
{
    char quote = 0;
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '\\' && quote != '\'' && at + 1 < text.len)
            at++;
        else if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (strchr(" \t\r\n;&|)", c))
            return at;
    }
    return at;
}

/* Without the quotes, if the value is all within one pair. */
static struct span unquote(struct span value)
{
    if (value.len < 2 || (value.ptr[0] != '"' && value.ptr[0] != '\'') ||
        memchr(value.ptr + 1, value.ptr[0], value.len - 1) != value.ptr + value.len - 1)
        return value;
    return span_of(value.ptr + 1, value.len - 2);
}

/* "|2 A=some words B=c /bin/sh -c ...": values of build arguments are not quoted. Returns where they end. */
static size_t build_arguments_end(struct span text)
{
    size_t start = span_starts_with(text, "RUN ") ? 4 : 0;
    if (start >= text.len || text.ptr[start] != '|')
        return 0;
    const char *shell = memmem(text.ptr, text.len, " /bin/", 6);
    return shell ? (size_t)(shell - text.ptr) : text.len;
}

/* Up to the next NAME=, or the end. */
static size_t build_argument_end(struct span text, size_t at, size_t end)
{
    for (; at < end; at++) {
        size_t next = at + 1;
        if (text.ptr[at] != ' ')
            continue;
        while (next < end && is_name_character(text.ptr[next]))
            next++;
        if (next > at + 1 && next < end && text.ptr[next] == '=')
            return at;
    }
    return end;
}

struct values {
    struct span text;
    size_t arguments_end;
    named_value *found;
    void *context;
};

/* Where the value at `at` ends; a quote that stands before NAME=VALUE ends both. */
static size_t value_end(const struct values *values, size_t at, char before)
{
    struct span text = values->text;
    if (at < values->arguments_end)
        return build_argument_end(text, at, values->arguments_end);
    if (before != '"' && before != '\'')
        return word_end(text, at);
    const char *quote = memchr(text.ptr + at, before, text.len - at);
    return quote ? (size_t)(quote - text.ptr) : text.len;
}

static size_t take_value(const struct values *values, struct span name, size_t at, char before)
{
    size_t end = value_end(values, at, before);
    struct span value = unquote(span_of(values->text.ptr + at, end - at));
    if (value.len)
        values->found(values->context, name, value);
    return end;
}

/* --password-stdin takes nothing. */
bool redact_option_takes_secret(struct span option)
{
    return span_starts_with(option, "--") && redact_name_holds_secret(option);
}

/* "--password VALUE", also as words of a list: "--password", "VALUE". Returns where the value begins, 0 if
 * none does. */
static size_t next_word(struct span text, struct span name, size_t at)
{
    size_t start = at;
    if (!redact_option_takes_secret(name))
        return 0;
    while (at < text.len && strchr(" ,\"'", text.ptr[at]))
        at++;
    /* back to the quote that opens the value */
    at -= at > start && text.ptr[at - 1] != ' ' && text.ptr[at - 1] != ',';
    return at > start ? at : 0;
}

static bool is_header(struct span name)
{
    return name.len == strlen("Authorization") &&
           strncasecmp(name.ptr, "Authorization", name.len) == 0;
}

/* "Authorization: Bearer VALUE" within quotes. */
static size_t take_header(const struct values *values, struct span name, size_t at)
{
    struct span text = values->text;
    while (at < text.len && text.ptr[at] == ' ')
        at++;
    size_t start = at;
    while (at < text.len && is_word_character(text.ptr[at]))
        at++;
    if (at == start || at >= text.len || text.ptr[at] != ' ')
        return at;
    size_t end = ++at;
    while (end < text.len && !strchr("\"' \t\r\n", text.ptr[end]))
        end++;
    if (end > at)
        values->found(values->context, name, span_of(text.ptr + at, end - at));
    return end;
}

/* "ENV NAME VALUE", as some builders keep it: the value is the rest of the line. */
static size_t take_env(const struct values *values)
{
    static const char *const words[] = {"ENV ", "ARG "};
    struct span text = values->text;
    size_t at = 0, start;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (span_starts_with(text, words[i]))
            at = strlen(words[i]);
    while (at < text.len && text.ptr[at] == ' ')
        at++;
    start = at;
    while (at < text.len && is_name_character(text.ptr[at]))
        at++;
    if (!start || at == start || at >= text.len || text.ptr[at] != ' ')
        return 0;
    struct span name = span_of(text.ptr + start, at - start);
    struct span value = unquote(span_of(text.ptr + at + 1, text.len - at - 1));
    if (value.len)
        values->found(values->context, name, value);
    return text.len;
}

void redact_find_values(struct span text, named_value *found, void *context)
{
    struct values values = {
        .text = text,
        .arguments_end = build_arguments_end(text),
        .found = found,
        .context = context,
    };
    for (size_t at = take_env(&values); at < text.len;) {
        size_t start = at;
        while (at < text.len && is_name_character(text.ptr[at]))
            at++;
        struct span name = span_of(text.ptr + start, at - start);
        char next = at < text.len ? text.ptr[at] : '\0';
        char before = start ? text.ptr[start - 1] : ' ';
        size_t value_at = 0;
        if (name.len && next == '=')
            at = redact_name_is_secret(name) ? take_value(&values, name, at + 1, before) : at + 1;
        else if (strchr(" ,\"'", next) && (value_at = next_word(text, name, at)))
            at = take_value(&values, name, value_at, ' ');
        else if (next == ':' && is_header(name))
            at = take_header(&values, name, at + 1);
        else
            at++;
    }
}

/* A stretch of the text that is not shown. */
struct stretch {
    size_t start, end;
    char fingerprint[FINGERPRINT_TEXT_MAX];
};

struct stretches {
    const char *text;
    struct stretch *items;
    size_t count, capacity;
};

static void add_stretch(struct stretches *stretches, size_t start, size_t len,
                        const char *fingerprint)
{
    stretches->items = memory_grow(stretches->items, stretches->count, &stretches->capacity,
                                   sizeof *stretches->items);
    struct stretch *stretch = &stretches->items[stretches->count++];
    *stretch = (struct stretch){.start = start, .end = start + len};
    memcpy(stretch->fingerprint, fingerprint, sizeof stretch->fingerprint);
}

/* "$NAME", "${NAME...}", "$(command)": a reference as a whole, and not a password with a dollar. */
static bool is_reference(struct span value)
{
    size_t at = 1;
    if (value.len < 2 || value.ptr[0] != '$')
        return false;
    if (value.ptr[1] == '{' || value.ptr[1] == '(') {
        char close = value.ptr[1] == '{' ? '}' : ')';
        return memchr(value.ptr, close, value.len) == value.ptr + value.len - 1;
    }
    while (at < value.len && (is_word_character(value.ptr[at]) || value.ptr[at] == '_'))
        at++;
    bool named = isalpha((unsigned char)value.ptr[1]) || value.ptr[1] == '_';
    return named && at == value.len && isupper((unsigned char)value.ptr[1]);
}

static bool is_redacted(struct span value)
{
    static const char mark[] = "<redacted:";
    if (value.len != sizeof mark - 1 + FINGERPRINT_TEXT_MAX || !span_starts_with(value, mark))
        return false;
    for (size_t i = sizeof mark - 1; i + 1 < value.len; i++)
        if (!isxdigit((unsigned char)value.ptr[i]))
            return false;
    return value.ptr[value.len - 1] == '>';
}

static bool is_shown(struct span value)
{
    return !value.len || is_reference(value) || is_redacted(value);
}

static void add_named(void *context, struct span name, struct span value)
{
    struct stretches *stretches = context;
    char fingerprint[FINGERPRINT_TEXT_MAX];
    if (is_shown(value) || (!redact_name_is_secret(name) && !is_header(name)))
        return;
    secret_fingerprint(fingerprint, value);
    add_stretch(stretches, (size_t)(value.ptr - stretches->text), value.len, fingerprint);
}

static void add_shaped(void *context, const struct secret *secret)
{
    if (secret->kind != SECRET_CERTIFICATE)
        add_stretch(context, (size_t)secret->offset, secret->len, secret->fingerprint);
}

static int compare_stretches(const void *a, const void *b)
{
    const struct stretch *left = a, *right = b;
    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    return left->end > right->end ? -1 : left->end < right->end;
}

static void write_redacted(struct strbuf *out, struct span text, struct stretches *stretches)
{
    size_t at = 0;
    if (stretches->count)
        qsort(stretches->items, stretches->count, sizeof *stretches->items, compare_stretches);
    for (size_t i = 0; i < stretches->count; i++) {
        const struct stretch *stretch = &stretches->items[i];
        if (stretch->end <= at)
            continue;
        if (stretch->start >= at) {
            strbuf_add(out, text.ptr + at, stretch->start - at);
            strbuf_addf(out, "<redacted:%s>", stretch->fingerprint);
        }
        at = stretch->end;
    }
    strbuf_add(out, text.ptr + at, text.len - at);
    free(stretches->items);
}

static void find_shapes(struct stretches *stretches, struct span text)
{
    struct secret_scanner scanner;
    secret_scanner_start(&scanner);
    secrets_in_text(&scanner, text, PLACE_STORE, add_shaped, stretches);
}

void redact_value(struct strbuf *out, struct span name, struct span value)
{
    struct stretches stretches = {.text = value.ptr};
    if (is_shown(value)) {
        strbuf_add(out, value.ptr, value.len);
        return;
    }
    if (redact_name_is_secret(name))
        add_named(&stretches, name, value);
    else
        find_shapes(&stretches, value);
    redact_find_values(value, add_named, &stretches);
    write_redacted(out, value, &stretches);
}

void redact_text(struct strbuf *out, const char *text)
{
    struct span all = span_of_text(text);
    struct stretches stretches = {.text = text};
    find_shapes(&stretches, all);
    redact_find_values(all, add_named, &stretches);
    write_redacted(out, all, &stretches);
}
