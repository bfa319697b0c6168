#include "analyzer/timeline_plot.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "analyzer/report/xml.h"
#include "core/escape.h"
#include "core/json.h"

const char *const timeline_forms[] = {
    [TIMELINE_TEXT] = "text",
    [TIMELINE_SVG] = "svg",
    [TIMELINE_CSV] = "csv",
    [TIMELINE_OPENMETRICS] = "openmetrics",
    [TIMELINE_GITHUB_BENCHMARK] = "github-benchmark",
    [TIMELINE_FORMS] = NULL,
};

#define STEPS_SHOWN 20
#define NAME_SHOWN 60

static void add_shown(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    utf8_cut(&shown, NAME_SHOWN);
    strbuf_add_text(out, shown.buf);
}

static const char *image_of(const struct series *series)
{
    return series->image ? series->image : "image";
}

static const char *platform_of(const struct series *series)
{
    return series->platform ? series->platform : "unknown";
}

static const struct measurement *last_of(const struct series *series)
{
    return &series->items[series->count - 1];
}

static void add_value(struct strbuf *out, int64_t value, const struct plot_options *options)
{
    char text[SIZE_TEXT_MAX];
    if (options->measure == TIMELINE_LAYERS)
        strbuf_addf(out, "%" PRId64, value);
    else
        strbuf_add_text(out, size_format(value, options->sizes, text));
}

/* The known values of a series, in order of time. */
struct points {
    const struct measurement **items;
    size_t count;
    int64_t least, most;
    enum timeline_measure measure;
};

static int64_t value_at(const struct points *points, size_t i)
{
    return points->items[i]->values[points->measure];
}

static struct points points_of(const struct series *series, enum timeline_measure measure)
{
    struct points points = {.measure = measure};
    points.items = memory_alloc_zero(series->count, sizeof(struct measurement *));
    for (size_t i = 0; i < series->count; i++) {
        int64_t value = series->items[i].values[measure];
        if (value < 0)
            continue;
        if (!points.count || value < points.least)
            points.least = value;
        if (!points.count || value > points.most)
            points.most = value;
        points.items[points.count++] = &series->items[i];
    }
    return points;
}

/* The largest value of a column's share of the points: a peak is not lost. */
static int64_t column_value(const struct points *points, size_t column, size_t columns)
{
    size_t from = column * points->count / columns,
           to = (column + 1) * points->count / columns;
    int64_t value = value_at(points, from);
    for (size_t i = from + 1; i < to; i++)
        if (value_at(points, i) > value)
            value = value_at(points, i);
    return value;
}

static void add_bars(struct strbuf *out, const struct points *points, size_t width)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    size_t columns = points->count < width ? points->count : width;
    double range = (double)points->most - (double)points->least;
    for (size_t i = 0; i < columns; i++) {
        double share =
            range > 0
                ? ((double)column_value(points, i, columns) - (double)points->least) / range
                : 0;
        strbuf_add_text(out, blocks[(size_t)(share * 7 + 0.5)]);
    }
}

static bool is_step(int64_t before, int64_t now, enum timeline_measure measure)
{
    int64_t change = now > before ? now - before : before - now;
    if (measure == TIMELINE_LAYERS)
        return change > 0;
    return change >= STEP_BYTES && (double)change >= STEP_SHARE * (double)before;
}

static void add_step(struct strbuf *out, const struct points *points, size_t i,
                     const struct plot_options *options)
{
    const struct measurement *item = points->items[i];
    int64_t before = value_at(points, i - 1), now = value_at(points, i);
    char time[TIMELINE_TIME_MAX];
    strbuf_addf(out, "  %.10s  ", timeline_time_format(item->time, time));
    if (item->commit) {
        cleanup_strbuf struct strbuf commit = STRBUF_INIT;
        escape_for_terminal(&commit, span_of_text(item->commit));
        utf8_cut(&commit, 12);
        strbuf_addf(out, "%s  ", commit.buf);
    }
    strbuf_add_text(out, now > before ? "+" : "");
    add_value(out, now - before, options);
    if (before > 0)
        strbuf_addf(out, " (%+.1f %%)",
                    ((double)now - (double)before) / (double)before * 100);
    strbuf_add_text(out, "  ");
    add_value(out, before, options);
    strbuf_add_text(out, " to ");
    add_value(out, now, options);
    strbuf_add_char(out, '\n');
}

static void add_steps(struct strbuf *out, const struct points *points,
                      const struct plot_options *options)
{
    size_t steps = 0;
    for (size_t i = 1; i < points->count; i++)
        steps += is_step(value_at(points, i - 1), value_at(points, i), points->measure);
    size_t skipped = steps > STEPS_SHOWN ? steps - STEPS_SHOWN : 0;
    if (skipped)
        strbuf_addf(out, "  %zu earlier steps\n", skipped);
    for (size_t i = 1; i < points->count; i++) {
        if (!is_step(value_at(points, i - 1), value_at(points, i), points->measure))
            continue;
        if (skipped)
            skipped--;
        else
            add_step(out, points, i, options);
    }
}

static void plot_series(struct strbuf *out, const struct series *series,
                        const struct plot_options *options)
{
    char first[TIMELINE_TIME_MAX], last[TIMELINE_TIME_MAX];
    struct points points = points_of(series, options->measure);
    add_shown(out, image_of(series));
    strbuf_add_text(out, "  ");
    add_shown(out, platform_of(series));
    strbuf_addf(out, "  %s\n", timeline_measures[options->measure]);
    if (!points.count) {
        strbuf_add_text(out, "  never measured\n");
        free(points.items);
        return;
    }
    strbuf_add_text(out, "  ");
    add_bars(out, &points, options->width > 20 ? options->width - 4 : 16);
    strbuf_addf(out, "\n  %zu measurements, %.10s to %.10s: ", points.count,
                timeline_time_format(points.items[0]->time, first),
                timeline_time_format(points.items[points.count - 1]->time, last));
    add_value(out, points.least, options);
    strbuf_add_text(out, " to ");
    add_value(out, points.most, options);
    strbuf_add_text(out, ", now ");
    add_value(out, value_at(&points, points.count - 1), options);
    strbuf_add_char(out, '\n');
    add_steps(out, &points, options);
    free(points.items);
}

static void plot_text(struct strbuf *out, const struct timeline *timeline,
                      const struct plot_options *options)
{
    for (size_t i = 0; i < timeline->series_count; i++) {
        strbuf_add_text(out, i ? "\n" : "");
        plot_series(out, &timeline->series[i], options);
    }
    if (!timeline->count)
        strbuf_add_text(out, "nothing was measured yet\n");
}

#define CHART_WIDTH 720
#define CHART_HEIGHT 160
#define PLOT_LEFT 90
#define PLOT_TOP 34
#define PLOT_WIDTH (CHART_WIDTH - PLOT_LEFT - 20)
#define PLOT_HEIGHT 90
/* More cannot be told apart on so many pixels. */
#define CHART_POINTS 600

static void chart_text(struct strbuf *out, int x, int y, const char *anchor,
                       const char *text)
{
    strbuf_addf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    xml_add_text(out, text);
    strbuf_add_text(out, "</text>\n");
}

static void chart_line(struct strbuf *out, const struct points *points)
{
    size_t columns = points->count < CHART_POINTS ? points->count : CHART_POINTS;
    double most = points->most > 0 ? (double)points->most : 1;
    strbuf_add_text(
        out, "<polyline fill=\"none\" stroke=\"#0b66a8\" stroke-width=\"2\" points=\"");
    for (size_t i = 0; i < columns; i++) {
        double x = columns > 1 ? (double)i / (double)(columns - 1) * PLOT_WIDTH : 0;
        double y =
            PLOT_HEIGHT - (double)column_value(points, i, columns) / most * PLOT_HEIGHT;
        strbuf_addf(out, "%s%.1f,%.1f", i ? " " : "", PLOT_LEFT + x, PLOT_TOP + y);
    }
    strbuf_add_text(out, "\"/>\n");
}

static void chart_series(struct strbuf *out, const struct series *series, size_t index,
                         const struct plot_options *options)
{
    cleanup_strbuf struct strbuf title = STRBUF_INIT, most = STRBUF_INIT;
    char time[TIMELINE_TIME_MAX];
    struct points points = points_of(series, options->measure);
    add_shown(&title, image_of(series));
    strbuf_add_char(&title, ' ');
    add_shown(&title, platform_of(series));
    strbuf_addf(&title, " %s", timeline_measures[options->measure]);
    add_value(&most, points.most, options);
    strbuf_addf(out, "<g transform=\"translate(0,%zu)\">\n", index * CHART_HEIGHT);
    chart_text(out, PLOT_LEFT, 20, "start", title.buf);
    strbuf_addf(out, "<path d=\"M%d,%d v%d h%d\" fill=\"none\" stroke=\"#9aa5b1\"/>\n",
                PLOT_LEFT, PLOT_TOP, PLOT_HEIGHT, PLOT_WIDTH);
    chart_text(out, PLOT_LEFT - 8, PLOT_TOP + 5, "end", most.buf);
    chart_text(out, PLOT_LEFT - 8, PLOT_TOP + PLOT_HEIGHT + 5, "end", "0");
    if (points.count) {
        timeline_time_format(points.items[0]->time, time)[10] = '\0';
        chart_text(out, PLOT_LEFT, PLOT_TOP + PLOT_HEIGHT + 18, "start", time);
        timeline_time_format(points.items[points.count - 1]->time, time)[10] = '\0';
        chart_text(out, PLOT_LEFT + PLOT_WIDTH, PLOT_TOP + PLOT_HEIGHT + 18, "end", time);
        chart_line(out, &points);
    }
    strbuf_add_text(out, "</g>\n");
    free(points.items);
}

static void plot_svg(struct strbuf *out, const struct timeline *timeline,
                     const struct plot_options *options)
{
    size_t height = CHART_HEIGHT * (timeline->series_count ? timeline->series_count : 1);
    strbuf_addf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" "
        "viewBox=\"0 0 %d %zu\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n"
        "<title>%s over time</title>\n<rect width=\"100%%\" height=\"100%%\" "
        "fill=\"#fff\"/>\n",
        CHART_WIDTH, height, CHART_WIDTH, height, timeline_measures[options->measure]);
    for (size_t i = 0; i < timeline->series_count; i++)
        chart_series(out, &timeline->series[i], i, options);
    strbuf_add_text(out, "</svg>\n");
}

static void csv_text(struct strbuf *out, const char *text)
{
    escape_for_csv(out, span_of_text(text ? text : ""));
    strbuf_add_char(out, ',');
}

static void plot_csv(struct strbuf *out, const struct timeline *timeline)
{
    strbuf_add_text(out, "time,commit,ref,image,digest,platform");
    for (int i = 0; i < TIMELINE_MEASURES; i++)
        strbuf_addf(out, ",%s", timeline_measures[i]);
    strbuf_add_text(out, "\r\n");
    for (size_t i = 0; i < timeline->count; i++) {
        const struct measurement *item = &timeline->items[i];
        char time[TIMELINE_TIME_MAX];
        csv_text(out, timeline_time_format(item->time, time));
        csv_text(out, item->commit);
        csv_text(out, item->ref);
        csv_text(out, item->image);
        csv_text(out, item->digest);
        escape_for_csv(out, span_of_text(item->platform ? item->platform : ""));
        for (int m = 0; m < TIMELINE_MEASURES; m++) {
            strbuf_add_char(out, ',');
            if (item->values[m] >= 0)
                strbuf_addf(out, "%" PRId64, item->values[m]);
        }
        strbuf_add_text(out, "\r\n");
    }
}

static void add_label(struct strbuf *out, const char *name, const char *value)
{
    strbuf_addf(out, "%s=\"", name);
    escape_for_metrics(out, span_of_text(value));
    strbuf_add_char(out, '"');
}

static void plot_openmetrics(struct strbuf *out, const struct timeline *timeline)
{
    for (int m = 0; m < TIMELINE_MEASURES; m++) {
        const char *name = timeline_measures[m];
        strbuf_addf(out, "# TYPE ullage_%s gauge\n", name);
        if (m != TIMELINE_LAYERS)
            strbuf_addf(out, "# UNIT ullage_%s bytes\n", name);
        strbuf_addf(out, "# HELP ullage_%s The last measurement of %s.\n", name, name);
        for (size_t i = 0; i < timeline->series_count; i++) {
            const struct series *series = &timeline->series[i];
            if (last_of(series)->values[m] < 0)
                continue;
            strbuf_addf(out, "ullage_%s{", name);
            add_label(out, "image", image_of(series));
            strbuf_add_char(out, ',');
            add_label(out, "platform", platform_of(series));
            strbuf_addf(out, "} %" PRId64 "\n", last_of(series)->values[m]);
        }
    }
    strbuf_add_text(out, "# EOF\n");
}

static void benchmark_row(struct json_writer *json, const struct series *series,
                          int measure)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    char time[TIMELINE_TIME_MAX];
    add_shown(&name, image_of(series));
    strbuf_add_char(&name, ' ');
    add_shown(&name, platform_of(series));
    strbuf_addf(&name, " %s", timeline_measures[measure]);
    json_open_object(json);
    json_add_text(json, "name", name.buf);
    json_add_text(json, "unit", measure == TIMELINE_LAYERS ? "layers" : "bytes");
    json_add_int(json, "value", last_of(series)->values[measure]);
    json_add_text(json, "extra", timeline_time_format(last_of(series)->time, time));
    json_close_object(json);
}

static void plot_benchmark(struct strbuf *out, const struct timeline *timeline)
{
    struct json_writer json;
    struct error none = ERROR_INIT;
    json_writer_start(&json, sink_to_strbuf(out), false);
    json_open_array(&json);
    for (size_t i = 0; i < timeline->series_count; i++)
        for (int m = 0; m < TIMELINE_MEASURES; m++)
            if (last_of(&timeline->series[i])->values[m] >= 0)
                benchmark_row(&json, &timeline->series[i], m);
    json_close_array(&json);
    json_newline(&json);
    json_writer_finish(&json, &none); /* text in memory takes all */
    error_release(&none);
}

void timeline_plot(struct strbuf *out, const struct timeline *timeline,
                   enum timeline_form form, const struct plot_options *options)
{
    switch (form) {
    case TIMELINE_TEXT:
        plot_text(out, timeline, options);
        break;
    case TIMELINE_SVG:
        plot_svg(out, timeline, options);
        break;
    case TIMELINE_CSV:
        plot_csv(out, timeline);
        break;
    case TIMELINE_OPENMETRICS:
        plot_openmetrics(out, timeline);
        break;
    case TIMELINE_GITHUB_BENCHMARK:
        plot_benchmark(out, timeline);
        break;
    case TIMELINE_FORMS:
    default:
        assert(form < TIMELINE_FORMS);
    }
}
