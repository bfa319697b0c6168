/* The summary of a baseline: keys sorted, one entry a line. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/gate/baseline.h"
#include "core/escape.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

static void add_key(struct strbuf *out, const char *key)
{
    escape_for_json(out, span_of_text(key));
    strbuf_add_text(out, ": ");
}

static void add_text(struct strbuf *out, const char *text)
{
    if (text)
        escape_for_json(out, span_of_text(text));
    else
        strbuf_add_text(out, "null");
}

static void add_amount(struct strbuf *out, struct amount amount, enum unit unit)
{
    if (!amount.known || (unit == UNIT_RATIO && !(amount.ratio < 1e300)))
        strbuf_add_text(out, "null");
    else if (unit == UNIT_RATIO)
        strbuf_addf(out, "%.17g", amount.ratio);
    else
        strbuf_addf(out, "%" PRId64, amount.number);
}

static void add_entries(struct strbuf *out, const char *key, const struct baseline_entry *list,
                        size_t count)
{
    strbuf_addf(out, "  \"%s\": {", key);
    for (size_t i = 0; i < count; i++) {
        enum measure measure = list[i].measure ? measure_find(list[i].measure) : MEASURE_NONE;
        strbuf_add_text(out, i ? ",\n    " : "\n    ");
        add_key(out, list[i].id);
        strbuf_add_text(out, "{\"measure\": ");
        add_text(out, list[i].measure);
        strbuf_add_text(out, ", \"scope\": ");
        add_text(out, list[i].scope);
        strbuf_add_text(out, ", \"value\": ");
        add_amount(out, list[i].amount,
                   measure == MEASURE_NONE ? UNIT_COUNT : measure_row(measure)->unit);
        strbuf_add_char(out, '}');
    }
    strbuf_add_text(out, count ? "\n  },\n" : "},\n");
}

static void add_folders(struct strbuf *out, const struct baseline *baseline)
{
    strbuf_add_text(out, "  \"directories\": {");
    for (size_t i = 0; i < baseline->folder_count; i++) {
        strbuf_add_text(out, i ? ",\n    " : "\n    ");
        add_key(out, baseline->folders[i].path);
        strbuf_addf(out, "%" PRId64, baseline->folders[i].live_bytes);
    }
    strbuf_add_text(out, baseline->folder_count ? "\n  },\n" : "},\n");
}

static void add_instruction(struct strbuf *out, const char *instruction)
{
    size_t len = instruction ? strlen(instruction) : 0;
    if (len <= BASELINE_INSTRUCTION) {
        add_text(out, instruction);
        return;
    }
    len = BASELINE_INSTRUCTION;
    while (len && ((unsigned char)instruction[len] & 0xc0) == 0x80)
        len--;
    escape_for_json(out, span_of(instruction, len));
}

static void add_layers(struct strbuf *out, const struct baseline *baseline)
{
    strbuf_add_text(out, "  \"layers\": [");
    for (size_t i = 0; i < baseline->layer_count; i++) {
        const struct baseline_layer *layer = &baseline->layers[i];
        strbuf_addf(out,
                    "%s    {\"blob_bytes\": %" PRId64 ", \"content_bytes\": %" PRId64
                    ", \"diff_id\": ",
                    i ? ",\n" : "\n", layer->blob_bytes, layer->content_bytes);
        add_text(out, *layer->diff_id ? layer->diff_id : NULL);
        strbuf_add_text(out, ", \"instruction\": ");
        add_instruction(out, layer->instruction);
        strbuf_addf(out, ", \"tar_bytes\": %" PRId64 "}", layer->tar_bytes);
    }
    strbuf_add_text(out, baseline->layer_count ? "\n  ],\n" : "],\n");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(measure_row(*(const enum measure *)a)->name,
                  measure_row(*(const enum measure *)b)->name);
}

static void add_totals(struct strbuf *out, const struct baseline *baseline)
{
    enum measure sorted[MEASURE_COUNT];
    for (enum measure i = 0; i < MEASURE_COUNT; i++)
        sorted[i] = i;
    qsort(sorted, MEASURE_COUNT, sizeof *sorted, compare_names);
    strbuf_add_text(out, "  \"totals\": {");
    for (size_t i = 0; i < MEASURE_COUNT; i++) {
        const struct measure_row *row = measure_row(sorted[i]);
        strbuf_add_text(out, i ? ",\n    " : "\n    ");
        add_key(out, row->name);
        add_amount(out, baseline->values[sorted[i]], row->unit);
    }
    strbuf_add_text(out, "\n  }\n");
}

void baseline_write(struct strbuf *out, const struct baseline *baseline)
{
    strbuf_add_text(out, "{\n");
    add_entries(out, "budgets", baseline->budgets, baseline->budget_count);
    strbuf_add_text(out, "  \"config_digest\": ");
    add_text(out, baseline->config_digest);
    strbuf_add_text(out, ",\n");
    add_folders(out, baseline);
    add_layers(out, baseline);
    add_entries(out, "limits", baseline->limits, baseline->limit_count);
    strbuf_addf(out, "  \"measures\": %" PRId64 ",\n  \"platform\": ", baseline->measures_version);
    add_text(out, baseline->platform);
    strbuf_addf(out, ",\n  \"schema\": \"" BASELINE_SCHEMA "\",\n  \"tool\": \"ullage %s\",\n",
                ULLAGE_VERSION);
    add_totals(out, baseline);
    strbuf_add_text(out, "}\n");
}
