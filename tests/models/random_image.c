#include "random_image.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LAYERS 6
#define MAX_ENTRIES 14
#define MAX_PATH 200

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct random {
    uint64_t state; /* never 0 */
};

struct generator {
    struct random random;
    unsigned flags;
    struct model_image *image;
};

/* Marsaglia's xorshift, with a multiplication to mix what comes out. */
static uint64_t draw(struct random *r)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * 2685821657736338717u;
}

static size_t below(struct generator *g, size_t limit)
{
    return (size_t)((draw(&g->random) >> 33) % limit);
}

static bool one_in(struct generator *g, size_t n)
{
    return below(g, n) == 0;
}

static bool without(const struct generator *g, enum random_flags flag)
{
    return (g->flags & flag) != 0;
}

/* Names */

static const char *pick_name(struct generator *g)
{
    static const char *const names[] = {"a", "b", "c",   "d",      "a",
                                        "b", "e", "a-b", "x.wh.y", "f"};

    return names[below(g, ARRAY_SIZE(names))];
}

/* One to three names, the first the likeliest. */
static void pick_path(struct generator *g, char path[MAX_PATH])
{
    static const size_t depths[] = {1, 1, 1, 1, 2, 2, 2, 2, 3, 3};
    size_t depth = depths[below(g, ARRAY_SIZE(depths))];

    strcpy(path, pick_name(g));
    for (size_t i = 1; i < depth; i++) {
        strcat(path, "/");
        strcat(path, pick_name(g));
    }
}

static const struct model_entry *pick_entry(struct generator *g)
{
    const struct model_layer *layer = &g->image->layers[below(g, g->image->layer_count)];

    return layer->entry_count == 0 ? NULL : &layer->entries[below(g, layer->entry_count)];
}

/* Often a path that is there already, or one below it, so that things meet. */
static void pick_known_path(struct generator *g, char path[MAX_PATH])
{
    const struct model_entry *entry = one_in(g, 2) ? pick_entry(g) : NULL;
    char *known = entry == NULL ? NULL : model_path_normalise(entry->path);

    if (known == NULL || known[1] == '\0' || strstr(known, "/.wh.") != NULL ||
        strlen(known) > 20)
        pick_path(g, path);
    else
        strcpy(path, known + 1);
    free(known);
    if (one_in(g, 10))
        strcat(strcat(path, "/"), pick_name(g));
}

/* Another spelling of the same path. */
static void decorate(struct generator *g, char path[MAX_PATH])
{
    char plain[MAX_PATH];
    char *slash;

    if (without(g, RANDOM_NO_ODD_NAMES) || !one_in(g, 4))
        return;
    strcpy(plain, path);
    switch (below(g, 6)) {
    case 0:
        strcat(strcpy(path, "./"), plain);
        return;
    case 1:
        strcat(strcpy(path, "/"), plain);
        return;
    case 2:
        strcat(strcpy(path, "../"), plain);
        return;
    case 3:
        strcat(strcpy(path, "b/../"), plain);
        return;
    case 4:
        strcat(strcpy(path, ".//"), plain);
        return;
    default:
        slash = strchr(path, '/');
        if (slash != NULL)
            strcat(strcpy(slash, "/.//"), plain + (slash - path) + 1);
        return;
    }
}

/* Contents and metadata */

static void set_metadata(struct generator *g, struct model_entry *entry)
{
    static const unsigned modes[] = {0644, 0644, 0600, 0755, 04755};
    static const unsigned dir_modes[] = {0755, 0755, 0700, 01777};
    static const uint64_t ids[] = {0, 0, 0, 1000, 65534};
    static const int64_t times[] = {0, 0, 1, 1700000000};

    entry->mode = modes[below(g, ARRAY_SIZE(modes))];
    if (entry->type == MODEL_DIR)
        entry->mode = dir_modes[below(g, ARRAY_SIZE(dir_modes))];
    if (entry->type == MODEL_SYMLINK)
        entry->mode = 0777;
    entry->uid = ids[below(g, ARRAY_SIZE(ids))];
    entry->gid = ids[below(g, ARRAY_SIZE(ids))];
    entry->mtime = times[below(g, ARRAY_SIZE(times))];
}

static void set_text(struct model_entry *entry, const char *text)
{
    entry->content = (const unsigned char *)text;
    entry->content_size = strlen(text);
}

/* 100 bytes of data, a hole, 20 bytes of data: dense here, sparse in set_sparse. */
static const unsigned char holed[1024 + 20] = {[0] = 's', [99] = 't', [1024] = 'u'};

static void set_content(struct generator *g, struct model_entry *entry)
{
    static const char *const texts[] = {
        "",
        "x",
        "y",
        "hello\n",
        "HELLO\n",
        "seventeen bytes..",
        "a somewhat longer text of 41 bytes, at last",
        "x",
    };
    size_t which = below(g, ARRAY_SIZE(texts) + 1);

    if (which == ARRAY_SIZE(texts)) {
        entry->content = holed;
        entry->content_size = sizeof(holed);
    } else {
        set_text(entry, texts[which]);
    }
}

static void set_sparse(struct generator *g, struct model_entry *entry)
{
    static const struct tar_segment segments[] = {{0, 512}, {1024, 20}};
    static const struct tar_segment middle[] = {{512, 9}};
    static const enum tar_sparse kinds[] = {TAR_SPARSE_GNU_OLD, TAR_SPARSE_PAX_00,
                                            TAR_SPARSE_PAX_01, TAR_SPARSE_PAX_10};
    static unsigned char dense[512 + 20];

    entry->sparse = kinds[below(g, ARRAY_SIZE(kinds))];
    if (one_in(g, 3)) {
        entry->logical_size = 3000;
        entry->segments = middle;
        entry->segment_count = ARRAY_SIZE(middle);
        set_text(entry, "in a hole");
        return;
    }
    memcpy(dense, holed, 512);
    memcpy(dense + 512, holed + 1024, 20);
    entry->content = dense;
    entry->content_size = sizeof(dense);
    entry->segments = segments;
    entry->segment_count = ARRAY_SIZE(segments);
    entry->logical_size = sizeof(holed);
}

/* What may stand beside what */

static char *whiteout_victim(const char *normal)
{
    const char *base = strrchr(normal, '/') + 1;
    struct bytes victim = BYTES_INIT;

    if (strncmp(base, ".wh.", 4) != 0)
        return NULL;
    bytes_printf(&victim, "%.*s%s", (int)(base - normal), normal, base + 4);
    bytes_add_zeros(&victim, 1);
    return (char *)victim.data;
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static bool is_at_or_below(const char *path, const char *folder)
{
    return strcmp(path, folder) == 0 || is_below(path, folder);
}

static bool one_hides_other(const char *a, const char *b)
{
    char *victim = whiteout_victim(a);
    bool hides = victim != NULL && is_at_or_below(b, victim);

    free(victim);
    return hides;
}

/* May an entry stand in the same layer as another that is there? */
static bool goes_with(const struct generator *g, const struct model_entry *entry,
                      const char *path, const struct model_entry *other,
                      const char *other_path)
{
    if (without(g, RANDOM_NO_DUPLICATES) && strcmp(path, other_path) == 0)
        return false;
    if (without(g, RANDOM_NO_FILE_PARENTS) &&
        ((other->type != MODEL_DIR && is_below(path, other_path)) ||
         (entry->type != MODEL_DIR && is_below(other_path, path))))
        return false;
    return !without(g, RANDOM_NO_WHITEOUT_AND_SAME) ||
           (!one_hides_other(path, other_path) && !one_hides_other(other_path, path));
}

/* May it stand in an image that has that other entry in any layer? */
static bool goes_above(const struct generator *g, const struct model_entry *entry,
                       const char *path, const struct model_entry *other,
                       const char *other_path)
{
    if (!without(g, RANDOM_NO_SYMLINK_PARENTS))
        return true;
    if (other->type == MODEL_SYMLINK && is_below(path, other_path))
        return false;
    return entry->type != MODEL_SYMLINK || !is_below(other_path, path);
}

static bool is_allowed(const struct generator *g, const struct model_entry *entry)
{
    const struct model_image *image = g->image;
    char *path = model_path_normalise(entry->path);
    bool allowed = strcmp(path, "/") != 0 || entry->type == MODEL_DIR;

    for (size_t i = 0; i < image->layer_count; i++) {
        for (size_t j = 0; j < image->layers[i].entry_count; j++) {
            const struct model_entry *other = &image->layers[i].entries[j];
            char *other_path = model_path_normalise(other->path);

            if (!goes_above(g, entry, path, other, other_path))
                allowed = false;
            if (i + 1 == image->layer_count &&
                !goes_with(g, entry, path, other, other_path))
                allowed = false;
            free(other_path);
        }
    }
    free(path);
    return allowed;
}

static void add(struct generator *g, const struct model_entry *entry)
{
    if (is_allowed(g, entry))
        model_image_add(g->image, entry);
}

/* Constructs: one function each */

static void add_file(struct generator *g)
{
    char path[MAX_PATH];
    struct model_entry entry = {.path = path};

    pick_known_path(g, path);
    decorate(g, path);
    set_content(g, &entry);
    set_metadata(g, &entry);
    add(g, &entry);
}

static void add_dir(struct generator *g)
{
    char path[MAX_PATH];
    struct model_entry entry = {.path = path, .type = MODEL_DIR};

    pick_known_path(g, path);
    decorate(g, path);
    if (!one_in(g, 3))
        strcat(path, "/");
    set_metadata(g, &entry);
    add(g, &entry);
}

static void add_symlink(struct generator *g)
{
    static const char *const odd[] = {".",       "..",        "../..",  "/",
                                      "../../a", "missing/b", "/a/../b"};
    char path[MAX_PATH], target[MAX_PATH], plain[MAX_PATH];
    struct model_entry entry = {.path = path, .type = MODEL_SYMLINK, .link = target};

    if (without(g, RANDOM_NO_SYMLINKS))
        return;
    pick_known_path(g, path);
    decorate(g, path);
    pick_known_path(g, plain);
    switch (below(g, 5)) {
    case 0:
        strcat(strcpy(target, "/"), plain);
        break;
    case 1:
        strcat(strcpy(target, "../"), plain);
        break;
    case 2:
        strcpy(target, odd[below(g, ARRAY_SIZE(odd))]);
        break;
    default:
        strcpy(target, plain);
        break;
    }
    set_metadata(g, &entry);
    add(g, &entry);
}

static const char *pick_file_of_this_layer(struct generator *g)
{
    const struct model_layer *layer = &g->image->layers[g->image->layer_count - 1];

    for (size_t tries = 0; tries < 8 && layer->entry_count > 0; tries++) {
        const struct model_entry *entry = &layer->entries[below(g, layer->entry_count)];

        if (entry->type == MODEL_FILE && strstr(entry->path, ".wh.") == NULL)
            return entry->path;
    }
    return NULL;
}

static void add_hardlink(struct generator *g)
{
    char path[MAX_PATH], target[MAX_PATH];
    struct model_entry entry = {.path = path, .type = MODEL_HARDLINK, .link = target};
    const char *file = pick_file_of_this_layer(g);

    if (without(g, RANDOM_NO_HARDLINKS))
        return;
    if (without(g, RANDOM_NO_LOWER_HARDLINKS) && file == NULL)
        return;
    if (file != NULL && (without(g, RANDOM_NO_LOWER_HARDLINKS) || one_in(g, 2)))
        strcpy(target, file);
    else
        pick_known_path(g, target);
    pick_known_path(g, path);
    decorate(g, path);
    set_metadata(g, &entry);
    if (g->flags & RANDOM_HARDLINK_SIZES && one_in(g, 3))
        entry.header_size = 7;
    add(g, &entry);
}

static void add_node(struct generator *g)
{
    char path[MAX_PATH];
    struct model_entry entry = {.path = path, .type = MODEL_FIFO};

    if (!without(g, RANDOM_NO_DEVICES) && one_in(g, 2)) {
        entry.type = MODEL_CHARDEV;
        entry.devmajor = 1;
        entry.devminor = (unsigned)below(g, 2) + 3;
    }
    pick_known_path(g, path);
    decorate(g, path);
    set_metadata(g, &entry);
    add(g, &entry);
}

/* The path with something in front of its last name. */
static void mark(char path[MAX_PATH], const char *prefix)
{
    char base[MAX_PATH];
    char *slash = strrchr(path, '/');
    char *at = slash == NULL ? path : slash + 1;

    strcpy(base, at);
    strcat(strcpy(at, prefix), base);
}

static void add_whiteout(struct generator *g)
{
    char path[MAX_PATH];
    struct model_entry entry = {.path = path};

    if (without(g, RANDOM_NO_WHITEOUTS))
        return;
    pick_known_path(g, path);
    mark(path, ".wh.");
    decorate(g, path);
    if (!without(g, RANDOM_NO_WHITEOUT_SIZES) && one_in(g, 8))
        set_text(&entry, "whiteout with bytes");
    else if (!without(g, RANDOM_NO_WHITEOUT_SIZES) && one_in(g, 10))
        entry.type = MODEL_DIR;
    add(g, &entry);
}

static void add_opaque(struct generator *g)
{
    char path[MAX_PATH];
    struct model_entry entry = {.path = path};

    if (without(g, RANDOM_NO_OPAQUE))
        return;
    if (one_in(g, 8)) {
        strcpy(path, ".wh..wh..opq");
    } else {
        pick_known_path(g, path);
        strcat(path, "/.wh..wh..opq");
    }
    decorate(g, path);
    if (!without(g, RANDOM_NO_WHITEOUT_SIZES) && one_in(g, 8))
        set_text(&entry, "opaque");
    add(g, &entry);
}

static void add_sparse(struct generator *g)
{
    char path[MAX_PATH];
    struct model_entry entry = {.path = path};

    if (without(g, RANDOM_NO_SPARSE))
        return;
    pick_known_path(g, path);
    set_sparse(g, &entry);
    set_metadata(g, &entry);
    add(g, &entry);
}

/* chmod, chown, touch: an entry from before, with other metadata. */
static void add_again(struct generator *g)
{
    const struct model_entry *known = pick_entry(g);
    char path[MAX_PATH];

    if (known == NULL || strstr(known->path, ".wh.") != NULL)
        return;
    struct model_entry entry = *known;
    strcpy(path, known->path);
    entry.path = path;
    if (entry.type != MODEL_HARDLINK || !without(g, RANDOM_NO_LOWER_HARDLINKS)) {
        set_metadata(g, &entry);
        add(g, &entry);
    }
}

static void add_root(struct generator *g)
{
    struct model_entry entry = {.path = one_in(g, 2) ? "./" : "/", .type = MODEL_DIR};

    if (without(g, RANDOM_NO_ROOT_ENTRIES))
        return;
    set_metadata(g, &entry);
    add(g, &entry);
}

static void add_bare_whiteout(struct generator *g)
{
    char path[MAX_PATH];
    struct model_entry entry = {.path = path};

    if (without(g, RANDOM_NO_BARE_WHITEOUT))
        return;
    pick_known_path(g, path);
    strcpy(strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1, ".wh.");
    add(g, &entry);
}

/* plnk holds files under numbers that hard links elsewhere name. */
static void add_aufs(struct generator *g)
{
    static const char *const numbers[] = {".wh..wh.plnk/1.2", ".wh..wh.plnk/3.4"};
    char path[MAX_PATH];
    struct model_entry entry = {.path = numbers[below(g, ARRAY_SIZE(numbers))]};

    if (without(g, RANDOM_NO_AUFS))
        return;
    switch (below(g, 5)) {
    case 0:
        entry.path = ".wh..wh.plnk/";
        entry.type = MODEL_DIR;
        break;
    case 1:
        entry.path = ".wh..wh.aufs";
        set_text(&entry, "aufs");
        break;
    case 2:
        entry.link = entry.path;
        entry.type = MODEL_HARDLINK;
        pick_known_path(g, path);
        entry.path = path;
        break;
    default:
        set_content(g, &entry);
        break;
    }
    set_metadata(g, &entry);
    add(g, &entry);
}

/* clang-format off */
/* A construct stands here as often as it is to be drawn, in proportion to the rest. */
static void (*const constructs[])(struct generator *g) = {
    add_file,      add_file,     add_file,     add_file,     add_file,     add_file,
    add_file,      add_file,     add_dir,      add_dir,      add_dir,      add_dir,
    add_dir,       add_symlink,  add_symlink,  add_symlink,  add_hardlink, add_hardlink,
    add_hardlink,  add_hardlink, add_node,     add_whiteout, add_whiteout, add_whiteout,
    add_whiteout,  add_whiteout, add_opaque,   add_opaque,   add_sparse,   add_again,
    add_again,     add_again,    add_again,    add_root,     add_aufs,     add_aufs,
    add_bare_whiteout,
};
/* clang-format on */

static void repeat_layer(struct generator *g)
{
    size_t from = below(g, g->image->layer_count - 1);

    for (size_t i = 0; i < g->image->layers[from].entry_count; i++) {
        struct model_entry entry = g->image->layers[from].entries[i];

        model_image_add(g->image, &entry);
    }
}

/* 0 for an opaque marker, 1 for a whiteout, 2 for the rest. */
static int rank(const struct model_entry *entry)
{
    char *path = model_path_normalise(entry->path);
    const char *base = strrchr(path, '/') + 1;
    int result = strncmp(base, ".wh.", 4) == 0 ? 1 : 2;

    if (strcmp(base, ".wh..wh..opq") == 0)
        result = 0;
    free(path);
    return result;
}

/* Keeps the order among equals. */
static void put_markers_first(struct model_layer *layer)
{
    for (size_t i = 1; i < layer->entry_count; i++) {
        for (size_t j = i; j > 0; j--) {
            struct model_entry moved = layer->entries[j];

            if (rank(&layer->entries[j - 1]) <= rank(&moved))
                break;
            layer->entries[j] = layer->entries[j - 1];
            layer->entries[j - 1] = moved;
        }
    }
}

static void fill_layer(struct generator *g)
{
    size_t count = below(g, MAX_ENTRIES + 1);

    if (g->image->layer_count > 1 && !without(g, RANDOM_NO_REPEATED_LAYERS) &&
        one_in(g, 25)) {
        repeat_layer(g);
        return;
    }
    for (size_t i = 0; i < count; i++)
        constructs[below(g, ARRAY_SIZE(constructs))](g);
    if (g->flags & RANDOM_MARKERS_FIRST)
        put_markers_first(&g->image->layers[g->image->layer_count - 1]);
}

void random_image(uint64_t seed, unsigned flags, struct model_image *ret_image)
{
    struct generator g = {.flags = flags, .image = ret_image};

    *ret_image = (struct model_image)MODEL_IMAGE_INIT;
    g.random.state = (seed + 1) * 0x9e3779b97f4a7c15u;
    if (g.random.state == 0)
        g.random.state = 1;
    for (int i = 0; i < 8; i++)
        draw(&g.random);

    size_t count = 1 + below(&g, MAX_LAYERS);
    for (size_t i = 0; i < count; i++) {
        model_image_add_layer(ret_image);
        fill_layer(&g);
    }
}
