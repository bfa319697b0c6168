#include "analyzer/report/code_climate.h"

#include "core/escape.h"

static const char *const severities[] = {
    [SEVERITY_ERROR] = "critical",
    [SEVERITY_WARNING] = "major",
    [SEVERITY_INFO] = "minor",
    [SEVERITY_STYLE] = "info",
};

void code_climate_add_members(struct json_writer *json,
                              const struct report_finding *finding)
{
    cleanup_strbuf struct strbuf description = STRBUF_INIT, file = STRBUF_INIT;
    strbuf_add_text(&description, finding->message);
    utf8_cut(&description, FINDING_TEXT_MOST);
    escape_for_terminal(&file, span_of_text(finding->file));
    json_add_text(json, "description", description.buf);
    json_add_text(json, "check_name", finding->rule);
    json_add_text(json, "fingerprint", finding->fingerprint);
    json_add_text(json, "severity", severities[finding->severity]);
    json_key(json, "location");
    json_open_object(json);
    json_add_text(json, "path", file.buf);
    json_key(json, "lines");
    json_open_object(json);
    json_add_int(json, "begin", finding->line > 0 ? finding->line : 1);
    if (finding->end_line > 0)
        json_add_int(json, "end", finding->end_line);
    json_close_object(json);
    json_close_object(json);
}
