/* .dockerignore: which files of a build context are left out (moby/patternmatcher). The last pattern that
 * matches a path or a folder above it decides; `!` takes back. Patterns are Go's filepath.Match with `**`. */
#ifndef ULLAGE_DOCKERFILE_IGNORE_H
#define ULLAGE_DOCKERFILE_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/span.h"

#define IGNORE_PATTERNS_MAX 100000

struct ignore_pattern {
    char *text; /* cleaned, without `!` */
    bool excludes_from; /* begins with `!` */
};

struct ignore {
    struct ignore_pattern *patterns;
    size_t count, capacity;
};

#define IGNORE_INIT {.patterns = NULL, .count = 0, .capacity = 0}

/* Reads a .dockerignore: comments, blank lines and a byte order mark go. */
int ignore_parse(struct ignore *ret_ignore, struct span text, struct error *err);
/* Adds one pattern as it would stand in the file. */
int ignore_add(struct ignore *ignore, struct span pattern, struct error *err);
/* Whether a path ("a/b", relative to the context) is left out. */
bool ignore_matches(const struct ignore *ignore, const char *path);
/* One pattern alone, without its parents' sake. -1 with ERROR_INPUT if it is malformed. */
int ignore_pattern_match(const char *pattern, const char *path, struct error *err);
void ignore_release(struct ignore *ignore);
#define cleanup_ignore __attribute__((cleanup(ignore_release)))

#endif
