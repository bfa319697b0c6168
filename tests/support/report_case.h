/* A report to write: an image made in memory, analyzed, and a gate made by hand with a
 * budget of each verdict. */
#ifndef TESTS_SUPPORT_REPORT_CASE_H
#define TESTS_SUPPORT_REPORT_CASE_H

#include "analyzer/report/report.h"

struct report_case {
    struct analysis *analysis;
    struct gate gate;
    struct report report;
};

/* Names that mean something to a format, each as a file that is found twice in its layer
 * and one that is dead; a hostile reference, platform and instruction; a gate whose texts
 * are no better. */
void report_case_hostile(struct report_case *ret_case);
/* The same with one more name, which ends the list: for fuzzing. False if an archive with
 * that name is refused: one that ends with a slash is a folder, which has no content. */
bool report_case_named(struct report_case *ret_case, const char *name);
/* `count` findings and no gate. */
void report_case_many(struct report_case *ret_case, size_t count);
/* One small file, nothing to say. */
void report_case_plain(struct report_case *ret_case);
void report_case_release(struct report_case *report_case);

/* In the form of that name; aborts if it cannot be written. */
void report_case_write(struct strbuf *out, const struct report_case *report_case,
                       const char *format);

extern const char *const hostile_names[]; /* ends with NULL */

#endif
