/* The sections of a page, each whole: a heading, what it means, tables. One that has
 * nothing to say is left out, where that says enough. */
#ifndef ULLAGE_ANALYZER_REPORT_HTML_SECTIONS_H
#define ULLAGE_ANALYZER_REPORT_HTML_SECTIONS_H

#include "analyzer/report/html/page.h"

/* judgement.c */
void html_write_budgets(struct html *html);
void html_write_suggestions(struct html *html);

/* makeup.c */
void html_write_sizes(struct html *html);
void html_write_explorer(struct html *html);
void html_write_layers(struct html *html);

/* lists.c */
void html_write_waste(struct html *html);
void html_write_duplicates(struct html *html);
void html_write_largest(struct html *html);
void html_write_findings(struct html *html);

#endif
