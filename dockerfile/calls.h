/* The programs that a script calls, in the order in which they are written: what a rule looks at. A call is
 * a simple command, or what a program that only runs another one was told to run: sudo, env, xargs, sh -c
 * '...' and the like are calls themselves, and what they run is the next one, reached `through` them.
 *
 * A call's words are sorted by the table of its tool (dockerfile/shell/tools.def) into a subcommand, options
 * with their values, and operands. Words whose value is not known until a shell runs are there too; ask
 * script_word_is_constant. With each call stands what holds when it runs, as far as the text tells:
 * errexit and pipefail, the folder, the variables. */
#ifndef ULLAGE_DOCKERFILE_CALLS_H
#define ULLAGE_DOCKERFILE_CALLS_H

#include "dockerfile/shell.h"

#define CALL_DEPTH_MAX 16        /* sh -c within sh -c; each level costs two */
#define CALL_FOLDER_MAX 4096     /* a longer path is one that Linux does not open */
#define CALL_VARIABLES_SEEN 1000 /* so many assignments before a call are looked at */

struct call_option {
    struct span name;  /* as written, without dashes */
    struct span names; /* all it is known by: "y,yes,assume-yes"; empty: the table has no such option */
    struct span value;
    const struct script_word *word;
    const struct script_word *value_word; /* the word that ends in the value; NULL: there is none */
};

/* What is known of a fact that a script sets. */
enum call_fact { FACT_NO, FACT_YES, FACT_MAYBE };

struct call_variable {
    const struct script_word *word; /* NAME=value */
    struct span name;
    struct span value; /* as in script_word */
    bool constant;
    bool exported;
    const struct call_variable *before;
};

struct call_state {
    enum call_fact errexit;
    enum call_fact pipefail;
    bool folder_known;
    bool folder_changed; /* a cd came before, in the same shell */
    struct span folder;  /* absolute, or below the folder in which the script starts */
    const struct call_variable *variables; /* the latest first */
};

struct tool;

struct call {
    const struct script_command *command; /* where it is written, or what runs it */
    const struct call *through;           /* the call that runs this one, NULL: the shell does */
    struct script_word *const *words;     /* the name and its arguments */
    size_t word_count;
    struct script_range range; /* from the name to the last word */
    struct span name;          /* without its folder; empty if it is not known */
    const struct tool *tool;   /* NULL: no row of the table */
    struct span subcommand;    /* by its first name in the table: "install" for npm i,
                                  "module.install" for two words; empty: none */
    const struct script_word *subcommand_word;
    struct call_option *options;
    size_t option_count;
    const struct script_word **operands; /* behind the subcommand */
    size_t operand_count;
    const struct script_word *assignments; /* directly in front; those of env are in the state */
    struct call_state state;
    const struct call_variable *expanding; /* what the shell knows when it expands the words */
    bool conditional; /* in a branch, a loop, a function, or behind || */
    bool deferred;    /* in a function or a trap */
    bool substituted; /* in $(...), `...` or <(...) */
    const struct script_pipeline *pipeline;
    enum script_joint joint; /* how its pipeline hangs on the one before */
    uint32_t sequence;       /* its number */
};

/* A pipeline of two commands or more. */
struct call_pipe {
    const struct script_pipeline *pipeline;
    enum call_fact pipefail;
    struct script_range range;
};

struct calls {
    struct script *script;
    script_lookup *lookup; /* of calls_start */
    void *context;
    struct call **items;
    size_t count;
    struct call_pipe *pipes;
    size_t pipe_count;
    bool incomplete; /* CALL_DEPTH_MAX stopped the work somewhere */
};

/* What holds when the script starts. */
struct calls_start {
    struct script_shell shell;
    struct span folder; /* WORKDIR; empty: not known */
    script_lookup *lookup; /* values of ENV and ARG; NULL: none is known */
    void *context;
};

/* Memory is the script's. */
void calls_find(struct calls *ret_calls, struct script *script, const struct calls_start *start);

bool call_is(const struct call *call, const char *name);
/* One of several, in one string: "apt-get apt aptitude". */
bool call_is_one_of(const struct call *call, const char *names);
bool call_does(const struct call *call, const char *name, const char *subcommand);

/* An option by any name that the table has for it ("y", "assume-yes"), or as written; the last one given
 * counts. NULL: it is not there. */
const struct call_option *call_option(const struct call *call, const char *name);
size_t call_option_count(const struct call *call, const char *name);
/* It is there and its value is none of: false, no, 0, off. */
bool call_option_is_on(const struct call *call, const char *name);
bool call_option_is(const struct call_option *option, const char *name);
bool call_has_operand(const struct call *call, const char *value);

/* The variable as the call sees it: set in front of it, by env, by an earlier assignment or export. */
const struct call_variable *call_variable(const struct call *call, const char *name);

/* The word's value with the variables that the call sees, and those that `lookup` knows; false where
 * something stays unknown, `out` then has it as it is written. */
bool call_word_value(const struct calls *calls, const struct call *call,
                     const struct script_word *word, struct strbuf *out);

/* Whether a program of this kind is reached through another: sudo, xargs. */
bool call_is_through(const struct call *call, const char *name);

/* A path of the call's words made absolute by the folder it runs in; false where that is not known. */
bool call_path(const struct call *call, struct span path, struct strbuf *out);

#endif
