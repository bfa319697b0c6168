/* The report for a terminal: one screen, the most important line last. */
#include <inttypes.h>
#include <string.h>

#include "analyzer/report/gate_page.h"
#include "analyzer/report/report.h"
#include "core/escape.h"
#include "core/memory.h"

/* What is shown of each list: the rest is a number. */
#define ROWS 5
#define LAYER_ROWS 16
#define ERROR_ROWS 16

struct page {
    const struct analysis *analysis;
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

/* A text cut to what is left of the line, escaped. */
static void add_cut(struct page *page, const char *text, size_t used)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    size_t width = page->options->width > used + 10 ? page->options->width - used : 10;
    escape_for_terminal(&shown, span_of_text(text));
    size_t columns = 0, i = 0;
    while (i < shown.len) {
        size_t step = utf8_sequence(shown.buf + i, shown.len - i);
        if (columns + 1 == width && i + step < shown.len) {
            strbuf_add(&page->out, shown.buf, i);
            strbuf_add_text(&page->out, "…");
            return;
        }
        columns++;
        i += step ? step : 1;
    }
    strbuf_add(&page->out, shown.buf, shown.len);
}

static void write_head(struct page *page)
{
    const struct analysis *analysis = page->analysis;
    const struct candidate *chosen = analysis->image->chosen;
    const struct report_style *style = &page->options->style;
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    char text[DIGEST_TEXT_MAX];
    strbuf_addf(&page->out, "%s", style->bold);
    add_cut(page, analysis->input, 0);
    strbuf_addf(&page->out, "%s\n", style->reset);
    if (chosen->references.count)
        strbuf_add_text(&line, chosen->references.items[0]);
    if (chosen->references.count > 1)
        strbuf_addf(&line, " and %zu more", chosen->references.count - 1);
    if (chosen->platform)
        strbuf_addf(&line, "%s%s", line.len ? "  " : "", chosen->platform);
    strbuf_addf(&line, "%s%s", line.len ? "  " : "", image_kind_name(analysis->image->kind));
    if (digest_is_set(&chosen->config_digest))
        strbuf_addf(&line, "  %.19s", digest_format(&chosen->config_digest, text));
    add_cut(page, line.buf, 0);
    strbuf_add_char(&page->out, '\n');
}

static void size_row(struct page *page, const char *name, int64_t bytes, const char *meaning)
{
    char text[SIZE_TEXT_MAX];
    strbuf_addf(&page->out, "  %-12s %9s  %s%s%s\n", name, size_text(page, bytes, text),
                page->options->style.dim, meaning, page->options->style.reset);
}

static void write_sizes(struct page *page)
{
    const struct sizes *sizes = &page->analysis->sizes;
    heading(page, "Sizes");
    size_row(page, "download", sizes->download_bytes,
             sizes->download_estimated ? "compressed, estimated from a sample"
                                       : "compressed, as a registry stores it");
    size_row(page, "blobs", sizes->blob_bytes, "layers as they are stored in this archive");
    size_row(page, "tars", sizes->tar_bytes, "layers uncompressed");
    size_row(page, "content", sizes->content_bytes, "files of all layers");
    size_row(page, "live", sizes->live_bytes, "files that a container sees");
    size_row(page, "dead", sizes->dead_bytes, "files shipped and never seen");
    size_row(page, "duplicates", sizes->duplicate_bytes, "live files again under another name");
}

static void write_layers(struct page *page)
{
    const struct analysis *analysis = page->analysis;
    size_t count = analysis->image->chosen->layer_count;
    size_t from = count > LAYER_ROWS ? count - LAYER_ROWS : 0;
    char content[SIZE_TEXT_MAX], dead[SIZE_TEXT_MAX];
    heading(page, "Layers");
    if (from)
        strbuf_addf(&page->out, "  %zu more below\n", from);
    for (size_t i = from; i < count; i++) {
        const struct layer_sums *sums = &analysis->accounting.layers[i];
        cleanup_free char *instruction = report_instruction(analysis, i);
        strbuf_addf(&page->out, "  %3zu %9s", i, size_text(page, sums->content_bytes, content));
        if (sums->dead_bytes)
            strbuf_addf(&page->out, "  %s%9s dead%s", page->options->style.red,
                        size_text(page, sums->dead_bytes, dead), page->options->style.reset);
        else
            strbuf_addf(&page->out, "  %14s", "");
        strbuf_add_text(&page->out, "  ");
        add_cut(page, instruction ? instruction : "(unknown)", 33);
        strbuf_add_char(&page->out, '\n');
    }
}

static void write_causes(struct page *page)
{
    const int64_t *causes = page->analysis->accounting.dead_by_cause;
    char text[SIZE_TEXT_MAX];
    bool first = true;
    heading(page, "Waste by cause");
    for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
        if (!causes[cause])
            continue;
        strbuf_addf(&page->out, "%s%s %s", first ? "  " : ", ", cause_name(cause),
                    size_text(page, causes[cause], text));
        first = false;
    }
    strbuf_add_char(&page->out, '\n');
}

static void more_rows(struct page *page, size_t total)
{
    if (total > ROWS)
        strbuf_addf(&page->out, "  %sand %zu more%s\n", page->options->style.dim, total - ROWS,
                    page->options->style.reset);
}

/* "deleted, layer 2 by 8", or the causes of several copies. */
static void add_causes(struct strbuf *out, const struct waste *waste)
{
    const struct waste_copy *copy = &waste->copies[0];
    if (waste->count == 1) {
        strbuf_addf(out, "%s, layer %" PRIu32 " by %" PRIu32, cause_name(copy->cause),
                    copy->layer, copy->killed_by);
        return;
    }
    bool seen[CAUSE_COUNT] = {false};
    strbuf_addf(out, "%zu copies", waste->count);
    for (size_t i = 0; i < waste->count; i++) {
        if (!seen[waste->copies[i].cause])
            strbuf_addf(out, ", %s", cause_name(waste->copies[i].cause));
        seen[waste->copies[i].cause] = true;
    }
}

static void write_waste(struct page *page)
{
    const struct analysis *analysis = page->analysis;
    char text[SIZE_TEXT_MAX];
    if (!analysis->sizes.dead_bytes)
        return;
    write_causes(page);
    heading(page, "Top waste");
    for (size_t i = 0; i < analysis->waste_count && i < ROWS; i++) {
        const struct waste *waste = &analysis->waste[i];
        cleanup_strbuf struct strbuf why = STRBUF_INIT;
        add_causes(&why, waste);
        strbuf_addf(&page->out, "  %9s  %-30s ", size_text(page, waste->dead_bytes, text),
                    why.buf);
        add_cut(page, waste->path, 45);
        strbuf_add_char(&page->out, '\n');
    }
    more_rows(page, analysis->waste_total);
}

static void write_duplicates(struct page *page)
{
    const struct analysis *analysis = page->analysis;
    char text[SIZE_TEXT_MAX], each[SIZE_TEXT_MAX];
    if (!analysis->duplicate_count)
        return;
    heading(page, "Top duplicates");
    for (size_t i = 0; i < analysis->duplicate_count && i < ROWS; i++) {
        const struct duplicate *duplicate = &analysis->duplicates[i];
        cleanup_strbuf struct strbuf times = STRBUF_INIT;
        strbuf_addf(&times, "%zu x %s", duplicate->count,
                    size_text(page, duplicate->bytes_each, each));
        strbuf_addf(&page->out, "  %9s  %-16s ", size_text(page, duplicate->wasted_bytes, text),
                    times.buf);
        add_cut(page, duplicate->paths[0], 31);
        strbuf_add_char(&page->out, '\n');
    }
    more_rows(page, analysis->duplicate_total);
}

static void write_largest(struct page *page)
{
    const struct top *files = &page->analysis->files;
    char text[SIZE_TEXT_MAX];
    if (!files->count)
        return;
    heading(page, "Largest files");
    for (size_t i = 0; i < files->count && i < ROWS; i++) {
        const struct top_item *item = &files->items[i];
        strbuf_addf(&page->out, "  %9s  layer %-3u ", size_text(page, item->bytes, text),
                    (unsigned)page->analysis->accounting.inodes[item->number].layer);
        add_cut(page, item->path, 24);
        strbuf_add_char(&page->out, '\n');
    }
}

static void write_suggestions(struct page *page)
{
    const struct advice *advice = &page->analysis->advice;
    char text[SIZE_TEXT_MAX];
    if (!advice->count)
        return;
    heading(page, "Suggestions");
    for (size_t i = 0; i < advice->count && i < ROWS; i++) {
        const struct suggestion *item = &advice->items[i];
        strbuf_addf(&page->out, "  %9s  %-6s  ", size_text(page, item->bytes, text),
                    effort_name(item->effort));
        add_cut(page, item->title, 21);
        strbuf_addf(&page->out, "\n%21s%s", "", page->options->style.dim);
        add_cut(page, item->fix, 21);
        strbuf_addf(&page->out, "%s\n", page->options->style.reset);
    }
    more_rows(page, advice->count);
}

static void write_notes(struct page *page)
{
    const struct findings *findings = &page->analysis->image->findings;
    if (!findings->count && !findings->warning_count)
        return;
    heading(page, "Findings and warnings");
    size_t shown = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        cleanup_strbuf struct strbuf line = STRBUF_INIT;
        bool error = finding_severity(finding->rule) == SEVERITY_ERROR;
        if (shown >= (error ? ERROR_ROWS : ROWS))
            continue;
        shown++;
        strbuf_addf(&line, "%s %s", finding_code(finding->rule),
                    severity_name(finding_severity(finding->rule)));
        if (finding->layer != NO_LAYER)
            strbuf_addf(&line, ", layer %" PRIu32, finding->layer);
        if (finding->path)
            strbuf_addf(&line, ", %s", finding->path);
        strbuf_addf(&line, ": %s", finding->message);
        strbuf_add_text(&page->out, "  ");
        add_cut(page, line.buf, 2);
        strbuf_add_char(&page->out, '\n');
    }
    if (findings->count > shown)
        strbuf_addf(&page->out, "  %sand %zu more%s\n", page->options->style.dim,
                    findings->count - shown, page->options->style.reset);
    for (size_t i = 0; i < findings->warning_count && i < ROWS; i++) {
        const struct warning *warning = &findings->warnings[i];
        cleanup_strbuf struct strbuf line = STRBUF_INIT;
        strbuf_addf(&line, "warning: ");
        if (warning->layer != NO_LAYER)
            strbuf_addf(&line, "layer %" PRIu32 ": ", warning->layer);
        if (warning->path)
            strbuf_addf(&line, "%s: ", warning->path);
        strbuf_add_text(&line, warning->message);
        strbuf_add_text(&page->out, "  ");
        add_cut(page, line.buf, 2);
        strbuf_add_char(&page->out, '\n');
    }
    more_rows(page, findings->warning_count);
}

static void write_verdict(struct page *page)
{
    const struct sizes *sizes = &page->analysis->sizes;
    const struct report_style *style = &page->options->style;
    char dead[SIZE_TEXT_MAX], content[SIZE_TEXT_MAX];
    strbuf_addf(&page->out, "\n%sEfficiency %.2f %%%s: %s of %s content is dead\n", style->bold,
                sizes_efficiency(sizes) * 100, style->reset,
                size_text(page, sizes->dead_bytes, dead),
                size_text(page, sizes->content_bytes, content));
}

static int write_text(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    const struct analysis *analysis = report->analysis;
    struct page page = {.analysis = analysis, .options = options, .out = STRBUF_INIT};
    if (report->gate && report->gate_alone) {
        gate_page_write(&page.out, report->gate, options);
        int result = sink_write(sink, page.out.buf, page.out.len, err);
        strbuf_release(&page.out);
        return result;
    }
    write_head(&page);
    write_sizes(&page);
    write_layers(&page);
    write_waste(&page);
    write_duplicates(&page);
    write_largest(&page);
    write_suggestions(&page);
    write_notes(&page);
    write_verdict(&page);
    if (report->gate) {
        heading(&page, "Budgets");
        gate_page_write(&page.out, report->gate, options);
    }
    int result = sink_write(sink, page.out.buf, page.out.len, err);
    strbuf_release(&page.out);
    return result;
}

const struct report_format report_format_text = {
    .name = "text",
    .summary = "one screen for people",
    .write = write_text,
};
