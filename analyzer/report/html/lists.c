/* The image's paths by what is wrong or large about them, and what its reading met. */
#include "analyzer/report/html/sections.h"

#include <assert.h>
#include <inttypes.h>

#include "analyzer/report/html/markup.h"
#include "core/memory.h"

/* Of findings; the rest is a number. */
#define FINDINGS_SHOWN 200

static const char *cause_meaning(enum cause cause)
{
    static const char *const meanings[] = {
        [CAUSE_REWRITTEN] = "a later layer has other content at this path",
        [CAUSE_REEMITTED] = "a later layer has the same content again: chmod, chown, touch",
        [CAUSE_DELETED] = "a later layer removes the path or a directory above it",
        [CAUSE_OPAQUE] = "a later layer replaces the whole directory",
        [CAUSE_TYPE_CHANGED] = "a file became a directory, a link, or the reverse",
        [CAUSE_SHADOWED] = "the same layer has the path again",
    };
    static_assert(ARRAY_SIZE(meanings) == CAUSE_COUNT, "every cause has a meaning");
    return meanings[cause];
}

static void write_causes(struct html *html)
{
    const struct accounting *accounting = &html->analysis->accounting;
    html_open_table(html, "Dead bytes by cause",
                    "Cause|#Bytes|Of all dead bytes|What happened");
    for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
        int64_t bytes = accounting->dead_by_cause[cause];
        if (!bytes)
            continue;
        strbuf_addf(&html->out, "<tr><th scope=\"row\">%s</th>", cause_name(cause));
        html_put_size_cell(html, bytes);
        html_put_bar_cell(html, bytes, accounting->dead_bytes, "dead");
        strbuf_addf(&html->out, "<td>%s</td></tr>\n", cause_meaning(cause));
    }
    html_close_table(html);
}

static void put_copies(struct html *html, const struct waste *waste)
{
    html_put(html, "<td>");
    for (size_t i = 0; i < waste->count && i < NAMES_SHOWN; i++) {
        const struct waste_copy *copy = &waste->copies[i];
        strbuf_addf(&html->out,
                    "<div>%s: layer <a href=\"#layer-%" PRIu32 "\">%" PRIu32 "</a>",
                    cause_name(copy->cause), copy->layer, copy->layer);
        if (copy->killed_by != copy->layer)
            strbuf_addf(&html->out, " by <a href=\"#layer-%" PRIu32 "\">%" PRIu32 "</a>",
                        copy->killed_by, copy->killed_by);
        html_put(html, "</div>");
    }
    html_put_more(html, waste->count, NAMES_SHOWN);
    html_put(html, "</td>");
}

void html_write_waste(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    html_open_section(
        html, "waste", "Waste",
        "Files that are shipped and that no container sees, each with the event that "
        "hid it.");
    if (!analysis->sizes.dead_bytes) {
        html_put(html, "<p>No byte is dead.</p>\n");
        html_close_section(html);
        return;
    }
    write_causes(html);
    html_open_table(html, "Top waste", "Path|#Dead|Of all dead bytes|Why");
    for (size_t i = 0; i < analysis->waste_count; i++) {
        const struct waste *waste = &analysis->waste[i];
        html_put(html, "<tr>");
        html_put_path_cell(html, waste->path);
        html_put_size_cell(html, waste->dead_bytes);
        html_put_bar_cell(html, waste->dead_bytes, analysis->sizes.dead_bytes, "dead");
        put_copies(html, waste);
        html_put(html, "</tr>\n");
    }
    html_close_table(html);
    html_put_more(html, analysis->waste_total, analysis->waste_count);
    html_close_section(html);
}

void html_write_duplicates(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    if (!analysis->duplicate_count)
        return;
    html_open_section(
        html, "duplicates", "Duplicates",
        "Live files of equal content, proven by their bytes or their SHA-256.");
    html_open_table(html, "Top duplicates", "#Repeats|#Files|#Each|Paths");
    for (size_t i = 0; i < analysis->duplicate_count; i++) {
        const struct duplicate *duplicate = &analysis->duplicates[i];
        html_put(html, "<tr>");
        html_put_size_cell(html, duplicate->wasted_bytes);
        html_put_count_cell(html, (int64_t)duplicate->count);
        html_put_size_cell(html, duplicate->bytes_each);
        html_put(html, "<td>");
        for (size_t p = 0; p < duplicate->count && p < NAMES_SHOWN; p++) {
            html_put(html, "<div>");
            html_put_path(html, duplicate->paths[p]);
            html_put(html, "</div>");
        }
        html_put_more(html, duplicate->count, NAMES_SHOWN);
        html_put(html, "</td></tr>\n");
    }
    html_close_table(html);
    html_put_more(html, analysis->duplicate_total, analysis->duplicate_count);
    html_close_section(html);
}

void html_write_largest(struct html *html)
{
    const struct analysis *analysis = html->analysis;
    int64_t live = analysis->sizes.live_bytes;
    if (!analysis->files.count)
        return;
    html_open_section(html, "largest", "Largest files and directories", NULL);
    html_open_table(html, "Largest files", "Path|#Bytes|Of all live bytes|#Layer");
    for (size_t i = 0; i < analysis->files.count; i++) {
        const struct top_item *item = &analysis->files.items[i];
        html_put(html, "<tr>");
        html_put_path_cell(html, item->path);
        html_put_size_cell(html, item->bytes);
        html_put_bar_cell(html, item->bytes, live, "live");
        html_put_layer_cell(html, analysis->accounting.inodes[item->number].layer);
        html_put(html, "</tr>\n");
    }
    html_close_table(html);
    html_open_table(html, "Largest directories", "Path|#Bytes|Of all live bytes|#Files");
    for (size_t i = 0; i < analysis->directories.count; i++) {
        const struct top_item *item = &analysis->directories.items[i];
        html_put(html, "<tr>");
        html_put_path_cell(html, item->path);
        html_put_size_cell(html, item->bytes);
        html_put_bar_cell(html, item->bytes, live, "live");
        html_put_count_cell(html, item->files);
        html_put(html, "</tr>\n");
    }
    html_close_table(html);
    html_close_section(html);
}

static const char *severity_class(enum severity severity)
{
    return severity == SEVERITY_ERROR     ? "fail"
           : severity == SEVERITY_WARNING ? "warn"
                                          : "plain";
}

static void put_note(struct html *html, const char *class, const char *word,
                     const char *code)
{
    strbuf_addf(&html->out, "<tr><td><span class=\"badge %s\">%s</span></td><td>", class,
                word);
    markup_name(&html->out, code);
    html_put(html, "</td>");
}

static void put_note_end(struct html *html, uint32_t layer, const char *path,
                         const char *message)
{
    html_put_layer_cell(html, layer);
    html_put_path_cell(html, path);
    html_put(html, "<td class=\"long\">");
    markup_text(&html->out, message);
    html_put(html, "</td></tr>\n");
}

static size_t findings_unlisted(const struct findings *findings, size_t shown)
{
    int64_t seen = 0;
    for (size_t rule = 0; rule < FINDING_RULES; rule++)
        seen += findings->seen[rule];
    return seen > (int64_t)shown ? (size_t)seen - shown : 0;
}

void html_write_findings(struct html *html)
{
    const struct findings *findings = &html->analysis->image->findings;
    const struct strvec *limits = &html->analysis->image->limits_hit;
    if (!findings->count && !findings->warning_count && !limits->count)
        return;
    html_open_section(html, "findings", "Findings and warnings",
                      "Odd constructs of the image, and what its reading met.");
    for (size_t i = 0; i < limits->count; i++) {
        html_put(
            html,
            "<p><span class=\"badge fail\">limit</span> reading stopped at the limit ");
        markup_name(&html->out, limits->items[i]);
        html_put(html, ": this report is partial</p>\n");
    }
    html_open_table(html, "Findings and warnings", "Severity|Rule|#Layer|Path|What");
    size_t warnings =
        findings->warning_count < FINDINGS_SHOWN ? findings->warning_count : FINDINGS_SHOWN;
    size_t shown = findings->count < FINDINGS_SHOWN ? findings->count : FINDINGS_SHOWN;
    for (size_t i = 0; i < warnings; i++) {
        const struct warning *warning = &findings->warnings[i];
        put_note(html, "warn", "warning", warning->code);
        put_note_end(html, warning->layer, warning->path, warning->message);
    }
    for (size_t i = 0; i < shown; i++) {
        const struct finding *finding = &findings->items[i];
        enum severity severity = finding_severity(finding->rule);
        put_note(html, severity_class(severity), severity_name(severity),
                 finding_code(finding->rule));
        put_note_end(html, finding->layer, finding->path, finding->message);
    }
    html_close_table(html);
    html_put_more(html,
                  findings_unlisted(findings, shown) + findings->warning_count - warnings +
                      (size_t)findings->warnings_dropped,
                  0);
    html_close_section(html);
}
