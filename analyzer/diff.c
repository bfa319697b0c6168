#include "analyzer/diff.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/align.h"
#include "analyzer/diff_parts.h"
#include "analyzer/image/fingerprint.h"
#include "core/json.h"
#include "core/memory.h"
#include "core/size.h"

/* No image has 2^48 bytes, and sums of so many layers stay far from overflow. */
#define NUMBER_MOST (INT64_C(1) << 48)

static const char *const part_names[] = {
    [DIFF_TOTALS] = "totals",           [DIFF_LAYERS] = "layers",
    [DIFF_DIRECTORIES] = "directories", [DIFF_PACKAGES] = "packages",
    [DIFF_FILES] = "files",             [DIFF_CONFIG] = "config",
    [DIFF_HISTORY] = "history",
};
static_assert(ARRAY_SIZE(part_names) == DIFF_PARTS, "every part has a name");

static const char *const match_names[] = {
    [MATCH_DIGEST] = "digest",
    [MATCH_INSTRUCTION] = "instruction",
    [MATCH_POSITION] = "position",
    [MATCH_NONE] = "none",
};
static_assert(ARRAY_SIZE(match_names) == MATCH_NONE + 1, "every match has a name");

static const char *const change_names[] = {"added", "removed", "type",  "content", "link",
                                           "mode",  "owner",   "xattr", "time"};
static_assert(ARRAY_SIZE(change_names) == CHANGE_KINDS, "every change has a name");

const char *diff_part_name(enum diff_part part)
{
    return part_names[part];
}

const char *diff_match_name(enum diff_match match)
{
    return match_names[match];
}

const char *diff_change_name(size_t bit)
{
    return change_names[bit];
}

int64_t diff_number(const json_t *object, const char *key)
{
    int64_t value = json_integer_value(json_object_get(object, key));
    return value < 0 || value > NUMBER_MOST ? 0 : value;
}

int diff_parse_threshold(struct diff_options *options, const char *text, struct error *err)
{
    char *end;
    options->has_threshold = true;
    if (!*text || text[strlen(text) - 1] != '%')
        return size_parse(&options->threshold, text, err);
    options->threshold_is_ratio = true;
    options->ratio = strtod(text, &end) / 100;
    if (end == text || strcmp(end, "%") != 0 || !isfinite(options->ratio) || options->ratio < 0)
        return error_set(err, ERROR_USAGE, "'%s' is no percentage", text);
    return 0;
}

int diff_parse_parts(struct diff_options *options, const char *text, struct error *err)
{
    memset(options->parts, 0, sizeof options->parts);
    for (;;) {
        size_t len = strcspn(text, ",");
        size_t part = 0;
        while (part < DIFF_PARTS && !span_equals_text(span_of(text, len), part_names[part]))
            part++;
        if (part == DIFF_PARTS) {
            error_set(err, ERROR_USAGE, "there is no part '%.*s'", (int)len, text);
            return error_hint(err, "parts are totals, layers, directories, packages, files, "
                                   "config, history");
        }
        options->parts[part] = true;
        if (!text[len])
            return 0;
        text += len + 1;
    }
}

/* Totals. */

void diff_compare_totals(struct comparison *comparison)
{
    static const char *const measures[] = {"blob_bytes",    "tar_bytes",  "content_bytes",
                                           "live_bytes",    "dead_bytes", "duplicate_bytes",
                                           "download_bytes"};
    const json_t *sizes[2];
    struct diff_total *totals =
        arena_alloc_zero(&comparison->arena, (ARRAY_SIZE(measures) + 2) * sizeof *totals);
    for (int side = 0; side < 2; side++)
        sizes[side] = diff_state_list(&comparison->sides[side], "sizes");
    for (size_t i = 0; i < ARRAY_SIZE(measures); i++)
        totals[comparison->total_count++] = (struct diff_total){
            .measure = measures[i],
            .is_bytes = true,
            .known = json_is_integer(json_object_get(sizes[DIFF_OLD], measures[i])) &&
                     json_is_integer(json_object_get(sizes[DIFF_NEW], measures[i])),
            .old_value = diff_number(sizes[DIFF_OLD], measures[i]),
            .new_value = diff_number(sizes[DIFF_NEW], measures[i]),
        };
    int64_t entries[2] = {0, 0}, layers[2];
    for (int side = 0; side < 2; side++) {
        const json_t *layer;
        size_t index;
        const json_t *list = diff_state_list(&comparison->sides[side], "layers");
        layers[side] = (int64_t)json_array_size(list);
        json_array_foreach(list, index, layer) entries[side] += diff_number(layer, "entries");
    }
    totals[comparison->total_count++] =
        (struct diff_total){"layers", false, true, layers[DIFF_OLD], layers[DIFF_NEW]};
    totals[comparison->total_count++] =
        (struct diff_total){"entries", false, true, entries[DIFF_OLD], entries[DIFF_NEW]};
    comparison->totals = totals;
}

const struct diff_total *diff_find_total(const struct comparison *comparison,
                                         const char *measure)
{
    for (size_t i = 0; i < comparison->total_count; i++)
        if (strcmp(comparison->totals[i].measure, measure) == 0)
            return &comparison->totals[i];
    return NULL;
}

/* Layers. */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static struct align_item *layer_items(const json_t *layers)
{
    const json_t *layer;
    size_t index;
    struct align_item *items = memory_alloc_zero(json_array_size(layers), sizeof *items);
    json_array_foreach(layers, index, layer)
    {
        const char *diff_id = text_of(layer, "diff_id");
        items[index] = (struct align_item){
            .same = diff_id ? diff_id : text_of(layer, "digest"),
            .alike = text_of(layer, "instruction"),
        };
    }
    return items;
}

static int compare_layers(const void *a, const void *b)
{
    const struct diff_layer *left = a, *right = b;
    int64_t left_change = llabs(left->new_bytes - left->old_bytes);
    int64_t right_change = llabs(right->new_bytes - right->old_bytes);
    if (left_change != right_change)
        return left_change > right_change ? -1 : 1;
    if (left->new_index != right->new_index)
        return left->new_index < right->new_index ? -1 : 1;
    return left->old_index < right->old_index ? -1 : left->old_index > right->old_index;
}

void diff_compare_layers(struct comparison *comparison)
{
    static const enum diff_match matches[] = {
        [ALIGN_SAME] = MATCH_DIGEST,
        [ALIGN_ALIKE] = MATCH_INSTRUCTION,
        [ALIGN_PLACE] = MATCH_POSITION,
        [ALIGN_NONE] = MATCH_NONE,
    };
    const json_t *lists[2];
    struct align_item *items[2];
    size_t count;
    for (int side = 0; side < 2; side++) {
        lists[side] = diff_state_list(&comparison->sides[side], "layers");
        items[side] = layer_items(lists[side]);
    }
    struct align_pair *pairs = align(items[0], json_array_size(lists[0]), items[1],
                                     json_array_size(lists[1]), &count);
    comparison->layers =
        arena_alloc_zero(&comparison->arena, count * sizeof *comparison->layers);
    for (size_t i = 0; i < count; i++) {
        const json_t *old_layer = NULL, *new_layer = NULL;
        if (pairs[i].old_index >= 0)
            old_layer = json_array_get(lists[DIFF_OLD], (size_t)pairs[i].old_index);
        if (pairs[i].new_index >= 0)
            new_layer = json_array_get(lists[DIFF_NEW], (size_t)pairs[i].new_index);
        const json_t *described = new_layer ? new_layer : old_layer;
        struct diff_layer layer = {
            .match = matches[pairs[i].match],
            .old_index = pairs[i].old_index,
            .new_index = pairs[i].new_index,
            .instruction = text_of(described, "instruction"),
            .diff_id = text_of(described, "diff_id"),
            .old_bytes = diff_number(old_layer, "content_bytes"),
            .new_bytes = diff_number(new_layer, "content_bytes"),
            .old_blob_bytes = diff_number(old_layer, "blob_bytes"),
            .new_blob_bytes = diff_number(new_layer, "blob_bytes"),
        };
        if (layer.match != MATCH_DIGEST) {
            comparison->layers[comparison->layer_count++] = layer;
            continue;
        }
        comparison->same_layers.count++;
        comparison->same_layers.old_bytes += layer.old_bytes;
        comparison->same_layers.new_bytes += layer.new_bytes;
    }
    if (comparison->layer_count)
        qsort(comparison->layers, comparison->layer_count, sizeof *comparison->layers,
              compare_layers);
    free(pairs);
    free(items[0]);
    free(items[1]);
}

/* The two sides. */

/* `contents`: the other side has them too. */
static int read_image(struct comparison *comparison, enum diff_side side, const char *argument,
                      const struct diff_options *options, const uint8_t *key, bool contents,
                      struct error *err)
{
    struct analysis_options analysis_options = options->analysis;
    struct package_watch watch;
    const struct watcher *watchers[] = {&watch.watcher, NULL};
    package_watch_start(&watch, analysis_options.limits);
    analysis_options.top = 1;
    analysis_options.key = key;
    if (options->parts[DIFF_PACKAGES] && contents)
        analysis_options.watchers = watchers;
    int result = diff_state_analyze(&comparison->sides[side], argument, &analysis_options,
                                    analysis_options.watchers ? &watch : NULL, err);
    package_watch_release(&watch);
    return result;
}

static int read_sides(struct comparison *comparison, const char *arguments[2],
                      const struct diff_options *options, struct error *err)
{
    bool is_report[2];
    for (int side = 0; side < 2; side++)
        is_report[side] = diff_argument_is_report(arguments[side]);
    if (strcmp(arguments[DIFF_OLD], "-") == 0 && strcmp(arguments[DIFF_NEW], "-") == 0)
        return error_set(err, ERROR_USAGE, "only one of the two can be standard input");
    bool contents = !is_report[DIFF_OLD] && !is_report[DIFF_NEW];
    uint8_t key[FINGERPRINT_KEY_BYTES];
    if (contents && !fingerprints_draw_key(key))
        return error_set_errno(err, ERROR_INTERNAL, errno, "the machine gives no random numbers");
    for (int side = 0; side < 2; side++) {
        int result = is_report[side]
                         ? diff_state_read_report(&comparison->sides[side], arguments[side],
                                                  options->analysis.limits, err)
                         : read_image(comparison, (enum diff_side)side, arguments[side], options,
                                      contents ? key : NULL, contents, err);
        if (result < 0)
            return -1;
    }
    return 0;
}

/* A report has neither tree nor packages. */
static void choose_parts(struct comparison *comparison, const struct diff_options *options)
{
    bool contents = comparison->sides[DIFF_OLD].analysis && comparison->sides[DIFF_NEW].analysis;
    for (int part = 0; part < DIFF_PARTS; part++) {
        bool needs_contents =
            part == DIFF_DIRECTORIES || part == DIFF_PACKAGES || part == DIFF_FILES;
        comparison->parts[part] = options->parts[part] && (contents || !needs_contents);
        if (options->parts[part] && !comparison->parts[part])
            comparison->missing[part] = "an earlier report does not have them";
    }
}

/* The verdict. */

static bool beyond(const struct diff_options *options, int64_t old_value, int64_t new_value)
{
    int64_t change = llabs(new_value - old_value);
    if (options->threshold_is_ratio)
        return (double)change > options->ratio * (double)old_value;
    return change > options->threshold;
}

static bool total_is_beyond(const struct comparison *comparison,
                            const struct diff_options *options, const char *measure,
                            const struct diff_rest *without)
{
    const struct diff_total *total = diff_find_total(comparison, measure);
    return beyond(options, total->old_value - without->old_bytes,
                  total->new_value - without->new_bytes);
}

static bool totals_differ(const struct comparison *comparison, bool ignore_time)
{
    for (size_t i = 0; i < comparison->total_count; i++) {
        const struct diff_total *total = &comparison->totals[i];
        bool holds_headers = strcmp(total->measure, "blob_bytes") == 0 ||
                             strcmp(total->measure, "tar_bytes") == 0 ||
                             strcmp(total->measure, "download_bytes") == 0;
        if (total->known && total->old_value != total->new_value &&
            !(holds_headers && ignore_time))
            return true;
    }
    return false;
}

/* What is ignored cannot be told from sums over it: with patterns only what is told by path or field
 * counts, and live bytes without what is ignored. */
static bool differs(const struct comparison *comparison, const struct diff_options *options)
{
    static const struct diff_rest nothing = {0, 0, 0};
    bool ignores = options->ignore && options->ignore->count;
    const bool *parts = comparison->parts;
    if (options->has_threshold)
        return total_is_beyond(comparison, options, "live_bytes", &comparison->ignored) ||
               (!ignores && total_is_beyond(comparison, options, "content_bytes", &nothing));
    if (comparison->file_count && (parts[DIFF_FILES] || parts[DIFF_DIRECTORIES]))
        return true;
    if ((parts[DIFF_CONFIG] && comparison->config_count) ||
        (parts[DIFF_HISTORY] && comparison->history_count))
        return true;
    if (ignores)
        return false;
    return (parts[DIFF_TOTALS] && totals_differ(comparison, options->ignore_time)) ||
           (parts[DIFF_LAYERS] && comparison->layer_count && !options->ignore_time) ||
           (parts[DIFF_PACKAGES] && comparison->package_count);
}

int diff_run(struct comparison **ret_comparison, const char *old_argument,
             const char *new_argument, const struct diff_options *options, struct error *err)
{
    const char *arguments[2] = {[DIFF_OLD] = old_argument, [DIFF_NEW] = new_argument};
    struct comparison *comparison = memory_alloc_zero(1, sizeof *comparison);
    int result = read_sides(comparison, arguments, options, err);
    if (result == 0) {
        choose_parts(comparison, options);
        diff_compare_totals(comparison);
        diff_compare_layers(comparison);
        diff_compare_config(comparison, options);
        diff_compare_history(comparison, options);
        if (comparison->parts[DIFF_PACKAGES])
            diff_compare_packages(comparison);
        bool files = comparison->parts[DIFF_FILES] || comparison->parts[DIFF_DIRECTORIES] ||
                     (options->has_threshold && options->ignore && options->ignore->count &&
                      comparison->sides[DIFF_OLD].analysis &&
                      comparison->sides[DIFF_NEW].analysis);
        if (files)
            result = diff_compare_files(comparison, options, err);
    }
    if (result < 0) {
        comparison_free(comparison);
        return -1;
    }
    comparison->differs = differs(comparison, options);
    *ret_comparison = comparison;
    return 0;
}

void comparison_free(struct comparison *comparison)
{
    if (!comparison)
        return;
    diff_state_release(&comparison->sides[DIFF_OLD]);
    diff_state_release(&comparison->sides[DIFF_NEW]);
    directories_release(&comparison->directories);
    free(comparison->files);
    arena_release(&comparison->arena);
    free(comparison);
}
