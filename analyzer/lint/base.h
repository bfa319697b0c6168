/* Base images that a linter is shown: `--base-image REF=ARCHIVE` says that FROM REF is the image in an archive.
 * What the archive's configuration tells becomes a struct lint_base. */
#ifndef ULLAGE_ANALYZER_LINT_BASE_H
#define ULLAGE_ANALYZER_LINT_BASE_H

#include "analyzer/lint/lint.h"

struct limits;

struct lint_bases {
    struct arena arena;
    struct lint_base *items;
    size_t count, capacity;
};

/* Reads the configuration of the image and no layer. `platform` may be NULL. */
int lint_bases_add(struct lint_bases *bases, const char *reference, const char *archive,
                   const char *platform, const struct limits *limits, struct error *err);
void lint_bases_release(struct lint_bases *bases);

#endif
