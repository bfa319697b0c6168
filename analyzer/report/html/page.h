/* A page in the making, and the pieces that its sections are made of: sizes, paths, links
 * to layers, tables. */
#ifndef ULLAGE_ANALYZER_REPORT_HTML_PAGE_H
#define ULLAGE_ANALYZER_REPORT_HTML_PAGE_H

#include "analyzer/report/html/paths.h"
#include "analyzer/report/report.h"

/* What is listed of the names of one set of duplicates, and of the copies of one file; the
 * rest is a number. */
#define NAMES_SHOWN 20

struct html {
    const struct report *report;
    const struct analysis *analysis;
    enum size_style sizes;
    struct paths paths;
    struct strbuf out;
};

/* Markup of ours, as it is. */
void html_put(struct html *html, const char *markup);
void html_put_size(struct html *html, int64_t bytes);
void html_put_path(struct html *html, const char *path);
/* The instruction that made a layer, redacted. */
void html_put_instruction(struct html *html, size_t layer);
/* A paragraph of a class; nothing if there is no text. */
void html_put_line(struct html *html, const char *class, const char *text);
/* "and 5 more", if there are more than are shown. */
void html_put_more(struct html *html, size_t total, size_t shown);

void html_put_size_cell(struct html *html, int64_t bytes);
void html_put_count_cell(struct html *html, int64_t count);
void html_put_bar_cell(struct html *html, int64_t part, int64_t whole, const char *colour);
void html_put_path_cell(struct html *html, const char *path); /* NULL: empty */
void html_put_layer_cell(struct html *html, uint32_t layer);  /* NO_LAYER: empty */

/* `meaning` may be NULL. */
void html_open_section(struct html *html, const char *id, const char *heading,
                       const char *meaning);
void html_close_section(struct html *html);

/* `columns` are their headings with a bar between: "Path|#Bytes"; '#' stands for numbers. A
 * table may be wider than the screen; it scrolls by itself and the keyboard can reach it.
 */
void html_open_table(struct html *html, const char *caption, const char *columns);
void html_close_table(struct html *html);

#endif
