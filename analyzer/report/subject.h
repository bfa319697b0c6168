/* What a report is about, in words that other programs take: a name, and a place in a
 * repository. */
#ifndef ULLAGE_ANALYZER_REPORT_SUBJECT_H
#define ULLAGE_ANALYZER_REPORT_SUBJECT_H

#include "analyzer/analysis.h"

/* "app:1.2", or the input's file name for an image without one. As it was written: not
 * escaped. */
void subject_name(struct strbuf *out, const struct analysis *analysis);

/* The same without tag and digest: "app". It stays the same from build to build. */
void subject_series(struct strbuf *out, const struct analysis *analysis);
/* The same of a reference, which may be NULL, and an input. */
void subject_series_of(struct strbuf *out, const char *reference, const char *input);

/* "linux/amd64"; "unknown" where the image does not say. */
const char *subject_platform(const struct analysis *analysis);

/* A path as consumers of reports want it: relative, without "." and ".."; of one that lies
 * elsewhere the last component. Never empty. */
void subject_relative(struct strbuf *out, const char *path);

#endif
