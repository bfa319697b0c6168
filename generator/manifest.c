#include "generator/manifest.h"

#include <stdarg.h>
#include <string.h>

#include "core/escape.h"
#include "core/memory.h"
#include "core/strbuf.h"

void manifest_start(struct manifest *document, const char *name, struct span text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    *document = (struct manifest){.text = text};
    escape_for_terminal(&shown, span_of_text(name));
    document->name = arena_dup(&document->arena, shown.buf, shown.len);
}

void manifest_release(struct manifest *document)
{
    arena_release(&document->arena);
    table_release(&document->index);
    free(document->members);
    free(document->owners);
    *document = (struct manifest){0};
}

int manifest_refuse(const struct manifest *document, uint32_t line, uint32_t column,
                    struct error *err, const char *format, ...)
{
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&message, format, args);
    va_end(args);
    return error_set(err, ERROR_INPUT, "%s:%u:%u: %s", document->name, (unsigned)line,
                     (unsigned)column, message.buf);
}

int manifest_check_size(const struct manifest *document, struct error *err)
{
    if (document->text.len <= MANIFEST_BYTES_MAX)
        return 0;
    return error_set(err, ERROR_LIMIT, "%s: has %zu bytes, more than %zu", document->name,
                     document->text.len, MANIFEST_BYTES_MAX);
}

struct node *manifest_node(struct manifest *document, enum node_kind kind, uint32_t line,
                           uint32_t column, struct error *err)
{
    if (++document->node_count > MANIFEST_NODES_MAX) {
        error_set(err, ERROR_LIMIT, "%s:%u:%u: has more than %d values", document->name,
                  (unsigned)line, (unsigned)column, MANIFEST_NODES_MAX);
        return NULL;
    }
    struct node *node = arena_alloc_zero(&document->arena, sizeof *node);
    node->kind = kind;
    node->line = line;
    node->column = column;
    if (kind == NODE_MAP || kind == NODE_LIST)
        node->number = document->maps++;
    return node;
}

void manifest_append(struct node *parent, struct node *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

struct member_key {
    uint32_t owner;
    const char *text;
};

static bool is_member(const void *context, uint32_t number, const void *key)
{
    const struct manifest *document = context;
    const struct member_key *want = key;
    return document->owners[number] == want->owner &&
           strcmp(document->members[number]->key, want->text) == 0;
}

struct node *manifest_member(const struct manifest *document, const struct node *map,
                             const char *key)
{
    struct member_key want = {.owner = map->number, .text = key};
    uint64_t hash = table_hash(key, strlen(key), map->number);
    uint32_t number = table_find(&document->index, hash, is_member, document, &want);
    return number == TABLE_NONE ? NULL : document->members[number];
}

bool manifest_add_member(struct manifest *document, struct node *map, const char *key,
                         struct node *value, bool repeats)
{
    bool known = manifest_member(document, map, key) != NULL;
    if (known && !repeats)
        return false;
    value->key = key;
    manifest_append(map, value);
    if (known)
        return true;
    document->members = memory_grow(document->members, document->member_count,
                                    &document->member_capacity, sizeof *document->members);
    document->owners = memory_grow(document->owners, document->member_count,
                                   &document->owner_capacity, sizeof *document->owners);
    document->members[document->member_count] = value;
    document->owners[document->member_count] = map->number;
    table_add(&document->index, table_hash(key, strlen(key), map->number),
              (uint32_t)document->member_count++);
    return true;
}

const struct node *node_get(const struct manifest *document, const struct node *map,
                            const char *key)
{
    if (!document || !map || map->kind != NODE_MAP)
        return NULL;
    return manifest_member(document, map, key);
}

const struct node *node_path_from(const struct manifest *document, const struct node *map,
                                  const char *path)
{
    char part[128];
    while (map && *path) {
        size_t len = strcspn(path, ".");
        if (len >= sizeof part)
            return NULL;
        memcpy(part, path, len);
        part[len] = '\0';
        map = node_get(document, map, part);
        path += len + (path[len] == '.');
    }
    return map;
}

const struct node *node_path(const struct manifest *document, const char *path)
{
    return document ? node_path_from(document, document->root, path) : NULL;
}

const char *node_text(const struct node *node)
{
    return node && node->kind != NODE_NULL && node->kind != NODE_LIST ? node->text : NULL;
}

const char *manifest_text(const struct manifest *document, const char *path)
{
    return node_text(node_path(document, path));
}

bool node_is_true(const struct node *node)
{
    return node && node->kind == NODE_BOOLEAN && strcmp(node->text, "true") == 0;
}
