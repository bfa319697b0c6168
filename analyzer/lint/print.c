#include "analyzer/lint/print.h"

#include <string.h>

#include "analyzer/report/finding_list.h"
#include "core/escape.h"
#include "core/memory.h"

#define LINE_SHOWN 160 /* characters of a source line, around the place */

static const char *colour_of(const struct report_style *style, enum severity severity)
{
    switch (severity) {
    case SEVERITY_ERROR:
        return style->red;
    case SEVERITY_WARNING:
        return style->yellow;
    default:
        return style->dim;
    }
}

/* The source line with tabs as they are, and under it blanks and carets. What would drive a terminal is
 * shown escaped, and the carets follow its shown width. */
static void add_source(struct strbuf *out, const struct lint_result *result,
                       const struct lint_finding *finding, const struct report_style *style)
{
    struct lint_place place = lint_result_place(result, finding->begin);
    struct span line = lint_result_line(result, place.line);
    size_t line_begin = result->lines[place.line - 1];
    size_t begin = finding->begin - line_begin, end = finding->end - line_begin;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT, marks = STRBUF_INIT;
    size_t first = begin > LINE_SHOWN / 2 ? begin - LINE_SHOWN / 2 : 0;
    while (first && first < line.len && ((unsigned char)line.ptr[first] & 0xc0) == 0x80)
        first--;
    if (end > line.len)
        end = line.len;
    if (first)
        strbuf_add_text(&shown, "…");
    if (first)
        strbuf_add_char(&marks, ' ');
    for (size_t at = first, width = 0; at < line.len && width < LINE_SHOWN; width++) {
        size_t len = utf8_sequence(line.ptr + at, line.len - at);
        len = len ? len : 1;
        bool marked = at >= begin && (at < end || at == begin);
        if (line.ptr[at] == '\t') {
            strbuf_add_char(&shown, '\t');
            strbuf_add_char(&marks, marked && at == begin ? '^' : '\t');
        } else {
            size_t before = shown.len;
            escape_for_terminal(&shown, span_of(line.ptr + at, len));
            size_t cells = shown.len - before == len ? 1 : shown.len - before;
            for (size_t i = 0; i < cells; i++)
                strbuf_add_char(&marks, marked ? '^' : ' ');
        }
        at += len;
    }
    if (begin >= line.len)
        strbuf_add_char(&marks, '^');
    while (marks.len && (marks.buf[marks.len - 1] == ' ' || marks.buf[marks.len - 1] == '\t'))
        strbuf_truncate(&marks, marks.len - 1);
    strbuf_addf(out, "  %s\n  %s%s%s\n", shown.buf, style->green, marks.buf, style->reset);
}

static void add_finding(struct strbuf *out, const struct lint_result *result,
                        const struct lint_finding *finding, const struct report_style *style)
{
    struct lint_place place = lint_result_place(result, finding->begin);
    cleanup_strbuf struct strbuf file = STRBUF_INIT;
    escape_for_terminal(&file, span_of_text(result->file));
    strbuf_addf(out, "%s%s:%u:%u%s %s%s%s %s: %s\n", style->bold, file.buf, place.line,
                place.column, style->reset, colour_of(style, finding->severity),
                severity_name(finding->severity), style->reset, finding->code, finding->message);
    add_source(out, result, finding, style);
    if (finding->rule && finding->rule->fix)
        strbuf_addf(out, "  %s%s%s%s\n", style->dim, finding->rule->fix,
                    finding->fix ? finding->fix->unsafe ? " (ullage fix --unsafe)" : " (ullage fix)"
                                 : "",
                    style->reset);
}

static void add_count(struct strbuf *out, const size_t counts[static 4], size_t files)
{
    static const char *const words[][2] = {
        [SEVERITY_ERROR] = {"error", "errors"},
        [SEVERITY_WARNING] = {"warning", "warnings"},
        [SEVERITY_INFO] = {"hint", "hints"},
        [SEVERITY_STYLE] = {"matter of style", "matters of style"},
    };
    bool any = false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (!counts[i])
            continue;
        strbuf_addf(out, "%s%zu %s", any ? ", " : "", counts[i], words[i][counts[i] != 1]);
        any = true;
    }
    strbuf_addf(out, "%s in %zu file%s\n", any ? "" : "nothing found", files, files == 1 ? "" : "s");
}

int lint_print_text(const struct lint_result *const *results, size_t count,
                    const struct report_options *options, const struct sink *sink,
                    struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    size_t counts[4] = {0};
    for (size_t i = 0; i < count; i++) {
        for (size_t f = 0; f < results[i]->count; f++) {
            const struct lint_finding *finding = &results[i]->items[f];
            counts[finding->severity]++;
            add_finding(&out, results[i], finding, &options->style);
        }
        if (sink_write(sink, out.buf, out.len, err) < 0)
            return -1;
        strbuf_reset(&out);
    }
    add_count(&out, counts, count);
    return sink_write(sink, out.buf, out.len, err);
}

static void write_finding(struct json_writer *json, const struct lint_result *result,
                          const struct lint_finding *finding)
{
    struct lint_place begin = lint_result_place(result, finding->begin);
    struct lint_place end = lint_result_place(result, finding->end);
    json_open_object(json);
    json_add_text(json, "rule", finding->code);
    json_key(json, "aliases");
    json_open_array(json);
    if (finding->twin)
        json_text(json, finding->twin->code);
    for (size_t i = 0; finding->rule && i < LINT_ALIASES_MAX && finding->rule->aliases[i]; i++)
        json_text(json, finding->rule->aliases[i]);
    json_close_array(json);
    json_add_text(json, "name", lint_finding_name(finding));
    json_add_text(json, "severity", severity_name(finding->severity));
    json_add_text(json, "message", finding->message);
    json_add_path(json, "file", result->file);
    json_add_int(json, "line", begin.line);
    json_add_int(json, "column", begin.column);
    json_add_int(json, "end_line", end.line);
    json_add_int(json, "end_column", end.column);
    json_add_bool(json, "fixable", finding->fix != NULL);
    json_add_text(json, "url", finding->rule ? finding->rule->url : NULL);
    if (finding->bytes >= 0)
        json_add_int(json, "bytes", finding->bytes);
    if (finding->layer != NO_LAYER)
        json_add_int(json, "layer", finding->layer);
    json_close_object(json);
}

int lint_print_json(const struct lint_result *const *results, size_t count,
                    const struct sink *sink, struct error *err)
{
    struct json_writer json;
    json_writer_start(&json, *sink, false);
    json_open_object(&json);
    json_add_text(&json, "schema", "ullage.lint/1");
    json_key(&json, "findings");
    json_open_array(&json);
    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; f < results[i]->count; f++)
            write_finding(&json, results[i], &results[i]->items[f]);
    json_close_array(&json);
    json_close_object(&json);
    json_newline(&json);
    return json_writer_finish(&json, err);
}

/* What tells a finding from others of its rule, wherever its line moves to: the file and the line's words. */
static const char *key_of(struct arena *arena, const struct lint_result *result, uint32_t number)
{
    struct span line = lint_result_line(result, number);
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    strbuf_addf(&key, "%s:", result->file);
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i])
            strbuf_add_char(&key, line.ptr[i]);
    return arena_dup_text(arena, key.buf);
}

void lint_list(struct finding_list *list, const struct lint_result *const *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct lint_result *result = results[i];
        for (size_t f = 0; f < result->count; f++) {
            const struct lint_finding *source = &result->items[f];
            struct lint_place begin = lint_result_place(result, source->begin);
            struct lint_place end = lint_result_place(result, source->end);
            struct report_finding finding = {
                .rule = source->code,
                .name = lint_finding_name(source),
                .summary = source->rule ? source->rule->summary : source->message,
                .help = source->rule ? source->rule->why : NULL,
                .severity = source->severity,
                .message = source->message,
                .key = key_of(&list->arena, result, begin.line),
                .file = result->file,
                .line = begin.line,
                .column = begin.column,
                .end_line = end.line,
                .end_column = end.column,
                .layer = source->layer,
                .bytes = source->bytes,
                .fix = source->rule ? source->rule->fix : NULL,
            };
            finding_list_add(list, &finding);
        }
    }
}
