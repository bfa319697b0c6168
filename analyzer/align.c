#include "analyzer/align.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* Longer lists than this product would take a table of their own to align; they are paired by their equal
 * beginnings and endings, and by place between them. */
#define TABLE_CELLS_MOST ((size_t)16 << 20)

struct alignment {
    const struct align_item *old_items, *new_items;
    struct align_pair *pairs;
    size_t count, capacity;
};

/* A part of each list. */
struct gap {
    size_t old_start, old_end, new_start, new_end;
};

static void add_pair(struct alignment *alignment, enum align_match match, int64_t old_index,
                     int64_t new_index)
{
    alignment->pairs = memory_grow(alignment->pairs, alignment->count, &alignment->capacity,
                                   sizeof *alignment->pairs);
    alignment->pairs[alignment->count++] =
        (struct align_pair){.match = match, .old_index = old_index, .new_index = new_index};
}

static bool are_equal(const struct alignment *alignment, enum align_match level, size_t old_index,
                      size_t new_index)
{
    const struct align_item *a = &alignment->old_items[old_index];
    const struct align_item *b = &alignment->new_items[new_index];
    const char *left = level == ALIGN_SAME ? a->same : a->alike;
    const char *right = level == ALIGN_SAME ? b->same : b->alike;
    return left && right && strcmp(left, right) == 0;
}

static void fill_gap(struct alignment *alignment, enum align_match level, struct gap gap);

/* What is left between pairs is paired by place. */
static void pair_by_place(struct alignment *alignment, struct gap gap)
{
    size_t o = gap.old_start, n = gap.new_start;
    while (o < gap.old_end && n < gap.new_end)
        add_pair(alignment, ALIGN_PLACE, (int64_t)o++, (int64_t)n++);
    while (o < gap.old_end)
        add_pair(alignment, ALIGN_NONE, (int64_t)o++, -1);
    while (n < gap.new_end)
        add_pair(alignment, ALIGN_NONE, -1, (int64_t)n++);
}

/* Walks a table of the longest common subsequences of all endings. */
static void pair_by_table(struct alignment *alignment, enum align_match level, struct gap gap)
{
    size_t rows = gap.old_end - gap.old_start, columns = gap.new_end - gap.new_start;
    uint32_t *longest = memory_alloc_zero((rows + 1) * (columns + 1), sizeof *longest);
#define LONGEST(o, n) longest[(o) * (columns + 1) + (n)]
    for (size_t o = rows; o-- > 0;)
        for (size_t n = columns; n-- > 0;) {
            if (are_equal(alignment, level, gap.old_start + o, gap.new_start + n))
                LONGEST(o, n) = LONGEST(o + 1, n + 1) + 1;
            else
                LONGEST(o, n) = LONGEST(o + 1, n) > LONGEST(o, n + 1) ? LONGEST(o + 1, n)
                                                                      : LONGEST(o, n + 1);
        }
    struct gap between = gap;
    for (size_t o = 0, n = 0; o < rows && n < columns;) {
        if (are_equal(alignment, level, gap.old_start + o, gap.new_start + n)) {
            between.old_end = gap.old_start + o;
            between.new_end = gap.new_start + n;
            fill_gap(alignment, level + 1, between);
            add_pair(alignment, level, (int64_t)between.old_end, (int64_t)between.new_end);
            between.old_start = between.old_end + 1;
            between.new_start = between.new_end + 1;
            o++;
            n++;
        } else if (LONGEST(o + 1, n) >= LONGEST(o, n + 1)) {
            o++;
        } else {
            n++;
        }
    }
#undef LONGEST
    free(longest);
    between.old_end = gap.old_end;
    between.new_end = gap.new_end;
    fill_gap(alignment, level + 1, between);
}

static void fill_gap(struct alignment *alignment, enum align_match level, struct gap gap)
{
    if (level == ALIGN_PLACE) {
        pair_by_place(alignment, gap);
        return;
    }
    struct gap middle = gap;
    while (middle.old_start < middle.old_end && middle.new_start < middle.new_end &&
           are_equal(alignment, level, middle.old_start, middle.new_start))
        add_pair(alignment, level, (int64_t)middle.old_start++, (int64_t)middle.new_start++);
    while (middle.old_start < middle.old_end && middle.new_start < middle.new_end &&
           are_equal(alignment, level, middle.old_end - 1, middle.new_end - 1)) {
        middle.old_end--;
        middle.new_end--;
    }
    size_t rows = middle.old_end - middle.old_start, columns = middle.new_end - middle.new_start;
    if (rows && columns && rows < TABLE_CELLS_MOST / columns)
        pair_by_table(alignment, level, middle);
    else
        fill_gap(alignment, level + 1, middle);
    while (middle.old_end < gap.old_end)
        add_pair(alignment, level, (int64_t)middle.old_end++, (int64_t)middle.new_end++);
}

struct align_pair *align(const struct align_item *old_items, size_t old_count,
                         const struct align_item *new_items, size_t new_count,
                         size_t *ret_count)
{
    struct alignment alignment = {.old_items = old_items, .new_items = new_items};
    fill_gap(&alignment, ALIGN_SAME, (struct gap){0, old_count, 0, new_count});
    *ret_count = alignment.count;
    return alignment.pairs;
}
