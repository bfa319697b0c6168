/* A comparison for machines, schema ullage.diff/1: docs/diff.schema.json. */
#include <string.h>

#include "analyzer/diff.h"
#include "analyzer/report/report.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

struct output {
    struct json_writer json;
    const struct comparison *comparison;
    size_t most; /* rows of a list */
};

static void add_side(struct json_writer *json, const char *key, const struct diff_state *side)
{
    json_key(json, key);
    json_open_object(json);
    json_add_text(json, "path", side->argument);
    json_add_text(json, "kind",
                  side->analysis ? image_kind_name(side->analysis->image->kind) : "report");
    json_close_object(json);
}

static void add_values(struct json_writer *json, int64_t old_value, int64_t new_value)
{
    json_add_int(json, "old", old_value);
    json_add_int(json, "new", new_value);
    json_add_int(json, "change", new_value - old_value);
}

static void add_rest(struct json_writer *json, const char *key, const struct diff_rest *rest)
{
    json_key(json, key);
    json_open_object(json);
    json_add_int(json, "count", rest->count);
    add_values(json, rest->old_bytes, rest->new_bytes);
    json_close_object(json);
}

/* {"rows": [...], then the caller's keys. False: the part was not compared, and null stands there. */
static bool open_part(struct output *output, enum diff_part part)
{
    struct json_writer *json = &output->json;
    json_key(json, diff_part_name(part));
    if (!output->comparison->parts[part]) {
        json_null_value(json);
        return false;
    }
    json_open_object(json);
    return true;
}

static void open_rows(struct output *output, size_t total)
{
    json_add_int(&output->json, "total_rows", (int64_t)total);
    json_key(&output->json, "rows");
    json_open_array(&output->json);
}

static void write_totals(struct output *output)
{
    struct json_writer *json = &output->json;
    if (!open_part(output, DIFF_TOTALS))
        return;
    for (size_t i = 0; i < output->comparison->total_count; i++) {
        const struct diff_total *total = &output->comparison->totals[i];
        json_key(json, total->measure);
        if (!total->known) {
            json_null_value(json);
            continue;
        }
        json_open_object(json);
        add_values(json, total->old_value, total->new_value);
        json_close_object(json);
    }
    json_close_object(json);
}

static void add_index(struct json_writer *json, const char *key, int64_t index)
{
    if (index < 0)
        json_add_null(json, key);
    else
        json_add_int(json, key, index);
}

static void write_layers(struct output *output)
{
    struct json_writer *json = &output->json;
    const struct comparison *comparison = output->comparison;
    if (!open_part(output, DIFF_LAYERS))
        return;
    open_rows(output, comparison->layer_count);
    for (size_t i = 0; i < comparison->layer_count && i < output->most; i++) {
        const struct diff_layer *layer = &comparison->layers[i];
        json_open_object(json);
        add_index(json, "old_index", layer->old_index);
        add_index(json, "new_index", layer->new_index);
        json_add_text(json, "match", diff_match_name(layer->match));
        add_values(json, layer->old_bytes, layer->new_bytes);
        json_add_int(json, "blob_change", layer->new_blob_bytes - layer->old_blob_bytes);
        json_add_text(json, "diff_id", layer->diff_id);
        json_add_text(json, "instruction", layer->instruction);
        json_close_object(json);
    }
    json_close_array(json);
    add_rest(json, "same", &comparison->same_layers);
    json_close_object(json);
}

static void write_directories(struct output *output)
{
    struct json_writer *json = &output->json;
    const struct directories *directories = &output->comparison->directories;
    if (!open_part(output, DIFF_DIRECTORIES))
        return;
    open_rows(output, directories->count);
    for (size_t i = 0; i < directories->count && i < output->most; i++) {
        const struct directory_row *row = &directories->rows[i];
        json_open_object(json);
        report_json_path(json, "path", row->path);
        json_add_bool(json, "files_only", row->files_only);
        add_values(json, row->old_bytes, row->new_bytes);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

static void write_packages(struct output *output)
{
    struct json_writer *json = &output->json;
    const struct comparison *comparison = output->comparison;
    if (!open_part(output, DIFF_PACKAGES))
        return;
    open_rows(output, comparison->package_count);
    for (size_t i = 0; i < comparison->package_count && i < output->most; i++) {
        const struct diff_package *row = &comparison->packages[i];
        json_open_object(json);
        json_add_text(json, "kind", row->kind);
        json_add_text(json, "name", row->name);
        json_add_text(json, "old_versions", row->old_versions);
        json_add_text(json, "new_versions", row->new_versions);
        add_values(json, row->old_bytes, row->new_bytes);
        json_close_object(json);
    }
    json_close_array(json);
    add_rest(json, "same", &comparison->same_packages);
    add_rest(json, "unowned", &comparison->unowned);
    json_close_object(json);
}

static void add_detail(struct output *output, const char *key, const struct diff_file *file,
                       enum diff_side side)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    diff_file_detail(&text, output->comparison, file, side);
    json_add_text(&output->json, key, text.len ? text.buf : NULL);
}

static void write_file(struct output *output, const struct diff_file *file)
{
    struct json_writer *json = &output->json;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    diff_file_path(&path, output->comparison, file);
    json_open_object(json);
    report_json_path(json, "path", path.buf);
    json_key(json, "changes");
    json_open_array(json);
    for (size_t bit = 0; bit < CHANGE_KINDS; bit++)
        if (file->changes & (1u << bit))
            json_text(json, diff_change_name(bit));
    json_close_array(json);
    add_values(json, file->old_bytes, file->new_bytes);
    add_index(json, "old_layer", diff_file_layer(output->comparison, file, DIFF_OLD));
    add_index(json, "new_layer", diff_file_layer(output->comparison, file, DIFF_NEW));
    add_detail(output, "old_entry", file, DIFF_OLD);
    add_detail(output, "new_entry", file, DIFF_NEW);
    json_close_object(json);
}

static void write_files(struct output *output)
{
    struct json_writer *json = &output->json;
    const struct comparison *comparison = output->comparison;
    if (!open_part(output, DIFF_FILES))
        return;
    json_key(json, "by_change");
    json_open_object(json);
    for (size_t bit = 0; bit < CHANGE_KINDS; bit++) {
        const struct diff_file_sum *sum = &comparison->by_change[bit];
        const struct diff_rest rest = {sum->files, sum->old_bytes, sum->new_bytes};
        add_rest(json, diff_change_name(bit), &rest);
    }
    json_close_object(json);
    open_rows(output, comparison->file_count);
    for (size_t i = 0; i < comparison->file_count && i < output->most; i++)
        write_file(output, &comparison->files[i]);
    json_close_array(json);
    add_rest(json, "ignored", &comparison->ignored);
    add_rest(json, "same", &comparison->same_files);
    json_close_object(json);
}

static void write_fields(struct output *output, enum diff_part part,
                         const struct diff_field *fields, size_t count)
{
    struct json_writer *json = &output->json;
    if (!open_part(output, part))
        return;
    open_rows(output, count);
    for (size_t i = 0; i < count && i < output->most; i++) {
        json_open_object(json);
        json_add_text(json, "name", fields[i].name);
        json_add_text(json, "old", fields[i].old_value);
        json_add_text(json, "new", fields[i].new_value);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

static void write_missing(struct output *output)
{
    json_key(&output->json, "missing");
    json_open_array(&output->json);
    for (int part = 0; part < DIFF_PARTS; part++) {
        if (!output->comparison->missing[part])
            continue;
        json_open_object(&output->json);
        json_add_text(&output->json, "part", diff_part_name((enum diff_part)part));
        json_add_text(&output->json, "reason", output->comparison->missing[part]);
        json_close_object(&output->json);
    }
    json_close_array(&output->json);
}

static int write_json(const struct report *report, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    const struct comparison *comparison = report->comparison;
    struct output output = {
        .comparison = comparison,
        .most = options->top ? (size_t)options->top : SIZE_MAX,
    };
    struct json_writer *json = &output.json;
    json_writer_start(json, *sink, false);
    json_open_object(json);
    json_add_text(json, "schema", "ullage.diff/1");
    json_key(json, "tool");
    json_open_object(json);
    json_add_text(json, "name", "ullage");
    json_add_text(json, "version", ULLAGE_VERSION);
    json_close_object(json);
    add_side(json, "old", &comparison->sides[DIFF_OLD]);
    add_side(json, "new", &comparison->sides[DIFF_NEW]);
    json_add_bool(json, "differs", comparison->differs);
    write_totals(&output);
    write_layers(&output);
    write_directories(&output);
    write_packages(&output);
    write_files(&output);
    write_fields(&output, DIFF_CONFIG, comparison->config, comparison->config_count);
    write_fields(&output, DIFF_HISTORY, comparison->history, comparison->history_count);
    write_missing(&output);
    json_close_object(json);
    json_newline(json);
    return json_writer_finish(json, err);
}

const struct report_format comparison_format_json = {
    .name = "json",
    .summary = "schema ullage.diff/1",
    .write = write_json,
};
