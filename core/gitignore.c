#include "core/gitignore.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

void gitignore_release(struct gitignore *gitignore)
{
    for (size_t i = 0; i < gitignore->count; i++)
        free(gitignore->patterns[i].text);
    free(gitignore->patterns);
    *gitignore = (struct gitignore)GITIGNORE_INIT;
}

/* Blanks at the end go, unless a backslash holds one. */
static struct span trim_end(struct span line)
{
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    while (line.len && line.ptr[line.len - 1] == ' ') {
        size_t slashes = 0;
        while (slashes + 1 < line.len && line.ptr[line.len - 2 - slashes] == '\\')
            slashes++;
        if (slashes % 2)
            break;
        line.len--;
    }
    return line;
}

static int add(struct gitignore *gitignore, struct span line, struct error *err)
{
    struct gitignore_pattern pattern = {0};
    line = trim_end(line);
    if (!line.len || line.ptr[0] == '#')
        return 0;
    if (line.ptr[0] == '!') {
        pattern.takes_back = true;
        line = span_of(line.ptr + 1, line.len - 1);
    }
    if (line.len && line.ptr[line.len - 1] == '/') {
        pattern.only_folders = true;
        line.len--;
    }
    pattern.anchored = line.len && memchr(line.ptr, '/', line.len);
    if (line.len && line.ptr[0] == '/')
        line = span_of(line.ptr + 1, line.len - 1);
    if (!line.len || memchr(line.ptr, '\0', line.len))
        return 0;
    if (gitignore->count == GITIGNORE_PATTERNS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d patterns", GITIGNORE_PATTERNS_MAX);
    pattern.text = memory_dup_bytes(line.ptr, line.len);
    gitignore->patterns = memory_grow(gitignore->patterns, gitignore->count, &gitignore->capacity,
                                      sizeof *gitignore->patterns);
    gitignore->patterns[gitignore->count++] = pattern;
    return 0;
}

int gitignore_parse(struct gitignore *gitignore, struct span text, struct error *err)
{
    if (span_starts_with(text, "\xef\xbb\xbf"))
        text = span_of(text.ptr + 3, text.len - 3);
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        if (add(gitignore, span_of(text.ptr, len), err) < 0)
            return -1;
        len += end != NULL;
        text = span_of(text.ptr + len, text.len - len);
    }
    return 0;
}

static bool class_has(struct span name, unsigned char c)
{
    static const struct {
        const char *name;
        int (*has)(int c);
    } classes[] = {
        {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
        {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
        {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
    };
    for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
        if (span_equals_text(name, classes[i].name))
            return classes[i].has(c) != 0;
    return false;
}

/* "[a-z]", "[!a]", "[[:digit:]_]". Returns what follows the bracket, NULL if it is not closed. */
static const char *match_set(const char *p, const char *end, unsigned char c, bool *ret_matched)
{
    bool inverted = p < end && (*p == '!' || *p == '^');
    bool matched = false;
    p += inverted;
    for (const char *first = p; p < end && (*p != ']' || p == first);) {
        if (p + 1 < end && p[0] == '[' && p[1] == ':') {
            const char *close = p + 2;
            while (close + 1 < end && !(close[0] == ':' && close[1] == ']'))
                close++;
            if (close + 1 < end) {
                matched = matched || class_has(span_of(p + 2, (size_t)(close - p - 2)), c);
                p = close + 2;
                continue;
            }
        }
        if (*p == '\\' && p + 1 < end)
            p++;
        unsigned char low = (unsigned char)*p++, high = low;
        if (p + 1 < end && p[0] == '-' && p[1] != ']') {
            p++;
            if (*p == '\\' && p + 1 < end)
                p++;
            high = (unsigned char)*p++;
        }
        matched = matched || (low <= c && c <= high);
    }
    if (p >= end)
        return NULL;
    *ret_matched = matched != inverted;
    return p + 1;
}

/* One character of a pattern, `*` aside. Returns what follows it, NULL if the character is another. */
static const char *match_one(const char *p, const char *end, unsigned char c)
{
    bool matched = false;
    switch (*p) {
    case '?':
        return p + 1;
    case '[':
        p = match_set(p + 1, end, c, &matched);
        return matched ? p : NULL;
    case '\\':
        if (p + 1 == end)
            return NULL;
        p++;
        break;
    default:
        break;
    }
    return (unsigned char)*p == c ? p + 1 : NULL;
}

/* One component. Only the last star is ever tried again, so this takes time linear in pattern times name. */
static bool match_component(struct span pattern, struct span name)
{
    const char *p = pattern.ptr, *end = p + pattern.len;
    const char *n = name.ptr, *stop = n + name.len;
    const char *star = NULL, *tried = NULL;
    while (n < stop) {
        const char *next = NULL;
        if (p < end && *p == '*') {
            star = ++p;
            tried = n;
            continue;
        }
        if (p < end)
            next = match_one(p, end, (unsigned char)*n);
        if (next) {
            p = next;
            n++;
        } else if (star) {
            p = star;
            n = ++tried;
        } else {
            return false;
        }
    }
    while (p < end && *p == '*')
        p++;
    return p == end;
}

/* Takes a component off the front. */
static struct span take(const char **text)
{
    size_t len = strcspn(*text, "/");
    struct span component = span_of(*text, len);
    *text += len + ((*text)[len] == '/');
    return component;
}

bool gitignore_match(const char *pattern, const char *path)
{
    const char *p = pattern, *n = path, *deep = NULL, *tried = NULL;
    while (*n) {
        const char *next_pattern = p, *next_path = n;
        if (*p) {
            struct span component = take(&next_pattern);
            if (span_equals_text(component, "**")) {
                if (!*next_pattern)
                    return true; /* all that is below, and something is */
                p = deep = next_pattern;
                tried = n;
                continue;
            }
            if (match_component(component, take(&next_path))) {
                p = next_pattern;
                n = next_path;
                continue;
            }
        }
        if (!deep)
            return false;
        take(&tried);
        p = deep;
        n = tried;
    }
    return !*p;
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

enum gitignore_verdict gitignore_ask(const struct gitignore *gitignore, const char *path,
                                     bool is_folder)
{
    for (size_t i = gitignore->count; i-- > 0;) {
        const struct gitignore_pattern *pattern = &gitignore->patterns[i];
        if (pattern->only_folders && !is_folder)
            continue;
        if (gitignore_match(pattern->text, pattern->anchored ? path : last_name(path)))
            return pattern->takes_back ? GITIGNORE_WANTED : GITIGNORE_IGNORED;
    }
    return GITIGNORE_SILENT;
}
