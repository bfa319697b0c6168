/* A row for each layer, RFC 4180: lines end with CRLF, the first names the columns, sizes
 * are plain integers of bytes. Texts are defused: no spreadsheet may run them. */
#include <inttypes.h>

#include "analyzer/report/report.h"
#include "core/escape.h"

#define HEADER                                                                             \
    "index,diff_id,digest,media_type,compression,blob_bytes,tar_bytes,content_bytes,"      \
    "live_bytes,dead_bytes,entries,added,modified,removed,created,instruction\r\n"

static void add_text(struct strbuf *row, const char *text)
{
    strbuf_add_char(row, ',');
    escape_for_csv(row, span_of_text(text ? text : ""));
}

static void add_digest(struct strbuf *row, const struct digest *digest)
{
    char text[DIGEST_TEXT_MAX];
    add_text(row, digest_is_set(digest) ? digest_format(digest, text) : NULL);
}

static void add_int(struct strbuf *row, int64_t value)
{
    strbuf_addf(row, ",%" PRId64, value);
}

static void format_row(struct strbuf *row, const struct analysis *analysis, size_t index)
{
    const struct image_layer *described = &analysis->image->chosen->layers[index];
    const struct layer *layer = described->layer;
    const struct layer_sums *sums = &analysis->accounting.layers[index];
    const struct history_step *step = history_of_layer(&analysis->image->history, index);
    cleanup_free char *instruction = report_instruction(analysis, index);
    strbuf_addf(row, "%zu", index);
    add_digest(row, &described->diff_id);
    add_digest(row, &described->digest);
    add_text(row, described->media_type);
    add_text(row, compression_name(layer ? layer->compression : COMPRESSION_NONE));
    add_int(row, layer ? layer->blob_bytes : described->size > 0 ? described->size : 0);
    add_int(row, layer ? layer->tar_bytes : 0);
    add_int(row, sums->content_bytes);
    add_int(row, sums->live_bytes);
    add_int(row, sums->dead_bytes);
    add_int(row, sums->entries);
    add_int(row, sums->added);
    add_int(row, sums->modified);
    add_int(row, sums->removed);
    add_text(row, step ? report_time(step->created) : NULL);
    add_text(row, instruction);
    strbuf_add_text(row, "\r\n");
}

static int write_csv(const struct report *report, const struct report_options *options,
                     const struct sink *sink, struct error *err)
{
    const struct analysis *analysis = report->analysis;
    cleanup_strbuf struct strbuf row = STRBUF_INIT;
    (void)options;
    if (sink_write(sink, HEADER, sizeof HEADER - 1, err) < 0)
        return -1;
    for (size_t i = 0; i < analysis->image->chosen->layer_count; i++) {
        strbuf_reset(&row);
        format_row(&row, analysis, i);
        if (sink_write(sink, row.buf, row.len, err) < 0)
            return -1;
    }
    return 0;
}

const struct report_format report_format_csv = {
    .name = "csv",
    .summary = "a row for each layer, for spreadsheets",
    .write = write_csv,
};
