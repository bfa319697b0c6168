/* Collapsed stacks, which flame graphs are drawn from: "dir;sub;file BYTES", a line for
 * each live file, under the one of its names that sorts first, so that the lines add up to
 * live_bytes. Where a path is deeper than a flame graph can show, its files are told
 * together, as "…". */
#include <inttypes.h>
#include <string.h>

#include "analyzer/report/report.h"
#include "analyzer/report/walk.h"
#include "core/escape.h"

#define DEPTH_MOST 128
#define NAME_MOST 128
#define PENDING_MOST (64 * 1024)

struct page {
    const struct accounting *accounting;
    const struct sink *sink;
    struct error *err;
    int result;
    struct strbuf stack;         /* frames of the folders that were entered */
    size_t ends[DEPTH_MOST + 1]; /* its length before each */
    size_t depth;
    int64_t deeper; /* bytes below the deepest frame */
    struct strbuf out;
};

static void send(struct page *page)
{
    if (page->result == 0)
        page->result = sink_write(page->sink, page->out.buf, page->out.len, page->err);
    strbuf_reset(&page->out);
}

/* A frame ends with a semicolon, and the line with its number. A colon in front would make the line a
 * command in the log of a GitHub workflow. */
static void add_frame(struct strbuf *out, const char *name)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(name));
    utf8_cut(&shown, NAME_MOST);
    for (const char *p = shown.buf; *p; p++)
        if (*p == ';' || (*p == ':' && p == shown.buf))
            strbuf_addf(out, "\\x%02x", (unsigned char)*p);
        else
            strbuf_add_char(out, *p);
}

static void add_line(struct page *page, const char *name, int64_t bytes)
{
    strbuf_add(&page->out, page->stack.buf, page->stack.len);
    add_frame(&page->out, name);
    strbuf_addf(&page->out, " %" PRId64 "\n", bytes);
    if (page->out.len >= PENDING_MOST)
        send(page);
}

static void enter(void *context, uint32_t number)
{
    struct page *page = context;
    if (page->depth++ >= DEPTH_MOST)
        return;
    page->ends[page->depth - 1] = page->stack.len;
    if (number == NODE_ROOT)
        return;
    add_frame(&page->stack, page->accounting->tree.nodes[number].name);
    strbuf_add_char(&page->stack, ';');
}

static void leave(void *context, uint32_t number)
{
    struct page *page = context;
    (void)number;
    if (--page->depth >= DEPTH_MOST)
        return;
    if (page->depth + 1 == DEPTH_MOST && page->deeper) {
        add_line(page, "…", page->deeper);
        page->deeper = 0;
    }
    strbuf_truncate(&page->stack, page->ends[page->depth]);
}

static void item(void *context, uint32_t number)
{
    struct page *page = context;
    const struct tree_node *node = &page->accounting->tree.nodes[number];
    if (node->kind != TAR_FILE || node->inode == INODE_NONE)
        return;
    const struct inode *inode = &page->accounting->inodes[node->inode];
    int64_t bytes =
        inode->node == number ? inode_entry(page->accounting, inode)->content : 0;
    if (!bytes)
        return;
    if (page->depth > DEPTH_MOST)
        page->deeper += bytes;
    else
        add_line(page, node->name, bytes);
}

static int write_collapsed(const struct report *report,
                           const struct report_options *options, const struct sink *sink,
                           struct error *err)
{
    struct page page = {
        .accounting = &report->analysis->accounting,
        .sink = sink,
        .err = err,
        .stack = STRBUF_INIT,
        .out = STRBUF_INIT,
    };
    const struct walk_visitor visitor = {
        .context = &page, .enter = enter, .leave = leave, .item = item};
    (void)options;
    walk_tree(page.accounting, &visitor);
    send(&page);
    strbuf_release(&page.stack);
    strbuf_release(&page.out);
    return page.result;
}

const struct report_format report_format_collapsed = {
    .name = "collapsed",
    .summary = "live files as collapsed stacks, for flame graphs",
    .write = write_collapsed,
};
