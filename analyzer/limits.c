#include "analyzer/limits.h"

#include <inttypes.h>
#include <string.h>

#include "core/size.h"

static const struct {
    const char *name;
    int64_t value;
    const char *reason;
} rows[LIMIT_COUNT] = {
#define LIMIT(id, name, value, reason) [LIMIT_##id] = {name, value, reason},
#include "analyzer/limits.def"
#undef LIMIT
};

struct limits limits_default(void)
{
    struct limits limits;
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        limits.values[i] = rows[i].value;
    return limits;
}

const char *limit_name(enum limit limit)
{
    return rows[limit].name;
}

const char *limit_reason(enum limit limit)
{
    return rows[limit].reason;
}

int limits_override(struct limits *limits, const char *assignment, struct error *err)
{
    const char *equals = strchr(assignment, '=');
    if (!equals)
        return error_set(err, ERROR_USAGE, "limit '%s' has no value; write NAME=VALUE",
                         assignment);
    size_t len = (size_t)(equals - assignment);
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        if (strlen(rows[i].name) == len && memcmp(rows[i].name, assignment, len) == 0)
            return size_parse(&limits->values[i], equals + 1, err);
    error_set(err, ERROR_USAGE, "there is no limit '%.*s'", (int)len, assignment);
    return error_hint(err, "'ullage help limits' lists them");
}

int limits_check(const struct limits *limits, enum limit limit, int64_t value, const char *what,
                 struct error *err)
{
    if (value <= limits->values[limit])
        return 0;
    error_set(err, ERROR_LIMIT, "%s: %" PRId64 " is over the limit %s=%" PRId64, what, value,
              rows[limit].name, limits->values[limit]);
    return error_hint(err, "raise it with --limit %s=VALUE if you trust the image",
                      rows[limit].name);
}
