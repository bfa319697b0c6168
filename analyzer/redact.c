#include "analyzer/redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/digest.h"
#include "core/memory.h"

static const char *const secret_words[] = {
    "PASSWORD", "PASSWD",     "PASS",        "PASSPHRASE", "PWD",
    "SECRET",   "SECRETS",    "TOKEN",       "APIKEY",     "CREDENTIAL",
    "CREDENTIALS",
};

/* a key is secret when the word before it says so: GPG_KEY is a public fingerprint */
static const char *const key_words[] = {
    "API", "ACCESS", "PRIVATE", "SECRET", "AUTH", "ENCRYPTION", "SIGNING", "MASTER", "SSH",
};

static bool is_one_of(struct span word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == word.len && strncasecmp(words[i], word.ptr, word.len) == 0)
            return true;
    return false;
}

static bool is_word_character(char c)
{
    return isalnum((unsigned char)c) != 0;
}

bool redact_name_is_secret(struct span name)
{
    struct span before = {0};
    for (size_t i = 0; i < name.len;) {
        size_t start = i;
        while (i < name.len && is_word_character(name.ptr[i]))
            i++;
        struct span word = span_of(name.ptr + start, i - start);
        /* the shell's own PWD and OLDPWD are folders */
        bool folder = word.len == 3 && word.len == name.len && strncmp(word.ptr, "PWD", 3) == 0;
        if (!folder && is_one_of(word, secret_words, ARRAY_SIZE(secret_words)))
            return true;
        if (before.len && word.len == 3 && strncasecmp(word.ptr, "KEY", 3) == 0 &&
            is_one_of(before, key_words, ARRAY_SIZE(key_words)))
            return true;
        if (word.len)
            before = word;
        i += i < name.len;
    }
    return false;
}

void redact_value(struct strbuf *out, struct span name, struct span value)
{
    if (!value.len || value.ptr[0] == '$' || span_starts_with(value, "<redacted:") ||
        !redact_name_is_secret(name)) {
        strbuf_add(out, value.ptr, value.len);
        return;
    }
    struct digest digest;
    char text[DIGEST_TEXT_MAX];
    digest_of(&digest, value.ptr, value.len);
    digest_format(&digest, text);
    strbuf_addf(out, "<redacted:%.12s>", strchr(text, ':') + 1);
}

/* The length of the value at `text`: quoted, or up to a blank. */
static size_t value_length(const char *text)
{
    if (*text == '"' || *text == '\'') {
        size_t i = 1;
        while (text[i] && text[i] != *text)
            i += text[i] == '\\' && text[i + 1] ? 2 : 1;
        return text[i] ? i + 1 : i;
    }
    return strcspn(text, " \t\n;&|)");
}

static bool is_name_character(char c)
{
    return is_word_character(c) || c == '_' || c == '-' || c == '.';
}

void redact_text(struct strbuf *out, const char *text)
{
    const char *p = text;
    while (*p) {
        const char *start = p;
        while (is_name_character(*p))
            p++;
        if (p > start && *p == '=') {
            size_t len = value_length(p + 1);
            strbuf_add(out, start, (size_t)(p + 1 - start));
            redact_value(out, span_of(start, (size_t)(p - start)), span_of(p + 1, len));
            p += 1 + len;
            continue;
        }
        strbuf_add(out, start, (size_t)(p - start));
        if (*p)
            strbuf_add_char(out, *p++);
    }
}
