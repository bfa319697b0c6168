/* Workflow commands of GitHub, which become annotations. A step shows ten of each kind, so
 * the worst nine are written and a tenth that says how many more there are. A command is a
 * line that begins with "::": what could end or begin one is escaped. */
#include <inttypes.h>

#include "analyzer/report/finding_list.h"
#include "analyzer/report/report.h"
#include "core/escape.h"

#define SHOWN_OF_A_KIND 9

enum kind { KIND_ERROR, KIND_WARNING, KIND_NOTICE, KINDS };

static const char *const kind_names[] = {"error", "warning", "notice"};

static enum kind kind_of(enum severity severity)
{
    return severity == SEVERITY_ERROR     ? KIND_ERROR
           : severity == SEVERITY_WARNING ? KIND_WARNING
                                          : KIND_NOTICE;
}

/* `special` are the characters that mean something here. */
static void add_escaped(struct strbuf *out, const char *text, const char *special)
{
    for (const char *p = text; *p; p++) {
        bool escape = false;
        for (const char *s = special; *s; s++)
            escape = escape || *s == *p;
        if (escape)
            strbuf_addf(out, "%%%02X", (unsigned char)*p);
        else
            strbuf_add_char(out, *p);
    }
}

static void add_property(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    utf8_cut(&shown, FINDING_TEXT_MOST);
    add_escaped(out, shown.buf, "%\r\n:,");
}

static void add_data(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    strbuf_add_text(&shown, text);
    utf8_cut(&shown, FINDING_TEXT_MOST);
    add_escaped(out, shown.buf, "%\r\n");
}

static void add_command(struct strbuf *out, const struct report_finding *finding)
{
    strbuf_addf(out, "::%s file=", kind_names[kind_of(finding->severity)]);
    add_property(out, finding->file);
    strbuf_addf(out, ",line=%" PRId64, finding->line > 0 ? finding->line : 1);
    if (finding->end_line > 0)
        strbuf_addf(out, ",endLine=%" PRId64, finding->end_line);
    if (finding->column > 0)
        strbuf_addf(out, ",col=%" PRId64, finding->column);
    if (finding->end_column > 0)
        strbuf_addf(out, ",endColumn=%" PRId64, finding->end_column);
    strbuf_add_text(out, ",title=");
    add_property(out, finding->rule);
    strbuf_add_text(out, "::");
    add_data(out, finding->message);
    strbuf_add_char(out, '\n');
}

static int write_list(const struct finding_list *list, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    size_t seen[KINDS] = {0};
    (void)options;
    for (size_t i = 0; i < list->count; i++)
        if (++seen[kind_of(list->items[i].severity)] <= SHOWN_OF_A_KIND)
            add_command(&out, &list->items[i]);
    for (enum kind kind = 0; kind < KINDS; kind++)
        if (seen[kind] > SHOWN_OF_A_KIND)
            strbuf_addf(&out, "::%s title=ullage::%zu more of this kind in the summary\n",
                        kind_names[kind], seen[kind] - SHOWN_OF_A_KIND);
    return sink_write(sink, out.buf, out.len, err);
}

static int write_github(const struct report *report, const struct report_options *options,
                        const struct sink *sink, struct error *err)
{
    return finding_list_write_report(write_list, report, options, sink, err);
}

const struct report_format report_format_github = {
    .name = "github",
    .summary = "findings and failed budgets as annotations of a GitHub workflow",
    .write = write_github,
    .write_list = write_list,
};
