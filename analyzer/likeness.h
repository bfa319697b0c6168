/* Does a step of an image's history say what an instruction of a Dockerfile says? Each builder writes the
 * history in words of its own (image/history.h): the classic builder and buildah replace what COPY takes by
 * its digest, Go's lists print without commas, buildah quotes values. Both sides are brought to common words
 * once and then compared. */
#ifndef ULLAGE_ANALYZER_LIKENESS_H
#define ULLAGE_ANALYZER_LIKENESS_H

#include "core/arena.h"
#include "core/strvec.h"
#include "dockerfile/instruction.h"

struct history_step;

enum likeness {
    UNLIKE,
    ALIKE, /* nothing the history tells speaks against it, but it does not tell all */
    SAME,  /* it tells all, and the same */
};

/* A step in common words. */
struct told_step {
    enum instruction_kind kind; /* INSTRUCTION_UNKNOWN: it cannot be read */
    const char *words;          /* what stands behind the keyword */
    const char *command;        /* RUN: with its shell and build arguments */
    bool by_digest;             /* COPY and ADD: what is taken is told by its digest alone; `words` is where to */
};

/* An instruction in common words. */
struct wanted_step {
    enum instruction_kind kind;
    const char *words;
    const char *target;   /* COPY and ADD: the last word */
    const char *name;     /* ENV, LABEL, ARG: the first name */
    const char *shelled;  /* CMD and ENTRYPOINT in shell form: with the shell in front; NULL else */
    struct strvec commands; /* RUN: each spelling it may have */
    bool open;            /* a variable in it has no known value: only the name tells */
};

/* The texts live in the arena. */
void likeness_tell(struct told_step *ret_step, struct arena *arena, const struct history_step *step);

/* `args` as they were expanded; `shells` are the spellings of the shell that may hold there ("/bin/sh -c"). */
void likeness_want(struct wanted_step *ret_step, struct arena *arena,
                   const struct instruction *instruction, const struct strvec *args, bool open,
                   const struct strvec *shells);
void wanted_step_release(struct wanted_step *step);

enum likeness likeness_of(const struct wanted_step *wanted, const struct told_step *told);

/* The build arguments in front of a command ("|2 A=1 B=2 /bin/sh -c ..."), added to the list as NAME=VALUE;
 * none if a value cannot be told from what follows. */
void likeness_build_args(struct strvec *ret_pairs, const struct history_step *step);

#endif
