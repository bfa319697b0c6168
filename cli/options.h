/* An option is a row of a table. The row says how the option is written, what it takes and
 * where its value goes, and from it come the parser, --help, the man page and shell
 * completion, so that they cannot disagree. Values are stored into a struct of the command,
 * at the offset the row names:
 *
 *     OPTION_FLAG     bool                 --x, and --no-x takes it back
 *     OPTION_TEXT     const char *         the text of argv, borrowed
 *     OPTION_LIST     struct strvec        one item for each time the option is given
 *     OPTION_INT      int64_t              min to max
 *     OPTION_SIZE     int64_t              bytes; min to max unless both are 0
 *     OPTION_CHOICE   int or an enum       the index of the word in `choices`
 *
 * A flag named "no-x" is undone by --x. A table ends with OPTION_END. */
#ifndef ULLAGE_CLI_OPTIONS_H
#define ULLAGE_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/strvec.h"

enum option_type {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_LIST,
    OPTION_INT,
    OPTION_SIZE,
    OPTION_CHOICE,
};

/* What a shell may offer where an argument is expected. */
enum complete {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_DIRECTORY,
    COMPLETE_COMMAND,
    COMPLETE_TOPIC, /* commands and help topics */
};

struct option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    enum option_type type;
    size_t offset; /* see OPTION_AT */
    size_t size;
    const char *argument;       /* what help calls the value: "FILE" */
    const char *const *choices; /* ends with NULL; else than for OPTION_CHOICE, a hint */
    int64_t min;
    int64_t max;
    const char *summary;     /* one sentence without a full stop */
    const char *group;       /* heading in help; NULL: "Options" */
    const char *fallback;    /* what help calls the default, which the defaults hold */
    const char *environment; /* variable that is read when the option is not given */
    enum complete complete;
    bool hidden;
};

/* .offset and .size of a row, from a struct and its member. */
#define OPTION_AT(type, member)                                                            \
    .offset = offsetof(type, member), .size = sizeof(((type *)NULL)->member)

/* clang-format off */
#define OPTION_END {.name = NULL}
/* clang-format on */

/* A table with the struct its values go to. `given`, if there, has a place for each row. */
struct option_scope {
    const struct option *rows;
    void *values;
    bool *given;
};

/* The words that are no options, in order; the words themselves are argv's. */
struct operands {
    char **items;
    size_t count;
    size_t capacity;
};

static inline bool option_takes_value(const struct option *row)
{
    return row->type != OPTION_FLAG;
}

size_t options_count(const struct option *rows);
const struct option *options_find(const struct option *rows, const char *name);

/* Reads `args`. Where two scopes have a name, the earlier one gets it. Operands are
 * appended; as soon as there are `operands_end_options` of them (0: never) the rest is
 * operands too, so that `run IMAGE ls -l` leaves -l alone. */
int options_parse(const struct option_scope *scopes, size_t scope_count, char **args,
                  size_t count, size_t operands_end_options, struct operands *operands,
                  struct error *err);

/* The index of the first operand of `args`, or `count`. The scopes need no values. */
size_t options_first_operand(const struct option_scope *scopes, size_t scope_count,
                             char **args, size_t count);

/* Sets from the environment what the command line left alone. */
int options_read_environment(const struct option_scope *scope, struct error *err);

/* Stores one value as if it had been given. A flag takes true, yes, on, 1 and their
 * opposites. `text` must outlive `values`. */
int option_assign(const struct option *row, void *values, const char *text,
                  struct error *err);

/* Frees the lists. */
void options_release(const struct option *rows, void *values);
void operands_release(struct operands *operands);

/* Whether the rows are in themselves sound: used by tests, as a row cannot be checked by
 * the compiler. */
int options_check(const struct option *rows, struct error *err);

#endif
