#include "analyzer/report/html/page.h"

#include <inttypes.h>
#include <string.h>

#include "analyzer/report/html/markup.h"
#include "core/memory.h"

void html_put(struct html *html, const char *markup)
{
    strbuf_add_text(&html->out, markup);
}

void html_put_size(struct html *html, int64_t bytes)
{
    char text[SIZE_TEXT_MAX];
    strbuf_addf(&html->out, "<data value=\"%" PRId64 "\">%s</data>", bytes,
                size_format(bytes, html->sizes, text));
}

void html_put_size_cell(struct html *html, int64_t bytes)
{
    html_put(html, "<td class=\"number\">");
    html_put_size(html, bytes);
    html_put(html, "</td>");
}

void html_put_count_cell(struct html *html, int64_t count)
{
    strbuf_addf(&html->out, "<td class=\"number\">%" PRId64 "</td>", count);
}

void html_put_bar_cell(struct html *html, int64_t part, int64_t whole, const char *colour)
{
    html_put(html, "<td class=\"share\">");
    markup_bar(&html->out, part, whole, colour);
    html_put(html, "<span>");
    markup_percent(&html->out, markup_share(part, whole));
    html_put(html, "</span></td>");
}

void html_put_path(struct html *html, const char *path)
{
    html_put(html, "<code class=\"path\">");
    markup_name(&html->out, path);
    html_put(html, "</code>");
}

void html_put_path_cell(struct html *html, const char *path)
{
    html_put(html, "<td>");
    if (path)
        html_put_path(html, path);
    html_put(html, "</td>");
}

void html_put_layer_cell(struct html *html, uint32_t layer)
{
    if (layer == NO_LAYER)
        html_put(html, "<td class=\"number\"></td>");
    else
        strbuf_addf(&html->out,
                    "<td class=\"number\"><a href=\"#layer-%" PRIu32 "\">%" PRIu32
                    "</a></td>",
                    layer, layer);
}

void html_put_instruction(struct html *html, size_t layer)
{
    cleanup_free char *instruction = report_instruction(html->analysis, layer);
    if (!instruction) {
        html_put(html, "<span class=\"quiet\">unknown</span>");
        return;
    }
    html_put(html, "<code>");
    markup_name(&html->out, instruction);
    html_put(html, "</code>");
}

void html_put_line(struct html *html, const char *class, const char *text)
{
    if (!text || !*text)
        return;
    strbuf_addf(&html->out, "<p class=\"%s\">", class);
    markup_name(&html->out, text);
    html_put(html, "</p>");
}

void html_open_section(struct html *html, const char *id, const char *heading,
                       const char *meaning)
{
    strbuf_addf(&html->out, "<section id=\"%s\" aria-labelledby=\"%s-heading\">\n", id, id);
    strbuf_addf(&html->out, "<h2 id=\"%s-heading\">%s</h2>\n", id, heading);
    if (meaning)
        strbuf_addf(&html->out, "<p class=\"meaning\">%s</p>\n", meaning);
}

void html_close_section(struct html *html)
{
    html_put(html, "</section>\n");
}

void html_open_table(struct html *html, const char *caption, const char *columns)
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
    html_put(html, "</tr></thead>\n<tbody>\n");
}

void html_close_table(struct html *html)
{
    html_put(html, "</tbody></table></div>\n");
}

void html_put_more(struct html *html, size_t total, size_t shown)
{
    if (total > shown)
        strbuf_addf(&html->out, "<p class=\"quiet\">and %zu more</p>\n", total - shown);
}
