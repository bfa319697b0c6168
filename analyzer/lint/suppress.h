/* Findings that comments and the configuration take away. */
#ifndef ULLAGE_ANALYZER_LINT_SUPPRESS_H
#define ULLAGE_ANALYZER_LINT_SUPPRESS_H

#include "analyzer/lint/lint.h"

/* Drops what is suppressed from the result, and marks the comments that did it. Comments that suppressed
 * nothing, are over or are not understood become findings where the configuration asks for them. */
void suppress_findings(struct lint *lint);

#endif
