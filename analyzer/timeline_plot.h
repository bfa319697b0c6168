/* A timeline as people and other programs want it. A form of plot is a row here. */
#ifndef ULLAGE_ANALYZER_TIMELINE_PLOT_H
#define ULLAGE_ANALYZER_TIMELINE_PLOT_H

#include "analyzer/timeline.h"
#include "core/size.h"

enum timeline_form {
    TIMELINE_TEXT, /* a bar of blocks for each series, and the steps in it */
    TIMELINE_SVG,
    TIMELINE_CSV,
    TIMELINE_OPENMETRICS,      /* the last measurement of each series */
    TIMELINE_GITHUB_BENCHMARK, /* likewise */
    TIMELINE_FORMS
};
extern const char *const timeline_forms[]; /* their names; ends with NULL */

struct plot_options {
    enum timeline_measure measure; /* of text and SVG; the others have all */
    enum size_style sizes;
    size_t width; /* columns of the text */
};

/* A change that is worth a line: of so much of the value before, and of so many bytes (or
 * one layer). */
#define STEP_SHARE 0.01
#define STEP_BYTES 10000

void timeline_plot(struct strbuf *out, const struct timeline *timeline,
                   enum timeline_form form, const struct plot_options *options);

#endif
