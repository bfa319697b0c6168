#include "generator/manifest.h"

#include <string.h>

#include "generator/readers/json_events.h"

/* Where the next value goes. */
struct place {
    struct node *parent; /* NULL: the root */
    const char *key;
};

static const enum node_kind kinds[] = {
    [JSON_EVENT_OBJECT] = NODE_MAP,   [JSON_EVENT_ARRAY] = NODE_LIST,
    [JSON_EVENT_TEXT] = NODE_TEXT,    [JSON_EVENT_NUMBER] = NODE_NUMBER,
    [JSON_EVENT_TRUE] = NODE_BOOLEAN, [JSON_EVENT_FALSE] = NODE_BOOLEAN,
    [JSON_EVENT_NULL] = NODE_NULL,
};

static int refuse(const struct manifest *document, const struct json_events *events,
                  struct error *err, const char *message)
{
    return manifest_refuse(document, events->value_line, events->value_column, err, "%s", message);
}

static int take_text(struct manifest *document, const struct json_events *events,
                     const char **ret_text, struct error *err)
{
    if (memchr(events->value.ptr, '\0', events->value.len))
        return refuse(document, events, err, "a text must not hold a NUL");
    *ret_text = arena_dup(&document->arena, events->value.ptr, events->value.len);
    return 0;
}

static int add_value(struct manifest *document, const struct json_events *events,
                     enum json_event event, const struct place *place, struct node **ret_node,
                     struct error *err)
{
    struct node *node =
        manifest_node(document, kinds[event], events->value_line, events->value_column, err);
    if (!node)
        return -1;
    bool scalar = event != JSON_EVENT_OBJECT && event != JSON_EVENT_ARRAY;
    if (scalar && take_text(document, events, &node->text, err) < 0)
        return -1;
    if (!place->parent)
        document->root = node;
    else if (place->parent->kind == NODE_LIST)
        manifest_append(place->parent, node);
    else if (!manifest_add_member(document, place->parent, place->key, node, false))
        return refuse(document, events, err, "the key of this value stands here again");
    *ret_node = node;
    return 0;
}

static int read_tree(struct manifest *document, struct json_events *events, struct error *err)
{
    struct node *open[MANIFEST_DEPTH_MAX + 1] = {NULL};
    const char *key = NULL;
    for (;;) {
        enum json_event event;
        if (json_events_next(events, &event, err) < 0)
            return -1;
        if (event == JSON_EVENT_END)
            return 0;
        if (event == JSON_EVENT_OBJECT_END || event == JSON_EVENT_ARRAY_END)
            continue;
        if (event == JSON_EVENT_KEY) {
            if (take_text(document, events, &key, err) < 0)
                return -1;
            continue;
        }
        bool opens = event == JSON_EVENT_OBJECT || event == JSON_EVENT_ARRAY;
        struct place place = {.parent = open[events->depth - opens], .key = key};
        struct node *node = NULL;
        if (add_value(document, events, event, &place, &node, err) < 0)
            return -1;
        if (opens)
            open[events->depth] = node;
    }
}

static int read_dialect(struct manifest *ret_document, const char *name, struct span text,
                        enum json_dialect dialect, struct error *err)
{
    struct manifest document;
    struct json_events events;
    manifest_start(&document, name, text);
    json_events_start(&events, document.name, text, dialect);
    int result = manifest_check_size(&document, err);
    if (result == 0)
        result = read_tree(&document, &events, err);
    json_events_release(&events);
    if (result < 0)
        manifest_release(&document);
    else
        *ret_document = document;
    return result;
}

int manifest_read_json(struct manifest *ret_document, const char *name, struct span text,
                       struct error *err)
{
    return read_dialect(ret_document, name, text, JSON_STRICT, err);
}

int manifest_read_jsonc(struct manifest *ret_document, const char *name, struct span text,
                        struct error *err)
{
    return read_dialect(ret_document, name, text, JSON_COMMENTS, err);
}

int manifest_read_json5(struct manifest *ret_document, const char *name, struct span text,
                        struct error *err)
{
    return read_dialect(ret_document, name, text, JSON_FIVE, err);
}
