/* Completion for a shell: a const struct in cli/shells/NAME.c and a row SHELL(NAME) in
 * cli/shells.def. Its script is printed from the tables of commands and options, so that
 * what a shell offers is what the program takes. What several shells ask for alike stands
 * here. */
#ifndef ULLAGE_CLI_COMPLETION_H
#define ULLAGE_CLI_COMPLETION_H

#include "cli/command.h"
#include "core/strbuf.h"
#include "core/strvec.h"

struct shell {
    const char *name;
    void (*print)(struct strbuf *out);
};

#define SHELL(id) extern const struct shell shell_##id;
#include "cli/shells.def"
#undef SHELL

extern const struct shell *const shells[]; /* ends with NULL */
extern const char *const shell_names[];    /* likewise */

const struct shell *shell_find(const char *name);

/* The words to offer for an argument of the kind, NULL-terminated choices first. */
void completion_words(struct strvec *ret_words, enum complete complete,
                      const char *const *choices);

/* "a b c" */
void completion_join(struct strbuf *out, const struct strvec *words, const char *separator);

/* Every way to write an option that takes its value from the next word, of any command,
 * each once. */
void completion_valued_options(struct strvec *ret_words);

/* Calls for each visible option of the command, its own and the global ones left to it. */
void completion_each_option(const struct command *command,
                            void (*visit)(const struct option *row, void *context),
                            void *context);

#endif
