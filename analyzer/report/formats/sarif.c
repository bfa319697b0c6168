/* SARIF 2.1.0 within GitHub's bounds for code scanning: a rule for each kind, at most 5,000
 * results, texts of at most 1,024 characters and never empty, one location with a relative
 * URI, and the fingerprint by which an alert is known again: primaryLocationLineHash, which
 * here does not depend on sizes. */
#include <string.h>

#include "analyzer/report/finding_list.h"
#include "analyzer/report/report.h"
#include "core/escape.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

#define NAME_MOST 255

static const char *const levels[] = {
    [SEVERITY_ERROR] = "error",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_INFO] = "note",
    [SEVERITY_STYLE] = "note",
};

static void add_text(struct json_writer *json, const char *key, const char *text,
                     size_t most)
{
    cleanup_strbuf struct strbuf cut = STRBUF_INIT;
    strbuf_add_text(&cut, text && *text ? text : "-");
    utf8_cut(&cut, most);
    json_add_text(json, key, cut.buf);
}

/* {"text": ...} */
static void add_message(struct json_writer *json, const char *key, const char *text)
{
    json_key(json, key);
    json_open_object(json);
    add_text(json, "text", text, FINDING_TEXT_MOST);
    json_close_object(json);
}

static const char *help_of(const struct report_finding *rule)
{
    return rule->help ? rule->help : rule->summary;
}

static void write_rule(struct json_writer *json, const struct report_finding *rule)
{
    json_open_object(json);
    add_text(json, "id", rule->rule, NAME_MOST);
    add_text(json, "name", rule->name, NAME_MOST);
    add_message(json, "shortDescription", rule->summary);
    add_message(json, "fullDescription", help_of(rule));
    json_key(json, "help");
    json_open_object(json);
    add_text(json, "text", help_of(rule), FINDING_TEXT_MOST);
    add_text(json, "markdown", help_of(rule), FINDING_TEXT_MOST);
    json_close_object(json);
    json_key(json, "defaultConfiguration");
    json_open_object(json);
    json_add_text(json, "level", levels[rule->severity]);
    json_close_object(json);
    json_close_object(json);
}

static void write_tool(struct json_writer *json, const struct finding_rules *rules)
{
    json_key(json, "tool");
    json_open_object(json);
    json_key(json, "driver");
    json_open_object(json);
    json_add_text(json, "name", "ullage");
    json_add_text(json, "semanticVersion", ULLAGE_VERSION);
    json_key(json, "rules");
    json_open_array(json);
    for (size_t i = 0; i < rules->count; i++)
        write_rule(json, rules->items[i]);
    json_close_array(json);
    json_close_object(json);
    json_close_object(json);
}

/* A relative URI reference: what is no plain character is written as %HH, as is a colon,
 * before which a reader would see a scheme. */
static void add_uri(struct json_writer *json, const char *path)
{
    cleanup_strbuf struct strbuf uri = STRBUF_INIT;
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    for (const char *p = path; *p; p++) {
        if (strchr(plain, *p))
            strbuf_add_char(&uri, *p);
        else
            strbuf_addf(&uri, "%%%02X", (unsigned char)*p);
    }
    json_add_text(json, "uri", uri.buf);
}

static void add_if_known(struct json_writer *json, const char *key, int64_t value)
{
    if (value > 0)
        json_add_int(json, key, value);
}

static void write_location(struct json_writer *json, const struct report_finding *finding)
{
    json_key(json, "locations");
    json_open_array(json);
    json_open_object(json);
    json_key(json, "physicalLocation");
    json_open_object(json);
    json_key(json, "artifactLocation");
    json_open_object(json);
    add_uri(json, finding->file);
    json_close_object(json);
    json_key(json, "region");
    json_open_object(json);
    json_add_int(json, "startLine", finding->line > 0 ? finding->line : 1);
    add_if_known(json, "startColumn", finding->column);
    add_if_known(json, "endLine", finding->end_line);
    add_if_known(json, "endColumn", finding->end_column);
    json_close_object(json);
    json_close_object(json);
    json_close_object(json);
    json_close_array(json);
}

static void write_properties(struct json_writer *json, const struct report_finding *finding)
{
    if (finding->layer == NO_LAYER && !finding->path && finding->bytes < 0 && !finding->fix)
        return;
    json_key(json, "properties");
    json_open_object(json);
    if (finding->layer != NO_LAYER)
        json_add_int(json, "layer", finding->layer);
    if (finding->path)
        add_text(json, "path", finding->path, FINDING_TEXT_MOST);
    if (finding->bytes >= 0)
        json_add_int(json, "bytes", finding->bytes);
    if (finding->fix)
        add_text(json, "fix", finding->fix, FINDING_TEXT_MOST);
    json_close_object(json);
}

static void write_result(struct json_writer *json, const struct report_finding *finding,
                         size_t rule)
{
    json_open_object(json);
    add_text(json, "ruleId", finding->rule, NAME_MOST);
    json_add_int(json, "ruleIndex", (int64_t)rule);
    json_add_text(json, "level", levels[finding->severity]);
    add_message(json, "message", finding->message);
    write_location(json, finding);
    json_key(json, "partialFingerprints");
    json_open_object(json);
    json_add_text(json, "primaryLocationLineHash", finding->fingerprint);
    json_close_object(json);
    write_properties(json, finding);
    json_close_object(json);
}

/* Category and run: uploads for one commit must differ in it. */
static void write_automation(struct json_writer *json, const struct finding_list *list)
{
    cleanup_strbuf struct strbuf subject = STRBUF_INIT, id = STRBUF_INIT;
    escape_for_terminal(&subject, span_of_text(list->subject));
    utf8_cut(&subject, NAME_MOST - sizeof "ullage//");
    strbuf_addf(&id, "ullage/%s/", subject.buf);
    json_key(json, "automationDetails");
    json_open_object(json);
    json_add_text(json, "id", id.buf);
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
    json_add_text(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_add_text(&json, "version", "2.1.0");
    json_key(&json, "runs");
    json_open_array(&json);
    json_open_object(&json);
    write_tool(&json, &rules);
    write_automation(&json, list);
    json_add_text(&json, "columnKind", "unicodeCodePoints");
    json_key(&json, "results");
    json_open_array(&json);
    for (size_t i = 0; i < list->count; i++)
        write_result(&json, &list->items[i],
                     finding_rules_find(&rules, list->items[i].rule));
    json_close_array(&json);
    json_close_object(&json);
    json_close_array(&json);
    json_close_object(&json);
    json_newline(&json);
    finding_rules_release(&rules);
    return json_writer_finish(&json, err);
}

static int write_sarif(const struct report *report, const struct report_options *options,
                       const struct sink *sink, struct error *err)
{
    return finding_list_write_report(write_list, report, options, sink, err);
}

const struct report_format report_format_sarif = {
    .name = "sarif",
    .summary = "findings and failed budgets as SARIF 2.1.0, for code scanning",
    .write = write_sarif,
    .write_list = write_list,
};
