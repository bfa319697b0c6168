/* What a manifest says, whatever it is written in: a tree of maps, lists and scalars whose every node knows
 * its line and column, so that a decision can name the place it comes from. JSON, TOML, YAML and XML are
 * read into this one form by the readers in readers/. Scalars are text as it was written (strings without
 * their quotes); what it means, whoever asked knows. Nothing in it holds a NUL.
 *
 * In XML an element is a map: its attributes are members named "@name", its elements members in order, of
 * which several may have one name, and its own characters are `text`. */
#ifndef ULLAGE_GENERATOR_DOCUMENT_H
#define ULLAGE_GENERATOR_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"
#include "core/table.h"

#define DOCUMENT_BYTES_MAX ((size_t)64 << 20) /* the largest lock files have about 30 MB */
#define DOCUMENT_NODES_MAX 4000000
#define DOCUMENT_DEPTH_MAX 128 /* nothing that people write nests deeper than twenty */

enum node_kind { NODE_NULL, NODE_BOOLEAN, NODE_NUMBER, NODE_DATE, NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    unsigned flags; /* the reader's own */
    uint32_t line, column; /* from 1; columns count bytes */
    uint32_t number;       /* of a list or map within its document */
    const char *key;       /* of a map's member, else NULL */
    const char *text;      /* of a scalar; of an element of XML its characters */
    struct node *first, *last, *next;
    size_t count;
};

struct document {
    struct arena arena;
    const char *name;
    struct span text;
    struct node *root; /* NULL: an empty document */
    struct table index;
    struct node **members; /* of all maps, as the index numbers them */
    uint32_t *owners;
    size_t member_count, member_capacity, owner_capacity;
    size_t node_count;
    uint32_t maps;
};

/* Whoever reads a document into the tree; `text` is lent for the time of the call. On failure nothing is to
 * be released, and the error begins with NAME:LINE:COLUMN. */
typedef int document_reader(struct document *ret_document, const char *name, struct span text,
                            struct error *err);
document_reader document_read_json;  /* RFC 8259, no key twice */
document_reader document_read_jsonc; /* with comments and a comma too many, as tsconfig.json has them */
document_reader document_read_json5;
document_reader document_read_toml; /* 1.0 */
document_reader document_read_yaml; /* one document; anchors and merge keys are followed */
document_reader document_read_xml;  /* no entities of its own, nothing from outside */

void document_release(struct document *document);
#define cleanup_document __attribute__((cleanup(document_release)))

/* A member of a map, in constant time; NULL where there is none or `map` is NULL or no map. */
const struct node *node_get(const struct document *document, const struct node *map, const char *key);
/* The same through several maps: "tool.poetry.name". No key may hold a dot. */
const struct node *node_path(const struct document *document, const char *path);
const struct node *node_path_from(const struct document *document, const struct node *map,
                                  const char *path);
/* The text of a scalar that is no null; NULL for everything else. */
const char *node_text(const struct node *node);
/* The text at a path, NULL if there is none. */
const char *document_text(const struct document *document, const char *path);
bool node_is_true(const struct node *node);

/* For readers. */
void document_start(struct document *document, const char *name, struct span text);
struct node *document_node(struct document *document, enum node_kind kind, uint32_t line,
                           uint32_t column, struct error *err); /* NULL with the error */
void document_append(struct node *parent, struct node *child);
/* Appends a member; false if the map has that key. `repeats` permits it, as XML does. */
bool document_add_member(struct document *document, struct node *map, const char *key,
                         struct node *value, bool repeats);
struct node *document_member(const struct document *document, const struct node *map, const char *key);
int document_refuse(const struct document *document, uint32_t line, uint32_t column, struct error *err,
                    const char *format, ...) PRINTF_LIKE(5, 6);
int document_check_size(const struct document *document, struct error *err);

#endif
