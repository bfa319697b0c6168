/* The patterns of `${name#pattern}`: `*` and `?`, neither of which matches a line's end, and letters. They
 * are matched without going back further than the last star, so that no value makes them slow. */
#ifndef ULLAGE_DOCKERFILE_PATTERN_H
#define ULLAGE_DOCKERFILE_PATTERN_H

#include "core/error.h"
#include "core/span.h"
#include "core/strbuf.h"

/* Writes value without what the pattern matches at its start, or at its end; as much or as little as can be. */
int pattern_trim(struct strbuf *out, struct span pattern, struct span value, bool at_end, bool greedy,
                 struct error *err);
/* Writes value with the first match, or all, replaced. With all, `$0` in the replacement is the match, as
 * Go's regexp has it. ERROR_LIMIT if that grows beyond `limit` bytes. */
int pattern_replace(struct strbuf *out, struct span pattern, struct span value, struct span replacement,
                    bool all, size_t limit, struct error *err);

#endif
