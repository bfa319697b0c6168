/* Text laid out for a person: headings, wrapped paragraphs, and rows of a term with its
 * meaning beside it. Lines are no longer than `width`, words that are longer themselves
 * aside. */
#ifndef ULLAGE_CLI_PAGE_H
#define ULLAGE_CLI_PAGE_H

#include <stddef.h>

#include "cli/terminal.h"
#include "core/strbuf.h"

#define PAGE_WIDTH_MAX 80

struct page {
    struct strbuf *out;
    const struct style *style;
    size_t width;
};

struct page page_for(struct strbuf *out, const struct style *style, size_t terminal_width);

/* An empty line, unless the page is, then the heading in bold. */
void page_heading(struct page *page, const char *text);

/* Each line of the text is a paragraph; lines that begin with a space are kept as they are.
 */
void page_text(struct page *page, size_t indent, const char *text);

/* "  term   meaning", the meaning wrapped from `column` on, on the next line if the term is
 * too long. */
void page_row(struct page *page, const char *term, const char *meaning, size_t column);

#endif
