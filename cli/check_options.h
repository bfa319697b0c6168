/* Options of commands that can check what an image holds. A command embeds the struct as a member named
 * `checks`, puts CHECK_OPTIONS(its type) into its table, and does in run():
 *
 *     struct checks checks;
 *     if (check_arguments_start(&given->checks, &checks, &analysis_options, err) < 0)
 *         return -1;
 *     ... analysis_run(&analysis, ..., &analysis_options, err) ...
 *     check_arguments_run(&given->checks, &checks, analysis);
 *     checks_release(&checks);
 */
#ifndef ULLAGE_CLI_CHECK_OPTIONS_H
#define ULLAGE_CLI_CHECK_OPTIONS_H

#include "analyzer/checks.h"
#include "cli/command.h"

struct check_arguments {
    bool on;
    struct strvec allowed;
    struct strvec ignored;
    const char *as_of;
    int64_t most_days;
};

#define CHECK_DEFAULTS {.most_days = CHECKS_MOST_DAYS}

#define CHECK_OPTIONS(owner)                                                                    \
    {.name = "checks", .type = OPTION_FLAG, OPTION_AT(owner, checks.on),                        \
     .summary = "look into files and configuration for what should not be there: reads "      \
                "every payload",                                                               \
     .group = "Checks"},                                                                       \
        {.name = "allow-secret", .type = OPTION_LIST, OPTION_AT(owner, checks.allowed),         \
         .argument = "FINGERPRINT", .summary = "this secret may be there", .group = "Checks"}, \
        {.name = "ignore", .type = OPTION_LIST, OPTION_AT(owner, checks.ignored),               \
         .argument = "RULE", .summary = "leave a rule out: its code or name",                  \
         .group = "Checks"},                                                                   \
    {                                                                                          \
        .name = "max-age", .type = OPTION_INT, OPTION_AT(owner, checks.most_days),              \
        .argument = "DAYS", .min = 0, .max = 36500,                                            \
        .summary = "an image may be so old on that day", .fallback = "365", .group = "Checks"  \
    }

/* The day, for commands that have no other use for one. */
#define CHECK_DAY_OPTION(owner)                                                                 \
    {                                                                                          \
        .name = "as-of", .type = OPTION_TEXT, OPTION_AT(owner, checks.as_of),                   \
        .argument = "DATE", .summary = "the day that the image's age is counted to",           \
        .group = "Checks"                                                                      \
    }

/* Reads the options; with --checks, makes the analysis show its payloads to the checks, which must stay
 * where they are until it ran. On success the caller releases the checks, on or off. */
int check_arguments_start(const struct check_arguments *arguments, struct checks *ret_checks,
                          struct analysis_options *options, struct error *err);

/* Appends the findings, if the checks are on. */
void check_arguments_run(const struct check_arguments *arguments, const struct checks *checks,
                         struct analysis *analysis);

#endif
