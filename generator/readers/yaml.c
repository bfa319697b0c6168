/* YAML as tools write it and read it: anchors are followed by copying, within the limit of nodes,
 * and '<<' merges. libyaml's events alone are used. */
#include "generator/manifest.h"

#include <string.h>
#include <yaml.h>

#include "core/memory.h"
#include "core/strbuf.h"

struct anchor {
    const char *name;
    const struct node *node;
};

struct yaml_tree {
    struct manifest *document;
    yaml_parser_t parser;
    struct anchor *anchors;
    size_t anchor_count, anchor_capacity;
    size_t copies;
};

static int refuse(const struct yaml_tree *tree, yaml_mark_t mark, struct error *err,
                  const char *message)
{
    return manifest_refuse(tree->document, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1, err,
                           "%s", message);
}

static int next_event(struct yaml_tree *tree, yaml_event_t *event, struct error *err)
{
    if (yaml_parser_parse(&tree->parser, event))
        return 0;
    if (tree->parser.error == YAML_MEMORY_ERROR)
        memory_exhausted(0);
    return refuse(tree, tree->parser.problem_mark, err,
                  tree->parser.problem ? tree->parser.problem : "no YAML");
}

static struct node *new_node(struct yaml_tree *tree, enum node_kind kind, yaml_mark_t mark,
                             struct error *err)
{
    return manifest_node(tree->document, kind, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1,
                         err);
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static enum node_kind kind_of(const char *text, bool plain)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const booleans[] = {"true", "false", "True", "False", "TRUE", "FALSE", NULL};
    if (!plain)
        return NODE_TEXT;
    if (is_one_of(text, nulls))
        return NODE_NULL;
    if (is_one_of(text, booleans))
        return NODE_BOOLEAN;
    size_t digits = strspn(text, "0123456789.");
    return digits && !text[digits] ? NODE_NUMBER : NODE_TEXT;
}

static struct node *take_scalar(struct yaml_tree *tree, const yaml_event_t *event,
                                struct error *err)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    if (memchr(text, '\0', len)) {
        refuse(tree, event->start_mark, err, "a text must not hold a NUL");
        return NULL;
    }
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    struct node *node = new_node(tree, kind_of(text, plain), event->start_mark, err);
    if (node)
        node->text = arena_dup(&tree->document->arena, text, len);
    return node;
}

#define COPIES_MAX 200000 /* a few lines of aliases can ask for billions */

static struct node *copy_node(struct yaml_tree *tree, const struct node *from, unsigned depth,
                              struct error *err)
{
    if (++tree->copies > COPIES_MAX || depth > MANIFEST_DEPTH_MAX) {
        manifest_refuse(tree->document, from->line, from->column, err, "aliases ask for too much");
        return NULL;
    }
    struct node *copy = manifest_node(tree->document, from->kind, from->line, from->column, err);
    if (!copy)
        return NULL;
    copy->text = from->text;
    for (const struct node *child = from->first; child; child = child->next) {
        struct node *twin = copy_node(tree, child, depth + 1, err);
        if (!twin)
            return NULL;
        if (from->kind == NODE_MAP)
            manifest_add_member(tree->document, copy, child->key, twin, false);
        else
            manifest_append(copy, twin);
    }
    return copy;
}

static struct node *follow_alias(struct yaml_tree *tree, const yaml_event_t *event,
                                 struct error *err)
{
    const char *name = (const char *)event->data.alias.anchor;
    for (size_t i = tree->anchor_count; i-- > 0;)
        if (strcmp(tree->anchors[i].name, name) == 0)
            return copy_node(tree, tree->anchors[i].node, 1, err);
    refuse(tree, event->start_mark, err, "an alias of what was not named before");
    return NULL;
}

#define ANCHORS_MAX 1000 /* each alias looks through them */

static int remember(struct yaml_tree *tree, const struct node *node, const yaml_char_t *name,
                    yaml_mark_t mark, struct error *err)
{
    if (!name)
        return 0;
    if (tree->anchor_count == ANCHORS_MAX)
        return refuse(tree, mark, err, "too many anchors");
    tree->anchors = memory_grow(tree->anchors, tree->anchor_count, &tree->anchor_capacity,
                                sizeof *tree->anchors);
    tree->anchors[tree->anchor_count++] = (struct anchor){
        .name = arena_dup_text(&tree->document->arena, (const char *)name), .node = node};
    return 0;
}

/* '<<: *base' and '<<: [*one, *two]': members that the map has not itself. */
static int merge(struct yaml_tree *tree, struct node *map, const struct node *from,
                 struct error *err)
{
    if (from->kind == NODE_LIST) {
        for (const struct node *one = from->first; one; one = one->next)
            if (one->kind == NODE_MAP && merge(tree, map, one, err) < 0)
                return -1;
        return 0;
    }
    for (const struct node *member = from->first; member; member = member->next) {
        if (manifest_member(tree->document, map, member->key))
            continue;
        struct node *copy = copy_node(tree, member, 1, err);
        if (!copy)
            return -1;
        manifest_add_member(tree->document, map, member->key, copy, false);
    }
    return 0;
}

static int read_node(struct yaml_tree *tree, unsigned depth, struct node **ret_node,
                     struct error *err);

static int read_list(struct yaml_tree *tree, struct node *list, unsigned depth, struct error *err)
{
    for (;;) {
        struct node *child;
        if (read_node(tree, depth + 1, &child, err) < 0)
            return -1;
        if (!child)
            return 0;
        manifest_append(list, child);
    }
}

static int read_map(struct yaml_tree *tree, struct node *map, unsigned depth, struct error *err)
{
    struct node *merged = NULL;
    for (;;) {
        struct node *key, *value;
        if (read_node(tree, depth + 1, &key, err) < 0)
            return -1;
        if (!key)
            break;
        if (read_node(tree, depth + 1, &value, err) < 0)
            return -1;
        if (key->kind == NODE_LIST || key->kind == NODE_MAP)
            continue; /* nothing that we look for has such a key */
        if (strcmp(key->text, "<<") == 0 && value->kind != NODE_TEXT)
            merged = value;
        else if (!manifest_add_member(tree->document, map, key->text, value, false))
            return manifest_refuse(tree->document, key->line, key->column, err,
                                   "the key stands here again");
        value->line = key->line; /* a member stands where its key stands */
        value->column = key->column;
    }
    return merged ? merge(tree, map, merged, err) : 0;
}

static int read_event(struct yaml_tree *tree, const yaml_event_t *event, unsigned depth,
                      struct node **ret_node, struct error *err)
{
    struct node *node = NULL;
    const yaml_char_t *anchor = NULL;
    if (depth > MANIFEST_DEPTH_MAX)
        return refuse(tree, event->start_mark, err, "nests too deep");
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        node = take_scalar(tree, event, err);
        anchor = event->data.scalar.anchor;
        break;
    case YAML_ALIAS_EVENT:
        node = follow_alias(tree, event, err);
        break;
    case YAML_SEQUENCE_START_EVENT:
        node = new_node(tree, NODE_LIST, event->start_mark, err);
        anchor = event->data.sequence_start.anchor;
        if (node && read_list(tree, node, depth, err) < 0)
            return -1;
        break;
    case YAML_MAPPING_START_EVENT:
        node = new_node(tree, NODE_MAP, event->start_mark, err);
        anchor = event->data.mapping_start.anchor;
        if (node && read_map(tree, node, depth, err) < 0)
            return -1;
        break;
    default:
        return refuse(tree, event->start_mark, err, "a value is wanted here");
    }
    *ret_node = node;
    return node ? remember(tree, node, anchor, event->start_mark, err) : -1;
}

/* The next node; NULL where the next event ends what is open. */
static int read_node(struct yaml_tree *tree, unsigned depth, struct node **ret_node,
                     struct error *err)
{
    yaml_event_t event;
    int result = 0;
    if (next_event(tree, &event, err) < 0)
        return -1;
    *ret_node = NULL;
    if (event.type != YAML_SEQUENCE_END_EVENT && event.type != YAML_MAPPING_END_EVENT)
        result = read_event(tree, &event, depth, ret_node, err);
    yaml_event_delete(&event);
    return result;
}

/* The first document of the stream; tools that read more are none of ours. */
static int read_stream(struct yaml_tree *tree, struct error *err)
{
    for (;;) {
        yaml_event_t event;
        if (next_event(tree, &event, err) < 0)
            return -1;
        yaml_event_type_t type = event.type;
        int result = 0;
        bool inside = type == YAML_SCALAR_EVENT || type == YAML_ALIAS_EVENT ||
                      type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
        if (inside)
            result = read_event(tree, &event, 1, &tree->document->root, err);
        yaml_event_delete(&event);
        if (result < 0 || inside || type == YAML_STREAM_END_EVENT)
            return result;
    }
}

int manifest_read_yaml(struct manifest *ret_document, const char *name, struct span text,
                       struct error *err)
{
    struct manifest document;
    manifest_start(&document, name, text);
    struct yaml_tree tree = {.document = &document};
    int result = manifest_check_size(&document, err);
    if (result == 0) {
        if (!yaml_parser_initialize(&tree.parser))
            memory_exhausted(0);
        yaml_parser_set_encoding(&tree.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&tree.parser,
                                     (const unsigned char *)(text.len ? text.ptr : ""), text.len);
        result = read_stream(&tree, err);
        yaml_parser_delete(&tree.parser);
    }
    free(tree.anchors);
    if (result < 0)
        manifest_release(&document);
    else
        *ret_document = document;
    return result;
}
