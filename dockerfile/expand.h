/* Words of a Dockerfile as BuildKit's shell lexer expands them: quotes, escapes, `$name`, `${name}` and its
 * modifiers. Not a shell: no commands, no globs, and a value is never expanded again. */
#ifndef ULLAGE_DOCKERFILE_EXPAND_H
#define ULLAGE_DOCKERFILE_EXPAND_H

#include <stdbool.h>

#include "core/error.h"
#include "core/span.h"
#include "core/strbuf.h"
#include "core/strvec.h"
#include "core/table.h"

#define EXPAND_DEPTH_MAX 1000 /* ${a:-${b:-...}}; each level is a call of ours */
#define EXPAND_BYTES_MAX ((size_t)8 << 20) /* a replacement may repeat a value often */

/* Variables by name. Zero-initialised is empty. */
struct variables {
    struct strvec names, values;
    struct table index;
    bool ignores_case; /* Windows; set before the first name */
};

#define VARIABLES_INIT {.names = STRVEC_INIT, .values = STRVEC_INIT, .ignores_case = false}

void variables_set(struct variables *variables, const char *name, const char *value);
/* "NAME=VALUE"; without a `=` the value is empty. */
void variables_set_pair(struct variables *variables, const char *pair);
/* NULL if it is not set. */
const char *variables_get(const struct variables *variables, const char *name);
void variables_copy(struct variables *to, const struct variables *from);
void variables_release(struct variables *variables);
#define cleanup_variables __attribute__((cleanup(variables_release)))

struct expand_options {
    char escape; /* 0: backslash */
    bool raw_quotes;  /* quotes stay */
    bool raw_escapes; /* escape characters stay */
    bool skip_quotes; /* quotes are letters like others: bodies of heredocs */
    bool skip_unset;  /* what is not set stays as it is written */
};

struct expansion {
    struct strbuf text;      /* the word, expanded */
    struct strvec words;     /* the same, split at blanks that no quotes held */
    struct strvec matched;   /* variables that were found, sorted, each once */
    struct strvec unmatched; /* and those that were not */
};

#define EXPANSION_INIT \
    {.text = STRBUF_INIT, .words = STRVEC_INIT, .matched = STRVEC_INIT, .unmatched = STRVEC_INIT}

/* Expands one word. ERROR_INPUT carries BuildKit's text: `failed to process "${A": syntax error: ...`. */
int expand_word(struct expansion *ret_expansion, struct span word, const struct variables *variables,
                const struct expand_options *options, struct error *err);
void expansion_release(struct expansion *expansion);
#define cleanup_expansion __attribute__((cleanup(expansion_release)))

#endif
