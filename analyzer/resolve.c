#include "analyzer/resolve.h"

#include <string.h>

#include "core/memory.h"

/* As Linux allows. */
#define HOPS_MAX 40

/* Puts a link's target in front of what is left of the path. */
static void insert_target(struct strbuf *rest, size_t at, const char *target)
{
    cleanup_strbuf struct strbuf next = STRBUF_INIT;
    strbuf_addf(&next, "%s/%s", target, rest->buf + at);
    strbuf_reset(rest);
    strbuf_add(rest, next.buf, next.len);
}

static const char *link_target(const struct accounting *accounting, const struct tree_node *node)
{
    const struct entry *entry = node_entry(accounting, node, NULL);
    const char *target = entry ? entry_link(entry) : NULL;
    return target ? target : "";
}

uint32_t resolve_path(const struct accounting *accounting, const char *path)
{
    const struct tree *tree = &accounting->tree;
    cleanup_strbuf struct strbuf rest = STRBUF_INIT;
    uint32_t node = NODE_ROOT;
    int hops = 0;
    strbuf_add_text(&rest, path);
    for (size_t at = 0; at < rest.len;) {
        const char *name = rest.buf + at;
        size_t len = strcspn(name, "/");
        at += len + (name[len] == '/');
        if (!len || (len == 1 && *name == '.'))
            continue;
        if (tree->nodes[node].kind != TAR_DIR)
            return NODE_NONE;
        if (len == 2 && memcmp(name, "..", 2) == 0) {
            node = node == NODE_ROOT ? NODE_ROOT : tree->nodes[node].parent;
            continue;
        }
        uint32_t child = tree_find(tree, node, name, len);
        if (child == NODE_NONE || !node_is_visible(&tree->nodes[child]))
            return NODE_NONE;
        if (tree->nodes[child].kind != TAR_SYMLINK) {
            node = child;
            continue;
        }
        const char *target = link_target(accounting, &tree->nodes[child]);
        if (++hops > HOPS_MAX || !*target)
            return NODE_NONE;
        insert_target(&rest, at, target);
        at = 0;
        node = *target == '/' ? NODE_ROOT : node;
    }
    return node;
}
