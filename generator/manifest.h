/* What a manifest says, whatever it is written in: a tree of maps, lists and scalars whose every
 * node knows its line and column, so that a decision can name the place it comes from. JSON, TOML,
 * YAML and XML are read into this one form by the readers in readers/. Scalars are text as it was
 * written (strings without their quotes); what it means, whoever asked knows. Nothing in it holds a
 * NUL.
 *
 * In XML an element is a map: its attributes are members named "@name", its elements members in
 * order, of which several may have one name, and its own characters are `text`. */
#ifndef ULLAGE_GENERATOR_MANIFEST_H
#define ULLAGE_GENERATOR_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"
#include "core/table.h"

#define MANIFEST_BYTES_MAX ((size_t)64 << 20) /* the largest lock files have about 30 MB */
#define MANIFEST_NODES_MAX 4000000
#define MANIFEST_DEPTH_MAX 128 /* nothing that people write nests deeper than twenty */

enum node_kind { NODE_NULL, NODE_BOOLEAN, NODE_NUMBER, NODE_DATE, NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    unsigned flags;        /* the reader's own */
    uint32_t line, column; /* from 1; columns count bytes */
    uint32_t number;       /* of a list or map within its document */
    const char *key;       /* of a map's member, else NULL */
    const char *text;      /* of a scalar; of an element of XML its characters */
    struct node *first, *last, *next;
    size_t count;
};

struct manifest {
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

/* Whoever reads a document into the tree; `text` is lent for the time of the call. On failure
 * nothing is to be released, and the error begins with NAME:LINE:COLUMN. */
typedef int manifest_reader(struct manifest *ret_document, const char *name, struct span text,
                            struct error *err);
manifest_reader manifest_read_json; /* RFC 8259, no key twice */
manifest_reader
    manifest_read_jsonc; /* with comments and a comma too many, as tsconfig.json has them */
manifest_reader manifest_read_json5;
manifest_reader manifest_read_toml; /* 1.0 */
manifest_reader manifest_read_yaml; /* one document; anchors and merge keys are followed */
manifest_reader manifest_read_xml;  /* no entities of its own, nothing from outside */

void manifest_release(struct manifest *document);
#define cleanup_manifest __attribute__((cleanup(manifest_release)))

/* A member of a map, in constant time; NULL where there is none or `map` is NULL or no map. */
const struct node *node_get(const struct manifest *document, const struct node *map,
                            const char *key);
/* The same through several maps: "tool.poetry.name". No key may hold a dot. */
const struct node *node_path(const struct manifest *document, const char *path);
const struct node *node_path_from(const struct manifest *document, const struct node *map,
                                  const char *path);
/* The text of a scalar that is no null; NULL for everything else. */
const char *node_text(const struct node *node);
/* The text at a path, NULL if there is none. */
const char *manifest_text(const struct manifest *document, const char *path);
bool node_is_true(const struct node *node);

/* For readers. */
void manifest_start(struct manifest *document, const char *name, struct span text);
struct node *manifest_node(struct manifest *document, enum node_kind kind, uint32_t line,
                           uint32_t column, struct error *err); /* NULL with the error */
void manifest_append(struct node *parent, struct node *child);
/* Appends a member; false if the map has that key. `repeats` permits it, as XML does. */
bool manifest_add_member(struct manifest *document, struct node *map, const char *key,
                         struct node *value, bool repeats);
struct node *manifest_member(const struct manifest *document, const struct node *map,
                             const char *key);
int manifest_refuse(const struct manifest *document, uint32_t line, uint32_t column,
                    struct error *err, const char *format, ...) PRINTF_LIKE(5, 6);
int manifest_check_size(const struct manifest *document, struct error *err);

#endif
