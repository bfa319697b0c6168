/* SonarQube's generic format for issues of other tools, with rules of their own (10.3 and
 * later). Columns count from 0 there, and a range may not be empty, so that one is only
 * given where both ends are known. */
#include "analyzer/report/finding_list.h"
#include "analyzer/report/report.h"
#include "core/escape.h"

/* Old and new words for how bad it is. */
static const struct {
    const char *severity, *impact;
} words[] = {
    [SEVERITY_ERROR] = {"CRITICAL", "HIGH"},
    [SEVERITY_WARNING] = {"MAJOR", "MEDIUM"},
    [SEVERITY_INFO] = {"MINOR", "LOW"},
    [SEVERITY_STYLE] = {"INFO", "LOW"},
};

static void write_rule(struct json_writer *json, const struct report_finding *rule)
{
    json_open_object(json);
    json_add_text(json, "id", rule->rule);
    json_add_text(json, "name", rule->name);
    json_add_text(json, "description", rule->help ? rule->help : rule->summary);
    json_add_text(json, "engineId", "ullage");
    json_add_text(json, "cleanCodeAttribute", "EFFICIENT");
    json_add_text(json, "type", "CODE_SMELL");
    json_add_text(json, "severity", words[rule->severity].severity);
    json_key(json, "impacts");
    json_open_array(json);
    json_open_object(json);
    json_add_text(json, "softwareQuality", "MAINTAINABILITY");
    json_add_text(json, "severity", words[rule->severity].impact);
    json_close_object(json);
    json_close_array(json);
    json_close_object(json);
}

static void write_range(struct json_writer *json, const struct report_finding *finding)
{
    json_key(json, "textRange");
    json_open_object(json);
    json_add_int(json, "startLine", finding->line > 0 ? finding->line : 1);
    if (finding->end_line > 0)
        json_add_int(json, "endLine", finding->end_line);
    bool one_line = finding->end_line <= 0 || finding->end_line == finding->line;
    if (finding->column > 0 && finding->end_column > 0 &&
        (!one_line || finding->end_column > finding->column)) {
        json_add_int(json, "startColumn", finding->column - 1);
        json_add_int(json, "endColumn", finding->end_column - 1);
    }
    json_close_object(json);
}

static void write_issue(struct json_writer *json, const struct report_finding *finding)
{
    cleanup_strbuf struct strbuf file = STRBUF_INIT;
    escape_for_terminal(&file, span_of_text(finding->file));
    json_open_object(json);
    json_add_text(json, "ruleId", finding->rule);
    json_key(json, "primaryLocation");
    json_open_object(json);
    json_add_text(json, "message", finding->message);
    json_add_text(json, "filePath", file.buf);
    write_range(json, finding);
    json_close_object(json);
    json_close_object(json);
}

static int write_list(const struct finding_list *list, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    struct json_writer json;
    struct finding_rules rules;
    (void)options;
    finding_rules_of(&rules, list);
    json_writer_start(&json, *sink, false);
    json_open_object(&json);
    json_key(&json, "rules");
    json_open_array(&json);
    for (size_t i = 0; i < rules.count; i++)
        write_rule(&json, rules.items[i]);
    json_close_array(&json);
    json_key(&json, "issues");
    json_open_array(&json);
    for (size_t i = 0; i < list->count; i++)
        write_issue(&json, &list->items[i]);
    json_close_array(&json);
    json_close_object(&json);
    json_newline(&json);
    finding_rules_release(&rules);
    return json_writer_finish(&json, err);
}

static int write_sonarqube(const struct report *report,
                           const struct report_options *options, const struct sink *sink,
                           struct error *err)
{
    return finding_list_write_report(write_list, report, options, sink, err);
}

const struct report_format report_format_sonarqube = {
    .name = "sonarqube",
    .summary = "findings and failed budgets as SonarQube's generic issues",
    .write = write_sonarqube,
    .write_list = write_list,
};
