/* What the image is made of: its sizes, its files as areas, its layers. */
#include "analyzer/report/html/sections.h"

#include <inttypes.h>

#include "analyzer/report/html/markup.h"
#include "analyzer/report/html/treemap.h"
#include "core/memory.h"

static void write_size_row(struct html *html, const char *name, int64_t bytes,
                           int64_t largest, const char *colour, const char *meaning)
{
    strbuf_addf(&html->out, "<tr><th scope=\"row\">%s</th>", name);
    html_put_size_cell(html, bytes);
    html_put(html, "<td class=\"share\">");
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

void html_write_sizes(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    html_open_section(html, "sizes", "Sizes", NULL);
    html_open_table(html, "Sizes of the image", "Size|#Bytes|Of the largest|What it is");
    write_size_rows(html, &analysis->sizes);
    html_close_table(html);
    if (analysis->base_source != BASE_UNKNOWN) {
        strbuf_addf(&html->out,
                    "<h3>Above the base</h3>\n<p class=\"meaning\">The lowest %" PRIu32
                    " layers are the base; the layers above it killed ",
                    analysis->base_layers);
        html_put_size(html, analysis->base_killed_bytes);
        html_put(html, " of its content, which only another base can save.</p>\n");
        html_open_table(html, "Sizes of the layers above the base",
                        "Size|#Bytes|Of the largest|What it is");
        write_size_rows(html, &analysis->own);
        html_close_table(html);
    }
    html_close_section(html);
}

void html_write_explorer(struct html *html)
{
    html_open_section(html, "explore", "What fills the image",
                      "Area is bytes, colour the layer that brought them.");
    html_put(html, "<div id=\"explorer\" hidden></div>\n<figure id=\"static-treemap\">\n");
    treemap_write(&html->out, &html->paths, html->sizes);
    html_put(html,
             "<figcaption>Files and folders with at least a thousandth of what a container "
             "sees.</figcaption>\n</figure>\n");
    if (html->paths.folded)
        strbuf_addf(
            &html->out,
            "<p class=\"quiet\">The image has so many paths that this page takes the "
            "%zu smallest together, as (others) of their folders.</p>\n",
            html->paths.folded);
    html_close_section(html);
}

/* One rectangle for each layer, as wide as its content. */
static void write_layer_bar(struct html *html)
{
    const struct accounting *accounting = &html->analysis->accounting;
    int64_t at = 0, whole = accounting->content_bytes;
    char text[SIZE_TEXT_MAX];
    if (!whole)
        return;
    html_put(html,
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
        html_put(html, "</title></rect>\n");
        at += bytes;
    }
    html_put(html, "</svg>\n");
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
    html_put_size_cell(html, stored);
    html_put_size_cell(html, sums->content_bytes);
    html_put_size_cell(html, sums->dead_bytes);
    html_put_bar_cell(html, sums->content_bytes, html->analysis->accounting.content_bytes,
                      "plain");
    html_put_count_cell(html, sums->added);
    html_put_count_cell(html, sums->modified);
    html_put_count_cell(html, sums->removed);
    html_put(html, "<td class=\"long\">");
    html_put_instruction(html, index);
    if (row->absent)
        html_put(html, " <span class=\"quiet\">(foreign, not in this archive)</span>");
    html_put(html, "</td></tr>\n");
}

void html_write_layers(struct html *html)
{
    html_open_section(html, "layers", "Layers",
                      "Lowest first. Dead bytes stand with the layer that shipped them.");
    write_layer_bar(html);
    html_open_table(html, "Layers",
                    "#Layer|#Stored|#Content|#Dead|Of all "
                    "content|#Added|#Modified|#Removed|Instruction");
    for (size_t i = 0; i < html->analysis->image->chosen->layer_count; i++)
        write_layer(html, i);
    html_close_table(html);
    html_close_section(html);
}
