/* The GNU form of messages, which editors and problem matchers read:
 *     file:line:column: severity: message [RULE] */
#include <inttypes.h>

#include "analyzer/report/finding_list.h"
#include "analyzer/report/report.h"
#include "core/escape.h"

static int write_list(const struct finding_list *list, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    (void)options;
    for (size_t i = 0; i < list->count; i++) {
        const struct report_finding *finding = &list->items[i];
        /* in the log of a GitHub workflow a line that begins with colons would be a command */
        strbuf_add_text(&out, *finding->file == ':' ? "./" : "");
        escape_for_terminal(&out, span_of_text(finding->file));
        strbuf_addf(&out, ":%" PRId64 ":%" PRId64 ": %s: %s [",
                    finding->line > 0 ? finding->line : 1,
                    finding->column > 0 ? finding->column : 1,
                    severity_name(finding->severity), finding->message);
        escape_for_terminal(&out, span_of_text(finding->rule));
        strbuf_add_text(&out, "]\n");
    }
    return sink_write(sink, out.buf, out.len, err);
}

static int write_gnu(const struct report *report, const struct report_options *options,
                     const struct sink *sink, struct error *err)
{
    return finding_list_write_report(write_list, report, options, sink, err);
}

const struct report_format report_format_gnu = {
    .name = "gnu",
    .summary = "findings and failed budgets as lines that editors jump from",
    .write = write_gnu,
    .write_list = write_list,
};
