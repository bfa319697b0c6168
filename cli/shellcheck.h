/* ShellCheck, run for the linter (analyzer/lint/shellcheck.h): scripts go into files of a
 * folder of their own, one process reads them all. */
#ifndef ULLAGE_CLI_SHELLCHECK_H
#define ULLAGE_CLI_SHELLCHECK_H

#include <pthread.h>

#include "analyzer/lint/lint.h"
#include "cli/command.h"

enum shellcheck_when { SHELLCHECK_AUTO, SHELLCHECK_ALWAYS, SHELLCHECK_NEVER };
extern const char *const shellcheck_words[]; /* "auto", "always", "never"; ends with NULL */

struct shellcheck {
    struct lint_shellcheck lint; /* what the linter is given */
    enum shellcheck_when when;
    bool quiet;
    bool noted;    /* why it cannot be asked was told */
    char *program; /* where it is */
    pthread_mutex_t lock; /* of `noted`: files are linted by several threads */
};

/* Looks for the program. With SHELLCHECK_ALWAYS it is an error that it is not there, else a
 * note on standard error, once, if some script wanted it. What `lint` of the options
 * becomes: NULL if it is not to be asked. */
int shellcheck_start(struct shellcheck *shellcheck, const char *when, bool quiet,
                     struct error *err);
const struct lint_shellcheck *shellcheck_of(const struct shellcheck *shellcheck);
void shellcheck_end(struct shellcheck *shellcheck);

#endif
