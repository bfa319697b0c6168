#include "analyzer/report/gate_page.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/escape.h"
#include "core/memory.h"

#define ID_SHOWN 32
#define AMOUNT_TEXT_MAX 64

enum column {
    COLUMN_VERDICT,
    COLUMN_ID,
    COLUMN_VALUE,
    COLUMN_LIMIT,
    COLUMN_WAS,
    COLUMN_CHANGE,
    COLUMNS
};

struct page {
    struct strbuf *out;
    const struct gate *gate;
    const struct report_options *options;
};

struct row {
    struct strbuf cells[COLUMNS];
    const char *remark; /* behind the last column, or NULL */
};

static const char *const labels[] = {
    [VERDICT_PASS] = "pass",     [VERDICT_WARN] = "WARN",
    [VERDICT_FAIL] = "FAIL",     [VERDICT_FAILING_ALREADY] = "ALREADY",
    [VERDICT_WAIVED] = "waived", [VERDICT_SKIPPED] = "skipped",
};

static const char *color_of(const struct page *page, enum verdict verdict)
{
    const struct report_style *style = &page->options->style;
    switch (verdict) {
    case VERDICT_PASS:
        return style->green;
    case VERDICT_FAIL:
    case VERDICT_FAILING_ALREADY:
        return style->red;
    case VERDICT_WARN:
        return style->yellow;
    default:
        return style->dim;
    }
}

/* Characters, which a terminal gives a column each. */
static size_t columns_of(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* A text cut to `most` columns, escaped. */
static void add_cut(struct strbuf *out, const char *text, size_t most)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    size_t columns = 0, i = 0;
    escape_for_terminal(&shown, span_of_text(text));
    for (; i < shown.len; columns++) {
        size_t step = utf8_sequence(shown.buf + i, shown.len - i);
        if (columns + 1 >= most && i + (step ? step : 1) < shown.len) {
            strbuf_add(out, shown.buf, i);
            strbuf_add_text(out, "…");
            return;
        }
        i += step ? step : 1;
    }
    strbuf_add(out, shown.buf, shown.len);
}

static void amount_text(char text[AMOUNT_TEXT_MAX], struct amount amount, enum unit unit,
                        enum size_style style)
{
    char size[SIZE_TEXT_MAX];
    if (!amount.known)
        snprintf(text, AMOUNT_TEXT_MAX, "-");
    else if (unit == UNIT_RATIO)
        snprintf(text, AMOUNT_TEXT_MAX, "%.4f", amount.ratio);
    else if (unit == UNIT_COUNT)
        snprintf(text, AMOUNT_TEXT_MAX, "%" PRId64, amount.number);
    else
        snprintf(text, AMOUNT_TEXT_MAX, "%s", size_format(amount.number, style, size));
}

/* Value and limit look alike although one passes the other: then only exact figures say it. */
static enum size_style style_for(const struct page *page, const struct budget_result *result)
{
    char value[AMOUNT_TEXT_MAX], limit[AMOUNT_TEXT_MAX];
    amount_text(value, result->value, result->unit, page->options->sizes);
    amount_text(limit, result->limit, result->unit, page->options->sizes);
    bool alike = result->over.known && strcmp(value, limit) == 0;
    return alike ? SIZE_BYTES : page->options->sizes;
}

static void fill_limit(struct strbuf *cell, const struct budget_result *result,
                       enum size_style style)
{
    char text[AMOUNT_TEXT_MAX];
    if (result->growth) {
        strbuf_addf(cell, "+%s", result->limit_text ? result->limit_text : "");
        return;
    }
    amount_text(text, result->limit, result->unit, style);
    strbuf_addf(cell, "%s%s", result->at_least && result->limit.known ? ">= " : "", text);
}

static void fill_change(struct strbuf *cell, const struct budget_result *result,
                        enum size_style style)
{
    char text[AMOUNT_TEXT_MAX];
    double before, now;
    if (!result->value.known || !result->baseline.known)
        return;
    if (result->unit == UNIT_RATIO) {
        before = result->baseline.ratio;
        now = result->value.ratio;
        strbuf_addf(cell, "%+.4f", now - before);
    } else {
        struct amount change = {.known = true,
                                .number = result->value.number - result->baseline.number};
        before = (double)result->baseline.number;
        now = (double)result->value.number;
        amount_text(text, change, result->unit, style);
        strbuf_addf(cell, "%s%s", change.number > 0 ? "+" : "", text);
    }
    if (before > 0 && now != before && isfinite(now))
        strbuf_addf(cell, " (%+.1f %%)", (now - before) / before * 100);
}

static void fill_row(const struct page *page, struct row *row, const struct budget_result *result)
{
    char text[AMOUNT_TEXT_MAX];
    enum size_style style = style_for(page, result);
    for (size_t i = 0; i < COLUMNS; i++)
        row->cells[i] = (struct strbuf)STRBUF_INIT;
    strbuf_add_text(&row->cells[COLUMN_VERDICT], labels[result->verdict]);
    add_cut(&row->cells[COLUMN_ID], result->id, ID_SHOWN);
    amount_text(text, result->value, result->unit, style);
    strbuf_addf(&row->cells[COLUMN_VALUE], "%s%s", result->estimated ? "~" : "", text);
    fill_limit(&row->cells[COLUMN_LIMIT], result, style);
    amount_text(text, result->baseline, result->unit, style);
    if (result->baseline.known)
        strbuf_add_text(&row->cells[COLUMN_WAS], text);
    fill_change(&row->cells[COLUMN_CHANGE], result, style);
    if (result->verdict == VERDICT_PASS)
        row->remark = result->note;
    else if (result->verdict == VERDICT_SKIPPED || result->verdict == VERDICT_WAIVED)
        row->remark = result->reason;
}

static void write_row(struct page *page, const struct row *row, const size_t widths[COLUMNS],
                      const char *color)
{
    struct strbuf line = STRBUF_INIT;
    strbuf_add_text(&line, "  ");
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *text = row->cells[i].buf;
        bool right = i == COLUMN_VALUE || i == COLUMN_WAS;
        size_t fill = widths[i] - columns_of(text);
        if (!widths[i])
            continue;
        strbuf_add_text(&line, i ? "  " : "");
        strbuf_add_repeat(&line, ' ', right ? fill : 0);
        strbuf_addf(&line, "%s%s%s", i ? "" : color, text,
                    !i && *color ? page->options->style.reset : "");
        strbuf_add_repeat(&line, ' ', right ? 0 : fill);
    }
    if (row->remark) {
        strbuf_add_text(&line, "  ");
        escape_for_terminal(&line, span_of_text(row->remark));
    }
    while (line.len && line.buf[line.len - 1] == ' ')
        strbuf_truncate(&line, line.len - 1);
    strbuf_addf(page->out, "%s\n", line.buf);
    strbuf_release(&line);
}

static void write_table(struct page *page)
{
    static const char *const heads[COLUMNS] = {"", "budget", "measured", "limit", "was", "change"};
    const struct gate *gate = page->gate;
    struct row *rows = memory_alloc_zero(gate->count + 1, sizeof *rows);
    size_t widths[COLUMNS] = {0};
    struct row *head = &rows[gate->count];
    bool compares = false;
    for (size_t i = 0; i < gate->count; i++) {
        fill_row(page, &rows[i], &gate->results[i]);
        compares = compares || gate->results[i].baseline.known;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        head->cells[i] = (struct strbuf)STRBUF_INIT;
        strbuf_add_text(&head->cells[i], compares || i < COLUMN_WAS ? heads[i] : "");
    }
    for (size_t r = 0; r <= gate->count; r++)
        for (size_t i = 0; i < COLUMNS; i++) {
            size_t width = columns_of(rows[r].cells[i].buf);
            widths[i] = width > widths[i] ? width : widths[i];
        }
    write_row(page, head, widths, "");
    for (size_t i = 0; i < gate->count; i++)
        write_row(page, &rows[i], widths, color_of(page, gate->results[i].verdict));
    for (size_t r = 0; r <= gate->count; r++)
        for (size_t i = 0; i < COLUMNS; i++)
            strbuf_release(&rows[r].cells[i]);
    free(rows);
}

static void write_contributor(struct page *page, const struct budget_result *result,
                              const struct contributor *row)
{
    char text[AMOUNT_TEXT_MAX];
    enum unit unit = result->unit == UNIT_COUNT ? UNIT_COUNT : UNIT_BYTES;
    struct amount amount = {.known = true, .number = row->bytes};
    cleanup_strbuf struct strbuf where = STRBUF_INIT, signed_text = STRBUF_INIT;
    size_t width = page->options->width > 40 ? page->options->width : 40;
    amount_text(text, amount, unit, page->options->sizes);
    strbuf_addf(&signed_text, "%s%s", result->growth ? "+" : "", text);
    strbuf_addf(page->out, "    %10s", signed_text.buf);
    if (row->layer != NO_LAYER)
        strbuf_addf(&where, "layer %" PRIu32, row->layer);
    strbuf_addf(page->out, "  %-9s ", where.buf);
    size_t left = width - 27;
    if (row->file && row->line) {
        cleanup_strbuf struct strbuf place = STRBUF_INIT;
        strbuf_addf(&place, "%s:%" PRId64, row->file, row->line);
        add_cut(page->out, place.buf, left);
        strbuf_addf(page->out, "\n%27s", "");
    }
    if (row->path)
        add_cut(page->out, row->path, left);
    if (row->path && row->instruction)
        strbuf_addf(page->out, "\n%27s", "");
    if (row->instruction)
        add_cut(page->out, row->instruction, left);
    strbuf_add_char(page->out, '\n');
}

static void write_line(struct page *page, const char *term, const char *text)
{
    if (!text)
        return;
    strbuf_addf(page->out, "    %s: ", term);
    escape_for_terminal(page->out, span_of_text(text));
    strbuf_add_char(page->out, '\n');
}

static void write_place(struct page *page, const struct budget_result *result)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (!result->file)
        return;
    strbuf_addf(&text, "%s", result->file);
    if (result->line)
        strbuf_addf(&text, ", line %" PRId64, result->line);
    else
        strbuf_add_text(&text, " says nothing, so it is dive's default");
    write_line(page, "rule", text.buf);
}

/* "live_bytes of above-base is 98MB, limit 90MB, over by 8MB, change +3MB (+3.2 %)" */
static void write_figures(struct page *page, const struct budget_result *result)
{
    cleanup_strbuf struct strbuf limit = STRBUF_INIT, change = STRBUF_INIT;
    enum size_style style = style_for(page, result);
    char text[AMOUNT_TEXT_MAX];
    amount_text(text, result->value, result->unit, style);
    strbuf_addf(page->out, "%s of ", result->measure);
    escape_for_terminal(page->out, span_of_text(result->scope));
    strbuf_addf(page->out, " is %s", text);
    fill_limit(&limit, result, style);
    strbuf_addf(page->out, ", limit %s", limit.buf);
    if (result->over.known) {
        amount_text(text, result->over, result->unit, style);
        strbuf_addf(page->out, ", %s by %s", result->at_least ? "under" : "over", text);
    }
    fill_change(&change, result, style);
    if (change.len)
        strbuf_addf(page->out, ", change %s", change.buf);
    strbuf_add_char(page->out, '\n');
}

static void explain(struct page *page, const struct budget_result *result)
{
    strbuf_addf(page->out, "\n%s%s%s  ", color_of(page, result->verdict), labels[result->verdict],
                page->options->style.reset);
    escape_for_terminal(page->out, span_of_text(result->id));
    strbuf_add_text(page->out, ": ");
    write_figures(page, result);
    for (size_t i = 0; i < result->contributor_count; i++)
        write_contributor(page, result, &result->contributors[i]);
    if (result->verdict == VERDICT_FAILING_ALREADY)
        write_line(page, "already", "the baseline breaks this limit too");
    write_line(page, "waiver", result->reason);
    write_line(page, "fix first", result->fix);
    write_line(page, "say", result->say);
    write_line(page, "note", result->note);
    write_place(page, result);
}

static void add_name(struct page *page, const char *word, const char *name)
{
    if (!name)
        return;
    strbuf_addf(page->out, "  %s: ", word);
    escape_for_terminal(page->out, span_of_text(name));
}

static void write_head(struct page *page)
{
    const struct gate *gate = page->gate;
    const struct report_style *style = &page->options->style;
    strbuf_add_text(page->out, style->bold);
    escape_for_terminal(page->out, span_of_text(gate->input));
    strbuf_add_text(page->out, style->reset);
    if (gate->platform) {
        strbuf_add_text(page->out, "  ");
        escape_for_terminal(page->out, span_of_text(gate->platform));
    }
    if (gate->digest)
        strbuf_addf(page->out, "  %.19s", gate->digest);
    add_name(page, "rules", gate->rules);
    add_name(page, "baseline", gate->baseline);
    add_name(page, "anchor", gate->anchor);
    strbuf_add_char(page->out, '\n');
    for (size_t i = 0; i < gate->note_count; i++) {
        strbuf_add_text(page->out, "  ");
        escape_for_terminal(page->out, span_of_text(gate->notes[i]));
        strbuf_add_char(page->out, '\n');
    }
}

static void add_count(struct strbuf *out, size_t count, const char *word)
{
    if (count)
        strbuf_addf(out, "%s%zu %s", out->len ? ", " : "", count, word);
}

static void write_verdict(struct page *page)
{
    const struct gate *gate = page->gate;
    const struct report_style *style = &page->options->style;
    cleanup_strbuf struct strbuf more = STRBUF_INIT;
    size_t already = gate_count(gate, VERDICT_FAILING_ALREADY);
    size_t failed = gate_count(gate, VERDICT_FAIL) + already;
    size_t warned = gate_count(gate, VERDICT_WARN);
    add_count(&more, already, "failing already");
    add_count(&more, warned, warned == 1 ? "warning" : "warnings");
    add_count(&more, gate_count(gate, VERDICT_WAIVED), "waived");
    add_count(&more, gate_count(gate, VERDICT_SKIPPED), "skipped");
    strbuf_addf(page->out, "%s%s%s%s", failed || warned ? "\n" : "", style->bold,
                gate->passed ? style->green : style->red, gate->passed ? "PASS" : "FAIL");
    strbuf_addf(page->out, "%s %zu of %zu budgets", style->reset,
                gate->passed ? gate_count(gate, VERDICT_PASS)
                : failed     ? failed
                             : warned,
                gate->count);
    if (more.len)
        strbuf_addf(page->out, " (%s)", more.buf);
    strbuf_add_char(page->out, '\n');
}

void gate_page_write(struct strbuf *out, const struct gate *gate,
                     const struct report_options *options)
{
    struct page page = {.out = out, .gate = gate, .options = options};
    write_head(&page);
    if (gate->count)
        write_table(&page);
    for (size_t i = 0; i < gate->count; i++) {
        const struct budget_result *result = &gate->results[i];
        if (result->verdict == VERDICT_FAIL || result->verdict == VERDICT_FAILING_ALREADY ||
            result->verdict == VERDICT_WARN)
            explain(&page, result);
    }
    if (gate->count)
        write_verdict(&page);
}
