#include "accounting_model.h"

#include <stdlib.h>
#include <string.h>

#define MAX_HOPS 40

/* One regular file; a hard link whose target is missing makes one that has no entry. */
struct inode {
    const struct model_entry *entry;
    size_t payload;
    bool was_visible;
};

/* The nodes are those of the filesystem, hidden ones too, sorted by path. */
struct world {
    const struct model_image *image;
    enum model_semantics semantics;
    size_t layer;
    struct model_path *nodes;
    size_t node_count;
    struct inode *inodes;
    size_t inode_count;
    struct model_accounts *out;
};

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static char *text_copy(const char *text)
{
    return text == NULL ? NULL : strcpy(must(malloc(strlen(text) + 1)), text);
}

static char *join(const char *folder, const char *name)
{
    char *path = must(malloc(strlen(folder) + strlen(name) + 2));

    strcpy(path, folder);
    strcat(path, "/");
    return strcat(path, name);
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Names */

static const char *base_name(const char *path)
{
    return strrchr(path, '/') + 1;
}

static bool is_opaque_marker(const char *base)
{
    return strcmp(base, ".wh..wh..opq") == 0;
}

static bool is_aufs_name(const char *base)
{
    return starts_with(base, ".wh..wh.") && !is_opaque_marker(base);
}

static bool is_whiteout(const char *base)
{
    return starts_with(base, ".wh.") && !starts_with(base, ".wh..wh.") &&
           strcmp(base, ".wh.") != 0;
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* Nothing at or below a name that starts with .wh..wh. is seen. */
static bool is_visible(const char *path)
{
    return strstr(path, "/.wh..wh.") == NULL;
}

/* The flat filesystem. The root is the empty path here and is in no list. */

static struct model_path *find(const struct world *w, const char *path)
{
    for (size_t i = 0; i < w->node_count; i++) {
        if (strcmp(w->nodes[i].path, path) == 0)
            return &w->nodes[i];
    }
    return NULL;
}

static void release_node(struct model_path *node)
{
    free(node->path);
    free(node->link);
}

static void remove_at(struct world *w, size_t i)
{
    release_node(&w->nodes[i]);
    memmove(w->nodes + i, w->nodes + i + 1, (w->node_count - i - 1) * sizeof(*w->nodes));
    w->node_count--;
}

static void remove_children(struct world *w, const char *path)
{
    for (size_t i = w->node_count; i-- > 0;) {
        if (is_below(w->nodes[i].path, path))
            remove_at(w, i);
    }
}

static void remove_tree(struct world *w, const char *path)
{
    remove_children(w, path);
    for (size_t i = w->node_count; i-- > 0;) {
        if (strcmp(w->nodes[i].path, path) == 0)
            remove_at(w, i);
    }
}

static struct model_path copy_node(const struct model_path *node)
{
    struct model_path copy = *node;

    copy.path = text_copy(node->path);
    copy.link = text_copy(node->link);
    return copy;
}

/* The path and the link are copied. */
static void insert(struct world *w, const struct model_path *node)
{
    size_t at = 0;

    while (at < w->node_count && strcmp(w->nodes[at].path, node->path) < 0)
        at++;
    w->nodes = must(realloc(w->nodes, (w->node_count + 1) * sizeof(*w->nodes)));
    memmove(w->nodes + at + 1, w->nodes + at, (w->node_count - at) * sizeof(*w->nodes));
    w->nodes[at] = copy_node(node);
    w->node_count++;
}

static void make_implicit_dir(struct world *w, const char *path)
{
    struct model_path node = {.path = (char *)(uintptr_t)path,
                              .type = MODEL_DIR,
                              .inode = MODEL_NONE,
                              .payload = MODEL_NONE,
                              .mode = 0755};

    remove_tree(w, path);
    insert(w, &node);
}

/* Events */

static bool has_visible_name(const struct world *w, size_t inode)
{
    for (size_t i = 0; i < w->node_count; i++) {
        if (w->nodes[i].inode == inode && is_visible(w->nodes[i].path))
            return true;
    }
    return false;
}

/* Asks of every payload whether the event gave it a visible name or took its last. */
static void after_event(struct world *w, enum model_cause cause)
{
    for (size_t i = 0; i < w->inode_count; i++) {
        struct inode *inode = &w->inodes[i];
        bool visible = has_visible_name(w, i);

        if (inode->payload != MODEL_NONE && visible != inode->was_visible) {
            struct model_payload *payload = &w->out->payloads[inode->payload];

            payload->live = visible;
            payload->cause = payload->layer == w->layer ? MODEL_SHADOWED : cause;
            payload->killed_by = w->layer;
        }
        inode->was_visible = visible;
    }
}

/* Parents */

enum walk_mode {
    WALK_ENTRY,  /* makes what is missing, replaces what is no directory */
    WALK_TRY,    /* an entry's, without doing it: where does it lead? */
    WALK_MARKER, /* changes nothing, but under overlay, where it is an entry's */
    WALK_TARGET, /* changes nothing */
};

enum walk_result {
    WALK_DONE,
    WALK_NOWHERE,
    WALK_LOOP,
};

struct walk {
    enum walk_mode mode;
    char *at; /* "" at the root */
    int hops;
};

static enum walk_result walk_path(struct world *w, struct walk *walk, const char *path);

static void descend(struct walk *walk, const char *name)
{
    char *path = join(walk->at, name);

    free(walk->at);
    walk->at = path;
}

static void ascend(struct walk *walk)
{
    char *slash = strrchr(walk->at, '/');

    if (slash != NULL)
        *slash = '\0';
}

/* Where the name is no directory and no symlink, or nothing at all. */
static enum walk_result walk_into_no_dir(struct world *w, struct walk *walk,
                                         const char *name)
{
    if (walk->mode == WALK_MARKER || walk->mode == WALK_TARGET)
        return WALK_NOWHERE;
    descend(walk, name);
    if (walk->mode == WALK_ENTRY)
        make_implicit_dir(w, walk->at);
    return WALK_DONE;
}

static enum walk_result walk_into_link(struct world *w, struct walk *walk,
                                       const char *target)
{
    if (++walk->hops > MAX_HOPS)
        return WALK_LOOP;
    if (target[0] == '/')
        walk->at[0] = '\0';
    return walk_path(w, walk, target);
}

static enum walk_result walk_into(struct world *w, struct walk *walk, const char *name)
{
    char *path = join(walk->at, name);
    const struct model_path *node = find(w, path);

    free(path);
    if (node != NULL && node->type == MODEL_DIR) {
        descend(walk, name);
        return WALK_DONE;
    }
    if (node == NULL || node->type != MODEL_SYMLINK)
        return walk_into_no_dir(w, walk, name);

    char *target = text_copy(node->link);
    enum walk_result result = walk_into_link(w, walk, target);
    free(target);
    return result;
}

static enum walk_result walk_component(struct world *w, struct walk *walk, const char *name)
{
    if (name[0] == '\0' || strcmp(name, ".") == 0)
        return WALK_DONE;
    if (strcmp(name, "..") == 0) {
        ascend(walk);
        return WALK_DONE;
    }
    return walk_into(w, walk, name);
}

static char *next_component(const char **path)
{
    size_t length = strcspn(*path, "/");
    char *name = must(malloc(length + 1));

    memcpy(name, *path, length);
    name[length] = '\0';
    *path += length;
    *path += **path == '/';
    return name;
}

static enum walk_result walk_path(struct world *w, struct walk *walk, const char *path)
{
    enum walk_result result = WALK_DONE;

    while (*path != '\0' && result == WALK_DONE) {
        char *name = next_component(&path);

        result = walk_component(w, walk, name);
        free(name);
    }
    return result;
}

static bool replaces_symlinks(const struct world *w, enum walk_mode mode)
{
    return w->semantics == MODEL_OVERLAY && mode != WALK_TARGET;
}

static bool leads_into_loop(struct world *w, const struct walk *walk, const char *name)
{
    struct walk attempt = {.mode = WALK_TRY, .at = text_copy(walk->at), .hops = walk->hops};
    bool loop = walk_into(w, &attempt, name) == WALK_LOOP;

    free(attempt.at);
    return loop;
}

/* Makes every component of a path a directory that is none yet. */
static void make_dirs(struct world *w, const char *path)
{
    char *part = text_copy(path);

    for (size_t i = 1; part[0] != '\0' && i <= strlen(path); i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        part[i] = '\0';
        const struct model_path *node = find(w, part);
        if (node == NULL || node->type != MODEL_DIR)
            make_implicit_dir(w, part);
        part[i] = path[i];
    }
    free(part);
}

/* Where a symlink leads is found out first and made then, so that "missing/.." makes nothing: what is not
 * there is gone through by its name alone, as securejoin does. */
static enum walk_result follow_own_symlink(struct world *w, struct walk *walk, const char *name)
{
    struct walk attempt = {.mode = WALK_TRY, .at = text_copy(walk->at), .hops = walk->hops};
    enum walk_result result = walk_into(w, &attempt, name);

    if (result == WALK_DONE && walk->mode == WALK_ENTRY)
        make_dirs(w, attempt.at);
    const struct model_path *node = find(w, attempt.at);
    if (result == WALK_DONE && attempt.at[0] != '\0' &&
        (node == NULL || node->type != MODEL_DIR))
        result = WALK_NOWHERE;
    free(walk->at);
    walk->at = attempt.at;
    walk->hops = attempt.hops;
    return result;
}

/* One component of the path as the tar has it, not of a symlink's target. */
static enum walk_result walk_own_component(struct world *w, struct walk *walk,
                                           const char *name)
{
    char *path = join(walk->at, name);
    const struct model_path *node = find(w, path);
    bool link = node != NULL && node->type == MODEL_SYMLINK;
    bool replace = link && replaces_symlinks(w, walk->mode);

    if (link && walk->mode == WALK_ENTRY && leads_into_loop(w, walk, name))
        replace = true;
    if (replace)
        make_implicit_dir(w, path);
    free(path);
    if (link && !replace)
        return follow_own_symlink(w, walk, name);
    return walk_into(w, walk, name);
}

/* The directory that holds the last component of a normalised path, or NULL where there is
 * none. The result is "" for the root. */
static char *resolve_parent(struct world *w, const char *path, enum walk_mode mode)
{
    if (mode == WALK_MARKER && w->semantics == MODEL_OVERLAY)
        mode = WALK_ENTRY;
    struct walk walk = {.mode = mode, .at = text_copy("")};
    enum walk_result result = WALK_DONE;

    for (path++; strchr(path, '/') != NULL && result == WALK_DONE;) {
        char *name = next_component(&path);

        result = walk_own_component(w, &walk, name);
        free(name);
    }
    if (result == WALK_DONE)
        return walk.at;
    free(walk.at);
    return NULL;
}

/* Markers */

static void apply_opaque(struct world *w, const char *path)
{
    char *folder = resolve_parent(w, path, WALK_MARKER);
    after_event(w, MODEL_TYPE_CHANGED);

    /* overlayfs ignores the mark on the root of a layer */
    bool ignored = w->semantics == MODEL_OVERLAY && folder != NULL && *folder == '\0';
    if (folder != NULL && !ignored)
        remove_children(w, folder);
    free(folder);
    after_event(w, MODEL_OPAQUE);
}

/* Does an entry after the whiteout bring that very directory? */
static bool dir_follows(const struct world *w, size_t whiteout, const char *victim)
{
    const struct model_layer *layer = &w->image->layers[w->layer];
    bool found = false;

    for (size_t i = whiteout + 1; i < layer->entry_count && !found; i++) {
        char *path = model_path_normalise(layer->entries[i].path);

        found = layer->entries[i].type == MODEL_DIR && strcmp(path, victim) == 0;
        free(path);
    }
    return found;
}

/* "/a/.wh.b" names "/a/b", as long as no symlink is on the way. */
static char *victim_name(const char *path)
{
    char *victim = text_copy(path);
    char *base = victim + (base_name(path) - path);

    memmove(base, base + strlen(".wh."), strlen(base + strlen(".wh.")) + 1);
    return victim;
}

static bool overlay_keeps(const struct world *w, size_t whiteout, const char *path,
                          const struct model_path *node)
{
    if (w->semantics != MODEL_OVERLAY || node == NULL || node->type != MODEL_DIR)
        return false;
    char *victim = victim_name(path);
    bool keeps = dir_follows(w, whiteout, victim);
    free(victim);
    return keeps;
}

static void apply_whiteout(struct world *w, size_t index, const char *path)
{
    char *folder = resolve_parent(w, path, WALK_MARKER);
    after_event(w, MODEL_TYPE_CHANGED);

    if (folder != NULL) {
        char *victim = join(folder, base_name(path) + strlen(".wh."));

        if (!overlay_keeps(w, index, path, find(w, victim)))
            remove_tree(w, victim);
        free(victim);
    }
    free(folder);
    after_event(w, MODEL_DELETED);
}

static void apply_markers(struct world *w, bool opaque)
{
    const struct model_layer *layer = &w->image->layers[w->layer];

    for (size_t i = 0; i < layer->entry_count; i++) {
        char *path = model_path_normalise(layer->entries[i].path);

        if (opaque && is_opaque_marker(base_name(path)))
            apply_opaque(w, path);
        if (!opaque && is_whiteout(base_name(path)))
            apply_whiteout(w, i, path);
        free(path);
    }
}

/* Entries */

static size_t add_inode(struct world *w, const struct model_entry *entry, size_t payload)
{
    w->inodes = must(realloc(w->inodes, (w->inode_count + 1) * sizeof(*w->inodes)));
    w->inodes[w->inode_count] = (struct inode){.entry = entry, .payload = payload};
    return w->inode_count++;
}

/* Dead from the start, until a name of it is seen. */
static size_t add_payload(struct world *w, size_t index, const char *path)
{
    const struct model_entry *entry = &w->image->layers[w->layer].entries[index];
    struct model_accounts *out = w->out;

    out->payloads =
        must(realloc(out->payloads, (out->payload_count + 1) * sizeof(*out->payloads)));
    out->payloads[out->payload_count] = (struct model_payload){
        .layer = w->layer,
        .entry = index,
        .path = text_copy(path),
        .bytes = entry->content_size,
        .cause = MODEL_SHADOWED,
        .killed_by = w->layer,
    };
    return out->payload_count++;
}

static bool same_content(const struct world *w, size_t a, size_t b)
{
    static const struct model_entry empty;
    const struct model_entry *left = w->inodes[a].entry, *right = w->inodes[b].entry;

    return model_entry_same_content(left != NULL ? left : &empty,
                                    right != NULL ? right : &empty);
}

static enum model_cause cause_of_replacement(const struct world *w,
                                             const struct model_path *before,
                                             const struct model_path *now)
{
    if (before == NULL || before->type != MODEL_FILE || now->type != MODEL_FILE)
        return MODEL_TYPE_CHANGED;
    return same_content(w, before->inode, now->inode) ? MODEL_REEMITTED : MODEL_REWRITTEN;
}

/* Replaces what has the node's path, but a directory under a new one keeps its children. */
static void put(struct world *w, const struct model_path *node)
{
    struct model_path *before = find(w, node->path);
    enum model_cause cause = cause_of_replacement(w, before, node);

    if (before != NULL && before->type == MODEL_DIR && node->type == MODEL_DIR) {
        release_node(before);
        *before = copy_node(node);
    } else {
        remove_tree(w, node->path);
        insert(w, node);
    }
    after_event(w, cause);
}

static struct model_path node_of_entry(const struct model_entry *entry, char *path)
{
    return (struct model_path){
        .path = path,
        .type = entry->type,
        .inode = MODEL_NONE,
        .payload = MODEL_NONE,
        .link = entry->type == MODEL_SYMLINK ? (char *)(uintptr_t)entry->link : NULL,
        .mode = entry->mode,
        .uid = entry->uid,
        .gid = entry->gid,
        .mtime = entry->mtime,
        .devmajor = entry->type == MODEL_CHARDEV ? entry->devmajor : 0,
        .devminor = entry->type == MODEL_CHARDEV ? entry->devminor : 0,
    };
}

/* The node that a hard link means, or NULL. */
static struct model_path *find_target(struct world *w, const char *link)
{
    char *target = model_path_normalise(link);
    char *folder = resolve_parent(w, target, WALK_TARGET);
    struct model_path *node = NULL;

    if (folder != NULL) {
        char *path = join(folder, base_name(target));

        node = find(w, path);
        free(path);
    }
    free(folder);
    free(target);
    return node;
}

static void put_hardlink(struct world *w, const struct model_entry *entry, char *path)
{
    const struct model_path *target = find_target(w, entry->link);
    struct model_path node = node_of_entry(entry, path);

    if (target != NULL && strcmp(target->path, path) == 0)
        return;
    if (target == NULL || target->type == MODEL_DIR) {
        node.type = MODEL_FILE;
        node.inode = add_inode(w, NULL, MODEL_NONE);
        put(w, &node);
        return;
    }
    node = copy_node(target);
    free(node.path);
    node.path = path;
    put(w, &node);
    free(node.link);
}

static void put_entry(struct world *w, const struct model_entry *entry, size_t payload,
                      char *path)
{
    struct model_path node = node_of_entry(entry, path);

    if (entry->type == MODEL_HARDLINK) {
        put_hardlink(w, entry, path);
        return;
    }
    if (entry->type == MODEL_FILE) {
        node.payload = payload;
        node.inode = add_inode(w, entry, payload);
    }
    put(w, &node);
}

static void put_root(struct world *w, const struct model_entry *entry)
{
    if (entry->type != MODEL_DIR)
        return;
    char *path = w->out->root.path;
    w->out->root = node_of_entry(entry, path);
}

/* Markers had their turn; of the aufs names only directories are made, unseen. */
static bool makes_nothing(const struct model_entry *entry, const char *path)
{
    const char *base = base_name(path);

    if (is_aufs_name(base))
        return entry->type != MODEL_DIR;
    return starts_with(base, ".wh.");
}

static void apply_entry(struct world *w, size_t index, const char *path)
{
    const struct model_entry *entry = &w->image->layers[w->layer].entries[index];
    size_t payload = MODEL_NONE;

    if (makes_nothing(entry, path))
        return;
    if (entry->type == MODEL_FILE)
        payload = add_payload(w, index, path);
    if (strcmp(path, "/") == 0) {
        put_root(w, entry);
        return;
    }

    char *folder = resolve_parent(w, path, WALK_ENTRY);
    after_event(w, MODEL_TYPE_CHANGED);
    char *place = join(folder, base_name(path));
    put_entry(w, entry, payload, place);
    free(place);
    free(folder);
}

static void apply_entries(struct world *w)
{
    const struct model_layer *layer = &w->image->layers[w->layer];

    for (size_t i = 0; i < layer->entry_count; i++) {
        char *path = model_path_normalise(layer->entries[i].path);

        apply_entry(w, i, path);
        free(path);
    }
}

/* What a layer changed */

struct snapshot {
    struct model_path *paths;
    size_t count;
};

static void snapshot_take(const struct world *w, struct snapshot *ret_snapshot)
{
    ret_snapshot->paths = must(calloc(w->node_count + 1, sizeof(*w->nodes)));
    ret_snapshot->count = 0;
    for (size_t i = 0; i < w->node_count; i++) {
        if (is_visible(w->nodes[i].path))
            ret_snapshot->paths[ret_snapshot->count++] = copy_node(&w->nodes[i]);
    }
}

static void snapshot_release(struct snapshot *s)
{
    for (size_t i = 0; i < s->count; i++)
        release_node(&s->paths[i]);
    free(s->paths);
}

static const struct model_path *snapshot_find(const struct snapshot *s, const char *path)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->paths[i].path, path) == 0)
            return &s->paths[i];
    }
    return NULL;
}

static bool differ(const struct world *w, const struct model_path *a,
                   const struct model_path *b)
{
    if (a->type != b->type || a->mode != b->mode || a->uid != b->uid || a->gid != b->gid ||
        a->mtime != b->mtime || a->devmajor != b->devmajor || a->devminor != b->devminor)
        return true;
    if (a->type == MODEL_SYMLINK && strcmp(a->link, b->link) != 0)
        return true;
    return a->type == MODEL_FILE && !same_content(w, a->inode, b->inode);
}

static void count_changes(const struct world *w, const struct snapshot *before,
                          struct model_layer_sums *sums)
{
    struct snapshot now;

    snapshot_take(w, &now);
    for (size_t i = 0; i < now.count; i++) {
        const struct model_path *old = snapshot_find(before, now.paths[i].path);

        sums->added += old == NULL;
        sums->modified += old != NULL && differ(w, old, &now.paths[i]);
    }
    for (size_t i = 0; i < before->count; i++)
        sums->removed += snapshot_find(&now, before->paths[i].path) == NULL;
    snapshot_release(&now);
}

static void apply_layer(struct world *w)
{
    struct model_layer_sums *sums = &w->out->layers[w->layer];
    struct snapshot before;

    snapshot_take(w, &before);
    sums->entries = w->image->layers[w->layer].entry_count;
    apply_markers(w, true);
    apply_markers(w, false);
    apply_entries(w);
    count_changes(w, &before, sums);
    snapshot_release(&before);
}

/* Sums */

static void sum_payload(struct model_accounts *out, const struct model_payload *payload)
{
    struct model_layer_sums *layer = &out->layers[payload->layer];

    out->content += payload->bytes;
    layer->content += payload->bytes;
    if (payload->live) {
        out->live += payload->bytes;
        layer->live += payload->bytes;
    } else {
        out->dead += payload->bytes;
        out->dead_by_cause[payload->cause] += payload->bytes;
        layer->dead += payload->bytes;
    }
}

static const struct model_entry *entry_of(const struct world *w,
                                          const struct model_payload *payload)
{
    return &w->image->layers[payload->layer].entries[payload->entry];
}

static bool repeats_an_earlier(const struct world *w, size_t index)
{
    const struct model_payload *payloads = w->out->payloads;

    for (size_t i = 0; i < index; i++) {
        if (payloads[i].live && payloads[i].bytes > 0 &&
            model_entry_same_content(entry_of(w, &payloads[i]),
                                     entry_of(w, &payloads[index])))
            return true;
    }
    return false;
}

static void sum_up(const struct world *w)
{
    struct model_accounts *out = w->out;

    for (size_t i = 0; i < out->payload_count; i++) {
        sum_payload(out, &out->payloads[i]);
        if (out->payloads[i].live && repeats_an_earlier(w, i))
            out->duplicates += out->payloads[i].bytes;
    }
}

void model_account(const struct model_image *image, enum model_semantics semantics,
                   struct model_accounts *ret_accounts)
{
    struct world w = {.image = image, .semantics = semantics, .out = ret_accounts};
    struct snapshot final;

    *ret_accounts = (struct model_accounts){.layer_count = image->layer_count};
    ret_accounts->layers = must(calloc(image->layer_count + 1, sizeof(*w.out->layers)));
    ret_accounts->root = node_of_entry(
        &(struct model_entry){.type = MODEL_DIR, .mode = 0755}, text_copy("/"));
    for (w.layer = 0; w.layer < image->layer_count; w.layer++)
        apply_layer(&w);
    sum_up(&w);

    snapshot_take(&w, &final);
    ret_accounts->paths = final.paths;
    ret_accounts->path_count = final.count;
    while (w.node_count > 0)
        remove_at(&w, w.node_count - 1);
    free(w.nodes);
    free(w.inodes);
}

void model_accounts_release(struct model_accounts *accounts)
{
    for (size_t i = 0; i < accounts->payload_count; i++)
        free(accounts->payloads[i].path);
    for (size_t i = 0; i < accounts->path_count; i++)
        release_node(&accounts->paths[i]);
    free(accounts->root.path);
    free(accounts->payloads);
    free(accounts->paths);
    free(accounts->layers);
    *accounts = (struct model_accounts){0};
}

const char *model_cause_name(enum model_cause cause)
{
    static const char *const names[MODEL_CAUSE_COUNT] = {
        [MODEL_REWRITTEN] = "rewritten",       [MODEL_REEMITTED] = "reemitted",
        [MODEL_DELETED] = "deleted",           [MODEL_OPAQUE] = "opaque",
        [MODEL_TYPE_CHANGED] = "type_changed", [MODEL_SHADOWED] = "shadowed",
    };

    return names[cause];
}

const struct model_path *model_accounts_find(const struct model_accounts *accounts,
                                             const char *path)
{
    struct snapshot all = {.paths = accounts->paths, .count = accounts->path_count};

    return snapshot_find(&all, path);
}

static void print_payload(const struct model_payload *payload, FILE *out)
{
    fprintf(out, "  payload %zu.%zu %s %llu bytes", payload->layer, payload->entry,
            payload->path, (unsigned long long)payload->bytes);
    if (payload->live)
        fprintf(out, " live\n");
    else
        fprintf(out, " %s by layer %zu\n", model_cause_name(payload->cause),
                payload->killed_by);
}

void model_accounts_print(const struct model_accounts *accounts, FILE *out)
{
    fprintf(out, "content %llu live %llu dead %llu duplicates %llu\n",
            (unsigned long long)accounts->content, (unsigned long long)accounts->live,
            (unsigned long long)accounts->dead, (unsigned long long)accounts->duplicates);
    for (size_t i = 0; i < accounts->payload_count; i++)
        print_payload(&accounts->payloads[i], out);
    for (size_t i = 0; i < accounts->layer_count; i++) {
        const struct model_layer_sums *layer = &accounts->layers[i];

        fprintf(out, "  layer %zu content %llu live %llu dead %llu +%zu ~%zu -%zu\n", i,
                (unsigned long long)layer->content, (unsigned long long)layer->live,
                (unsigned long long)layer->dead, layer->added, layer->modified,
                layer->removed);
    }
    for (size_t i = 0; i < accounts->path_count; i++) {
        const struct model_path *path = &accounts->paths[i];

        fprintf(out, "  %c %04o %s%s%s", "fdlhpc"[path->type], path -> mode, path -> path,
                path -> link != NULL ? " -> " : "", path->link != NULL ? path->link : "");
        if (path->type == MODEL_FILE)
            fprintf(out, " inode %zu", path->inode);
        fprintf(out, "\n");
    }
}
