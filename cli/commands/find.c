#include <limits.h>
#include <string.h>

#include "cli/image_options.h"
#include "cli/listing.h"
#include "core/glob.h"

struct find_options {
    struct image_arguments image;
    struct listing_arguments listing;
    struct strvec kinds;
    int64_t least;
    int64_t most;
    int64_t layer;
    bool setuid;
    bool dead;
};

static const struct find_options defaults = {
    .listing = LISTING_DEFAULTS, .layer = -1, .least = -1, .most = -1};

static const char *const kinds[] = {"file", "dir", "symlink", "hardlink",
                                    "char", "block", "fifo",   NULL};

static const struct option options[] = {
    {.name = "kind",
     .letter = 'k',
     .type = OPTION_LIST,
     OPTION_AT(struct find_options, kinds),
     .argument = "KIND",
     .choices = kinds,
     .summary = "only what is of that kind",
     .group = "Tests"},
    {.name = "min-size",
     .type = OPTION_SIZE,
     OPTION_AT(struct find_options, least),
     .argument = "SIZE",
     .summary = "only regular files of at least that size",
     .group = "Tests"},
    {.name = "max-size",
     .type = OPTION_SIZE,
     OPTION_AT(struct find_options, most),
     .argument = "SIZE",
     .summary = "only regular files of at most that size",
     .group = "Tests"},
    {.name = "layer",
     .type = OPTION_INT,
     OPTION_AT(struct find_options, layer),
     .argument = "N",
     .min = 0,
     .max = UINT16_MAX,
     .summary = "look at what layer N ships, not at the merged file system",
     .group = "Tests"},
    {.name = "setuid",
     .type = OPTION_FLAG,
     OPTION_AT(struct find_options, setuid),
     .summary = "only what has the setuid or setgid bit",
     .group = "Tests"},
    {.name = "dead",
     .type = OPTION_FLAG,
     OPTION_AT(struct find_options, dead),
     .summary = "look at files that ship and that no container sees",
     .group = "Tests"},
    LISTING_OPTIONS(struct find_options),
    IMAGE_OPTIONS(struct find_options),
    OPTION_END,
};

struct search {
    const struct find_options *given;
    char **patterns;
    size_t count;
    struct listing *listing;
};

/* A pattern with a slash is about the whole path, one without about the name. */
static bool name_matches(const struct search *search, const struct item *item)
{
    struct span path = span_of_text(item->path), name = span_of_text(item->name);
    for (size_t i = 0; i < search->count; i++) {
        const char *pattern = search->patterns[i];
        if (!strchr(pattern, '/') ? glob_match(pattern, name)
            : *pattern == '/'     ? glob_match(pattern, path)
                              : glob_match(pattern, span_of(path.ptr + 1, path.len - 1)))
            return true;
    }
    return search->count == 0;
}

static int test(void *context, const struct item *item, struct error *err)
{
    const struct search *search = context;
    const struct find_options *given = search->given;
    bool sized = given->least >= 0 || given->most >= 0;
    if (given->kinds.count && !strvec_contains(&given->kinds, entry_kind_name(item->kind)))
        return 0;
    if (sized && (item->kind != TAR_FILE || item->size < given->least ||
                  (given->most >= 0 && item->size > given->most)))
        return 0;
    if (given->setuid && !(item->mode & 06000))
        return 0;
    if (given->layer >= 0 && item->layer != (uint32_t)given->layer)
        return 0;
    return name_matches(search, item) ? listing_add(search->listing, item, err) : 0;
}

static int check_kinds(const struct strvec *given, struct error *err)
{
    for (size_t i = 0; i < given->count; i++) {
        size_t k = 0;
        while (kinds[k] && strcmp(kinds[k], given->items[i]) != 0)
            k++;
        if (!kinds[k]) {
            error_set(err, ERROR_USAGE, "--kind: there is no kind '%s'", given->items[i]);
            return error_hint(err,
                              "kinds are file, dir, symlink, hardlink, char, block and fifo");
        }
    }
    return 0;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct find_options *given = invocation->options;
    struct limits limits;
    struct browse *browse;
    struct listing listing;
    struct browse_list list = {
        .layer = given->layer < 0 ? NO_LAYER : (uint32_t)given->layer,
        .depth = UINT_MAX,
    };
    if (check_kinds(&given->kinds, err) < 0 ||
        browse_with_options(&browse, &given->image, invocation, &limits, err) < 0)
        return -1;
    if (listing_start(&listing, &given->listing, invocation, invocation->operands[0], err) < 0) {
        browse_free(browse);
        return -1;
    }
    struct search search = {
        .given = given,
        .patterns = invocation->operands + 1,
        .count = invocation->operand_count - 1,
        .listing = &listing,
    };
    int result = given->dead ? browse_visit_dead(browse, test, &search, err)
                             : browse_visit(browse, "/", &list, test, &search, err);
    result = listing_finish(&listing, result < 0, err);
    int status = result < 0 ? -1 : image_status(browse->image);
    browse_free(browse);
    return status;
}

static const struct example examples[] = {
    {"ullage find app.tar '*.pyc'", "by name"},
    {"ullage find app.tar '/usr/**/doc/**' --min-size 100kB", "by path and size"},
    {"ullage find app.tar --setuid", "what runs with another user's rights"},
    {"ullage find app.tar --dead --min-size 1MB", "large files that ship for nothing"},
    {NULL, NULL},
};

const struct command command_find = {
    .name = "find",
    .group = "Images",
    .summary = "find files of an image by name, kind, size or state",
    .usage = "IMAGE [GLOB...]",
    .description =
        "Lists what matches one of the patterns and all of the tests. A pattern with a slash is "
        "about the whole path, one without about the name; * and ? stay within a name, ** spans "
        "folders.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct find_options),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .complete = COMPLETE_FILE,
    .run = run,
};
