/* The walk over a document that makes its steps. */
#ifndef ULLAGE_ANALYZER_LINT_STEPS_H
#define ULLAGE_ANALYZER_LINT_STEPS_H

#include "analyzer/lint/lint.h"

/* Fills steps and stages of a lint whose document, stages and arena are set. */
void steps_make(struct lint *lint);
/* Frees what the arena does not hold. */
void steps_release(struct lint *lint);

#endif
