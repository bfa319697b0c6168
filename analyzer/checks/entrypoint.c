/* IMG313-315: does the program exist that the container starts, and in which layer? */
#include <inttypes.h>
#include <string.h>

#include "analyzer/checks.h"
#include "analyzer/resolve.h"
#include "core/escape.h"
#include "core/memory.h"

/* What engines use when the image sets none. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The first word of ENTRYPOINT, else of CMD; NULL if neither is there. */
static const char *program_of(const json_t *config)
{
    static const char *const keys[] = {"Entrypoint", "Cmd"};
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const json_t *words = json_object_get(config, keys[i]);
        if (json_array_size(words))
            return json_string_value(json_array_get(words, 0));
    }
    return NULL;
}

static const char *search_path(const json_t *config)
{
    const char *path = NULL;
    const json_t *item;
    size_t index;
    json_array_foreach(json_object_get(config, "Env"), index, item)
    {
        const char *text = json_string_value(item);
        if (text && strncmp(text, "PATH=", 5) == 0)
            path = text + 5;
    }
    return path ? path : DEFAULT_PATH;
}

struct program {
    uint32_t node; /* of a file that can be executed, else NODE_NONE */
    uint32_t refused; /* the first file of that name that can't */
};

static bool is_executable(const struct check_run *run, uint32_t number, uint32_t *ret_layer)
{
    const struct tree_node *node = &run->accounting->tree.nodes[number];
    const struct entry *entry = node_entry(run->accounting, node, ret_layer);
    return node->kind == TAR_FILE && entry &&
           layer_of(run->accounting, *ret_layer)->owners[entry->owner].mode & 0111;
}

static bool try_path(const struct check_run *run, struct program *program, const char *path)
{
    uint32_t layer, node = resolve_path(run->accounting, path);
    if (node == NODE_NONE)
        return false;
    if (is_executable(run, node, &layer))
        program->node = node;
    else if (program->refused == NODE_NONE)
        program->refused = node;
    return program->node != NODE_NONE;
}

static struct program find_program(const struct check_run *run, const char *name)
{
    struct program program = {.node = NODE_NONE, .refused = NODE_NONE};
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (strchr(name, '/')) {
        const char *folder = json_string_value(json_object_get(run->config, "WorkingDir"));
        strbuf_addf(&path, "%s/%s", *name != '/' && folder ? folder : "", name);
        try_path(run, &program, path.buf);
        return program;
    }
    for (const char *p = search_path(run->config); *p;) {
        size_t len = strcspn(p, ":");
        strbuf_reset(&path);
        strbuf_add(&path, p, len);
        strbuf_addf(&path, "/%s", name);
        if (len && try_path(run, &program, path.buf))
            break;
        p += len + (p[len] == ':');
    }
    return program;
}

static void report_program(const struct check_run *run, enum finding_rule rule, uint32_t node,
                           const char *name)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, detail = STRBUF_INIT;
    const struct tree *tree = &run->accounting->tree;
    uint32_t layer = NO_LAYER;
    const struct entry *entry = node_entry(run->accounting, &tree->nodes[node], &layer);
    tree_path(&path, tree, node);
    strbuf_add_char(&detail, '\'');
    escape_for_terminal(&detail, span_of_text(name));
    strbuf_add_text(&detail, "' is ");
    escape_for_terminal(&detail, span_of(path.buf, path.len));
    check_report(run, rule, entry ? layer : NO_LAYER, path.buf, entry ? entry->content : -1, NULL,
                 detail.buf);
}

static void run_entrypoint(const struct check_run *run)
{
    const char *name = program_of(run->config);
    if (!name || check_is_windows(run) || !check_sees_all_layers(run))
        return;
    cleanup_strbuf struct strbuf detail = STRBUF_INIT;
    struct program program = find_program(run, name);
    if (program.node != NODE_NONE) {
        report_program(run, FINDING_PROGRAM_FOUND, program.node, name);
        return;
    }
    if (program.refused != NODE_NONE) {
        report_program(run, FINDING_PROGRAM_NOT_EXECUTABLE, program.refused, name);
        return;
    }
    strbuf_add_char(&detail, '\'');
    escape_for_terminal(&detail, span_of(name, strnlen(name, 200)));
    strbuf_add_char(&detail, '\'');
    check_report(run, FINDING_PROGRAM_MISSING, NO_LAYER, NULL, -1, NULL, detail.buf);
}

const struct check check_entrypoint = {.run = run_entrypoint};
