#include "analyzer/analysis.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/attribution.h"
#include "analyzer/base.h"
#include "analyzer/equality.h"
#include "analyzer/image/choose.h"
#include "core/memory.h"

static const char *const base_sources[] = {
    [BASE_UNKNOWN] = "unknown",
    [BASE_NUMBER] = "number",
    [BASE_ARCHIVE] = "archive",
    [BASE_REPORT] = "report",
};
static_assert(ARRAY_SIZE(base_sources) == BASE_REPORT + 1, "every source has a name");

const char *base_source_name(enum base_source source)
{
    return base_sources[source];
}

double sizes_efficiency(const struct sizes *sizes)
{
    return sizes->content_bytes ? (double)sizes->live_bytes / (double)sizes->content_bytes : 1;
}

/* Sums the layers from `first` on. */
static void sum_sizes(struct sizes *sizes, const struct analysis *analysis, size_t first)
{
    const struct candidate *chosen = analysis->image->chosen;
    *sizes = (struct sizes){.download_estimated = false};
    for (size_t i = first; i < chosen->layer_count; i++) {
        const struct layer *layer = chosen->layers[i].layer;
        const struct layer_sums *sums = &analysis->accounting.layers[i];
        if (!layer)
            continue;
        sizes->blob_bytes += layer->blob_bytes;
        sizes->tar_bytes += layer->tar_bytes;
        sizes->content_bytes += sums->content_bytes;
        sizes->live_bytes += sums->live_bytes;
        sizes->dead_bytes += sums->dead_bytes;
        sizes->duplicate_bytes += sums->duplicate_bytes;
        sizes->download_bytes += analysis->download.layers[i];
        sizes->download_estimated = sizes->download_estimated ||
                                    (layer->compression == COMPRESSION_NONE && layer->blob_bytes);
    }
}

static void sum_base_killed(struct analysis *analysis)
{
    const struct accounting *accounting = &analysis->accounting;
    for (size_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        if (!inode_is_live(inode) && inode->layer < analysis->base_layers &&
            inode->killed_by >= analysis->base_layers)
            analysis->base_killed_bytes += inode_entry(accounting, inode)->content;
    }
}

/* A dead payload under the path of the entry that carried it. */
struct dead {
    const char *path;
    uint32_t inode;
    int64_t bytes;
};

static int compare_dead(const void *a, const void *b)
{
    const struct dead *left = a, *right = b;
    int order = strcmp(left->path, right->path);
    return order ? order : left->inode < right->inode ? -1 : left->inode > right->inode;
}

static int compare_waste(const void *a, const void *b)
{
    const struct waste *left = a, *right = b;
    if (left->dead_bytes != right->dead_bytes)
        return left->dead_bytes > right->dead_bytes ? -1 : 1;
    return strcmp(left->path, right->path);
}

static struct dead *list_dead(struct analysis *analysis, size_t *ret_count)
{
    const struct accounting *accounting = &analysis->accounting;
    struct dead *dead = NULL;
    size_t count = 0, capacity = 0;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    for (uint32_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        const struct entry *entry = inode_entry(accounting, inode);
        if (inode_is_live(inode) || !entry->content)
            continue;
        strbuf_reset(&path);
        entry_path(&path, layer_of(accounting, inode->layer), entry);
        dead = memory_grow(dead, count, &capacity, sizeof *dead);
        dead[count++] = (struct dead){
            .path = arena_dup(&analysis->arena, path.buf, path.len),
            .inode = i,
            .bytes = entry->content,
        };
    }
    *ret_count = count;
    return dead;
}

static void collect_waste(struct analysis *analysis, int64_t most)
{
    const struct accounting *accounting = &analysis->accounting;
    size_t count;
    struct dead *dead = list_dead(analysis, &count);
    if (count)
        qsort(dead, count, sizeof *dead, compare_dead);
    struct waste *waste = memory_alloc_zero(count, sizeof *waste);
    size_t rows = 0;
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && strcmp(dead[end].path, dead[i].path) == 0)
            end++;
        struct waste *row = &waste[rows++];
        row->path = dead[i].path;
        row->copies = arena_alloc(&analysis->arena, (end - i) * sizeof *row->copies);
        for (; i < end; i++) {
            const struct inode *inode = &accounting->inodes[dead[i].inode];
            row->dead_bytes += dead[i].bytes;
            row->copies[row->count++] = (struct waste_copy){
                .layer = inode->layer,
                .killed_by = inode->killed_by,
                .bytes = dead[i].bytes,
                .cause = (enum cause)inode->cause,
            };
        }
    }
    free(dead);
    if (rows)
        qsort(waste, rows, sizeof *waste, compare_waste);
    analysis->waste = waste;
    analysis->waste_total = rows;
    analysis->waste_count = most && (size_t)most < rows ? (size_t)most : rows;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A group of equal payloads: where it begins and ends in the accounting's list, and what it wastes. */
struct group {
    size_t start, end;
    int64_t bytes_each, wasted_bytes;
    size_t live;
};

struct groups {
    const struct accounting *accounting;
    struct group *items;
    size_t count, capacity;
};

static const struct inode *inode_of(const struct accounting *accounting, size_t payload)
{
    const struct payload *place = &accounting->payloads[payload];
    return &accounting->inodes[accounting_inode_of(accounting, place->layer, place->entry)];
}

static struct group read_group(const struct accounting *accounting, size_t start)
{
    struct group group = {.start = start};
    size_t i = start;
    uint32_t number = accounting->payloads[start].group;
    for (; i < accounting->payload_count && accounting->payloads[i].group == number; i++) {
        const struct inode *inode = inode_of(accounting, i);
        if (!inode_is_live(inode))
            continue;
        int64_t bytes = inode_entry(accounting, inode)->content;
        if (group.live++)
            group.wasted_bytes += bytes;
        else
            group.bytes_each = bytes;
    }
    group.end = i;
    return group;
}

/* The path of a group is the first of its paths. */
static void path_of_group(struct strbuf *out, const void *context, uint32_t number)
{
    const struct groups *groups = context;
    const struct group *group = &groups->items[number];
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    for (size_t i = group->start; i < group->end; i++) {
        const struct inode *inode = inode_of(groups->accounting, i);
        if (!inode_is_live(inode))
            continue;
        strbuf_reset(&path);
        tree_path(&path, &groups->accounting->tree, inode->node);
        if (out->len && strcmp(out->buf, path.buf) <= 0)
            continue;
        strbuf_reset(out);
        strbuf_add(out, path.buf, path.len);
    }
}

static int fill_duplicate(struct analysis *analysis, struct duplicate *duplicate,
                          const struct group *group, struct error *err)
{
    const struct accounting *accounting = &analysis->accounting;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    duplicate->bytes_each = group->bytes_each;
    duplicate->wasted_bytes = group->wasted_bytes;
    duplicate->paths = arena_alloc(&analysis->arena, group->live * sizeof *duplicate->paths);
    for (size_t i = group->start; i < group->end; i++) {
        const struct inode *inode = inode_of(accounting, i);
        if (!inode_is_live(inode))
            continue;
        strbuf_reset(&path);
        tree_path(&path, &accounting->tree, inode->node);
        duplicate->paths[duplicate->count++] =
            arena_dup(&analysis->arena, path.buf, path.len);
    }
    qsort(duplicate->paths, duplicate->count, sizeof *duplicate->paths, compare_paths);
    return equality_digest(analysis->image, &accounting->payloads[group->start],
                           group->end - group->start, &duplicate->sha256, err);
}

static int collect_duplicates(struct analysis *analysis, int64_t most, struct error *err)
{
    struct groups groups = {.accounting = &analysis->accounting};
    struct top top = {.most = (size_t)most};
    int result = 0;
    for (size_t i = 0; i < analysis->accounting.payload_count;) {
        struct group group = read_group(&analysis->accounting, i);
        i = group.end;
        if (group.live < 2)
            continue;
        groups.items =
            memory_grow(groups.items, groups.count, &groups.capacity, sizeof *groups.items);
        groups.items[groups.count++] = group;
        top_offer(&top, group.wasted_bytes, 0, (uint32_t)groups.count - 1, path_of_group,
                  &groups);
    }
    top_finish(&top);
    analysis->duplicates = memory_alloc_zero(top.count, sizeof *analysis->duplicates);
    analysis->duplicate_total = groups.count;
    for (size_t i = 0; i < top.count && result == 0; i++)
        result = fill_duplicate(analysis, &analysis->duplicates[analysis->duplicate_count++],
                                &groups.items[top.items[i].number], err);
    top_release(&top);
    free(groups.items);
    return result;
}

static void path_of_node(struct strbuf *out, const void *context, uint32_t number)
{
    tree_path(out, &((const struct analysis *)context)->accounting.tree, number);
}

static void path_of_inode(struct strbuf *out, const void *context, uint32_t number)
{
    const struct accounting *accounting = &((const struct analysis *)context)->accounting;
    tree_path(out, &accounting->tree, accounting->inodes[number].node);
}

/* A folder that holds no more than the one above it sorts behind it: where that was not kept, the paths of
 * a whole chain of folders need not be made to know that they are not either. */
static void offer_directories(struct analysis *analysis, const int64_t *bytes,
                              const uint32_t *files)
{
    const struct tree *tree = &analysis->accounting.tree;
    bool *refused = memory_alloc_zero(tree->count, sizeof *refused);
    for (uint32_t i = 1; i < tree->count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (node->kind != TAR_DIR || node->hidden || !bytes[i])
            continue;
        refused[i] = (refused[node->parent] && bytes[i] == bytes[node->parent]) ||
                     !top_offer(&analysis->directories, bytes[i], files[i], i, path_of_node,
                                analysis);
    }
    free(refused);
}

static void collect_largest(struct analysis *analysis, int64_t most)
{
    const struct accounting *accounting = &analysis->accounting;
    const struct tree *tree = &accounting->tree;
    analysis->files.most = analysis->directories.most = (size_t)most;
    int64_t *bytes = memory_alloc_zero(tree->count, sizeof *bytes);
    uint32_t *files = memory_alloc_zero(tree->count, sizeof *files);
    for (uint32_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        int64_t content = inode_entry(accounting, inode)->content;
        if (!inode_is_live(inode))
            continue;
        bytes[inode->node] = content;
        files[inode->node] = 1;
        if (content)
            top_offer(&analysis->files, content, 1, i, path_of_inode, analysis);
    }
    /* a node's number is larger than its parent's */
    for (size_t i = tree->count; i-- > 1;) {
        const struct tree_node *node = &tree->nodes[i];
        bytes[node->parent] += bytes[i];
        files[node->parent] += files[i];
    }
    offer_directories(analysis, bytes, files);
    free(bytes);
    free(files);
    top_finish(&analysis->files);
    top_finish(&analysis->directories);
}

static int measure(struct analysis *analysis, const struct analysis_options *options,
                   struct error *err)
{
    estimate_download(&analysis->download, analysis->image, options->threads);
    sum_sizes(&analysis->sizes, analysis, 0);
    if (analysis->base_source != BASE_UNKNOWN) {
        sum_sizes(&analysis->own, analysis, analysis->base_layers);
        sum_base_killed(analysis);
    }
    collect_waste(analysis, options->top);
    collect_largest(analysis, options->top);
    advice_collect(&analysis->advice, &analysis->accounting);
    return collect_duplicates(analysis, options->top, err);
}

int analysis_run(struct analysis **ret_analysis, const char *argument,
                 const struct analysis_options *options, struct error *err)
{
    struct analysis *analysis = memory_alloc_zero(1, sizeof *analysis);
    struct image_options image_options = {
        .limits = options->limits,
        .reference = options->reference,
        .platform = options->platform,
        .threads = options->threads,
        .progress = options->progress,
        .watchers = options->watchers,
        .verify = options->verify,
        .keep_going = options->keep_going,
        .key = options->key,
    };
    analysis->input = memory_dup_text(argument);
    if (image_open(&analysis->image, argument, &image_options, err) < 0)
        goto failed;
    if (options->base && base_find(analysis, options->base, options, err) < 0) {
        error_prefix(err, "--base");
        goto failed;
    }
    dive_measure(&analysis->dive, analysis->image);
    if (accounting_run(&analysis->accounting, analysis->image, options->semantics,
                       options->threads, err) < 0) {
        error_prefix(err, "%s", argument);
        goto failed;
    }
    findings_append_all(&analysis->image->findings, &analysis->accounting.findings);
    if (measure(analysis, options, err) < 0)
        goto failed;
    *ret_analysis = analysis;
    return 0;
failed:
    analysis_free(analysis);
    return -1;
}

void analysis_free(struct analysis *analysis)
{
    if (!analysis)
        return;
    top_release(&analysis->files);
    top_release(&analysis->directories);
    advice_release(&analysis->advice);
    free(analysis->download.layers);
    free(analysis->waste);
    free(analysis->duplicates);
    if (analysis->accounting.image)
        accounting_release(&analysis->accounting);
    attribution_free(analysis->attribution);
    image_free(analysis->image);
    arena_release(&analysis->arena);
    free(analysis->input);
    free(analysis);
}

int analysis_attribute(struct analysis *analysis, const char *file, struct span text,
                       const struct attribution_options *options, struct error *err)
{
    struct attribution *attribution;
    if (attribution_run(&attribution, file, text, analysis, options, err) < 0)
        return -1;
    attribution_free(analysis->attribution);
    analysis->attribution = attribution;
    if (!attribution->proven)
        findings_add_warning(&analysis->image->findings, "dockerfile", NO_LAYER, NULL,
                             "the history does not prove that the image came from %s",
                             attribution->file);
    return 0;
}

uint32_t suggestion_line(const struct suggestion *suggestion, const struct attribution *attribution)
{
    size_t most = 0;
    for (size_t i = 1; i < suggestion->layer_count; i++)
        if (suggestion->layer_bytes[i] > suggestion->layer_bytes[most])
            most = i;
    return suggestion->layer_count ? attribution_line(attribution, suggestion->layers[most]) : 0;
}

static void list_one(struct strvec *digests, const struct candidate *candidate)
{
    const struct digest *digest = digest_is_set(&candidate->config_digest)
                                      ? &candidate->config_digest
                                      : &candidate->manifest_digest;
    char text[DIGEST_TEXT_MAX];
    digest_format(digest, text);
    if (*text && !strvec_contains(digests, text))
        strvec_add(digests, text);
}

int analysis_list(struct strvec *ret_digests, const char *argument,
                  const struct analysis_options *options, struct error *err)
{
    struct image *image;
    struct image_options image_options = {
        .limits = options->limits,
        .threads = options->threads,
        .only_list = true,
    };
    if (image_open(&image, argument, &image_options, err) < 0)
        return -1;
    for (size_t i = 0; i < image->candidates.count; i++) {
        const struct candidate *candidate = image->candidates.items[i];
        if (candidate_is_usable(candidate) &&
            (!options->reference || candidate_is_named(candidate, options->reference)))
            list_one(ret_digests, candidate);
    }
    image_free(image);
    return 0;
}
