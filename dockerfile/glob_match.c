#include "dockerfile/glob_match.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/memory.h"
#include "dockerfile/unicode.h"

enum token_kind { TOKEN_RUNE, TOKEN_ANY, TOKEN_CLASS, TOKEN_STAR, TOKEN_DEEP, TOKEN_FOLDERS };

struct token {
    enum token_kind kind;
    uint32_t rune;
    const char *class_start, *class_end; /* behind `[`, at `]` */
};

static uint32_t take(const char **p)
{
    size_t len;
    uint32_t rune = rune_decode(span_of(*p, strnlen(*p, 4)), &len);
    *p += len;
    return rune;
}

/* One end of a range in a class; false if there is none. */
static bool take_end(const char **p, uint32_t *ret_rune)
{
    if (!**p || **p == '-' || **p == ']')
        return false;
    if (**p == '\\' && !*++*p)
        return false;
    *ret_rune = take(p);
    return true;
}

/* Finds the end of a class and whether it is well-formed. */
static bool scan_class(const char **p)
{
    size_t ranges = 0;
    uint32_t rune;
    if (**p == '^')
        ++*p;
    while (**p != ']' || ranges == 0) {
        if (!take_end(p, &rune))
            return false;
        if (**p == '-') {
            ++*p;
            if (!take_end(p, &rune))
                return false;
        }
        if (!**p)
            return false;
        ranges++;
    }
    return true;
}

static bool class_has(const struct token *token, uint32_t rune)
{
    const char *p = token->class_start;
    bool negated = *p == '^', has = false;
    p += negated;
    while (p < token->class_end) {
        uint32_t low = 0, high = 0;
        take_end(&p, &low);
        high = low;
        if (*p == '-') {
            p++;
            take_end(&p, &high);
        }
        has = has || (rune >= low && rune <= high);
    }
    return has != negated;
}

/* As many tokens as the pattern has bytes, at most. False if it is malformed. */
static bool compile(const char *pattern, bool deep, struct token *tokens, size_t *ret_count)
{
    size_t count = 0;
    for (const char *p = pattern; *p;) {
        struct token token = {.kind = TOKEN_RUNE};
        if (deep && p[0] == '*' && p[1] == '*') {
            while (*p == '*')
                p++;
            token.kind = TOKEN_DEEP;
            if (*p == '/') { /* `**` and a slash: any folders, or none */
                p++;
                token.kind = TOKEN_FOLDERS;
            }
            if (!*p)
                token.kind = TOKEN_DEEP;
        } else if (*p == '*') {
            p++;
            token.kind = TOKEN_STAR;
        } else if (*p == '?') {
            p++;
            token.kind = TOKEN_ANY;
        } else if (*p == '[') {
            token.kind = TOKEN_CLASS;
            token.class_start = ++p;
            if (!scan_class(&p))
                return false;
            token.class_end = p++;
        } else {
            if (*p == '\\' && !*++p)
                return false;
            token.rune = take(&p);
        }
        tokens[count++] = token;
    }
    *ret_count = count;
    return true;
}

static bool token_takes(const struct token *token, uint32_t rune)
{
    switch (token->kind) {
    case TOKEN_RUNE: return rune == token->rune;
    case TOKEN_ANY: return rune != '/';
    case TOKEN_CLASS: return rune != '/' && class_has(token, rune);
    default: return false;
    }
}

/* Tokens that need no rune pass their mark on at once. */
static void pass_on(const struct token *tokens, size_t count, bool *marks, bool at_name)
{
    for (size_t i = 0; i < count; i++) {
        if (!marks[i])
            continue;
        if (tokens[i].kind == TOKEN_STAR || tokens[i].kind == TOKEN_DEEP ||
            (tokens[i].kind == TOKEN_FOLDERS && at_name))
            marks[i + 1] = true;
    }
}

/* All places of the pattern where the path may stand, rune by rune: time is their product, never more. */
static bool walk(const struct token *tokens, size_t count, const char *path)
{
    cleanup_free bool *marks = memory_alloc_zero(count + 1, sizeof *marks);
    cleanup_free bool *after = memory_alloc_zero(count + 1, sizeof *after);
    marks[0] = true;
    bool at_name = true;
    pass_on(tokens, count, marks, true);
    while (*path) {
        uint32_t rune = take(&path);
        memset(after, 0, (count + 1) * sizeof *after);
        for (size_t i = 0; i < count; i++) {
            if (!marks[i])
                continue;
            bool stays = (tokens[i].kind == TOKEN_STAR && rune != '/') || tokens[i].kind == TOKEN_DEEP ||
                         tokens[i].kind == TOKEN_FOLDERS;
            after[i] = after[i] || stays;
            after[i + 1] = after[i + 1] || token_takes(&tokens[i], rune);
        }
        at_name = rune == '/';
        bool *kept = marks;
        marks = after;
        after = kept;
        pass_on(tokens, count, marks, at_name);
    }
    return marks[count];
}

enum glob_result glob_match_go(const char *pattern, const char *path, bool deep)
{
    size_t count = 0;
    cleanup_free struct token *tokens = memory_alloc_zero(strlen(pattern) + 1, sizeof *tokens);
    if (!compile(pattern, deep, tokens, &count))
        return GLOB_MALFORMED;
    return walk(tokens, count, path) ? GLOB_YES : GLOB_NO;
}
