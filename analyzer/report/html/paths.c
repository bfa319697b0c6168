#include "analyzer/report/html/paths.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* A version with the inode that it names, before it is known where the inode's bytes stand.
 */
struct raw_version {
    uint32_t inode;
    uint16_t from;
    uint16_t until;
    uint8_t kind;
};

struct raw_path {
    uint32_t node;
    uint32_t parent; /* index in this list */
    uint32_t first;
    uint32_t count;
};

/* A stretch of a version that carries the bytes of its inode. */
struct carried {
    uint32_t version;
    uint16_t from;
    uint16_t until;
};

struct collector {
    const struct accounting *accounting;
    struct raw_path *paths;
    size_t path_count;
    struct raw_version *versions;
    size_t version_count;
    struct carried *carried; /* by version, then `from`; of shared inodes only */
    size_t carried_count, carried_capacity;
    uint32_t *names; /* by inode: how many versions name it */
};

static bool is_shown(const struct tree_node *node)
{
    return node_is_visible(node) && !node->hidden;
}

/* Numbers of things in the order of their keys, those of one key in the order of the
 * things: the things of key k are order[start[k]] to order[start[k + 1]]. */
struct buckets {
    uint32_t *start;
    uint32_t *order;
};

static void buckets_release(struct buckets *buckets)
{
    free(buckets->start);
    free(buckets->order);
}

typedef uint32_t bucket_key(const struct collector *collector, size_t thing);

static void buckets_fill(struct buckets *buckets, const struct collector *collector,
                         size_t keys, size_t things, bucket_key *key_of)
{
    uint32_t *start = memory_alloc_zero(keys + 2, sizeof *start);
    buckets->order = memory_alloc_zero(things, sizeof *buckets->order);
    for (size_t i = 0; i < things; i++) {
        uint32_t key = key_of(collector, i);
        if (key != NODE_NONE)
            start[key + 2]++;
    }
    for (size_t k = 2; k < keys + 2; k++)
        start[k] += start[k - 1];
    for (size_t i = 0; i < things; i++) {
        uint32_t key = key_of(collector, i);
        if (key != NODE_NONE)
            buckets->order[start[key + 1]++] = (uint32_t)i;
    }
    buckets->start = start;
}

static uint32_t node_of_past(const struct collector *collector, size_t past)
{
    return collector->accounting->past[past].node;
}

/* NODE_NONE for the root and for what never showed. A node below a folder that shows, or
 * did, is kept by that alone: `names` is borrowed here to mark nodes. */
static uint32_t parent_of_node(const struct collector *collector, size_t node)
{
    const struct tree_node *nodes = collector->accounting->tree.nodes;
    return collector->names[node] ? nodes[node].parent : NODE_NONE;
}

static int compare_names(const void *a, const void *b, void *context)
{
    const struct tree_node *nodes = context;
    return strcmp(nodes[*(const uint32_t *)a].name, nodes[*(const uint32_t *)b].name);
}

/* Appends a version, or makes the one before it longer where nothing changed. */
static void add_version(struct collector *collector, struct raw_path *path,
                        struct raw_version version)
{
    struct raw_version *last =
        path->count ? &collector->versions[collector->version_count - 1] : NULL;
    if (version.from >= version.until)
        return;
    if (last && last->until == version.from && last->kind == version.kind &&
        last->inode == version.inode) {
        last->until = version.until;
        return;
    }
    collector->versions[collector->version_count++] = version;
    path->count++;
}

static void add_versions(struct collector *collector, struct raw_path *path,
                         const struct buckets *past)
{
    const struct accounting *accounting = collector->accounting;
    const struct tree_node *node = &accounting->tree.nodes[path->node];
    path->first = (uint32_t)collector->version_count;
    for (uint32_t i = past->start[path->node]; i < past->start[path->node + 1]; i++) {
        const struct past *row = &accounting->past[past->order[i]];
        add_version(collector, path,
                    (struct raw_version){
                        .inode = row->inode,
                        .from = row->from,
                        .until = row->until,
                        .kind = row->kind,
                    });
    }
    if (is_shown(node))
        add_version(collector, path,
                    (struct raw_version){
                        .inode = node->inode,
                        .from = (uint16_t)(node->touched ? node->touched - 1 : 0),
                        .until = STILL_THERE,
                        .kind = node->kind,
                    });
}

/* Lists the paths in preorder with an own stack: an archive decides how deep it is. */
static void walk(struct collector *collector, const struct buckets *children,
                 const struct buckets *past)
{
    struct tree_node *nodes = collector->accounting->tree.nodes;
    struct waiting {
        uint32_t node, parent;
    } *stack = NULL;
    size_t depth = 0, capacity = 0;
    stack = memory_grow(stack, depth, &capacity, sizeof *stack);
    stack[depth++] = (struct waiting){.node = NODE_ROOT, .parent = NODE_NONE};
    while (depth) {
        struct waiting next = stack[--depth];
        uint32_t number = (uint32_t)collector->path_count++;
        collector->paths[number] =
            (struct raw_path){.node = next.node, .parent = next.parent};
        add_versions(collector, &collector->paths[number], past);
        uint32_t *first = &children->order[children->start[next.node]];
        size_t count = children->start[next.node + 1] - children->start[next.node];
        if (count > 1)
            qsort_r(first, count, sizeof *first, compare_names, nodes);
        for (size_t i = count; i-- > 0;) {
            stack = memory_grow(stack, depth, &capacity, sizeof *stack);
            stack[depth++] = (struct waiting){.node = first[i], .parent = number};
        }
    }
    free(stack);
}

static void list_paths(struct collector *collector)
{
    const struct accounting *accounting = collector->accounting;
    const struct tree *tree = &accounting->tree;
    struct buckets past = {0}, children = {0};
    collector->names = memory_alloc_zero(tree->count, sizeof *collector->names);
    for (size_t i = 0; i < tree->count; i++)
        collector->names[i] = is_shown(&tree->nodes[i]);
    for (size_t i = 0; i < accounting->past_count; i++)
        collector->names[accounting->past[i].node] = 1;
    collector->names[NODE_ROOT] = 0; /* nobody's child */
    buckets_fill(&past, collector, tree->count, accounting->past_count, node_of_past);
    buckets_fill(&children, collector, tree->count, tree->count, parent_of_node);
    free(collector->names);
    collector->paths = memory_alloc_zero(tree->count, sizeof *collector->paths);
    collector->versions = memory_alloc_zero(tree->count + accounting->past_count,
                                            sizeof *collector->versions);
    walk(collector, &children, &past);
    buckets_release(&past);
    buckets_release(&children);
}

static void count_names(struct collector *collector)
{
    collector->names =
        memory_alloc_zero(collector->accounting->inode_count, sizeof *collector->names);
    for (size_t i = 0; i < collector->version_count; i++)
        if (collector->versions[i].inode != INODE_NONE)
            collector->names[collector->versions[i].inode]++;
}

static int64_t bytes_of(const struct collector *collector,
                        const struct raw_version *version)
{
    if (version->inode == INODE_NONE)
        return 0;
    const struct accounting *accounting = collector->accounting;
    return inode_entry(accounting, &accounting->inodes[version->inode])->content;
}

static bool is_shared(const struct collector *collector, const struct raw_version *version)
{
    return version->inode != INODE_NONE && collector->names[version->inode] > 1 &&
           bytes_of(collector, version) > 0;
}

/* A version of an inode that has several. */
struct name_of_inode {
    uint32_t inode;
    uint32_t version;
    bool first; /* it is the path that stands for the inode at the end */
};

static int compare_by_inode(const void *a, const void *b)
{
    const struct name_of_inode *left = a, *right = b;
    if (left->inode != right->inode)
        return left->inode < right->inode ? -1 : 1;
    if (left->first != right->first)
        return left->first ? -1 : 1;
    return left->version < right->version ? -1 : left->version > right->version;
}

static int compare_by_version(const void *a, const void *b)
{
    const struct carried *left = a, *right = b;
    if (left->version != right->version)
        return left->version < right->version ? -1 : 1;
    return left->from < right->from ? -1 : left->from > right->from;
}

static void carry(struct collector *collector, uint32_t version, size_t from, size_t until,
                  size_t states)
{
    collector->carried =
        memory_grow(collector->carried, collector->carried_count,
                    &collector->carried_capacity, sizeof *collector->carried);
    collector->carried[collector->carried_count++] = (struct carried){
        .version = version,
        .from = (uint16_t)from,
        .until = until == states ? STILL_THERE : (uint16_t)until,
    };
}

/* Gives the version the bytes in those of its states where no name before it has them;
 * `taken` has a place for each state. Returns how many it took. */
static size_t carry_where_free(struct collector *collector, uint32_t number, bool *taken)
{
    const struct raw_version *version = &collector->versions[number];
    size_t states = collector->accounting->layer_count, took = 0;
    size_t end = version->until < states ? version->until : states;
    for (size_t at = version->from; at < end;) {
        size_t start = at;
        while (at < end && !taken[at])
            taken[at++] = true;
        if (at > start)
            carry(collector, number, start, at, states);
        took += at - start;
        while (at < end && taken[at])
            at++;
    }
    return took;
}

static struct name_of_inode *list_shared(const struct collector *collector,
                                         size_t *ret_count)
{
    struct name_of_inode *shared = NULL;
    size_t count = 0, capacity = 0;
    for (size_t p = 0; p < collector->path_count; p++) {
        const struct raw_path *path = &collector->paths[p];
        for (uint32_t v = path->first; v < path->first + path->count; v++) {
            const struct raw_version *version = &collector->versions[v];
            if (!is_shared(collector, version))
                continue;
            shared = memory_grow(shared, count, &capacity, sizeof *shared);
            shared[count++] = (struct name_of_inode){
                .inode = version->inode,
                .version = v,
                .first = collector->accounting->inodes[version->inode].node == path->node,
            };
        }
    }
    *ret_count = count;
    return shared;
}

static void share_bytes(struct collector *collector)
{
    size_t states = collector->accounting->layer_count, count;
    struct name_of_inode *shared = list_shared(collector, &count);
    bool *taken = memory_alloc_zero(states, sizeof *taken);
    if (count)
        qsort(shared, count, sizeof *shared, compare_by_inode);
    for (size_t i = 0; i < count;) {
        uint32_t inode = shared[i].inode;
        size_t took = 0;
        memset(taken, 0, states * sizeof *taken);
        for (; i < count && shared[i].inode == inode; i++)
            if (took < states)
                took += carry_where_free(collector, shared[i].version, taken);
    }
    if (collector->carried_count)
        qsort(collector->carried, collector->carried_count, sizeof *collector->carried,
              compare_by_version);
    free(taken);
    free(shared);
}

static void put_version(struct paths *paths, struct path *path, uint16_t from,
                        uint16_t until, uint8_t kind, int64_t bytes)
{
    if (from >= until)
        return;
    paths->versions[paths->version_count++] = (struct path_version){
        .bytes = bytes,
        .from = from,
        .until = until,
        .kind = kind,
    };
    path->count++;
}

/* A version of a shared inode, cut where it carries the bytes and where another name does.
 */
static size_t put_shared(struct paths *paths, struct path *path,
                         const struct collector *collector, uint32_t number, size_t next)
{
    const struct raw_version *version = &collector->versions[number];
    uint16_t at = version->from;
    for (; next < collector->carried_count && collector->carried[next].version == number;
         next++) {
        const struct carried *carried = &collector->carried[next];
        put_version(paths, path, at, carried->from, TAR_HARDLINK, 0);
        put_version(paths, path, carried->from, carried->until, version->kind,
                    bytes_of(collector, version));
        at = carried->until;
    }
    put_version(paths, path, at, version->until, TAR_HARDLINK, 0);
    return next;
}

static void settle(struct paths *paths, const struct collector *collector)
{
    size_t next = 0;
    paths->count = collector->path_count;
    paths->items = memory_alloc_zero(paths->count, sizeof *paths->items);
    paths->versions = memory_alloc_zero(
        collector->version_count + 2 * collector->carried_count, sizeof *paths->versions);
    for (size_t p = 0; p < collector->path_count; p++) {
        const struct raw_path *raw = &collector->paths[p];
        struct path *path = &paths->items[p];
        *path = (struct path){
            .name = collector->accounting->tree.nodes[raw->node].name,
            .parent = raw->parent,
            .first = (uint32_t)paths->version_count,
        };
        if (p)
            paths->items[raw->parent].children++;
        for (uint32_t v = raw->first; v < raw->first + raw->count; v++) {
            const struct raw_version *version = &collector->versions[v];
            if (is_shared(collector, version))
                next = put_shared(paths, path, collector, v, next);
            else
                put_version(paths, path, version->from, version->until, version->kind,
                            bytes_of(collector, version));
        }
    }
}

const struct path_version *path_now(const struct paths *paths, size_t path)
{
    const struct path *item = &paths->items[path];
    const struct path_version *last = &paths->versions[item->first + item->count - 1];
    return last->until == STILL_THERE ? last : NULL;
}

void paths_collect(struct paths *ret_paths, const struct accounting *accounting)
{
    struct collector collector = {.accounting = accounting};
    struct paths paths = {0};
    list_paths(&collector);
    count_names(&collector);
    share_bytes(&collector);
    settle(&paths, &collector);
    free(collector.paths);
    free(collector.versions);
    free(collector.carried);
    free(collector.names);
    *ret_paths = paths;
}

void paths_release(struct paths *paths)
{
    free(paths->items);
    free(paths->versions);
    *paths = (struct paths){0};
}
