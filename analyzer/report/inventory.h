/* What the formats of packages share. */
#ifndef ULLAGE_ANALYZER_REPORT_INVENTORY_H
#define ULLAGE_ANALYZER_REPORT_INVENTORY_H

#include "analyzer/packages.h"
#include "analyzer/report/report.h"

/* The packages that are shown, by bytes, then kind, name, version and place. The caller frees the list. */
const struct package **inventory_sort(const struct inventory *inventory, size_t *ret_count);

/* Warnings about reading databases, for a terminal. */
void inventory_add_warnings(struct strbuf *out, const struct report *report,
                            const struct report_options *options);

#endif
