/* One file that a browser shows: no request to anywhere, and all of it readable without a
 * script. The page is the text report at length; its script (html/report.js) makes the
 * treemap a thing to walk in.
 *
 * What comes from the image can neither end an element nor run: every text is escaped
 * (html/markup.h), the tree is base64, and the policy in the head allows the one style and
 * the one script of this build, by their hashes, and nothing else. Nothing in it depends on
 * the clock. */
#include <inttypes.h>
#include <string.h>

#include "analyzer/report/html/assets.h"
#include "analyzer/report/html/columns.h"
#include "analyzer/report/html/markup.h"
#include "analyzer/report/html/paths.h"
#include "analyzer/report/html/treemap.h"
#include "analyzer/report/report.h"
#include "core/digest.h"
#include "core/escape.h"
#include "core/memory.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

/* Above, the smallest paths of each folder are taken together. */
#define PATHS_MOST 250000
/* What is listed of findings, and of the names of one set of duplicates; the rest is a
 * number. */
#define FINDINGS_SHOWN 200
#define NAMES_SHOWN 20

struct html {
    const struct report *report;
    const struct analysis *analysis;
    enum size_style sizes;
    struct paths paths;
    struct strbuf out;
};

static void put(struct html *html, const char *markup)
{
    strbuf_add_text(&html->out, markup);
}

static void put_size(struct html *html, int64_t bytes)
{
    char text[SIZE_TEXT_MAX];
    strbuf_addf(&html->out, "<data value=\"%" PRId64 "\">%s</data>", bytes,
                size_format(bytes, html->sizes, text));
}

static void put_size_cell(struct html *html, int64_t bytes)
{
    put(html, "<td class=\"number\">");
    put_size(html, bytes);
    put(html, "</td>");
}

static void put_count_cell(struct html *html, int64_t count)
{
    strbuf_addf(&html->out, "<td class=\"number\">%" PRId64 "</td>", count);
}

static void put_bar_cell(struct html *html, int64_t part, int64_t whole, const char *colour)
{
    put(html, "<td class=\"share\">");
    markup_bar(&html->out, part, whole, colour);
    put(html, "<span>");
    markup_percent(&html->out, markup_share(part, whole));
    put(html, "</span></td>");
}

static void put_path(struct html *html, const char *path)
{
    put(html, "<code class=\"path\">");
    markup_name(&html->out, path);
    put(html, "</code>");
}

static void put_path_cell(struct html *html, const char *path)
{
    put(html, "<td>");
    if (path)
        put_path(html, path);
    put(html, "</td>");
}

static void put_layer_cell(struct html *html, uint32_t layer)
{
    if (layer == NO_LAYER)
        put(html, "<td class=\"number\"></td>");
    else
        strbuf_addf(&html->out,
                    "<td class=\"number\"><a href=\"#layer-%" PRIu32 "\">%" PRIu32
                    "</a></td>",
                    layer, layer);
}

static void put_instruction(struct html *html, size_t layer)
{
    cleanup_free char *instruction = report_instruction(html->analysis, layer);
    if (!instruction) {
        put(html, "<span class=\"quiet\">unknown</span>");
        return;
    }
    put(html, "<code>");
    markup_name(&html->out, instruction);
    put(html, "</code>");
}

static void open_section(struct html *html, const char *id, const char *heading,
                         const char *meaning)
{
    strbuf_addf(&html->out, "<section id=\"%s\" aria-labelledby=\"%s-heading\">\n", id, id);
    strbuf_addf(&html->out, "<h2 id=\"%s-heading\">%s</h2>\n", id, heading);
    if (meaning)
        strbuf_addf(&html->out, "<p class=\"meaning\">%s</p>\n", meaning);
}

static void close_section(struct html *html)
{
    put(html, "</section>\n");
}

/* `columns` is a row of <th> without their ends, each behind a bar: "Name|#Bytes"; '#'
 * stands for numbers. A table may be wider than the screen; it scrolls by itself and the
 * keyboard can reach it. */
static void open_table(struct html *html, const char *caption, const char *columns)
{
    strbuf_addf(
        &html->out,
        "<div class=\"scroll\" role=\"group\" aria-label=\"%s\" tabindex=\"0\"><table>\n"
        "<caption>%s</caption>\n<thead><tr>",
        caption, caption);
    while (*columns) {
        size_t len = strcspn(columns, "|");
        bool number = *columns == '#';
        strbuf_addf(&html->out, "<th scope=\"col\"%s>%.*s</th>",
                    number ? " class=\"number\"" : "", (int)(len - number),
                    columns + number);
        columns += len + (columns[len] == '|');
    }
    put(html, "</tr></thead>\n<tbody>\n");
}

static void close_table(struct html *html)
{
    put(html, "</tbody></table></div>\n");
}

static void put_more(struct html *html, size_t total, size_t shown)
{
    if (total > shown)
        strbuf_addf(&html->out, "<p class=\"quiet\">and %zu more</p>\n", total - shown);
}

/* The name by which people call the image. */
static const char *name_of_image(const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    return chosen->references.count ? chosen->references.items[0] : analysis->input;
}

struct summary {
    const char *class; /* of the badge: pass, warn, fail, plain */
    struct strbuf text;
};

static void summarise(struct summary *summary, const struct html *html)
{
    const struct gate *gate = html->report->gate;
    if (!gate) {
        summary->class = "plain";
        strbuf_add_text(&summary->text, "efficiency ");
        markup_percent(&summary->text, markup_share(html->analysis->sizes.live_bytes,
                                                    html->analysis->sizes.content_bytes));
        if (!html->analysis->sizes.content_bytes) {
            strbuf_reset(&summary->text);
            strbuf_add_text(&summary->text, "no content");
        }
        return;
    }
    size_t failed = gate_count(gate, VERDICT_FAIL), warned = gate_count(gate, VERDICT_WARN);
    size_t already = gate_count(gate, VERDICT_FAILING_ALREADY);
    summary->class = failed ? "fail" : warned || already ? "warn" : "pass";
    if (failed)
        strbuf_addf(&summary->text, "fails %zu of %zu budgets", failed, gate->count);
    else
        strbuf_addf(&summary->text, "passes %zu of %zu budgets",
                    gate_count(gate, VERDICT_PASS) + warned, gate->count);
    if (warned)
        strbuf_addf(&summary->text, ", %zu with a warning", warned);
    if (already)
        strbuf_addf(&summary->text, ", %zu failing already", already);
}

static void put_hash(struct html *html, const unsigned char *bytes, size_t len)
{
    struct digest digest;
    digest_of(&digest, bytes, len);
    put(html, "'sha256-");
    escape_base64(&html->out, span_of(digest.bytes, SHA256_BYTES));
    put(html, "'");
}

static void write_head(struct html *html, const struct summary *summary)
{
    put(html, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
              "base-uri 'none'; form-action 'none'; script-src ");
    put_hash(html, html_script, html_script_len);
    put(html, "; style-src ");
    put_hash(html, html_style, html_style_len);
    put(html,
        "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<meta name=\"generator\" content=\"ullage " ULLAGE_VERSION "\">\n<title>");
    markup_name(&html->out, name_of_image(html->analysis));
    strbuf_addf(&html->out, ": %s</title>\n<style>", summary->text.buf);
    strbuf_add(&html->out, html_style, html_style_len);
    put(html, "</style>\n</head>\n");
}

static void put_fact(struct html *html, const char *term, const char *text)
{
    if (!text || !*text)
        return;
    strbuf_addf(&html->out, "<div><dt>%s</dt><dd>", term);
    markup_name(&html->out, text);
    put(html, "</dd></div>\n");
}

static void write_facts(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    const struct candidate *chosen = analysis->image->chosen;
    char digest[DIGEST_TEXT_MAX];
    put(html, "<dl class=\"facts\">\n");
    for (size_t i = 1; i < chosen->references.count; i++)
        put_fact(html, "also named", chosen->references.items[i]);
    put_fact(html, "platform", chosen->platform);
    put_fact(html, "read from", analysis->input);
    put_fact(html, "form", image_kind_name(analysis->image->kind));
    put_fact(html, "configuration", digest_format(&chosen->config_digest, digest));
    put_fact(html, "manifest", digest_format(&chosen->manifest_digest, digest));
    put_fact(html, "created",
             report_time(json_string_value(json_object_get(chosen->config, "created"))));
    put(html, "</dl>\n");
}

static void put_tile(struct html *html, const char *name, int64_t bytes, const char *note)
{
    strbuf_addf(&html->out, "<div class=\"tile\"><dt>%s</dt><dd>", name);
    put_size(html, bytes);
    strbuf_addf(&html->out, "</dd><dd class=\"quiet\">%s</dd></div>\n", note);
}

static void write_tiles(struct html *html)
{
    const struct sizes *sizes = &html->analysis->sizes;
    put(html, "<dl class=\"tiles\">\n");
    put_tile(html, "download", sizes->download_bytes,
             sizes->download_estimated ? "estimated from a sample"
                                       : "as a registry stores it");
    put_tile(html, "live", sizes->live_bytes, "what a container sees");
    put_tile(html, "dead", sizes->dead_bytes, "shipped, never seen");
    strbuf_addf(&html->out, "<div class=\"tile\"><dt>efficiency</dt><dd>");
    markup_percent(&html->out, sizes->content_bytes
                                   ? markup_share(sizes->live_bytes, sizes->content_bytes)
                                   : 100000);
    put(html, "</dd><dd class=\"quiet\">live of all content</dd></div>\n</dl>\n");
}

static void write_banner(struct html *html, const struct summary *summary)
{
    put(html, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header>\n"
              "<p class=\"quiet\">ullage image report</p>\n<h1>");
    put_path(html, name_of_image(html->analysis));
    strbuf_addf(&html->out, "</h1>\n<p class=\"badge %s\">%s</p>\n", summary->class,
                summary->text.buf);
    write_facts(html);
    write_tiles(html);
    put(html, "</header>\n");
}

static void write_size_row(struct html *html, const char *name, int64_t bytes,
                           int64_t largest, const char *colour, const char *meaning)
{
    strbuf_addf(&html->out, "<tr><th scope=\"row\">%s</th>", name);
    put_size_cell(html, bytes);
    put(html, "<td class=\"share\">");
    markup_bar(&html->out, bytes, largest, colour);
    strbuf_addf(&html->out, "</td><td>%s</td></tr>\n", meaning);
}

static int64_t largest_size(const struct sizes *sizes)
{
    int64_t largest = sizes->blob_bytes;
    largest = sizes->tar_bytes > largest ? sizes->tar_bytes : largest;
    return sizes->content_bytes > largest ? sizes->content_bytes : largest;
}

/* The one place that makes rows of sizes: columns of a comparison come here. */
static void write_size_rows(struct html *html, const struct sizes *sizes)
{
    int64_t largest = largest_size(sizes);
    write_size_row(html, "download", sizes->download_bytes, largest, "plain",
                   sizes->download_estimated
                       ? "what a pull transfers, estimated from a sample"
                       : "what a pull transfers: layers compressed");
    write_size_row(html, "blobs", sizes->blob_bytes, largest, "plain",
                   "the layers as they are stored in this archive");
    write_size_row(html, "tars", sizes->tar_bytes, largest, "plain",
                   "the layers uncompressed, headers and padding included");
    write_size_row(html, "content", sizes->content_bytes, largest, "plain",
                   "the payload of the files in all layers");
    write_size_row(html, "live", sizes->live_bytes, largest, "live",
                   "content that the final file system shows");
    write_size_row(html, "dead", sizes->dead_bytes, largest, "dead",
                   "content that it does not: shipped, and reachable by nobody");
    write_size_row(html, "duplicates", sizes->duplicate_bytes, largest, "warn",
                   "live content that repeats under other names, beyond the first");
}

static void write_sizes(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    open_section(html, "sizes", "Sizes", NULL);
    open_table(html, "Sizes of the image", "Size|#Bytes|Of the largest|What it is");
    write_size_rows(html, &analysis->sizes);
    close_table(html);
    if (analysis->base_source != BASE_UNKNOWN) {
        strbuf_addf(&html->out,
                    "<h3>Above the base</h3>\n<p class=\"meaning\">The lowest %" PRIu32
                    " layers are the base; the layers above it killed ",
                    analysis->base_layers);
        put_size(html, analysis->base_killed_bytes);
        put(html, " of its content, which only another base can save.</p>\n");
        open_table(html, "Sizes of the layers above the base",
                   "Size|#Bytes|Of the largest|What it is");
        write_size_rows(html, &analysis->own);
        close_table(html);
    }
    close_section(html);
}

static void write_explorer(struct html *html)
{
    open_section(html, "explore", "What fills the image",
                 "Area is bytes, colour the layer that brought them.");
    put(html, "<div id=\"explorer\" hidden></div>\n<figure id=\"static-treemap\">\n");
    treemap_write(&html->out, &html->paths, html->sizes);
    put(html,
        "<figcaption>Files and folders with at least a thousandth of what a container "
        "sees.</figcaption>\n</figure>\n");
    if (html->paths.folded)
        strbuf_addf(
            &html->out,
            "<p class=\"quiet\">The image has so many paths that this page takes the "
            "%zu smallest together, as (others) of their folders.</p>\n",
            html->paths.folded);
    close_section(html);
}

/* One rectangle for each layer, as wide as its content. */
static void write_layer_bar(struct html *html)
{
    const struct accounting *accounting = &html->analysis->accounting;
    int64_t at = 0, whole = accounting->content_bytes;
    char text[SIZE_TEXT_MAX];
    if (!whole)
        return;
    put(html,
        "<svg class=\"stack\" viewBox=\"0 0 100000 100\" preserveAspectRatio=\"none\" "
        "role=\"img\" aria-label=\"Content of the layers, lowest first\">\n");
    for (size_t i = 0; i < accounting->layer_count; i++) {
        int64_t bytes = accounting->layers[i].content_bytes;
        cleanup_free char *instruction = report_instruction(html->analysis, i);
        int64_t from = markup_share(at, whole), to = markup_share(at + bytes, whole);
        strbuf_addf(&html->out,
                    "<rect class=\"l%zu\" x=\"%" PRId64 "\" width=\"%" PRId64
                    "\" height=\"100\"><title>layer %zu, %s: ",
                    i % LAYER_COLOURS, from, to - from, i,
                    size_format(bytes, html->sizes, text));
        markup_name(&html->out, instruction ? instruction : "unknown");
        put(html, "</title></rect>\n");
        at += bytes;
    }
    put(html, "</svg>\n");
}

static void write_layer(struct html *html, size_t index)
{
    const struct image_layer *row = &html->analysis->image->chosen->layers[index];
    const struct layer_sums *sums = &html->analysis->accounting.layers[index];
    int64_t stored = row->layer ? row->layer->blob_bytes : row->size > 0 ? row->size : 0;
    strbuf_addf(
        &html->out,
        "<tr id=\"layer-%zu\"><th scope=\"row\" class=\"number\"><svg class=\"swatch\" "
        "viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"l%zu\" width=\"10\" "
        "height=\"10\"/></svg>%zu</th>",
        index, index % LAYER_COLOURS, index);
    put_size_cell(html, stored);
    put_size_cell(html, sums->content_bytes);
    put_size_cell(html, sums->dead_bytes);
    put_bar_cell(html, sums->content_bytes, html->analysis->accounting.content_bytes,
                 "plain");
    put_count_cell(html, sums->added);
    put_count_cell(html, sums->modified);
    put_count_cell(html, sums->removed);
    put(html, "<td class=\"long\">");
    put_instruction(html, index);
    if (row->absent)
        put(html, " <span class=\"quiet\">(foreign, not in this archive)</span>");
    put(html, "</td></tr>\n");
}

static void write_layers(struct html *html)
{
    open_section(html, "layers", "Layers",
                 "Lowest first. Dead bytes stand with the layer that shipped them.");
    write_layer_bar(html);
    open_table(html, "Layers",
               "#Layer|#Stored|#Content|#Dead|Of all "
               "content|#Added|#Modified|#Removed|Instruction");
    for (size_t i = 0; i < html->analysis->image->chosen->layer_count; i++)
        write_layer(html, i);
    close_table(html);
    close_section(html);
}

static void put_amount_cell(struct html *html, enum unit unit, const struct amount *amount)
{
    if (!amount->known) {
        put(html, "<td class=\"number\"></td>");
    } else if (unit == UNIT_BYTES) {
        put_size_cell(html, amount->number);
    } else if (unit == UNIT_COUNT) {
        put_count_cell(html, amount->number);
    } else {
        put(html, "<td class=\"number\">");
        markup_percent(&html->out, (int64_t)(amount->ratio * 100000 + 0.5));
        put(html, "</td>");
    }
}

static void put_line(struct html *html, const char *class, const char *text)
{
    if (!text || !*text)
        return;
    strbuf_addf(&html->out, "<p class=\"%s\">", class);
    markup_name(&html->out, text);
    put(html, "</p>");
}

static void put_contributors(struct html *html, const struct budget_result *result)
{
    if (!result->contributor_count)
        return;
    put(html, "<ul>");
    for (size_t i = 0; i < result->contributor_count; i++) {
        const struct contributor *item = &result->contributors[i];
        put(html, "<li>");
        if (result->unit == UNIT_BYTES)
            put_size(html, item->bytes);
        else
            strbuf_addf(&html->out, "%" PRId64, item->bytes);
        if (item->path) {
            put(html, " ");
            put_path(html, item->path);
        }
        if (item->layer != NO_LAYER)
            strbuf_addf(&html->out, " <a href=\"#layer-%" PRIu32 "\">layer %" PRIu32 "</a>",
                        item->layer, item->layer);
        if (item->instruction) {
            put(html, " <code>");
            markup_name(&html->out, item->instruction);
            put(html, "</code>");
        }
        if (item->file) {
            put(html, " <span class=\"quiet\">");
            markup_name(&html->out, item->file);
            if (item->line)
                strbuf_addf(&html->out, ":%" PRId64, item->line);
            put(html, "</span>");
        }
        put(html, "</li>");
    }
    put(html, "</ul>");
}

static const char *verdict_class(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "pass";
    case VERDICT_FAIL:
        return "fail";
    case VERDICT_SKIPPED:
    case VERDICT_WAIVED:
        return "plain";
    default:
        return "warn";
    }
}

static void write_budget(struct html *html, const struct budget_result *result)
{
    strbuf_addf(&html->out,
                "<tr><td><span class=\"badge %s\">%s</span></td><th scope=\"row\">",
                verdict_class(result->verdict), verdict_name(result->verdict));
    markup_name(&html->out, result->id);
    put(html, "<p class=\"quiet\">");
    markup_name(&html->out, result->measure);
    put(html, ", ");
    markup_name(&html->out, result->scope);
    if (result->file) {
        put(html, ", ");
        markup_name(&html->out, result->file);
        if (result->line)
            strbuf_addf(&html->out, ":%" PRId64, result->line);
    }
    put(html, "</p></th>");
    put_amount_cell(html, result->unit, &result->value);
    put_amount_cell(html, result->unit, &result->baseline);
    strbuf_addf(&html->out, "<td class=\"number\">%s ",
                result->at_least ? "at least" : "at most");
    markup_name(&html->out, result->limit_text ? result->limit_text : "");
    put(html, "</td>");
    put_amount_cell(html, result->unit, &result->over);
    put(html, "<td class=\"long\">");
    put_line(html, "say", result->say);
    put_line(html, "quiet", result->reason);
    put_line(html, "fix", result->fix);
    put_contributors(html, result);
    put(html, "</td></tr>\n");
}

static void write_budgets(struct html *html)
{
    const struct gate *gate = html->report->gate;
    if (!gate)
        return;
    open_section(html, "budgets", "Budgets", NULL);
    put(html, "<p class=\"meaning\">Ruled by ");
    markup_name(&html->out, gate->rules ? gate->rules : "command line");
    if (gate->baseline) {
        put(html, ", against the baseline ");
        markup_name(&html->out, gate->baseline);
    }
    put(html, ".</p>\n");
    open_table(html, "Budgets and verdicts",
               "Verdict|Budget|#Value|#Baseline|#Limit|#Over|What it is made of");
    for (size_t i = 0; i < gate->count; i++)
        write_budget(html, &gate->results[i]);
    close_table(html);
    close_section(html);
}

static void write_suggestions(struct html *html)
{
    const struct advice *advice = &html->analysis->advice;
    open_section(html, "suggestions", "Suggestions",
                 "Each byte counts in one of them at most, so they may be added.");
    if (!advice->count) {
        put(html, "<p>Nothing to save was found.</p>\n");
        close_section(html);
        return;
    }
    open_table(html, "Suggestions", "#Saves|Effort|#Files|Layers|What and how");
    for (size_t i = 0; i < advice->count; i++) {
        const struct suggestion *item = &advice->items[i];
        put(html, "<tr>");
        put_size_cell(html, item->bytes);
        strbuf_addf(&html->out, "<td>%s</td>", effort_name(item->effort));
        put_count_cell(html, item->files);
        put(html, "<td>");
        for (size_t l = 0; l < item->layer_count; l++)
            strbuf_addf(&html->out, "%s<a href=\"#layer-%" PRIu32 "\">%" PRIu32 "</a>",
                        l ? ", " : "", item->layers[l], item->layers[l]);
        put(html, "</td><td class=\"long\"><strong>");
        markup_name(&html->out, item->title);
        put(html, "</strong>");
        put_line(html, "fix", item->fix);
        put(html, "</td></tr>\n");
    }
    close_table(html);
    close_section(html);
}

static const char *cause_meaning(enum cause cause)
{
    static const char *const meanings[] = {
        [CAUSE_REWRITTEN] = "a later layer has other content at this path",
        [CAUSE_REEMITTED] = "a later layer has the same content again: chmod, chown, touch",
        [CAUSE_DELETED] = "a later layer removes the path or a directory above it",
        [CAUSE_OPAQUE] = "a later layer replaces the whole directory",
        [CAUSE_TYPE_CHANGED] = "a file became a directory, a link, or the reverse",
        [CAUSE_SHADOWED] = "the same layer has the path again",
    };
    _Static_assert(ARRAY_SIZE(meanings) == CAUSE_COUNT, "every cause has a meaning");
    return meanings[cause];
}

static void write_causes(struct html *html)
{
    const struct accounting *accounting = &html->analysis->accounting;
    open_table(html, "Dead bytes by cause", "Cause|#Bytes|Of all dead bytes|What happened");
    for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
        int64_t bytes = accounting->dead_by_cause[cause];
        if (!bytes)
            continue;
        strbuf_addf(&html->out, "<tr><th scope=\"row\">%s</th>", cause_name(cause));
        put_size_cell(html, bytes);
        put_bar_cell(html, bytes, accounting->dead_bytes, "dead");
        strbuf_addf(&html->out, "<td>%s</td></tr>\n", cause_meaning(cause));
    }
    close_table(html);
}

static void put_copies(struct html *html, const struct waste *waste)
{
    put(html, "<td>");
    for (size_t i = 0; i < waste->count && i < NAMES_SHOWN; i++) {
        const struct waste_copy *copy = &waste->copies[i];
        strbuf_addf(&html->out,
                    "<div>%s: layer <a href=\"#layer-%" PRIu32 "\">%" PRIu32 "</a>",
                    cause_name(copy->cause), copy->layer, copy->layer);
        if (copy->killed_by != copy->layer)
            strbuf_addf(&html->out, " by <a href=\"#layer-%" PRIu32 "\">%" PRIu32 "</a>",
                        copy->killed_by, copy->killed_by);
        put(html, "</div>");
    }
    put_more(html, waste->count, NAMES_SHOWN);
    put(html, "</td>");
}

static void write_waste(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    open_section(
        html, "waste", "Waste",
        "Files that are shipped and that no container sees, each with the event that "
        "hid it.");
    if (!analysis->sizes.dead_bytes) {
        put(html, "<p>No byte is dead.</p>\n");
        close_section(html);
        return;
    }
    write_causes(html);
    open_table(html, "Top waste", "Path|#Dead|Of all dead bytes|Why");
    for (size_t i = 0; i < analysis->waste_count; i++) {
        const struct waste *waste = &analysis->waste[i];
        put(html, "<tr>");
        put_path_cell(html, waste->path);
        put_size_cell(html, waste->dead_bytes);
        put_bar_cell(html, waste->dead_bytes, analysis->sizes.dead_bytes, "dead");
        put_copies(html, waste);
        put(html, "</tr>\n");
    }
    close_table(html);
    put_more(html, analysis->waste_total, analysis->waste_count);
    close_section(html);
}

static void write_duplicates(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    if (!analysis->duplicate_count)
        return;
    open_section(html, "duplicates", "Duplicates",
                 "Live files of equal content, proven by their bytes or their SHA-256.");
    open_table(html, "Top duplicates", "#Repeats|#Files|#Each|Paths");
    for (size_t i = 0; i < analysis->duplicate_count; i++) {
        const struct duplicate *duplicate = &analysis->duplicates[i];
        put(html, "<tr>");
        put_size_cell(html, duplicate->wasted_bytes);
        put_count_cell(html, (int64_t)duplicate->count);
        put_size_cell(html, duplicate->bytes_each);
        put(html, "<td>");
        for (size_t p = 0; p < duplicate->count && p < NAMES_SHOWN; p++) {
            put(html, "<div>");
            put_path(html, duplicate->paths[p]);
            put(html, "</div>");
        }
        put_more(html, duplicate->count, NAMES_SHOWN);
        put(html, "</td></tr>\n");
    }
    close_table(html);
    put_more(html, analysis->duplicate_total, analysis->duplicate_count);
    close_section(html);
}

static void write_largest(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    int64_t live = analysis->sizes.live_bytes;
    if (!analysis->files.count)
        return;
    open_section(html, "largest", "Largest files and directories", NULL);
    open_table(html, "Largest files", "Path|#Bytes|Of all live bytes|#Layer");
    for (size_t i = 0; i < analysis->files.count; i++) {
        const struct top_item *item = &analysis->files.items[i];
        put(html, "<tr>");
        put_path_cell(html, item->path);
        put_size_cell(html, item->bytes);
        put_bar_cell(html, item->bytes, live, "live");
        put_layer_cell(html, analysis->accounting.inodes[item->number].layer);
        put(html, "</tr>\n");
    }
    close_table(html);
    open_table(html, "Largest directories", "Path|#Bytes|Of all live bytes|#Files");
    for (size_t i = 0; i < analysis->directories.count; i++) {
        const struct top_item *item = &analysis->directories.items[i];
        put(html, "<tr>");
        put_path_cell(html, item->path);
        put_size_cell(html, item->bytes);
        put_bar_cell(html, item->bytes, live, "live");
        put_count_cell(html, item->files);
        put(html, "</tr>\n");
    }
    close_table(html);
    close_section(html);
}

static const char *severity_class(enum severity severity)
{
    return severity == SEVERITY_ERROR     ? "fail"
           : severity == SEVERITY_WARNING ? "warn"
                                          : "plain";
}

static void put_note(struct html *html, const char *class, const char *word,
                     const char *code)
{
    strbuf_addf(&html->out, "<tr><td><span class=\"badge %s\">%s</span></td><td>", class,
                word);
    markup_name(&html->out, code);
    put(html, "</td>");
}

static void put_note_end(struct html *html, uint32_t layer, const char *path,
                         const char *message)
{
    put_layer_cell(html, layer);
    put_path_cell(html, path);
    put(html, "<td class=\"long\">");
    markup_text(&html->out, message);
    put(html, "</td></tr>\n");
}

static size_t findings_unlisted(const struct findings *findings, size_t shown)
{
    int64_t seen = 0;
    for (size_t rule = 0; rule < FINDING_RULES; rule++)
        seen += findings->seen[rule];
    return seen > (int64_t)shown ? (size_t)seen - shown : 0;
}

static void write_findings(struct html *html)
{
    const struct findings *findings = &html->analysis->image->findings;
    const struct strvec *limits = &html->analysis->image->limits_hit;
    if (!findings->count && !findings->warning_count && !limits->count)
        return;
    open_section(html, "findings", "Findings and warnings",
                 "Odd constructs of the image, and what its reading met.");
    for (size_t i = 0; i < limits->count; i++) {
        put(html,
            "<p><span class=\"badge fail\">limit</span> reading stopped at the limit ");
        markup_name(&html->out, limits->items[i]);
        put(html, ": this report is partial</p>\n");
    }
    open_table(html, "Findings and warnings", "Severity|Rule|#Layer|Path|What");
    size_t warnings =
        findings->warning_count < FINDINGS_SHOWN ? findings->warning_count : FINDINGS_SHOWN;
    size_t shown = findings->count < FINDINGS_SHOWN ? findings->count : FINDINGS_SHOWN;
    for (size_t i = 0; i < warnings; i++) {
        const struct warning *warning = &findings->warnings[i];
        put_note(html, "warn", "warning", warning->code);
        put_note_end(html, warning->layer, warning->path, warning->message);
    }
    for (size_t i = 0; i < shown; i++) {
        const struct finding *finding = &findings->items[i];
        enum severity severity = finding_severity(finding->rule);
        put_note(html, severity_class(severity), severity_name(severity),
                 finding_code(finding->rule));
        put_note_end(html, finding->layer, finding->path, finding->message);
    }
    close_table(html);
    put_more(html,
             findings_unlisted(findings, shown) + findings->warning_count - warnings +
                 (size_t)findings->warnings_dropped,
             0);
    close_section(html);
}

/* A link to each section that is there. */
static void write_contents(struct html *html, const struct strbuf *body)
{
    static const char *const sections[][2] = {
        {"budgets", "Budgets"},         {"sizes", "Sizes"},
        {"explore", "What fills it"},   {"layers", "Layers"},
        {"suggestions", "Suggestions"}, {"waste", "Waste"},
        {"duplicates", "Duplicates"},   {"largest", "Largest"},
        {"findings", "Findings"},
    };
    put(html, "<nav aria-label=\"Sections\"><ul>\n");
    for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
        cleanup_strbuf struct strbuf mark = STRBUF_INIT;
        strbuf_addf(&mark, "<section id=\"%s\"", sections[i][0]);
        if (strstr(body->buf, mark.buf))
            strbuf_addf(&html->out, "<li><a href=\"#%s\">%s</a></li>\n", sections[i][0],
                        sections[i][1]);
    }
    put(html, "</ul></nav>\n");
}

static void write_main(struct html *html)
{
    put(html, "<main id=\"main\">\n");
    write_budgets(html);
    write_sizes(html);
    write_explorer(html);
    write_layers(html);
    write_suggestions(html);
    write_waste(html);
    write_duplicates(html);
    write_largest(html);
    write_findings(html);
    put(html,
        "</main>\n<footer><p class=\"quiet\">Written by ullage " ULLAGE_VERSION
        ". This page is complete in itself and asks nothing of any server.</p></footer>\n");
}

static int write_tree(struct html *html, struct error *err)
{
    put(html, "<script type=\"application/json\" id=\"tree\">\"");
    if (columns_write(&html->out, html->analysis, &html->paths, html->sizes, err) < 0)
        return -1;
    put(html, "\"</script>\n<script>");
    strbuf_add(&html->out, html_script, html_script_len);
    put(html, "</script>\n</body>\n</html>\n");
    return 0;
}

static int write_page(struct html *html, struct error *err)
{
    struct summary summary = {.text = STRBUF_INIT};
    summarise(&summary, html);
    write_head(html, &summary);
    write_banner(html, &summary);
    strbuf_release(&summary.text);
    struct strbuf head = html->out; /* the contents stand before what they list */
    html->out = (struct strbuf)STRBUF_INIT;
    write_main(html);
    struct strbuf body = html->out;
    html->out = head;
    write_contents(html, &body);
    strbuf_add(&html->out, body.buf, body.len);
    strbuf_release(&body);
    return write_tree(html, err);
}

static int write_html(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    struct html html = {
        .report = report,
        .analysis = report->analysis,
        .sizes = options->sizes,
        .out = STRBUF_INIT,
    };
    paths_collect(&html.paths, &report->analysis->accounting);
    paths_fold(&html.paths, PATHS_MOST);
    int result = write_page(&html, err);
    if (result == 0)
        result = sink_write(sink, html.out.buf, html.out.len, err);
    paths_release(&html.paths);
    strbuf_release(&html.out);
    return result;
}

const struct report_format report_format_html = {
    .name = "html",
    .summary = "one page for a browser, complete in itself",
    .write = write_html,
};
