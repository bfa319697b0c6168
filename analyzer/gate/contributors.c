#include "analyzer/gate/contributors.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/report/report.h"
#include "core/memory.h"
#include "core/size.h"

/* Layers of the baseline by diff_id, each to be met as often as it stands there. */
struct old_layers {
    const struct baseline_layer **items; /* by diff_id */
    bool *met;
    size_t count;
};

static int compare_old(const void *a, const void *b)
{
    const struct baseline_layer *left = *(const struct baseline_layer *const *)a;
    const struct baseline_layer *right = *(const struct baseline_layer *const *)b;
    return strcmp(left->diff_id, right->diff_id);
}

static struct old_layers list_old(const struct baseline *baseline)
{
    struct old_layers old = {
        .items = memory_alloc_zero(baseline->layer_count + 1, sizeof *old.items),
        .met = memory_alloc_zero(baseline->layer_count + 1, sizeof *old.met),
        .count = baseline->layer_count,
    };
    for (size_t i = 0; i < old.count; i++)
        old.items[i] = &baseline->layers[i];
    qsort(old.items, old.count, sizeof *old.items, compare_old);
    return old;
}

static void old_release(struct old_layers *old)
{
    free(old->items);
    free(old->met);
}

static bool meet(struct old_layers *old, const char *diff_id)
{
    size_t low = 0, high = old->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(old->items[middle]->diff_id, diff_id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < old->count && strcmp(old->items[low]->diff_id, diff_id) == 0; low++)
        if (!old->met[low])
            return old->met[low] = true;
    return false;
}

static bool *mark_new(struct old_layers *old, const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    bool *is_new = memory_alloc_zero(chosen->layer_count + 1, sizeof *is_new);
    for (size_t i = 0; i < chosen->layer_count; i++) {
        char text[DIGEST_TEXT_MAX];
        digest_format(&chosen->layers[i].diff_id, text);
        is_new[i] = !*text || !meet(old, text);
    }
    return is_new;
}

bool *layers_new_since(const struct baseline *baseline, const struct analysis *analysis)
{
    struct old_layers old = list_old(baseline);
    bool *is_new = mark_new(&old, analysis);
    old_release(&old);
    return is_new;
}

/* What is offered to the list of the largest: what stands behind its numbers the kind says. */
enum subject { OF_LAYERS, OF_INODES, OF_NODES, OF_FOLDERS };

struct largest {
    const struct share *share;
    struct top top;
    enum subject subject;
};

static void path_of_layer(struct strbuf *out, const void *context, uint32_t number)
{
    (void)context;
    strbuf_addf(out, "%010u", (unsigned)number);
}

static void path_is(struct strbuf *out, const void *context, uint32_t number)
{
    (void)number;
    strbuf_add_text(out, context);
}

static void path_of_inode(struct strbuf *out, const void *context, uint32_t number)
{
    const struct accounting *accounting = &((const struct share *)context)->analysis->accounting;
    const struct inode *inode = &accounting->inodes[number];
    if (inode_is_live(inode))
        tree_path(out, &accounting->tree, inode->node);
    else
        entry_path(out, layer_of(accounting, inode->layer), inode_entry(accounting, inode));
}

static void path_of_node(struct strbuf *out, const void *context, uint32_t number)
{
    tree_path(out, &((const struct share *)context)->analysis->accounting.tree, number);
}

static int64_t size_of_old(const struct baseline_layer *layer, enum measure measure)
{
    switch (measure) {
    case MEASURE_TAR_BYTES:
        return layer->tar_bytes;
    case MEASURE_CONTENT_BYTES:
    case MEASURE_SHIPPED:
        return layer->content_bytes;
    case MEASURE_BLOB_BYTES:
    case MEASURE_DOWNLOAD_BYTES:
        return layer->blob_bytes;
    default:
        return 0;
    }
}

/* A summary keeps the beginning of one alone, cut between characters. */
static bool is_same_instruction(const char *kept, const char *instruction)
{
    return strncmp(kept, instruction, BASELINE_INSTRUCTION - 4) == 0;
}

/* A layer that took the place of one with the same instruction grew by the difference. */
static int64_t replaced_by(struct old_layers *old, const struct share *share, size_t index)
{
    cleanup_free char *instruction = report_instruction(share->analysis, index);
    for (size_t i = 0; instruction && i < old->count; i++) {
        const struct baseline_layer *layer = old->items[i];
        if (old->met[i] || !layer->instruction ||
            !is_same_instruction(layer->instruction, instruction))
            continue;
        old->met[i] = true;
        return size_of_old(layer, share->budget->measure);
    }
    return 0;
}

static void offer_layers(struct largest *largest)
{
    const struct share *share = largest->share;
    struct old_layers old = {.count = 0};
    cleanup_free bool *is_new = NULL;
    if (share->against) {
        old = list_old(share->against);
        is_new = mark_new(&old, share->analysis);
    }
    for (size_t i = share->extent.from; i < share->extent.to; i++) {
        struct layer_range one = {.from = i, .to = i + 1};
        int64_t bytes = measure_take(share->analysis, share->budget->measure, one).number;
        if (is_new && !is_new[i])
            continue;
        if (is_new)
            bytes -= replaced_by(&old, share, i);
        if (bytes > 0)
            top_offer(&largest->top, bytes, 0, (uint32_t)i, path_of_layer, NULL);
    }
    old_release(&old);
}

static bool is_within(const struct share *share, size_t layer)
{
    return layer >= share->extent.from && layer < share->extent.to;
}

static void offer_files(struct largest *largest, bool live)
{
    const struct share *share = largest->share;
    const struct accounting *accounting = &share->analysis->accounting;
    largest->subject = OF_INODES;
    for (uint32_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        int64_t bytes = inode_entry(accounting, inode)->content;
        if (inode_is_live(inode) != live || !bytes || !is_within(share, inode->layer))
            continue;
        bool changed = !share->is_new || share->is_new[inode->layer] ||
                       (!live && share->is_new[inode->killed_by]);
        if (changed)
            top_offer(&largest->top, bytes, 1, i, path_of_inode, share);
    }
}

/* Folders that hold the most files themselves. */
static void offer_folders_of_files(struct largest *largest)
{
    const struct share *share = largest->share;
    const struct tree *tree = &share->analysis->accounting.tree;
    cleanup_free int64_t *files = memory_alloc_zero(tree->count, sizeof *files);
    largest->subject = OF_NODES;
    for (size_t i = 1; i < tree->count; i++)
        if (tree->nodes[i].kind == TAR_FILE && !tree->nodes[i].hidden &&
            is_within(share, tree->nodes[i].layer))
            files[tree->nodes[i].parent]++;
    for (uint32_t i = 0; i < tree->count; i++)
        if (files[i])
            top_offer(&largest->top, files[i], files[i], i, path_of_node, share);
}

static const struct baseline_folder *find_folder(const struct baseline *baseline, const char *path)
{
    size_t low = 0, high = baseline->folder_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(baseline->folders[middle].path, path);
        if (order == 0)
            return &baseline->folders[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Each folder's growth without that of the folders in it that are known themselves. */
static void offer_grown_folders(struct largest *largest)
{
    const struct share *share = largest->share;
    struct baseline *now = baseline_of(share->analysis);
    cleanup_free int64_t *growth = memory_alloc_zero(now->folder_count + 1, sizeof *growth);
    for (size_t i = 0; i < now->folder_count; i++) {
        const struct baseline_folder *folder = &now->folders[i];
        const struct baseline_folder *before = find_folder(share->against, folder->path);
        int64_t grown = folder->live_bytes - (before ? before->live_bytes : 0);
        growth[i] += grown;
        const char *slash = strrchr(folder->path, '/');
        if (folder->path[1] == '\0')
            continue;
        cleanup_free char *above =
            slash == folder->path ? memory_dup_text("/")
                                  : memory_dup_bytes(folder->path, (size_t)(slash - folder->path));
        const struct baseline_folder *parent = find_folder(now, above);
        if (parent)
            growth[parent - now->folders] -= grown;
    }
    largest->subject = OF_FOLDERS;
    for (size_t i = 0; i < now->folder_count; i++)
        if (growth[i] > 0)
            top_offer(&largest->top, growth[i], 0, (uint32_t)i, path_is, now->folders[i].path);
    baseline_free(now);
}

static void offer_duplicates(struct largest *largest)
{
    const struct analysis *analysis = largest->share->analysis;
    largest->subject = OF_FOLDERS;
    for (size_t i = 0; i < analysis->duplicate_count; i++)
        top_offer(&largest->top, analysis->duplicates[i].wasted_bytes, 0, (uint32_t)i, path_is,
                  analysis->duplicates[i].paths[0]);
}

static void offer(struct largest *largest)
{
    const struct share *share = largest->share;
    bool ratio = measure_row(share->budget->measure)->unit == UNIT_RATIO;
    if (share->budget->for_each == EACH_LAYER && !ratio) {
        offer_layers(largest);
        return;
    }
    switch (share->budget->measure) {
    case MEASURE_LIVE_BYTES:
        if (share->against && share->against->folder_count && share->budget->scope == SCOPE_IMAGE)
            offer_grown_folders(largest);
        else
            offer_files(largest, true);
        break;
    case MEASURE_DEAD_BYTES:
    case MEASURE_EFFICIENCY:
    case MEASURE_DIVE_WASTED:
    case MEASURE_DIVE_PERCENT:
    case MEASURE_DIVE_EFFICIENCY:
        offer_files(largest, false);
        break;
    case MEASURE_DUPLICATE_BYTES:
        offer_duplicates(largest);
        break;
    case MEASURE_FILES:
        offer_folders_of_files(largest);
        break;
    default:
        offer_layers(largest);
    }
}

static uint32_t layer_of_item(const struct share *share, enum subject subject, uint32_t number)
{
    const struct accounting *accounting = &share->analysis->accounting;
    switch (subject) {
    case OF_LAYERS:
        return number;
    case OF_INODES:
        return accounting->inodes[number].layer;
    case OF_NODES:
        return accounting->tree.nodes[number].kind == TAR_FILE
                   ? accounting->tree.nodes[number].layer
                   : NO_LAYER;
    default:
        return NO_LAYER;
    }
}

static void keep(const struct share *share, const struct top *top, enum subject subject,
                 struct budget_result *result, struct arena *arena)
{
    for (size_t i = 0; i < top->count && i < CONTRIBUTORS_MAX; i++) {
        struct contributor *row = &result->contributors[result->contributor_count++];
        row->bytes = top->items[i].bytes;
        row->path = subject == OF_LAYERS ? NULL : arena_dup_text(arena, top->items[i].path);
        row->layer = layer_of_item(share, subject, top->items[i].number);
        if (row->layer == NO_LAYER)
            continue;
        cleanup_free char *instruction = report_instruction(share->analysis, row->layer);
        row->instruction = arena_dup_text(arena, instruction);
    }
}

/* Findings in the order they are listed: errors first. */
static void keep_findings(const struct share *share, struct budget_result *result,
                          struct arena *arena)
{
    const struct findings *findings = &share->analysis->image->findings;
    for (size_t i = 0; i < findings->count && result->contributor_count < CONTRIBUTORS_MAX; i++) {
        const struct finding *finding = &findings->items[i];
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        if (!measure_counts_finding(share->budget->measure, finding))
            continue;
        strbuf_addf(&text, "%s %s", finding_code(finding->rule), finding->message);
        result->contributors[result->contributor_count++] = (struct contributor){
            .path = finding->path,
            .layer = finding->layer,
            .bytes = 1,
            .instruction = arena_dup(arena, text.buf, text.len),
        };
    }
    result->fix = "'ullage explain RULE' says why a rule is there and what to do";
}

/* What to do first */

static bool is_about_dead(enum measure measure)
{
    return measure == MEASURE_DEAD_BYTES || measure == MEASURE_EFFICIENCY ||
           (measure >= MEASURE_DIVE_WASTED && measure <= MEASURE_DIVE_EFFICIENCY);
}

static bool fits(const struct share *share, const struct suggestion *suggestion)
{
    bool within = false;
    for (size_t i = 0; i < suggestion->layer_count; i++)
        within = within || is_within(share, suggestion->layers[i]);
    if (!within)
        return false;
    if (is_about_dead(share->budget->measure))
        return advice_is_about_dead(suggestion);
    if (share->budget->measure == MEASURE_DUPLICATE_BYTES)
        return strcmp(suggestion->id, "duplicate-files") == 0;
    /* what is dead is no part of it */
    bool live =
        share->budget->measure == MEASURE_LIVE_BYTES || share->budget->measure == MEASURE_FILES;
    return !live || !advice_is_about_dead(suggestion);
}

static const struct suggestion *choose(const struct share *share,
                                       const struct budget_result *result)
{
    const struct advice *advice = &share->analysis->advice;
    if (share->budget->path_count)
        return result->contributor_count ? advice_for_path(advice, result->contributors[0].path)
                                         : NULL;
    bool by_files = share->budget->measure == MEASURE_FILES;
    const struct suggestion *best = NULL;
    for (size_t i = 0; i < advice->count; i++)
        if (fits(share, &advice->items[i]) &&
            (!best || (by_files && advice->items[i].files > best->files)))
            best = &advice->items[i];
    return best;
}

static void add_fix(const struct share *share, struct budget_result *result, struct arena *arena)
{
    const struct suggestion *suggestion;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    char size[SIZE_TEXT_MAX];
    if (share->budget->measure == MEASURE_LAYERS) {
        result->fix =
            "join instructions that belong together: RUN with &&, one COPY of several files";
        return;
    }
    suggestion = choose(share, result);
    if (!suggestion)
        return;
    strbuf_addf(&text, "%s", suggestion->title);
    if (suggestion->bytes)
        strbuf_addf(&text, " (%s)", size_format(suggestion->bytes, SIZE_DECIMAL, size));
    strbuf_addf(&text, ": %s", suggestion->fix);
    result->fix = arena_dup(arena, text.buf, text.len);
}

void share_fill(const struct share *share, struct budget_result *result, struct arena *arena)
{
    struct largest largest = {.share = share, .top.most = CONTRIBUTORS_MAX};
    if (measure_needs_checks(share->budget->measure)) {
        keep_findings(share, result, arena);
        return;
    }
    if (share->tally) {
        enum subject subject = share->budget->measure == MEASURE_FILES ? OF_NODES : OF_INODES;
        keep(share, &share->tally->top, subject, result, arena);
    } else {
        offer(&largest);
        top_finish(&largest.top);
        keep(share, &largest.top, largest.subject, result, arena);
        top_release(&largest.top);
    }
    add_fix(share, result, arena);
}
