#include <errno.h>
#include <stdlib.h>

#include "dockerfile/expand.h"
#include "dockerfile/instruction.h"
#include "dockerfile/unicode.h"

/* The lexer of heredocs has a backslash for its escape, whatever the file says. */
static const struct expand_options of_line = {
    .escape = '\\', .raw_quotes = true, .raw_escapes = true, .skip_unset = true};
static const struct expand_options unquoted = {.escape = '\\', .skip_unset = true};
static const struct expand_options quoted = {.escape = '\\', .raw_quotes = true, .skip_unset = true};

static size_t count_quotes(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\'' || *text == '"';
    return count;
}

static bool is_regexp_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

bool heredoc_parse(struct heredoc *ret_heredoc, struct span word, struct arena *arena)
{
    size_t at = 0;
    struct heredoc heredoc = {.chomps = false};
    while (at < word.len && word.ptr[at] >= '0' && word.ptr[at] <= '9') {
        uint64_t digit = (uint64_t)(word.ptr[at++] - '0');
        heredoc.fd = heredoc.fd > (UINT64_MAX - digit) / 10 ? UINT64_MAX : heredoc.fd * 10 + digit;
    }
    if (word.len - at < 2 || memcmp(word.ptr + at, "<<", 2) != 0)
        return false;
    at += 2;
    if (at < word.len && word.ptr[at] == '-') {
        heredoc.chomps = true;
        at++;
    }
    while (at < word.len && is_regexp_space(word.ptr[at]))
        at++;
    struct span rest = span_of(word.ptr + at, word.len - at);
    if (!rest.len || memchr(rest.ptr, '<', rest.len))
        return false;
    cleanup_expansion struct expansion name = EXPANSION_INIT, raw = EXPANSION_INIT;
    if (expand_word(&name, rest, NULL, &unquoted, NULL) < 0 || name.words.count != 1 ||
        expand_word(&raw, rest, NULL, &quoted, NULL) < 0 || raw.words.count != 1)
        return false;
    heredoc.expands = count_quotes(name.words.items[0]) == count_quotes(raw.words.items[0]);
    if (ret_heredoc && arena) {
        heredoc.name = span_of_text(arena_dup_text(arena, name.words.items[0]));
        *ret_heredoc = heredoc;
    }
    return true;
}

void heredoc_words(struct span line, struct strvec *ret_names)
{
    cleanup_expansion struct expansion words = EXPANSION_INIT;
    if (expand_word(&words, line, NULL, &of_line, NULL) < 0)
        return;
    for (size_t i = 0; i < words.words.count; i++)
        if (heredoc_parse(NULL, span_of_text(words.words.items[i]), NULL))
            strvec_add(ret_names, words.words.items[i]);
}
