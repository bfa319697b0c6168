/* Results printed: for people, and as lint.json (docs/lint.schema.json). Other formats take the results as
 * a list of findings (analyzer/report/finding_list.h). */
#ifndef ULLAGE_ANALYZER_LINT_PRINT_H
#define ULLAGE_ANALYZER_LINT_PRINT_H

#include "analyzer/lint/result.h"
#include "analyzer/report/report.h"

/* Each finding with its source line and a caret under what it is about, then a line that counts them. */
int lint_print_text(const struct lint_result *const *results, size_t count,
                    const struct report_options *options, const struct sink *sink,
                    struct error *err);

int lint_print_json(const struct lint_result *const *results, size_t count,
                    const struct sink *sink, struct error *err);

/* Fills a list that was started and is to be finished by the caller. */
void lint_list(struct finding_list *list, const struct lint_result *const *results, size_t count);

#endif
