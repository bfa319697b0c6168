/* ncdu's export: `ullage analyze app.tar --format ncdu | ncdu -f -` browses the file system
 * that a container sees. `dsize` is what the layer ships for a file, so that ncdu's total
 * is live_bytes; `asize` is the length that a program sees, holes of sparse files included.
 * Names of one file are linked, and count once. */
#include <string.h>

#include "analyzer/report/report.h"
#include "analyzer/report/walk.h"
#include "core/escape.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

/* ncdu reads values of up to 32 kB; Linux has no name longer than 255 bytes. */
#define NAME_MOST 4000

struct page {
    struct json_writer json;
    const struct accounting *accounting;
};

static void add_name(struct json_writer *json, const char *name)
{
    cleanup_strbuf struct strbuf cut = STRBUF_INIT;
    strbuf_add_text(&cut, name);
    utf8_cut(&cut, NAME_MOST);
    json_add_text(json, "name", cut.buf);
}

static void add_links(struct page *page, const struct tree_node *node)
{
    const struct inode *inode = &page->accounting->inodes[node->inode];
    if (inode->names < 2)
        return;
    json_add_int(&page->json, "ino", (int64_t)node->inode + 1);
    json_add_bool(&page->json, "hlnkc", true);
    json_add_int(&page->json, "nlink", inode->names);
}

static void write_item(void *context, uint32_t number)
{
    struct page *page = context;
    const struct tree_node *node = &page->accounting->tree.nodes[number];
    json_open_object(&page->json);
    add_name(&page->json, node->name);
    if (node->kind == TAR_FILE && node->inode != INODE_NONE) {
        const struct entry *entry =
            inode_entry(page->accounting, &page->accounting->inodes[node->inode]);
        if (entry_size(entry))
            json_add_int(&page->json, "asize", entry_size(entry));
        if (entry->content)
            json_add_int(&page->json, "dsize", entry->content);
        add_links(page, node);
    } else if (node->kind != TAR_FILE) {
        json_add_bool(&page->json, "notreg", true);
    }
    json_close_object(&page->json);
}

static void open_folder(void *context, uint32_t number)
{
    struct page *page = context;
    json_open_array(&page->json);
    json_open_object(&page->json);
    add_name(&page->json,
             number == NODE_ROOT ? "/" : page->accounting->tree.nodes[number].name);
    json_close_object(&page->json);
}

static void close_folder(void *context, uint32_t number)
{
    struct page *page = context;
    (void)number;
    json_close_array(&page->json);
}

static int write_ncdu(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    struct page page = {.accounting = &report->analysis->accounting};
    const struct walk_visitor visitor = {
        .context = &page, .enter = open_folder, .leave = close_folder, .item = write_item};
    (void)options;
    json_writer_start(&page.json, *sink, true);
    json_open_array(&page.json);
    json_int(&page.json, 1);
    json_int(&page.json, 2);
    json_open_object(&page.json);
    json_add_text(&page.json, "progname", "ullage");
    json_add_text(&page.json, "progver", ULLAGE_VERSION);
    json_close_object(&page.json);
    walk_tree(page.accounting, &visitor);
    json_close_array(&page.json);
    json_newline(&page.json);
    return json_writer_finish(&page.json, err);
}

const struct report_format report_format_ncdu = {
    .name = "ncdu",
    .summary = "the merged file system for 'ncdu -f'",
    .write = write_ncdu,
};
