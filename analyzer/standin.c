#include "analyzer/standin.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"

/* Values that are all of it. */
static const char *const words[] = {
    "password", "passwd",   "pass",     "pwd",      "passphrase", "secret",  "secrets", "token",
    "key",      "apikey",   "api_key",  "api-key",  "mypassword", "mysecret", "mytoken",
    "pw",       "user",     "username", "foo",      "bar",        "baz",     "foobar",  "qux",
    "none",     "null",     "nil",      "undefined", "true",      "false",   "yes",     "no",
    "on",       "off",      "todo",     "tbd",      "fixme",      "default", "string",  "str",
    "value",    "text",     "required", "optional", "unset",      "empty",   "hidden",  "prompt",
    "ask",      "auto",     "bearer",   "basic",    "digest",     "p@ssw0rd", "passw0rd",
    "abc123",   "hunter2",  "sekret",   "s3cret",   "s3cr3t",     "letmein", "test",    "dummy",
    "p4ssw0rd", "passwort", "password123", "password1", "mypass", "my-password", "topsecret",
    "supersecret", "super-secret", "verysecret", "thepassword", "somepassword", "this", "self",
};

/* Texts that make a value a stand-in wherever they stand in it. */
static const char *const parts[] = {
    "example", "changeme", "change_me", "change-me", "replaceme", "replace_me", "replace-me",
    "your_",   "your-",    "yourpass",  "yoursecret", "yourtoken", "yourkey",   "placeholder",
    "insert",  "redacted", "dummy",     "sample",    "xxxx",      "****",      "....",
    "fillme",  "fill_me",  "notasecret", "not-a-secret", "not_a_secret", "<",  ">",
    "${",      "$(",       "{{",        "}}",        "%(",        "%s",        "enc[",
    "os.environ", "process.env", "getenv", "env(", "vault:", "secret:", "secretref", "ssm:",
};

static bool contains(struct span value, const char *part)
{
    size_t len = strlen(part);
    for (size_t i = 0; i + len <= value.len; i++)
        if (tolower((unsigned char)value.ptr[i]) == part[0] &&
            strncasecmp(value.ptr + i, part, len) == 0)
            return true;
    return false;
}

static bool has_any_part(struct span value)
{
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        if (contains(value, parts[i]))
            return true;
    return false;
}

static bool is_word(struct span value)
{
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strlen(words[i]) == value.len && strncasecmp(value.ptr, words[i], value.len) == 0)
            return true;
    return false;
}

/* The longest run of one character, and of neighbours: "aaaa", "4567". */
static size_t longest_run(struct span value)
{
    size_t same = 1, rising = 1, most = value.len != 0;
    for (size_t i = 1; i < value.len; i++) {
        int step = (unsigned char)value.ptr[i] - (unsigned char)value.ptr[i - 1];
        same = step == 0 ? same + 1 : 1;
        rising = step == 1 && isalnum((unsigned char)value.ptr[i]) ? rising + 1 : 1;
        size_t longer = same > rising ? same : rising;
        most = longer > most ? longer : most;
    }
    return most;
}

static size_t distinct(struct span value)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < value.len; i++) {
        count += !seen[(unsigned char)value.ptr[i]];
        seen[(unsigned char)value.ptr[i]] = true;
    }
    return count;
}

/* "/run/secrets/db", "$TOKEN", "%PASSWORD%", "@file", "{cipher}...", "ENV_NAME": points to the secret. */
static bool is_reference(struct span value)
{
    char first = value.ptr[0], last = value.ptr[value.len - 1];
    if (strchr("$%@{[(&*#!|", first) || (first == '_' && last == '_'))
        return true;
    bool path = first == '/' || span_starts_with(value, "./") || span_starts_with(value, "~/") ||
                span_starts_with(value, "file:");
    return path && strchr("/.", first) ? memchr(value.ptr, '/', value.len) != NULL : path;
}

bool value_is_standin(struct span value)
{
    if (value.len < 4)
        return true;
    return is_reference(value) || is_word(value) || has_any_part(value) || distinct(value) < 3;
}

bool value_is_mixed(struct span value)
{
    size_t least = value.len >= 32 ? 10 : value.len >= 16 ? 8 : 5;
    return value.len >= 8 && distinct(value) >= least && longest_run(value) < 6 &&
           !is_word(value) && !has_any_part(value);
}

bool value_is_random(struct span value)
{
    if (!value_is_mixed(value))
        return false;
    bool digit = false, letter = false;
    for (size_t i = 0; i < value.len; i++) {
        digit = digit || isdigit((unsigned char)value.ptr[i]);
        letter = letter || isalpha((unsigned char)value.ptr[i]);
    }
    return digit && letter;
}

bool host_is_standin(struct span host)
{
    static const char *const ends[] = {
        "example.com", "example.org", "example.net", ".example", ".invalid", ".test",
        "domain.com",  "domain.tld",  "foo.com",     "bar.com",  "site.com", "host.com",
        "yourdomain.com", "mydomain.com", "server.com", "python.org", "foo.bar",
    };
    static const char *const names[] = {
        "host", "hostname", "server", "domain", "site", "proxy", "foo", "bar", "example", "a", "b",
        "localhost", "127.0.0.1", "machine", "ip", "address", "x", "h",
    };
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        size_t len = strlen(ends[i]);
        if (host.len >= len && strncasecmp(host.ptr + host.len - len, ends[i], len) == 0)
            return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strlen(names[i]) == host.len && strncasecmp(host.ptr, names[i], host.len) == 0)
            return true;
    return !host.len || strchr("$<{%[", host.ptr[0]) != NULL;
}
