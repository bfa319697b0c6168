/* Commands of a shell script, as far as it takes to tell which programs it runs with which words: parted at
 * ; & | newlines, parentheses and braces, quotes taken off, comments and the bodies of here-documents left
 * out (but what is fed to a shell is a script again, and so is what follows sh -c). Variables stay as they are.
 * Assignments in front of a command, and programs that only run another one (env, exec, time, sudo), are
 * passed over; sudo is remembered. */
#ifndef ULLAGE_ANALYZER_SHELL_H
#define ULLAGE_ANALYZER_SHELL_H

#include <stdbool.h>

#include "core/span.h"
#include "core/strvec.h"

struct shell_command {
    const char *name; /* without its folder: "apt-get" */
    char **words;     /* behind the name; ends with NULL */
    size_t count;
    bool sudo;
};

typedef void shell_found(void *context, const struct shell_command *command);

void shell_commands(struct span script, shell_found *found, void *context);

/* The first word that is no option: "install" of apt-get -y install. NULL if there is none. */
const char *shell_operand(const struct shell_command *command);
bool shell_has_word(const struct shell_command *command, const char *word);

#endif
