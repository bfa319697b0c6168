#include "core/line_diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/escape.h"
#include "core/memory.h"

#define CONTEXT 3

struct lines {
    struct span *items; /* with their ends */
    size_t count;
};

static struct lines split(struct span text)
{
    struct lines lines = {0};
    size_t most = 1;
    for (size_t i = 0; i < text.len; i++)
        most += text.ptr[i] == '\n';
    lines.items = memory_alloc_zero(most, sizeof *lines.items);
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) + 1 : text.len;
        lines.items[lines.count++] = span_of(text.ptr, len);
        text = span_of(text.ptr + len, text.len - len);
    }
    return lines;
}

/* Which lines of each text are no part of the other. */
struct marks {
    bool *removed, *added;
};

struct search {
    const struct lines *a, *b;
    size_t begin, a_end, b_end; /* what is neither common beginning nor common end */
    long **rounds;              /* the furthest x on each diagonal, before each round */
};

/* Follows equal lines. */
static long slide(const struct search *search, long x, long y, long n, long m)
{
    while (x < n && y < m &&
           span_equal(search->a->items[search->begin + (size_t)x],
                      search->b->items[search->begin + (size_t)y]))
        x++, y++;
    return x;
}

/* Myers: the least number of edits, or -1 beyond LINE_DIFF_MOST. */
static long find_edits(struct search *search, long n, long m)
{
    long most = n + m < LINE_DIFF_MOST ? n + m : LINE_DIFF_MOST;
    long *furthest = memory_alloc_zero((size_t)(2 * most + 3), sizeof *furthest);
    long *middle = furthest + most + 1;
    long found = -1;
    for (long d = 0; d <= most && found < 0; d++) {
        search->rounds[d] = memory_alloc_zero((size_t)(2 * d + 3), sizeof(long));
        memcpy(search->rounds[d], middle - d - 1, (size_t)(2 * d + 3) * sizeof(long));
        for (long k = -d; k <= d && found < 0; k += 2) {
            bool down = k == -d || (k != d && middle[k - 1] < middle[k + 1]);
            long x = down ? middle[k + 1] : middle[k - 1] + 1;
            if (x - k >= 0 && x - k <= m && x <= n)
                x = slide(search, x, x - k, n, m);
            middle[k] = x;
            if (x >= n && x - k >= m)
                found = d;
        }
    }
    free(furthest);
    return found;
}

/* Goes back through the rounds and marks what each edit took or brought. */
static void trace(const struct search *search, struct marks *marks, long n, long m, long edits)
{
    long x = n, y = m;
    for (long d = edits; d > 0; d--) {
        const long *middle = search->rounds[d] + d + 1;
        long k = x - y;
        bool down = k == -d || (k != d && middle[k - 1] < middle[k + 1]);
        long before = down ? k + 1 : k - 1;
        x = middle[before];
        y = x - before;
        if (down)
            marks->added[search->begin + (size_t)y] = true;
        else
            marks->removed[search->begin + (size_t)x] = true;
    }
}

static void compare(const struct lines *a, const struct lines *b, struct marks *marks)
{
    struct search search = {.a = a, .b = b, .a_end = a->count, .b_end = b->count};
    while (search.begin < a->count && search.begin < b->count &&
           span_equal(a->items[search.begin], b->items[search.begin]))
        search.begin++;
    while (search.a_end > search.begin && search.b_end > search.begin &&
           span_equal(a->items[search.a_end - 1], b->items[search.b_end - 1]))
        search.a_end--, search.b_end--;
    long n = (long)(search.a_end - search.begin), m = (long)(search.b_end - search.begin);
    search.rounds = memory_alloc_zero(LINE_DIFF_MOST + 1, sizeof *search.rounds);
    long edits = find_edits(&search, n, m);
    if (edits >= 0) {
        trace(&search, marks, n, m, edits);
    } else {
        memset(marks->removed + search.begin, 1, (size_t)n);
        memset(marks->added + search.begin, 1, (size_t)m);
    }
    for (size_t i = 0; i <= LINE_DIFF_MOST; i++)
        free(search.rounds[i]);
    free(search.rounds);
}

static void add_line(struct strbuf *out, char mark, struct span line, const char *colour,
                     const struct line_diff_style *style)
{
    bool ended = line.len && line.ptr[line.len - 1] == '\n';
    struct span text = span_of(line.ptr, line.len - ended);
    strbuf_add_text(out, colour);
    strbuf_add_char(out, mark);
    if (style)
        escape_for_terminal(out, text);
    else
        strbuf_add(out, text.ptr, text.len);
    strbuf_addf(out, "%s\n", style ? style->reset : "");
    if (!ended)
        strbuf_add_text(out, "\\ No newline at end of file\n");
}

/* From the pair of lines (x, y) on: one hunk with its context. */
static void add_hunk(struct strbuf *out, const struct lines *a, const struct lines *b,
                     const struct marks *marks, size_t *x, size_t *y,
                     const struct line_diff_style *style)
{
    size_t before = *x < CONTEXT ? *x : CONTEXT;
    size_t a_from = *x - before, b_from = *y - before;
    size_t a_to = *x, b_to = *y, quiet = 0;
    /* up to where more than twice the context is equal */
    while (a_to < a->count || b_to < b->count) {
        if (a_to < a->count && marks->removed[a_to]) {
            a_to++;
            quiet = 0;
        } else if (b_to < b->count && marks->added[b_to]) {
            b_to++;
            quiet = 0;
        } else {
            if (++quiet > (size_t)2 * CONTEXT)
                break;
            a_to++;
            b_to++;
        }
    }
    size_t over = quiet > CONTEXT ? (quiet > (size_t)2 * CONTEXT ? CONTEXT : quiet - CONTEXT) : 0;
    size_t a_end = a_to - over, b_end = b_to - over;
    strbuf_addf(out, "%s@@ -%zu,%zu +%zu,%zu @@%s\n", style ? style->place : "",
                a_end > a_from ? a_from + 1 : a_from, a_end - a_from,
                b_end > b_from ? b_from + 1 : b_from, b_end - b_from, style ? style->reset : "");
    for (size_t i = a_from, j = b_from; i < a_end || j < b_end;) {
        if (i < a_end && marks->removed[i])
            add_line(out, '-', a->items[i++], style ? style->removed : "", style);
        else if (j < b_end && marks->added[j])
            add_line(out, '+', b->items[j++], style ? style->added : "", style);
        else
            add_line(out, ' ', a->items[i++], "", style), j++;
    }
    *x = a_to;
    *y = b_to;
}

void line_diff(struct strbuf *out, const char *old_name, const char *new_name, struct span old_text,
               struct span new_text, const struct line_diff_style *style)
{
    if (span_equal(old_text, new_text))
        return;
    struct lines a = split(old_text), b = split(new_text);
    struct marks marks = {
        .removed = memory_alloc_zero(a.count + 1, sizeof(bool)),
        .added = memory_alloc_zero(b.count + 1, sizeof(bool)),
    };
    compare(&a, &b, &marks);
    strbuf_addf(out, "--- %s\n+++ %s\n", old_name, new_name);
    for (size_t x = 0, y = 0; x < a.count || y < b.count;) {
        if ((x < a.count && marks.removed[x]) || (y < b.count && marks.added[y]))
            add_hunk(out, &a, &b, &marks, &x, &y, style);
        else
            x++, y++;
    }
    free(a.items);
    free(b.items);
    free(marks.removed);
    free(marks.added);
}
