#include <limits.h>
#include <string.h>

#include "cli/image_options.h"
#include "cli/listing.h"

struct ls_options {
    struct image_arguments image;
    struct listing_arguments listing;
    int64_t layer;
    bool recursive;
    bool dead;
};

static const struct ls_options defaults = {.listing = LISTING_DEFAULTS, .layer = -1};

static const struct option options[] = {
    {.name = "recursive",
     .letter = 'R',
     .type = OPTION_FLAG,
     OPTION_AT(struct ls_options, recursive),
     .summary = "what is in folders too"},
    {.name = "layer",
     .type = OPTION_INT,
     OPTION_AT(struct ls_options, layer),
     .argument = "N",
     .min = 0,
     .max = UINT16_MAX,
     .summary = "all that layer N ships, in its order, whiteouts and what later layers hide too"},
    {.name = "dead",
     .type = OPTION_FLAG,
     OPTION_AT(struct ls_options, dead),
     .summary = "files that ship with the image and that no container sees"},
    LISTING_OPTIONS(struct ls_options),
    IMAGE_OPTIONS(struct ls_options),
    OPTION_END,
};

/* Of the dead files those below a path, and of one layer if that was asked for. */
struct dead_filter {
    struct listing *listing;
    const char *below; /* without a slash at its end */
    size_t len;
    uint32_t layer;
};

static int add_if_below(void *context, const struct item *item, struct error *err)
{
    const struct dead_filter *filter = context;
    bool below = strncmp(item->path, filter->below, filter->len) == 0 &&
                 (item->path[filter->len] == '/' || !item->path[filter->len]);
    bool wanted = below && (filter->layer == NO_LAYER || filter->layer == item->layer);
    return wanted ? listing_add(filter->listing, item, err) : 0;
}

static int list_dead(const struct browse *browse, const char *path, uint32_t layer,
                     struct listing *listing, struct error *err)
{
    cleanup_strbuf struct strbuf below = STRBUF_INIT;
    strbuf_addf(&below, "%s%s", *path == '/' ? "" : "/", path);
    while (below.len && below.buf[below.len - 1] == '/')
        strbuf_truncate(&below, below.len - 1);
    struct dead_filter filter = {
        .listing = listing, .below = below.buf, .len = below.len, .layer = layer};
    return browse_visit_dead(browse, add_if_below, &filter, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct ls_options *given = invocation->options;
    struct limits limits;
    struct browse *browse;
    struct listing listing;
    const char *const top[] = {"/"};
    size_t count = invocation->operand_count - 1;
    const char *const *paths =
        count ? (const char *const *)invocation->operands + 1 : top;
    struct browse_list list = {
        .layer = given->layer < 0 ? NO_LAYER : (uint32_t)given->layer,
        .depth = given->recursive || given->layer >= 0 ? UINT_MAX : 1,
        .without_top = given->layer < 0,
    };
    if (browse_with_options(&browse, &given->image, invocation, &limits, err) < 0)
        return -1;
    int result = listing_start(&listing, &given->listing, invocation, invocation->operands[0],
                               err);
    if (result < 0) {
        browse_free(browse);
        return -1;
    }
    for (size_t i = 0; i < (count ? count : 1) && result == 0; i++)
        result = given->dead
                     ? list_dead(browse, paths[i], list.layer, &listing, err)
                     : browse_visit(browse, paths[i], &list, listing_add, &listing, err);
    result = listing_finish(&listing, result < 0, err);
    int status = result < 0 ? -1 : image_status(browse->image);
    browse_free(browse);
    return status;
}

static const struct example examples[] = {
    {"ullage ls app.tar /etc", "what is in a folder, and which layer shipped it"},
    {"ullage ls app.tar --layer 3", "what layer 3 ships"},
    {"ullage ls app.tar --dead /var", "what was deleted or replaced, and still ships"},
    {"ullage ls -R0 app.tar / | xargs -0 -n1 echo", "all paths for a script"},
    {NULL, NULL},
};

const struct command command_ls = {
    .name = "ls",
    .group = "Images",
    .summary = "list what is in an image or a layer",
    .usage = "IMAGE [PATH...]",
    .description =
        "Lists folders of the merged file system as a container sees it: mode, owner, size, time, "
        "the layer that shipped the entry, and the path. A symlink is shown itself; with a slash "
        "behind it, what it leads to.\n\n"
        "--layer shows one layer as it is in its tar, --dead what ships and is never seen.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct ls_options),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .complete = COMPLETE_FILE,
    .run = run,
};
