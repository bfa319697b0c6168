/* Source code read with caution: words, texts, numbers and signs in order, comments left out, so
 * that what stands in a comment or within a text is never taken for code. Nothing is executed or
 * evaluated. Enough for configurations that are programs: next.config.js, build.gradle, Gemfile,
 * mix.exs, Package.swift, wsgi.py. */
#ifndef ULLAGE_GENERATOR_SOURCE_H
#define ULLAGE_GENERATOR_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/span.h"

enum source_language {
    SOURCE_C, /* // and block comments; JavaScript, Java, Kotlin, Groovy, Go, Rust, Swift, Zig */
    SOURCE_SCRIPT, /* # comments; Python, Ruby, Elixir, shell, CMake */
};

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_NUMBER, TOKEN_SIGN };

struct token {
    enum token_kind kind;
    struct span text; /* of a text without its quotes */
    uint32_t line;
    unsigned indent; /* of its line */
};

struct source {
    struct span text;
    enum source_language language;
    size_t at;
    uint32_t line;
    size_t line_start;
};

struct source source_of(struct span text, enum source_language language);
/* The next token; TOKEN_END at the end, again and again. */
struct token source_next(struct source *source);

static inline bool token_is(struct token token, enum token_kind kind, const char *text)
{
    return token.kind == kind && span_equals_text(token.text, text);
}

/* The text or word behind the first "NAME :", "NAME =", "NAME (" or "NAME" itself; false if there
 * is none. */
bool source_setting(struct span text, enum source_language language, const char *name,
                    struct token *ret_token);

#endif
