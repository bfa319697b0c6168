/* Which version of a runtime to take: the newest line that is looked after at a date and that a
 * constraint permits, from the table in releases.def, which has a date of its own. No clock is
 * asked: the date is that of the table unless the user gives another, so that the same project
 * gives the same answer. */
#ifndef ULLAGE_GENERATOR_RELEASES_H
#define ULLAGE_GENERATOR_RELEASES_H

#include "generator/version.h"

struct release {
    const char *runtime;
    const char *line; /* a prefix of versions: "22", "3.12" */
    const char *released;
    const char *chosen_from; /* "" only if asked for */
    const char *end;         /* "" none announced */
    const char *name;        /* "jod" */
};

struct release_choice {
    const struct release *release; /* NULL: no line that the table knows */
    struct strbuf version;         /* the shortest name within the line; empty if there is none */
    bool ended;                    /* not looked after any more at that date */
    bool unknown;                  /* the constraint asks for what the table does not know */
};

const char *releases_date(void);
/* Whether it is YYYY-MM-DD. */
bool releases_date_is_valid(const char *date);
const struct release *release_by_name(const char *runtime, const char *name);
const struct release *release_by_line(const char *runtime, const char *line);
/* Whether the table has lines of the runtime at all. */
bool releases_know(const char *runtime);

struct release_choice release_choose(const char *runtime, const struct version_set *permitted,
                                     const char *date);
void release_choice_release(struct release_choice *choice);

#endif
