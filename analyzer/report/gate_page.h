/* A gate as a person reads it: which file ruled, a table of all budgets, what failed and why, and
 * the verdict last. */
#ifndef ULLAGE_ANALYZER_REPORT_GATE_PAGE_H
#define ULLAGE_ANALYZER_REPORT_GATE_PAGE_H

#include "analyzer/report/report.h"

void gate_page_write(struct strbuf *out, const struct gate *gate,
                     const struct report_options *options);

#endif
