#include "analyzer/timeline.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/report/subject.h"
#include "core/json.h"

#define SCHEMA "ullage.history/1"

const char *const timeline_measures[] = {
    [TIMELINE_DOWNLOAD] = "download_bytes",
    [TIMELINE_BLOB] = "blob_bytes",
    [TIMELINE_TAR] = "tar_bytes",
    [TIMELINE_CONTENT] = "content_bytes",
    [TIMELINE_LIVE] = "live_bytes",
    [TIMELINE_DEAD] = "dead_bytes",
    [TIMELINE_DUPLICATE] = "duplicate_bytes",
    [TIMELINE_LAYERS] = "layers",
    [TIMELINE_MEASURES] = NULL,
};
static_assert(ARRAY_SIZE(timeline_measures) == TIMELINE_MEASURES + 1,
              "every measure has a name");

/* Years that RFC 3339 can write. */
#define TIME_LEAST (-62167219200)
#define TIME_MOST 253402300799

char *timeline_time_format(int64_t seconds, char text[TIMELINE_TIME_MAX])
{
    time_t time = (time_t)seconds;
    struct tm tm = {0};
    gmtime_r(&time, &tm);
    snprintf(text, TIMELINE_TIME_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ",
             (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
             tm.tm_sec);
    return text;
}

/* The two digits at `text`, -1 if there are none. */
static int two_digits(const char *text)
{
    bool digits = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';
    return digits ? (text[0] - '0') * 10 + text[1] - '0' : -1;
}

/* "Z", "+02:00" */
static bool parse_zone(const char *text, int64_t *ret_offset)
{
    *ret_offset = 0;
    if (strcmp(text, "Z") == 0)
        return true;
    if (strlen(text) != 6 || (*text != '+' && *text != '-') || text[3] != ':')
        return false;
    int hours = two_digits(text + 1), minutes = two_digits(text + 4);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *ret_offset = (*text == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

static bool parse_rfc3339(const char *text, int64_t *ret_seconds)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    struct tm tm = {0};
    int64_t offset;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    const char *zone = text + sizeof shape - 1;
    if (*zone == '.')
        zone += 1 + strspn(zone + 1, "0123456789");
    if (!parse_zone(zone, &offset))
        return false;
    tm.tm_year = two_digits(text) * 100 + two_digits(text + 2) - 1900;
    tm.tm_mon = two_digits(text + 5) - 1;
    tm.tm_mday = two_digits(text + 8);
    tm.tm_hour = two_digits(text + 11);
    tm.tm_min = two_digits(text + 14);
    tm.tm_sec = two_digits(text + 17);
    struct tm given = tm;
    *ret_seconds = (int64_t)timegm(&tm) - offset;
    /* a day that the month lacks comes back as another */
    return given.tm_mday == tm.tm_mday && given.tm_mon == tm.tm_mon &&
           given.tm_hour == tm.tm_hour && given.tm_min == tm.tm_min &&
           given.tm_sec == tm.tm_sec;
}

int timeline_time_parse(int64_t *ret_seconds, const char *text, struct error *err)
{
    int64_t seconds = 0;
    bool number = *text && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 12;
    if (number)
        seconds = strtoll(text, NULL, 10);
    bool fits = number || parse_rfc3339(text, &seconds);
    if (!fits || seconds < TIME_LEAST || seconds > TIME_MOST) {
        error_set(err, ERROR_USAGE, "'%s' is no time", text);
        return error_hint(err,
                          "write it as 2026-03-01T12:00:00Z, or as seconds since 1970");
    }
    *ret_seconds = seconds;
    return 0;
}

static const char *keep(struct arena *arena, const char *text)
{
    return text && *text ? arena_dup_text(arena, text) : NULL;
}

void measurement_of_analysis(struct measurement *ret_measurement, struct arena *arena,
                             const struct analysis *analysis)
{
    const struct candidate *chosen = analysis->image->chosen;
    const struct sizes *sizes = &analysis->sizes;
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    char digest[DIGEST_TEXT_MAX];
    subject_series(&name, analysis);
    *ret_measurement = (struct measurement){
        .image = keep(arena, name.buf),
        .digest = keep(arena, digest_format(&chosen->config_digest, digest)),
        .platform = keep(arena, chosen->platform),
        .download_estimated = sizes->download_estimated,
        .values =
            {
                [TIMELINE_DOWNLOAD] = sizes->download_bytes,
                [TIMELINE_BLOB] = sizes->blob_bytes,
                [TIMELINE_TAR] = sizes->tar_bytes,
                [TIMELINE_CONTENT] = sizes->content_bytes,
                [TIMELINE_LIVE] = sizes->live_bytes,
                [TIMELINE_DEAD] = sizes->dead_bytes,
                [TIMELINE_DUPLICATE] = sizes->duplicate_bytes,
                [TIMELINE_LAYERS] = (int64_t)chosen->layer_count,
            },
    };
}

/* Sums of a report are trusted as far as they are numbers. */
static int read_sizes(struct measurement *measurement, const json_t *sizes,
                      struct error *err)
{
    for (int i = 0; i < TIMELINE_MEASURES; i++) {
        const json_t *value = json_object_get(sizes, timeline_measures[i]);
        if (!value) {
            measurement->values[i] = -1;
            continue;
        }
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return error_set(err, ERROR_INPUT, "'%s' is no number of bytes",
                             timeline_measures[i]);
        measurement->values[i] = json_integer_value(value);
    }
    measurement->download_estimated =
        json_is_true(json_object_get(sizes, "download_estimated"));
    return 0;
}

static int read_texts(struct measurement *measurement, struct arena *arena,
                      const json_t *object, struct error *err)
{
    const struct {
        const char *key;
        const char **place;
    } rows[] = {
        {"commit", &measurement->commit},     {"ref", &measurement->ref},
        {"image", &measurement->image},       {"digest", &measurement->digest},
        {"platform", &measurement->platform},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *text;
        if (json_get_text(&text, object, rows[i].key, err) < 0)
            return -1;
        *rows[i].place = keep(arena, text);
    }
    return 0;
}

static bool has_schema(const json_t *document, const char *prefix)
{
    const char *schema = json_string_value(json_object_get(document, "schema"));
    return schema && strncmp(schema, prefix, strlen(prefix)) == 0;
}

/* The image of a report: its first name, or the file that it was read from. */
static const char *name_in_report(struct arena *arena, const json_t *report)
{
    const json_t *image = json_object_get(report, "image");
    const char *reference =
        json_string_value(json_array_get(json_object_get(image, "references"), 0));
    const char *path =
        json_string_value(json_object_get(json_object_get(report, "input"), "path"));
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    subject_series_of(&name, reference, path ? path : "image");
    return keep(arena, name.buf);
}

int measurement_of_report(struct measurement *ret_measurement, struct arena *arena,
                          struct span text, struct error *err)
{
    struct measurement measurement = {0};
    cleanup_json json_t *report = NULL;
    json_t *sizes, *layers;
    const char *digest, *platform;
    if (json_parse(&report, text, err) < 0)
        return -1;
    if (!has_schema(report, "ullage.report/"))
        return error_set(err, ERROR_INPUT, "is JSON, but no report of ullage");
    const json_t *image = json_object_get(report, "image");
    if (json_get_typed(&sizes, report, "sizes", JSON_OBJECT, err) < 0 ||
        json_get_typed(&layers, report, "layers", JSON_ARRAY, err) < 0 ||
        json_expect(image, JSON_OBJECT, "image", err) < 0 ||
        json_get_text(&digest, image, "config_digest", err) < 0 ||
        json_get_text(&platform, image, "platform", err) < 0 ||
        read_sizes(&measurement, sizes, err) < 0)
        return -1;
    measurement.values[TIMELINE_LAYERS] = (int64_t)json_array_size(layers);
    measurement.image = name_in_report(arena, report);
    measurement.digest = keep(arena, digest);
    measurement.platform = keep(arena, platform);
    *ret_measurement = measurement;
    return 0;
}

void measurement_format(struct strbuf *out, const struct measurement *measurement)
{
    struct json_writer json;
    struct error none = ERROR_INIT;
    char time[TIMELINE_TIME_MAX];
    json_writer_start(&json, sink_to_strbuf(out), true);
    json_open_object(&json);
    json_add_text(&json, "schema", SCHEMA);
    json_add_text(&json, "time", timeline_time_format(measurement->time, time));
    json_add_text(&json, "commit", measurement->commit);
    json_add_text(&json, "ref", measurement->ref);
    json_add_text(&json, "image", measurement->image);
    json_add_text(&json, "digest", measurement->digest);
    json_add_text(&json, "platform", measurement->platform);
    json_key(&json, "sizes");
    json_open_object(&json);
    for (int i = 0; i < TIMELINE_MEASURES; i++)
        if (measurement->values[i] >= 0)
            json_add_int(&json, timeline_measures[i], measurement->values[i]);
    json_add_bool(&json, "download_estimated", measurement->download_estimated);
    json_close_object(&json);
    json_close_object(&json);
    json_newline(&json);
    json_writer_finish(&json, &none); /* text in memory takes all */
    error_release(&none);
}

static int read_line(struct measurement *ret_measurement, struct arena *arena,
                     struct span line, struct error *err)
{
    struct measurement measurement = {0};
    cleanup_json json_t *object = NULL;
    const char *time;
    json_t *sizes;
    if (json_parse(&object, line, err) < 0)
        return -1;
    if (!has_schema(object, "ullage.history/"))
        return error_set(err, ERROR_INPUT, "is no measurement of ullage");
    if (json_get_text(&time, object, "time", err) < 0 ||
        json_get_typed(&sizes, object, "sizes", JSON_OBJECT, err) < 0 ||
        read_sizes(&measurement, sizes, err) < 0 ||
        read_texts(&measurement, arena, object, err) < 0)
        return -1;
    struct error refused = ERROR_INIT;
    if (timeline_time_parse(&measurement.time, time ? time : "", &refused) < 0) {
        error_release(&refused);
        return error_set(err, ERROR_INPUT, "has no time");
    }
    *ret_measurement = measurement;
    return 0;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_series(const struct measurement *a, const struct measurement *b)
{
    int order = compare_texts(a->image, b->image);
    return order ? order : compare_texts(a->platform, b->platform);
}

static int compare_measurements(const void *a, const void *b)
{
    const struct measurement *left = *(const struct measurement *const *)a;
    const struct measurement *right = *(const struct measurement *const *)b;
    int order = compare_series(left, right);
    if (!order && left->time != right->time)
        order = left->time < right->time ? -1 : 1;
    return order ? order : (left > right) - (left < right);
}

/* By series and time; what has one time keeps the order of the file. */
static void sort(struct timeline *timeline)
{
    struct measurement **sorted = memory_alloc_zero(timeline->count, sizeof *sorted);
    struct measurement *items = memory_alloc_zero(timeline->count, sizeof *items);
    for (size_t i = 0; i < timeline->count; i++)
        sorted[i] = &timeline->items[i];
    if (timeline->count)
        qsort(sorted, timeline->count, sizeof(struct measurement *), compare_measurements);
    for (size_t i = 0; i < timeline->count; i++)
        items[i] = *sorted[i];
    free(sorted);
    free(timeline->items);
    timeline->items = items;
}

static void divide(struct timeline *timeline)
{
    size_t capacity = 0;
    for (size_t i = 0; i < timeline->count; i++) {
        struct measurement *item = &timeline->items[i];
        if (i && compare_series(item - 1, item) == 0) {
            timeline->series[timeline->series_count - 1].count++;
            continue;
        }
        timeline->series = memory_grow(timeline->series, timeline->series_count, &capacity,
                                       sizeof *timeline->series);
        timeline->series[timeline->series_count++] = (struct series){
            .image = item->image, .platform = item->platform, .items = item, .count = 1};
    }
}

int timeline_parse(struct timeline *ret_timeline, struct span text, struct error *err)
{
    struct timeline timeline = {0};
    size_t capacity = 0, number = 0;
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t len = end ? (size_t)(end - text.ptr) - at : text.len - at;
        struct span line = span_of(text.ptr + at, len);
        at += len + 1;
        number++;
        if (!len)
            continue;
        timeline.items =
            memory_grow(timeline.items, timeline.count, &capacity, sizeof *timeline.items);
        if (read_line(&timeline.items[timeline.count++], &timeline.arena, line, err) < 0) {
            timeline_release(&timeline);
            return error_prefix(err, "line %zu", number);
        }
    }
    sort(&timeline);
    divide(&timeline);
    *ret_timeline = timeline;
    return 0;
}

void timeline_release(struct timeline *timeline)
{
    free(timeline->items);
    free(timeline->series);
    arena_release(&timeline->arena);
    *timeline = (struct timeline){0};
}
