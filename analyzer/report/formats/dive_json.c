/* The document of dive's --json, for programs that read it: the same keys and order, the
 * figures of dive.h, Go's bits for modes. Differences: commands are redacted, and
 * `digestId` is told also where there is no history. */
#include <string.h>

#include "analyzer/report/report.h"

#define GO_DIR (1u << 31)
#define GO_SYMLINK (1u << 27)
#define GO_DEVICE (1u << 26)
#define GO_FIFO (1u << 25)
#define GO_SETUID (1u << 23)
#define GO_SETGID (1u << 22)
#define GO_CHAR (1u << 21)
#define GO_STICKY (1u << 20)

static const struct {
    char type;
    uint32_t mode;
} kinds[] = {
    [TAR_FILE] = {'0', 0},
    [TAR_HARDLINK] = {'1', 0},
    [TAR_SYMLINK] = {'2', GO_SYMLINK},
    [TAR_CHAR] = {'3', GO_DEVICE | GO_CHAR},
    [TAR_BLOCKDEV] = {'4', GO_DEVICE},
    [TAR_DIR] = {'5', GO_DIR},
    [TAR_FIFO] = {'6', GO_FIFO},
};

struct page {
    const struct analysis *analysis;
    struct json_writer json;
    bool in_layer;
    bool in_image;
};

static uint32_t go_mode(const struct entry *entry, uint32_t mode)
{
    return kinds[entry->kind].mode | (mode & 0777) | (mode & 04000 ? GO_SETUID : 0) |
           (mode & 02000 ? GO_SETGID : 0) | (mode & 01000 ? GO_STICKY : 0);
}

static void close_layer(struct page *page)
{
    if (!page->in_layer)
        return;
    json_close_array(&page->json);
    json_close_object(&page->json);
    page->in_layer = false;
}

/* "SHA/layer.tar" is SHA to dive, "blobs/sha256/..." is "blobs". */
static void add_id(struct json_writer *json, const char *name)
{
    cleanup_strbuf struct strbuf id = STRBUF_INIT;
    if (name)
        strbuf_add(&id, name, strcspn(name, "/"));
    json_add_text(json, "id", id.buf);
}

static const char *without_shell(const char *created_by)
{
    static const char shell[] = "/bin/sh -c ";
    if (!created_by || !*created_by)
        return "(missing)";
    bool has_shell = strncmp(created_by, shell, sizeof shell - 1) == 0;
    return has_shell ? created_by + sizeof shell - 1 : created_by;
}

static void open_layer(void *context, uint32_t number, int64_t size)
{
    struct page *page = context;
    const struct image *image = page->analysis->image;
    const struct image_layer *layer = &image->chosen->layers[number];
    const struct history_step *step = history_of_layer(&image->history, number);
    char digest[DIGEST_TEXT_MAX];
    cleanup_free char *command =
        report_redacted(without_shell(step ? step->created_by : NULL));
    close_layer(page);
    page->in_layer = true;
    json_open_object(&page->json);
    json_add_int(&page->json, "index", number);
    add_id(&page->json, layer->name);
    json_add_text(&page->json, "digestId", digest_format(&layer->diff_id, digest));
    json_add_int(&page->json, "sizeBytes", size);
    json_add_text(&page->json, "command", command);
    json_key(&page->json, "fileList");
    json_open_array(&page->json);
}

static void add_path(struct json_writer *json, const struct layer *layer,
                     const struct entry *entry)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    const char *dir = layer->dirs[entry->dir];
    strbuf_addf(&path, "%s%s%s%s", entry->flags & ENTRY_ABSOLUTE ? "/" : "", dir,
                *dir && *entry->name ? "/" : "", entry->name);
    json_add_text(json, "path", path.buf);
}

static void add_node(void *context, uint32_t number, uint32_t index)
{
    /* dive has an empty record for a folder that only its children tell of */
    static const struct entry implicit = {.name = ""};
    static const struct owner nobody = {0};
    struct page *page = context;
    const struct layer *layer = page->analysis->image->chosen->layers[number].layer;
    bool known = index != ENTRY_NONE;
    const struct entry *entry = known ? &layer->entries[index] : &implicit;
    const struct owner *owner = known ? &layer->owners[entry->owner] : &nobody;
    const char *link = entry_link(entry);
    json_open_object(&page->json);
    add_path(&page->json, layer, entry);
    json_add_int(&page->json, "typeFlag", known ? kinds[entry->kind].type : 0);
    json_add_text(&page->json, "linkName", link ? link : "");
    json_add_int(&page->json, "size", dive_entry_size(entry));
    json_add_int(&page->json, "fileMode", known ? go_mode(entry, owner->mode) : 0);
    json_add_int(&page->json, "uid", owner->uid);
    json_add_int(&page->json, "gid", owner->gid);
    json_add_bool(&page->json, "isDir", known && entry->kind == TAR_DIR);
    json_close_object(&page->json);
}

static void open_image(struct page *page)
{
    const struct dive_block *dive = &page->analysis->dive;
    if (page->in_image)
        return;
    page->in_image = true;
    close_layer(page);
    json_close_array(&page->json);
    json_key(&page->json, "image");
    json_open_object(&page->json);
    json_add_int(&page->json, "sizeBytes", dive->size_bytes);
    json_add_int(&page->json, "inefficientBytes", dive->wasted_bytes);
    json_add_double(&page->json, "efficiencyScore", dive->efficiency_score);
    json_key(&page->json, "fileReference");
    json_open_array(&page->json);
}

static void add_reference(void *context, const char *path, uint32_t count, int64_t bytes)
{
    struct page *page = context;
    open_image(page);
    json_open_object(&page->json);
    json_add_int(&page->json, "count", count);
    json_add_int(&page->json, "sizeBytes", bytes);
    json_add_text(&page->json, "file", path);
    json_close_object(&page->json);
}

static int write_dive_json(const struct report *report,
                           const struct report_options *options, const struct sink *sink,
                           struct error *err)
{
    struct page page = {.analysis = report->analysis};
    const struct dive_visitor visitor = {.context = &page,
                                         .layer = open_layer,
                                         .node = add_node,
                                         .reference = add_reference};
    (void)options;
    json_writer_start(&page.json, *sink, false);
    json_open_object(&page.json);
    json_key(&page.json, "layer");
    json_open_array(&page.json);
    dive_visit(report->analysis->image, &visitor);
    open_image(&page);
    json_close_array(&page.json);
    json_close_object(&page.json);
    json_close_object(&page.json);
    json_newline(&page.json);
    return json_writer_finish(&page.json, err);
}

const struct report_format report_format_dive_json = {
    .name = "dive-json",
    .summary = "the document of dive's --json, with dive's figures",
    .write = write_dive_json,
};
