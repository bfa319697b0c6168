/* How much of a hostile input is read before the work stops. Every limit has a name, a default with its
 * reason, and can be overridden; passing one is ERROR_LIMIT and never an allocation. */
#ifndef ULLAGE_ANALYZER_LIMITS_H
#define ULLAGE_ANALYZER_LIMITS_H

#include <stdint.h>

#include "core/error.h"

enum limit {
#define LIMIT(id, name, value, reason) LIMIT_##id,
#include "analyzer/limits.def"
#undef LIMIT
    LIMIT_COUNT
};

struct limits {
    int64_t values[LIMIT_COUNT];
};

struct limits limits_default(void);
const char *limit_name(enum limit limit);
const char *limit_reason(enum limit limit);

/* Takes "name=value"; sizes may carry units. */
int limits_override(struct limits *limits, const char *assignment, struct error *err);

/* 0 while the value is within, else -1 with ERROR_LIMIT that names the limit and how to raise it. */
int limits_check(const struct limits *limits, enum limit limit, int64_t value, const char *what,
                 struct error *err);

static inline int64_t limits_get(const struct limits *limits, enum limit limit)
{
    return limits->values[limit];
}

#endif
