#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "analyzer/timeline_plot.h"
#include "cli/image_options.h"
#include "cli/progress.h"
#include "core/file.h"

/* A report is JSON and begins so; no archive does. */
#define REPORT_BYTES_MOST ((size_t)256 << 20)

struct history_options {
    struct image_arguments image;
    const char *commit;
    const char *git_ref;
    const char *time;
    const char *output;
    int format;
    int measure;
    bool binary;
    bool bytes;
};

static const struct history_options defaults = {.output = "-"};

static const struct option options[] = {
    {.name = "commit",
     .type = OPTION_TEXT,
     OPTION_AT(struct history_options, commit),
     .argument = "HASH",
     .summary = "add: the commit that the image was built from",
     .group = "Add"},
    {.name = "git-ref",
     .type = OPTION_TEXT,
     OPTION_AT(struct history_options, git_ref),
     .argument = "NAME",
     .summary = "add: its branch or tag",
     .group = "Add"},
    {.name = "time",
     .type = OPTION_TEXT,
     OPTION_AT(struct history_options, time),
     .argument = "TIME",
     .summary = "add: when, as 2026-03-01T12:00:00Z or in seconds; else SOURCE_DATE_EPOCH, "
                "else now",
     .group = "Add"},
    {.name = "measure",
     .type = OPTION_CHOICE,
     OPTION_AT(struct history_options, measure),
     .argument = "MEASURE",
     .choices = timeline_measures,
     .summary = "plot: what is drawn",
     .fallback = "download_bytes",
     .group = "Plot"},
    {.name = "format",
     .letter = 'f',
     .type = OPTION_CHOICE,
     OPTION_AT(struct history_options, format),
     .argument = "FORMAT",
     .choices = timeline_forms,
     .summary = "plot: form of the output",
     .fallback = "text",
     .group = "Plot"},
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     OPTION_AT(struct history_options, output),
     .argument = "FILE",
     .summary = "plot: write to FILE instead of standard output",
     .complete = COMPLETE_FILE,
     .group = "Plot"},
    {.name = "binary",
     .type = OPTION_FLAG,
     OPTION_AT(struct history_options, binary),
     .summary = "sizes in KiB, MiB, GiB",
     .group = "Plot"},
    {.name = "bytes",
     .type = OPTION_FLAG,
     OPTION_AT(struct history_options, bytes),
     .summary = "sizes in bytes",
     .group = "Plot"},
    IMAGE_OPTIONS(struct history_options),
    OPTION_END,
};

/* The one place that reads a clock: a measurement has a time, and nobody may have said
 * which. */
static int time_of(const struct history_options *given, int64_t *ret_seconds,
                   struct error *err)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (given->time)
        return timeline_time_parse(ret_seconds, given->time, err) < 0
                   ? error_prefix(err, "--time")
                   : 0;
    if (epoch && *epoch)
        return timeline_time_parse(ret_seconds, epoch, err) < 0
                   ? error_prefix(err, "SOURCE_DATE_EPOCH")
                   : 0;
    *ret_seconds = (int64_t)time(NULL);
    return 0;
}

static bool is_report(const char *path)
{
    char first = 0;
    cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return fd >= 0 && file_read_at(fd, &first, 1, 0) == 1 && first == '{';
}

/* What it was, and the exit status of reading it. */
static int measure_image(struct measurement *ret_measurement, struct arena *arena,
                         const struct invocation *invocation, const char *path,
                         struct error *err)
{
    const struct history_options *given = invocation->options;
    struct limits limits;
    struct analysis_options analysis_options;
    struct analysis *analysis;
    struct progress_line line;
    if (image_arguments_read(&given->image, invocation, &limits, &analysis_options, err) <
        0)
        return -1;
    progress_line_start(&line, invocation, path);
    analysis_options.progress = &line.progress;
    int result = analysis_run(&analysis, path, &analysis_options, err);
    progress_line_stop(&line);
    if (result < 0)
        return -1;
    int status = image_status(analysis->image);
    measurement_of_analysis(ret_measurement, arena, analysis);
    analysis_free(analysis);
    return status;
}

static int measure(struct measurement *ret_measurement, struct arena *arena,
                   const struct invocation *invocation, const char *path, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (!is_report(path))
        return measure_image(ret_measurement, arena, invocation, path, err);
    if (file_read(&text, path, REPORT_BYTES_MOST, err) < 0)
        return -1;
    if (measurement_of_report(ret_measurement, arena, span_of(text.buf, text.len), err) < 0)
        return error_prefix(err, "%s", path);
    return 0;
}

static int read_timeline(struct timeline *ret_timeline, const char *path, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (file_read(&text, path, TIMELINE_BYTES_MOST, err) < 0)
        return -1;
    if (timeline_parse(ret_timeline, span_of(text.buf, text.len), err) < 0)
        return error_prefix(err, "%s", path);
    return 0;
}

/* Nothing is put behind what is no history. */
static int check_history(const char *path, struct error *err)
{
    struct timeline timeline;
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    if (read_timeline(&timeline, path, err) < 0)
        return -1;
    timeline_release(&timeline);
    return 0;
}

/* A partial measurement would be a step that never was: it is not kept. */
static int add(const struct invocation *invocation, struct error *err)
{
    const struct history_options *given = invocation->options;
    const char *file = invocation->operands[1], *path = invocation->operands[2];
    struct measurement measurement = {0};
    struct arena arena = {0};
    int64_t seconds;
    if (time_of(given, &seconds, err) < 0 || check_history(file, err) < 0)
        return -1;
    int status = measure(&measurement, &arena, invocation, path, err);
    if (status == 0) {
        cleanup_strbuf struct strbuf line = STRBUF_INIT;
        measurement.time = seconds;
        measurement.commit = given->commit;
        measurement.ref = given->git_ref;
        measurement_format(&line, &measurement);
        status = file_append(file, line.buf, line.len, err);
    }
    arena_release(&arena);
    return status;
}

static int write_plot(const struct strbuf *text, const char *path, struct error *err)
{
    struct file_output output;
    if (file_create(&output, path, err) < 0)
        return -1;
    if (sink_write(&output.sink, text->buf, text->len, err) < 0) {
        file_discard(&output);
        return error_prefix(err, "%s", path);
    }
    return file_commit(&output, err);
}

static int plot(const struct invocation *invocation, struct error *err)
{
    const struct history_options *given = invocation->options;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct timeline timeline;
    struct plot_options plot_options = {
        .measure = (enum timeline_measure)given->measure,
        .sizes = given->bytes    ? SIZE_BYTES
                 : given->binary ? SIZE_BINARY
                                 : SIZE_DECIMAL,
        .width = invocation->terminal.width,
    };
    if (read_timeline(&timeline, invocation->operands[1], err) < 0)
        return -1;
    timeline_plot(&text, &timeline, (enum timeline_form)given->format, &plot_options);
    timeline_release(&timeline);
    return write_plot(&text, given->output, err);
}

static const struct {
    const char *name;
    size_t operands; /* itself counted */
    int (*run)(const struct invocation *invocation, struct error *err);
} verbs[] = {{"add", 3, add}, {"plot", 2, plot}};

static const char *const verb_names[] = {"add", "plot", NULL};

static int run(const struct invocation *invocation, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
        if (strcmp(invocation->operands[0], verbs[i].name) != 0)
            continue;
        if (invocation->operand_count != verbs[i].operands) {
            error_set(err, ERROR_USAGE, "'history %s' takes %zu operands, not %zu",
                      verbs[i].name, verbs[i].operands - 1, invocation->operand_count - 1);
            return error_hint(err, "write 'history add FILE IMAGE' or 'history plot FILE'");
        }
        return verbs[i].run(invocation, err);
    }
    error_set(err, ERROR_USAGE, "'history' does not know '%s'", invocation->operands[0]);
    return error_hint(err, "write 'history add FILE IMAGE' or 'history plot FILE'");
}

static const struct example examples[] = {
    {"ullage history add sizes.ndjson app.tar --commit 8c1e2f0", "keep today's sizes"},
    {"ullage history plot sizes.ndjson", "draw them, and say when they stepped"},
    {"ullage history plot sizes.ndjson --format svg -o sizes.svg", "the same as a picture"},
    {NULL, NULL},
};

const struct command command_history = {
    .name = "history",
    .group = "Images",
    .summary = "keep sizes over time in a file, and draw them",
    .usage = "add FILE IMAGE|REPORT, or plot FILE",
    .description = "'add' puts a line behind FILE, which is made if it is not there: the "
                   "sizes of an image, or of a "
                   "JSON report that was written of one, with the time and the commit. The "
                   "line is written whole or "
                   "not at all, and several may add at once.\n\n"
                   "'plot' draws the lines of each image and platform, and lists its "
                   "steps: changes of at least one "
                   "percent and 10 kB. The formats csv, openmetrics and github-benchmark "
                   "pass them on; the last two "
                   "have the newest line of each image.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct history_options),
    .defaults = &defaults,
    .operands_min = 2,
    .operands_max = 3,
    .operand_choices = verb_names,
    .complete = COMPLETE_FILE,
    .run = run,
};
