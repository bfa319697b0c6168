/* The merged file system as a treemap for pages without a script: area is bytes, colour the
 * layer. */
#ifndef ULLAGE_ANALYZER_REPORT_HTML_TREEMAP_H
#define ULLAGE_ANALYZER_REPORT_HTML_TREEMAP_H

#include "analyzer/report/html/paths.h"
#include "core/size.h"
#include "core/strbuf.h"

/* Writes an <svg> of what has at least a thousandth of the bytes in the last state; nothing
 * where there are no bytes. */
void treemap_write(struct strbuf *out, const struct paths *paths, enum size_style sizes);

#endif
