/* A row for each thing that differs, all parts in one table, RFC 4180: part, name, what changed, old, new,
 * change. Of fields the old and new value are texts, of all else bytes or counts. */
#include <inttypes.h>

#include "analyzer/diff.h"
#include "analyzer/report/report.h"
#include "core/escape.h"

#define HEADER "part,name,how,old,new,change\r\n"

struct output {
    const struct comparison *comparison;
    const struct sink *sink;
    struct error *err;
    struct strbuf row;
};

static void begin_row(struct output *output, const char *part, const char *name, const char *how)
{
    strbuf_reset(&output->row);
    strbuf_add_text(&output->row, part);
    strbuf_add_char(&output->row, ',');
    escape_for_csv(&output->row, span_of_text(name));
    strbuf_add_char(&output->row, ',');
    escape_for_csv(&output->row, span_of_text(how));
}

static int end_row(struct output *output)
{
    strbuf_add_text(&output->row, "\r\n");
    return sink_write(output->sink, output->row.buf, output->row.len, output->err);
}

static int end_numbers(struct output *output, int64_t old_value, int64_t new_value)
{
    strbuf_addf(&output->row, ",%" PRId64 ",%" PRId64 ",%" PRId64, old_value, new_value,
                new_value - old_value);
    return end_row(output);
}

static int write_totals(struct output *output)
{
    int result = 0;
    for (size_t i = 0; i < output->comparison->total_count && result == 0; i++) {
        const struct diff_total *total = &output->comparison->totals[i];
        if (!total->known)
            continue;
        begin_row(output, "totals", total->measure, "");
        result = end_numbers(output, total->old_value, total->new_value);
    }
    return result;
}

static int write_layers(struct output *output)
{
    int result = 0;
    for (size_t i = 0; i < output->comparison->layer_count && result == 0; i++) {
        const struct diff_layer *layer = &output->comparison->layers[i];
        begin_row(output, "layers", layer->instruction ? layer->instruction : "",
                  diff_match_name(layer->match));
        result = end_numbers(output, layer->old_bytes, layer->new_bytes);
    }
    return result;
}

static int write_directories(struct output *output)
{
    int result = 0;
    for (size_t i = 0; i < output->comparison->directories.count && result == 0; i++) {
        const struct directory_row *row = &output->comparison->directories.rows[i];
        begin_row(output, "directories", row->path, row->files_only ? "files only" : "");
        result = end_numbers(output, row->old_bytes, row->new_bytes);
    }
    return result;
}

static int write_packages(struct output *output)
{
    int result = 0;
    for (size_t i = 0; i < output->comparison->package_count && result == 0; i++) {
        const struct diff_package *row = &output->comparison->packages[i];
        cleanup_strbuf struct strbuf name = STRBUF_INIT, how = STRBUF_INIT;
        strbuf_addf(&name, "%s:%s", row->kind, row->name);
        strbuf_addf(&how, "%s > %s", row->old_versions ? row->old_versions : "-",
                    row->new_versions ? row->new_versions : "-");
        begin_row(output, "packages", name.buf, how.buf);
        result = end_numbers(output, row->old_bytes, row->new_bytes);
    }
    return result;
}

static int write_files(struct output *output)
{
    int result = 0;
    for (size_t i = 0; i < output->comparison->file_count && result == 0; i++) {
        const struct diff_file *file = &output->comparison->files[i];
        cleanup_strbuf struct strbuf path = STRBUF_INIT, how = STRBUF_INIT;
        diff_file_path(&path, output->comparison, file);
        for (size_t bit = 0; bit < CHANGE_KINDS; bit++)
            if (file->changes & (1u << bit))
                strbuf_addf(&how, "%s%s", how.len ? " " : "", diff_change_name(bit));
        begin_row(output, "files", path.buf, how.buf);
        result = end_numbers(output, file->old_bytes, file->new_bytes);
    }
    return result;
}

static int write_fields(struct output *output, const char *part, const struct diff_field *fields,
                        size_t count)
{
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        const struct diff_field *field = &fields[i];
        begin_row(output, part, field->name,
                  !field->old_value ? "added" : !field->new_value ? "removed" : "changed");
        strbuf_add_char(&output->row, ',');
        escape_for_csv(&output->row, span_of_text(field->old_value ? field->old_value : ""));
        strbuf_add_char(&output->row, ',');
        escape_for_csv(&output->row, span_of_text(field->new_value ? field->new_value : ""));
        strbuf_add_char(&output->row, ',');
        result = end_row(output);
    }
    return result;
}

static int write_csv(const struct report *report, const struct report_options *options,
                     const struct sink *sink, struct error *err)
{
    const struct comparison *comparison = report->comparison;
    struct output output = {
        .comparison = comparison, .sink = sink, .err = err, .row = STRBUF_INIT};
    (void)options;
    int result = sink_write(sink, HEADER, sizeof HEADER - 1, err);
    if (result == 0 && comparison->parts[DIFF_TOTALS])
        result = write_totals(&output);
    if (result == 0 && comparison->parts[DIFF_LAYERS])
        result = write_layers(&output);
    if (result == 0 && comparison->parts[DIFF_DIRECTORIES])
        result = write_directories(&output);
    if (result == 0 && comparison->parts[DIFF_PACKAGES])
        result = write_packages(&output);
    if (result == 0 && comparison->parts[DIFF_FILES])
        result = write_files(&output);
    if (result == 0 && comparison->parts[DIFF_CONFIG])
        result = write_fields(&output, "config", comparison->config, comparison->config_count);
    if (result == 0 && comparison->parts[DIFF_HISTORY])
        result = write_fields(&output, "history", comparison->history, comparison->history_count);
    strbuf_release(&output.row);
    return result;
}

const struct report_format comparison_format_csv = {
    .name = "csv",
    .summary = "a row for each difference",
    .write = write_csv,
};
