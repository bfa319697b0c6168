#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli/image_options.h"
#include "cli/listing.h"
#include "core/escape.h"

enum sort { SORT_SIZE, SORT_NAME };

struct tree_options {
    struct image_arguments image;
    struct listing_arguments listing;
    int64_t depth;
    int64_t least;
    enum sort sort;
    bool files;
};

static const struct tree_options defaults = {.listing = LISTING_DEFAULTS, .depth = 2};

static const char *const sorts[] = {"size", "name", NULL};

static const struct option options[] = {
    {.name = "depth",
     .letter = 'd',
     .type = OPTION_INT,
     OPTION_AT(struct tree_options, depth),
     .argument = "N",
     .min = 0,
     .max = INT32_MAX,
     .summary = "so many levels, 0 for all",
     .fallback = "2"},
    {.name = "sort",
     .type = OPTION_CHOICE,
     OPTION_AT(struct tree_options, sort),
     .argument = "BY",
     .choices = sorts,
     .summary = "order of what is in a folder",
     .fallback = "size"},
    {.name = "files",
     .letter = 'a',
     .type = OPTION_FLAG,
     OPTION_AT(struct tree_options, files),
     .summary = "files and links too, not folders alone"},
    {.name = "min-size",
     .type = OPTION_SIZE,
     OPTION_AT(struct tree_options, least),
     .argument = "SIZE",
     .summary = "leave out what is smaller"},
    LISTING_OPTIONS(struct tree_options),
    IMAGE_OPTIONS(struct tree_options),
    OPTION_END,
};

/* The tree while it is printed: a line is known to be its folder's last only when the next one comes, so
 * items are kept and printed together. */
struct branch {
    char *name;
    int64_t bytes, files;
    unsigned depth;
    bool is_dir;
};

struct drawing {
    const struct tree_options *given;
    struct listing *listing;
    struct branch *branches;
    size_t count, capacity;
};

static int keep(void *context, const struct item *item, struct error *err)
{
    struct drawing *drawing = context;
    bool is_dir = item->kind == TAR_DIR;
    if (item->depth && ((!is_dir && !drawing->given->files) || item->bytes < drawing->given->least))
        return 0;
    if (drawing->given->listing.json || drawing->given->listing.names ||
        drawing->given->listing.null)
        return listing_add(drawing->listing, item, err);
    struct strbuf name = STRBUF_INIT;
    escape_for_terminal(&name, span_of_text(item->depth ? item->name : item->path));
    if (item->link) {
        strbuf_add_text(&name, " -> ");
        escape_for_terminal(&name, span_of_text(item->link));
    }
    drawing->branches = memory_grow(drawing->branches, drawing->count, &drawing->capacity,
                                    sizeof *drawing->branches);
    drawing->branches[drawing->count++] = (struct branch){
        .name = strbuf_detach(&name, NULL),
        .bytes = item->bytes,
        .files = item->files,
        .depth = item->depth,
        .is_dir = is_dir,
    };
    return 0;
}

static bool terminal_speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

/* Which levels have a further branch below branch `i`: from the last to the first, so that each is known
 * when it is needed. */
static void mark_last(const struct drawing *drawing, bool *last)
{
    size_t deepest = 0;
    for (size_t i = 0; i < drawing->count; i++)
        if (drawing->branches[i].depth > deepest)
            deepest = drawing->branches[i].depth;
    cleanup_free bool *open = memory_alloc_zero(deepest + 2, sizeof *open);
    for (size_t i = drawing->count; i-- > 0;) {
        unsigned depth = drawing->branches[i].depth;
        last[i] = !open[depth];
        open[depth] = true;
        for (size_t d = depth + 1; d <= deepest && open[d]; d++)
            open[d] = false;
    }
}

static int draw(struct drawing *drawing, struct error *err)
{
    bool utf8 = terminal_speaks_utf8();
    const char *const marks[] = {utf8 ? "├─ " : "|- ", utf8 ? "└─ " : "`- ",
                                 utf8 ? "│  " : "|  ", "   "};
    const struct style *style = drawing->listing->style;
    cleanup_free bool *last = memory_alloc_zero(drawing->count, sizeof *last);
    cleanup_strbuf struct strbuf line = STRBUF_INIT, lead = STRBUF_INIT;
    cleanup_free size_t *lead_end = NULL; /* by depth */
    size_t capacity = 0;
    mark_last(drawing, last);
    for (size_t i = 0; i < drawing->count; i++) {
        const struct branch *branch = &drawing->branches[i];
        char size[SIZE_TEXT_MAX];
        strbuf_reset(&line);
        size_format(branch->bytes, listing_size_style(&drawing->given->listing), size);
        strbuf_addf(&line, "%9s  ", size);
        if (branch->is_dir)
            strbuf_addf(&line, "%7" PRId64 " %s  ", branch->files,
                        branch->files == 1 ? "file " : "files");
        else
            strbuf_addf(&line, "%15s", "");
        lead_end = memory_grow(lead_end, branch->depth, &capacity, sizeof *lead_end);
        strbuf_truncate(&lead, branch->depth ? lead_end[branch->depth - 1] : 0);
        strbuf_add(&line, lead.buf, lead.len);
        if (branch->depth) {
            strbuf_add_text(&line, marks[last[i]]);
            strbuf_add_text(&lead, marks[last[i] ? 3 : 2]);
        }
        lead_end[branch->depth] = lead.len;
        strbuf_addf(&line, "%s%s%s\n", branch->is_dir ? style->bold : "", branch->name,
                    branch->is_dir ? style->reset : "");
        if (listing_add_line(drawing->listing, line.buf, err) < 0)
            return -1;
    }
    return 0;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct tree_options *given = invocation->options;
    struct limits limits;
    struct browse *browse;
    struct listing listing;
    const char *path = invocation->operand_count > 1 ? invocation->operands[1] : "/";
    struct browse_list list = {
        .layer = NO_LAYER,
        .depth = given->depth ? (unsigned)given->depth : UINT_MAX,
        .by_size = given->sort == SORT_SIZE,
        .sums = true,
    };
    if (browse_with_options(&browse, &given->image, invocation, &limits, err) < 0)
        return -1;
    if (listing_start(&listing, &given->listing, invocation, invocation->operands[0], err) < 0) {
        browse_free(browse);
        return -1;
    }
    struct drawing drawing = {.given = given, .listing = &listing};
    int result = browse_visit(browse, path, &list, keep, &drawing, err);
    if (result == 0)
        result = draw(&drawing, err);
    result = listing_finish(&listing, result < 0, err);
    int status = result < 0 ? -1 : image_status(browse->image);
    for (size_t i = 0; i < drawing.count; i++)
        free(drawing.branches[i].name);
    free(drawing.branches);
    browse_free(browse);
    return status;
}

static const struct example examples[] = {
    {"ullage tree app.tar", "which folders are large"},
    {"ullage tree app.tar /usr/lib --depth 1 --min-size 1MB", "what is large in one of them"},
    {"docker save app | ullage tree - -a", "files too, in one pass"},
    {NULL, NULL},
};

const struct command command_tree = {
    .name = "tree",
    .group = "Images",
    .summary = "show the folders of an image with what they hold",
    .usage = "IMAGE [PATH]",
    .description =
        "Draws the merged file system with the live bytes and files below each folder. A file with "
        "several names counts once, at the one that sorts first.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct tree_options),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = 2,
    .complete = COMPLETE_FILE,
    .run = run,
};
