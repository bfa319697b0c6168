/* Packages: all of one kind and name are one row, whatever their versions. The rows, the packages that are
 * the same and the bytes that no package owns sum to live_bytes. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/diff_parts.h"
#include "core/memory.h"

/* The packages of one side, sorted. */
struct sorted {
    const struct packages *packages;
    const struct package **items;
};

static int compare_names(const struct package *a, const struct package *b)
{
    int order = strcmp(package_kind_name(a->kind), package_kind_name(b->kind));
    return order ? order : strcmp(a->name, b->name);
}

static int compare_packages(const void *a, const void *b)
{
    const struct package *left = *(const struct package *const *)a;
    const struct package *right = *(const struct package *const *)b;
    int order = compare_names(left, right);
    if (order)
        return order;
    order = strcmp(left->version ? left->version : "", right->version ? right->version : "");
    return order ? order : left < right ? -1 : left > right;
}

static struct sorted sort_packages(const struct packages *packages)
{
    struct sorted sorted = {
        .packages = packages,
        .items = memory_alloc_zero(packages->count, sizeof(const struct package *)),
    };
    for (size_t i = 0; i < packages->count; i++)
        sorted.items[i] = &packages->items[i];
    if (packages->count)
        qsort(sorted.items, packages->count, sizeof *sorted.items, compare_packages);
    return sorted;
}

/* Takes all packages of the name at `*at`: their versions, each once, and their bytes. */
static const char *take_name(struct arena *arena, const struct sorted *sorted, size_t *at,
                             int64_t *ret_bytes)
{
    cleanup_strbuf struct strbuf versions = STRBUF_INIT;
    size_t start = *at;
    const char *last = NULL;
    *ret_bytes = 0;
    for (; *at < sorted->packages->count; ++*at) {
        const struct package *package = sorted->items[*at];
        if (compare_names(package, sorted->items[start]) != 0)
            break;
        *ret_bytes += package->bytes;
        const char *version = package->version ? package->version : "?";
        if (last && strcmp(last, version) == 0)
            continue;
        strbuf_addf(&versions, "%s%s", last ? ", " : "", version);
        last = version;
    }
    return arena_dup(arena, versions.buf, versions.len);
}

static bool package_is_same(const struct diff_package *row)
{
    return row->old_versions && row->new_versions && row->old_bytes == row->new_bytes &&
           strcmp(row->old_versions, row->new_versions) == 0;
}

static int compare_rows(const void *a, const void *b)
{
    const struct diff_package *left = a, *right = b;
    int64_t left_change = llabs(left->new_bytes - left->old_bytes);
    int64_t right_change = llabs(right->new_bytes - right->old_bytes);
    if (left_change != right_change)
        return left_change > right_change ? -1 : 1;
    int order = strcmp(left->kind, right->kind);
    return order ? order : strcmp(left->name, right->name);
}

void diff_compare_packages(struct comparison *comparison)
{
    const struct packages *packages[2];
    struct sorted sorted[2];
    size_t at[2] = {0, 0};
    for (int side = 0; side < 2; side++) {
        packages[side] = &comparison->sides[side].packages;
        sorted[side] = sort_packages(packages[side]);
    }
    comparison->packages = arena_alloc_zero(
        &comparison->arena,
        (packages[0]->count + packages[1]->count) * sizeof *comparison->packages);
    while (at[0] < packages[0]->count || at[1] < packages[1]->count) {
        const struct package *left = at[0] < packages[0]->count ? sorted[0].items[at[0]] : NULL;
        const struct package *right = at[1] < packages[1]->count ? sorted[1].items[at[1]] : NULL;
        int order = !left ? 1 : !right ? -1 : compare_names(left, right);
        const struct package *named = order <= 0 ? left : right;
        struct diff_package row = {.kind = package_kind_name(named->kind), .name = named->name};
        if (order <= 0)
            row.old_versions = take_name(&comparison->arena, &sorted[0], &at[0], &row.old_bytes);
        if (order >= 0)
            row.new_versions = take_name(&comparison->arena, &sorted[1], &at[1], &row.new_bytes);
        if (!package_is_same(&row)) {
            comparison->packages[comparison->package_count++] = row;
            continue;
        }
        comparison->same_packages.count++;
        comparison->same_packages.old_bytes += row.old_bytes;
        comparison->same_packages.new_bytes += row.new_bytes;
    }
    if (comparison->package_count)
        qsort(comparison->packages, comparison->package_count, sizeof *comparison->packages,
              compare_rows);
    comparison->unowned.old_bytes = packages[0]->unowned_bytes;
    comparison->unowned.new_bytes = packages[1]->unowned_bytes;
    free(sorted[0].items);
    free(sorted[1].items);
}
