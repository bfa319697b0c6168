#include "analyzer/browse.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/image/payload.h"
#include "analyzer/redact.h"
#include "core/escape.h"
#include "core/memory.h"

int browse_open(struct browse **ret_browse, const char *argument,
                const struct analysis_options *options, struct error *err)
{
    struct browse *browse = memory_alloc_zero(1, sizeof *browse);
    struct image_options image_options = {
        .limits = options->limits,
        .reference = options->reference,
        .platform = options->platform,
        .threads = options->threads,
        .progress = options->progress,
        .verify = options->verify,
        .keep_going = options->keep_going,
        .ignore_payloads = true,
    };
    if (image_open(&browse->image, argument, &image_options, err) < 0) {
        free(browse);
        return -1;
    }
    accounting_run_names(&browse->accounting, browse->image, options->semantics);
    *ret_browse = browse;
    return 0;
}

void browse_free(struct browse *browse)
{
    if (!browse)
        return;
    accounting_release(&browse->accounting);
    image_free(browse->image);
    free(browse);
}

char *browse_instruction(const struct browse *browse, uint32_t layer)
{
    const struct history_step *step = history_of_layer(&browse->image->history, layer);
    struct strbuf out = STRBUF_INIT;
    if (!step || !step->instruction)
        return NULL;
    redact_text(&out, step->instruction);
    return strbuf_detach(&out, NULL);
}

bool browse_steps_without_layer(const struct browse *browse)
{
    const struct history *history = &browse->image->history;
    return history->count && history->with_layer < browse->accounting.layer_count;
}

int browse_refuse_stream(const char *argument, struct error *err)
{
    const struct source *source;
    if (strcmp(image_scheme(argument, &source), "-") != 0)
        return 0;
    error_set(err, ERROR_USAGE, "standard input has passed before its files can be read again");
    return error_hint(err, "save the image to a file and name that");
}

int browse_check_readable(const struct browse *browse, struct error *err)
{
    return payloads_are_there(browse->image, err);
}

static int no_such_path(const char *path, struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(path));
    return error_set(err, ERROR_INPUT, "the image has no '%s'", shown.buf);
}

/* What an item tells of an entry, whether it is looked at through the tree or in its layer. */
static void fill_from_entry(struct item *item, const struct layer *layer,
                            const struct entry *entry)
{
    const struct owner *owner = &layer->owners[entry->owner];
    item->has_attributes = true;
    item->mode = owner->mode;
    item->uid = owner->uid;
    item->gid = owner->gid;
    item->mtime = entry->mtime;
    item->sparse = entry->flags & ENTRY_SPARSE;
    item->size = entry->kind == TAR_FILE ? entry_size(entry) : 0;
    item->bytes = entry->content;
    if (entry->extra) {
        item->dev_major = entry->extra->dev_major;
        item->dev_minor = entry->extra->dev_minor;
    }
}

/* The merged tree. Folders are walked with a stack of our own, since names nest as deep as they like. */
struct frame {
    uint32_t *children;
    size_t count, next;
    size_t path_len;
};

struct tree_visit {
    const struct browse *browse;
    const struct browse_list *list;
    item_visitor *visit;
    void *context;
    struct strbuf path;
    int64_t *bytes; /* by node, recursive; NULL where nobody asked */
    uint32_t *files;
    struct frame *frames;
    size_t depth, capacity;
};

static void sum_folders(struct tree_visit *walk)
{
    const struct accounting *accounting = &walk->browse->accounting;
    const struct tree *tree = &accounting->tree;
    walk->bytes = memory_alloc_zero(tree->count, sizeof *walk->bytes);
    walk->files = memory_alloc_zero(tree->count, sizeof *walk->files);
    for (size_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        if (!inode_is_live(inode))
            continue;
        walk->bytes[inode->node] = inode_entry(accounting, inode)->content;
        walk->files[inode->node] = 1;
    }
    /* a node's number is larger than its parent's */
    for (size_t i = tree->count; i-- > 1;) {
        walk->bytes[tree->nodes[i].parent] += walk->bytes[i];
        walk->files[tree->nodes[i].parent] += walk->files[i];
    }
}

static int compare_by_size(const void *a, const void *b, void *context)
{
    const struct tree_visit *walk = context;
    const struct tree_node *nodes = walk->browse->accounting.tree.nodes;
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    if (walk->bytes[left] != walk->bytes[right])
        return walk->bytes[left] > walk->bytes[right] ? -1 : 1;
    return strcmp(nodes[left].name, nodes[right].name);
}

static void enter_folder(struct tree_visit *walk, uint32_t node)
{
    struct frame frame = {.path_len = walk->path.len};
    frame.children = tree_children(&walk->browse->accounting.tree, node, &frame.count);
    if (walk->list->by_size)
        qsort_r(frame.children, frame.count, sizeof *frame.children, compare_by_size, walk);
    walk->frames =
        memory_grow(walk->frames, walk->depth, &walk->capacity, sizeof *walk->frames);
    walk->frames[walk->depth++] = frame;
}

static int visit_node(const struct tree_visit *walk, uint32_t number, struct error *err)
{
    const struct accounting *accounting = &walk->browse->accounting;
    const struct tree_node *node = &accounting->tree.nodes[number];
    uint32_t layer;
    const struct entry *entry = node_entry(accounting, node, &layer);
    struct item item = {
        .path = walk->path.len ? walk->path.buf : "/",
        .name = number == NODE_ROOT ? "/" : node->name,
        .kind = (enum tar_kind)node->kind,
        .layer = entry ? layer : NO_LAYER,
        .killed_by = NO_LAYER,
        .node = number,
        .depth = (unsigned)walk->depth,
    };
    if (entry) {
        item.entry = (uint32_t)(entry - layer_of(accounting, layer)->entries);
        fill_from_entry(&item, layer_of(accounting, layer), entry);
        item.link = node->kind == TAR_SYMLINK ? entry_link(entry) : NULL;
    }
    if (node->inode != INODE_NONE)
        item.names = accounting->inodes[node->inode].names;
    if (walk->bytes) {
        item.bytes = walk->bytes[number];
        item.files = walk->files[number];
    }
    return walk->visit(walk->context, &item, err);
}

static int visit_tree(struct tree_visit *walk, uint32_t top, struct error *err)
{
    const struct tree *tree = &walk->browse->accounting.tree;
    bool is_dir = tree->nodes[top].kind == TAR_DIR;
    if (top != NODE_ROOT)
        tree_path(&walk->path, tree, top);
    if (!(walk->list->without_top && is_dir) && visit_node(walk, top, err) < 0)
        return -1;
    if (is_dir && walk->list->depth > 0)
        enter_folder(walk, top);
    while (walk->depth) {
        struct frame *frame = &walk->frames[walk->depth - 1];
        strbuf_truncate(&walk->path, frame->path_len);
        if (frame->next == frame->count) {
            free(frame->children);
            walk->depth--;
            continue;
        }
        uint32_t child = frame->children[frame->next++];
        const struct tree_node *node = &tree->nodes[child];
        if (node->hidden)
            continue;
        strbuf_add_char(&walk->path, '/');
        strbuf_add_text(&walk->path, node->name);
        if (visit_node(walk, child, err) < 0)
            return -1;
        if (node->kind == TAR_DIR && walk->depth < walk->list->depth)
            enter_folder(walk, child);
    }
    return 0;
}

static int visit_merged(const struct browse *browse, const char *path,
                        const struct browse_list *list, item_visitor *visit, void *context,
                        struct error *err)
{
    bool follow = span_ends_with(span_of_text(path), "/");
    uint32_t top = path_resolve(&browse->accounting, path, follow);
    if (top == NODE_NONE)
        return no_such_path(path, err);
    struct tree_visit walk = {
        .browse = browse,
        .list = list,
        .visit = visit,
        .context = context,
        .path = STRBUF_INIT,
    };
    if (list->sums || list->by_size)
        sum_folders(&walk);
    int result = visit_tree(&walk, top, err);
    while (walk.depth)
        free(walk.frames[--walk.depth].children);
    free(walk.frames);
    free(walk.bytes);
    free(walk.files);
    strbuf_release(&walk.path);
    return result;
}

/* Tells an entry of a layer; `path` is its own. */
static int visit_entry(const struct entry_walk *walk, uint32_t number, const char *path,
                       unsigned depth, item_visitor *visit, void *context, struct error *err)
{
    const struct accounting *accounting = walk->accounting;
    const struct entry *entry = &walk->layer->entries[number];
    const char *slash = strrchr(path, '/');
    cleanup_strbuf struct strbuf link = STRBUF_INIT;
    struct item item = {
        .path = path,
        .name = slash[1] ? slash + 1 : path,
        .kind = (enum tar_kind)entry->kind,
        .state = entry_walk_state(walk, number),
        .layer = walk->number,
        .entry = number,
        .killed_by = NO_LAYER,
        .node = NODE_NONE,
        .depth = depth,
    };
    fill_from_entry(&item, walk->layer, entry);
    if (entry->kind == TAR_SYMLINK) {
        item.link = entry_link(entry);
    } else if (entry->kind == TAR_HARDLINK) {
        strbuf_addf(&link, "/%s", entry_link(entry) ? entry_link(entry) : "");
        item.link = link.buf;
    } else if (entry_is_file(entry)) {
        const struct inode *inode =
            &accounting->inodes[accounting_inode_of(accounting, walk->number, number)];
        item.names = inode->names;
        if (!inode_is_live(inode))
            item.killed_by = inode->killed_by;
    }
    return visit(context, &item, err);
}

/* How deep `path` lies below `top` (both normalised, without slashes at the ends); -1: not below it. */
static int64_t depth_below(const char *path, size_t path_len, const struct strbuf *top)
{
    int64_t depth = 0;
    if (path_len < top->len || memcmp(path, top->buf, top->len) != 0)
        return -1;
    if (path_len == top->len)
        return 0;
    if (top->len && path[top->len] != '/')
        return -1;
    for (size_t i = top->len; i < path_len; i++)
        depth += path[i] == '/';
    return depth + (top->len == 0);
}

static int visit_layer(const struct browse *browse, const char *path,
                       const struct browse_list *list, item_visitor *visit, void *context,
                       struct error *err)
{
    cleanup_strbuf struct strbuf top = STRBUF_INIT, own = STRBUF_INIT;
    struct entry_walk walk;
    bool met = false;
    int result = 0;
    path_normalise(&top, path);
    entry_walk_start(&walk, &browse->accounting);
    if (!entry_walk_enter(&walk, list->layer))
        result = error_set(err, ERROR_INPUT, "layer %u is not in the archive", list->layer);
    for (uint32_t i = 0; result == 0 && i < walk.layer->count; i++) {
        const struct entry *entry = &walk.layer->entries[i];
        strbuf_reset(&own);
        entry_path(&own, walk.layer, entry);
        int64_t depth = depth_below(own.buf + 1, own.len - 1, &top);
        if (depth < 0 || depth > (int64_t)list->depth)
            continue;
        met = true;
        if (depth == 0 && list->without_top && entry->kind == TAR_DIR)
            continue;
        result = visit_entry(&walk, i, own.buf, (unsigned)depth, visit, context, err);
    }
    entry_walk_release(&walk);
    if (result == 0 && !met && top.len) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(path));
        return error_set(err, ERROR_INPUT, "layer %u has no '%s'", list->layer, shown.buf);
    }
    return result;
}

static int check_layer(const struct browse *browse, uint32_t layer, struct error *err)
{
    size_t count = browse->accounting.layer_count;
    if (layer < count)
        return 0;
    if (!count)
        return error_set(err, ERROR_USAGE, "the image has no layers");
    return error_set(err, ERROR_USAGE, "there is no layer %u: they are 0 to %zu", layer,
                     count - 1);
}

int browse_visit(const struct browse *browse, const char *path, const struct browse_list *list,
                 item_visitor *visit, void *context, struct error *err)
{
    if (list->layer == NO_LAYER)
        return visit_merged(browse, path, list, visit, context, err);
    if (check_layer(browse, list->layer, err) < 0)
        return -1;
    return visit_layer(browse, path, list, visit, context, err);
}

int browse_visit_dead(const struct browse *browse, item_visitor *visit, void *context,
                      struct error *err)
{
    const struct accounting *accounting = &browse->accounting;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    struct entry_walk walk;
    int result = 0;
    entry_walk_start(&walk, accounting);
    for (size_t i = 0; i < accounting->inode_count && result == 0; i++) {
        const struct inode *inode = &accounting->inodes[i];
        if (inode_is_live(inode))
            continue;
        if (!walk.layer || walk.number != inode->layer)
            entry_walk_enter(&walk, inode->layer);
        strbuf_reset(&path);
        entry_path(&path, walk.layer, inode_entry(accounting, inode));
        result = visit_entry(&walk, inode->entry, path.buf, 0, visit, context, err);
    }
    entry_walk_release(&walk);
    return result;
}

static int not_a_file(const char *path, enum tar_kind kind, struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(path));
    return error_set(err, ERROR_INPUT, "'%s' is no regular file but a %s", shown.buf,
                     kind == TAR_CHAR || kind == TAR_BLOCKDEV ? "device"
                                                              : entry_kind_name(kind));
}

static int find_merged(const struct browse *browse, const char *path, struct place *ret_place,
                       struct error *err)
{
    const struct accounting *accounting = &browse->accounting;
    uint32_t number = path_resolve(accounting, path, true);
    if (number == NODE_NONE)
        return no_such_path(path, err);
    const struct tree_node *node = &accounting->tree.nodes[number];
    if (node->kind != TAR_FILE && node->kind != TAR_HARDLINK)
        return not_a_file(path, (enum tar_kind)node->kind, err);
    if (node->inode == INODE_NONE) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(path));
        return error_set(err, ERROR_INPUT, "'%s' is a hard link to a file that is not there",
                         shown.buf);
    }
    const struct inode *inode = &accounting->inodes[node->inode];
    *ret_place = (struct place){.layer = inode->layer, .entry = inode->entry};
    return 0;
}

/* The last entry of that path in front of entry `before`. */
static bool last_entry_of(const struct layer *layer, const char *path, size_t before,
                          uint32_t *ret_entry)
{
    cleanup_strbuf struct strbuf own = STRBUF_INIT;
    if (!layer)
        return false;
    for (size_t i = before < layer->count ? before : layer->count; i-- > 0;) {
        const struct entry *entry = &layer->entries[i];
        if (entry->role != ENTRY_NODE)
            continue;
        strbuf_reset(&own);
        entry_path(&own, layer, entry);
        if (strcmp(own.buf + 1, path) != 0)
            continue;
        *ret_entry = (uint32_t)i;
        return true;
    }
    return false;
}

/* A hard link names what stands before it, in its layer or in one below. */
static int find_in_layer(const struct browse *browse, const char *path, uint32_t layer,
                         struct place *ret_place, struct error *err)
{
    const struct accounting *accounting = &browse->accounting;
    cleanup_strbuf struct strbuf wanted = STRBUF_INIT, shown = STRBUF_INIT;
    uint32_t at = layer, i;
    escape_for_terminal(&shown, span_of_text(path));
    path_normalise(&wanted, path);
    if (!last_entry_of(layer_of(accounting, at), wanted.buf, SIZE_MAX, &i))
        return error_set(err, ERROR_INPUT, "layer %u has no '%s'", layer, shown.buf);
    for (;;) {
        const struct entry *entry = &layer_of(accounting, at)->entries[i];
        if (entry->kind == TAR_FILE) {
            *ret_place = (struct place){.layer = at, .entry = i};
            return 0;
        }
        if (entry->kind != TAR_HARDLINK)
            return not_a_file(path, (enum tar_kind)entry->kind, err);
        strbuf_reset(&wanted);
        strbuf_add_text(&wanted, entry_link(entry) ? entry_link(entry) : "");
        size_t before = i;
        while (!last_entry_of(layer_of(accounting, at), wanted.buf, before, &i)) {
            if (at-- == 0)
                return error_set(err, ERROR_INPUT,
                                 "'%s' is a hard link to a file that is not there", shown.buf);
            before = SIZE_MAX;
        }
    }
}

int browse_find_payload(const struct browse *browse, const char *path, uint32_t layer,
                        struct place *ret_place, struct error *err)
{
    if (layer == NO_LAYER)
        return find_merged(browse, path, ret_place, err);
    if (check_layer(browse, layer, err) < 0)
        return -1;
    return find_in_layer(browse, path, layer, ret_place, err);
}

/* A payload on its way to a sink. */
struct copy {
    const struct sink *sink;
    int64_t at;
};

static int send_zeros(struct copy *copy, int64_t until, struct error *err)
{
    static const char zeros[4096];
    while (copy->at < until) {
        int64_t left = until - copy->at;
        size_t len = left < (int64_t)sizeof zeros ? (size_t)left : sizeof zeros;
        if (sink_write(copy->sink, zeros, len, err) < 0)
            return -1;
        copy->at += (int64_t)len;
    }
    return 0;
}

static int send_block(void *context, const void *bytes, size_t len, int64_t offset,
                      struct error *err)
{
    struct copy *copy = context;
    if (send_zeros(copy, offset, err) < 0)
        return -1;
    copy->at += (int64_t)len;
    return sink_write(copy->sink, bytes, len, err);
}

int browse_copy(const struct browse *browse, struct place place, const struct sink *sink,
                struct error *err)
{
    const struct layer *layer = layer_of(&browse->accounting, place.layer);
    struct copy copy = {.sink = sink};
    struct payload_reader reader = {.context = &copy, .block = send_block};
    if (payloads_read(browse->image, place.layer, &place.entry, 1, &reader, err) < 0)
        return -1;
    return send_zeros(&copy, entry_size(&layer->entries[place.entry]), err);
}
