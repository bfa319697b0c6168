/* Checkstyle's XML, which Jenkins, reviewdog and editors read: findings below the file they
 * are shown in. */
#include <string.h>

#include "analyzer/report/finding_list.h"
#include "analyzer/report/report.h"
#include "analyzer/report/xml.h"
#include "core/escape.h"

static const char *const severities[] = {
    [SEVERITY_ERROR] = "error",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_INFO] = "info",
    [SEVERITY_STYLE] = "info",
};

/* By file; within one in the order of the list. */
static int compare_files(const void *a, const void *b)
{
    const struct report_finding *left = *(const struct report_finding *const *)a;
    const struct report_finding *right = *(const struct report_finding *const *)b;
    int order = strcmp(left->file, right->file);
    return order ? order : (left > right) - (left < right);
}

static const struct report_finding **sort_by_file(const struct finding_list *list)
{
    const struct report_finding **sorted = memory_alloc_zero(list->count, sizeof *sorted);
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = &list->items[i];
    if (list->count)
        qsort(sorted, list->count, sizeof(struct report_finding *), compare_files);
    return sorted;
}

static void open_file(struct strbuf *out, const char *file)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    escape_for_terminal(&name, span_of_text(file));
    strbuf_add_text(out, "  <file");
    xml_add_attribute(out, "name", name.buf);
    strbuf_add_text(out, ">\n");
}

static void add_error(struct strbuf *out, const struct report_finding *finding)
{
    cleanup_strbuf struct strbuf source = STRBUF_INIT;
    strbuf_addf(&source, "ullage.%s", finding->rule);
    strbuf_add_text(out, "    <error");
    xml_add_attribute_int(out, "line", finding->line > 0 ? finding->line : 1);
    if (finding->column > 0)
        xml_add_attribute_int(out, "column", finding->column);
    xml_add_attribute(out, "severity", severities[finding->severity]);
    xml_add_attribute(out, "message", finding->message);
    xml_add_attribute(out, "source", source.buf);
    strbuf_add_text(out, "/>\n");
}

static int write_list(const struct finding_list *list, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    cleanup_free const struct report_finding **sorted = sort_by_file(list);
    (void)options;
    strbuf_add_text(&out, XML_DECLARATION "<checkstyle version=\"4.3\">\n");
    for (size_t i = 0; i < list->count; i++) {
        bool first = i == 0 || strcmp(sorted[i - 1]->file, sorted[i]->file) != 0;
        bool last =
            i + 1 == list->count || strcmp(sorted[i + 1]->file, sorted[i]->file) != 0;
        if (first)
            open_file(&out, sorted[i]->file);
        add_error(&out, sorted[i]);
        if (last)
            strbuf_add_text(&out, "  </file>\n");
    }
    strbuf_add_text(&out, "</checkstyle>\n");
    return sink_write(sink, out.buf, out.len, err);
}

static int write_checkstyle(const struct report *report,
                            const struct report_options *options, const struct sink *sink,
                            struct error *err)
{
    return finding_list_write_report(write_list, report, options, sink, err);
}

const struct report_format report_format_checkstyle = {
    .name = "checkstyle",
    .summary = "findings and failed budgets as Checkstyle's XML",
    .write = write_checkstyle,
    .write_list = write_list,
};
