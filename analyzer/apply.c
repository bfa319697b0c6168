#include "analyzer/apply.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* Hops through symlinks for one path, as Linux allows. */
#define SYMLINK_HOPS_MAX 40

/* What a path was before the layer first changed it. */
struct before {
    uint32_t node;
    uint32_t entry;
    uint32_t inode;
    uint16_t layer;
    uint16_t touched;
    uint8_t kind;
};

/* A folder of the layer, resolved; good while the tree's generation is the same. */
struct resolved {
    uint32_t node;
    uint32_t generation; /* 0: not resolved */
    bool through_link;
};

struct whited {
    uint32_t node;
    uint32_t entry;
};

/* One layer being applied. */
struct pass {
    struct apply *apply;
    struct accounting *accounting;
    struct tree *tree;
    const struct layer *layer;
    struct layer_sums *sums;
    uint32_t number;
    uint32_t generation; /* rises when a folder or symlink goes */
    struct resolved *dirs;
    struct before *before;
    size_t before_count, before_capacity;
    struct whited *whited;
    size_t whited_count, whited_capacity;
    struct table whited_index;
};

static struct tree_node *node_at(const struct pass *pass, uint32_t node)
{
    return &pass->tree->nodes[node];
}

static void find(struct pass *pass, enum finding_rule rule, const struct entry *entry)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    entry_path(&path, pass->layer, entry);
    findings_add(&pass->accounting->findings, rule, pass->number, path.buf, NULL);
}

static void touch(struct pass *pass, uint32_t number)
{
    struct tree_node *node = node_at(pass, number);
    uint16_t touched = node->touched;
    if (touched == pass->number + 1)
        return;
    node->touched = (uint16_t)(pass->number + 1);
    pass->before = memory_grow(pass->before, pass->before_count, &pass->before_capacity,
                               sizeof *pass->before);
    pass->before[pass->before_count++] = (struct before){
        .node = number,
        .entry = node->entry,
        .inode = node->inode,
        .layer = node->layer,
        .touched = touched,
        .kind = node->kind,
    };
}

static void add_name(struct pass *pass, uint32_t node, uint32_t inode)
{
    node_at(pass, node)->inode = inode;
    if (!node_at(pass, node)->hidden)
        pass->accounting->inodes[inode].names++;
}

/* The inode of a node loses that name; `by` is the inode that takes its place, if it is a regular file. */
static void lose_name(struct pass *pass, uint32_t node, enum cause cause, uint32_t by)
{
    uint32_t number = node_at(pass, node)->inode;
    if (number == INODE_NONE || node_at(pass, node)->hidden)
        return;
    struct inode *inode = &pass->accounting->inodes[number];
    if (--inode->names)
        return;
    inode->killed_by = (uint16_t)pass->number;
    inode->cause = (uint8_t)cause;
    if (inode->layer == pass->number) {
        inode->cause = CAUSE_SHADOWED;
    } else if (cause == CAUSE_REWRITTEN && by != INODE_NONE) {
        const struct entry *old = inode_entry(pass->accounting, inode);
        const struct entry *new = inode_entry(pass->accounting, &pass->accounting->inodes[by]);
        if (entry_size(old) != entry_size(new))
            return;
        struct apply *apply = pass->apply;
        apply->replaced = memory_grow(apply->replaced, apply->replaced_count,
                                      &apply->replaced_capacity, sizeof *apply->replaced);
        apply->replaced[apply->replaced_count++] =
            (struct replaced){.old_inode = number, .new_inode = by};
    }
}

static void remove_node(struct pass *pass, uint32_t node, enum cause cause, uint32_t by)
{
    touch(pass, node);
    uint8_t kind = node_at(pass, node)->kind;
    if (kind == TAR_DIR || kind == TAR_SYMLINK)
        pass->generation++;
    lose_name(pass, node, cause, by);
    tree_unlink(pass->tree, node);
}

/* Removes what is below a folder, deepest first, without recursion: an archive decides how deep it is. */
static void remove_children(struct pass *pass, uint32_t top, enum cause cause)
{
    uint32_t node = top;
    for (;;) {
        while (node_at(pass, node)->first_child != NODE_NONE)
            node = node_at(pass, node)->first_child;
        if (node == top)
            return;
        uint32_t parent = node_at(pass, node)->parent;
        remove_node(pass, node, cause, INODE_NONE);
        node = parent;
    }
}

static void remove_tree(struct pass *pass, uint32_t node, enum cause cause)
{
    remove_children(pass, node, cause);
    remove_node(pass, node, cause, INODE_NONE);
}

static void make_implicit_dir(struct pass *pass, uint32_t node)
{
    if (node_is_visible(node_at(pass, node)))
        remove_tree(pass, node, CAUSE_TYPE_CHANGED);
    touch(pass, node);
    tree_link(pass->tree, node, TAR_DIR);
    node_at(pass, node)->entry = ENTRY_NONE;
    node_at(pass, node)->layer = (uint16_t)pass->number;
}

/* Where a walk through components has come to: a node that is there, and names below it that are not. */
struct place {
    uint32_t node;
    struct strvec missing;
};

static bool is_kind(const struct pass *pass, uint32_t node, enum tar_kind kind)
{
    return node != NODE_NONE && node_at(pass, node)->kind == kind;
}

static void step_up(const struct pass *pass, struct place *place)
{
    if (place->missing.count)
        free(place->missing.items[--place->missing.count]);
    else if (place->node != NODE_ROOT)
        place->node = node_at(pass, place->node)->parent;
}

static const char *symlink_target(const struct pass *pass, uint32_t node)
{
    const struct tree_node *link = node_at(pass, node);
    const char *target =
        entry_link(&layer_of(pass->accounting, link->layer)->entries[link->entry]);
    return target ? target : "";
}

/* Follows one symlink from the place where it lies. False if the hops run out. */
static bool follow(const struct pass *pass, struct place *place, uint32_t link, int *hops)
{
    /* what is still to walk, the nearest at the end */
    struct strvec stack = STRVEC_INIT;
    bool found = true;
    strvec_add(&stack, symlink_target(pass, link));
    if (++*hops > SYMLINK_HOPS_MAX)
        found = false;
    while (stack.count && found) {
        char *text = stack.items[--stack.count];
        const char *p = text;
        if (*p == '/') {
            place->node = NODE_ROOT;
            while (place->missing.count)
                free(place->missing.items[--place->missing.count]);
        }
        while (*p) {
            size_t len = strcspn(p, "/");
            uint32_t next = NODE_NONE;
            if (len == 2 && memcmp(p, "..", 2) == 0) {
                step_up(pass, place);
            } else if (len && !(len == 1 && *p == '.')) {
                if (!place->missing.count)
                    next = tree_find(pass->tree, place->node, p, len);
                if (next != NODE_NONE && !node_is_visible(node_at(pass, next)))
                    next = NODE_NONE;
                if (next == NODE_NONE)
                    strvec_add_bytes(&place->missing, p, len);
            }
            p += len;
            p += *p == '/';
            if (next == NODE_NONE)
                continue;
            if (node_at(pass, next)->kind != TAR_SYMLINK) {
                place->node = next;
                continue;
            }
            if (++*hops > SYMLINK_HOPS_MAX) {
                found = false;
                break;
            }
            strvec_add(&stack, p);
            strvec_add(&stack, symlink_target(pass, next));
            break;
        }
        free(text);
    }
    strvec_release(&stack);
    return found;
}

/* Makes the place a visible folder. */
static uint32_t settle(struct pass *pass, struct place *place)
{
    if (!is_kind(pass, place->node, TAR_DIR))
        make_implicit_dir(pass, place->node);
    for (size_t i = 0; i < place->missing.count; i++) {
        const char *name = place->missing.items[i];
        place->node = tree_make(pass->tree, place->node, name, strlen(name), true);
        if (!is_kind(pass, place->node, TAR_DIR))
            make_implicit_dir(pass, place->node);
    }
    while (place->missing.count)
        free(place->missing.items[--place->missing.count]);
    return place->node;
}

struct resolution {
    uint32_t node; /* NODE_NONE: not there */
    bool through_link;
    bool loop;
    bool through_file;
};

/* Resolves a folder's path. With `make` it is there afterwards, whatever stood in its way; without, a
 * missing part is NODE_NONE. */
static struct resolution resolve(struct pass *pass, const char *path, bool make)
{
    struct resolution result = {.node = NODE_NONE};
    struct place place = {.node = NODE_ROOT, .missing = STRVEC_INIT};
    bool overlay = pass->accounting->semantics == SEMANTICS_OVERLAY;
    int hops = 0;

    for (const char *p = path; *p;) {
        size_t len = strcspn(p, "/");
        uint32_t next = place.missing.count ? NODE_NONE
                                            : tree_find(pass->tree, place.node, p, len);
        if (next != NODE_NONE && !node_is_visible(node_at(pass, next)))
            next = NODE_NONE;
        if (next == NODE_NONE) {
            strvec_add_bytes(&place.missing, p, len);
        } else if (is_kind(pass, next, TAR_SYMLINK)) {
            result.through_link = true;
            struct place start = {.node = place.node, .missing = STRVEC_INIT};
            bool found = !overlay && follow(pass, &place, next, &hops);
            if (!found) {
                result.loop = result.loop || !overlay;
                strvec_release(&place.missing);
                place = start;
                hops = 0;
                /* overlay2, and a loop: the symlink gives way */
                if (make || overlay) {
                    make_implicit_dir(pass, next);
                    place.node = next;
                } else {
                    return result;
                }
            }
        } else {
            result.through_file = result.through_file || !is_kind(pass, next, TAR_DIR);
            place.node = next;
        }
        p += len;
        p += *p == '/';
    }
    if (make)
        result.node = settle(pass, &place);
    else if (!place.missing.count && is_kind(pass, place.node, TAR_DIR))
        result.node = place.node;
    else
        result.through_file =
            result.through_file || (place.node != NODE_ROOT && !is_kind(pass, place.node, TAR_DIR));
    strvec_release(&place.missing);
    return result;
}

static uint32_t parent_for_entry(struct pass *pass, const struct entry *entry)
{
    struct resolved *cached = &pass->dirs[entry->dir];
    if (cached->generation != pass->generation) {
        struct resolution found = resolve(pass, pass->layer->dirs[entry->dir], true);
        cached->node = found.node;
        cached->through_link = found.through_link;
        cached->generation = pass->generation;
        if (found.loop)
            find(pass, FINDING_SYMLINK_LOOP, entry);
        if (found.through_file)
            find(pass, FINDING_CHILD_OF_FILE, entry);
        if (found.loop)
            cached->through_link = false;
    }
    if (cached->through_link)
        find(pass, FINDING_SYMLINKED_PARENT, entry);
    return cached->node;
}

static bool whited_matches(const void *context, uint32_t number, const void *key)
{
    const struct pass *pass = context;
    return pass->whited[number].node == *(const uint32_t *)key;
}

static void remember_whiteout(struct pass *pass, uint32_t node, uint32_t entry)
{
    pass->whited = memory_grow(pass->whited, pass->whited_count, &pass->whited_capacity,
                               sizeof *pass->whited);
    pass->whited[pass->whited_count] = (struct whited){.node = node, .entry = entry};
    table_add(&pass->whited_index, table_hash(&node, sizeof node, 0),
              (uint32_t)pass->whited_count++);
}

static void warn_useless(struct pass *pass, const struct entry *entry)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    entry_path(&path, pass->layer, entry);
    findings_add_warning(&pass->accounting->findings, "useless-whiteout", pass->number, path.buf,
                         "a whiteout of what no layer below has");
}

/* The folder that a marker acts in, NODE_NONE if there is none. overlay2 makes it in the layer before it looks
 * at the marker. */
static uint32_t parent_for_marker(struct pass *pass, const struct entry *entry)
{
    bool overlay = pass->accounting->semantics == SEMANTICS_OVERLAY;
    struct resolution found = resolve(pass, pass->layer->dirs[entry->dir], overlay);
    if (found.through_link)
        find(pass, FINDING_SYMLINKED_PARENT, entry);
    if (found.through_file && entry->role == ENTRY_WHITEOUT)
        find(pass, FINDING_MARKER_BELOW_FILE, entry);
    return found.node;
}

static void apply_opaque(struct pass *pass, const struct entry *entry)
{
    uint32_t dir = parent_for_marker(pass, entry);
    bool overlay = pass->accounting->semantics == SEMANTICS_OVERLAY;
    if (dir == NODE_ROOT)
        find(pass, FINDING_OPAQUE_AT_ROOT, entry);
    /* the kernel merges the roots of all layers, whatever attribute they have */
    if (dir != NODE_NONE && !(overlay && dir == NODE_ROOT))
        remove_children(pass, dir, CAUSE_OPAQUE);
}

/* In overlay2 a folder's entry behind its own whiteout undoes the whiteout. */
static bool is_undone(const struct pass *pass, uint32_t index, uint32_t node)
{
    const struct entry *whiteout = &pass->layer->entries[index];
    if (pass->accounting->semantics != SEMANTICS_OVERLAY || !is_kind(pass, node, TAR_DIR))
        return false;
    for (size_t i = index + 1; i < pass->layer->count; i++) {
        const struct entry *entry = &pass->layer->entries[i];
        if (entry->role == ENTRY_NODE && entry->kind == TAR_DIR && entry->dir == whiteout->dir &&
            strcmp(entry->name, entry_target(whiteout)) == 0)
            return true;
    }
    return false;
}

static void apply_whiteout(struct pass *pass, uint32_t index)
{
    const struct entry *entry = &pass->layer->entries[index];
    const char *name = entry_target(entry);
    uint32_t parent = parent_for_marker(pass, entry);
    if (parent == NODE_NONE || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        warn_useless(pass, entry);
        return;
    }
    uint32_t node = tree_make(pass->tree, parent, name, strlen(name), false);
    remember_whiteout(pass, node, index);
    if (!node_is_visible(node_at(pass, node)))
        warn_useless(pass, entry);
    else if (!is_undone(pass, index, node))
        remove_tree(pass, node, CAUSE_DELETED);
}

static uint32_t new_inode(struct pass *pass, uint32_t entry)
{
    struct accounting *accounting = pass->accounting;
    accounting->inodes = memory_grow(accounting->inodes, accounting->inode_count,
                                     &accounting->inode_capacity, sizeof *accounting->inodes);
    accounting->inodes[accounting->inode_count] = (struct inode){
        .entry = entry,
        .layer = (uint16_t)pass->number,
        .killed_by = (uint16_t)pass->number,
        .cause = CAUSE_SHADOWED,
        .node = NODE_NONE,
    };
    return (uint32_t)accounting->inode_count++;
}

/* What a hard link's name becomes. */
struct link_target {
    uint8_t kind; /* NODE_ABSENT: nothing to link to */
    uint32_t inode;
    uint32_t entry;
    uint16_t layer;
    uint32_t node;
};

static struct link_target find_target(struct pass *pass, const struct entry *entry)
{
    struct link_target target = {.kind = NODE_ABSENT, .node = NODE_NONE};
    const char *path = entry_link(entry);
    const char *slash = strrchr(path, '/');
    cleanup_strbuf struct strbuf dir = STRBUF_INIT;
    if (slash)
        strbuf_add(&dir, path, (size_t)(slash - path));
    const char *name = slash ? slash + 1 : path;
    enum semantics semantics = pass->accounting->semantics;
    pass->accounting->semantics = SEMANTICS_SPEC;
    struct resolution parent = resolve(pass, dir.buf, false);
    pass->accounting->semantics = semantics;
    if (parent.node == NODE_NONE || !*name)
        return target;
    uint32_t number = tree_find(pass->tree, parent.node, name, strlen(name));
    if (number == NODE_NONE || !node_is_visible(node_at(pass, number)))
        return target;
    const struct tree_node *node = node_at(pass, number);
    return (struct link_target){
        .kind = node->kind,
        .inode = node->inode,
        .entry = node->entry,
        .layer = node->layer,
        .node = number,
    };
}

static void note_repeats(struct pass *pass, uint32_t index, uint32_t number)
{
    const struct entry *entry = &pass->layer->entries[index];
    const struct tree_node *node = node_at(pass, number);
    if (node_is_visible(node) && node->layer == pass->number && node->entry != ENTRY_NONE &&
        (node->kind != TAR_DIR || entry->kind != TAR_DIR))
        find(pass, FINDING_DUPLICATE_ENTRY, entry);
    if (!pass->whited_count)
        return;
    uint32_t whited = table_find(&pass->whited_index, table_hash(&number, sizeof number, 0),
                                 whited_matches, pass, &number);
    if (whited != TABLE_NONE)
        find(pass,
             pass->whited[whited].entry > index ? FINDING_WHITEOUT_AFTER_ENTRY
                                                : FINDING_WHITEOUT_AND_ENTRY,
             entry);
}

/* Puts something other than a folder at a node, in place of what is there. */
static void put(struct pass *pass, uint32_t number, enum tar_kind kind, uint32_t inode)
{
    if (node_is_visible(node_at(pass, number))) {
        bool file_for_file = kind == TAR_FILE && is_kind(pass, number, TAR_FILE);
        remove_children(pass, number, CAUSE_TYPE_CHANGED);
        remove_node(pass, number, file_for_file ? CAUSE_REWRITTEN : CAUSE_TYPE_CHANGED, inode);
    }
    touch(pass, number);
    tree_link(pass->tree, number, kind);
    if (inode != INODE_NONE)
        add_name(pass, number, inode);
}

static void set_source(struct pass *pass, uint32_t number, uint32_t layer, uint32_t entry)
{
    node_at(pass, number)->layer = (uint16_t)layer;
    node_at(pass, number)->entry = entry;
}

static void apply_hardlink(struct pass *pass, uint32_t index, uint32_t number)
{
    const struct entry *entry = &pass->layer->entries[index];
    struct link_target target = find_target(pass, entry);
    if (target.node == number)
        return; /* a link to itself changes nothing */
    note_repeats(pass, index, number);
    if (target.kind == NODE_ABSENT || target.kind == TAR_DIR) {
        find(pass,
             target.kind == TAR_DIR ? FINDING_LINK_TO_DIRECTORY : FINDING_LINK_TARGET_MISSING,
             entry);
        put(pass, number, TAR_FILE, new_inode(pass, index));
        set_source(pass, number, pass->number, index);
        return;
    }
    if (target.layer != pass->number)
        find(pass, FINDING_LINK_TO_LOWER_LAYER, entry);
    if (target.inode != INODE_NONE && target.inode == node_at(pass, number)->inode) {
        touch(pass, number); /* another name of the same file stood here already */
        return;
    }
    put(pass, number, (enum tar_kind)target.kind, target.inode);
    set_source(pass, number, target.layer, target.entry);
}

static void apply_dir(struct pass *pass, uint32_t index, uint32_t number)
{
    note_repeats(pass, index, number);
    if (!is_kind(pass, number, TAR_DIR)) {
        if (node_is_visible(node_at(pass, number)))
            remove_tree(pass, number, CAUSE_TYPE_CHANGED);
        touch(pass, number);
        tree_link(pass->tree, number, TAR_DIR);
    }
    touch(pass, number);
    set_source(pass, number, pass->number, index);
}

static void apply_entry(struct pass *pass, uint32_t index)
{
    const struct entry *entry = &pass->layer->entries[index];
    if (entry->role == ENTRY_ROOT) {
        set_source(pass, NODE_ROOT, pass->number, index);
        return;
    }
    if (entry->role == ENTRY_IGNORED && entry->content)
        new_inode(pass, index); /* content that no name shows */
    if (entry->role != ENTRY_NODE)
        return;
    uint32_t parent = parent_for_entry(pass, entry);
    uint32_t number =
        tree_make(pass->tree, parent, entry->name, strlen(entry->name), false);
    switch ((enum tar_kind)entry->kind) {
    case TAR_HARDLINK:
        apply_hardlink(pass, index, number);
        break;
    case TAR_DIR:
        apply_dir(pass, index, number);
        break;
    case TAR_FILE:
        note_repeats(pass, index, number);
        put(pass, number, TAR_FILE, new_inode(pass, index));
        set_source(pass, number, pass->number, index);
        break;
    default:
        note_repeats(pass, index, number);
        put(pass, number, (enum tar_kind)entry->kind, INODE_NONE);
        set_source(pass, number, pass->number, index);
    }
}

/* The header that gives a node its attributes, and the layer it is in; NULL for an implicit folder. */
static const struct entry *header_of(const struct pass *pass, uint8_t kind, uint32_t layer,
                                     uint32_t entry, uint32_t inode, uint32_t *ret_layer)
{
    if (kind == TAR_FILE && inode != INODE_NONE) {
        layer = pass->accounting->inodes[inode].layer;
        entry = pass->accounting->inodes[inode].entry;
    }
    *ret_layer = layer;
    return entry == ENTRY_NONE ? NULL : &layer_of(pass->accounting, layer)->entries[entry];
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_extra(const struct entry *a, const struct entry *b)
{
    static const struct entry_extra none;
    const struct entry_extra *x = a->extra ? a->extra : &none;
    const struct entry_extra *y = b->extra ? b->extra : &none;
    bool links = a->kind == TAR_SYMLINK ? same_text(x->link, y->link) : true;
    return links && x->dev_major == y->dev_major && x->dev_minor == y->dev_minor &&
           x->mtime_nsec == y->mtime_nsec && x->xattrs_len == y->xattrs_len &&
           (!x->xattrs_len || memcmp(x->xattrs, y->xattrs, x->xattrs_len) == 0);
}

static bool same_header(const struct pass *pass, const struct entry *a, uint32_t a_layer,
                        const struct entry *b, uint32_t b_layer)
{
    static const struct owner implicit = {.mode = 0755};
    const struct owner *x =
        a ? &layer_of(pass->accounting, a_layer)->owners[a->owner] : &implicit;
    const struct owner *y =
        b ? &layer_of(pass->accounting, b_layer)->owners[b->owner] : &implicit;
    if (x->mode != y->mode || x->uid != y->uid || x->gid != y->gid)
        return false;
    if ((a ? a->mtime : 0) != (b ? b->mtime : 0))
        return false;
    return !a || !b || same_extra(a, b);
}

static void judge_modified(struct pass *pass, const struct before *before)
{
    const struct tree_node *now = node_at(pass, before->node);
    uint32_t old_layer, new_layer;
    const struct entry *old = header_of(pass, before->kind, before->layer, before->entry,
                                        before->inode, &old_layer);
    const struct entry *new =
        header_of(pass, now->kind, now->layer, now->entry, now->inode, &new_layer);
    if (now->kind != before->kind || !same_header(pass, old, old_layer, new, new_layer)) {
        pass->sums->modified++;
        return;
    }
    if (now->kind != TAR_FILE || before->inode == now->inode)
        return;
    if (entry_size(old) != entry_size(new)) {
        pass->sums->modified++;
    } else if (entry_size(old)) {
        struct apply *apply = pass->apply;
        apply->maybe = memory_grow(apply->maybe, apply->maybe_count, &apply->maybe_capacity,
                                   sizeof *apply->maybe);
        apply->maybe[apply->maybe_count++] = (struct maybe_modified){
            .layer = pass->number,
            .old_inode = before->inode,
            .new_inode = now->inode,
        };
    }
}

static void remember_past(struct pass *pass, const struct before *before)
{
    struct accounting *accounting = pass->accounting;
    accounting->past = memory_grow(accounting->past, accounting->past_count,
                                   &accounting->past_capacity, sizeof *accounting->past);
    accounting->past[accounting->past_count++] = (struct past){
        .node = before->node,
        .inode = before->inode,
        .from = (uint16_t)(before->touched ? before->touched - 1 : 0), /* 0: the root, always there */
        .until = (uint16_t)pass->number,
        .kind = before->kind,
    };
}

static void count_changes(struct pass *pass)
{
    for (size_t i = 0; i < pass->before_count; i++) {
        const struct before *before = &pass->before[i];
        const struct tree_node *now = node_at(pass, before->node);
        if (now->hidden)
            continue;
        bool was = before->kind != NODE_ABSENT, is = node_is_visible(now);
        pass->sums->added += !was && is;
        pass->sums->removed += was && !is;
        if (was)
            remember_past(pass, before);
        if (was && is)
            judge_modified(pass, before);
    }
}

static void apply_markers(struct pass *pass, enum entry_role role)
{
    for (uint32_t i = 0; i < pass->layer->count; i++) {
        if (pass->layer->entries[i].role != role)
            continue;
        if (role == ENTRY_OPAQUE)
            apply_opaque(pass, &pass->layer->entries[i]);
        else
            apply_whiteout(pass, i);
    }
}

void apply_layer(struct apply *apply, uint32_t number)
{
    struct accounting *accounting = apply->accounting;
    const struct layer *layer = layer_of(accounting, number);
    if (!layer)
        return; /* a foreign layer that is not here */
    struct pass pass = {
        .apply = apply,
        .accounting = accounting,
        .tree = &accounting->tree,
        .layer = layer,
        .sums = &accounting->layers[number],
        .number = number,
        .generation = 1,
        .dirs = memory_alloc_zero(layer->dir_count, sizeof(struct resolved)),
    };
    pass.sums->entries = (int64_t)layer->count;
    pass.sums->content_bytes = layer->content_bytes;
    apply_markers(&pass, ENTRY_OPAQUE);
    apply_markers(&pass, ENTRY_WHITEOUT);
    for (uint32_t i = 0; i < layer->count; i++)
        apply_entry(&pass, i);
    count_changes(&pass);
    free(pass.dirs);
    free(pass.before);
    free(pass.whited);
    table_release(&pass.whited_index);
}

void apply_release(struct apply *apply)
{
    free(apply->replaced);
    free(apply->maybe);
}
