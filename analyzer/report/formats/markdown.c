/* A comment for a pull request, or the summary of a CI step: the verdict first, then
 * budgets, sizes and what is wasted, the rest folded. The first line is a marker by which a
 * bot finds its comment again. The whole has at most COMMENT_MOST bytes, whatever the
 * image: rows that do not fit are counted. Names are code spans, in which nothing is
 * markup, a mention or a link. */
#include <inttypes.h>
#include <string.h>

#include "analyzer/report/budget_text.h"
#include "analyzer/report/finding_list.h"
#include "analyzer/report/report.h"
#include "analyzer/report/subject.h"
#include "core/escape.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

#define MARKER "<!-- ullage:size -->\n"

/* GitHub takes 65,536 characters for a comment (and 1 MiB for a step's summary). */
#define COMMENT_MOST 65000
/* What has to fit behind a row: ends of tables, the headings that may still come, the last
 * line. */
#define RESERVE 4000
#define ROWS 10
#define LAYER_ROWS 40
#define NAME_SHOWN 160

struct page {
    const struct report *report;
    enum size_style sizes;
    struct strbuf out;
    struct strbuf row;
    size_t omitted; /* rows of the table at hand */
};

/* Untrusted text as a code span, cut to what a reader needs. */
static void add_code(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf cut = STRBUF_INIT;
    strbuf_add_text(&cut, text);
    utf8_cut(&cut, NAME_SHOWN);
    escape_for_markdown(out, span_of(cut.buf, cut.len));
}

/* The same in a table. */
static void add_cell(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf cut = STRBUF_INIT;
    strbuf_add_text(&cut, text);
    utf8_cut(&cut, NAME_SHOWN);
    escape_for_markdown_cell(out, span_of(cut.buf, cut.len));
}

/* The same of text that was escaped for a terminal before. */
static void add_shown_cell(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf cut = STRBUF_INIT;
    strbuf_add_text(&cut, text);
    utf8_cut(&cut, 2 * NAME_SHOWN);
    escape_shown_for_markdown_cell(out, span_of(cut.buf, cut.len));
}

static void add_size(struct page *page, int64_t bytes)
{
    char text[SIZE_TEXT_MAX];
    strbuf_add_text(&page->row, size_format(bytes, page->sizes, text));
}

static void open_table(struct page *page, const char *head)
{
    strbuf_add_text(&page->out, head);
    page->omitted = 0;
}

static void end_row(struct page *page)
{
    if (page->out.len + page->row.len + RESERVE <= COMMENT_MOST)
        strbuf_addf(&page->out, "%s\n", page->row.buf);
    else
        page->omitted++;
    strbuf_reset(&page->row);
}

static void close_table(struct page *page, size_t more)
{
    more += page->omitted;
    if (more)
        strbuf_addf(&page->out, "\nand %zu more\n", more);
}

static void write_title(struct page *page)
{
    const struct analysis *analysis = page->report->analysis;
    const struct gate *gate = page->report->gate;
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    char size[SIZE_TEXT_MAX];
    subject_name(&name, analysis);
    strbuf_add_text(&page->out, MARKER "### ");
    if (gate && gate->count)
        strbuf_addf(&page->out, "%s: ", verdict_word(gate_worst(gate)));
    add_code(&page->out, name.buf);
    strbuf_addf(&page->out, " is %s%s to download\n\n",
                analysis->sizes.download_estimated ? "~" : "",
                size_format(analysis->sizes.download_bytes, page->sizes, size));
    if (gate && gate->count) {
        gate_summary(&page->out, gate);
        strbuf_add_text(&page->out, ". ");
    }
    strbuf_addf(&page->out, "Efficiency %.2f %%: %s",
                sizes_efficiency(&analysis->sizes) * 100,
                size_format(analysis->sizes.dead_bytes, page->sizes, size));
    strbuf_addf(&page->out, " of %s content is dead.\n",
                size_format(analysis->sizes.content_bytes, page->sizes, size));
}

static void add_amount(struct page *page, struct amount amount, enum unit unit)
{
    if (amount.known)
        amount_format(&page->row, amount, unit, page->sizes);
}

static void add_limit(struct page *page, const struct budget_result *result)
{
    if (result->at_least)
        strbuf_add_text(&page->row, "at least ");
    if (result->limit_text)
        add_cell(&page->row, result->limit_text);
    else
        add_amount(page, result->limit, result->unit);
}

static void add_budget_row(struct page *page, const struct budget_result *result)
{
    strbuf_addf(&page->row, "| %s | ", verdict_word(result->verdict));
    add_cell(&page->row, result->id);
    strbuf_add_text(&page->row, " | ");
    add_amount(page, result->value, result->unit);
    strbuf_add_text(&page->row, " | ");
    add_limit(page, result);
    strbuf_add_text(&page->row, " | ");
    add_amount(page, result->over, result->unit);
    strbuf_add_text(&page->row, " | ");
    add_amount(page, result->baseline, result->unit);
    strbuf_add_text(&page->row, " | ");
    amount_format_change(&page->row, result->baseline, result->value, result->unit,
                         page->sizes);
    strbuf_add_text(&page->row, " |");
    end_row(page);
}

/* "- `download-size`: 93kB by layer 5 `Dockerfile:14` `/root/.cache` ..." */
static void add_contributor(struct page *page, const struct contributor *contributor,
                            enum unit unit)
{
    const struct amount amount = {.known = true, .number = contributor->bytes};
    strbuf_add_text(&page->row, "  - ");
    add_amount(page, amount, unit == UNIT_COUNT ? UNIT_COUNT : UNIT_BYTES);
    if (contributor->layer != NO_LAYER)
        strbuf_addf(&page->row, ", layer %" PRIu32, contributor->layer);
    const char *texts[] = {contributor->file, contributor->path, contributor->instruction};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (!texts[i])
            continue;
        strbuf_add_char(&page->row, ' ');
        add_code(&page->row, texts[i]);
        if (i == 0 && contributor->line > 0)
            strbuf_addf(&page->row, " line %" PRId64, contributor->line);
    }
    end_row(page);
}

static void add_note(struct page *page, const char *what, const char *text)
{
    if (!text)
        return;
    strbuf_addf(&page->row, "  - %s: ", what);
    add_code(&page->row, text);
    end_row(page);
}

static void write_reasons(struct page *page, const struct gate *gate)
{
    page->omitted = 0;
    for (size_t i = 0; i < gate->count; i++) {
        const struct budget_result *result = &gate->results[i];
        if (result->verdict == VERDICT_PASS)
            continue;
        strbuf_addf(&page->row, "- %s ", verdict_word(result->verdict));
        add_code(&page->row, result->id);
        end_row(page);
        for (size_t c = 0; c < result->contributor_count; c++)
            add_contributor(page, &result->contributors[c], result->unit);
        add_note(page, "because", result->reason);
        add_note(page, "note", result->say);
        add_note(page, "fix", result->fix);
    }
    close_table(page, 0);
}

static void write_budgets(struct page *page)
{
    const struct gate *gate = page->report->gate;
    if (!gate || !gate->count)
        return;
    open_table(page, "\n| | budget | measured | limit | over | was | change |\n"
                     "|---|---|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < gate->count; i++)
        add_budget_row(page, &gate->results[i]);
    close_table(page, 0);
    strbuf_add_char(&page->out, '\n');
    write_reasons(page, gate);
}

static void size_row(struct page *page, const char *name, int64_t bytes,
                     const char *meaning)
{
    strbuf_addf(&page->row, "| %s | ", name);
    add_size(page, bytes);
    strbuf_addf(&page->row, " | %s |", meaning);
    end_row(page);
}

static void write_sizes(struct page *page)
{
    const struct sizes *sizes = &page->report->analysis->sizes;
    open_table(page, "\n| size | | |\n|---|--:|---|\n");
    size_row(page, "download", sizes->download_bytes,
             sizes->download_estimated ? "compressed, estimated from a sample"
                                       : "compressed, as a registry stores it");
    size_row(page, "blobs", sizes->blob_bytes, "layers as they are stored in this archive");
    size_row(page, "tars", sizes->tar_bytes, "layers uncompressed");
    size_row(page, "content", sizes->content_bytes, "files of all layers");
    size_row(page, "live", sizes->live_bytes, "files that a container sees");
    size_row(page, "dead", sizes->dead_bytes, "files shipped and never seen");
    size_row(page, "duplicates", sizes->duplicate_bytes,
             "live files again under another name");
}

/* A part that is shown when it is asked for. */
static void open_details(struct page *page, const char *summary)
{
    strbuf_addf(&page->out, "\n<details><summary>%s</summary>\n\n", summary);
}

static void close_details(struct page *page)
{
    strbuf_add_text(&page->out, "\n</details>\n");
}

static void write_waste(struct page *page)
{
    const struct analysis *analysis = page->report->analysis;
    size_t rows = analysis->waste_count < ROWS ? analysis->waste_count : ROWS;
    if (!rows)
        return;
    open_details(page, "Dead files");
    open_table(
        page, "| dead | path | copies | cause | layer | by |\n|--:|---|--:|---|--:|--:|\n");
    for (size_t i = 0; i < rows; i++) {
        const struct waste *waste = &analysis->waste[i];
        const struct waste_copy *copy = &waste->copies[0];
        strbuf_add_text(&page->row, "| ");
        add_size(page, waste->dead_bytes);
        strbuf_add_text(&page->row, " | ");
        add_cell(&page->row, waste->path);
        strbuf_addf(&page->row, " | %zu | %s | %" PRIu32 " | %" PRIu32 " |", waste->count,
                    cause_name(copy->cause), copy->layer, copy->killed_by);
        end_row(page);
    }
    close_table(page, analysis->waste_total - rows);
    close_details(page);
}

static void write_suggestions(struct page *page)
{
    const struct advice *advice = &page->report->analysis->advice;
    size_t rows = advice->count < ROWS ? advice->count : ROWS;
    if (!rows)
        return;
    open_details(page, "Suggestions");
    open_table(page, "| saves | effort | what | how |\n|--:|---|---|---|\n");
    for (size_t i = 0; i < rows; i++) {
        const struct suggestion *item = &advice->items[i];
        strbuf_add_text(&page->row, "| ");
        add_size(page, item->bytes);
        strbuf_addf(&page->row, " | %s | %s | ", effort_name(item->effort), item->title);
        add_cell(&page->row, item->fix);
        strbuf_add_text(&page->row, " |");
        end_row(page);
    }
    close_table(page, advice->count - rows);
    close_details(page);
}

static void write_layers(struct page *page)
{
    const struct analysis *analysis = page->report->analysis;
    size_t count = analysis->image->chosen->layer_count;
    size_t from = count > LAYER_ROWS ? count - LAYER_ROWS : 0;
    open_details(page, "Layers");
    open_table(page, "| | content | dead | instruction |\n|--:|--:|--:|---|\n");
    for (size_t i = from; i < count; i++) {
        const struct layer_sums *sums = &analysis->accounting.layers[i];
        cleanup_free char *instruction = report_instruction(analysis, i);
        strbuf_addf(&page->row, "| %zu | ", i);
        add_size(page, sums->content_bytes);
        strbuf_add_text(&page->row, " | ");
        if (sums->dead_bytes)
            add_size(page, sums->dead_bytes);
        strbuf_add_text(&page->row, " | ");
        add_cell(&page->row, instruction ? instruction : "(unknown)");
        strbuf_add_text(&page->row, " |");
        end_row(page);
    }
    close_table(page, from);
    close_details(page);
}

static void write_findings(struct page *page)
{
    struct finding_list list;
    struct report alone = {.analysis =
                               page->report->analysis}; /* budgets have their table */
    finding_list_of_report(&list, &alone);
    size_t rows = list.count < ROWS ? list.count : ROWS;
    if (rows) {
        open_details(page, "Findings");
        open_table(page, "| | rule | |\n|---|---|---|\n");
        for (size_t i = 0; i < rows; i++) {
            const struct report_finding *finding = &list.items[i];
            strbuf_addf(&page->row, "| %s | %s | ", severity_name(finding->severity),
                        finding->rule);
            add_shown_cell(&page->row, finding->message);
            strbuf_add_text(&page->row, " |");
            end_row(page);
        }
        close_table(page, list.count - rows);
        close_details(page);
    }
    finding_list_release(&list);
}

static void write_footer(struct page *page)
{
    const struct gate *gate = page->report->gate;
    strbuf_add_text(&page->out, "\n<sub>ullage " ULLAGE_VERSION);
    if (gate && gate->rules) {
        strbuf_add_text(&page->out, ", rules ");
        add_code(&page->out, gate->rules);
    }
    if (gate && gate->baseline) {
        strbuf_add_text(&page->out, ", baseline ");
        add_code(&page->out, gate->baseline);
    }
    strbuf_add_text(&page->out, "</sub>\n");
}

static int write_markdown(const struct report *report, const struct report_options *options,
                          const struct sink *sink, struct error *err)
{
    struct page page = {
        .report = report, .sizes = options->sizes, .out = STRBUF_INIT, .row = STRBUF_INIT};
    write_title(&page);
    write_budgets(&page);
    write_sizes(&page);
    /* what changed against report->comparison belongs here, before what is folded */
    write_waste(&page);
    write_suggestions(&page);
    write_layers(&page);
    write_findings(&page);
    write_footer(&page);
    int result = sink_write(sink, page.out.buf, page.out.len, err);
    strbuf_release(&page.out);
    strbuf_release(&page.row);
    return result;
}

const struct report_format report_format_markdown = {
    .name = "markdown",
    .summary = "a comment for a pull request, at most 65,000 characters",
    .write = write_markdown,
};
