/* A comparison for a terminal: for each part what changed, ranked, the rest in one row, and a total that
 * adds up. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/diff.h"
#include "analyzer/report/cells.h"
#include "analyzer/report/report.h"
#include "core/memory.h"

struct page {
    const struct comparison *comparison;
    const struct report_options *options;
    struct strbuf out;
};

static const char *size_text(const struct page *page, int64_t bytes, char text[SIZE_TEXT_MAX])
{
    return size_format(bytes, page->options->sizes, text);
}

static void heading(struct page *page, const char *text)
{
    const struct report_style *style = &page->options->style;
    strbuf_addf(&page->out, "\n%s%s%s\n", style->bold, text, style->reset);
}

/* "  +1.2MB", growth red and shrinking green. */
static void add_change(struct page *page, int64_t change)
{
    const struct report_style *style = &page->options->style;
    char text[SIGNED_TEXT_MAX];
    strbuf_addf(&page->out, "%s%10s%s", change > 0 ? style->red : change < 0 ? style->green : "",
                cell_signed_size(change, page->options->sizes, text), change ? style->reset : "");
}

static size_t room(const struct page *page, size_t used)
{
    return page->options->width > used ? page->options->width - used : 0;
}

/* A change, then a text cut to the line. */
static void add_row(struct page *page, int64_t change, const char *head, const char *text)
{
    strbuf_add_text(&page->out, "  ");
    add_change(page, change);
    strbuf_addf(&page->out, "  %s", head);
    cell_add_cut(&page->out, text, room(page, 14 + strlen(head)));
    strbuf_add_char(&page->out, '\n');
}

static void add_others(struct page *page, size_t count, int64_t change, const char *what)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (!count)
        return;
    strbuf_addf(&text, "(%zu %s)", count, what);
    add_row(page, change, "", text.buf);
}

static void add_total(struct page *page, int64_t change, const char *what)
{
    const struct report_style *style = &page->options->style;
    strbuf_addf(&page->out, "%s", style->bold);
    add_row(page, change, "", what);
    strbuf_addf(&page->out, "%s", style->reset);
}

static int64_t total_change(const struct page *page, const char *measure)
{
    const struct diff_total *total = diff_find_total(page->comparison, measure);
    return total->new_value - total->old_value;
}

static void write_totals(struct page *page)
{
    const struct report_style *style = &page->options->style;
    char old_text[SIZE_TEXT_MAX], new_text[SIZE_TEXT_MAX], percent[SIGNED_TEXT_MAX];
    heading(page, "Totals");
    strbuf_addf(&page->out, "%s  %-16s %10s %10s %10s%s\n", style->dim, "", "old", "new", "change",
                style->reset);
    for (size_t i = 0; i < page->comparison->total_count; i++) {
        const struct diff_total *total = &page->comparison->totals[i];
        int64_t change = total->new_value - total->old_value;
        if (!total->known) {
            strbuf_addf(&page->out, "  %-16s %10s\n", total->measure, "unknown");
            continue;
        }
        if (total->is_bytes) {
            strbuf_addf(&page->out, "  %-16s %10s %10s ", total->measure,
                        size_text(page, total->old_value, old_text),
                        size_text(page, total->new_value, new_text));
            add_change(page, change);
        } else {
            strbuf_addf(&page->out, "  %-16s %10" PRId64 " %10" PRId64 " %+10" PRId64,
                        total->measure, total->old_value, total->new_value, change);
        }
        cell_percent(total->old_value, total->new_value, percent);
        strbuf_addf(&page->out, "%s%s\n", *percent ? "  " : "", percent);
    }
}

static void write_layers(struct page *page)
{
    const struct comparison *comparison = page->comparison;
    size_t rows = cell_rows(comparison->layer_count, page->options->top);
    int64_t shown = 0;
    int64_t all = total_change(page, "content_bytes");
    heading(page, "Layers");
    for (size_t i = 0; i < rows; i++) {
        const struct diff_layer *layer = &comparison->layers[i];
        char head[64], old_index[24] = "-", new_index[24] = "-";
        int64_t change = layer->new_bytes - layer->old_bytes;
        if (layer->old_index >= 0)
            snprintf(old_index, sizeof old_index, "%" PRId64, layer->old_index);
        if (layer->new_index >= 0)
            snprintf(new_index, sizeof new_index, "%" PRId64, layer->new_index);
        snprintf(head, sizeof head, "%3s > %-3s  ", old_index, new_index);
        shown += change;
        add_row(page, change, head, layer->instruction ? layer->instruction : "(unknown)");
    }
    add_others(page, comparison->layer_count - rows,
               all - shown - comparison->same_layers.new_bytes + comparison->same_layers.old_bytes,
               "others");
    add_others(page, (size_t)comparison->same_layers.count,
               comparison->same_layers.new_bytes - comparison->same_layers.old_bytes, "the same");
    add_total(page, all, "total: content_bytes");
}

static void write_directories(struct page *page)
{
    const struct directories *directories = &page->comparison->directories;
    const struct diff_rest *ignored = &page->comparison->ignored;
    size_t rows = cell_rows(directories->count, page->options->top);
    int64_t shown = 0, all = 0;
    heading(page, "Directories");
    for (size_t i = 0; i < directories->count; i++)
        all += directories->rows[i].new_bytes - directories->rows[i].old_bytes;
    for (size_t i = 0; i < rows; i++) {
        const struct directory_row *row = &directories->rows[i];
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s%s", row->path, row->files_only ? "  (the files in it)" : "");
        shown += row->new_bytes - row->old_bytes;
        add_row(page, row->new_bytes - row->old_bytes, "", path.buf);
    }
    add_others(page, directories->count - rows, all - shown, "others");
    add_others(page, (size_t)ignored->count, ignored->new_bytes - ignored->old_bytes, "ignored");
    add_total(page, total_change(page, "live_bytes"), "total: live_bytes");
}

static void write_packages(struct page *page)
{
    const struct comparison *comparison = page->comparison;
    size_t rows = cell_rows(comparison->package_count, page->options->top);
    int64_t shown = 0, all = 0;
    heading(page, "Packages");
    for (size_t i = 0; i < comparison->package_count; i++)
        all += comparison->packages[i].new_bytes - comparison->packages[i].old_bytes;
    for (size_t i = 0; i < rows; i++) {
        const struct diff_package *row = &comparison->packages[i];
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        char head[16];
        shown += row->new_bytes - row->old_bytes;
        snprintf(head, sizeof head, "%-5s ", row->kind);
        strbuf_addf(&text, "%s  ", row->name);
        if (!row->old_versions)
            strbuf_addf(&text, "added %s", row->new_versions);
        else if (!row->new_versions)
            strbuf_addf(&text, "removed %s", row->old_versions);
        else if (strcmp(row->old_versions, row->new_versions) == 0)
            strbuf_add_text(&text, row->new_versions);
        else
            strbuf_addf(&text, "%s > %s", row->old_versions, row->new_versions);
        add_row(page, row->new_bytes - row->old_bytes, head, text.buf);
    }
    add_others(page, comparison->package_count - rows, all - shown, "others");
    add_others(page, (size_t)comparison->same_packages.count, 0, "the same");
    add_row(page, comparison->unowned.new_bytes - comparison->unowned.old_bytes, "",
            "(no package)");
    add_total(page, total_change(page, "live_bytes"), "total: live_bytes");
}

static void add_changes(struct strbuf *out, unsigned changes)
{
    size_t start = out->len;
    for (size_t bit = 0; bit < CHANGE_KINDS; bit++)
        if (changes & (1u << bit))
            strbuf_addf(out, "%s%s", out->len > start ? "," : "", diff_change_name(bit));
}

static void write_file_sums(struct page *page)
{
    const struct comparison *comparison = page->comparison;
    bool first = true;
    char text[SIGNED_TEXT_MAX];
    strbuf_add_text(&page->out, "  ");
    for (size_t bit = 0; bit < CHANGE_KINDS; bit++) {
        const struct diff_file_sum *sum = &comparison->by_change[bit];
        if (!sum->files)
            continue;
        strbuf_addf(&page->out, "%s%s %" PRId64 " (%s)", first ? "" : ", ", diff_change_name(bit),
                    sum->files, cell_signed_size(sum->new_bytes - sum->old_bytes,
                                                 page->options->sizes, text));
        first = false;
    }
    strbuf_addf(&page->out, "%s\n", first ? "none" : "");
}

static void write_files(struct page *page)
{
    const struct comparison *comparison = page->comparison;
    const struct diff_rest *ignored = &comparison->ignored;
    size_t rows = cell_rows(comparison->file_count, page->options->top);
    int64_t shown = 0;
    int64_t all = total_change(page, "live_bytes");
    heading(page, "Files");
    write_file_sums(page);
    for (size_t i = 0; i < rows; i++) {
        const struct diff_file *row = &comparison->files[i];
        cleanup_strbuf struct strbuf text = STRBUF_INIT, changes = STRBUF_INIT, head = STRBUF_INIT;
        shown += row->new_bytes - row->old_bytes;
        add_changes(&changes, row->changes);
        strbuf_addf(&head, "%-13s ", changes.buf);
        diff_file_path(&text, comparison, row);
        if (row->changes & (CHANGE_TYPE | CHANGE_MODE | CHANGE_OWNER | CHANGE_LINK) &&
            !(row->changes & (CHANGE_ADDED | CHANGE_REMOVED))) {
            strbuf_add_text(&text, "  (");
            diff_file_detail(&text, comparison, row, DIFF_OLD);
            strbuf_add_text(&text, " > ");
            diff_file_detail(&text, comparison, row, DIFF_NEW);
            strbuf_add_char(&text, ')');
        }
        add_row(page, row->new_bytes - row->old_bytes, head.buf, text.buf);
    }
    add_others(page, comparison->file_count - rows,
               all - shown - (ignored->new_bytes - ignored->old_bytes), "others");
    add_others(page, (size_t)ignored->count, ignored->new_bytes - ignored->old_bytes, "ignored");
    add_others(page, (size_t)comparison->same_files.count, 0, "the same");
    add_total(page, all, "total: live_bytes");
}

static void add_value(struct page *page, char sign, const char *color, const char *value)
{
    if (!value)
        return;
    strbuf_addf(&page->out, "    %s%c ", color, sign);
    cell_add_cut(&page->out, value, room(page, 6));
    strbuf_addf(&page->out, "%s\n", *color ? page->options->style.reset : "");
}

static void write_fields(struct page *page, const char *title, const struct diff_field *fields,
                         size_t count)
{
    const struct report_style *style = &page->options->style;
    size_t rows = cell_rows(count, page->options->top);
    heading(page, title);
    for (size_t i = 0; i < rows; i++) {
        strbuf_add_text(&page->out, "  ");
        cell_add_cut(&page->out, fields[i].name, room(page, 2));
        strbuf_add_char(&page->out, '\n');
        add_value(page, '-', style->red, fields[i].old_value);
        add_value(page, '+', style->green, fields[i].new_value);
    }
    if (rows < count)
        strbuf_addf(&page->out, "  (%zu others)\n", count - rows);
    if (!count)
        strbuf_add_text(&page->out, "  the same\n");
}

static void write_missing(struct page *page)
{
    const struct comparison *comparison = page->comparison;
    bool first = true;
    const char *why = NULL;
    for (int part = 0; part < DIFF_PARTS; part++) {
        if (!comparison->missing[part])
            continue;
        why = comparison->missing[part];
        strbuf_addf(&page->out, "%s%s", first ? "\nnot compared: " : ", ",
                    diff_part_name((enum diff_part)part));
        first = false;
    }
    if (why)
        strbuf_addf(&page->out, " (%s)\n", why);
}

static void write_verdict(struct page *page)
{
    const struct report_style *style = &page->options->style;
    const struct diff_total *live = diff_find_total(page->comparison, "live_bytes");
    char change[SIGNED_TEXT_MAX], percent[SIGNED_TEXT_MAX];
    cell_percent(live->old_value, live->new_value, percent);
    strbuf_addf(&page->out, "\n%s%s%s: live_bytes %s%s%s\n", style->bold,
                page->comparison->differs ? "Different" : "No difference that counts",
                style->reset,
                cell_signed_size(live->new_value - live->old_value, page->options->sizes, change),
                *percent ? ", " : "", percent);
}

static int write_text(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    const struct comparison *comparison = report->comparison;
    struct page page = {.comparison = comparison, .options = options, .out = STRBUF_INIT};
    cleanup_strbuf struct strbuf head = STRBUF_INIT;
    strbuf_addf(&head, "%s > %s", comparison->sides[DIFF_OLD].argument,
                comparison->sides[DIFF_NEW].argument);
    strbuf_add_text(&page.out, options->style.bold);
    cell_add_cut(&page.out, head.buf, options->width);
    strbuf_addf(&page.out, "%s\n", options->style.reset);
    if (comparison->parts[DIFF_TOTALS])
        write_totals(&page);
    if (comparison->parts[DIFF_LAYERS])
        write_layers(&page);
    if (comparison->parts[DIFF_DIRECTORIES])
        write_directories(&page);
    if (comparison->parts[DIFF_PACKAGES])
        write_packages(&page);
    if (comparison->parts[DIFF_FILES])
        write_files(&page);
    if (comparison->parts[DIFF_CONFIG])
        write_fields(&page, "Configuration", comparison->config, comparison->config_count);
    if (comparison->parts[DIFF_HISTORY])
        write_fields(&page, "History", comparison->history, comparison->history_count);
    write_missing(&page);
    write_verdict(&page);
    int result = sink_write(sink, page.out.buf, page.out.len, err);
    strbuf_release(&page.out);
    return result;
}

const struct report_format comparison_format_text = {
    .name = "text",
    .summary = "tables for people",
    .write = write_text,
};
