/* .gitignore: which paths of a working tree git leaves alone. One struct is one file's patterns, which speak
 * of paths below the folder the file stands in. The last pattern that matches decides; `!` takes back. Unlike
 * in a .dockerignore, a pattern without a slash within is about names at any depth, one that ends with a
 * slash about folders alone, and `**` spans folders only where it stands for a whole one. */
#ifndef ULLAGE_CORE_GITIGNORE_H
#define ULLAGE_CORE_GITIGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/span.h"

#define GITIGNORE_BYTES_MAX ((size_t)1 << 20) /* a file of more is no list that somebody wrote */
#define GITIGNORE_PATTERNS_MAX 10000

struct gitignore_pattern {
    char *text; /* without `!`, the slash at its front and the one at its end */
    bool takes_back;
    bool only_folders;
    bool anchored; /* about the whole path, not the last name alone */
};

struct gitignore {
    struct gitignore_pattern *patterns;
    size_t count, capacity;
};

#define GITIGNORE_INIT {.patterns = NULL, .count = 0, .capacity = 0}

enum gitignore_verdict { GITIGNORE_SILENT, GITIGNORE_IGNORED, GITIGNORE_WANTED };

/* Adds the patterns of a file. What is no pattern matches nothing, as for git; too many are ERROR_LIMIT. */
int gitignore_parse(struct gitignore *gitignore, struct span text, struct error *err);
/* What the patterns say of a path ("a/b") below their folder. Folders above it are not looked at. */
enum gitignore_verdict gitignore_ask(const struct gitignore *gitignore, const char *path,
                                     bool is_folder);
/* One pattern against one path: components match components. */
bool gitignore_match(const char *pattern, const char *path);
void gitignore_release(struct gitignore *gitignore);

#endif
