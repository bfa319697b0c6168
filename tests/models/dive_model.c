#include "dive_model.h"

#include <stdlib.h>
#include <string.h>

#define WHITEOUT_PREFIX ".wh."
#define DOUBLE_WHITEOUT_PREFIX ".wh..wh.."

struct info {
    int64_t size;
    bool is_dir;
};

struct node {
    char *name;
    struct node *parent;    /* NULL for the root */
    struct node **children; /* sorted by name */
    size_t child_count;
    struct info info;
};

/* What is known of a path over all layers. */
struct sighting {
    char *path;
    int64_t cumulative;
    int64_t smallest; /* -1 until there is one */
    size_t count;
};

struct reckoner {
    struct node **trees;
    size_t tree_count;
    size_t current;
    struct sighting *sightings;
    size_t sighting_count;
};

typedef bool visit_function(struct node *node, void *context);

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static char *slice(const char *text, size_t length)
{
    char *copy = must(malloc(length + 1));

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Nodes */

static struct node *node_new(struct node *parent, const char *name, struct info info)
{
    struct node *node = must(calloc(1, sizeof(*node)));

    node->name = slice(name, strlen(name));
    node->parent = parent;
    node->info = info;
    return node;
}

static void node_free(struct node *node)
{
    for (size_t i = 0; i < node->child_count; i++)
        node_free(node->children[i]);
    free(node->children);
    free(node->name);
    free(node);
}

static void attach(struct node *parent, struct node *child)
{
    size_t at = 0;

    while (at < parent->child_count && strcmp(parent->children[at]->name, child->name) < 0)
        at++;
    parent->children =
        must(realloc(parent->children, (parent->child_count + 1) * sizeof(child)));
    memmove(parent->children + at + 1, parent->children + at,
            (parent->child_count - at) * sizeof(child));
    parent->children[at] = child;
    parent->child_count++;
}

static struct node *find_child(const struct node *parent, const char *name)
{
    for (size_t i = 0; i < parent->child_count; i++) {
        if (strcmp(parent->children[i]->name, name) == 0)
            return parent->children[i];
    }
    return NULL;
}

static struct node *node_copy(const struct node *from, struct node *parent)
{
    struct node *copy = node_new(parent, from->name, from->info);

    for (size_t i = 0; i < from->child_count; i++)
        attach(copy, node_copy(from->children[i], copy));
    return copy;
}

static bool is_whiteout(const struct node *node)
{
    return starts_with(node->name, WHITEOUT_PREFIX);
}

static bool is_leaf(const struct node *node)
{
    return node->child_count == 0;
}

static void add_parents(const struct node *node, struct bytes *path)
{
    if (node->parent == NULL)
        return;
    add_parents(node->parent, path);
    bytes_printf(path, "/%s", node->name);
}

/* "/a/b": a whiteout prefix goes from the own name, not from those above. To be freed. */
static char *node_path(const struct node *node)
{
    const char *name = node->name + (is_whiteout(node) ? strlen(WHITEOUT_PREFIX) : 0);
    struct bytes path = BYTES_INIT;

    add_parents(node->parent, &path);
    bytes_printf(&path, "/%s", name);
    bytes_add_zeros(&path, 1);
    return (char *)path.data;
}

/* Children first, siblings by their bytes, the root itself never. False ends it. */
static bool visit(struct node *node, visit_function *function, void *context)
{
    for (size_t i = 0; i < node->child_count; i++) {
        if (!visit(node->children[i], function, context))
            return false;
    }
    return node->parent == NULL || function(node, context);
}

/* Trees */

/* The shortest spelling, as Go's path.Clean has it: leading ".." stay if relative. */
static char *clean(const char *path)
{
    bool rooted = path[0] == '/';
    struct bytes out = BYTES_INIT;
    size_t kept = 0; /* components that ".." may take away */

    for (const char *p = path; *p != '\0';) {
        size_t length = strcspn(p, "/");
        bool up = length == 2 && memcmp(p, "..", 2) == 0;

        if (up && kept > 0) {
            while (out.size > 0 && out.data[--out.size] != '/')
                continue;
            kept--;
        } else if (up ? !rooted : length > 0 && !(length == 1 && *p == '.')) {
            bytes_printf(&out, "%s%.*s", out.size > 0 || rooted ? "/" : "", (int)length, p);
            kept += !up;
        }
        p += length;
        p += *p == '/';
    }
    if (out.size == 0)
        bytes_add_str(&out, rooted ? "/" : ".");
    bytes_add_zeros(&out, 1);
    return (char *)out.data;
}

static void add_path(struct node *root, const char *path, struct info info)
{
    char *cleaned = clean(path);
    struct node *node = root;

    for (const char *p = cleaned + (cleaned[0] == '/'); *p != '\0';) {
        size_t length = strcspn(p, "/");
        char *name = slice(p, length);
        struct node *child = find_child(node, name);

        if (child == NULL && starts_with(name, DOUBLE_WHITEOUT_PREFIX)) {
            free(name);
            break;
        }
        if (child == NULL) {
            child = node_new(node, name, (struct info){0, false});
            attach(node, child);
        }
        free(name);
        node = child;
        p += length;
        if (*p == '\0')
            node->info = info;
        else
            p++;
    }
    free(cleaned);
}

/* Empty components are passed over, so "/" is the root and "/a/" is "/a". */
static struct node *get_node(struct node *root, const char *path)
{
    struct node *node = root;

    while (*path != '\0' && node != NULL) {
        size_t length = strcspn(path, "/");

        if (length > 0) {
            char *name = slice(path, length);

            node = find_child(node, name);
            free(name);
        }
        path += length;
        path += *path == '/';
    }
    return node;
}

static void remove_path(struct node *root, const char *path)
{
    struct node *node = get_node(root, path);

    if (node == NULL || node == root)
        return;
    struct node *parent = node->parent;
    for (size_t i = parent->child_count; i-- > 0;) {
        if (parent->children[i] != node)
            continue;
        memmove(parent->children + i, parent->children + i + 1,
                (parent->child_count - i - 1) * sizeof(node));
        parent->child_count--;
    }
    node_free(node);
}

static bool graft(struct node *upper, void *context)
{
    struct node *root = context;
    char *path = node_path(upper);

    if (is_whiteout(upper))
        remove_path(root, path);
    else
        add_path(root, path, upper->info);
    free(path);
    return true;
}

/* The first layer, and then the layers from the first to before the limit put upon it. */
static struct node *stack_trees(const struct reckoner *r, size_t limit)
{
    struct node *root = node_copy(r->trees[0], NULL);

    for (size_t i = 0; i < limit; i++)
        visit(r->trees[i], graft, root);
    return root;
}

/* Efficiency */

static struct sighting *find_sighting(struct reckoner *r, const char *path)
{
    for (size_t i = 0; i < r->sighting_count; i++) {
        if (strcmp(r->sightings[i].path, path) == 0)
            return &r->sightings[i];
    }
    r->sightings =
        must(realloc(r->sightings, (r->sighting_count + 1) * sizeof(*r->sightings)));
    r->sightings[r->sighting_count] =
        (struct sighting){.path = slice(path, strlen(path)), .smallest = -1};
    return &r->sightings[r->sighting_count++];
}

static bool add_size(struct node *node, void *context)
{
    *(int64_t *)context += node->info.size;
    return true;
}

/* False where nothing of that path is below. */
static bool removed_size(const struct reckoner *r, const char *path, int64_t *ret_size)
{
    struct node *stacked = stack_trees(r, r->current);
    struct node *victim = get_node(stacked, path);
    bool found = victim != NULL;

    *ret_size = 0;
    if (found && victim->info.is_dir)
        visit(victim, add_size, ret_size);
    node_free(stacked);
    return found;
}

static bool see_leaf(struct node *node, void *context)
{
    struct reckoner *r = context;
    int64_t size = node->info.size;

    if (!is_leaf(node))
        return true;
    char *path = node_path(node);
    struct sighting *seen = find_sighting(r, path);
    bool go_on = !is_whiteout(node) || removed_size(r, path, &size);
    free(path);
    if (!go_on)
        return false;
    seen->cumulative += size;
    if (seen->smallest < 0 || size < seen->smallest)
        seen->smallest = size;
    seen->count++;
    return true;
}

/* Layers */

static struct info info_of_entry(const struct model_entry *entry)
{
    if (entry->type == MODEL_FILE)
        return (struct info){(int64_t)model_entry_logical_size(entry), false};
    return (struct info){(int64_t)entry->header_size, entry->type == MODEL_DIR};
}

static struct node *tree_of_layer(const struct model_layer *layer, uint64_t *ret_size)
{
    struct node *root = node_new(NULL, "", (struct info){0, false});

    *ret_size = 0;
    for (size_t i = 0; i < layer->entry_count; i++) {
        struct info info = info_of_entry(&layer->entries[i]);
        char *name = clean(layer->entries[i].path);

        if (strcmp(name, ".") != 0) {
            *ret_size += (uint64_t)info.size;
            add_path(root, name, info);
        }
        free(name);
    }
    return root;
}

static void conclude(struct reckoner *r, struct dive_figures *figures)
{
    int64_t smallest = 0, cumulative = 0;

    for (size_t i = 0; i < r->sighting_count; i++) {
        smallest += r->sightings[i].smallest;
        cumulative += r->sightings[i].cumulative;
        if (r->sightings[i].count >= 2)
            figures->wasted_bytes += (uint64_t)r->sightings[i].cumulative;
        free(r->sightings[i].path);
    }
    figures->efficiency_score =
        cumulative == 0 ? 1.0 : (double)smallest / (double)cumulative;
    figures->has_user_wasted_percent = figures->user_size_bytes > 0;
    if (figures->has_user_wasted_percent)
        figures->user_wasted_percent =
            (double)figures->wasted_bytes / (double)figures->user_size_bytes;
}

void dive_reckon(const struct model_image *image, struct dive_figures *ret_figures)
{
    struct reckoner r = {.tree_count = image->layer_count};

    *ret_figures = (struct dive_figures){0};
    r.trees = must(calloc(image->layer_count + 1, sizeof(*r.trees)));
    for (size_t i = 0; i < image->layer_count; i++) {
        uint64_t size;

        r.trees[i] = tree_of_layer(&image->layers[i], &size);
        ret_figures->size_bytes += size;
        ret_figures->user_size_bytes += i > 0 ? size : 0;
    }
    for (r.current = 0; r.current < r.tree_count; r.current++)
        visit(r.trees[r.current], see_leaf, &r);
    conclude(&r, ret_figures);

    for (size_t i = 0; i < r.tree_count; i++)
        node_free(r.trees[i]);
    free(r.trees);
    free(r.sightings);
}
