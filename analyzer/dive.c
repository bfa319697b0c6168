#include "analyzer/dive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "core/table.h"

/* dive never adds a name with this prefix, nor what is below it */
#define NEVER_ADDED ".wh..wh.."

#define NONE UINT32_MAX
#define ROOT 0

/* A path. It plays three parts: a node of the tree of the layer at hand (while `in_layer` is that layer), a
 * node of dive's stacked tree (while it was added later than it or any folder above it was removed), and an
 * item of dive's efficiency map. */
struct path_node {
    const char *name;
    uint32_t parent;
    uint32_t in_layer; /* number plus 1 */
    uint32_t added;    /* when, in the stacked tree; 0 never */
    uint32_t removed;
    uint32_t references; /* efficiency map */
    uint32_t repeated;   /* when it got the second one; 0 never */
    uint32_t layer_entry; /* that made it in the layer at hand, NONE for an implicit folder */
    uint32_t first_child, next_sibling; /* in the layer at hand, while its members are sorted */
    uint32_t path_removed; /* the latest removal of the node or a folder above it, as of `epoch` */
    uint32_t epoch;
    bool is_item;
    bool layer_has_child, layer_is_dir;
    bool stacked_is_dir;
    int64_t layer_size;
    int64_t stacked_size;
    int64_t stacked_sum; /* of the node and all below it */
    int64_t cumulative, least;
};

struct dive {
    struct path_node *nodes;
    size_t count, capacity;
    struct table index;
    struct arena arena;
    uint32_t clock;
    uint32_t epoch;  /* rises with each removal */
    uint32_t *chain; /* from a node towards the root, while one is walked */
    size_t chain_count, chain_capacity;
    uint32_t *members; /* nodes of the layer at hand */
    size_t member_count, member_capacity;
    uint32_t repeats; /* items with more than one reference */
    bool has_whiteouts;
    bool climbs; /* some name began with ".." */
};

struct node_key {
    uint32_t parent;
    const char *name;
    size_t len;
};

static bool matches(const void *context, uint32_t number, const void *key)
{
    const struct path_node *node = &((const struct dive *)context)->nodes[number];
    const struct node_key *wanted = key;
    return node->parent == wanted->parent &&
           strncmp(node->name, wanted->name, wanted->len) == 0 &&
           node->name[wanted->len] == '\0';
}

static uint32_t make(struct dive *dive, uint32_t parent, const char *name, size_t len)
{
    struct node_key key = {.parent = parent, .name = name, .len = len};
    uint64_t hash = table_hash(name, len, parent);
    uint32_t found = table_find(&dive->index, hash, matches, dive, &key);
    if (found != TABLE_NONE)
        return found;
    dive->nodes =
        memory_grow(dive->nodes, dive->count, &dive->capacity, sizeof *dive->nodes);
    if (name[len])
        name = arena_dup(&dive->arena, name, len);
    dive->nodes[dive->count] = (struct path_node){.name = name, .parent = parent, .least = -1};
    table_add(&dive->index, hash, (uint32_t)dive->count);
    return (uint32_t)dive->count++;
}

static bool is_whiteout(const struct path_node *node)
{
    return strncmp(node->name, WHITEOUT_PREFIX, WHITEOUT_PREFIX_LEN) == 0;
}

/* The node joins the tree of the layer, and the folders above it. */
static void join_layer(struct dive *dive, uint32_t number, uint32_t layer)
{
    bool from_below = false;
    for (;;) {
        struct path_node *node = &dive->nodes[number];
        bool joined = number == ROOT || node->in_layer == layer + 1;
        if (!joined) {
            node->in_layer = layer + 1;
            node->layer_has_child = false;
            node->layer_is_dir = false;
            node->layer_size = 0;
            node->layer_entry = NONE;
            dive->has_whiteouts = dive->has_whiteouts || is_whiteout(node);
            dive->members = memory_grow(dive->members, dive->member_count,
                                        &dive->member_capacity, sizeof *dive->members);
            dive->members[dive->member_count++] = number;
        }
        node->layer_has_child = node->layer_has_child || from_below;
        if (joined)
            return;
        from_below = true;
        number = node->parent;
    }
}

/* AddPath: false where dive stops at a name it never adds. */
static bool add_components(struct dive *dive, uint32_t *node, const char *path)
{
    while (*path) {
        size_t len = strcspn(path, "/");
        if (strncmp(path, NEVER_ADDED, strlen(NEVER_ADDED)) == 0)
            return false;
        if (len)
            *node = make(dive, *node, path, len);
        path += len;
        path += *path == '/';
    }
    return true;
}

/* path.Clean of a relative name that climbs: the leading ".." stay. */
static void clean_climbing(struct strbuf *out, const char *name)
{
    for (const char *p = name; *p;) {
        size_t len = strcspn(p, "/");
        bool up = len == 2 && memcmp(p, "..", 2) == 0;
        const char *slash = memrchr(out->buf, '/', out->len);
        const char *last = slash ? slash + 1 : out->buf;
        if (up && out->len && strcmp(last, "..") != 0) {
            strbuf_truncate(out, slash ? (size_t)(slash - out->buf) : 0);
        } else if (len && !(len == 1 && *p == '.')) {
            strbuf_addf(out, "%s%.*s", out->len ? "/" : "", (int)len, p);
        }
        p += len;
        p += *p == '/';
    }
}

int64_t dive_entry_size(const struct entry *entry)
{
    return entry->extra ? entry->extra->claimed : entry->content;
}

static void add_entry(struct dive *dive, const struct layer *layer, const struct entry *entry,
                      const uint32_t *dir_nodes, uint32_t number)
{
    uint32_t node = ROOT;
    bool complete;
    const char *raw = entry->extra ? entry->extra->raw_name : NULL;
    if (raw && raw[0] != '/') {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        dive->climbs = true;
        clean_climbing(&path, raw);
        strbuf_add_char(&path, '/'); /* no component ends the text: each is copied */
        complete = add_components(dive, &node, path.buf);
    } else if (dir_nodes[entry->dir] != NONE) {
        node = dir_nodes[entry->dir];
        complete = add_components(dive, &node, entry->name);
    } else {
        add_components(dive, &node, layer->dirs[entry->dir]);
        complete = false;
    }
    if (node == ROOT)
        return;
    join_layer(dive, node, number);
    if (!complete)
        return;
    dive->nodes[node].layer_size = dive_entry_size(entry);
    dive->nodes[node].layer_is_dir = entry->kind == TAR_DIR;
    dive->nodes[node].layer_entry = (uint32_t)(entry - layer->entries);
}

static int64_t read_layer(struct dive *dive, const struct layer *layer, uint32_t number)
{
    int64_t sum = 0;
    cleanup_free uint32_t *dir_nodes = memory_alloc_zero(layer->dir_count, sizeof *dir_nodes);
    for (size_t i = 0; i < layer->dir_count; i++) {
        uint32_t node = ROOT;
        dir_nodes[i] = add_components(dive, &node, layer->dirs[i]) ? node : NONE;
    }
    dive->member_count = 0;
    dive->has_whiteouts = false;
    for (size_t i = 0; i < layer->count; i++) {
        const struct entry *entry = &layer->entries[i];
        bool is_root = !*entry->name && !(entry->extra && entry->extra->raw_name) &&
                       !(entry->flags & ENTRY_ABSOLUTE);
        if (is_root)
            continue;
        sum += dive_entry_size(entry);
        add_entry(dive, layer, entry, dir_nodes, number);
    }
    return sum;
}

static int compare_names_down(const void *a, const void *b, void *context)
{
    const struct path_node *nodes = ((const struct dive *)context)->nodes;
    return strcmp(nodes[*(const uint32_t *)b].name, nodes[*(const uint32_t *)a].name);
}

/* Children first, siblings by their bytes. The folders of a member are members too. */
static void sort_members(struct dive *dive)
{
    struct path_node *nodes = dive->nodes;
    size_t done = 0;
    qsort_r(dive->members, dive->member_count, sizeof *dive->members, compare_names_down, dive);
    nodes[ROOT].first_child = NONE;
    for (size_t i = 0; i < dive->member_count; i++)
        nodes[dive->members[i]].first_child = NONE;
    for (size_t i = 0; i < dive->member_count; i++) {
        struct path_node *node = &nodes[dive->members[i]];
        node->next_sibling = nodes[node->parent].first_child;
        nodes[node->parent].first_child = dive->members[i];
    }
    uint32_t number = ROOT;
    for (;;) {
        while (nodes[number].first_child != NONE)
            number = nodes[number].first_child;
        while (number != ROOT && nodes[number].next_sibling == NONE) {
            dive->members[done++] = number;
            number = nodes[number].parent;
        }
        if (number == ROOT)
            return;
        dive->members[done++] = number;
        number = nodes[number].next_sibling;
    }
}

static void add_to_chain(struct dive *dive, uint32_t number)
{
    dive->chain =
        memory_grow(dive->chain, dive->chain_count, &dive->chain_capacity, sizeof *dive->chain);
    dive->chain[dive->chain_count++] = number;
}

/* When the node, or a folder above it, was removed last. Remembered until something else is removed, as
 * names may nest as deep as they like. */
static uint32_t path_removed(struct dive *dive, uint32_t number)
{
    struct path_node *nodes = dive->nodes;
    dive->chain_count = 0;
    while (number != ROOT && nodes[number].epoch != dive->epoch) {
        add_to_chain(dive, number);
        number = nodes[number].parent;
    }
    uint32_t latest = number == ROOT ? 0 : nodes[number].path_removed;
    while (dive->chain_count) {
        struct path_node *node = &nodes[dive->chain[--dive->chain_count]];
        if (node->removed > latest)
            latest = node->removed;
        node->path_removed = latest;
        node->epoch = dive->epoch;
    }
    return latest;
}

static bool is_stacked(struct dive *dive, uint32_t number)
{
    uint32_t added = dive->nodes[number].added;
    return number == ROOT || (added != 0 && path_removed(dive, number) < added);
}

static void add_to_sums(struct dive *dive, uint32_t number, int64_t delta)
{
    for (uint32_t n = number; delta && n != ROOT; n = dive->nodes[n].parent)
        dive->nodes[n].stacked_sum += delta;
}

/* The folders above come first, as in dive. */
static void ensure_stacked(struct dive *dive, uint32_t number)
{
    uint32_t bottom = number, missing = 0;
    for (; !is_stacked(dive, number); number = dive->nodes[number].parent)
        missing++;
    uint32_t clock = dive->clock + missing;
    dive->clock = clock;
    for (number = bottom; missing > 0; missing--, number = dive->nodes[number].parent) {
        struct path_node *node = &dive->nodes[number];
        node->added = clock--;
        node->stacked_size = 0;
        node->stacked_sum = 0;
        node->stacked_is_dir = false;
    }
}

/* Puts what the layer has at `from` into the stacked tree at `number`. */
static void stack_node(struct dive *dive, uint32_t number, uint32_t from)
{
    if (number == ROOT)
        return;
    ensure_stacked(dive, number);
    struct path_node *node = &dive->nodes[number];
    int64_t size = dive->nodes[from].layer_size;
    add_to_sums(dive, number, size - node->stacked_size);
    node->stacked_size = size;
    node->stacked_is_dir = dive->nodes[from].layer_is_dir;
}

/* Stacking cleans a node's path as an absolute one, so leading ".." vanish. */
static uint32_t without_climbing(struct dive *dive, uint32_t number)
{
    if (!dive->climbs || number == ROOT)
        return number;
    uint32_t parent = without_climbing(dive, dive->nodes[number].parent);
    const char *name = dive->nodes[number].name;
    if (parent == ROOT && strcmp(name, "..") == 0)
        return ROOT;
    return make(dive, parent, name, strlen(name));
}

/* The node that a whiteout's path names: without its prefix; of ".wh." alone it is the folder. */
static uint32_t whiteout_target(struct dive *dive, uint32_t number)
{
    const struct path_node *node = &dive->nodes[number];
    const char *name = node->name + WHITEOUT_PREFIX_LEN;
    return *name ? make(dive, node->parent, name, strlen(name)) : node->parent;
}

static void stack_layer(struct dive *dive)
{
    for (size_t i = 0; i < dive->member_count; i++) {
        uint32_t number = dive->members[i];
        if (!is_whiteout(&dive->nodes[number])) {
            stack_node(dive, without_climbing(dive, number), number);
            continue;
        }
        uint32_t target = whiteout_target(dive, number);
        if (target == ROOT || !is_stacked(dive, target))
            continue;
        add_to_sums(dive, dive->nodes[target].parent, -dive->nodes[target].stacked_sum);
        dive->nodes[target].removed = ++dive->clock;
        dive->epoch++;
    }
}

/* Adds one leaf to the efficiency map. False where dive gives up on the rest of the layer. */
static bool weigh_leaf(struct dive *dive, uint32_t number)
{
    uint32_t item = number;
    int64_t size = dive->nodes[number].layer_size;
    if (is_whiteout(&dive->nodes[number])) {
        uint32_t target = whiteout_target(dive, number);
        /* the path of ".wh." alone keeps its trailing slash: an item of its own */
        bool nameless = !dive->nodes[number].name[WHITEOUT_PREFIX_LEN];
        item = nameless ? make(dive, target, "", 0) : target;
        dive->nodes[item].is_item = true;
        if (!is_stacked(dive, target))
            return false;
        size = dive->nodes[target].stacked_is_dir ? dive->nodes[target].stacked_sum : 0;
    }
    struct path_node *node = &dive->nodes[item];
    node->is_item = true;
    node->cumulative += size;
    if (node->least < 0 || size < node->least)
        node->least = size;
    if (++node->references == 2)
        node->repeated = ++dive->repeats;
    return true;
}

static void weigh_layer(struct dive *dive)
{
    for (size_t i = 0; i < dive->member_count; i++)
        if (!dive->nodes[dive->members[i]].layer_has_child &&
            !weigh_leaf(dive, dive->members[i]))
            return;
}

static void sum_up(const struct dive *dive, struct dive_block *figures)
{
    int64_t least = 0, cumulative = 0;
    for (size_t i = 0; i < dive->count; i++) {
        const struct path_node *node = &dive->nodes[i];
        if (!node->is_item)
            continue;
        least += node->least;
        cumulative += node->cumulative;
        if (node->references >= 2)
            figures->wasted_bytes += node->cumulative;
    }
    figures->efficiency_score = cumulative ? (double)least / (double)cumulative : 1.0;
    figures->user_wasted_percent =
        (double)figures->wasted_bytes / (double)figures->user_size_bytes;
    figures->has_percent = isfinite(figures->user_wasted_percent);
}

static void dive_release(struct dive *dive)
{
    free(dive->nodes);
    free(dive->members);
    free(dive->chain);
    table_release(&dive->index);
    arena_release(&dive->arena);
}

static void visit_layer(const struct dive *dive, uint32_t number, int64_t size,
                        const struct dive_visitor *visitor)
{
    visitor->layer(visitor->context, number, size);
    for (size_t m = 0; m < dive->member_count; m++)
        visitor->node(visitor->context, number, dive->nodes[dive->members[m]].layer_entry);
}

/* Reads all layers; somebody may look at each. */
static void run(struct dive *dive, struct dive_block *figures, const struct image *image,
                const struct dive_visitor *visitor)
{
    make(dive, NONE, "", 0);
    dive->epoch = 1;
    for (uint32_t i = 0; i < image->chosen->layer_count; i++) {
        const struct layer *layer = image->chosen->layers[i].layer;
        if (!layer) {
            if (visitor)
                visitor->layer(visitor->context, i, 0);
            continue;
        }
        int64_t size = read_layer(dive, layer, i);
        figures->size_bytes += size;
        figures->user_size_bytes += i ? size : 0;
        if (dive->has_whiteouts || visitor)
            sort_members(dive);
        if (visitor)
            visit_layer(dive, i, size, visitor);
        /* for the first layer dive looks into a plain copy of it, whiteouts and all */
        for (size_t m = 0; i == 0 && m < dive->member_count; m++)
            stack_node(dive, dive->members[m], dive->members[m]);
        weigh_layer(dive);
        stack_layer(dive);
    }
}

void dive_measure(struct dive_block *ret_figures, const struct image *image)
{
    struct dive dive = {0};
    struct dive_block figures = {0};
    run(&dive, &figures, image, NULL);
    sum_up(&dive, &figures);
    dive_release(&dive);
    *ret_figures = figures;
}

/* "/a/b": the components are put in from the end. */
static void path_of(struct strbuf *out, const struct dive *dive, uint32_t number)
{
    size_t len = 0;
    for (uint32_t n = number; n != ROOT; n = dive->nodes[n].parent)
        len += 1 + strlen(dive->nodes[n].name);
    strbuf_reset(out);
    strbuf_add_repeat(out, '/', len);
    char *end = out->buf + len;
    for (uint32_t n = number; n != ROOT; n = dive->nodes[n].parent) {
        size_t name = strlen(dive->nodes[n].name);
        memcpy(end - name, dive->nodes[n].name, name);
        end -= name + 1;
    }
}

/* The most bytes first; of equals the one first that was repeated last, as dive's sort leaves them. */
static int compare_references(const void *a, const void *b)
{
    const struct path_node *left = *(const struct path_node *const *)a;
    const struct path_node *right = *(const struct path_node *const *)b;
    if (left->cumulative != right->cumulative)
        return left->cumulative > right->cumulative ? -1 : 1;
    return left->repeated > right->repeated ? -1 : left->repeated < right->repeated;
}

static void visit_references(const struct dive *dive, const struct dive_visitor *visitor)
{
    const struct path_node **found = memory_alloc_zero(dive->repeats, sizeof *found);
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    size_t count = 0;
    for (size_t i = 0; i < dive->count; i++)
        if (dive->nodes[i].repeated)
            found[count++] = &dive->nodes[i];
    if (count)
        qsort(found, count, sizeof(struct path_node *), compare_references);
    for (size_t i = 0; i < count; i++) {
        path_of(&path, dive, (uint32_t)(found[i] - dive->nodes));
        visitor->reference(visitor->context, path.buf, found[i]->references, found[i]->cumulative);
    }
    free(found);
}

void dive_visit(const struct image *image, const struct dive_visitor *visitor)
{
    struct dive dive = {0};
    struct dive_block figures = {0};
    run(&dive, &figures, image, visitor);
    visit_references(&dive, visitor);
    dive_release(&dive);
}
