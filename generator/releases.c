#include "generator/releases.h"

#include <string.h>

#include "core/memory.h"

static const struct release releases[] = {
#define RELEASES_DATE(date)
#define RELEASE(runtime, line, released, from, end, name)                                          \
    {#runtime, line, released, from, end, name},
#include "generator/releases.def"
#undef RELEASE
#undef RELEASES_DATE
};

const char *releases_date(void)
{
#define RELEASE(runtime, line, released, from, end, name)
#define RELEASES_DATE(date) return date;
#include "generator/releases.def"
#undef RELEASES_DATE
#undef RELEASE
}

bool releases_date_is_valid(const char *date)
{
    static const char shape[] = "dddd-dd-dd";
    if (strlen(date) != sizeof shape - 1)
        return false;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? date[i] < '0' || date[i] > '9' : date[i] != '-')
            return false;
    return strncmp(date + 5, "01", 2) >= 0 && strncmp(date + 5, "12", 2) <= 0 &&
           strncmp(date + 8, "01", 2) >= 0 && strncmp(date + 8, "31", 2) <= 0;
}

const struct release *release_by_name(const char *runtime, const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(releases); i++)
        if (strcmp(releases[i].runtime, runtime) == 0 && *name &&
            strcmp(releases[i].name, name) == 0)
            return &releases[i];
    return NULL;
}

const struct release *release_by_line(const char *runtime, const char *line)
{
    for (size_t i = 0; i < ARRAY_SIZE(releases); i++)
        if (strcmp(releases[i].runtime, runtime) == 0 && strcmp(releases[i].line, line) == 0)
            return &releases[i];
    return NULL;
}

bool releases_know(const char *runtime)
{
    for (size_t i = 0; i < ARRAY_SIZE(releases); i++)
        if (strcmp(releases[i].runtime, runtime) == 0)
            return true;
    return false;
}

static bool has_ended(const struct release *release, const char *date)
{
    return *release->end && strcmp(release->end, date) <= 0;
}

/* How gladly a line is taken: one that is looked after, long settled, and whose newest version is
 * permitted. 0: not at all. */
static unsigned rank(const struct release *release, const struct version_set *permitted,
                     const char *date)
{
    struct version start;
    size_t count = version_read(&start, release->line);
    struct version_set line = version_set_prefix(&start, count);
    struct version_set both = version_set_intersect(permitted, &line);
    if (version_set_is_empty(&both) || strcmp(release->released, date) > 0)
        return 0;
    bool open = version_order(&both.items[both.count - 1].to, &line.items[0].to) == 0;
    bool settled = *release->chosen_from && strcmp(release->chosen_from, date) <= 0;
    return 1u + (has_ended(release, date) ? 0u : 8u) + (open ? 4u : 0u) + (settled ? 2u : 0u);
}

/* A version that was asked for exactly and that the table does not know: its lowest, as it was
 * written. */
static void name_unknown(struct strbuf *out, const struct version_set *permitted)
{
    const struct version *from = &permitted->items[permitted->count - 1].from;
    size_t count = VERSION_PARTS;
    while (count > 1 && from->parts[count - 1] == 0)
        count--;
    for (size_t i = 0; i < count && i < 3; i++)
        strbuf_addf(out, "%s%u", i ? "." : "", (unsigned)from->parts[i]);
}

struct release_choice release_choose(const char *runtime, const struct version_set *permitted,
                                     const char *date)
{
    struct release_choice choice = {.version = STRBUF_INIT};
    unsigned best = 0;
    for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
        if (strcmp(releases[i].runtime, runtime) != 0)
            continue;
        unsigned value = rank(&releases[i], permitted, date);
        if (value && value >= best) { /* rows stand in order: the later is the newer */
            best = value;
            choice.release = &releases[i];
        }
    }
    if (choice.release) {
        choice.ended = has_ended(choice.release, date);
        version_set_newest(&choice.version, permitted, choice.release->line);
    } else if (!version_set_is_empty(permitted)) {
        choice.unknown = true;
        name_unknown(&choice.version, permitted);
    }
    return choice;
}

void release_choice_release(struct release_choice *choice)
{
    strbuf_release(&choice->version);
}
