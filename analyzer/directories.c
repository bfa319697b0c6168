#include "analyzer/directories.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"

#define NONE UINT32_MAX

/* Folders lighter than this part of all are not looked into. */
#define LIGHT_PART 50
/* A folder is opened if one thing in it weighs at least this part of it ... */
#define CHILD_PART 4
/* ... or if it weighs at least this part of all. */
#define HEAVY_PART 5
#define OPENED_MOST 256

struct candidate_row {
    uint32_t node;
    bool files_only;
    bool final;
    int64_t weight;
};

struct choice {
    struct directory_node *nodes;
    uint32_t *first_child; /* of folders, the weightless left out */
    uint32_t *next;
    struct candidate_row *rows;
    size_t count, capacity;
    int64_t total;
};

static void add_row(struct choice *choice, struct candidate_row row)
{
    if (row.weight == 0)
        return;
    choice->rows =
        memory_grow(choice->rows, choice->count, &choice->capacity, sizeof *choice->rows);
    choice->rows[choice->count++] = row;
}

/* Folders are summed from below; children have higher numbers than their parents. */
static void sum_upwards(struct choice *choice, size_t count)
{
    for (size_t i = count; i-- > 1;) {
        struct directory_node *node = &choice->nodes[i];
        struct directory_node *parent = &choice->nodes[node->parent];
        parent->old_bytes += node->old_bytes;
        parent->new_bytes += node->new_bytes;
        parent->old_files += node->old_files;
        parent->new_files += node->new_files;
        parent->weight += node->weight;
        if (node->weight && node->is_folder) {
            choice->next[i] = choice->first_child[node->parent];
            choice->first_child[node->parent] = (uint32_t)i;
        }
    }
}

static int64_t files_weight(const struct choice *choice, uint32_t folder)
{
    int64_t weight = choice->nodes[folder].weight;
    for (uint32_t n = choice->first_child[folder]; n != NONE; n = choice->next[n])
        weight -= choice->nodes[n].weight;
    return weight;
}

static bool is_worth_opening(const struct choice *choice, uint32_t folder)
{
    int64_t weight = choice->nodes[folder].weight;
    int64_t largest = files_weight(choice, folder);
    if (choice->first_child[folder] == NONE)
        return false;
    for (uint32_t n = choice->first_child[folder]; n != NONE; n = choice->next[n])
        if (choice->nodes[n].weight > largest)
            largest = choice->nodes[n].weight;
    return largest >= weight / CHILD_PART || weight >= choice->total / HEAVY_PART;
}

/* Replaces a row by what is in its folder. */
static void open_row(struct choice *choice, size_t row)
{
    uint32_t folder = choice->rows[row].node;
    int64_t files = files_weight(choice, folder);
    choice->rows[row] = choice->rows[--choice->count];
    for (uint32_t n = choice->first_child[folder]; n != NONE; n = choice->next[n])
        add_row(choice, (struct candidate_row){.node = n, .weight = choice->nodes[n].weight});
    add_row(choice, (struct candidate_row){
                        .node = folder, .files_only = true, .final = true, .weight = files});
}

static void open_rows(struct choice *choice)
{
    for (size_t opened = 0; opened < OPENED_MOST;) {
        size_t heaviest = choice->count;
        for (size_t i = 0; i < choice->count; i++)
            if (!choice->rows[i].final &&
                (heaviest == choice->count ||
                 choice->rows[i].weight > choice->rows[heaviest].weight))
                heaviest = i;
        if (heaviest == choice->count ||
            choice->rows[heaviest].weight < choice->total / LIGHT_PART)
            return;
        if (!is_worth_opening(choice, choice->rows[heaviest].node)) {
            choice->rows[heaviest].final = true;
            continue;
        }
        open_row(choice, heaviest);
        opened++;
    }
}

static const char *path_of(struct arena *arena, const struct choice *choice, uint32_t number)
{
    size_t len = 0;
    if (number == 0)
        return arena_dup_text(arena, "/");
    for (uint32_t n = number; n != 0; n = choice->nodes[n].parent)
        len += 1 + strlen(choice->nodes[n].name);
    char *path = arena_alloc(arena, len + 1);
    path[len] = '\0';
    for (uint32_t n = number; n != 0; n = choice->nodes[n].parent) {
        size_t part = strlen(choice->nodes[n].name);
        len -= part;
        memcpy(path + len, choice->nodes[n].name, part);
        path[--len] = '/';
    }
    return path;
}

static struct directory_row finish_row(struct arena *arena, const struct choice *choice,
                                       const struct candidate_row *chosen)
{
    const struct directory_node *node = &choice->nodes[chosen->node];
    struct directory_row row = {
        .path = path_of(arena, choice, chosen->node),
        .files_only = chosen->files_only,
        .old_bytes = node->old_bytes,
        .new_bytes = node->new_bytes,
        .old_files = node->old_files,
        .new_files = node->new_files,
        .weight = chosen->weight,
    };
    if (!chosen->files_only)
        return row;
    for (uint32_t n = choice->first_child[chosen->node]; n != NONE; n = choice->next[n]) {
        row.old_bytes -= choice->nodes[n].old_bytes;
        row.new_bytes -= choice->nodes[n].new_bytes;
        row.old_files -= choice->nodes[n].old_files;
        row.new_files -= choice->nodes[n].new_files;
    }
    return row;
}

static int compare_rows(const void *a, const void *b)
{
    const struct directory_row *left = a, *right = b;
    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    int order = strcmp(left->path, right->path);
    return order ? order : left->files_only - right->files_only;
}

void directories_choose(struct directories *ret_directories, struct directory_node *nodes,
                        size_t count)
{
    struct directories directories = {.count = 0};
    struct choice choice = {
        .nodes = nodes,
        .first_child = memory_alloc(count * sizeof(uint32_t)),
        .next = memory_alloc(count * sizeof(uint32_t)),
    };
    memset(choice.first_child, 0xff, count * sizeof(uint32_t));
    memset(choice.next, 0xff, count * sizeof(uint32_t));
    sum_upwards(&choice, count);
    choice.total = nodes[0].weight;
    add_row(&choice, (struct candidate_row){.node = 0, .weight = choice.total});
    open_rows(&choice);
    directories.rows = memory_alloc_zero(choice.count, sizeof *directories.rows);
    directories.capacity = choice.count;
    for (size_t i = 0; i < choice.count; i++)
        directories.rows[directories.count++] =
            finish_row(&directories.arena, &choice, &choice.rows[i]);
    if (directories.count)
        qsort(directories.rows, directories.count, sizeof *directories.rows, compare_rows);
    free(choice.first_child);
    free(choice.next);
    free(choice.rows);
    *ret_directories = directories;
}

void directories_release(struct directories *directories)
{
    arena_release(&directories->arena);
    free(directories->rows);
    *directories = (struct directories){.count = 0};
}
