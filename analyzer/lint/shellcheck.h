/* ShellCheck's part of linting, but for the program itself, which the caller runs
 * (lint_options.shellcheck). What goes in is a script for each RUN that a shell reads: the
 * shell it is for, the variables that the build sets, the text. What comes out is
 * ShellCheck's json1, whose lines and columns are those of the scripts; findings and mends
 * get the bytes of the Dockerfile that they are about. */
#ifndef ULLAGE_ANALYZER_LINT_SHELLCHECK_H
#define ULLAGE_ANALYZER_LINT_SHELLCHECK_H

#include "analyzer/lint/lint.h"

/* So many scripts are given at once. */
#define SHELLCHECK_SCRIPTS_MAX 200

struct shellcheck_script {
    const struct lint_step *step;
    struct strbuf text;
    size_t header; /* bytes in front that stand in no Dockerfile */
    size_t
        skipped; /* bytes of the step's text that are left out for them: its own #! line */
};

struct shellcheck_scripts {
    struct shellcheck_script *items;
    size_t count, capacity;
};

void shellcheck_scripts_make(struct shellcheck_scripts *ret_scripts,
                             const struct lint *lint);
void shellcheck_scripts_release(struct shellcheck_scripts *scripts);

/* Reports what the json1 text says of the scripts from `first` on: its file names end in
 * the number of the script, 0 being the first. */
int shellcheck_report(struct lint *lint, const struct shellcheck_scripts *scripts,
                      size_t first, struct span json, struct error *err);

/* All of it: makes the scripts, has them checked, reports. */
int shellcheck_run(struct lint *lint, struct error *err);

#endif
