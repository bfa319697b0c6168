/* report.json, schema ullage.report/1: docs/report.schema.json. Keys stand in the order of the schema. */
#include <string.h>

#include "analyzer/redact.h"
#include "analyzer/report/report.h"
#include "core/escape.h"
#include "core/memory.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

static void add_digest(struct json_writer *json, const char *key, const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];
    json_add_text(json, key, digest_is_set(digest) ? digest_format(digest, text) : NULL);
}

static void add_redacted(struct json_writer *json, const char *key, const char *text)
{
    cleanup_free char *redacted = report_redacted(text);
    json_add_text(json, key, redacted);
}

static void write_input(struct json_writer *json, const struct analysis *analysis)
{
    const struct bundle *bundle = analysis->image->bundle;
    int64_t bytes = bundle->bytes;
    if (bytes < 0) {
        bytes = 0;
        for (size_t i = 0; i < bundle->count; i++)
            bytes += bundle->members[i]->size;
        if (analysis->image->kind == IMAGE_ROOTFS)
            bytes = analysis->sizes.content_bytes;
    }
    json_key(json, "input");
    json_open_object(json);
    json_add_text(json, "path", analysis->input);
    json_add_text(json, "kind", image_kind_name(analysis->image->kind));
    json_add_int(json, "bytes", bytes);
    json_add_text(json, "compression", compression_name(bundle->compression));
    json_close_object(json);
}

/* The words of a command: what stands behind --password is as secret as what --password= says. */
static void write_words(struct json_writer *json, const json_t *array)
{
    const json_t *item;
    size_t index;
    struct span before = {0};
    json_open_array(json);
    json_array_foreach(array, index, item)
    {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        const char *text = json_string_value(item);
        if (!text)
            continue;
        if (redact_option_takes_secret(before))
            redact_value(&out, before, span_of_text(text));
        else
            redact_text(&out, text);
        json_text(json, out.buf);
        before = span_of_text(text);
    }
    json_close_array(json);
}

static void write_texts(struct json_writer *json, const char *key, const json_t *array)
{
    json_key(json, key);
    write_words(json, array);
}

/* As it is, but for its command. */
static void write_healthcheck(struct json_writer *json, const json_t *healthcheck)
{
    const char *name;
    json_t *value;
    json_key(json, "healthcheck");
    if (!json_is_object(healthcheck)) {
        json_null_value(json);
        return;
    }
    json_open_object(json);
    json_object_foreach((json_t *)(uintptr_t)healthcheck, name, value)
    {
        json_key(json, name);
        if (json_is_array(value))
            write_words(json, value);
        else
            json_value(json, value);
    }
    json_close_object(json);
}

/* NAME=VALUE, whose value may hold anything. */
static void write_env(struct json_writer *json, const json_t *array)
{
    const json_t *item;
    size_t index;
    json_key(json, "env");
    json_open_array(json);
    json_array_foreach(array, index, item)
    {
        const char *text = json_string_value(item);
        const char *equals = text ? strchr(text, '=') : NULL;
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        if (!text)
            continue;
        if (equals) {
            strbuf_add(&out, text, (size_t)(equals + 1 - text));
            redact_value(&out, span_of(text, (size_t)(equals - text)),
                         span_of_text(equals + 1));
        } else {
            strbuf_add_text(&out, text);
        }
        json_text(json, out.buf);
    }
    json_close_array(json);
}

static void write_keys(struct json_writer *json, const char *key, const json_t *object)
{
    const char *name;
    json_t *value;
    json_key(json, key);
    json_open_array(json);
    json_object_foreach((json_t *)(uintptr_t)object, name, value) json_text(json, name);
    json_close_array(json);
}

static void write_labels(struct json_writer *json, const json_t *labels)
{
    const char *name;
    json_t *value;
    json_key(json, "labels");
    json_open_object(json);
    json_object_foreach((json_t *)(uintptr_t)labels, name, value)
    {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        if (!json_is_string(value))
            continue;
        redact_value(&out, span_of_text(name), span_of_text(json_string_value(value)));
        json_add_text(json, name, out.buf);
    }
    json_close_object(json);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void write_config(struct json_writer *json, const json_t *document)
{
    const json_t *config = json_object_get(document, "config");
    json_key(json, "config");
    if (!document) {
        json_null_value(json);
        return;
    }
    json_open_object(json);
    json_add_text(json, "user", text_of(config, "User") ? text_of(config, "User") : "");
    write_env(json, json_object_get(config, "Env"));
    write_texts(json, "entrypoint", json_object_get(config, "Entrypoint"));
    write_texts(json, "cmd", json_object_get(config, "Cmd"));
    json_add_text(json, "working_dir",
                  text_of(config, "WorkingDir") ? text_of(config, "WorkingDir") : "");
    write_keys(json, "exposed_ports", json_object_get(config, "ExposedPorts"));
    write_keys(json, "volumes", json_object_get(config, "Volumes"));
    write_labels(json, json_object_get(config, "Labels"));
    write_healthcheck(json, json_object_get(config, "Healthcheck"));
    json_add_text(json, "stop_signal", text_of(config, "StopSignal"));
    json_close_object(json);
}

static void write_image(struct json_writer *json, const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    json_key(json, "image");
    json_open_object(json);
    add_digest(json, "config_digest", &chosen->config_digest);
    add_digest(json, "manifest_digest", &chosen->manifest_digest);
    json_key(json, "references");
    json_open_array(json);
    for (size_t i = 0; i < chosen->references.count; i++)
        json_text(json, chosen->references.items[i]);
    json_close_array(json);
    json_add_text(json, "platform", chosen->platform);
    json_add_text(json, "created", report_time(text_of(chosen->config, "created")));
    write_config(json, chosen->config);
    json_close_object(json);
}

static void write_sizes_members(struct json_writer *json, const struct sizes *sizes)
{
    json_add_int(json, "blob_bytes", sizes->blob_bytes);
    json_add_int(json, "tar_bytes", sizes->tar_bytes);
    json_add_int(json, "content_bytes", sizes->content_bytes);
    json_add_int(json, "live_bytes", sizes->live_bytes);
    json_add_int(json, "dead_bytes", sizes->dead_bytes);
    json_add_int(json, "duplicate_bytes", sizes->duplicate_bytes);
    json_add_int(json, "download_bytes", sizes->download_bytes);
    json_add_bool(json, "download_estimated", sizes->download_estimated);
    json_add_double(json, "efficiency", sizes_efficiency(sizes));
}

static void write_sizes(struct json_writer *json, const struct analysis *analysis)
{
    json_key(json, "sizes");
    json_open_object(json);
    write_sizes_members(json, &analysis->sizes);
    json_close_object(json);
    json_key(json, "dead_by_cause");
    json_open_object(json);
    for (enum cause cause = 0; cause < CAUSE_COUNT; cause++)
        json_add_int(json, cause_name(cause), analysis->accounting.dead_by_cause[cause]);
    json_close_object(json);
    json_key(json, "base");
    json_open_object(json);
    bool known = analysis->base_source != BASE_UNKNOWN;
    if (known)
        json_add_int(json, "layers", analysis->base_layers);
    else
        json_add_null(json, "layers");
    json_add_text(json, "source", base_source_name(analysis->base_source));
    json_close_object(json);
    json_key(json, "own");
    if (!known) {
        json_null_value(json);
        return;
    }
    json_open_object(json);
    write_sizes_members(json, &analysis->own);
    json_add_int(json, "base_killed_bytes", analysis->base_killed_bytes);
    json_close_object(json);
}

static void write_layer(struct json_writer *json, const struct analysis *analysis, size_t index)
{
    const struct image_layer *row = &analysis->image->chosen->layers[index];
    const struct layer *layer = row->layer;
    const struct layer_sums *sums = &analysis->accounting.layers[index];
    const struct history_step *step = history_of_layer(&analysis->image->history, index);
    cleanup_free char *instruction = report_instruction(analysis, index);
    json_open_object(json);
    json_add_int(json, "index", (int64_t)index);
    add_digest(json, "diff_id", &row->diff_id);
    add_digest(json, "digest", &row->digest);
    json_add_text(json, "media_type", row->media_type);
    json_add_text(json, "compression",
                  compression_name(layer ? layer->compression : COMPRESSION_NONE));
    json_add_int(json, "blob_bytes", layer ? layer->blob_bytes : row->size > 0 ? row->size : 0);
    json_add_int(json, "tar_bytes", layer ? layer->tar_bytes : 0);
    json_add_int(json, "content_bytes", sums->content_bytes);
    json_add_int(json, "live_bytes", sums->live_bytes);
    json_add_int(json, "dead_bytes", sums->dead_bytes);
    json_add_int(json, "entries", sums->entries);
    json_add_int(json, "added", sums->added);
    json_add_int(json, "modified", sums->modified);
    json_add_int(json, "removed", sums->removed);
    json_add_text(json, "created", step ? report_time(step->created) : NULL);
    add_redacted(json, "created_by", step ? step->created_by : NULL);
    json_add_text(json, "instruction", instruction);
    json_add_null(json, "dockerfile");
    json_close_object(json);
}

static void write_layers(struct json_writer *json, const struct analysis *analysis)
{
    const struct history *history = &analysis->image->history;
    json_key(json, "layers");
    json_open_array(json);
    for (size_t i = 0; i < analysis->image->chosen->layer_count; i++)
        write_layer(json, analysis, i);
    json_close_array(json);
    json_key(json, "history");
    json_open_array(json);
    for (size_t i = 0; i < history->count; i++) {
        const struct history_step *step = &history->steps[i];
        json_open_object(json);
        json_add_int(json, "index", (int64_t)i);
        json_add_text(json, "created", report_time(step->created));
        add_redacted(json, "created_by", step->created_by);
        json_add_bool(json, "empty", step->empty);
        if (step->layer >= 0)
            json_add_int(json, "layer", step->layer);
        else
            json_add_null(json, "layer");
        json_close_object(json);
    }
    json_close_array(json);
}

static void write_waste(struct json_writer *json, const struct analysis *analysis)
{
    json_key(json, "waste");
    json_open_array(json);
    for (size_t i = 0; i < analysis->waste_count; i++) {
        const struct waste *waste = &analysis->waste[i];
        json_open_object(json);
        report_json_path(json, "path", waste->path);
        json_add_int(json, "dead_bytes", waste->dead_bytes);
        json_key(json, "copies");
        json_open_array(json);
        for (size_t c = 0; c < waste->count; c++) {
            json_open_object(json);
            json_add_int(json, "layer", waste->copies[c].layer);
            json_add_int(json, "bytes", waste->copies[c].bytes);
            json_add_text(json, "cause", cause_name(waste->copies[c].cause));
            json_add_int(json, "killed_by", waste->copies[c].killed_by);
            json_close_object(json);
        }
        json_close_array(json);
        json_close_object(json);
    }
    json_close_array(json);
}

/* Where one of the paths is no UTF-8, the bytes of all of them. */
static void add_exact_paths(struct json_writer *json, const struct duplicate *duplicate)
{
    bool exact = true;
    for (size_t p = 0; p < duplicate->count; p++)
        exact = exact && utf8_is_valid(span_of_text(duplicate->paths[p]));
    if (exact)
        return;
    json_key(json, "paths_b64");
    json_open_array(json);
    for (size_t p = 0; p < duplicate->count; p++) {
        cleanup_strbuf struct strbuf bytes = STRBUF_INIT;
        escape_base64(&bytes, span_of_text(duplicate->paths[p]));
        json_text(json, bytes.buf);
    }
    json_close_array(json);
}

static void write_duplicates(struct json_writer *json, const struct analysis *analysis)
{
    json_key(json, "duplicates");
    json_open_array(json);
    for (size_t i = 0; i < analysis->duplicate_count; i++) {
        const struct duplicate *duplicate = &analysis->duplicates[i];
        struct digest digest;
        digest_from_sha256(&digest, duplicate->sha256);
        json_open_object(json);
        add_digest(json, "digest", &digest);
        json_add_int(json, "bytes_each", duplicate->bytes_each);
        json_add_int(json, "wasted_bytes", duplicate->wasted_bytes);
        json_key(json, "paths");
        json_open_array(json);
        for (size_t p = 0; p < duplicate->count; p++)
            json_text(json, duplicate->paths[p]);
        json_close_array(json);
        add_exact_paths(json, duplicate);
        json_close_object(json);
    }
    json_close_array(json);
}

static void write_largest(struct json_writer *json, const struct analysis *analysis)
{
    json_key(json, "largest");
    json_open_object(json);
    json_key(json, "files");
    json_open_array(json);
    for (size_t i = 0; i < analysis->files.count; i++) {
        const struct top_item *item = &analysis->files.items[i];
        json_open_object(json);
        report_json_path(json, "path", item->path);
        json_add_int(json, "bytes", item->bytes);
        json_add_int(json, "layer", analysis->accounting.inodes[item->number].layer);
        json_close_object(json);
    }
    json_close_array(json);
    json_key(json, "directories");
    json_open_array(json);
    for (size_t i = 0; i < analysis->directories.count; i++) {
        const struct top_item *item = &analysis->directories.items[i];
        json_open_object(json);
        report_json_path(json, "path", item->path);
        json_add_int(json, "bytes", item->bytes);
        json_add_int(json, "files", item->files);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

static void write_suggestions(struct json_writer *json, const struct analysis *analysis)
{
    json_key(json, "suggestions");
    json_open_array(json);
    for (size_t i = 0; i < analysis->advice.count; i++) {
        const struct suggestion *suggestion = &analysis->advice.items[i];
        json_open_object(json);
        json_add_text(json, "id", suggestion->id);
        json_add_text(json, "title", suggestion->title);
        json_add_int(json, "bytes", suggestion->bytes);
        json_add_text(json, "effort", effort_name(suggestion->effort));
        json_key(json, "layers");
        json_open_array(json);
        for (size_t l = 0; l < suggestion->layer_count; l++)
            json_int(json, suggestion->layers[l]);
        json_close_array(json);
        json_add_null(json, "dockerfile");
        json_add_text(json, "fix", suggestion->fix);
        json_close_object(json);
    }
    json_close_array(json);
}

static void add_amount(struct json_writer *json, const char *key, struct amount amount,
                       enum unit unit)
{
    if (!amount.known)
        json_add_null(json, key);
    else if (unit == UNIT_RATIO)
        json_add_double(json, key, amount.ratio);
    else
        json_add_int(json, key, amount.number);
}

static void write_budget(struct json_writer *json, const struct budget_result *result)
{
    json_open_object(json);
    json_add_text(json, "id", result->id);
    json_add_text(json, "measure", result->measure);
    json_add_text(json, "scope", result->scope);
    add_amount(json, "value", result->value, result->unit);
    add_amount(json, "limit", result->limit, result->unit);
    add_amount(json, "baseline", result->baseline, result->unit);
    json_add_text(json, "verdict", verdict_name(result->verdict));
    if (result->file && result->line) {
        json_key(json, "origin");
        json_open_object(json);
        json_add_text(json, "file", result->file);
        json_add_int(json, "line", result->line);
        json_close_object(json);
    } else {
        json_add_null(json, "origin");
    }
    json_close_object(json);
}

static void write_budgets(struct json_writer *json, const struct gate *gate)
{
    json_key(json, "budgets");
    json_open_array(json);
    for (size_t i = 0; gate && i < gate->count; i++)
        write_budget(json, &gate->results[i]);
    json_close_array(json);
}

static void add_layer(struct json_writer *json, uint32_t layer)
{
    if (layer == NO_LAYER)
        json_add_null(json, "layer");
    else
        json_add_int(json, "layer", layer);
}

static void add_path(struct json_writer *json, const char *path)
{
    if (path)
        report_json_path(json, "path", path);
    else
        json_add_null(json, "path");
}

static void write_findings(struct json_writer *json, const struct findings *findings)
{
    json_key(json, "findings");
    json_open_array(json);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        json_open_object(json);
        json_add_text(json, "rule", finding_code(finding->rule));
        json_add_text(json, "severity", severity_name(finding_severity(finding->rule)));
        json_add_text(json, "message", finding->message);
        json_add_null(json, "file");
        json_add_null(json, "line");
        json_add_null(json, "column");
        add_layer(json, finding->layer);
        add_path(json, finding->path);
        if (finding->bytes >= 0)
            json_add_int(json, "bytes", finding->bytes);
        else
            json_add_null(json, "bytes");
        if (finding->fingerprint)
            json_add_text(json, "fingerprint", finding->fingerprint);
        json_close_object(json);
    }
    json_close_array(json);
}

static void write_dive(struct json_writer *json, const struct dive_block *dive)
{
    json_key(json, "dive");
    json_open_object(json);
    json_add_int(json, "sizeBytes", dive->size_bytes);
    json_add_int(json, "userSizeBytes", dive->user_size_bytes);
    json_add_int(json, "wastedBytes", dive->wasted_bytes);
    if (dive->has_percent)
        json_add_double(json, "userWastedPercent", dive->user_wasted_percent);
    else
        json_add_null(json, "userWastedPercent");
    json_add_double(json, "efficiencyScore", dive->efficiency_score);
    json_close_object(json);
}

static void write_warnings(struct json_writer *json, const struct image *image)
{
    const struct findings *findings = &image->findings;
    json_key(json, "warnings");
    json_open_array(json);
    for (size_t i = 0; i < findings->warning_count; i++) {
        const struct warning *warning = &findings->warnings[i];
        json_open_object(json);
        json_add_text(json, "code", warning->code);
        json_add_text(json, "message", warning->message);
        add_layer(json, warning->layer);
        add_path(json, warning->path);
        json_close_object(json);
    }
    for (size_t rule = 0; rule < FINDING_RULES; rule++) {
        cleanup_strbuf struct strbuf message = STRBUF_INIT;
        if (findings->seen[rule] <= findings->kept_most)
            continue;
        strbuf_addf(&message, "%lld more findings of %s are not listed",
                    (long long)(findings->seen[rule] - findings->kept_most),
                    finding_code((enum finding_rule)rule));
        json_open_object(json);
        json_add_text(json, "code", "findings-cut");
        json_add_text(json, "message", message.buf);
        json_add_null(json, "layer");
        json_add_null(json, "path");
        json_close_object(json);
    }
    json_close_array(json);
    json_key(json, "limits_hit");
    json_open_array(json);
    for (size_t i = 0; i < image->limits_hit.count; i++)
        json_text(json, image->limits_hit.items[i]);
    json_close_array(json);
}

static int write_json(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    const struct analysis *analysis = report->analysis;
    struct json_writer json;
    (void)options;
    json_writer_start(&json, *sink, false);
    json_open_object(&json);
    json_add_text(&json, "schema", "ullage.report/1");
    json_key(&json, "tool");
    json_open_object(&json);
    json_add_text(&json, "name", "ullage");
    json_add_text(&json, "version", ULLAGE_VERSION);
    json_close_object(&json);
    write_input(&json, analysis);
    write_image(&json, analysis);
    write_sizes(&json, analysis);
    write_layers(&json, analysis);
    write_waste(&json, analysis);
    write_duplicates(&json, analysis);
    write_largest(&json, analysis);
    write_suggestions(&json, analysis);
    write_budgets(&json, report->gate);
    write_findings(&json, &analysis->image->findings);
    write_dive(&json, &analysis->dive);
    write_warnings(&json, analysis->image);
    json_close_object(&json);
    json_newline(&json);
    return json_writer_finish(&json, err);
}

const struct report_format report_format_json = {
    .name = "json",
    .summary = "the whole report, schema ullage.report/1",
    .write = write_json,
};
