/* Findings that are known: a file of their fingerprints, so that a run reports only what is new. A fingerprint
 * is made of the rule, the file's name and the words of the line, blanks aside; findings that agree in these
 * are numbered. It survives what moves lines. The file is sorted and has a finding a line, so that a version
 * control system merges it. */
#ifndef ULLAGE_ANALYZER_LINT_BASELINE_H
#define ULLAGE_ANALYZER_LINT_BASELINE_H

#include "analyzer/lint/result.h"
#include "core/sink.h"
#include "core/strvec.h"

#define LINT_BASELINE_BYTES_MAX ((size_t)64 << 20)

struct lint_baseline {
    struct strvec prints; /* sorted */
};

/* Reads a file's text. What is no baseline is ERROR_BASELINE. */
int lint_baseline_read(struct lint_baseline *ret_baseline, const char *file, struct span text,
                       struct error *err);
void lint_baseline_release(struct lint_baseline *baseline);

/* Takes what is known out of a result. */
void lint_baseline_drop(const struct lint_baseline *baseline, struct lint_result *result);

int lint_baseline_write(const struct lint_result *const *results, size_t count,
                        const struct sink *sink, struct error *err);

/* What tells a finding from others of its rule, wherever its line moves to: the file's name and the line's
 * words. Lives in the arena. */
const char *lint_finding_key(struct arena *arena, const struct lint_result *result,
                             const struct lint_finding *finding);

#endif
