/* A Dockerfile as a document: every byte of it, and what BuildKit makes of them. The bytes are kept as they
 * came; all that is found in them carries its byte range, so that a finding can point and a fix can replace.
 * Parsing goes on after an error: what BuildKit would say stands first in `errors`, and the rest is read as
 * if the faulty instruction were right.
 *
 * A document owns everything that hangs on it; pointers into it live until document_free. It never changes:
 * a fix makes new text (edit.h), which is parsed again. */
#ifndef ULLAGE_DOCKERFILE_DOCUMENT_H
#define ULLAGE_DOCKERFILE_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"

#define DOCUMENT_BYTES_MAX ((size_t)64 << 20) /* a Dockerfile of more is none; BuildKit's own end is 2 MiB */
#define DOCUMENT_LINE_MAX 65535 /* BuildKit's scanner gives up on a longer physical line */
#define DOCUMENT_TRIGGERS_MAX 1000 /* ONBUILD within ONBUILD; BuildKit refuses the second */

struct instruction;

/* Bytes of the document, from `start` up to but without `end`. */
struct extent {
    size_t start, end;
};

/* Where a byte stands for a reader: lines and columns count from 1, columns in bytes. */
struct place {
    uint32_t line, column;
};

/* `# name=value` in the first lines. Name in lower case. */
struct directive {
    struct span name, value;
    struct extent extent; /* of the whole line, without its end */
    uint32_t line;
};

/* A line that is a comment, also one between continued lines. `text` is what follows the `#`, trimmed. */
struct comment {
    struct span text;
    struct extent extent; /* from the `#` to the end of the line */
    uint32_t line;
    bool inside; /* between the lines of an instruction */
};

/* What BuildKit would say, in its own words. A document with an error is one it refuses; the first is its
 * verdict. */
struct complaint {
    const char *text; /* the whole message */
    uint32_t line, end_line; /* 0: BuildKit says so of a directive on the first line */
    bool by_parser; /* the tree was not built; else a check refused the instruction */
};

struct document {
    struct arena arena;
    struct span text; /* all bytes, a byte order mark included */
    char escape;
    struct directive *directives; /* those that BuildKit's parser obeys, in their order */
    size_t directive_count;
    struct comment *comments;
    size_t comment_count;
    struct instruction *instructions; /* instruction.h */
    size_t instruction_count;
    struct complaint *errors;
    size_t error_count;
    struct complaint *warnings;
    size_t warning_count;
    size_t *lines; /* where each line starts */
    size_t line_count;
};

/* Parses a copy of the text. Fails only beyond DOCUMENT_BYTES_MAX. */
int document_parse(struct document **ret_document, struct span text, struct error *err);
void document_free(struct document *document);

static inline void document_release(struct document **document)
{
    document_free(*document);
    *document = NULL;
}
#define cleanup_document __attribute__((cleanup(document_release)))

struct place document_place(const struct document *document, size_t offset);
struct span document_bytes(const struct document *document, struct extent extent);
/* A line without its end, 1 being the first; empty beyond the last. */
struct span document_line(const struct document *document, uint32_t line);

/* Whether BuildKit's parser builds a tree, and whether its checks accept that too. */
bool document_has_tree(const struct document *document);
static inline bool document_is_accepted(const struct document *document)
{
    return document->error_count == 0;
}

/* The value of `syntax` or `check` as BuildKit's frontend finds it before it parses, which also looks below
 * `#!`, and for `syntax` in `//` comments. ptr is NULL if there is none. */
struct span document_find_directive(const struct document *document, const char *name);

struct strbuf;
/* Writes the document's bytes: its text, piece by piece as it was taken apart. */
void document_print(const struct document *document, struct strbuf *out);
/* BuildKit's own s-expressions of the tree, one instruction a line. */
void document_dump(const struct document *document, struct strbuf *out);

#endif
