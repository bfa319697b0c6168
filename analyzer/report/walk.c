#include "analyzer/report/walk.h"

#include "core/memory.h"

/* A folder that was entered and not left. */
struct level {
    uint32_t node;
    uint32_t *children;
    size_t count, next;
};

struct walk {
    const struct tree *tree;
    const struct walk_visitor *visitor;
    struct level *levels;
    size_t depth, capacity;
};

static void enter(struct walk *walk, uint32_t node)
{
    walk->levels =
        memory_grow(walk->levels, walk->depth, &walk->capacity, sizeof *walk->levels);
    struct level *level = &walk->levels[walk->depth++];
    *level = (struct level){.node = node};
    level->children = tree_children(walk->tree, node, &level->count);
    walk->visitor->enter(walk->visitor->context, node);
}

static void leave(struct walk *walk)
{
    struct level *level = &walk->levels[--walk->depth];
    walk->visitor->leave(walk->visitor->context, level->node);
    free(level->children);
}

void walk_tree(const struct accounting *accounting, const struct walk_visitor *visitor)
{
    struct walk walk = {.tree = &accounting->tree, .visitor = visitor};
    enter(&walk, NODE_ROOT);
    while (walk.depth) {
        struct level *level = &walk.levels[walk.depth - 1];
        if (level->next == level->count) {
            leave(&walk);
            continue;
        }
        uint32_t child = level->children[level->next++];
        const struct tree_node *node = &walk.tree->nodes[child];
        if (node->hidden)
            continue;
        if (node->kind == TAR_DIR)
            enter(&walk, child);
        else
            visitor->item(visitor->context, child);
    }
    free(walk.levels);
}
