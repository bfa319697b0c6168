/* A comparison as the comment of a pull request: the verdict first, then the totals, then what grew, each
 * list cut. Names come from images: nothing in them may become a link, a mention or markup, so each stands
 * in a code span, whose fence is longer than any run of backticks in it. */
#include <inttypes.h>
#include <string.h>

#include "analyzer/diff.h"
#include "analyzer/report/cells.h"
#include "analyzer/report/report.h"
#include "core/escape.h"

#define ROWS_MOST 20
#define NAME_BYTES_MOST 200

struct page {
    const struct comparison *comparison;
    const struct report_options *options;
    struct strbuf out;
};

/* `name`, with the bar that would end the cell escaped. */
static void add_code(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT, cut = STRBUF_INIT;
    size_t run = 0, longest = 0;
    cell_add_cut(&shown, text, NAME_BYTES_MOST);
    for (size_t i = 0; i < shown.len; i++) {
        run = shown.buf[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
        if (shown.buf[i] == '|')
            strbuf_add_char(&cut, '\\');
        strbuf_add_char(&cut, shown.buf[i]);
    }
    const char *pad = longest || !cut.len ? " " : "";
    strbuf_add_repeat(out, '`', longest + 1);
    strbuf_addf(out, "%s%s%s", pad, cut.buf, pad);
    strbuf_add_repeat(out, '`', longest + 1);
}

static const char *signed_text(const struct page *page, int64_t change,
                               char text[SIGNED_TEXT_MAX])
{
    return cell_signed_size(change, page->options->sizes, text);
}

static void write_verdict(struct page *page)
{
    const struct diff_total *live = diff_find_total(page->comparison, "live_bytes");
    char change[SIGNED_TEXT_MAX], percent[SIGNED_TEXT_MAX];
    cell_percent(live->old_value, live->new_value, percent);
    strbuf_addf(&page->out, "**%s**: live bytes %s%s%s, ",
                page->comparison->differs ? "Different" : "No difference that counts",
                signed_text(page, live->new_value - live->old_value, change),
                *percent ? ", " : "", percent);
    add_code(&page->out, page->comparison->sides[DIFF_OLD].argument);
    strbuf_add_text(&page->out, " to ");
    add_code(&page->out, page->comparison->sides[DIFF_NEW].argument);
    strbuf_add_char(&page->out, '\n');
}

static void write_totals(struct page *page)
{
    char old_text[SIZE_TEXT_MAX], new_text[SIZE_TEXT_MAX], change[SIGNED_TEXT_MAX],
        percent[SIGNED_TEXT_MAX];
    strbuf_add_text(&page->out, "\n| measure | old | new | change | |\n"
                                "| --- | ---: | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < page->comparison->total_count; i++) {
        const struct diff_total *total = &page->comparison->totals[i];
        if (!total->known)
            continue;
        strbuf_addf(&page->out, "| %s | ", total->measure);
        if (total->is_bytes)
            strbuf_addf(&page->out, "%s | %s | %s",
                        size_format(total->old_value, page->options->sizes, old_text),
                        size_format(total->new_value, page->options->sizes, new_text),
                        signed_text(page, total->new_value - total->old_value, change));
        else
            strbuf_addf(&page->out, "%" PRId64 " | %" PRId64 " | %+" PRId64, total->old_value,
                        total->new_value, total->new_value - total->old_value);
        cell_percent(total->old_value, total->new_value, percent);
        strbuf_addf(&page->out, " | %s%s|\n", percent, *percent ? " " : "");
    }
}

static size_t rows_of(const struct page *page, size_t count)
{
    int64_t top = page->options->top;
    return cell_rows(count, top && top < ROWS_MOST ? top : ROWS_MOST);
}

static void open_details(struct page *page, const char *what, size_t count, const char *column)
{
    strbuf_addf(&page->out,
                "\n<details><summary>%s: %zu changed</summary>\n\n| change | %s | |\n"
                "| ---: | --- | --- |\n",
                what, count, column);
}

static void close_details(struct page *page, size_t left, int64_t left_change, int64_t all,
                          const char *measure)
{
    char change[SIGNED_TEXT_MAX];
    if (left)
        strbuf_addf(&page->out, "| %s | (%zu others) | |\n",
                    signed_text(page, left_change, change), left);
    strbuf_addf(&page->out, "| **%s** | total: %s | |\n\n</details>\n",
                signed_text(page, all, change), measure);
}

static void add_row(struct page *page, int64_t change, const char *name, const char *note)
{
    char text[SIGNED_TEXT_MAX];
    strbuf_addf(&page->out, "| %s | ", signed_text(page, change, text));
    add_code(&page->out, name);
    strbuf_addf(&page->out, " | %s%s|\n", note, *note ? " " : "");
}

static int64_t total_change(const struct page *page, const char *measure)
{
    const struct diff_total *total = diff_find_total(page->comparison, measure);
    return total->new_value - total->old_value;
}

static void write_layers(struct page *page)
{
    const struct comparison *comparison = page->comparison;
    size_t rows = rows_of(page, comparison->layer_count);
    int64_t shown = 0;
    open_details(page, "Layers", comparison->layer_count, "instruction");
    for (size_t i = 0; i < rows; i++) {
        const struct diff_layer *layer = &comparison->layers[i];
        cleanup_strbuf struct strbuf note = STRBUF_INIT;
        int64_t change = layer->new_bytes - layer->old_bytes;
        shown += change;
        if (layer->old_index < 0)
            strbuf_addf(&note, "added as %" PRId64, layer->new_index);
        else if (layer->new_index < 0)
            strbuf_addf(&note, "removed, was %" PRId64, layer->old_index);
        else
            strbuf_addf(&note, "%" PRId64 " to %" PRId64 ", by %s", layer->old_index,
                        layer->new_index, diff_match_name(layer->match));
        add_row(page, change, layer->instruction ? layer->instruction : "(unknown)", note.buf);
    }
    int64_t all = total_change(page, "content_bytes");
    close_details(page, comparison->layer_count - rows, all - shown, all, "content bytes");
}

static void write_packages(struct page *page)
{
    const struct comparison *comparison = page->comparison;
    size_t rows = rows_of(page, comparison->package_count);
    int64_t shown = 0;
    open_details(page, "Packages", comparison->package_count, "package");
    for (size_t i = 0; i < rows; i++) {
        const struct diff_package *row = &comparison->packages[i];
        cleanup_strbuf struct strbuf name = STRBUF_INIT, note = STRBUF_INIT;
        shown += row->new_bytes - row->old_bytes;
        strbuf_addf(&name, "%s %s", row->kind, row->name);
        if (row->old_versions)
            add_code(&note, row->old_versions);
        strbuf_add_text(&note, !row->old_versions ? "added " : row->new_versions ? " to " : " removed");
        if (row->new_versions)
            add_code(&note, row->new_versions);
        add_row(page, row->new_bytes - row->old_bytes, name.buf, note.buf);
    }
    int64_t all = total_change(page, "live_bytes");
    int64_t unowned = comparison->unowned.new_bytes - comparison->unowned.old_bytes;
    char text[SIGNED_TEXT_MAX];
    strbuf_addf(&page->out, "| %s | (no package) | |\n", signed_text(page, unowned, text));
    close_details(page, comparison->package_count - rows, all - shown - unowned, all,
                  "live bytes");
}

static void write_directories(struct page *page)
{
    const struct directories *directories = &page->comparison->directories;
    size_t rows = rows_of(page, directories->count);
    int64_t shown = 0;
    open_details(page, "Directories", directories->count, "directory");
    for (size_t i = 0; i < rows; i++) {
        const struct directory_row *row = &directories->rows[i];
        shown += row->new_bytes - row->old_bytes;
        add_row(page, row->new_bytes - row->old_bytes, row->path,
                row->files_only ? "the files in it" : "");
    }
    int64_t all = total_change(page, "live_bytes");
    size_t left = directories->count - rows + (size_t)page->comparison->ignored.count;
    close_details(page, left, all - shown, all, "live bytes");
}

static void write_files(struct page *page)
{
    const struct comparison *comparison = page->comparison;
    size_t rows = rows_of(page, comparison->file_count);
    int64_t shown = 0;
    open_details(page, "Files", comparison->file_count, "file");
    for (size_t i = 0; i < rows; i++) {
        const struct diff_file *file = &comparison->files[i];
        cleanup_strbuf struct strbuf path = STRBUF_INIT, note = STRBUF_INIT;
        diff_file_path(&path, comparison, file);
        shown += file->new_bytes - file->old_bytes;
        for (size_t bit = 0; bit < CHANGE_KINDS; bit++)
            if (file->changes & (1u << bit))
                strbuf_addf(&note, "%s%s", note.len ? ", " : "", diff_change_name(bit));
        add_row(page, file->new_bytes - file->old_bytes, path.buf, note.buf);
    }
    int64_t all = total_change(page, "live_bytes");
    size_t left = comparison->file_count - rows + (size_t)comparison->ignored.count;
    close_details(page, left, all - shown, all, "live bytes");
}

static void write_fields(struct page *page, const char *what, const struct diff_field *fields,
                         size_t count)
{
    size_t rows = rows_of(page, count);
    if (!count)
        return;
    strbuf_addf(&page->out,
                "\n<details><summary>%s: %zu changed</summary>\n\n| field | old | new |\n"
                "| --- | --- | --- |\n",
                what, count);
    for (size_t i = 0; i < rows; i++) {
        strbuf_add_text(&page->out, "| ");
        add_code(&page->out, fields[i].name);
        strbuf_add_text(&page->out, " | ");
        if (fields[i].old_value)
            add_code(&page->out, fields[i].old_value);
        strbuf_add_text(&page->out, " | ");
        if (fields[i].new_value)
            add_code(&page->out, fields[i].new_value);
        strbuf_add_text(&page->out, " |\n");
    }
    if (rows < count)
        strbuf_addf(&page->out, "| (%zu others) | | |\n", count - rows);
    strbuf_add_text(&page->out, "\n</details>\n");
}

static void write_missing(struct page *page)
{
    for (int part = 0; part < DIFF_PARTS; part++)
        if (page->comparison->missing[part])
            strbuf_addf(&page->out, "\nNot compared: %s, %s.\n",
                        diff_part_name((enum diff_part)part), page->comparison->missing[part]);
}

static int write_markdown(const struct report *report, const struct report_options *options,
                          const struct sink *sink, struct error *err)
{
    const struct comparison *comparison = report->comparison;
    struct page page = {.comparison = comparison, .options = options, .out = STRBUF_INIT};
    write_verdict(&page);
    if (comparison->parts[DIFF_TOTALS])
        write_totals(&page);
    if (comparison->parts[DIFF_LAYERS] && comparison->layer_count)
        write_layers(&page);
    if (comparison->parts[DIFF_DIRECTORIES] && comparison->directories.count)
        write_directories(&page);
    if (comparison->parts[DIFF_PACKAGES] && comparison->package_count)
        write_packages(&page);
    if (comparison->parts[DIFF_FILES] && comparison->file_count)
        write_files(&page);
    if (comparison->parts[DIFF_CONFIG])
        write_fields(&page, "Configuration", comparison->config, comparison->config_count);
    if (comparison->parts[DIFF_HISTORY])
        write_fields(&page, "History", comparison->history, comparison->history_count);
    write_missing(&page);
    int result = sink_write(sink, page.out.buf, page.out.len, err);
    strbuf_release(&page.out);
    return result;
}

const struct report_format comparison_format_markdown = {
    .name = "markdown",
    .summary = "the comment of a pull request",
    .write = write_markdown,
};
