/* BuildKit's "did you mean": the option nearest to a word, less than three letters away. */
#ifndef ULLAGE_DOCKERFILE_SUGGEST_H
#define ULLAGE_DOCKERFILE_SUGGEST_H

#include <stdbool.h>

#include "core/span.h"

/* NULL if none is near, or if one is the word itself. Options in lower case, ending with NULL. */
const char *suggest_option(struct span word, const char *const *options, bool ignore_case);

#endif
