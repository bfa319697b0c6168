#include "analyzer/credentials.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "analyzer/redact.h"
#include "analyzer/standin.h"
#include "core/memory.h"

#define VALUE_MOST 4096

static const struct {
    enum credential_store store;
    const char *name;
} stores[] = {
#define STORE(store, name) {STORE_##store, name},
#include "analyzer/stores.def"
#undef STORE
};

/* ".env", ".env.production", but not ".env.example". */
static bool is_env_file(const char *name)
{
    static const char *const samples[] = {"example", "sample", "template",
                                          "dist",    "tpl",    "defaults"};
    if (strncmp(name, ".env", 4) != 0 || (name[4] && name[4] != '.'))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
        if (strstr(name, samples[i]))
            return false;
    return true;
}

enum credential_store credential_store_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct span text = span_of_text(path);
    for (size_t i = 0; i < ARRAY_SIZE(stores); i++)
        if (span_ends_with(text, stores[i].name))
            return stores[i].store;
    return slash && is_env_file(slash + 1) ? STORE_SETTINGS : STORE_NONE;
}

struct reader {
    struct span text;
    enum credential_store store;
    secret_found *found;
    void *context;
    size_t counted; /* lines up to here are in `line` */
    uint32_t line;
};

static void report(struct reader *reader, struct span value, const char *what)
{
    size_t offset = (size_t)(value.ptr - reader->text.ptr);
    for (; reader->counted < offset; reader->counted++)
        reader->line += reader->text.ptr[reader->counted] == '\n';
    struct secret secret = {
        .kind = SECRET_CREDENTIAL,
        .what = what,
        .offset = (int64_t)offset,
        .len = (uint32_t)value.len,
        .line = reader->line + 1,
    };
    secret_fingerprint(secret.fingerprint, value);
    reader->found(reader->context, &secret);
}

static bool is_name_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static size_t skip_blanks(struct span text, size_t at)
{
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    return at;
}

static bool is_at(struct span text, size_t at, const char *word)
{
    return at < text.len && span_starts_with(span_of(text.ptr + at, text.len - at), word);
}

/* What parts a name that ends at `at` from its value: returns where the value begins, 0 if none follows.
 * name=value  name: value  "name": "value"  'name' => 'value'  define('name', 'value')  <name>value
 * key="name" value="value" */
static size_t skip_separator(struct span text, size_t start, size_t at)
{
    char before = start ? text.ptr[start - 1] : '\n';
    bool quoted = at < text.len && strchr("\"'", text.ptr[at]) && text.ptr[at] == before;
    if (before == '<')
        return is_at(text, at, ">") ? at + 1 : 0;
    at += quoted;
    if (is_at(text, at, "]"))
        at++;
    at = skip_blanks(text, at);
    if (quoted && is_at(text, at, "value="))
        return at + strlen("value=");
    if (is_at(text, at, "==") || is_at(text, at, "::"))
        return 0;
    if (is_at(text, at, "=>") || is_at(text, at, ":="))
        return skip_blanks(text, at + 2);
    if (is_at(text, at, "=") || (quoted && is_at(text, at, ",")))
        return skip_blanks(text, at + 1);
    bool blank = at + 1 < text.len && strchr(" \t\"'", text.ptr[at + 1]);
    return is_at(text, at, ":") && (quoted || blank) ? skip_blanks(text, at + 1) : 0;
}

/* The value at `at`: within quotes, or up to what ends a bare one. */
static struct span take_value(const struct reader *reader, size_t at, bool xml)
{
    struct span text = reader->text;
    size_t end = at;
    bool quoted = at < text.len && (text.ptr[at] == '"' || text.ptr[at] == '\'');
    if (quoted) {
        char quote = text.ptr[at];
        end = ++at;
        while (end < text.len && text.ptr[end] != quote && text.ptr[end] != '\n')
            end += text.ptr[end] == '\\' && end + 1 < text.len ? 2 : 1;
        if (end >= text.len || text.ptr[end] != quote)
            return (struct span){0};
    } else if (reader->store == STORE_CODE) {
        return (struct span){0};
    } else {
        const char *stops = xml ? "<\r\n" : " \t\r\n,;\"'";
        while (end < text.len && text.ptr[end] && !strchr(stops, text.ptr[end]))
            end++;
    }
    return span_of(text.ptr + at, end - at);
}

/* "auth": "dXNlcjpwYXNz" is user:pass; without a colon, or with nothing behind it, it is nothing. */
static bool holds_password(struct span base64)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < base64.len && base64.ptr[i] != '='; i++) {
        const char *digit = base64.ptr[i] ? strchr(digits, base64.ptr[i]) : NULL;
        if (!digit)
            return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            strbuf_add_char(&out, (char)(bits >> have & 0xff));
        }
    }
    const char *colon = memchr(out.buf, ':', out.len);
    return colon &&
           !value_is_standin(span_of(colon + 1, out.len - (size_t)(colon + 1 - out.buf)));
}

/* Names that are secret where this tool reads them. */
static bool name_is_special(enum credential_store store, struct span name)
{
    static const struct {
        enum credential_store store;
        const char *name;
    } special[] = {
        {STORE_NPM, "_auth"},          {STORE_KUBE, "client-key-data"},
        {STORE_DOCKER, "auth"},        {STORE_DOCKER, "identitytoken"},
        {STORE_DOCKER, "registrytoken"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(special); i++)
        if (special[i].store == store && span_equals_text(name, special[i].name))
            return true;
    return false;
}

static bool name_is_secret(const struct reader *reader, struct span name)
{
    return name_is_special(reader->store, name) || redact_name_holds_secret(name);
}

static void judge(struct reader *reader, struct span name, struct span value)
{
    bool docker = reader->store == STORE_DOCKER && span_equals_text(name, "auth");
    if (value.len <= VALUE_MOST && !value_is_standin(value) && (!docker || holds_password(value)))
        report(reader, value, "credential");
}

static void read_settings(struct reader *reader)
{
    struct span text = reader->text;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && is_name_character(text.ptr[at]))
            at++;
        if (at == start) {
            at++;
            continue;
        }
        struct span name = span_of(text.ptr + start, at - start);
        size_t value_at = skip_separator(text, start, at);
        if (!value_at || name.len > VALUE_MOST || !name_is_secret(reader, name))
            continue;
        bool xml = start && text.ptr[start - 1] == '<';
        struct span value = take_value(reader, value_at, xml);
        if (!value.len)
            continue;
        judge(reader, name, value);
        at = (size_t)(value.ptr - text.ptr) + value.len;
    }
}

static struct span take_word(struct span text, size_t *at)
{
    while (*at < text.len && isspace((unsigned char)text.ptr[*at]))
        ++*at;
    size_t start = *at;
    while (*at < text.len && !isspace((unsigned char)text.ptr[*at]))
        ++*at;
    return span_of(text.ptr + start, *at - start);
}

/* machine HOST login USER password VALUE */
static void read_netrc(struct reader *reader)
{
    bool awaits = false;
    for (size_t at = 0;;) {
        struct span word = take_word(reader->text, &at);
        if (!word.len)
            return;
        if (awaits && !value_is_standin(word))
            report(reader, word, "password");
        awaits = !awaits && span_equals_text(word, "password");
    }
}

/* host:port:database:user:password; a backslash quotes. */
static void read_pgpass(struct reader *reader)
{
    struct span text = reader->text;
    size_t fields = 0, start = 0;
    bool comment = text.len && text.ptr[0] == '#';
    for (size_t at = 0; at <= text.len; at++) {
        bool ends = at == text.len || text.ptr[at] == '\n';
        if (!ends && text.ptr[at] == '\\' && at + 1 < text.len && text.ptr[at + 1] != '\n') {
            at++;
            continue;
        }
        if (!ends && text.ptr[at] == ':' && fields < 4) {
            fields++;
            start = at + 1;
        }
        if (!ends)
            continue;
        struct span password = span_of(text.ptr + start, at > start ? at - start : 0);
        if (fields == 4 && !comment && !value_is_standin(password))
            report(reader, password, "password");
        fields = 0;
        comment = at + 1 < text.len && text.ptr[at + 1] == '#';
    }
}

static void read_whole(struct reader *reader)
{
    size_t at = 0;
    struct span word = take_word(reader->text, &at), more = take_word(reader->text, &at);
    if (word.len && word.len <= VALUE_MOST && !more.len && !value_is_standin(word))
        report(reader, word, "credential");
}

void credentials_in_text(enum credential_store store, struct span text, secret_found *found,
                         void *context)
{
    struct reader reader = {.text = text, .store = store, .found = found, .context = context};
    switch (store) {
    case STORE_NONE:
        return;
    case STORE_NETRC:
        read_netrc(&reader);
        return;
    case STORE_PGPASS:
        read_pgpass(&reader);
        return;
    case STORE_WHOLE:
        read_whole(&reader);
        return;
    case STORE_SETTINGS:
    case STORE_CODE:
    case STORE_NPM:
    case STORE_KUBE:
    case STORE_DOCKER:
        read_settings(&reader);
    }
}
