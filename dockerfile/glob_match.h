/* Go's path.Match and, with `**`, the patterns of moby/patternmatcher. */
#ifndef ULLAGE_DOCKERFILE_GLOB_MATCH_H
#define ULLAGE_DOCKERFILE_GLOB_MATCH_H

#include <stdbool.h>

enum glob_result { GLOB_NO, GLOB_YES, GLOB_MALFORMED };

/* `*` and `?` stop at a slash, as does everything else; `deep`: `**` does not. */
enum glob_result glob_match_go(const char *pattern, const char *path, bool deep);

#endif
