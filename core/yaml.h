/* YAML that people write by hand, read into a tree whose every node knows its line and column.
 * Strict: one document, no anchors, aliases or tags, no key twice in a mapping; what is refused is
 * shown with its source line and a caret. A document larger than YAML_BYTES_MAX, with more than
 * YAML_NODES_MAX nodes or deeper than YAML_DEPTH_MAX is refused likewise. Scalars are text: what it
 * means, whoever asked knows. */
#ifndef ULLAGE_CORE_YAML_H
#define ULLAGE_CORE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/nearest.h"
#include "core/span.h"

#define YAML_BYTES_MAX ((size_t)1 << 20) /* a configuration has some kB */
#define YAML_NODES_MAX 100000
#define YAML_DEPTH_MAX 64

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    bool quoted;                 /* a scalar in quotes or a block: never null */
    uint32_t line, column;       /* from 1; columns count characters */
    const char *text;            /* of a scalar; it holds no NUL */
    const struct yaml_node *key; /* of a mapping's value */
    struct yaml_node *first;     /* items, or a mapping's values, in order */
    struct yaml_node *next;
    size_t count;
};

struct yaml {
    struct arena arena;
    const char *name; /* of the file, escaped for messages */
    struct span text;
    enum error_code refusal; /* the code of its errors */
    struct yaml_node *root;  /* NULL: an empty document */
};

/* Reads `text`, which must outlive the tree. On failure nothing is to be released. */
int yaml_parse(struct yaml *ret_yaml, const char *name, struct span text, enum error_code refusal,
               struct error *err);
void yaml_release(struct yaml *yaml);

/* NAME:LINE:COLUMN: and the message; the hint is the source line, a caret, and `advice` unless
 * NULL. */
int yaml_refuse(const struct yaml *yaml, const struct yaml_node *at, const char *advice,
                struct error *err, const char *format, ...) PRINTF_LIKE(5, 6);

/* The value of a mapping's key; NULL if there is none. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

/* Refuses a node of another kind: "'budgets' is a list". `what` names it. */
int yaml_expect(const struct yaml *yaml, const struct yaml_node *node, enum yaml_kind kind,
                const char *what, struct error *err);

/* Refuses keys of a mapping that are none of `known` (ends with NULL), and offers the nearest. */
int yaml_expect_keys(const struct yaml *yaml, const struct yaml_node *mapping,
                     const char *const *known, const char *what, struct error *err);

/* The index of a scalar's text in `words` (ends with NULL); else refuses, and offers the nearest.
 */
int yaml_choose(const struct yaml *yaml, const struct yaml_node *node, const char *const *words,
                const char *what, size_t *ret_index, struct error *err);

/* A plain scalar that is empty, ~ or null. */
bool yaml_is_null(const struct yaml_node *node);

#define cleanup_yaml __attribute__((cleanup(yaml_release)))

#endif
