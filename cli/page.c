#include "cli/page.h"

#include <stdbool.h>
#include <string.h>

#define ROW_INDENT 2

struct page page_for(struct strbuf *out, const struct style *style, size_t terminal_width)
{
    size_t width = terminal_width < PAGE_WIDTH_MAX ? terminal_width : PAGE_WIDTH_MAX;
    return (struct page){.out = out, .style = style, .width = width};
}

/* Columns of text without control characters: bytes that continue a character take none. */
static size_t columns(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

void page_heading(struct page *page, const char *text)
{
    strbuf_addf(page->out, "%s%s%s%s\n", page->out->len ? "\n" : "", page->style->bold,
                text, page->style->reset);
}

/* Wraps `len` bytes without a newline; the cursor stands in `column`, later lines begin at
 * `indent`. */
static void wrap_line(struct page *page, size_t column, size_t indent, const char *text,
                      size_t len)
{
    bool line_has_word = false;
    for (size_t i = 0; i < len;) {
        if (text[i] == ' ') {
            i++;
            continue;
        }
        const char *space = memchr(text + i, ' ', len - i);
        size_t word = space ? (size_t)(space - text) - i : len - i;
        size_t needed = columns(text + i, word);
        if (line_has_word && column + 1 + needed > page->width) {
            strbuf_add_char(page->out, '\n');
            strbuf_add_repeat(page->out, ' ', indent);
            column = indent;
        } else if (line_has_word) {
            strbuf_add_char(page->out, ' ');
            column++;
        }
        strbuf_add(page->out, text + i, word);
        column += needed;
        line_has_word = true;
        i += word;
    }
    strbuf_add_char(page->out, '\n');
}

void page_text(struct page *page, size_t indent, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (len)
            strbuf_add_repeat(page->out, ' ', indent);
        if (*text == ' ') {
            strbuf_add(page->out, text, len);
            strbuf_add_char(page->out, '\n');
        } else {
            wrap_line(page, indent, indent, text, len);
        }
        text += len + (text[len] == '\n');
    }
}

void page_row(struct page *page, const char *term, const char *meaning, size_t column)
{
    size_t width = columns(term, strlen(term));
    strbuf_add_repeat(page->out, ' ', ROW_INDENT);
    strbuf_add_text(page->out, term);
    if (!meaning || !*meaning) {
        strbuf_add_char(page->out, '\n');
        return;
    }
    size_t used = ROW_INDENT + width;
    if (used + 2 > column) {
        strbuf_add_char(page->out, '\n');
        used = 0;
    }
    strbuf_add_repeat(page->out, ' ', column - used);
    wrap_line(page, column, column, meaning, strlen(meaning));
}
