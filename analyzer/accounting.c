#include "analyzer/accounting.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/apply.h"
#include "analyzer/equality.h"
#include "core/memory.h"

static const char *const cause_names[] = {
    [CAUSE_REWRITTEN] = "rewritten",       [CAUSE_REEMITTED] = "reemitted",
    [CAUSE_DELETED] = "deleted",           [CAUSE_OPAQUE] = "opaque",
    [CAUSE_TYPE_CHANGED] = "type_changed", [CAUSE_SHADOWED] = "shadowed",
};
static_assert(ARRAY_SIZE(cause_names) == CAUSE_COUNT, "every cause has a name");

const char *cause_name(enum cause cause)
{
    return cause_names[cause];
}

const struct entry *node_entry(const struct accounting *accounting, const struct tree_node *node,
                               uint32_t *ret_layer)
{
    uint32_t layer = node->layer, entry = node->entry;
    if (node->inode != INODE_NONE) {
        layer = accounting->inodes[node->inode].layer;
        entry = accounting->inodes[node->inode].entry;
    }
    if (ret_layer)
        *ret_layer = layer;
    return entry == ENTRY_NONE ? NULL : &layer_of(accounting, layer)->entries[entry];
}

/* Gives each live inode the name whose path sorts first. */
static void name_inodes(struct accounting *accounting)
{
    const struct tree *tree = &accounting->tree;
    cleanup_strbuf struct strbuf best = STRBUF_INIT, path = STRBUF_INIT;
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (node->kind != TAR_FILE || node->hidden || node->inode == INODE_NONE)
            continue;
        struct inode *inode = &accounting->inodes[node->inode];
        if (inode->node == NODE_NONE) {
            inode->node = i;
            continue;
        }
        strbuf_reset(&best);
        strbuf_reset(&path);
        tree_path(&best, tree, inode->node);
        tree_path(&path, tree, i);
        if (strcmp(path.buf, best.buf) < 0)
            inode->node = i;
    }
}

/* Everything whose equality some output depends on, each payload once. */
struct questions {
    uint8_t *asked; /* by inode */
    struct payload *payloads;
    uint32_t *group_of; /* by inode; valid where asked */
    size_t count, capacity;
};

static void ask(struct questions *questions, const struct accounting *accounting, uint32_t inode)
{
    if (questions->asked[inode])
        return;
    questions->asked[inode] = 1;
    questions->payloads = memory_grow(questions->payloads, questions->count,
                                      &questions->capacity, sizeof *questions->payloads);
    questions->payloads[questions->count++] = (struct payload){
        .layer = accounting->inodes[inode].layer,
        .entry = accounting->inodes[inode].entry,
    };
}

static int64_t inode_size(const struct accounting *accounting, uint32_t inode)
{
    return entry_size(inode_entry(accounting, &accounting->inodes[inode]));
}

struct sized {
    int64_t size;
    uint32_t inode;
};

static int compare_sized(const void *a, const void *b)
{
    const struct sized *left = a, *right = b;
    if (left->size != right->size)
        return left->size < right->size ? -1 : 1;
    return left->inode < right->inode ? -1 : left->inode > right->inode;
}

static void ask_duplicates(struct questions *questions, const struct accounting *accounting)
{
    struct sized *sized = memory_alloc_zero(accounting->inode_count, sizeof *sized);
    size_t count = 0;
    for (uint32_t i = 0; i < accounting->inode_count; i++) {
        if (!inode_is_live(&accounting->inodes[i]) || !inode_size(accounting, i))
            continue;
        sized[count++] = (struct sized){.size = inode_size(accounting, i), .inode = i};
    }
    qsort(sized, count, sizeof *sized, compare_sized);
    for (size_t i = 0; i < count; i++)
        if ((i && sized[i - 1].size == sized[i].size) ||
            (i + 1 < count && sized[i + 1].size == sized[i].size))
            ask(questions, accounting, sized[i].inode);
    free(sized);
}

static void ask_replaced(struct questions *questions, const struct accounting *accounting,
                         const struct apply *apply)
{
    for (size_t i = 0; i < apply->replaced_count; i++) {
        if (!inode_size(accounting, apply->replaced[i].old_inode))
            continue;
        ask(questions, accounting, apply->replaced[i].old_inode);
        ask(questions, accounting, apply->replaced[i].new_inode);
    }
    for (size_t i = 0; i < apply->maybe_count; i++) {
        ask(questions, accounting, apply->maybe[i].old_inode);
        ask(questions, accounting, apply->maybe[i].new_inode);
    }
}

static void answer_replaced(struct accounting *accounting, const struct apply *apply,
                            const uint32_t *group_of)
{
    for (size_t i = 0; i < apply->replaced_count; i++) {
        const struct replaced *replaced = &apply->replaced[i];
        struct inode *old = &accounting->inodes[replaced->old_inode];
        bool equal = !inode_size(accounting, replaced->old_inode) ||
                     group_of[replaced->old_inode] == group_of[replaced->new_inode];
        if (equal && old->cause == CAUSE_REWRITTEN)
            old->cause = CAUSE_REEMITTED;
    }
    for (size_t i = 0; i < apply->maybe_count; i++)
        if (group_of[apply->maybe[i].old_inode] != group_of[apply->maybe[i].new_inode])
            accounting->layers[apply->maybe[i].layer].modified++;
}

/* Inodes are made in the order of layers and entries. */
uint32_t accounting_inode_of(const struct accounting *accounting, uint32_t layer, uint32_t entry)
{
    size_t low = 0, high = accounting->inode_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct inode *inode = &accounting->inodes[middle];
        bool below =
            inode->layer < layer || (inode->layer == layer && inode->entry < entry);
        if (below)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static void sum_duplicates(struct accounting *accounting, const struct questions *questions)
{
    for (size_t i = 0; i < questions->count;) {
        uint32_t group = questions->payloads[i].group;
        bool first = true;
        for (; i < questions->count && questions->payloads[i].group == group; i++) {
            const struct payload *payload = &questions->payloads[i];
            uint32_t number = accounting_inode_of(accounting, payload->layer, payload->entry);
            const struct inode *inode = &accounting->inodes[number];
            if (!inode_is_live(inode))
                continue;
            int64_t bytes = inode_entry(accounting, inode)->content;
            if (!first) {
                accounting->duplicate_bytes += bytes;
                accounting->layers[inode->layer].duplicate_bytes += bytes;
            }
            first = false;
        }
    }
}

static int decide_equality(struct accounting *accounting, struct image *image,
                           const struct apply *apply, unsigned threads, struct error *err)
{
    struct questions questions = {
        .asked = memory_alloc_zero(accounting->inode_count, 1),
        .group_of = memory_alloc_zero(accounting->inode_count, sizeof(uint32_t)),
    };
    ask_replaced(&questions, accounting, apply);
    ask_duplicates(&questions, accounting);
    int result = equality_decide(image, questions.payloads, questions.count, threads,
                                 &accounting->bytes_hashed, err);
    if (result == 0) {
        for (size_t i = 0; i < questions.count; i++) {
            const struct payload *payload = &questions.payloads[i];
            questions.group_of[accounting_inode_of(accounting, payload->layer,
                                                   payload->entry)] = payload->group;
        }
        answer_replaced(accounting, apply, questions.group_of);
        sum_duplicates(accounting, &questions);
        accounting->payloads = questions.payloads;
        accounting->payload_count = questions.count;
        questions.payloads = NULL;
    }
    free(questions.asked);
    free(questions.group_of);
    free(questions.payloads);
    return result;
}

static void sum_up(struct accounting *accounting)
{
    for (size_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        struct layer_sums *sums = &accounting->layers[inode->layer];
        int64_t bytes = inode_entry(accounting, inode)->content;
        accounting->content_bytes += bytes;
        if (inode_is_live(inode)) {
            accounting->live_bytes += bytes;
            sums->live_bytes += bytes;
        } else {
            accounting->dead_bytes += bytes;
            accounting->dead_by_cause[inode->cause] += bytes;
            sums->dead_bytes += bytes;
        }
    }
}

static void apply_layers(struct accounting *accounting, struct image *image,
                         enum semantics semantics, struct apply *apply)
{
    *accounting = (struct accounting){
        .image = image,
        .semantics = semantics,
        .layer_count = image->chosen->layer_count,
        .layers = memory_alloc_zero(image->chosen->layer_count, sizeof(struct layer_sums)),
    };
    tree_start(&accounting->tree);
    findings_start(&accounting->findings, image->limits);
    *apply = (struct apply){.accounting = accounting};
    for (uint32_t i = 0; i < accounting->layer_count; i++)
        apply_layer(apply, i);
    name_inodes(accounting);
}

int accounting_run(struct accounting *ret_accounting, struct image *image,
                   enum semantics semantics, unsigned threads, struct error *err)
{
    struct accounting accounting;
    struct apply apply;
    apply_layers(&accounting, image, semantics, &apply);
    int result = decide_equality(&accounting, image, &apply, threads, err);
    apply_release(&apply);
    if (result < 0) {
        accounting_release(&accounting);
        return -1;
    }
    sum_up(&accounting);
    *ret_accounting = accounting;
    return 0;
}

void accounting_run_names(struct accounting *ret_accounting, struct image *image,
                          enum semantics semantics)
{
    struct apply apply;
    apply_layers(ret_accounting, image, semantics, &apply);
    apply_release(&apply);
    sum_up(ret_accounting);
}

void accounting_release(struct accounting *accounting)
{
    tree_release(&accounting->tree);
    findings_release(&accounting->findings);
    free(accounting->inodes);
    free(accounting->layers);
    free(accounting->payloads);
    free(accounting->past);
    *accounting = (struct accounting){0};
}
