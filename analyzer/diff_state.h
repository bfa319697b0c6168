/* One side of a comparison. What an analysis and an earlier report both tell is read from a report in
 * either case (an analysis writes one), so that both are read alike and redacted alike. */
#ifndef ULLAGE_ANALYZER_DIFF_STATE_H
#define ULLAGE_ANALYZER_DIFF_STATE_H

#include <jansson.h>

#include "analyzer/analysis.h"
#include "analyzer/packages.h"

struct diff_state {
    const char *argument;
    struct analysis *analysis; /* NULL: an earlier report */
    struct packages packages;  /* of the analysis */
    bool has_packages;
    json_t *report;
};

/* Is the argument the path of a JSON document? */
bool diff_argument_is_report(const char *argument);

int diff_state_read_report(struct diff_state *ret_state, const char *path,
                           const struct limits *limits, struct error *err);
/* `watch` may be NULL: packages are not wanted. */
int diff_state_analyze(struct diff_state *ret_state, const char *argument,
                       const struct analysis_options *options,
                       const struct package_watch *watch, struct error *err);
void diff_state_release(struct diff_state *state);

static inline const json_t *diff_state_list(const struct diff_state *state, const char *key)
{
    return json_object_get(state->report, key);
}

#endif
