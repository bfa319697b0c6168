/* Options of commands that write reports: --format, -o, and --report FORMAT=FILE as often as wanted. */
#ifndef ULLAGE_CLI_REPORT_OPTIONS_H
#define ULLAGE_CLI_REPORT_OPTIONS_H

#include "analyzer/report/report.h"
#include "cli/command.h"

struct report_arguments {
    const char *format;
    const char *output;
    struct strvec reports;
    bool json;
    bool binary;
    bool bytes;
    int64_t top;
};

#define REPORT_DEFAULTS {.format = "text", .output = "-", .top = 20}

#define REPORT_OPTIONS(owner) REPORT_OPTIONS_AMONG(owner, report_format_names)

#define REPORT_OPTIONS_AMONG(owner, names)                                                      \
    {.name = "format", .letter = 'f', .type = OPTION_TEXT, OPTION_AT(owner, report.format),     \
     .argument = "FORMAT", .choices = names,                                                   \
     .summary = "form of the output; see 'help formats'", .fallback = "text",                  \
     .group = "Output"},                                                                       \
        {.name = "json", .type = OPTION_FLAG, OPTION_AT(owner, report.json),                    \
         .summary = "the same as --format json", .group = "Output"},                           \
        {.name = "output", .letter = 'o', .type = OPTION_TEXT, OPTION_AT(owner, report.output), \
         .argument = "FILE", .summary = "write to FILE instead of standard output",            \
         .complete = COMPLETE_FILE, .group = "Output"},                                        \
        {.name = "report", .type = OPTION_LIST, OPTION_AT(owner, report.reports),               \
         .argument = "FORMAT=FILE", .summary = "write a further report",           \
         .complete = COMPLETE_FILE, .group = "Output"},                                        \
        {.name = "top", .letter = 'n', .type = OPTION_INT, OPTION_AT(owner, report.top),        \
         .argument = "N", .min = 0, .max = INT32_MAX,                                          \
         .summary = "rows of each list, 0 for all", .fallback = "20", .group = "Output"},      \
        {.name = "binary", .type = OPTION_FLAG, OPTION_AT(owner, report.binary),                \
         .summary = "sizes in KiB, MiB, GiB", .group = "Output"},                              \
    {                                                                                          \
        .name = "bytes", .type = OPTION_FLAG, OPTION_AT(owner, report.bytes),                   \
        .summary = "sizes in bytes", .group = "Output"                                         \
    }

/* Names of all formats; ends with NULL. */
extern const char *const report_format_names[];

/* Refuses unknown formats and files named twice before any work is done. */
int report_arguments_check(const struct report_arguments *arguments, struct error *err);

/* The same for commands with formats of their own. */
int report_arguments_check_among(const struct report_arguments *arguments,
                                 const struct report_format *const *formats,
                                 struct error *err);
int report_arguments_write_among(const struct report_arguments *arguments,
                                 const struct report_format *const *formats,
                                 const struct invocation *invocation,
                                 const struct report *report, struct error *err);

/* Writes what was asked for: each file whole or not at all. */
int report_arguments_write(const struct report_arguments *arguments,
                           const struct invocation *invocation, const struct report *report,
                           struct error *err);

enum size_style report_size_style(const struct report_arguments *arguments);

#endif
