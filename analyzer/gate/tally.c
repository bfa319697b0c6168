#include "analyzer/gate/tally.h"

#include <string.h>

static bool is_of_inodes(const struct tally *tally)
{
    return tally->budget->measure != MEASURE_FILES;
}

static void path_is(struct strbuf *out, const void *context, uint32_t number)
{
    (void)number;
    strbuf_add_text(out, context);
}

static void count(struct tally *tally, int64_t bytes, uint32_t number, size_t layer,
                  const char *path)
{
    tally->value += bytes;
    if (bytes && (!tally->wanted || tally->wanted[layer]))
        top_offer(&tally->top, bytes, 1, number, path_is, path);
}

static bool counts(const struct tally *tally, const struct inode *inode)
{
    if (inode->layer < tally->extent.from || inode->layer >= tally->extent.to)
        return false;
    if (tally->budget->measure == MEASURE_LIVE_BYTES)
        return inode_is_live(inode);
    return tally->budget->measure != MEASURE_DEAD_BYTES || !inode_is_live(inode);
}

/* A live file matches by the name under which it is seen; where a link leads there, the name in the
 * layer is another one, and what ships under that matches too. */
struct names {
    struct strbuf shipped, seen;
};

static void read_names(struct names *names, const struct accounting *accounting,
                       const struct inode *inode)
{
    strbuf_reset(&names->shipped);
    strbuf_reset(&names->seen);
    entry_path(&names->shipped, layer_of(accounting, inode->layer), inode_entry(accounting, inode));
    if (inode_is_live(inode))
        tree_path(&names->seen, &accounting->tree, inode->node);
}

static const char *name_that_matches(const struct tally *tally, const struct names *names)
{
    const struct strbuf *seen = &names->seen, *shipped = &names->shipped;
    if (seen->len && budget_matches(tally->budget, span_of(seen->buf, seen->len)))
        return seen->buf;
    if (tally->budget->measure != MEASURE_LIVE_BYTES &&
        budget_matches(tally->budget, span_of(shipped->buf, shipped->len)))
        return shipped->buf;
    return NULL;
}

static void tally_inodes(struct tally *tallies, size_t tally_count,
                         const struct accounting *accounting)
{
    struct names names = {.shipped = STRBUF_INIT, .seen = STRBUF_INIT};
    for (uint32_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        bool read = false;
        for (size_t t = 0; t < tally_count; t++) {
            if (!is_of_inodes(&tallies[t]) || !counts(&tallies[t], inode))
                continue;
            if (!read)
                read_names(&names, accounting, inode);
            read = true;
            const char *name = name_that_matches(&tallies[t], &names);
            if (name)
                count(&tallies[t], inode_entry(accounting, inode)->content, i, inode->layer, name);
        }
    }
    strbuf_release(&names.shipped);
    strbuf_release(&names.seen);
}

static void tally_names(struct tally *tally, const struct tree *tree)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (node->kind != TAR_FILE || node->hidden || node->layer < tally->extent.from ||
            node->layer >= tally->extent.to)
            continue;
        strbuf_reset(&path);
        tree_path(&path, tree, i);
        if (budget_matches(tally->budget, span_of(path.buf, path.len)))
            count(tally, 1, i, node->layer, path.buf);
    }
}

void tallies_fill(struct tally *tallies, size_t tally_count, const struct analysis *analysis)
{
    bool inodes = false;
    for (size_t i = 0; i < tally_count; i++) {
        tallies[i].top.most = CONTRIBUTORS_MAX;
        inodes = inodes || is_of_inodes(&tallies[i]);
    }
    if (inodes)
        tally_inodes(tallies, tally_count, &analysis->accounting);
    for (size_t i = 0; i < tally_count; i++) {
        if (!is_of_inodes(&tallies[i]))
            tally_names(&tallies[i], &analysis->accounting.tree);
        top_finish(&tallies[i].top);
    }
}
