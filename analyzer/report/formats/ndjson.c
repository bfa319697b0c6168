/* A line for each entry of every layer, between a header and a summary: for programs that
 * look at files one by one. Memory does not grow with what is written. A digest is told
 * where the payload is known to repeat another one (and for empty files): the rest need not
 * have been hashed. Whether a payload was hashed for another reason depends on how the
 * image was read, and is not told, so that equal images give equal lines. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "analyzer/equality.h"
#include "analyzer/report/report.h"
#include "core/memory.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

#define SYMLINK_HOPS_MAX 40

static const char *const kind_names[] = {
    [TAR_FILE] = "file",         [TAR_DIR] = "dir",   [TAR_SYMLINK] = "symlink",
    [TAR_HARDLINK] = "hardlink", [TAR_CHAR] = "char", [TAR_BLOCKDEV] = "block",
    [TAR_FIFO] = "fifo",
};

/* What is looked up while entries are written. */
struct walk {
    const struct analysis *analysis;
    const struct accounting *accounting;
    struct json_writer *json;
    const uint8_t **digests; /* by inode; NULL where it repeats nothing */
    uint32_t *last_link;     /* by node: the last hard link of this layer that made it */
    uint32_t *dirs;  /* of this layer: their nodes, NODE_NONE where none is visible */
    uint32_t number; /* of this layer */
    const struct layer *layer;
};

static void add_digest(struct json_writer *json, const char *key,
                       const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];
    json_add_text(json, key, digest_is_set(digest) ? digest_format(digest, text) : NULL);
}

static int64_t input_bytes(const struct analysis *analysis)
{
    const struct bundle *bundle = analysis->image->bundle;
    int64_t bytes = 0;
    if (bundle->bytes >= 0)
        return bundle->bytes;
    if (analysis->image->kind == IMAGE_ROOTFS)
        return analysis->sizes.content_bytes;
    for (size_t i = 0; i < bundle->count; i++)
        bytes += bundle->members[i]->size;
    return bytes;
}

static void write_header(struct json_writer *json, const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    json_open_object(json);
    json_add_text(json, "type", "header");
    json_add_text(json, "schema", "ullage.report/1");
    json_key(json, "tool");
    json_open_object(json);
    json_add_text(json, "name", "ullage");
    json_add_text(json, "version", ULLAGE_VERSION);
    json_close_object(json);
    json_key(json, "input");
    json_open_object(json);
    json_add_text(json, "path", analysis->input);
    json_add_text(json, "kind", image_kind_name(analysis->image->kind));
    json_add_int(json, "bytes", input_bytes(analysis));
    json_add_text(json, "compression",
                  compression_name(analysis->image->bundle->compression));
    json_close_object(json);
    json_key(json, "image");
    json_open_object(json);
    add_digest(json, "config_digest", &chosen->config_digest);
    add_digest(json, "manifest_digest", &chosen->manifest_digest);
    json_key(json, "references");
    json_open_array(json);
    for (size_t i = 0; i < chosen->references.count; i++)
        json_text(json, chosen->references.items[i]);
    json_close_array(json);
    json_add_text(json, "platform", chosen->platform);
    json_close_object(json);
    json_close_object(json);
    json_newline(json);
}

static void write_summary(struct json_writer *json, const struct analysis *analysis)
{
    const struct findings *findings = &analysis->image->findings;
    const struct sizes *sizes = &analysis->sizes;
    int64_t found = 0;
    for (size_t rule = 0; rule < FINDING_RULES; rule++)
        found += findings->seen[rule];
    json_open_object(json);
    json_add_text(json, "type", "summary");
    json_key(json, "sizes");
    json_open_object(json);
    json_add_int(json, "blob_bytes", sizes->blob_bytes);
    json_add_int(json, "tar_bytes", sizes->tar_bytes);
    json_add_int(json, "content_bytes", sizes->content_bytes);
    json_add_int(json, "live_bytes", sizes->live_bytes);
    json_add_int(json, "dead_bytes", sizes->dead_bytes);
    json_add_int(json, "duplicate_bytes", sizes->duplicate_bytes);
    json_add_int(json, "download_bytes", sizes->download_bytes);
    json_add_bool(json, "download_estimated", sizes->download_estimated);
    json_add_double(json, "efficiency", sizes_efficiency(sizes));
    json_close_object(json);
    json_key(json, "dead_by_cause");
    json_open_object(json);
    for (enum cause cause = 0; cause < CAUSE_COUNT; cause++)
        json_add_int(json, cause_name(cause), analysis->accounting.dead_by_cause[cause]);
    json_close_object(json);
    json_add_int(json, "findings", found);
    json_add_int(json, "warnings",
                 (int64_t)findings->warning_count + findings->warnings_dropped);
    json_close_object(json);
    json_newline(json);
}

/* The digests of payloads that repeat, one read at most for each group. */
static int find_digests(struct walk *walk, struct error *err)
{
    const struct accounting *accounting = walk->accounting;
    const struct payload *payloads = accounting->payloads;
    for (size_t start = 0, end; start < accounting->payload_count; start = end) {
        const uint8_t *sha256;
        end = start + 1;
        while (end < accounting->payload_count &&
               payloads[end].group == payloads[start].group)
            end++;
        if (end - start < 2)
            continue;
        if (equality_digest(walk->analysis->image, &payloads[start], end - start, &sha256,
                            err) < 0)
            return -1;
        for (size_t i = start; i < end; i++)
            walk->digests[accounting_inode_of(accounting, payloads[i].layer,
                                              payloads[i].entry)] = sha256;
    }
    return 0;
}

/* The visible node that a folder's path leads to, symlinks followed inside the root. */
static uint32_t find_dir(const struct accounting *accounting, const char *path)
{
    const struct tree *tree = &accounting->tree;
    cleanup_strbuf struct strbuf rest = STRBUF_INIT, next = STRBUF_INIT;
    uint32_t node = NODE_ROOT;
    int hops = 0;
    strbuf_add_text(&rest, path);
    for (size_t at = 0; at < rest.len;) {
        const char *name = rest.buf + at;
        size_t len = strcspn(name, "/");
        at += len + (name[len] == '/');
        if (!len || (len == 1 && *name == '.'))
            continue;
        if (len == 2 && memcmp(name, "..", 2) == 0) {
            node = node == NODE_ROOT ? NODE_ROOT : tree->nodes[node].parent;
            continue;
        }
        uint32_t child = tree_find(tree, node, name, len);
        if (child == NODE_NONE || !node_is_visible(&tree->nodes[child]))
            return NODE_NONE;
        if (tree->nodes[child].kind != TAR_SYMLINK) {
            node = child;
            continue;
        }
        const struct entry *link = node_entry(accounting, &tree->nodes[child], NULL);
        const char *target = link && entry_link(link) ? entry_link(link) : "";
        if (++hops > SYMLINK_HOPS_MAX)
            return NODE_NONE;
        strbuf_reset(&next);
        strbuf_addf(&next, "%s/%s", target, rest.buf + at);
        strbuf_reset(&rest);
        strbuf_add(&rest, next.buf, next.len);
        at = 0;
        node = *target == '/' ? NODE_ROOT : node;
    }
    return node;
}

/* The visible node at the entry's path, NODE_NONE if there is none. */
static uint32_t find_node(const struct walk *walk, const struct entry *entry)
{
    const struct tree *tree = &walk->accounting->tree;
    uint32_t dir = walk->dirs[entry->dir];
    if (dir == NODE_NONE || !*entry->name)
        return dir;
    uint32_t node = tree_find(tree, dir, entry->name, strlen(entry->name));
    bool seen = node != NODE_NONE && node_is_visible(&tree->nodes[node]) &&
                !tree->nodes[node].hidden;
    return seen ? node : NODE_NONE;
}

static bool link_is_live(const struct walk *walk, uint32_t number, uint32_t index)
{
    const struct tree_node *node = &walk->accounting->tree.nodes[number];
    bool replaced =
        node->layer == walk->number && node->entry != ENTRY_NONE && node->entry > index;
    return node->kind != TAR_DIR && node->touched == walk->number + 1 && !replaced &&
           walk->last_link[number] == index;
}

static bool is_live(const struct walk *walk, const struct entry *entry, uint32_t index)
{
    const struct accounting *accounting = walk->accounting;
    if (entry->role == ENTRY_IGNORED)
        return false;
    if (entry_is_file(entry))
        return inode_is_live(
            &accounting->inodes[accounting_inode_of(accounting, walk->number, index)]);
    uint32_t number = find_node(walk, entry);
    if (number == NODE_NONE)
        return false;
    const struct tree_node *node = &accounting->tree.nodes[number];
    if (entry->kind == TAR_DIR)
        return node->kind == TAR_DIR;
    if (entry->kind == TAR_HARDLINK)
        return link_is_live(walk, number, index);
    return node->kind == entry->kind && node->layer == walk->number && node->entry == index;
}

static const char *state_of(const struct walk *walk, const struct entry *entry,
                            uint32_t index)
{
    if (entry->role == ENTRY_WHITEOUT)
        return "whiteout";
    if (entry->role == ENTRY_OPAQUE)
        return "opaque";
    return is_live(walk, entry, index) ? "live" : "dead";
}

/* RFC 3339, which ends with the year 9999; what lies outside is null. */
static void add_time(struct json_writer *json, const char *key, int64_t seconds)
{
    char text[64];
    time_t time = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&time, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900) {
        json_add_null(json, key);
        return;
    }
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    json_add_text(json, key, text);
}

static void add_link(struct json_writer *json, const struct entry *entry)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    const char *link = entry_link(entry);
    if (!link) {
        json_add_null(json, "link");
        return;
    }
    if (entry->kind == TAR_HARDLINK)
        strbuf_add_char(&path, '/');
    strbuf_add_text(&path, link);
    report_json_path(json, "link", path.buf);
}

static void add_payload_digest(const struct walk *walk, const struct entry *entry,
                               uint32_t index)
{
    struct digest digest = {.algorithm = DIGEST_NONE};
    if (entry_is_file(entry) && !entry_size(entry)) {
        digest_of(&digest, "", 0);
    } else if (entry_is_file(entry)) {
        uint32_t inode = accounting_inode_of(walk->accounting, walk->number, index);
        if (walk->digests[inode])
            digest_from_sha256(&digest, walk->digests[inode]);
    }
    add_digest(walk->json, "digest", &digest);
}

static void write_entry(const struct walk *walk, uint32_t index)
{
    const struct entry *entry = &walk->layer->entries[index];
    const struct owner *owner = &walk->layer->owners[entry->owner];
    struct json_writer *json = walk->json;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    char mode[16];
    entry_path(&path, walk->layer, entry);
    snprintf(mode, sizeof mode, "%04" PRIo32, owner->mode);
    json_open_object(json);
    json_add_text(json, "type", "entry");
    json_add_int(json, "layer", walk->number);
    report_json_path(json, "path", path.buf);
    json_add_text(json, "kind", kind_names[entry->kind]);
    json_add_text(json, "mode", mode);
    json_add_int(json, "uid", owner->uid);
    json_add_int(json, "gid", owner->gid);
    json_add_int(json, "size", entry->kind == TAR_FILE ? entry_size(entry) : 0);
    add_time(json, "mtime", entry->mtime);
    add_link(json, entry);
    add_payload_digest(walk, entry, index);
    json_add_text(json, "state", state_of(walk, entry, index));
    json_close_object(json);
    json_newline(json);
}

static void write_layer(struct walk *walk)
{
    const struct layer *layer = walk->layer;
    walk->dirs = memory_alloc_zero(layer->dir_count, sizeof *walk->dirs);
    for (size_t i = 0; i < layer->dir_count; i++)
        walk->dirs[i] = find_dir(walk->accounting, layer->dirs[i]);
    for (uint32_t i = 0; i < layer->count; i++) {
        const struct entry *entry = &layer->entries[i];
        uint32_t node = entry->kind == TAR_HARDLINK ? find_node(walk, entry) : NODE_NONE;
        if (node != NODE_NONE)
            walk->last_link[node] = i;
    }
    for (uint32_t i = 0; i < layer->count; i++)
        write_entry(walk, i);
    free(walk->dirs);
}

static int write_ndjson(const struct report *report, const struct report_options *options,
                        const struct sink *sink, struct error *err)
{
    const struct analysis *analysis = report->analysis;
    const struct accounting *accounting = &analysis->accounting;
    struct json_writer json;
    cleanup_free const uint8_t **digests =
        memory_alloc_zero(accounting->inode_count, sizeof *digests);
    cleanup_free uint32_t *last_link =
        memory_alloc_zero(accounting->tree.count, sizeof *last_link);
    struct walk walk = {
        .analysis = analysis,
        .accounting = accounting,
        .json = &json,
        .digests = digests,
        .last_link = last_link,
    };
    (void)options;
    if (find_digests(&walk, err) < 0)
        return -1;
    json_writer_start(&json, *sink, true);
    write_header(&json, analysis);
    for (uint32_t i = 0; i < accounting->layer_count; i++) {
        walk.number = i;
        walk.layer = layer_of(accounting, i);
        if (walk.layer)
            write_layer(&walk);
    }
    write_summary(&json, analysis);
    return json_writer_finish(&json, err);
}

const struct report_format report_format_ndjson = {
    .name = "ndjson",
    .summary = "a line of JSON for each entry of every layer, schema ullage.report/1",
    .write = write_ndjson,
};
