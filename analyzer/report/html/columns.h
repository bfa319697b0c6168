/* A tree of paths as the page's script reads it: columns, deflated (RFC 1951), in base64.
 * Numbers are unsigned LEB128; texts are escaped for a terminal, so that a line end parts
 * them.
 *
 *   head      1 (this form), style of sizes, paths, versions, layers, folded paths, bytes
 * of the two texts texts     the layers' instructions; the paths' names, of others their
 * number paths     children of each; versions of each, less one versions  kind of each;
 * layer it begins with; 0 if it is still there, else how many layers it lasts; bytes */
#ifndef ULLAGE_ANALYZER_REPORT_HTML_COLUMNS_H
#define ULLAGE_ANALYZER_REPORT_HTML_COLUMNS_H

#include "analyzer/analysis.h"
#include "analyzer/report/html/paths.h"
#include "core/size.h"
#include "core/strbuf.h"

int columns_write(struct strbuf *out, const struct analysis *analysis,
                  const struct paths *paths, enum size_style sizes, struct error *err);

#endif
