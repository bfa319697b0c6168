#include "analyzer/report/html/treemap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/report/html/markup.h"
#include "core/escape.h"
#include "core/memory.h"

#define WIDTH 1200
#define HEIGHT 600
#define CELLS_MOST 320 /* and the rests of folders */
#define HEADER 15      /* height of a folder's name */
#define FRAME 2        /* around what a folder holds */
#define SMALLEST 10    /* a cell of less shows nothing inside */
#define GLYPH 6        /* width of a letter, roughly */

struct rect {
    double x, y, width, height;
};

/* A path that is drawn, or the rest of a folder: what is too small, as one cell. */
struct cell {
    uint32_t path;
    int64_t bytes;
    bool rest;
    struct rect rect;
};

struct treemap {
    struct strbuf *out;
    const struct paths *paths;
    enum size_style sizes;
    int64_t *bytes;    /* by path, with all below */
    uint32_t *largest; /* by path: the largest file in it */
    uint32_t *drawn;   /* rising */
    size_t drawn_count;
};

static int64_t own_bytes(const struct treemap *map, uint32_t path)
{
    const struct path_version *now = path_now(map->paths, path);
    return now ? now->bytes : 0;
}

static void sum_bytes(struct treemap *map)
{
    const struct paths *paths = map->paths;
    map->bytes = memory_alloc_zero(paths->count, sizeof *map->bytes);
    map->largest = memory_alloc_zero(paths->count, sizeof *map->largest);
    for (uint32_t i = 0; i < paths->count; i++)
        map->largest[i] = i;
    for (uint32_t i = (uint32_t)paths->count; i-- > 0;) {
        map->bytes[i] += own_bytes(map, i);
        if (i == 0)
            break;
        uint32_t parent = paths->items[i].parent;
        map->bytes[parent] += map->bytes[i];
        if (own_bytes(map, map->largest[i]) >= own_bytes(map, map->largest[parent]))
            map->largest[parent] = map->largest[i];
    }
}

static int compare_bytes(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left > right ? -1 : left < right;
}

/* The least that is drawn: a thousandth of all, or more where that would be too many cells.
 */
static int64_t least_drawn(const struct treemap *map)
{
    int64_t least = map->bytes[0] / 1000 + 1;
    int64_t *large = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < map->paths->count; i++) {
        if (map->bytes[i] < least)
            continue;
        large = memory_grow(large, count, &capacity, sizeof *large);
        large[count++] = map->bytes[i];
    }
    if (count > CELLS_MOST) {
        qsort(large, count, sizeof *large, compare_bytes);
        least = large[CELLS_MOST] + 1;
    }
    free(large);
    return least;
}

static void choose_drawn(struct treemap *map)
{
    int64_t least = least_drawn(map);
    map->drawn = memory_alloc_zero(CELLS_MOST, sizeof *map->drawn);
    for (uint32_t i = 0; i < map->paths->count && map->drawn_count < CELLS_MOST; i++)
        if (map->bytes[i] >= least)
            map->drawn[map->drawn_count++] = i;
}

static int compare_cells(const void *a, const void *b)
{
    const struct cell *left = a, *right = b;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes ? -1 : 1;
    return left->path < right->path ? -1 : left->path > right->path;
}

/* The cells within a folder, largest first. */
static size_t list_cells(const struct treemap *map, uint32_t folder, struct cell *ret_cells)
{
    int64_t rest = map->bytes[folder];
    size_t count = 0;
    for (size_t i = 0; i < map->drawn_count; i++) {
        uint32_t path = map->drawn[i];
        if (path == 0 || map->paths->items[path].parent != folder)
            continue;
        ret_cells[count++] = (struct cell){.path = path, .bytes = map->bytes[path]};
        rest -= map->bytes[path];
    }
    if (count && rest > 0)
        ret_cells[count++] = (struct cell){.path = folder, .bytes = rest, .rest = true};
    qsort(ret_cells, count, sizeof *ret_cells, compare_cells);
    return count;
}

/* The worst ratio of sides in a row of cells along a side of that length. */
static double worst_ratio(const struct cell *cells, size_t count, double sum, double side,
                          double scale)
{
    double thick = sum * scale / side, worst = 0;
    for (size_t i = 0; i < count; i++) {
        double length = (double)cells[i].bytes * scale / thick;
        double ratio = length > thick ? length / thick : thick / length;
        if (ratio > worst)
            worst = ratio;
    }
    return worst;
}

static void place_row(struct cell *cells, size_t count, double sum, struct rect *space,
                      double scale)
{
    bool tall = space->height < space->width; /* the row is a column at the left */
    double side = tall ? space->height : space->width;
    double thick = sum * scale / side, at = 0;
    for (size_t i = 0; i < count; i++) {
        double length = (double)cells[i].bytes * scale / thick;
        cells[i].rect = tall ? (struct rect){space->x, space->y + at, thick, length}
                             : (struct rect){space->x + at, space->y, length, thick};
        at += length;
    }
    if (tall) {
        space->x += thick;
        space->width -= thick;
    } else {
        space->y += thick;
        space->height -= thick;
    }
}

/* Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000): a row takes cells while they
 * become squarer. */
static void squarify(struct cell *cells, size_t count, struct rect space)
{
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += (double)cells[i].bytes;
    double scale = space.width * space.height / total;
    for (size_t start = 0; start < count;) {
        double side = space.height < space.width ? space.height : space.width;
        double sum = (double)cells[start].bytes;
        double worst = worst_ratio(&cells[start], 1, sum, side, scale);
        size_t end = start + 1;
        for (; end < count; end++) {
            double with = sum + (double)cells[end].bytes;
            double next = worst_ratio(&cells[start], end + 1 - start, with, side, scale);
            if (next > worst)
                break;
            worst = next;
            sum = with;
        }
        place_row(&cells[start], end - start, sum, &space, scale);
        start = end;
    }
}

/* Tenths are enough, and integers print alike everywhere. */
static void add_length(struct strbuf *out, const char *name, double value)
{
    int64_t tenths = (int64_t)(value * 10 + 0.5);
    strbuf_addf(out, " %s=\"%" PRId64 ".%" PRId64 "\"", name, tenths / 10, tenths % 10);
}

static void add_path(struct treemap *map, uint32_t path)
{
    uint32_t above[64];
    size_t depth = 0;
    for (uint32_t p = path; p != 0 && depth < ARRAY_SIZE(above);
         p = map->paths->items[p].parent)
        above[depth++] = p;
    if (!depth)
        strbuf_add_char(map->out, '/');
    else if (depth == ARRAY_SIZE(above))
        strbuf_add_text(map->out, "…");
    while (depth--) {
        strbuf_add_char(map->out, '/');
        markup_name(map->out, map->paths->items[above[depth]].name);
    }
}

/* A name, cut to what fits. */
static void add_label(struct treemap *map, uint32_t path, const struct rect *rect)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    size_t letters = 0, i = 0;
    if (path == 0 || rect->width < 30 || rect->height < HEADER)
        return;
    size_t room = (size_t)((rect->width - 8) / GLYPH);
    escape_for_terminal(&shown, span_of_text(map->paths->items[path].name));
    while (i < shown.len && letters < room) {
        i += utf8_sequence(shown.buf + i, shown.len - i);
        letters++;
    }
    if (i < shown.len && room < 4)
        return;
    strbuf_add_text(map->out, "<text");
    add_length(map->out, "x", rect->x + 4);
    add_length(map->out, "y", rect->y + 11.5);
    strbuf_add_text(map->out, ">");
    escape_for_html(map->out, span_of(shown.buf, i));
    strbuf_add_text(map->out, i < shown.len ? "…</text>" : "</text>");
}

static void open_rect(struct treemap *map, const struct rect *rect, const char *class)
{
    strbuf_addf(map->out, "<rect class=\"%s\"", class);
    add_length(map->out, "x", rect->x);
    add_length(map->out, "y", rect->y);
    add_length(map->out, "width", rect->width);
    add_length(map->out, "height", rect->height);
    strbuf_add_text(map->out, "><title>");
}

static void draw_folder(struct treemap *map, uint32_t path, const struct rect *rect)
{
    char text[SIZE_TEXT_MAX];
    open_rect(map, rect, "folder");
    add_path(map, path);
    strbuf_addf(map->out, " %s</title></rect>\n",
                size_format(map->bytes[path], map->sizes, text));
}

/* A file, or a folder that nothing is drawn in, which has the colour of the largest file in
 * it. */
static void draw_leaf(struct treemap *map, uint32_t path, const struct rect *rect)
{
    const struct path_version *now = path_now(map->paths, map->largest[path]);
    char text[SIZE_TEXT_MAX], class[16];
    unsigned layer = now ? now->from : 0;
    snprintf(class, sizeof class, "l%u", layer % LAYER_COLOURS);
    open_rect(map, rect, class);
    add_path(map, path);
    strbuf_addf(map->out, " %s", size_format(map->bytes[path], map->sizes, text));
    if (map->largest[path] == path)
        strbuf_addf(map->out, ", layer %u", layer);
    strbuf_add_text(map->out, "</title></rect>\n");
}

static void draw_rest(struct treemap *map, const struct cell *cell)
{
    char text[SIZE_TEXT_MAX];
    open_rect(map, &cell->rect, "rest");
    add_path(map, cell->path);
    strbuf_addf(map->out, ": %s in smaller files</title></rect>\n",
                size_format(cell->bytes, map->sizes, text));
}

/* Depth is bounded: each folder that is drawn within another is one of few cells. */
static void draw(struct treemap *map, uint32_t path, const struct rect *rect)
{
    struct cell *cells = memory_alloc_zero(map->drawn_count + 1, sizeof *cells);
    double header = path && rect->height >= 3 * HEADER && rect->width >= 40 ? HEADER : 0;
    struct rect inside = {
        rect->x + FRAME,
        rect->y + (header > 0 ? header : FRAME),
        rect->width - 2 * FRAME,
        rect->height - FRAME - (header > 0 ? header : FRAME),
    };
    size_t count = inside.width >= SMALLEST && inside.height >= SMALLEST
                       ? list_cells(map, path, cells)
                       : 0;
    if (count)
        draw_folder(map, path, rect);
    else
        draw_leaf(map, path, rect);
    if (!count || header > 0)
        add_label(map, path, rect);
    if (count)
        squarify(cells, count, inside);
    for (size_t i = 0; i < count; i++)
        if (cells[i].rest)
            draw_rest(map, &cells[i]);
        else
            draw(map, cells[i].path, &cells[i].rect);
    free(cells);
}

void treemap_write(struct strbuf *out, const struct paths *paths, enum size_style sizes)
{
    struct treemap map = {.out = out, .paths = paths, .sizes = sizes};
    struct rect all = {0, 0, WIDTH, HEIGHT};
    sum_bytes(&map);
    if (map.bytes[0] > 0) {
        choose_drawn(&map);
        strbuf_addf(out,
                    "<svg class=\"treemap\" viewBox=\"0 0 %d %d\" role=\"img\" "
                    "aria-label=\"Treemap of the largest files and folders\">\n",
                    WIDTH, HEIGHT);
        draw(&map, 0, &all);
        strbuf_add_text(out, "</svg>\n");
    }
    free(map.bytes);
    free(map.largest);
    free(map.drawn);
}
