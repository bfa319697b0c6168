/* Linting one Dockerfile. The file is parsed and walked once; each instruction becomes a step, with what
 * holds when it is reached: its stage, shell, user, folder, the values of variables, the programs its shell
 * text calls. Rules (rule.h) look at the steps and report; comments and the configuration then take away
 * what nobody wants to hear. No rule reads shell text but through the calls of a step. */
#ifndef ULLAGE_ANALYZER_LINT_LINT_H
#define ULLAGE_ANALYZER_LINT_LINT_H

#include "analyzer/lint/config.h"
#include "analyzer/lint/pragma.h"
#include "analyzer/lint/result.h"
#include "dockerfile/calls.h"
#include "dockerfile/ignore.h"
#include "dockerfile/instruction.h"
#include "dockerfile/stage.h"

/* What a local image says of itself: what a rule must know of a base it knows from here alone. */
struct lint_base {
    const char *reference; /* as FROM names it */
    const char *platform;  /* "linux/arm64"; NULL: not told */
    const char *user;      /* "" is root */
    const char *workdir;
    struct strvec env; /* "NAME=VALUE" */
    bool has_shell;    /* a SHELL was set */
    bool has_healthcheck;
};

struct lint_options {
    const struct lint_config *config;
    const struct build_options *build; /* NULL: nothing is known of the build */
    const struct ignore *ignore;       /* the context's .dockerignore; NULL: there is none */
    const struct lint_base *bases;
    size_t base_count;
    const char *today; /* YYYY-MM-DD, for comments that end; NULL: none ends */
};

/* A --mount of RUN. Texts are "" where nothing is given. */
struct lint_mount {
    const struct flag *flag;
    const char *type; /* "bind" if nothing is given */
    const char *from, *source, *target, *id, *sharing;
};

/* A value that ENV or ARG gave. */
struct lint_binding {
    const char *name;
    const char *value; /* expanded; NULL: not known, or ARG without a default */
    bool is_arg;
    const struct lint_step *step; /* that gave it; NULL: the base image or the build did */
    const struct lint_binding *before;
};

struct lint_step {
    const struct instruction *instruction;
    const struct lint_step *onbuild; /* the ONBUILD whose trigger this is; NULL: none */
    size_t number;                   /* its index */
    size_t stage;                    /* STAGE_NONE before the first FROM */
    struct strvec args;              /* expanded where BuildKit expands them */
    struct strvec unmatched;         /* variables in them that have no value */
    const char *expand_error;        /* why they cannot be expanded; NULL */

    /* what holds before it */
    struct script_shell shell;
    bool shell_given;    /* by SHELL or the base image */
    const char *user;    /* as written, expanded; NULL: what the base image has */
    const char *workdir; /* absolute; NULL: not known */
    bool workdir_given;  /* by WORKDIR, in this stage or one it is built on */
    const struct lint_binding *bindings; /* the latest first */

    struct script *script; /* its shell text; NULL: it has none, or none that we read */
    struct calls *calls;   /* of the script; NULL likewise */
    struct lint_mount *mounts;
    size_t mount_count;
};

/* How each stage ends. */
struct lint_stage {
    const struct stage *stage;
    size_t first, count;   /* its steps, FROM included */
    const struct lint_base *base; /* the image it is built on, if that is known here */
    const char *user, *workdir;   /* as in lint_step, behind the last step */
    bool shell_given, workdir_given;
    struct script_shell shell;
    const struct lint_binding *bindings;
    bool is_last;
    bool is_used; /* the last one, and what it is built on or copies from */
};

struct lint {
    struct lint_result *result;
    const struct lint_options *options;
    const struct lint_config *config;
    const struct document *document;
    const struct stages *stages;
    struct arena *arena; /* the result's: texts of fixes live there */
    struct lint_step *steps;
    size_t count;
    struct lint_stage *stage; /* by number */
    size_t stage_count;
    struct pragma *pragmas; /* one for each comment that means something */
    size_t pragma_count;

    const struct lint_rule *rule; /* that is being asked */
    struct lint_finding *last;    /* what it reported last */
    struct lint_fix *last_fix;
    size_t *instructions; /* of each finding: the index of its instruction in the document */
    size_t instruction_capacity;
};

/* Lints a text. Never fails for what it holds: a file that BuildKit refuses has a finding, DL1000, that says
 * so. The result is to be released. */
int lint_run(struct lint_result *ret_result, const char *file, struct span text,
             const struct lint_options *options, struct error *err);

/* Reporting. The message is one line and is escaped here. `step` may be NULL for what is about the file. */
void lint_report(struct lint *lint, const struct lint_step *step, struct extent extent,
                 const char *format, ...) PRINTF_LIKE(4, 5);
/* Begins the fix of what was reported last. `unsafe` says what may behave differently, NULL: nothing.
 * Edits then follow in any order; they must not overlap. */
void lint_fix(struct lint *lint, const char *title, const char *unsafe);
void lint_edit(struct lint *lint, struct extent extent, const char *format, ...) PRINTF_LIKE(3, 4);

/* Asking */

static inline bool step_is(const struct lint_step *step, enum instruction_kind kind)
{
    return step->instruction->kind == kind;
}

/* Bytes of the document for what a script knows as a range of its text. */
struct extent lint_extent(const struct lint_step *step, struct script_range range);
/* The whole instruction but its heredocs' bodies: what a finding about the instruction points at is its
 * keyword up to the end of its first line. */
struct extent lint_line(const struct lint *lint, const struct lint_step *step);

const struct lint_binding *step_binding(const struct lint_step *step, const char *name);
/* An argument as it was written, and expanded; "" beyond the last. */
const char *step_arg(const struct lint_step *step, size_t index);
/* The value of a flag ("from"), NULL without it. */
const char *step_flag(struct lint *lint, const struct lint_step *step, const char *name);
/* Does a mount of that type ("cache") stand over the path, so that what is written there is in no layer? */
bool step_mounts_over(const struct lint_step *step, const char *path);

/* Calls of every step in turn; NULL at the end. Start with {0}. */
struct lint_walk {
    size_t step, call;
};
struct lint_found {
    const struct lint_step *step;
    const struct call *call;
};
bool lint_next_call(const struct lint *lint, struct lint_walk *walk, struct lint_found *ret_found);

#endif
