#include "dockerfile/pattern.h"

#include "core/memory.h"
#include "dockerfile/unicode.h"

/* Beyond all runes. */
#define ANY UINT32_MAX
#define STAR (UINT32_MAX - 1)

struct runes {
    uint32_t *items;
    size_t *offsets; /* of each in the text, and of its end; NULL in a pattern */
    size_t count;
};

static void runes_release(struct runes *runes)
{
    free(runes->items);
    free(runes->offsets);
}
#define cleanup_runes __attribute__((cleanup(runes_release)))

static struct runes runes_of(struct span text)
{
    struct runes runes = {
        .items = memory_alloc_zero(text.len + 1, sizeof *runes.items),
        .offsets = memory_alloc_zero(text.len + 1, sizeof *runes.offsets),
    };
    for (size_t at = 0, len; at < text.len; at += len) {
        runes.offsets[runes.count] = at;
        runes.items[runes.count++] = rune_decode(span_of(text.ptr + at, text.len - at), &len);
    }
    runes.offsets[runes.count] = text.len;
    return runes;
}

/* A backslash before `}` or `/` was for the word it stood in, and is gone. */
static int compile(struct runes *ret_pattern, struct span text, struct error *err)
{
    struct runes source = runes_of(text);
    size_t count = 0;
    for (size_t i = 0; i < source.count; i++) {
        uint32_t rune = source.items[i];
        if (rune == '\\') {
            uint32_t next = i + 1 < source.count ? source.items[i + 1] : RUNE_ERROR;
            if (next == '}' || next == '/')
                continue;
            if (next != '*' && next != '?' && next != '\\') {
                struct strbuf shown = STRBUF_INIT;
                rune_add(&shown, next);
                error_set(err, ERROR_INPUT, "invalid pattern (%.*s) in substitution: invalid escape '\\%s'",
                          (int)text.len, text.ptr, shown.buf);
                strbuf_release(&shown);
                runes_release(&source);
                return -1;
            }
            source.items[count++] = next;
            i++;
        } else
            source.items[count++] = rune == '*' ? STAR : rune == '?' ? ANY : rune;
    }
    source.count = count;
    *ret_pattern = source;
    return 0;
}

static bool fits(const uint32_t *segment, size_t len, const struct runes *value, size_t at, size_t end)
{
    if (end - at < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        uint32_t rune = value->items[at + i];
        if (segment[i] == ANY ? rune == '\n' : segment[i] != rune)
            return false;
    }
    return true;
}

static size_t line_end(const struct runes *value, size_t at)
{
    while (at < value->count && value->items[at] != '\n')
        at++;
    return at;
}

static size_t segment_end(const struct runes *pattern, size_t at)
{
    while (at < pattern->count && pattern->items[at] != STAR)
        at++;
    return at;
}

/* Whether the pattern matches from `start` on, and to where. */
static bool match_at(const struct runes *pattern, const struct runes *value, size_t start, bool greedy,
                     size_t *ret_end)
{
    size_t p = segment_end(pattern, 0), at = start;
    if (!fits(pattern->items, p, value, at, value->count))
        return false;
    at += p;
    while (p < pattern->count) {
        size_t from = ++p, most = line_end(value, at);
        p = segment_end(pattern, from);
        size_t len = p - from;
        bool last = p == pattern->count;
        if (last && greedy) {
            size_t i = most;
            while (i > at && !fits(pattern->items + from, len, value, i, value->count))
                i--;
            if (!fits(pattern->items + from, len, value, i, value->count))
                return false;
            at = i + len;
            break;
        }
        while (at < most && !fits(pattern->items + from, len, value, at, value->count))
            at++;
        if (!fits(pattern->items + from, len, value, at, value->count))
            return false;
        at += len;
    }
    *ret_end = at;
    return true;
}

static void reverse(uint32_t *items, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        uint32_t kept = items[i];
        items[i] = items[count - 1 - i];
        items[count - 1 - i] = kept;
    }
}

int pattern_trim(struct strbuf *out, struct span pattern, struct span value, bool at_end, bool greedy,
                 struct error *err)
{
    cleanup_runes struct runes wanted = {.items = NULL};
    if (compile(&wanted, pattern, err) < 0)
        return -1;
    cleanup_runes struct runes runes = runes_of(value);
    size_t end = 0;
    if (at_end) {
        reverse(wanted.items, wanted.count);
        reverse(runes.items, runes.count);
    }
    if (!match_at(&wanted, &runes, 0, greedy, &end))
        end = 0;
    if (at_end)
        strbuf_add(out, value.ptr, runes.offsets[runes.count - end]);
    else
        strbuf_add(out, value.ptr + runes.offsets[end], value.len - runes.offsets[end]);
    return 0;
}

/* The next match from `from` on. What follows a star fails for the rest of a line when it fails once. */
static bool find(const struct runes *pattern, const struct runes *value, size_t from, size_t *ret_start,
                 size_t *ret_end)
{
    size_t first = segment_end(pattern, 0);
    for (size_t at = from; at <= value->count; at++) {
        if (!fits(pattern->items, first, value, at, value->count))
            continue;
        if (match_at(pattern, value, at, true, ret_end)) {
            *ret_start = at;
            return true;
        }
        at = line_end(value, at + first);
    }
    return false;
}

static bool rune_is_name(uint32_t rune)
{
    return rune == '_' || rune_is_letter(rune) || rune_is_digit(rune);
}

/* `$0`, `${0}`: the match. Other names are groups that are not there. `$$` is a dollar, and so is one
 * before anything else. Returns the length of what was read. */
static size_t add_reference(struct strbuf *out, struct span template, struct span match)
{
    bool braced = template.len > 1 && template.ptr[1] == '{';
    size_t start = braced ? 2 : 1, end = start, len;
    if (template.len > 1 && template.ptr[1] == '$') {
        strbuf_add_char(out, '$');
        return 2;
    }
    while (end < template.len &&
           rune_is_name(rune_decode(span_of(template.ptr + end, template.len - end), &len)))
        end += len;
    if (end == start || (braced && (end == template.len || template.ptr[end] != '}'))) {
        strbuf_add_char(out, '$');
        return 1;
    }
    bool whole = true;
    for (size_t i = start; i < end; i++)
        whole = whole && template.ptr[i] == '0';
    if (whole && end - start == 1)
        strbuf_add(out, match.ptr, match.len);
    return braced ? end + 1 : end;
}

static void add_replacement(struct strbuf *out, struct span template, struct span match)
{
    size_t at = 0;
    while (at < template.len) {
        if (template.ptr[at] == '$')
            at += add_reference(out, span_of(template.ptr + at, template.len - at), match);
        else
            strbuf_add_char(out, template.ptr[at++]);
    }
}

int pattern_replace(struct strbuf *out, struct span pattern, struct span value, struct span replacement,
                    bool all, size_t limit, struct error *err)
{
    cleanup_runes struct runes wanted = {.items = NULL};
    if (compile(&wanted, pattern, err) < 0)
        return -1;
    cleanup_runes struct runes runes = runes_of(value);
    size_t kept = 0, from = 0, start, end, last = SIZE_MAX;
    while (find(&wanted, &runes, from, &start, &end)) {
        size_t bytes = runes.offsets[start], behind = runes.offsets[end];
        if (start != end || start != last) {
            strbuf_add(out, value.ptr + kept, bytes - kept);
            if (all)
                add_replacement(out, replacement, span_of(value.ptr + bytes, behind - bytes));
            else
                strbuf_add(out, replacement.ptr, replacement.len);
            kept = behind;
        }
        if (out->len > limit)
            return error_set(err, ERROR_LIMIT, "a substitution grows beyond %zu bytes", limit);
        last = end;
        from = end > start ? end : end + 1;
        if (!all || from > runes.count)
            break;
    }
    strbuf_add(out, value.ptr + kept, value.len - kept);
    return 0;
}
