/* The table of tools: which options each has, which of them take a value, what its subcommands are, and
 * whether it runs another program. tools.def has the rows. */
#ifndef ULLAGE_DOCKERFILE_SHELL_TOOLS_H
#define ULLAGE_DOCKERFILE_SHELL_TOOLS_H

#include <stdbool.h>

#include "core/span.h"

enum tool_style {
    STYLE_GNU = 0,    /* -abc is -a -b -c; --long; options stand anywhere */
    STYLE_FIRST = 1,  /* options end at the first operand */
    STYLE_WORDS = 2,  /* -name is one option: go, find, java */
    STYLE_BUNDLE = 4, /* the first word may be letters without their dash: tar xzf */
    STYLE_SUBCOMMANDS = 8,
    STYLE_PLAIN = 16, /* nothing is an option: echo */
};

enum tool_runs {
    RUNS_NOTHING,
    RUNS_OPERANDS,     /* its operands are a command */
    RUNS_SECOND,       /* the same, behind one of its own: timeout 5 cmd */
    RUNS_ASSIGNED,     /* the same, behind assignments: env A=b cmd */
    RUNS_OPTION_C,     /* the first operand is a script if there is -c: sh -c */
    RUNS_VALUE_C,      /* the value of -c is a script: su -c */
    RUNS_SCRIPT,       /* its operand is a script: eval */
    RUNS_TRAP,         /* its first operand is a script for later */
    RUNS_MODULE,       /* the value of -m and what follows: python -m pip */
    RUNS_EXEC,         /* what stands between -exec and ; or + */
};

struct tool {
    const char *names;   /* parted by blanks, the first is what it is called here */
    const char *options; /* see tools.def */
    unsigned style;
    enum tool_runs runs;
    enum { ROW_TOOL, ROW_SUBCOMMAND, ROW_SUBCOMMANDS } row; /* subcommands are of the tool before */
};

struct tool_option {
    struct span names;
    enum { OPTION_PLAIN, OPTION_VALUE, OPTION_VALUE_ATTACHED } takes;
};

const struct tool *tool_find(struct span name);
/* The row of a subcommand, NULL if there is none. `second` may be empty; `ret_words` is 2 where the row is
 * of two words ("module install"). */
const struct tool *tool_find_subcommand(const struct tool *tool, struct span first,
                                        struct span second, size_t *ret_words);
/* The pair's own name in a row of two words: "cache.clean". */
struct span tool_pair_name(const struct tool *row, struct span first, struct span second);
bool tool_has_subcommands(const struct tool *tool);
/* `names` are of one option string; a name of one letter is short. */
bool tool_find_option(const char *options, struct span name, bool single_dash,
                      struct tool_option *ret_option);
/* Whether `name` is one of the words of `list`, which `separator` parts. */
bool name_in_list(struct span list, struct span name, char separator);
/* The first word of a list. */
struct span first_in_list(const char *list);

#endif
