/* One instruction of a Dockerfile: its keyword, flags and arguments as BuildKit's parser takes them apart,
 * nothing expanded. Words carry both their text (without continuations; JSON strings decoded) and the bytes
 * of the document that they stand for. */
#ifndef ULLAGE_DOCKERFILE_INSTRUCTION_H
#define ULLAGE_DOCKERFILE_INSTRUCTION_H

#include "dockerfile/document.h"

enum instruction_kind {
    INSTRUCTION_ADD,
    INSTRUCTION_ARG,
    INSTRUCTION_CMD,
    INSTRUCTION_COPY,
    INSTRUCTION_ENTRYPOINT,
    INSTRUCTION_ENV,
    INSTRUCTION_EXPOSE,
    INSTRUCTION_FROM,
    INSTRUCTION_HEALTHCHECK,
    INSTRUCTION_LABEL,
    INSTRUCTION_MAINTAINER,
    INSTRUCTION_ONBUILD,
    INSTRUCTION_RUN,
    INSTRUCTION_SHELL,
    INSTRUCTION_STOPSIGNAL,
    INSTRUCTION_USER,
    INSTRUCTION_VOLUME,
    INSTRUCTION_WORKDIR,
    INSTRUCTION_UNKNOWN,
};

enum form {
    FORM_SHELL, /* the rest of the line is one argument, for a shell */
    FORM_EXEC,  /* a JSON array, an argument each */
    FORM_WORDS, /* words parted by blanks, or the rest of the line as one */
    FORM_PAIRS, /* ENV and LABEL: three arguments each: key, value and "=", or "" in the old form */
};

struct word {
    struct span text;
    struct extent extent; /* with the quotes of a JSON string; empty for the "" of an old pair */
};

/* `--name=value`. Quotes are gone from the text. */
struct flag {
    struct span text; /* all of it, with its dashes */
    struct span name, value;
    bool has_value;
    struct extent extent;
};

struct heredoc {
    struct span name;    /* the delimiter, unquoted */
    struct span content; /* the lines as they are, their ends included */
    bool expands;        /* no part of the delimiter was quoted */
    bool chomps;         /* <<- : leading tabs go */
    uint64_t fd;
    struct extent body;       /* content, in the document */
    struct extent terminator; /* its line, without the end */
};

/* From `joined` on, the joined line stands in the document from `source` on. */
struct piece {
    size_t joined, source;
};

struct instruction {
    enum instruction_kind kind;
    struct word keyword; /* as written */
    struct extent extent; /* from the keyword to the last byte, heredocs included, without the line's end */
    uint32_t line, end_line;
    struct span joined; /* the logical line: continuations gone, comments within gone */
    const struct piece *pieces;
    size_t piece_count;
    struct flag *flags;
    size_t flag_count;
    enum form form;
    struct word *args;
    size_t arg_count;
    struct word rest; /* all behind keyword and flags, as one */
    struct heredoc *heredocs;
    size_t heredoc_count;
    struct instruction *trigger; /* of ONBUILD: the instruction that stands in it; else NULL */
    size_t first_comment, comment_count; /* comments above it, up to a bare `#` */
    const char *error; /* why BuildKit refuses it, without prefix; NULL if it does not */
};

/* "run"; NULL for an unknown one. */
const char *instruction_kind_name(enum instruction_kind kind);
enum instruction_kind instruction_kind_of(struct span keyword);

/* The first flag of that name ("from"), NULL if there is none. */
const struct flag *instruction_flag(const struct instruction *instruction, const char *name);

/* Where a byte of the joined line stands in the document. */
size_t instruction_source(const struct instruction *instruction, size_t joined);
/* The same for a range of the joined line. */
struct extent instruction_source_extent(const struct instruction *instruction, size_t start, size_t end);

/* The words of a line that BuildKit takes for the start of heredocs. */
struct strvec;
void heredoc_words(struct span line, struct strvec *ret_names);

/* One word as COPY sees it: true if it names a heredoc. ret_ may be NULL. */
bool heredoc_parse(struct heredoc *ret_heredoc, struct span word, struct arena *arena);

#endif
