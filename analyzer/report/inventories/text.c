/* Packages for a terminal: by bytes, the rest in one row, and a total that adds up. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/cells.h"
#include "analyzer/report/inventory.h"
#include "core/memory.h"

#define NAME_COLUMNS 32

struct page {
    const struct inventory *inventory;
    const struct report_options *options;
    struct strbuf out;
};

static const char *size_text(const struct page *page, int64_t bytes, char text[SIZE_TEXT_MAX])
{
    return size_format(bytes, page->options->sizes, text);
}

static void add_padded(struct strbuf *out, const char *text, size_t columns)
{
    size_t start = out->len;
    cell_add_cut(out, text, columns);
    size_t used = 0;
    for (size_t i = start; i < out->len; i++)
        used += (out->buf[i] & 0xc0) != 0x80;
    strbuf_add_repeat(out, ' ', used < columns ? columns - used : 0);
}

static void add_package(struct page *page, const struct package *package)
{
    const struct report_style *style = &page->options->style;
    char text[SIZE_TEXT_MAX];
    bool within = package->within != PACKAGE_NONE;
    strbuf_addf(&page->out, "  %9s  %5" PRIu32 "  %-5s ",
                within ? "-" : size_text(page, package->bytes, text), package->layer,
                package_kind_name(package->kind));
    add_padded(&page->out, package->name, NAME_COLUMNS);
    strbuf_add_char(&page->out, ' ');
    cell_add_cut(&page->out, package->version ? package->version : "(unknown)",
                 page->options->width > NAME_COLUMNS + 30
                     ? page->options->width - NAME_COLUMNS - 26
                     : 12);
    if (package->shared_bytes)
        strbuf_addf(&page->out, "  %s+ %s of others%s", style->dim,
                    size_text(page, package->shared_bytes, text), style->reset);
    strbuf_add_char(&page->out, '\n');
}

static void add_sum(struct page *page, int64_t bytes, const char *name)
{
    char text[SIZE_TEXT_MAX];
    strbuf_addf(&page->out, "  %9s  %12s %s\n", size_text(page, bytes, text), "", name);
}

static void write_packages(struct page *page)
{
    const struct packages *packages = page->inventory->packages;
    const struct report_style *style = &page->options->style;
    size_t count;
    cleanup_free const struct package **sorted = inventory_sort(page->inventory, &count);
    size_t rows = cell_rows(count, page->options->top);
    int64_t shown = 0, all = 0;
    strbuf_addf(&page->out, "%s  %9s  %5s  %-5s %-*s version%s\n", style->bold, "bytes", "layer",
                "kind", NAME_COLUMNS, "name", style->reset);
    for (size_t i = 0; i < count; i++)
        all += sorted[i]->bytes;
    for (size_t i = 0; i < rows; i++) {
        shown += sorted[i]->bytes;
        add_package(page, sorted[i]);
    }
    if (rows < count) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        strbuf_addf(&name, "(%zu others)", count - rows);
        add_sum(page, all - shown, name.buf);
    }
    if (!page->inventory->kind)
        add_sum(page, packages->unowned_bytes, "(no package)");
    else
        add_sum(page, packages->owned_bytes + packages->unowned_bytes - all,
                "(other kinds and no package)");
    strbuf_add_text(&page->out, style->bold);
    add_sum(page, packages->owned_bytes + packages->unowned_bytes, "total: live_bytes");
    strbuf_add_text(&page->out, style->reset);
}

static void write_unowned(struct page *page)
{
    const struct packages *packages = page->inventory->packages;
    const struct directories *unowned = &packages->unowned;
    const struct report_style *style = &page->options->style;
    size_t rows = cell_rows(unowned->count, page->options->top);
    int64_t shown = 0, files = 0;
    char text[SIZE_TEXT_MAX];
    strbuf_addf(&page->out, "\n%sFiles of no package%s\n", style->bold, style->reset);
    for (size_t i = 0; i < rows; i++) {
        const struct directory_row *row = &unowned->rows[i];
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        shown += row->new_bytes;
        files += row->new_files;
        strbuf_addf(&path, "%s%s", row->path, row->files_only ? "  (the files in it)" : "");
        strbuf_addf(&page->out, "  %9s  %7" PRId64 " files  ", size_text(page, row->new_bytes, text),
                    row->new_files);
        cell_add_cut(&page->out, path.buf, page->options->width - 28);
        strbuf_add_char(&page->out, '\n');
    }
    if (packages->unowned_files > files)
        strbuf_addf(&page->out, "  %9s  %7" PRId64 " files  (others)\n",
                    size_text(page, packages->unowned_bytes - shown, text),
                    packages->unowned_files - files);
    strbuf_addf(&page->out, "  %s%9s  %7" PRId64 " files  total%s\n", style->bold,
                size_text(page, packages->unowned_bytes, text), packages->unowned_files,
                style->reset);
}

static int write_text(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    struct page page = {
        .inventory = report->inventory, .options = options, .out = STRBUF_INIT};
    if (!report->inventory->only_unowned)
        write_packages(&page);
    if (!report->inventory->kind)
        write_unowned(&page);
    inventory_add_warnings(&page.out, report, options);
    int result = sink_write(sink, page.out.buf, page.out.len, err);
    strbuf_release(&page.out);
    return result;
}

const struct report_format inventory_format_text = {
    .name = "text",
    .summary = "a table for people",
    .write = write_text,
};
