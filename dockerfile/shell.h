/* A script is the shell text of one RUN, CMD, ENTRYPOINT or HEALTHCHECK, read into a tree: lists of
 * pipelines of commands of words. Nothing is run and nothing expanded. Every node knows the bytes it
 * stands on; the tree is as good as the text allows, and what a shell would refuse is an error in a list,
 * after which reading goes on.
 *
 * The Dockerfile's parser joins continued lines and drops comments between them before a shell sees the
 * text. Segments say where the bytes of the text came from, so that a range of the text is a range of the
 * Dockerfile again (script_origin).
 *
 * Ranges count bytes of the text. What was decoded before it was read, the inside of `...` or of sh -c
 * '...', has the ranges of where it was written. Reading takes time linear in the text. */
#ifndef ULLAGE_DOCKERFILE_SHELL_H
#define ULLAGE_DOCKERFILE_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/span.h"
#include "core/strbuf.h"

#define SCRIPT_BYTES_MAX ((size_t)4 << 20) /* a longer text is not read; real ones have some kB */
#define SCRIPT_DEPTH_MAX 64   /* constructs within constructs; people stop at about ten */
#define SCRIPT_ERRORS_MAX 100 /* errors that are kept; the rest is counted */

enum script_dialect {
    SCRIPT_POSIX,   /* sh, dash, ash */
    SCRIPT_BASH,    /* bash, ksh, zsh: what differs between them is not told apart */
    SCRIPT_UNKNOWN, /* some shell: read as bash */
    SCRIPT_FOREIGN, /* PowerShell, cmd, another language: not read at all */
};

struct script_range {
    uint32_t start, end;
};

/* From `text` on, up to the next segment, byte `text + n` of the script is byte `origin + n`. */
struct script_segment {
    size_t text;
    size_t origin;
};

enum script_part_kind {
    PART_LITERAL,    /* `text` is the value, escapes undone */
    PART_SINGLE,     /* '...' */
    PART_ANSI,       /* $'...' with its escapes decoded */
    PART_DOUBLE,     /* "..."; what it holds is `inner` */
    PART_PARAMETER,  /* $text, ${text}, ${text<operator>argument} */
    PART_COMMAND,    /* $(...) or `...`; `body` */
    PART_ARITHMETIC, /* $((...)); `inner` */
    PART_PROCESS,    /* <(...) or >(...); `body` */
    PART_GLOB,       /* * ? [ or a pattern of extglob */
    PART_TILDE,      /* ~ or ~user at a place where it is expanded; `text` has the tilde */
    PART_ARRAY,      /* the (...) of name=(...); its words are `argument` */
};

struct script_list;
struct script_word;

struct script_part {
    enum script_part_kind kind;
    struct script_range range;
    struct span text;
    struct span operator; /* of a parameter: ":-", "##", "/", "#" for its length, "!" for indirection */
    struct script_word *argument;
    struct script_part *inner;
    struct script_list *body;
    struct script_part *next;
};

enum script_word_flags {
    WORD_QUOTED = 1,   /* some of it is quoted or escaped */
    WORD_EXPANDS = 2,  /* holds a parameter, a command, arithmetic: its value is not known here */
    WORD_GLOB = 4,     /* may become names of files */
    WORD_TILDE = 8,    /* begins with a home directory */
    WORD_BRACE = 16,   /* bash makes several of it: {a,b} */
    WORD_ARRAY = 32,
    WORD_ASSIGNS = 64, /* NAME=, NAME+= or NAME[...]= in front, not quoted */
};

/* A word as it is written, before anything is expanded. */
struct script_word {
    struct script_range range;
    uint32_t flags;
    /* What stands there with the quotes taken off; expansions, globs and tildes as they are written. */
    struct span value;
    struct script_part *parts; /* NULL: one plain literal, `value` */
    struct script_word *next;
};

struct script_redirection {
    struct script_range range;
    int fd;              /* as written before the operator, else -1 */
    struct span operator; /* ">", ">>", "<", "<<", "<<-", "<<<", ">&", "<&", ">|", "<>", "&>", "&>>" */
    struct script_word *target; /* of a here-document its delimiter; NULL after an error */
    struct script_word *body;   /* of a here-document; its value has the tabs of <<- taken off */
    bool literal;               /* a here-document in which nothing expands */
    struct script_redirection *next;
};

enum script_form {
    COMMAND_SIMPLE,
    COMMAND_SUBSHELL,
    COMMAND_GROUP,
    COMMAND_IF,
    COMMAND_FOR,
    COMMAND_SELECT,
    COMMAND_WHILE,
    COMMAND_UNTIL,
    COMMAND_CASE,
    COMMAND_FUNCTION,
    COMMAND_TEST,       /* [[ ... ]] */
    COMMAND_ARITHMETIC, /* (( ... )) */
};

/* One branch: of `if` a test and what it guards (no test: else), of a loop its test and body, of `case`
 * its patterns and body, of all others the body alone. */
struct script_clause {
    struct script_word *patterns;
    struct script_list *test;
    struct script_list *body;
    struct script_clause *next;
};

struct script_command {
    enum script_form form;
    struct script_range range;
    struct script_word *assignments; /* of a simple command, name=value */
    /* Of a simple command the name and its arguments; of `for` and `select` what is looped over, of `case`
     * what is compared; of [[ all that is between; of (( one word. */
    struct script_word *words;
    size_t word_count;
    struct script_word *name; /* the variable of a loop, the name of a function */
    struct script_redirection *redirections;
    struct script_clause *clauses;
    bool pipe_stderr;               /* |& behind it */
    struct script_range pipe;       /* the | behind it; empty for the last of a pipeline */
    struct script_command *next;    /* in the pipeline */
};

enum script_joint { JOINT_FIRST, JOINT_THEN, JOINT_AND, JOINT_OR };

/* A pipeline and how it hangs on the one before it: after ; or a newline, && or ||. */
struct script_pipeline {
    enum script_joint joint;
    struct script_range joint_range; /* of the operator; empty for the first */
    struct script_range range;
    bool negated;
    bool timed;
    bool background; /* & ends the chain that ends here */
    struct script_command *commands;
    size_t command_count;
    struct script_pipeline *next;
};

struct script_list {
    struct script_range range;
    struct script_pipeline *first;
    size_t count;
};

struct script_comment {
    struct script_range range;
    struct script_comment *next;
};

struct script_error {
    struct script_range range;
    const char *text;
};

struct script {
    struct arena arena;
    struct span text; /* the caller's */
    enum script_dialect dialect;
    const struct script_segment *segments; /* the caller's; none: the text stands at 0 of its origin */
    size_t segment_count;
    struct script_list *list; /* never NULL; empty for SCRIPT_FOREIGN */
    struct script_comment *comments; /* the last one first */
    struct script_error *errors;
    size_t error_count;  /* of those kept */
    size_t errors_more;
    bool incomplete; /* a limit stopped the work */
};

/* Reads `text`, which must outlive the script, as must `segments`. There is no failure but errors. */
void script_parse(struct script *ret_script, struct span text, enum script_dialect dialect,
                  const struct script_segment *segments, size_t segment_count);
void script_release(struct script *script);

#define cleanup_script __attribute__((cleanup(script_release)))

/* Reads the value of a constant word as a script of its own, as sh -c would. The list belongs to the
 * script, and ranges are those of where the word is written. */
struct script_list *script_parse_word(struct script *script, const struct script_word *word,
                                      enum script_dialect dialect);

/* Where a range of the text came from. */
struct script_range script_origin(const struct script *script, struct script_range range);
/* The text of a range. */
struct span script_source(const struct script *script, struct script_range range);

static inline bool script_word_is_constant(const struct script_word *word)
{
    return !(word->flags & (WORD_EXPANDS | WORD_ARRAY));
}

/* Gives the value of a variable; false: nobody knows it. */
typedef bool script_lookup(void *context, struct span name, struct span *ret_value);

/* The word's value with variables replaced by what `lookup` tells of them. False when something in it
 * stays unknown; `out` then holds what stands there as it is written. */
bool script_word_resolve(const struct script_word *word, script_lookup *lookup, void *context,
                         struct strbuf *out);

/* How a SHELL instruction's words make a shell: what it speaks and which options are on from the start. */
struct script_shell {
    enum script_dialect dialect;
    bool errexit;
    bool pipefail;
};

/* `words` as in ["/bin/bash", "-eo", "pipefail", "-c"]; none is docker's default, /bin/sh -c. */
struct script_shell script_shell_of(const char *const *words, size_t count);
/* The interpreter of a text that begins with #!; SCRIPT_UNKNOWN without one. */
enum script_dialect script_dialect_of_shebang(struct span text);

#endif
