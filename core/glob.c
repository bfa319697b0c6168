#include "core/glob.h"

#include <stddef.h>

/* Matches one class at `*pattern` (behind the '[') and moves past its ']'. A class that is not closed
 * matches nothing. */
static bool class_matches(const char **pattern, char c)
{
    const char *p = *pattern;
    bool negated = *p == '^' || *p == '!';
    bool found = false;
    if (negated)
        p++;
    const char *first = p;
    while (*p && (*p != ']' || p == first)) {
        if (*p == '\\' && p[1])
            p++;
        unsigned char low = (unsigned char)*p++;
        unsigned char high = low;
        if (*p == '-' && p[1] && p[1] != ']') {
            p++;
            if (*p == '\\' && p[1])
                p++;
            high = (unsigned char)*p++;
        }
        if ((unsigned char)c >= low && (unsigned char)c <= high)
            found = true;
    }
    if (*p != ']') {
        *pattern = p;
        return false;
    }
    *pattern = p + 1;
    return found != negated && c != '/';
}

/* A star remembers where to resume: the pattern behind it and the path it has not yet swallowed. Only the
 * latest single star and the latest double star ever need to be retried. */
struct star {
    const char *pattern;
    size_t at;
};

static bool retry(struct star *star, const char **pattern, size_t *i, struct span path,
                  bool may_cross)
{
    if (!star->pattern || star->at >= path.len)
        return false;
    if (!may_cross && path.ptr[star->at] == '/')
        return false;
    star->at++;
    *pattern = star->pattern;
    *i = star->at;
    return true;
}

/* `**` followed by a slash stands for whole components, so the path is resumed only behind a slash. */
static bool retry_components(struct star *star, const char **pattern, size_t *i,
                             struct span path)
{
    if (!star->pattern)
        return false;
    while (star->at < path.len)
        if (path.ptr[star->at++] == '/') {
            *pattern = star->pattern;
            *i = star->at;
            return true;
        }
    return false;
}

bool glob_match(const char *pattern, struct span path)
{
    struct star single = {0}, across = {0};
    bool whole_components = false;
    const char *p = pattern;
    size_t i = 0;

    for (;;) {
        if (p[0] == '*' && p[1] == '*') {
            p += 2;
            whole_components = *p == '/';
            if (whole_components)
                p++;
            across = (struct star){.pattern = p, .at = i};
            single = (struct star){0};
            continue;
        }
        if (*p == '*') {
            single = (struct star){.pattern = ++p, .at = i};
            continue;
        }
        if (*p == '\0' && i == path.len)
            return true;
        if (*p && i < path.len) {
            char c = path.ptr[i];
            const char *next = p + 1;
            bool matches;
            if (*p == '?')
                matches = c != '/';
            else if (*p == '[')
                matches = class_matches(&next, c);
            else if (*p == '\\' && p[1])
                matches = *next++ == c;
            else
                matches = *p == c;
            if (matches) {
                p = next;
                i++;
                continue;
            }
        }
        if (retry(&single, &p, &i, path, false))
            continue;
        single = (struct star){0};
        if (whole_components ? retry_components(&across, &p, &i, path)
                             : retry(&across, &p, &i, path, true))
            continue;
        return false;
    }
}
