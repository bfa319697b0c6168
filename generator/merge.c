#include "generator/merge.h"

#include <stdint.h>
#include <string.h>

#include "core/memory.h"
#include "core/table.h"

static const char marker[] = "# ullage: generated, lines ";

#define HASH_LETTERS                                                                               \
    6 /* 36 bits: two different lines of a file look alike once in ten million files */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct line_list {
    struct span *lines; /* NULL for a base, which has hashes alone */
    uint64_t *hashes;
    size_t count, capacity, hash_capacity;
};

static uint64_t hash_line(struct span line)
{
    while (line.len && strchr(" \t\r", line.ptr[line.len - 1]))
        line.len--;
    return table_hash(line.ptr, line.len, 7) >> 28;
}

static void add_line(struct line_list *list, struct span line)
{
    list->lines = memory_grow(list->lines, list->count, &list->capacity, sizeof *list->lines);
    list->hashes =
        memory_grow(list->hashes, list->count, &list->hash_capacity, sizeof *list->hashes);
    list->lines[list->count] = line;
    list->hashes[list->count++] = hash_line(line);
}

static void release(struct line_list *list)
{
    free(list->lines);
    free(list->hashes);
}

/* All lines but the marker, which is lent if there is one. */
static void split(struct line_list *list, struct span text, struct span *ret_marker)
{
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len;
        struct span line = span_of(text.ptr + at, stop - at);
        if (span_starts_with(line, marker))
            *ret_marker = line;
        else
            add_line(list, line);
        at = stop + 1;
    }
}

static void read_base(struct line_list *base, struct span line)
{
    size_t at = strlen(marker);
    for (; at + HASH_LETTERS <= line.len; at += HASH_LETTERS) {
        uint64_t hash = 0;
        for (size_t i = 0; i < HASH_LETTERS; i++) {
            const char *letter = strchr(letters, line.ptr[at + i]);
            if (!letter || !*letter)
                return;
            hash = hash << 6 | (uint64_t)(letter - letters);
        }
        base->hashes =
            memory_grow(base->hashes, base->count, &base->hash_capacity, sizeof *base->hashes);
        base->hashes[base->count++] = hash;
    }
}

void merge_stamp(struct strbuf *generated)
{
    struct line_list list = {0};
    struct span none = {0};
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    split(&list, span_of(generated->buf, generated->len), &none);
    strbuf_add_text(&line, marker);
    for (size_t i = 0; i < list.count; i++)
        for (size_t j = HASH_LETTERS; j-- > 0;)
            strbuf_add_char(&line, letters[list.hashes[i] >> (6 * j) & 63]);
    strbuf_addf(generated, "%s\n", line.buf);
    release(&list);
}

/* For each line of `from` the line of `to` that is the same in the longest common row, SIZE_MAX if
 * none. */
static size_t *match(const struct line_list *from, const struct line_list *to)
{
    size_t rows = from->count, columns = to->count;
    size_t *pairs = memory_alloc_zero(rows + 1, sizeof *pairs);
    uint16_t *lengths = memory_alloc_zero((rows + 1) * (columns + 1), sizeof *lengths);
    for (size_t i = rows; i-- > 0;)
        for (size_t j = columns; j-- > 0;) {
            uint16_t *here = &lengths[i * (columns + 1) + j];
            uint16_t down = here[columns + 1], right = here[1];
            if (from->hashes[i] == to->hashes[j])
                *here = (uint16_t)(here[columns + 2] + 1);
            else
                *here = down > right ? down : right;
        }
    for (size_t i = 0, j = 0; i < rows; i++) {
        pairs[i] = SIZE_MAX;
        while (j < columns && from->hashes[i] != to->hashes[j] &&
               lengths[i * (columns + 1) + j + 1] >= lengths[(i + 1) * (columns + 1) + j])
            j++;
        if (j < columns && from->hashes[i] == to->hashes[j])
            pairs[i] = j++;
    }
    pairs[rows] = columns;
    free(lengths);
    return pairs;
}

static void put(struct strbuf *out, const struct line_list *list, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        strbuf_add(out, list->lines[i].ptr, list->lines[i].len);
        strbuf_add_char(out, '\n');
    }
}

static bool same(const struct line_list *a, size_t a_from, size_t a_to, const struct line_list *b,
                 size_t b_from, size_t b_to)
{
    if (a_to - a_from != b_to - b_from)
        return false;
    for (size_t i = 0; i < a_to - a_from; i++)
        if (a->hashes[a_from + i] != b->hashes[b_from + i])
            return false;
    return true;
}

/* What stands between two places at which all three agree. True if both sides changed it
 * differently. */
static bool merge_part(struct strbuf *out, const struct line_list *base, const size_t b[2],
                       const struct line_list *mine, const size_t m[2], const struct line_list *now,
                       const size_t n[2])
{
    if (same(mine, m[0], m[1], base, b[0], b[1])) {
        put(out, now, n[0], n[1]);
    } else if (same(now, n[0], n[1], base, b[0], b[1]) || same(mine, m[0], m[1], now, n[0], n[1])) {
        put(out, mine, m[0], m[1]);
    } else {
        strbuf_add_text(out, "<<<<<<< yours\n");
        put(out, mine, m[0], m[1]);
        strbuf_add_text(out, "=======\n");
        put(out, now, n[0], n[1]);
        strbuf_add_text(out, ">>>>>>> generated\n");
        return true;
    }
    return false;
}

static bool merge_lines(struct strbuf *out, const struct line_list *base,
                        const struct line_list *mine, const struct line_list *now)
{
    size_t *to_mine = match(base, mine), *to_now = match(base, now);
    size_t at_base = 0, at_mine = 0, at_now = 0;
    bool conflict = false;
    for (size_t i = 0; i <= base->count; i++) {
        if (to_mine[i] == SIZE_MAX || to_now[i] == SIZE_MAX)
            continue;
        size_t b[] = {at_base, i}, m[] = {at_mine, to_mine[i]}, n[] = {at_now, to_now[i]};
        conflict |= merge_part(out, base, b, mine, m, now, n);
        if (i < base->count)
            put(out, mine, to_mine[i], to_mine[i] + 1);
        at_base = i + 1;
        at_mine = to_mine[i] + 1;
        at_now = to_now[i] + 1;
    }
    free(to_mine);
    free(to_now);
    return conflict;
}

enum merge_outcome merge_files(struct strbuf *out, struct span disk, struct span now)
{
    struct line_list base = {0}, mine = {0}, generated = {0};
    struct span mark = {0}, new_mark = {0};
    enum merge_outcome outcome = MERGE_FOREIGN;
    split(&mine, disk, &mark);
    split(&generated, now, &new_mark);
    bool small = mine.count <= MERGE_LINES_MAX && generated.count <= MERGE_LINES_MAX;
    if (mark.ptr && small) {
        read_base(&base, mark);
        bool conflict = base.count > MERGE_LINES_MAX || merge_lines(out, &base, &mine, &generated);
        strbuf_add(out, new_mark.ptr, new_mark.len);
        strbuf_add_char(out, '\n');
        outcome = conflict                                        ? MERGE_CONFLICT
                  : span_equal(disk, span_of(out->buf, out->len)) ? MERGE_UNCHANGED
                                                                  : MERGE_CHANGED;
    }
    release(&base);
    release(&mine);
    release(&generated);
    return outcome;
}

/* Runs of changed lines with three lines around them. */
#define CONTEXT 3

struct edit {
    char sign;
    struct span line;
    size_t before, after; /* lines that stand before it */
};

struct edits {
    struct edit *items;
    size_t count, capacity;
};

static void add_edit(struct edits *edits, char sign, struct span line, size_t before, size_t after)
{
    edits->items = memory_grow(edits->items, edits->count, &edits->capacity, sizeof *edits->items);
    edits->items[edits->count++] = (struct edit){sign, line, before, after};
}

static void compare(struct edits *edits, const struct line_list *before,
                    const struct line_list *after)
{
    size_t *pairs = match(before, after);
    size_t at = 0;
    for (size_t i = 0; i <= before->count; i++) {
        if (pairs[i] == SIZE_MAX) {
            add_edit(edits, '-', before->lines[i], i, at);
            continue;
        }
        for (; at < pairs[i]; at++)
            add_edit(edits, '+', after->lines[at], i, at);
        if (i < before->count)
            add_edit(edits, ' ', before->lines[i], i, at++);
    }
    free(pairs);
}

static void put_hunk(struct strbuf *out, const struct edits *edits, size_t from, size_t to)
{
    size_t before = 0, after = 0;
    for (size_t i = from; i < to; i++) {
        before += edits->items[i].sign != '+';
        after += edits->items[i].sign != '-';
    }
    strbuf_addf(out, "@@ -%zu,%zu +%zu,%zu @@\n", edits->items[from].before + (before > 0), before,
                edits->items[from].after + (after > 0), after);
    for (size_t i = from; i < to; i++) {
        strbuf_add_char(out, edits->items[i].sign);
        strbuf_add(out, edits->items[i].line.ptr, edits->items[i].line.len);
        strbuf_add_char(out, '\n');
    }
}

void merge_diff(struct strbuf *out, const char *path, struct span before, struct span after)
{
    struct line_list old = {0}, new = {0};
    struct edits edits = {0};
    struct span none = {0};
    split(&old, before, &none);
    split(&new, after, &none);
    if (old.count <= MERGE_LINES_MAX && new.count <= MERGE_LINES_MAX)
        compare(&edits, &old, &new);
    bool headed = false;
    for (size_t i = 0; i < edits.count; i++) {
        if (edits.items[i].sign == ' ')
            continue;
        size_t from = i > CONTEXT ? i - CONTEXT : 0, to = i + 1, quiet = 0;
        while (to < edits.count && quiet < 2 * CONTEXT) {
            quiet = edits.items[to].sign == ' ' ? quiet + 1 : 0;
            to++;
        }
        to -= quiet > CONTEXT ? quiet - CONTEXT : 0;
        if (!headed)
            strbuf_addf(out, "--- %s\n+++ %s\n", path, path);
        headed = true;
        put_hunk(out, &edits, from, to);
        i = to - 1;
    }
    free(edits.items);
    release(&old);
    release(&new);
}
