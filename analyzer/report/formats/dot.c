/* A graph for Graphviz: layers from the first to the last, and an edge from each layer that
 * kills content to the one that shipped it. */
#include <inttypes.h>
#include <stdlib.h>

#include "analyzer/report/report.h"
#include "analyzer/report/subject.h"
#include "core/escape.h"

/* More cannot be read in a picture. */
#define EDGES_MOST 200
#define INSTRUCTION_SHOWN 60

struct edge {
    uint32_t killer, victim;
    int64_t bytes;
};

/* Text between quotes. Graphviz takes backslashes for its own escapes and ampersands for
 * entities. */
static void add_quoted(struct strbuf *out, const char *text, size_t most)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    utf8_cut(&shown, most);
    for (const char *p = shown.buf; *p; p++) {
        if (*p == '&') {
            strbuf_add_text(out, "&amp;");
            continue;
        }
        if (*p == '"' || *p == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, *p);
    }
}

static int compare_pairs(const void *a, const void *b)
{
    const struct edge *left = a, *right = b;
    if (left->victim != right->victim)
        return left->victim < right->victim ? -1 : 1;
    return left->killer < right->killer ? -1 : left->killer > right->killer;
}

static int compare_bytes(const void *a, const void *b)
{
    const struct edge *left = a, *right = b;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes ? -1 : 1;
    return compare_pairs(a, b);
}

/* Edges of equal ends become one. */
static size_t merge(struct edge *edges, size_t count)
{
    size_t merged = 0;
    if (count)
        qsort(edges, count, sizeof *edges, compare_pairs);
    for (size_t i = 0; i < count; i++) {
        if (merged && compare_pairs(&edges[merged - 1], &edges[i]) == 0)
            edges[merged - 1].bytes += edges[i].bytes;
        else
            edges[merged++] = edges[i];
    }
    return merged;
}

/* All edges, the heaviest first; the caller frees them. */
static struct edge *find_edges(const struct accounting *accounting, size_t *ret_count)
{
    struct edge *edges = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        int64_t bytes = inode_is_live(inode) ? 0 : inode_entry(accounting, inode)->content;
        if (!bytes)
            continue;
        edges = memory_grow(edges, count, &capacity, sizeof *edges);
        edges[count++] = (struct edge){
            .killer = inode->killed_by, .victim = inode->layer, .bytes = bytes};
    }
    count = merge(edges, count);
    if (count)
        qsort(edges, count, sizeof *edges, compare_bytes);
    *ret_count = count;
    return edges;
}

static void add_layer(struct strbuf *out, const struct analysis *analysis, size_t index,
                      enum size_style sizes)
{
    const struct layer_sums *sums = &analysis->accounting.layers[index];
    cleanup_free char *instruction = report_instruction(analysis, index);
    char content[SIZE_TEXT_MAX], dead[SIZE_TEXT_MAX];
    strbuf_addf(out, "  layer%zu [label=\"%zu  %s", index, index,
                size_format(sums->content_bytes, sizes, content));
    if (sums->dead_bytes)
        strbuf_addf(out, ", %s dead", size_format(sums->dead_bytes, sizes, dead));
    strbuf_add_text(out, "\\l");
    add_quoted(out, instruction ? instruction : "(unknown)", INSTRUCTION_SHOWN);
    strbuf_addf(out, "\\l\"%s];\n",
                sums->dead_bytes ? ", fillcolor=\"#fbe3e0\"" : ", fillcolor=\"#eef3f7\"");
}

static void add_edges(struct strbuf *out, const struct analysis *analysis,
                      enum size_style sizes)
{
    size_t count;
    struct edge *edges = find_edges(&analysis->accounting, &count);
    for (size_t i = 0; i < count && i < EDGES_MOST; i++) {
        char size[SIZE_TEXT_MAX];
        const char *verb = edges[i].killer == edges[i].victim ? "shadows" : "kills";
        strbuf_addf(out,
                    "  layer%" PRIu32 " -> layer%" PRIu32
                    " [label=\"%s %s\", color=\"#b3261e\", constraint=false];\n",
                    edges[i].killer, edges[i].victim, verb,
                    size_format(edges[i].bytes, sizes, size));
    }
    if (count > EDGES_MOST)
        strbuf_addf(
            out, "  more [shape=plaintext, label=\"%zu smaller edges are not drawn\"];\n",
            count - EDGES_MOST);
    free(edges);
}

static int write_dot(const struct report *report, const struct report_options *options,
                     const struct sink *sink, struct error *err)
{
    const struct analysis *analysis = report->analysis;
    size_t layers = analysis->image->chosen->layer_count;
    cleanup_strbuf struct strbuf out = STRBUF_INIT, name = STRBUF_INIT;
    subject_name(&name, analysis);
    strbuf_add_text(&out, "digraph image {\n  label=\"");
    add_quoted(&out, name.buf, INSTRUCTION_SHOWN);
    strbuf_add_text(
        &out,
        "\";\n  rankdir=BT;\n  node [shape=box, style=filled, fontname=\"sans-serif\"];\n"
        "  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (size_t i = 0; i < layers; i++)
        add_layer(&out, analysis, i, options->sizes);
    for (size_t i = 1; i < layers; i++)
        strbuf_addf(&out, "  layer%zu -> layer%zu [color=\"#9aa5b1\", arrowhead=none];\n",
                    i - 1, i);
    add_edges(&out, analysis, options->sizes);
    strbuf_add_text(&out, "}\n");
    return sink_write(sink, out.buf, out.len, err);
}

const struct report_format report_format_dot = {
    .name = "dot",
    .summary = "layers and what kills what, as a graph for Graphviz",
    .write = write_dot,
};
