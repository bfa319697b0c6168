/* Path patterns: `*` and `?` stay within one component, `**` spans any number of them, [a-z] and [^a]
 * are classes, a backslash quotes. Matching takes time linear in pattern times path, whatever they hold. */
#ifndef ULLAGE_CORE_GLOB_H
#define ULLAGE_CORE_GLOB_H

#include <stdbool.h>

#include "core/span.h"

bool glob_match(const char *pattern, struct span path);

#endif
