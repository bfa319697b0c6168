#include "dockerfile/ignore.h"

#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "dockerfile/glob_match.h"
#include "dockerfile/unicode.h"

/* Go's filepath.Clean: no `.`, no `//`, `..` taken up, no slash at the end. */
static void clean(struct strbuf *out, struct span path)
{
    bool rooted = path.len && path.ptr[0] == '/';
    size_t at = 0, floor = 0;
    if (rooted)
        strbuf_add_char(out, '/');
    floor = out->len;
    while (at < path.len) {
        size_t end = at;
        while (end < path.len && path.ptr[end] != '/')
            end++;
        struct span part = span_of(path.ptr + at, end - at);
        at = end + 1;
        if (!part.len || span_equals_text(part, "."))
            continue;
        if (span_equals_text(part, "..")) {
            if (out->len > floor) {
                size_t cut = out->len;
                while (cut > floor && out->buf[cut - 1] != '/')
                    cut--;
                strbuf_truncate(out, cut > floor ? cut - 1 : floor);
                continue;
            }
            if (rooted)
                continue;
        }
        if (out->len && out->buf[out->len - 1] != '/')
            strbuf_add_char(out, '/');
        strbuf_add(out, part.ptr, part.len);
        if (span_equals_text(part, ".."))
            floor = out->len;
    }
    if (!out->len)
        strbuf_add_char(out, '.');
}

int ignore_add(struct ignore *ignore, struct span pattern, struct error *err)
{
    pattern = span_trim(pattern);
    bool takes_back = span_starts_with(pattern, "!");
    if (takes_back)
        pattern = span_trim(span_of(pattern.ptr + 1, pattern.len - 1));
    if (!pattern.len)
        return takes_back ? error_set(err, ERROR_INPUT, "illegal exclusion pattern: \"!\"") : 0;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    clean(&text, pattern);
    size_t skipped = text.len > 1 && text.buf[0] == '/';
    if (glob_match_go(text.buf, "", true) == GLOB_MALFORMED)
        return error_set(err, ERROR_INPUT, "syntax error in pattern");
    if (ignore->count >= IGNORE_PATTERNS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d patterns", IGNORE_PATTERNS_MAX);
    ignore->patterns =
        memory_grow(ignore->patterns, ignore->count, &ignore->capacity, sizeof *ignore->patterns);
    ignore->patterns[ignore->count++] = (struct ignore_pattern){
        .text = memory_dup_text(text.buf + skipped),
        .excludes_from = takes_back,
    };
    return 0;
}

int ignore_parse(struct ignore *ret_ignore, struct span text, struct error *err)
{
    struct ignore ignore = IGNORE_INIT;
    size_t number = 0;
    if (span_starts_with(text, "\xef\xbb\xbf"))
        text = span_of(text.ptr + 3, text.len - 3);
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len, next = end ? len + 1 : len;
        struct span line = span_of(text.ptr, len);
        number++;
        if (!span_starts_with(line, "#") && ignore_add(&ignore, line, err) < 0) {
            ignore_release(&ignore);
            return error_prefix(err, "line %zu", number);
        }
        text = span_of(text.ptr + next, text.len - next);
    }
    *ret_ignore = ignore;
    return 0;
}

int ignore_pattern_match(const char *pattern, const char *path, struct error *err)
{
    enum glob_result result = glob_match_go(pattern, path, true);
    if (result == GLOB_MALFORMED)
        return error_set(err, ERROR_INPUT, "syntax error in pattern");
    return result == GLOB_YES;
}

/* A pattern that matches a folder above matches all below it. */
static bool matches_upwards(const char *pattern, const char *path)
{
    if (glob_match_go(pattern, path, true) == GLOB_YES)
        return true;
    cleanup_free char *parent = memory_dup_text(path);
    for (char *slash = strrchr(parent, '/'); slash && slash > parent; slash = strrchr(parent, '/')) {
        *slash = '\0';
        if (glob_match_go(pattern, parent, true) == GLOB_YES)
            return true;
    }
    return false;
}

bool ignore_matches(const struct ignore *ignore, const char *path)
{
    bool matched = false;
    for (size_t i = 0; i < ignore->count; i++) {
        const struct ignore_pattern *pattern = &ignore->patterns[i];
        if (pattern->excludes_from == matched && matches_upwards(pattern->text, path))
            matched = !pattern->excludes_from;
    }
    return matched;
}

void ignore_release(struct ignore *ignore)
{
    for (size_t i = 0; i < ignore->count; i++)
        free(ignore->patterns[i].text);
    free(ignore->patterns);
    *ignore = (struct ignore)IGNORE_INIT;
}
