#include "analyzer/gate/baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analyzer/report/report.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/json.h"
#include "core/memory.h"

#ifndef ULLAGE_VERSION
#define ULLAGE_VERSION "unknown"
#endif

#define BASELINE_ENTRIES_MAX 10000 /* a gate has some ten budgets */
#define BASELINE_BYTES_MAX ((size_t)256 << 20) /* a report grows with its lists */


/* Reading */

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
    struct baseline_entry *list =
        memory_alloc_zero(json_object_size(object) + 1, sizeof *list);
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

static int read_report_budgets(struct baseline *baseline, const json_t *document,
                               struct error *err)
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
            (id && read_entry(baseline, &baseline->budgets[baseline->budget_count], item, id,
                              err) < 0))
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
        read_report_values(baseline, document, err) < 0 ||
        read_layers(baseline, document, err) < 0)
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

/* Of an image */

struct folder_sums {
    const struct tree *tree;
    int64_t *bytes;
    uint8_t *depth;
};

static void sum_folders(struct folder_sums *sums, const struct accounting *accounting)
{
    const struct tree *tree = sums->tree;
    for (size_t i = 0; i < accounting->inode_count; i++) {
        const struct inode *inode = &accounting->inodes[i];
        if (inode_is_live(inode))
            sums->bytes[inode->node] += inode_entry(accounting, inode)->content;
    }
    /* a node's number is larger than its parent's */
    for (size_t i = tree->count; i-- > 1;)
        sums->bytes[tree->nodes[i].parent] += sums->bytes[i];
    for (size_t i = 1; i < tree->count; i++) {
        uint8_t above = sums->depth[tree->nodes[i].parent];
        sums->depth[i] = (uint8_t)(above > BASELINE_DEPTH ? above : above + 1);
    }
}

/* Names that are no UTF-8 are written lossily; folders that come to look alike are one. */
static void add_folder(struct baseline *baseline, size_t *capacity, const struct tree *tree,
                       uint32_t node, int64_t bytes)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, quoted = STRBUF_INIT;
    json_error_t ignored;
    tree_path(&path, tree, node);
    escape_for_json(&quoted, span_of(path.buf, path.len));
    json_t *text = json_loadb(quoted.buf, quoted.len, JSON_DECODE_ANY, &ignored);
    baseline->folders = memory_grow(baseline->folders, baseline->folder_count, capacity,
                                    sizeof *baseline->folders);
    baseline->folders[baseline->folder_count++] = (struct baseline_folder){
        .path = keep(baseline, text ? json_string_value(text) : path.buf), .live_bytes = bytes};
    json_decref(text);
}

static void merge_folders(struct baseline *baseline)
{
    size_t count = 0;
    if (baseline->folder_count)
        qsort(baseline->folders, baseline->folder_count, sizeof *baseline->folders,
              compare_folders);
    for (size_t i = 0; i < baseline->folder_count; i++) {
        const struct baseline_folder *folder = &baseline->folders[i];
        if (count && strcmp(baseline->folders[count - 1].path, folder->path) == 0)
            baseline->folders[count - 1].live_bytes += folder->live_bytes;
        else
            baseline->folders[count++] = *folder;
    }
    baseline->folder_count = count;
}

static void take_folders(struct baseline *baseline, const struct analysis *analysis)
{
    const struct tree *tree = &analysis->accounting.tree;
    struct folder_sums sums = {
        .tree = tree,
        .bytes = memory_alloc_zero(tree->count, sizeof *sums.bytes),
        .depth = memory_alloc_zero(tree->count, 1),
    };
    size_t capacity = 0;
    struct baseline_folder *grown;
    sum_folders(&sums, &analysis->accounting);
    for (size_t i = 0; i < tree->count; i++)
        if (tree->nodes[i].kind == TAR_DIR && sums.bytes[i] && sums.depth[i] <= BASELINE_DEPTH)
            add_folder(baseline, &capacity, tree, (uint32_t)i, sums.bytes[i]);
    merge_folders(baseline);
    grown = baseline->folders;
    baseline->folders =
        arena_alloc_zero(&baseline->arena, (baseline->folder_count + 1) * sizeof *grown);
    if (baseline->folder_count)
        memcpy(baseline->folders, grown, baseline->folder_count * sizeof *grown);
    free(grown);
    free(sums.bytes);
    free(sums.depth);
}

static void take_layers(struct baseline *baseline, const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    baseline->layer_count = chosen->layer_count;
    baseline->layers =
        arena_alloc_zero(&baseline->arena, (chosen->layer_count + 1) * sizeof *baseline->layers);
    for (size_t i = 0; i < chosen->layer_count; i++) {
        const struct layer *layer = chosen->layers[i].layer;
        struct baseline_layer *row = &baseline->layers[i];
        cleanup_free char *instruction = report_instruction(analysis, i);
        char text[DIGEST_TEXT_MAX];
        row->diff_id = keep(baseline, digest_format(&chosen->layers[i].diff_id, text));
        row->instruction = keep(baseline, instruction);
        row->blob_bytes = layer ? layer->blob_bytes : 0;
        row->tar_bytes = layer ? layer->tar_bytes : 0;
        row->content_bytes = analysis->accounting.layers[i].content_bytes;
    }
}

struct baseline *baseline_of(const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    struct baseline *baseline = memory_alloc_zero(1, sizeof *baseline);
    struct extent all = {.from = 0, .to = chosen->layer_count};
    char text[DIGEST_TEXT_MAX];
    baseline->name = keep(baseline, analysis->input);
    baseline->platform = keep(baseline, chosen->platform);
    if (digest_is_set(&chosen->config_digest))
        baseline->config_digest = keep(baseline, digest_format(&chosen->config_digest, text));
    baseline->measures_version = MEASURES_VERSION;
    for (enum measure i = 0; i < MEASURE_COUNT; i++)
        baseline->values[i] = measure_take(analysis, i, all);
    take_layers(baseline, analysis);
    take_folders(baseline, analysis);
    return baseline;
}

/* What chooses the image does not choose its baseline. Where that holds several, it is the one of the image's
 * platform. */
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

void baseline_free(struct baseline *baseline)
{
    if (!baseline)
        return;
    free(baseline->budgets);
    free(baseline->limits);
    analysis_free(baseline->analysis);
    arena_release(&baseline->arena);
    free(baseline);
}

/* Comparing */

int baseline_compare(const struct baseline *baseline, const struct analysis *analysis,
                     struct error *err)
{
    const char *platform = analysis->image->chosen->platform;
    if (baseline->measures_version != MEASURES_VERSION) {
        error_set(err, ERROR_BASELINE,
                  "%s: its measures are of version %" PRId64 ", ours of version %d: figures of "
                  "different definitions do not compare",
                  baseline->name, baseline->measures_version, MEASURES_VERSION);
        return error_hint(err, "write it anew with --write-baseline");
    }
    if (platform && baseline->platform && strcmp(platform, baseline->platform) != 0) {
        error_set(err, ERROR_BASELINE,
                  "%s: it is of %s and the image of %s: different platforms do not compare",
                  baseline->name, baseline->platform, platform);
        return error_hint(err, "keep one baseline for each platform");
    }
    return 0;
}

const struct baseline_entry *baseline_find(const struct baseline_entry *list, size_t count,
                                           const char *id)
{
    const struct baseline_entry key = {.id = id};
    return count ? bsearch(&key, list, count, sizeof *list, compare_entries) : NULL;
}

struct amount baseline_value(const struct baseline *baseline, const struct budget *budget)
{
    const struct baseline_entry *entry;
    cleanup_strbuf struct strbuf scope = STRBUF_INIT;
    if (!budget->path_count && budget->scope == SCOPE_IMAGE && budget->for_each != EACH_LAYER)
        return baseline->values[budget->measure];
    budget_scope_text(&scope, budget);
    entry = baseline_find(baseline->budgets, baseline->budget_count, budget->id);
    if (entry && entry->scope && strcmp(entry->scope, scope.buf) == 0 &&
        strcmp(entry->measure, measure_row(budget->measure)->name) == 0)
        return entry->amount;
    return (struct amount){.known = false};
}

void baseline_put(struct baseline *baseline, struct baseline_entry **list, size_t *count,
                  const struct baseline_entry *entry)
{
    struct baseline_entry kept = {
        .id = keep(baseline, entry->id),
        .measure = keep(baseline, entry->measure),
        .scope = keep(baseline, entry->scope),
        .amount = entry->amount,
    };
    size_t place = 0;
    while (place < *count && strcmp((*list)[place].id, kept.id) < 0)
        place++;
    if (place == *count || strcmp((*list)[place].id, kept.id) != 0) {
        *list = memory_resize(*list, *count + 1, sizeof **list);
        memmove(*list + place + 1, *list + place, (*count - place) * sizeof **list);
        ++*count;
    }
    (*list)[place] = kept;
}

/* Writing */

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
    strbuf_addf(out, "  \"measures\": %" PRId64 ",\n  \"platform\": ",
                baseline->measures_version);
    add_text(out, baseline->platform);
    strbuf_addf(out, ",\n  \"schema\": \"" BASELINE_SCHEMA "\",\n  \"tool\": \"ullage %s\",\n",
                ULLAGE_VERSION);
    add_totals(out, baseline);
    strbuf_add_text(out, "}\n");
}
