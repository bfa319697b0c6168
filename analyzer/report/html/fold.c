/* Makes a tree of paths small enough for a page. A path weighs what its subtree carries in
 * all its versions, so that none weighs more than its folder; the heaviest stay, and what
 * goes below one folder becomes one path that carries the same bytes in the same states. */
#include "analyzer/report/html/paths.h"

#include <stdlib.h>

#include "core/memory.h"

struct weighed {
    int64_t weight;
    uint32_t path;
};

/* A change of the bytes that a folder's others carry. */
struct step {
    uint32_t folder;
    uint16_t layer;
    int64_t bytes;
};

struct fold {
    const struct paths *paths;
    uint32_t *rank;   /* by path: place among the heaviest */
    uint32_t *folder; /* by path that goes: the folder that stays, nearest above it */
    uint32_t *others; /* by path that stays: how many go below it */
    struct step *steps;
    size_t step_count;
    size_t kept;
};

static int compare_weights(const void *a, const void *b)
{
    const struct weighed *left = a, *right = b;
    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    return left->path < right->path ? -1 : left->path > right->path;
}

static int compare_steps(const void *a, const void *b)
{
    const struct step *left = a, *right = b;
    if (left->folder != right->folder)
        return left->folder < right->folder ? -1 : 1;
    return left->layer < right->layer ? -1 : left->layer > right->layer;
}

static void rank_paths(struct fold *fold)
{
    const struct paths *paths = fold->paths;
    struct weighed *weighed = memory_alloc_zero(paths->count, sizeof *weighed);
    for (uint32_t i = 0; i < paths->count; i++) {
        const struct path *path = &paths->items[i];
        weighed[i].path = i;
        for (uint32_t v = path->first; v < path->first + path->count; v++)
            weighed[i].weight += paths->versions[v].bytes;
    }
    for (size_t i = paths->count; i-- > 1;)
        weighed[paths->items[i].parent].weight += weighed[i].weight;
    qsort(weighed, paths->count, sizeof *weighed, compare_weights);
    for (uint32_t i = 0; i < paths->count; i++)
        fold->rank[weighed[i].path] = i;
    free(weighed);
}

static bool stays(const struct fold *fold, size_t path)
{
    return fold->rank[path] < fold->kept;
}

/* Paths when the heaviest `kept` stay: they, and one for each folder that loses some. */
static size_t count_with(struct fold *fold, size_t kept)
{
    size_t count = kept;
    fold->kept = kept;
    for (size_t i = 0; i < fold->paths->count; i++)
        fold->others[i] = 0;
    for (size_t i = 1; i < fold->paths->count; i++) {
        uint32_t parent = fold->paths->items[i].parent;
        if (stays(fold, i))
            continue;
        fold->folder[i] = stays(fold, parent) ? parent : fold->folder[parent];
        count += fold->others[fold->folder[i]]++ == 0;
    }
    return count;
}

static void choose(struct fold *fold, size_t most)
{
    size_t low = 1, high = fold->paths->count;
    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (count_with(fold, middle) <= most)
            low = middle;
        else
            high = middle - 1;
    }
    count_with(fold, low);
}

static void list_steps(struct fold *fold)
{
    const struct paths *paths = fold->paths;
    fold->steps = memory_alloc_zero(2 * paths->version_count, sizeof *fold->steps);
    for (size_t i = 0; i < paths->count; i++) {
        const struct path *path = &paths->items[i];
        if (stays(fold, i))
            continue;
        for (uint32_t v = path->first; v < path->first + path->count; v++) {
            const struct path_version *version = &paths->versions[v];
            fold->steps[fold->step_count++] =
                (struct step){fold->folder[i], version->from, version->bytes};
            fold->steps[fold->step_count++] =
                (struct step){fold->folder[i], version->until, -version->bytes};
        }
    }
    if (fold->step_count)
        qsort(fold->steps, fold->step_count, sizeof *fold->steps, compare_steps);
}

static struct path_version *add_version(struct paths *out, struct path *path)
{
    path->count++;
    return &out->versions[out->version_count++];
}

static void put_path(struct paths *out, const struct fold *fold, size_t number,
                     uint32_t parent)
{
    const struct path *from = &fold->paths->items[number];
    struct path *to = &out->items[out->count++];
    *to = (struct path){
        .name = from->name,
        .parent = parent,
        .first = (uint32_t)out->version_count,
    };
    for (uint32_t v = from->first; v < from->first + from->count; v++)
        *add_version(out, to) = fold->paths->versions[v];
}

/* Puts what went below a folder, whose steps begin at `step`; returns where they end. */
static void put_others(struct paths *out, const struct fold *fold, uint32_t folder,
                       uint32_t parent, size_t step)
{
    struct path *to = &out->items[out->count++];
    int64_t bytes = 0;
    *to = (struct path){
        .others = fold->others[folder],
        .parent = parent,
        .first = (uint32_t)out->version_count,
    };
    while (step < fold->step_count && fold->steps[step].folder == folder) {
        uint16_t from = fold->steps[step].layer;
        for (; step < fold->step_count && fold->steps[step].folder == folder &&
               fold->steps[step].layer == from;
             step++)
            bytes += fold->steps[step].bytes;
        bool last = step == fold->step_count || fold->steps[step].folder != folder;
        if (from == STILL_THERE || (last && to->count))
            break;
        *add_version(out, to) = (struct path_version){
            .bytes = bytes,
            .from = from,
            .until = last ? STILL_THERE : fold->steps[step].layer,
            .kind = KIND_OTHERS,
        };
    }
}

/* Where the steps of each folder begin. */
static size_t *index_steps(const struct fold *fold)
{
    size_t *start = memory_alloc_zero(fold->paths->count, sizeof *start);
    for (size_t i = fold->step_count; i-- > 0;)
        start[fold->steps[i].folder] = i;
    return start;
}

/* Others stand in front of what stays below their folder: where it is does not matter to a
 * reader, who sees them sorted. */
static void rebuild(struct paths *out, const struct fold *fold, size_t count)
{
    cleanup_free size_t *start = index_steps(fold);
    cleanup_free uint32_t *place = memory_alloc_zero(fold->paths->count, sizeof *place);
    out->items = memory_alloc_zero(count, sizeof *out->items);
    out->versions = memory_alloc_zero(fold->paths->version_count + fold->step_count,
                                      sizeof *out->versions);
    for (uint32_t i = 0; i < fold->paths->count; i++) {
        if (!stays(fold, i)) {
            out->folded++;
            continue;
        }
        uint32_t parent = i ? place[fold->paths->items[i].parent] : NODE_NONE;
        place[i] = (uint32_t)out->count;
        put_path(out, fold, i, parent);
        if (fold->others[i])
            put_others(out, fold, i, place[i], start[i]);
    }
    for (size_t i = 1; i < out->count; i++)
        out->items[out->items[i].parent].children++;
}

void paths_fold(struct paths *paths, size_t most)
{
    if (paths->count <= most)
        return;
    struct fold fold = {
        .paths = paths,
        .rank = memory_alloc_zero(paths->count, sizeof *fold.rank),
        .folder = memory_alloc_zero(paths->count, sizeof *fold.folder),
        .others = memory_alloc_zero(paths->count, sizeof *fold.others),
    };
    struct paths folded = {0};
    rank_paths(&fold);
    choose(&fold, most);
    list_steps(&fold);
    rebuild(&folded, &fold, count_with(&fold, fold.kept));
    free(fold.rank);
    free(fold.folder);
    free(fold.others);
    free(fold.steps);
    paths_release(paths);
    *paths = folded;
}
