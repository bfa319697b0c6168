/* A baseline from the JSON of a report or a summary, or from an archive. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/gate/baseline.h"
#include "core/file.h"
#include "core/json.h"
#include "core/memory.h"
#include "core/size.h"

#define BASELINE_ENTRIES_MAX 10000             /* a gate has some ten budgets */
#define BASELINE_BYTES_MAX ((size_t)256 << 20) /* a report grows with its lists */

static const char *keep(struct baseline *baseline, const char *text)
{
    return arena_dup_text(&baseline->arena, text);
}

static int get_text(struct baseline *baseline, const char **ret_text, const json_t *object,
                    const char *key, struct error *err)
{
    const char *text;
    if (json_get_text(&text, object, key, err) < 0)
        return -1;
    *ret_text = keep(baseline, text);
    return 0;
}

static int get_bytes(int64_t *ret_bytes, const json_t *object, const char *key, struct error *err)
{
    json_t *value;
    if (json_get_typed(&value, object, key, JSON_INTEGER, err) < 0)
        return -1;
    *ret_bytes = value ? json_integer_value(value) : 0;
    return *ret_bytes < 0 ? error_set(err, ERROR_INPUT, "'%s' is negative", key) : 0;
}

/* A figure in the measure's unit; null and nothing are unknown. */
static int read_amount(struct amount *ret_amount, const json_t *value, enum measure measure,
                       struct error *err)
{
    const struct measure_row *row = measure_row(measure);
    struct amount amount = {.known = false};
    if (row->unit == UNIT_RATIO && json_is_number(value))
        amount = ratio_of(json_number_value(value));
    else if (row->unit != UNIT_RATIO && json_is_integer(value))
        amount = amount_of(json_integer_value(value));
    else if (value && !json_is_null(value))
        return error_set(err, ERROR_INPUT, "'%s' is no figure", row->name);
    if (amount.known && (amount.number < 0 || amount.ratio < 0))
        return error_set(err, ERROR_INPUT, "'%s' is negative", row->name);
    *ret_amount = amount;
    return 0;
}

static int read_layers(struct baseline *baseline, const json_t *document, struct error *err)
{
    json_t *layers, *item;
    size_t index;
    if (json_get_typed(&layers, document, "layers", JSON_ARRAY, err) < 0)
        return -1;
    baseline->layer_count = json_array_size(layers);
    baseline->layers =
        arena_alloc_zero(&baseline->arena, (baseline->layer_count + 1) * sizeof *baseline->layers);
    json_array_foreach(layers, index, item)
    {
        struct baseline_layer *layer = &baseline->layers[index];
        if (json_expect(item, JSON_OBJECT, "a layer", err) < 0 ||
            get_text(baseline, &layer->diff_id, item, "diff_id", err) < 0 ||
            get_text(baseline, &layer->instruction, item, "instruction", err) < 0 ||
            get_bytes(&layer->blob_bytes, item, "blob_bytes", err) < 0 ||
            get_bytes(&layer->tar_bytes, item, "tar_bytes", err) < 0 ||
            get_bytes(&layer->content_bytes, item, "content_bytes", err) < 0)
            return error_prefix(err, "layer %zu", index);
        if (!layer->diff_id)
            layer->diff_id = "";
    }
    return 0;
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct baseline_entry *)a)->id, ((const struct baseline_entry *)b)->id);
}

static int read_entry(struct baseline *baseline, struct baseline_entry *entry, const json_t *item,
                      const char *id, struct error *err)
{
    enum measure measure;
    if (json_expect(item, JSON_OBJECT, "a budget", err) < 0 ||
        get_text(baseline, &entry->measure, item, "measure", err) < 0 ||
        get_text(baseline, &entry->scope, item, "scope", err) < 0)
        return -1;
    entry->id = keep(baseline, id);
    measure = entry->measure ? measure_find(entry->measure) : MEASURE_NONE;
    if (measure == MEASURE_NONE || !entry->scope) /* of a later version: nothing compares to it */
        return 0;
    return read_amount(&entry->amount, json_object_get(item, "value"), measure, err);
}

/* {ID: {measure, scope, value}} of a summary */
static int read_entries(struct baseline *baseline, const json_t *document, const char *key,
                        struct baseline_entry **ret_list, size_t *ret_count, struct error *err)
{
    json_t *object, *item;
    const char *id;
    size_t count = 0;
    if (json_get_typed(&object, document, key, JSON_OBJECT, err) < 0)
        return -1;
    if (json_object_size(object) > BASELINE_ENTRIES_MAX)
        return error_set(err, ERROR_LIMIT, "'%s' has more than %d rows", key, BASELINE_ENTRIES_MAX);
    struct baseline_entry *list = memory_alloc_zero(json_object_size(object) + 1, sizeof *list);
    *ret_list = list;
    json_object_foreach(object, id, item)
    {
        if (read_entry(baseline, &list[count], item, id, err) < 0)
            return error_prefix(err, "%s", key);
        count++;
    }
    qsort(list, count, sizeof *list, compare_entries);
    *ret_count = count;
    return 0;
}

static int compare_folders(const void *a, const void *b)
{
    return strcmp(((const struct baseline_folder *)a)->path,
                  ((const struct baseline_folder *)b)->path);
}

static int read_folders(struct baseline *baseline, const json_t *document, struct error *err)
{
    json_t *object, *item;
    const char *path;
    if (json_get_typed(&object, document, "directories", JSON_OBJECT, err) < 0)
        return -1;
    baseline->folders = arena_alloc_zero(&baseline->arena, (json_object_size(object) + 1) *
                                                               sizeof *baseline->folders);
    json_object_foreach(object, path, item)
    {
        if (!json_is_integer(item) || json_integer_value(item) < 0)
            return error_set(err, ERROR_INPUT, "'directories' holds what is no size");
        baseline->folders[baseline->folder_count++] = (struct baseline_folder){
            .path = keep(baseline, path), .live_bytes = json_integer_value(item)};
    }
    qsort(baseline->folders, baseline->folder_count, sizeof *baseline->folders, compare_folders);
    return 0;
}

static int read_values(struct baseline *baseline, const json_t *totals, struct error *err)
{
    for (enum measure i = 0; i < MEASURE_COUNT; i++)
        if (read_amount(&baseline->values[i], json_object_get(totals, measure_row(i)->name), i,
                        err) < 0)
            return -1;
    return 0;
}

static int read_summary(struct baseline *baseline, const json_t *document, struct error *err)
{
    json_t *totals;
    if (get_bytes(&baseline->measures_version, document, "measures", err) < 0 ||
        get_text(baseline, &baseline->platform, document, "platform", err) < 0 ||
        get_text(baseline, &baseline->config_digest, document, "config_digest", err) < 0 ||
        json_get_typed(&totals, document, "totals", JSON_OBJECT, err) < 0 ||
        read_values(baseline, totals, err) < 0 || read_layers(baseline, document, err) < 0 ||
        read_folders(baseline, document, err) < 0 ||
        read_entries(baseline, document, "budgets", &baseline->budgets, &baseline->budget_count,
                     err) < 0)
        return -1;
    return read_entries(baseline, document, "limits", &baseline->limits, &baseline->limit_count,
                        err);
}

/* What a report has under other names. */
static int read_report_values(struct baseline *baseline, const json_t *document, struct error *err)
{
    json_t *sizes, *dive, *layers, *layer;
    size_t index;
    int64_t entries = 0, add;
    if (json_get_typed(&sizes, document, "sizes", JSON_OBJECT, err) < 0 ||
        json_get_typed(&dive, document, "dive", JSON_OBJECT, err) < 0 ||
        json_get_typed(&layers, document, "layers", JSON_ARRAY, err) < 0 ||
        read_values(baseline, sizes, err) < 0)
        return -1;
    for (enum measure i = MEASURE_DIVE_SIZE; i <= MEASURE_DIVE_EFFICIENCY; i++)
        if (read_amount(&baseline->values[i],
                        json_object_get(dive, measure_row(i)->name + strlen("dive.")), i, err) < 0)
            return -1;
    json_array_foreach(layers, index, layer)
    {
        if (get_bytes(&add, layer, "entries", err) < 0)
            return -1;
        if (!size_add(&entries, entries, add))
            return error_set(err, ERROR_INPUT, "'entries' does not fit");
    }
    baseline->values[MEASURE_ENTRIES] = amount_of(entries);
    baseline->values[MEASURE_LAYERS] = amount_of((int64_t)json_array_size(layers));
    baseline->values[MEASURE_SHIPPED] = baseline->values[MEASURE_CONTENT_BYTES];
    return 0;
}

static int read_report_budgets(struct baseline *baseline, const json_t *document, struct error *err)
{
    json_t *budgets, *item;
    size_t index;
    if (json_get_typed(&budgets, document, "budgets", JSON_ARRAY, err) < 0)
        return -1;
    if (json_array_size(budgets) > BASELINE_ENTRIES_MAX)
        return error_set(err, ERROR_LIMIT, "'budgets' has more than %d rows", BASELINE_ENTRIES_MAX);
    baseline->budgets = memory_alloc_zero(json_array_size(budgets) + 1, sizeof *baseline->budgets);
    json_array_foreach(budgets, index, item)
    {
        const char *id;
        if (json_get_text(&id, item, "id", err) < 0 ||
            (id &&
             read_entry(baseline, &baseline->budgets[baseline->budget_count], item, id, err) < 0))
            return error_prefix(err, "budget %zu", index);
        baseline->budget_count += id != NULL;
    }
    qsort(baseline->budgets, baseline->budget_count, sizeof *baseline->budgets, compare_entries);
    return 0;
}

static int read_report(struct baseline *baseline, const json_t *document, struct error *err)
{
    json_t *image;
    baseline->measures_version = 1; /* the first schema's */
    if (json_get_typed(&image, document, "image", JSON_OBJECT, err) < 0 ||
        get_text(baseline, &baseline->platform, image, "platform", err) < 0 ||
        get_text(baseline, &baseline->config_digest, image, "config_digest", err) < 0 ||
        read_report_values(baseline, document, err) < 0 || read_layers(baseline, document, err) < 0)
        return -1;
    return read_report_budgets(baseline, document, err);
}

static int read_document(struct baseline *baseline, const json_t *document, struct error *err)
{
    const char *schema;
    if (json_expect(document, JSON_OBJECT, "the document", err) < 0 ||
        json_get_text(&schema, document, "schema", err) < 0)
        return -1;
    if (schema && strcmp(schema, BASELINE_SCHEMA) == 0)
        return read_summary(baseline, document, err);
    if (schema && strcmp(schema, "ullage.report/1") == 0)
        return read_report(baseline, document, err);
    if (schema && strncmp(schema, "ullage.", 7) == 0)
        return error_set(err, ERROR_BASELINE, "its schema is of another version of ullage");
    return error_set(err, ERROR_INPUT, "is JSON, but no report and no baseline of ullage");
}

int baseline_parse(struct baseline **ret_baseline, const char *name, struct span text,
                   struct error *err)
{
    cleanup_json json_t *document = NULL;
    if (json_parse(&document, text, err) < 0)
        return error_prefix(err, "%s", name);
    struct baseline *baseline = memory_alloc_zero(1, sizeof *baseline);
    baseline->name = keep(baseline, name);
    if (read_document(baseline, document, err) < 0) {
        baseline_free(baseline);
        return error_prefix(err, "%s", name);
    }
    *ret_baseline = baseline;
    return 0;
}

/* What chooses the image does not choose its baseline. Where that holds several, it is the one of
 * the image's platform. */
static int read_archive(struct baseline **ret_baseline, const char *argument,
                        const struct analysis_options *options, const char *platform,
                        struct error *err)
{
    struct analysis *analysis;
    cleanup_error struct error reason = ERROR_INIT;
    struct analysis_options own = *options;
    own.base = NULL;
    own.watchers = NULL;
    own.reference = NULL;
    own.platform = NULL;
    if (analysis_run(&analysis, argument, &own, &reason) < 0) {
        own.platform = platform;
        if (reason.code != ERROR_USAGE || !platform) {
            error_move(err, &reason);
            return -1;
        }
        if (analysis_run(&analysis, argument, &own, err) < 0)
            return -1;
    }
    *ret_baseline = baseline_of(analysis);
    (*ret_baseline)->analysis = analysis;
    return 0;
}

int baseline_read(struct baseline **ret_baseline, const char *argument,
                  const struct analysis_options *options, const char *platform, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    char first = '\0';
    cleanup_fd int fd = open(argument, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && errno == ENOENT && strcmp(argument, "-") != 0 &&
        image_scheme(argument, &(const struct source *){NULL}) == argument) {
        *ret_baseline = NULL;
        return 0;
    }
    if (fd >= 0 && file_read_at(fd, &first, 1, 0) == 1 && first == '{') {
        if (file_read(&text, argument, BASELINE_BYTES_MAX, err) < 0)
            return -1;
        return baseline_parse(ret_baseline, argument, span_of(text.buf, text.len), err);
    }
    return read_archive(ret_baseline, argument, options, platform, err);
}
