/* One file that a browser shows: no request to anywhere, and all of it readable without a
 * script. The page is the text report at length; its script (html/report.js) makes the
 * treemap a thing to walk in.
 *
 * What comes from the image can neither end an element nor run: every text is escaped
 * (html/markup.h), the tree is base64, and the policy in the head allows the one style and
 * the one script of this build, by their hashes, and nothing else. Nothing in it depends on
 * the clock. */
#include <inttypes.h>
#include <string.h>

#include "analyzer/report/html/assets.h"
#include "analyzer/report/html/columns.h"
#include "analyzer/report/html/markup.h"
#include "analyzer/report/html/page.h"
#include "analyzer/report/html/sections.h"
#include "core/digest.h"
#include "core/escape.h"
#include "core/memory.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

/* Above, the smallest paths of each folder are taken together. */
#define PATHS_MOST 250000

/* The name by which people call the image. */
static const char *name_of_image(const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    return chosen->references.count ? chosen->references.items[0] : analysis->input;
}

struct summary {
    const char *class; /* of the badge: pass, warn, fail, plain */
    struct strbuf text;
};

static void summarise(struct summary *summary, const struct html *html)
{
    const struct gate *gate = html->report->gate;
    if (!gate) {
        summary->class = "plain";
        const struct sizes *sizes = &html->analysis->sizes;
        strbuf_add_text(&summary->text, sizes->content_bytes ? "efficiency " : "no content");
        if (sizes->content_bytes)
            markup_percent(&summary->text,
                           markup_share(sizes->live_bytes, sizes->content_bytes));
        return;
    }
    size_t failed = gate_count(gate, VERDICT_FAIL), warned = gate_count(gate, VERDICT_WARN);
    size_t already = gate_count(gate, VERDICT_FAILING_ALREADY);
    summary->class = failed ? "fail" : warned || already ? "warn" : "pass";
    if (failed)
        strbuf_addf(&summary->text, "fails %zu of %zu budgets", failed, gate->count);
    else
        strbuf_addf(&summary->text, "passes %zu of %zu budgets",
                    gate_count(gate, VERDICT_PASS) + warned, gate->count);
    if (warned)
        strbuf_addf(&summary->text, ", %zu with a warning", warned);
    if (already)
        strbuf_addf(&summary->text, ", %zu failing already", already);
}

static void put_hash(struct html *html, const unsigned char *bytes, size_t len)
{
    struct digest digest;
    digest_of(&digest, bytes, len);
    html_put(html, "'sha256-");
    escape_base64(&html->out, span_of(digest.bytes, SHA256_BYTES));
    html_put(html, "'");
}

static void write_head(struct html *html, const struct summary *summary)
{
    html_put(html,
             "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "base-uri 'none'; form-action 'none'; script-src ");
    put_hash(html, html_script, html_script_len);
    html_put(html, "; style-src ");
    put_hash(html, html_style, html_style_len);
    html_put(
        html,
        "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<meta name=\"generator\" content=\"ullage " ULLAGE_VERSION "\">\n<title>");
    markup_name(&html->out, name_of_image(html->analysis));
    strbuf_addf(&html->out, ": %s</title>\n<style>", summary->text.buf);
    strbuf_add(&html->out, html_style, html_style_len);
    html_put(html, "</style>\n</head>\n");
}

static void put_fact(struct html *html, const char *term, const char *text)
{
    if (!text || !*text)
        return;
    strbuf_addf(&html->out, "<div><dt>%s</dt><dd>", term);
    markup_name(&html->out, text);
    html_put(html, "</dd></div>\n");
}

static void write_facts(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    const struct candidate *chosen = analysis->image->chosen;
    char digest[DIGEST_TEXT_MAX];
    html_put(html, "<dl class=\"facts\">\n");
    for (size_t i = 1; i < chosen->references.count; i++)
        put_fact(html, "also named", chosen->references.items[i]);
    put_fact(html, "platform", chosen->platform);
    put_fact(html, "read from", analysis->input);
    put_fact(html, "form", image_kind_name(analysis->image->kind));
    put_fact(html, "configuration", digest_format(&chosen->config_digest, digest));
    put_fact(html, "manifest", digest_format(&chosen->manifest_digest, digest));
    put_fact(html, "created",
             report_time(json_string_value(json_object_get(chosen->config, "created"))));
    html_put(html, "</dl>\n");
}

static void put_tile(struct html *html, const char *name, int64_t bytes, const char *note)
{
    strbuf_addf(&html->out, "<div class=\"tile\"><dt>%s</dt><dd>", name);
    html_put_size(html, bytes);
    strbuf_addf(&html->out, "</dd><dd class=\"quiet\">%s</dd></div>\n", note);
}

static void write_tiles(struct html *html)
{
    const struct sizes *sizes = &html->analysis->sizes;
    html_put(html, "<dl class=\"tiles\">\n");
    put_tile(html, "download", sizes->download_bytes,
             sizes->download_estimated ? "estimated from a sample"
                                       : "as a registry stores it");
    put_tile(html, "live", sizes->live_bytes, "what a container sees");
    put_tile(html, "dead", sizes->dead_bytes, "shipped, never seen");
    strbuf_addf(&html->out, "<div class=\"tile\"><dt>efficiency</dt><dd>");
    markup_percent(&html->out, sizes->content_bytes
                                   ? markup_share(sizes->live_bytes, sizes->content_bytes)
                                   : 100000);
    html_put(html, "</dd><dd class=\"quiet\">live of all content</dd></div>\n</dl>\n");
}

static void write_banner(struct html *html, const struct summary *summary)
{
    html_put(html,
             "<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header>\n"
             "<p class=\"quiet\">ullage image report</p>\n<h1>");
    html_put_path(html, name_of_image(html->analysis));
    strbuf_addf(&html->out, "</h1>\n<p class=\"badge %s\">%s</p>\n", summary->class,
                summary->text.buf);
    if (html->analysis->image->damage.code != ERROR_NONE) {
        html_put(html, "<p class=\"badge fail\">partial</p> ");
        html_put_line(html, "damage", html->analysis->image->damage.text);
    }
    write_facts(html);
    write_tiles(html);
    html_put(html, "</header>\n");
}

/* A link to each section that is there. */
static void write_contents(struct html *html, const struct strbuf *body)
{
    static const char *const sections[][2] = {
        {"budgets", "Budgets"},         {"sizes", "Sizes"},
        {"explore", "What fills it"},   {"layers", "Layers"},
        {"suggestions", "Suggestions"}, {"waste", "Waste"},
        {"duplicates", "Duplicates"},   {"largest", "Largest"},
        {"findings", "Findings"},
    };
    html_put(html, "<nav aria-label=\"Sections\"><ul>\n");
    for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
        cleanup_strbuf struct strbuf mark = STRBUF_INIT;
        strbuf_addf(&mark, "<section id=\"%s\"", sections[i][0]);
        if (strstr(body->buf, mark.buf))
            strbuf_addf(&html->out, "<li><a href=\"#%s\">%s</a></li>\n", sections[i][0],
                        sections[i][1]);
    }
    html_put(html, "</ul></nav>\n");
}

static void write_main(struct html *html)
{
    html_put(html, "<main id=\"main\">\n");
    html_write_budgets(html);
    html_write_sizes(html);
    html_write_explorer(html);
    html_write_layers(html);
    html_write_suggestions(html);
    html_write_waste(html);
    html_write_duplicates(html);
    html_write_largest(html);
    html_write_findings(html);
    html_put(
        html,
        "</main>\n<footer><p class=\"quiet\">Written by ullage " ULLAGE_VERSION
        ". This page is complete in itself and asks nothing of any server.</p></footer>\n");
}

static int write_tree(struct html *html, struct error *err)
{
    html_put(html, "<script type=\"application/json\" id=\"tree\">\"");
    if (columns_write(&html->out, html->analysis, &html->paths, html->sizes, err) < 0)
        return -1;
    html_put(html, "\"</script>\n<script>");
    strbuf_add(&html->out, html_script, html_script_len);
    html_put(html, "</script>\n</body>\n</html>\n");
    return 0;
}

static int write_page(struct html *html, struct error *err)
{
    struct summary summary = {.text = STRBUF_INIT};
    summarise(&summary, html);
    write_head(html, &summary);
    write_banner(html, &summary);
    strbuf_release(&summary.text);
    struct strbuf head = html->out; /* the contents stand before what they list */
    html->out = (struct strbuf)STRBUF_INIT;
    write_main(html);
    struct strbuf body = html->out;
    html->out = head;
    write_contents(html, &body);
    strbuf_add(&html->out, body.buf, body.len);
    strbuf_release(&body);
    return write_tree(html, err);
}

static int write_html(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    struct html html = {
        .report = report,
        .analysis = report->analysis,
        .sizes = options->sizes,
        .out = STRBUF_INIT,
    };
    paths_collect(&html.paths, &report->analysis->accounting);
    paths_fold(&html.paths, PATHS_MOST);
    int result = write_page(&html, err);
    if (result == 0)
        result = sink_write(sink, html.out.buf, html.out.len, err);
    paths_release(&html.paths);
    strbuf_release(&html.out);
    return result;
}

const struct report_format report_format_html = {
    .name = "html",
    .summary = "one page for a browser, complete in itself",
    .write = write_html,
};
