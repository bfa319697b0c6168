/* Code Climate's engine format: issues one after the other, each ended by a NUL. */
#include "analyzer/report/code_climate.h"
#include "analyzer/report/report.h"
#include "core/escape.h"

static void add_issue(struct json_writer *json, const struct report_finding *finding)
{
    cleanup_strbuf struct strbuf body = STRBUF_INIT;
    strbuf_add_text(&body, finding->help ? finding->help : finding->summary);
    if (finding->fix) {
        strbuf_add_text(&body, "\n\n");
        escape_for_markdown(&body, span_of_text(finding->fix));
    }
    json_open_object(json);
    json_add_text(json, "type", "issue");
    json_key(json, "categories");
    json_open_array(json);
    json_text(json, "Performance");
    json_close_array(json);
    json_key(json, "content");
    json_open_object(json);
    json_add_text(json, "body", body.buf);
    json_close_object(json);
    code_climate_add_members(json, finding);
    json_close_object(json);
}

static int write_list(const struct finding_list *list, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    (void)options;
    for (size_t i = 0; i < list->count; i++) {
        struct json_writer json;
        json_writer_start(&json, *sink, true);
        add_issue(&json, &list->items[i]);
        if (json_writer_finish(&json, err) < 0 || sink_write(sink, "\0\n", 2, err) < 0)
            return -1;
    }
    return 0;
}

static int write_codeclimate(const struct report *report,
                             const struct report_options *options, const struct sink *sink,
                             struct error *err)
{
    return finding_list_write_report(write_list, report, options, sink, err);
}

const struct report_format report_format_codeclimate = {
    .name = "codeclimate",
    .summary = "findings and failed budgets in Code Climate's engine format",
    .write = write_codeclimate,
    .write_list = write_list,
};
