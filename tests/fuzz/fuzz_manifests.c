/* Manifests of strangers. The first byte says in which format the rest is: what is taken can be
 * walked, and what is refused says why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator/manifest.h"
#include "generator/version.h"
#include "tests/fuzz/fuzz.h"

static void broken(const char *what)
{
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_error(struct error *error)
{
    if (error->code != ERROR_INPUT && error->code != ERROR_LIMIT)
        broken("an error with another code");
    if (!error->text || !*error->text)
        broken("an error without text");
    error_release(error);
}

static void walk(const struct manifest *document, const struct node *node)
{
    size_t count = 0;
    if (!node->line || !node->column)
        broken("a node without a place");
    for (const struct node *child = node->first; child; child = child->next, count++) {
        if (node->kind == NODE_MAP && !node_get(document, node, child->key))
            broken("a member that is not found");
        walk(document, child);
    }
    if (count != node->count)
        broken("a count that is wrong");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static manifest_reader *const readers[] = {
        manifest_read_toml,  manifest_read_json, manifest_read_jsonc,
        manifest_read_json5, manifest_read_yaml, manifest_read_xml,
    };
    struct error error = ERROR_INIT;
    if (!size)
        return 0;
    struct span text = span_of(data + 1, size - 1);
    if (data[0] >= '0' && data[0] <= '9') { /* a grammar of versions */
        struct version_set set;
        cleanup_free char *constraint = memory_dup_bytes(text.ptr, text.len);
        if (version_set_parse(&set, (enum version_grammar)(data[0] - '0'), constraint, &error) < 0)
            check_error(&error);
        return 0;
    }
    struct manifest document;
    if (readers[data[0] % 6](&document, "f", text, &error) < 0) {
        check_error(&error);
        return 0;
    }
    if (document.root)
        walk(&document, document.root);
    manifest_release(&document);
    return 0;
}
