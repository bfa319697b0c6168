#include "analyzer/blame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/image/payload.h"
#include "core/digest.h"
#include "core/escape.h"
#include "core/memory.h"

static const char *const event_names[] = {
    [BLAME_ADDED] = "added",   [BLAME_CHANGED] = "changed", [BLAME_DELETED] = "deleted",
    [BLAME_OPAQUE] = "opaque", [BLAME_HIDDEN] = "hidden",
};
static_assert(ARRAY_SIZE(event_names) == BLAME_HIDDEN + 1, "every event has a name");

static const char *const change_names[] = {"kind", "content", "mode",   "owner",
                                           "time", "link",    "xattrs", "device"};

const char *blame_event_name(enum blame_event event)
{
    return event_names[event];
}

const char *blame_next_change(unsigned *changes)
{
    for (unsigned i = 0; i < ARRAY_SIZE(change_names); i++)
        if (*changes & 1u << i) {
            *changes &= ~(1u << i);
            return change_names[i];
        }
    return NULL;
}

/* What the path is while layers are applied to it. */
struct present {
    const struct layer *layer;
    const struct entry *entry; /* NULL: it is not there */
    uint32_t number;           /* of the layer */
};

struct search {
    struct blame *blame;
    const struct browse *browse;
    struct entry_walk walk;
    struct present present;
    uint32_t node; /* of the path in the merged tree, or NODE_NONE */
};

/* Where an entry stands to the path. */
enum relation { UNRELATED, IS_PATH, IS_ABOVE };

static enum relation relate(const char *own, const char *path)
{
    size_t len = strlen(own);
    if (strcmp(own, path) == 0)
        return IS_PATH;
    if (len == 1) /* the root */
        return IS_ABOVE;
    return strncmp(own, path, len) == 0 && path[len] == '/' ? IS_ABOVE : UNRELATED;
}

static void add_version(struct search *search, enum blame_event event, uint32_t entry,
                        unsigned changes, const char *by)
{
    struct blame *blame = search->blame;
    blame->versions =
        memory_grow(blame->versions, blame->count, &blame->capacity, sizeof *blame->versions);
    blame->versions[blame->count++] = (struct blame_version){
        .event = event,
        .changes = changes,
        .layer = search->walk.number,
        .entry = entry,
        .by = arena_dup_text(&blame->arena, by),
    };
}

static int digest_block(void *context, const void *bytes, size_t len, int64_t offset,
                        struct error *err)
{
    (void)offset;
    (void)err;
    digester_add(context, bytes, len);
    return 0;
}

static int digest_payload(const struct search *search, uint32_t layer, uint32_t entry,
                          struct digest *ret_digest, struct error *err)
{
    struct digester digester;
    struct payload_reader reader = {.context = &digester, .block = digest_block};
    digester_start(&digester, DIGEST_SHA256);
    int result = payloads_read(search->browse->image, layer, &entry, 1, &reader, err);
    digester_finish(&digester, ret_digest);
    return result;
}

/* Sparse files of equal logical size may have their data in other places, so their maps would have to be
 * compared too: what differs in its segments counts as changed. */
static int content_differs(const struct search *search, const struct entry *entry,
                           uint32_t number, bool *ret_differs, struct error *err)
{
    const struct present *before = &search->present;
    struct digest old, new;
    *ret_differs = entry_size(entry) != entry_size(before->entry) ||
                   entry->content != before->entry->content;
    if (*ret_differs || !entry->content)
        return 0;
    uint32_t old_number = (uint32_t)(before->entry - before->layer->entries);
    if (digest_payload(search, before->number, old_number, &old, err) < 0 ||
        digest_payload(search, search->walk.number, number, &new, err) < 0)
        return -1;
    *ret_differs = !digest_equal(&old, &new);
    return 0;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_xattrs(const struct entry_extra *a, const struct entry_extra *b)
{
    uint32_t a_len = a ? a->xattrs_len : 0, b_len = b ? b->xattrs_len : 0;
    return a_len == b_len && (!a_len || memcmp(a->xattrs, b->xattrs, a_len) == 0);
}

static bool same_device(const struct entry_extra *a, const struct entry_extra *b)
{
    static const struct entry_extra none;
    a = a ? a : &none;
    b = b ? b : &none;
    return a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}

static int compare(const struct search *search, const struct entry *entry, uint32_t number,
                   unsigned *ret_changes, struct error *err)
{
    const struct entry *before = search->present.entry;
    const struct owner *old = &search->present.layer->owners[before->owner];
    const struct owner *new = &search->walk.layer->owners[entry->owner];
    unsigned changes = 0;
    bool differs = false;
    if (before->kind != entry->kind)
        changes |= CHANGE_KIND;
    else if (entry->kind == TAR_FILE && content_differs(search, entry, number, &differs, err) < 0)
        return -1;
    if (differs)
        changes |= CHANGE_CONTENT;
    if (old->mode != new->mode)
        changes |= CHANGE_MODE;
    if (old->uid != new->uid || old->gid != new->gid)
        changes |= CHANGE_OWNER;
    if (before->mtime != entry->mtime)
        changes |= CHANGE_TIME;
    if (!same_text(entry_link(before), entry_link(entry)))
        changes |= CHANGE_LINK;
    if (!same_xattrs(before->extra, entry->extra))
        changes |= CHANGE_XATTRS;
    if (entry->kind == before->kind && !same_device(before->extra, entry->extra))
        changes |= CHANGE_DEVICE;
    *ret_changes = changes;
    return 0;
}

static int meet_entry(struct search *search, uint32_t number, struct error *err)
{
    const struct entry *entry = &search->walk.layer->entries[number];
    unsigned changes = 0;
    if (search->present.entry && compare(search, entry, number, &changes, err) < 0)
        return -1;
    add_version(search, search->present.entry ? BLAME_CHANGED : BLAME_ADDED, number, changes,
                NULL);
    search->present = (struct present){
        .layer = search->walk.layer, .entry = entry, .number = search->walk.number};
    return 0;
}

static void meet_end(struct search *search, enum blame_event event, uint32_t number,
                     const char *by)
{
    if (!search->present.entry)
        return;
    add_version(search, event, number, 0, by);
    search->present.entry = NULL;
}

/* The entries of a layer that speak about the path, in one of the three rounds in which a layer acts:
 * opaque markers, whiteouts, entries. */
static int meet_layer(struct search *search, enum entry_role role, struct error *err)
{
    const char *path = search->blame->path;
    cleanup_strbuf struct strbuf own = STRBUF_INIT;
    for (uint32_t i = 0; i < search->walk.layer->count; i++) {
        const struct entry *entry = &search->walk.layer->entries[i];
        bool root = entry->role == ENTRY_ROOT && role == ENTRY_NODE && !path[1];
        if (entry->role != role && !root)
            continue;
        strbuf_reset(&own);
        entry_path(&own, search->walk.layer, entry);
        enum relation relation = relate(own.buf, path);
        if (role == ENTRY_NODE && relation == UNRELATED && search->node != NODE_NONE &&
            entry_walk_node(&search->walk, entry) == search->node)
            relation = IS_PATH;
        if (relation == UNRELATED)
            continue;
        const char *by = relation == IS_ABOVE ? own.buf : NULL;
        if (role == ENTRY_OPAQUE && relation == IS_ABOVE)
            meet_end(search, BLAME_OPAQUE, i, by);
        else if (role == ENTRY_WHITEOUT)
            meet_end(search, BLAME_DELETED, i, by);
        else if (role == ENTRY_NODE && relation == IS_ABOVE && entry->kind != TAR_DIR)
            meet_end(search, BLAME_HIDDEN, i, by);
        else if (role == ENTRY_NODE && relation == IS_PATH && meet_entry(search, i, err) < 0)
            return -1;
    }
    return 0;
}

/* The path with the symlinks of its folders followed, where they are there. */
static void find_path(struct search *search, const char *path)
{
    const struct accounting *accounting = &search->browse->accounting;
    cleanup_strbuf struct strbuf full = STRBUF_INIT, plain = STRBUF_INIT;
    search->node = path_resolve(accounting, path, false);
    if (search->node != NODE_NONE) {
        tree_path(&full, &accounting->tree, search->node);
    } else {
        path_normalise(&plain, path);
        strbuf_addf(&full, "/%s", plain.buf);
    }
    search->blame->path = arena_dup(&search->blame->arena, full.buf, full.len);
}

int blame_run(struct blame *ret_blame, const struct browse *browse, const char *path,
              struct error *err)
{
    struct blame blame = {.visible = false};
    struct search search = {.blame = &blame, .browse = browse};
    int result = 0;
    find_path(&search, path);
    entry_walk_start(&search.walk, &browse->accounting);
    for (uint32_t i = 0; i < browse->accounting.layer_count && result == 0; i++) {
        if (!entry_walk_enter(&search.walk, i))
            continue;
        if (meet_layer(&search, ENTRY_OPAQUE, err) < 0 ||
            meet_layer(&search, ENTRY_WHITEOUT, err) < 0 ||
            meet_layer(&search, ENTRY_NODE, err) < 0)
            result = -1;
    }
    entry_walk_release(&search.walk);
    blame.visible = search.node != NODE_NONE;
    if (result == 0 && blame.count == 0) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(path));
        result = error_set(err, ERROR_INPUT,
                           blame.visible ? "no layer has an entry for '%s' itself"
                                         : "no layer has '%s'",
                           shown.buf);
        if (blame.visible)
            error_hint(err, "the folder is there because of what lies in it");
    }
    if (result < 0) {
        blame_release(&blame);
        return -1;
    }
    *ret_blame = blame;
    return 0;
}

void blame_release(struct blame *blame)
{
    free(blame->versions);
    arena_release(&blame->arena);
    *blame = (struct blame){0};
}
