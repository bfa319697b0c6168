#include "analyzer/gate/baseline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/report.h"
#include "core/escape.h"
#include "core/json.h"
#include "core/memory.h"

static const char *keep(struct baseline *baseline, const char *text)
{
    return arena_dup_text(&baseline->arena, text);
}

static int compare_folders(const void *a, const void *b)
{
    return strcmp(((const struct baseline_folder *)a)->path,
                  ((const struct baseline_folder *)b)->path);
}

/* Of an image */

struct folder_sums {
    const struct tree *tree;
    int64_t *bytes;
    uint8_t *depth;
};

static void sum_folders(struct folder_sums *sums, const struct accounting *accounting)
{
    const struct tree *tree = sums->tree;
    for (size_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        if (inode_is_live(inode))
            sums->bytes[inode->node] += inode_entry(accounting, inode)->content;
    }
    /* a node's number is larger than its parent's */
    for (size_t i = tree->count; i-- > 1;)
        sums->bytes[tree->nodes[i].parent] += sums->bytes[i];
    for (size_t i = 1; i < tree->count; i++) {
        uint8_t above = sums->depth[tree->nodes[i].parent];
        sums->depth[i] = (uint8_t)(above > BASELINE_DEPTH ? above : above + 1);
    }
}

/* Names that are no UTF-8 are written lossily; folders that come to look alike are one. */
static void add_folder(struct baseline *baseline, size_t *capacity, const struct tree *tree,
                       uint32_t node, int64_t bytes)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, quoted = STRBUF_INIT;
    json_error_t ignored;
    tree_path(&path, tree, node);
    escape_for_json(&quoted, span_of(path.buf, path.len));
    json_t *text = json_loadb(quoted.buf, quoted.len, JSON_DECODE_ANY, &ignored);
    baseline->folders =
        memory_grow(baseline->folders, baseline->folder_count, capacity, sizeof *baseline->folders);
    baseline->folders[baseline->folder_count++] = (struct baseline_folder){
        .path = keep(baseline, text ? json_string_value(text) : path.buf), .live_bytes = bytes};
    json_decref(text);
}

static void merge_folders(struct baseline *baseline)
{
    size_t count = 0;
    if (baseline->folder_count)
        qsort(baseline->folders, baseline->folder_count, sizeof *baseline->folders,
              compare_folders);
    for (size_t i = 0; i < baseline->folder_count; i++) {
        const struct baseline_folder *folder = &baseline->folders[i];
        if (count && strcmp(baseline->folders[count - 1].path, folder->path) == 0)
            baseline->folders[count - 1].live_bytes += folder->live_bytes;
        else
            baseline->folders[count++] = *folder;
    }
    baseline->folder_count = count;
}

static void take_folders(struct baseline *baseline, const struct analysis *analysis)
{
    const struct tree *tree = &analysis->accounting.tree;
    struct folder_sums sums = {
        .tree = tree,
        .bytes = memory_alloc_zero(tree->count, sizeof *sums.bytes),
        .depth = memory_alloc_zero(tree->count, 1),
    };
    size_t capacity = 0;
    struct baseline_folder *grown;
    sum_folders(&sums, &analysis->accounting);
    for (size_t i = 0; i < tree->count; i++)
        if (tree->nodes[i].kind == TAR_DIR && sums.bytes[i] && sums.depth[i] <= BASELINE_DEPTH)
            add_folder(baseline, &capacity, tree, (uint32_t)i, sums.bytes[i]);
    merge_folders(baseline);
    grown = baseline->folders;
    baseline->folders =
        arena_alloc_zero(&baseline->arena, (baseline->folder_count + 1) * sizeof *grown);
    if (baseline->folder_count)
        memcpy(baseline->folders, grown, baseline->folder_count * sizeof *grown);
    free(grown);
    free(sums.bytes);
    free(sums.depth);
}

static void take_layers(struct baseline *baseline, const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    baseline->layer_count = chosen->layer_count;
    baseline->layers =
        arena_alloc_zero(&baseline->arena, (chosen->layer_count + 1) * sizeof *baseline->layers);
    for (size_t i = 0; i < chosen->layer_count; i++) {
        const struct layer *layer = chosen->layers[i].layer;
        struct baseline_layer *row = &baseline->layers[i];
        cleanup_free char *instruction = report_instruction(analysis, i);
        char text[DIGEST_TEXT_MAX];
        row->diff_id = keep(baseline, digest_format(&chosen->layers[i].diff_id, text));
        row->instruction = keep(baseline, instruction);
        row->blob_bytes = layer ? layer->blob_bytes : 0;
        row->tar_bytes = layer ? layer->tar_bytes : 0;
        row->content_bytes = analysis->accounting.layers[i].content_bytes;
    }
}

struct baseline *baseline_of(const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    struct baseline *baseline = memory_alloc_zero(1, sizeof *baseline);
    struct layer_range all = {.from = 0, .to = chosen->layer_count};
    char text[DIGEST_TEXT_MAX];
    baseline->name = keep(baseline, analysis->input);
    baseline->platform = keep(baseline, chosen->platform);
    if (digest_is_set(&chosen->config_digest))
        baseline->config_digest = keep(baseline, digest_format(&chosen->config_digest, text));
    baseline->measures_version = MEASURES_VERSION;
    for (enum measure i = 0; i < MEASURE_COUNT; i++)
        baseline->values[i] = measure_take(analysis, i, all);
    take_layers(baseline, analysis);
    take_folders(baseline, analysis);
    return baseline;
}

void baseline_free(struct baseline *baseline)
{
    if (!baseline)
        return;
    free(baseline->budgets);
    free(baseline->limits);
    analysis_free(baseline->analysis);
    arena_release(&baseline->arena);
    free(baseline);
}

/* Comparing */

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct baseline_entry *)a)->id, ((const struct baseline_entry *)b)->id);
}

int baseline_compare(const struct baseline *baseline, const struct analysis *analysis,
                     struct error *err)
{
    const char *platform = analysis->image->chosen->platform;
    if (baseline->measures_version != MEASURES_VERSION) {
        error_set(err, ERROR_BASELINE,
                  "%s: its measures are of version %" PRId64 ", ours of version %d: figures of "
                  "different definitions do not compare",
                  baseline->name, baseline->measures_version, MEASURES_VERSION);
        return error_hint(err, "write it anew with --write-baseline");
    }
    if (platform && baseline->platform && strcmp(platform, baseline->platform) != 0) {
        error_set(err, ERROR_BASELINE,
                  "%s: it is of %s and the image of %s: different platforms do not compare",
                  baseline->name, baseline->platform, platform);
        return error_hint(err, "keep one baseline for each platform");
    }
    return 0;
}

const struct baseline_entry *baseline_find(const struct baseline_entry *list, size_t count,
                                           const char *id)
{
    const struct baseline_entry key = {.id = id};
    return count ? bsearch(&key, list, count, sizeof *list, compare_entries) : NULL;
}

struct amount baseline_value(const struct baseline *baseline, const struct budget *budget)
{
    const struct baseline_entry *entry;
    cleanup_strbuf struct strbuf scope = STRBUF_INIT;
    if (!budget->path_count && budget->scope == SCOPE_IMAGE && budget->for_each != EACH_LAYER)
        return baseline->values[budget->measure];
    budget_scope_text(&scope, budget);
    entry = baseline_find(baseline->budgets, baseline->budget_count, budget->id);
    if (entry && entry->scope && strcmp(entry->scope, scope.buf) == 0 &&
        strcmp(entry->measure, measure_row(budget->measure)->name) == 0)
        return entry->amount;
    return (struct amount){.known = false};
}

void baseline_put(struct baseline *baseline, struct baseline_entry **list, size_t *count,
                  const struct baseline_entry *entry)
{
    struct baseline_entry kept = {
        .id = keep(baseline, entry->id),
        .measure = keep(baseline, entry->measure),
        .scope = keep(baseline, entry->scope),
        .amount = entry->amount,
    };
    size_t place = 0;
    while (place < *count && strcmp((*list)[place].id, kept.id) < 0)
        place++;
    if (place == *count || strcmp((*list)[place].id, kept.id) != 0) {
        *list = memory_resize(*list, *count + 1, sizeof **list);
        memmove(*list + place + 1, *list + place, (*count - place) * sizeof **list);
        ++*count;
    }
    (*list)[place] = kept;
}
