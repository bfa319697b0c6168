#include "analyzer/lint/pragma.h"

#include <string.h>
#include <strings.h>

#include "core/date.h"
#include "core/memory.h"

#define CODES_MAX 1000

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

static void skip_blanks(struct span *text)
{
    while (text->len && is_blank(*text->ptr)) {
        text->ptr++;
        text->len--;
    }
}

/* Takes a word up to a blank off the front. */
static struct span take_word(struct span *text)
{
    struct span word = {.ptr = text->ptr};
    skip_blanks(text);
    word.ptr = text->ptr;
    while (text->len && !is_blank(*text->ptr)) {
        text->ptr++;
        text->len--;
        word.len++;
    }
    return word;
}

/* Takes the word off the front if it stands there, blanks before it aside. */
static bool take(struct span *text, const char *word)
{
    struct span rest = *text;
    skip_blanks(&rest);
    size_t len = strlen(word);
    if (rest.len < len || strncasecmp(rest.ptr, word, len) != 0)
        return false;
    text->ptr = rest.ptr + len;
    text->len = rest.len - len;
    return true;
}

static bool take_assignment(struct span *text, const char *name)
{
    struct span rest = *text;
    if (!take(&rest, name))
        return false;
    skip_blanks(&rest);
    if (!take(&rest, "="))
        return false;
    *text = rest;
    return true;
}

static bool is_code_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* "DL3008, SC2086" up to what is no code; returns false if a comma lacks its code. */
static bool take_codes(struct span *text, struct pragma_code **ret_codes, size_t *ret_count,
                       struct arena *arena)
{
    struct pragma_code *codes = arena_alloc_zero(arena, (text->len / 2 + 1) * sizeof *codes);
    *ret_codes = codes;
    *ret_count = 0;
    do {
        size_t len = 0;
        skip_blanks(text);
        while (len < text->len && is_code_byte(text->ptr[len]))
            len++;
        if (!len || *ret_count == CODES_MAX)
            return false;
        codes[(*ret_count)++].text = arena_dup(arena, text->ptr, len);
        text->ptr += len;
        text->len -= len;
        skip_blanks(text);
    } while (take(text, ","));
    return true;
}

static void break_off(struct pragma *pragma, const char *why)
{
    pragma->kind = PRAGMA_BROKEN;
    pragma->broken = why;
}

static char *text_of(struct arena *arena, struct span span)
{
    while (span.len && is_blank(span.ptr[span.len - 1]))
        span.len--;
    return arena_dup(arena, span.ptr, span.len);
}

/* "because the mirror is pinned until 2027-01-01"; each part may be missing. */
static void read_reason(struct pragma *pragma, struct arena *arena, struct span text)
{
    skip_blanks(&text);
    struct span rest = text, because = {.ptr = NULL};
    bool reasoned = take(&rest, "because");
    because.ptr = rest.ptr;
    for (;;) {
        const char *before = rest.ptr;
        struct span word = take_word(&rest);
        if (!word.len || word.ptr[0] == '#') {
            because.len = (size_t)(before - because.ptr);
            break;
        }
        if (span_equals_text(word, "until")) {
            because.len = (size_t)(word.ptr - because.ptr);
            pragma->until = text_of(arena, take_word(&rest));
            if (!date_is_valid(pragma->until))
                break_off(pragma, "'until' takes a day such as 2027-01-01");
            break;
        }
        if (!reasoned) {
            break_off(pragma, "behind the rules stands 'because', 'until' or another '#'");
            return;
        }
    }
    skip_blanks(&because);
    if (reasoned && because.len)
        pragma->because = text_of(arena, because);
    else if (reasoned)
        break_off(pragma, "'because' takes a reason");
}

static void read_ignore(struct pragma *pragma, struct arena *arena, struct span text, bool ours)
{
    pragma->kind = PRAGMA_IGNORE;
    if (!take_codes(&text, &pragma->codes, &pragma->code_count, arena))
        break_off(pragma, "no rule stands there");
    else if (ours)
        read_reason(pragma, arena, text);
    else if (text.len && *text.ptr != '#')
        break_off(pragma, "behind the rules stands something else");
}

/* What follows "hadolint" or "ullage". */
static void read_linter(struct pragma *pragma, struct arena *arena, struct span text, bool ours)
{
    struct span rest = text;
    if (take(&rest, "global"))
        pragma->scope = PRAGMA_FILE;
    else if (take(&rest, "stage"))
        pragma->scope = PRAGMA_STAGE;
    else
        rest = text;
    if (take_assignment(&rest, "ignore")) {
        read_ignore(pragma, arena, rest, ours);
    } else if (take_assignment(&rest, "shell")) {
        pragma->kind = PRAGMA_SHELL;
        pragma->shell = text_of(arena, take_word(&rest));
    }
}

/* "skip=A,B|all;error=true;experimental=..." up to a blank. */
static void read_check(struct pragma *pragma, struct arena *arena, struct span text)
{
    struct span value = take_word(&text);
    while (value.len) {
        const char *end = memchr(value.ptr, ';', value.len);
        struct span part = span_of(value.ptr, end ? (size_t)(end - value.ptr) : value.len);
        value.ptr += part.len + (end != NULL);
        value.len -= part.len + (end != NULL);
        if (take_assignment(&part, "skip")) {
            pragma->kind = PRAGMA_IGNORE;
            pragma->all = span_equals_text(part, "all");
            if (!pragma->all &&
                !take_codes(&part, &pragma->codes, &pragma->code_count, arena))
                break_off(pragma, "no check stands there");
        } else if (take_assignment(&part, "experimental")) {
            pragma->kind = pragma->kind == PRAGMA_NONE ? PRAGMA_ENABLE : pragma->kind;
            pragma->experimental_all = span_equals_text(part, "all");
            if (!pragma->experimental_all &&
                !take_codes(&part, &pragma->experimental, &pragma->experimental_count, arena))
                break_off(pragma, "no check stands there");
        }
    }
}

void pragma_read(struct pragma *ret_pragma, struct arena *arena, struct span comment)
{
    struct span text = comment;
    *ret_pragma = (struct pragma){.kind = PRAGMA_NONE};
    if (!take(&text, "#"))
        return;
    if (take(&text, "hadolint") && text.len && is_blank(*text.ptr)) {
        read_linter(ret_pragma, arena, text, false);
        return;
    }
    text = comment;
    take(&text, "#");
    if (take(&text, "ullage") && text.len && is_blank(*text.ptr)) {
        read_linter(ret_pragma, arena, text, true);
        return;
    }
    text = comment;
    take(&text, "#");
    if (take_assignment(&text, "check"))
        read_check(ret_pragma, arena, text);
}
