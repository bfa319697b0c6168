/* Reports: one analysis, any number of forms. A format is a file in formats/ and a row in formats.def. It
 * writes to a sink and knows nothing of files or terminals but what the options tell. */
#ifndef ULLAGE_ANALYZER_REPORT_REPORT_H
#define ULLAGE_ANALYZER_REPORT_REPORT_H

#include <stdbool.h>

#include "analyzer/analysis.h"
#include "analyzer/gate.h"
#include "core/json.h"
#include "core/sink.h"
#include "core/size.h"

/* What a report is about. A format prints the parts that it has a place for. */
struct comparison; /* analyzer/diff.h */
struct packages;   /* analyzer/packages.h */

/* Which packages are shown. */
struct inventory {
    const struct packages *packages;
    const char *kind; /* NULL: all */
    bool only_unowned;
};

struct comparison;   /* analyzer/diff.h */
struct finding_list; /* analyzer/report/finding_list.h */
struct report {
    const struct analysis *analysis;
    const struct gate *gate;             /* NULL: nothing was gated */
    const struct comparison *comparison; /* with an earlier state; NULL: none */
    const struct inventory *inventory;   /* NULL: nobody asked for packages */
    bool gate_alone; /* text: the gate's page in place of the analysis */
};

/* Text around words that a terminal understands; empty strings where there is none. */
struct report_style {
    const char *bold, *dim, *red, *yellow, *green, *reset;
};

struct report_options {
    enum size_style sizes;
    struct report_style style;
    size_t width; /* columns of the text report */
    int64_t top;  /* rows of lists that a format cuts itself, 0: all */
};

struct report_format {
    const char *name;
    const char *summary;
    int (*write)(const struct report *report, const struct report_options *options,
                 const struct sink *sink, struct error *err);
    /* For formats whose subject is findings, whoever found them; else NULL. */
    int (*write_list)(const struct finding_list *list, const struct report_options *options,
                      const struct sink *sink, struct error *err);
};

/* NULL with ERROR_USAGE if there is no such format. */
const struct report_format *report_find(const char *name, struct error *err);
/* All formats; ends with NULL. */
extern const struct report_format *const report_formats[];

/* What packages and comparisons can be written as; end with NULL. Names of one list each. */
extern const struct report_format *const inventory_formats[];
extern const struct report_format *const comparison_formats[];
extern const char *const inventory_format_names[];
extern const char *const comparison_format_names[];
const struct report_format *report_find_among(const struct report_format *const *formats,
                                              const char *name, struct error *err);

/* For formats: a path as JSON sees it, with the exact bytes in `<key>_b64` beside it when it is no UTF-8. */
void report_json_path(struct json_writer *writer, const char *key, const char *path);

/* The instruction that made a layer with secrets redacted, NULL if unknown; the caller frees it. */
char *report_instruction(const struct analysis *analysis, size_t layer);
char *report_redacted(const char *text);
/* RFC 3339 as it is, NULL if the text is no time. */
const char *report_time(const char *text);

#endif
