/* What comments say to linters:
 *
 *     # hadolint ignore=DL3008,SC2086          the instruction below
 *     # hadolint stage ignore=DL3006           the stage that the FROM below begins
 *     # hadolint global ignore=DL3003          the file
 *     # hadolint shell=powershell              the shell from here on
 *     # check=skip=JSONArgsRecommended         the file at its top, else the instruction below
 *     # ullage ignore=DL3008 because the mirror is pinned until 2027-01-01
 *
 * `ullage` takes all that hadolint has. What a comment suppresses it keeps count of. */
#ifndef ULLAGE_ANALYZER_LINT_PRAGMA_H
#define ULLAGE_ANALYZER_LINT_PRAGMA_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/span.h"
#include "dockerfile/document.h"

enum pragma_scope {
    PRAGMA_INSTRUCTION,
    PRAGMA_STAGE,
    PRAGMA_FILE,
};

enum pragma_kind {
    PRAGMA_NONE, /* a comment like any other */
    PRAGMA_IGNORE,
    PRAGMA_ENABLE, /* check=experimental= alone */
    PRAGMA_SHELL,
    PRAGMA_BROKEN, /* meant for a linter, but not understood */
};

struct pragma_code {
    const char *text;
    bool used; /* it suppressed something */
};

struct pragma {
    enum pragma_kind kind;
    enum pragma_scope scope;
    bool all;          /* check=skip=all */
    bool used;         /* `all` suppressed something */
    struct pragma_code *codes;
    size_t code_count;
    bool experimental_all; /* check=experimental=all */
    struct pragma_code *experimental;
    size_t experimental_count;
    const char *shell;
    const char *because; /* NULL: no reason given */
    const char *until;   /* YYYY-MM-DD, the last day; NULL: for good */
    const char *broken;  /* what is wrong with it */
    uint32_t line;       /* of the comment, from 1; set by who knows it, as are these: */
    struct extent extent;
    bool inside; /* between the lines of an instruction */
};

/* Reads the text of one comment, from its '#'. Texts live in the arena. */
void pragma_read(struct pragma *ret_pragma, struct arena *arena, struct span comment);

#endif
