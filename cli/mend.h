/* What `ullage fix` and `ullage fmt` share: files are mended in place, shown as differences, or only looked
 * at. */
#ifndef ULLAGE_CLI_MEND_H
#define ULLAGE_CLI_MEND_H

#include "analyzer/lint/fix.h"
#include "cli/lint_options.h"

struct mend_arguments {
    struct lint_arguments lint;
    struct strvec rules; /* --rule: these alone */
    bool diff, check, unsafe;
};

#define MEND_OPTIONS(owner)                                                                     \
    {.name = "diff", .type = OPTION_FLAG, OPTION_AT(owner, mend.diff),                          \
     .summary = "show what would change, and change nothing", .group = "Output"},               \
    {                                                                                          \
        .name = "check", .type = OPTION_FLAG, OPTION_AT(owner, mend.check),                     \
        .summary = "change nothing; status 1 if something would", .group = "Output"             \
    }

/* Mends each operand; - is standard input to standard output. */
int mend_files(const struct invocation *invocation, const struct mend_arguments *arguments,
               bool only_format, struct error *err);

#endif
