/* Sizes over time: the lines of `history`, what is drawn of them, and the file they are
 * kept in. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/timeline_plot.h"
#include "core/file.h"

#include "tests/support/check.h"

#define LINE(time, bytes)                                                                  \
    "{\"schema\":\"ullage.history/1\",\"time\":\"" time "\",\"commit\":\"c-" time          \
    "\",\"image\":\"app\",\"platform\":\"linux/amd64\",\"sizes\":{\"blob_bytes\":" bytes   \
    "}}\n"

static void assert_time(const char *text, int64_t expected)
{
    struct error error = ERROR_INIT;
    int64_t seconds;
    char again[TIMELINE_TIME_MAX];
    assert_int_equal(timeline_time_parse(&seconds, text, &error), 0);
    assert_int_equal(seconds, expected);
    assert_int_equal(
        timeline_time_parse(&seconds, timeline_time_format(expected, again), &error), 0);
    assert_int_equal(seconds, expected);
}

static void times_are_read_in_every_zone(void **state)
{
    (void)state;
    assert_time("1970-01-01T00:00:00Z", 0);
    assert_time("2026-03-01T12:00:00Z", 1772366400);
    assert_time("2026-03-01T12:00:00.123Z", 1772366400);
    assert_time("2026-03-01T14:00:00+02:00", 1772366400);
    assert_time("2026-03-01T06:30:00-05:30", 1772366400);
    assert_time("1772366400", 1772366400);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "yesterday",
                                        "2026-02-30T00:00:00Z",
                                        "2026-03-01T25:00:00Z",
                                        "2026-03-01",
                                        "2026-03-01T12:00:00",
                                        "-1",
                                        "99999999999999",
                                        "2026-03-01T12:00:00+99:00"};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct error error = ERROR_INIT;
        int64_t seconds;
        if (timeline_time_parse(&seconds, texts[i], &error) == 0)
            fail_msg("'%s' was taken for a time", texts[i]);
        assert_int_equal(error.code, ERROR_USAGE);
        error_release(&error);
    }
}

static struct timeline parse(const char *text)
{
    struct error error = ERROR_INIT;
    struct timeline timeline;
    if (timeline_parse(&timeline, span_of_text(text), &error) < 0)
        fail_msg("%s", error.text);
    return timeline;
}

static void measurement_survives_its_line(void **state)
{
    (void)state;
    const struct measurement written = {
        .time = 1772366400,
        .commit = "8c1e\"\n",
        .image = "app",
        .values = {1, 2, 3, 4, 5, 6, 7, 8},
        .download_estimated = true,
    };
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    measurement_format(&line, &written);
    assert_ptr_equal(strchr(line.buf, '\n'), line.buf + line.len - 1);

    struct timeline timeline = parse(line.buf);

    assert_int_equal(timeline.count, 1);
    assert_int_equal(timeline.items[0].time, written.time);
    assert_string_equal(timeline.items[0].commit, written.commit);
    assert_null(timeline.items[0].ref);
    assert_memory_equal(timeline.items[0].values, written.values, sizeof written.values);
    assert_true(timeline.items[0].download_estimated);
    timeline_release(&timeline);
}

static void damaged_line_is_named(void **state)
{
    (void)state;
    static const char *const damage[] = {
        "{\"schema\":\"other/1\"}",
        "{\"schema\":\"ullage.history/"
        "1\",\"time\":\"2026-03-01T00:00:00Z\",\"sizes\":{\"blob_bytes\":-1}}",
        "{\"schema\":\"ullage.history/"
        "1\",\"time\":\"2026-03-01T00:00:00Z\",\"sizes\":{\"blob_bytes\":1.5}}",
        "{\"schema\":\"ullage.history/1\",\"time\":\"never\",\"sizes\":{}}",
        "{\"schema\":\"ullage.history/1\",\"time\":7,\"sizes\":{}}",
        "{\"schema\":\"ullage.history/1\",\"sizes\":{}}",
        "[1]",
        "half a li",
    };
    for (size_t i = 0; i < ARRAY_SIZE(damage); i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        struct error error = ERROR_INIT;
        struct timeline timeline;
        strbuf_addf(&text, "%s\n%s", LINE("2026-03-01T00:00:00Z", "1"), damage[i]);
        if (timeline_parse(&timeline, span_of(text.buf, text.len), &error) == 0)
            fail_msg("taken: %s", damage[i]);
        assert_int_equal(error.code, ERROR_INPUT);
        assert_non_null(strstr(error.text, "line 3"));
        error_release(&error);
    }
}

static void plot(struct strbuf *out, const char *lines, enum timeline_form form,
                 enum timeline_measure measure)
{
    struct timeline timeline = parse(lines);
    const struct plot_options options = {.measure = measure, .width = 80};
    timeline_plot(out, &timeline, form, &options);
    timeline_release(&timeline);
}

static void steps_are_told_and_noise_is_not(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    /* 10 MB, + 0.5 % (noise), + 12 MB (a step), and the same again; given out of order */
    plot(&out,
         LINE("2026-03-03T00:00:00Z", "22050000") LINE("2026-03-01T00:00:00Z", "10000000")
             LINE("2026-03-02T00:00:00Z", "10050000")
                 LINE("2026-03-04T00:00:00Z", "22050000"),
         TIMELINE_TEXT, TIMELINE_BLOB);

    assert_string_equal(
        out.buf, "app  linux/amd64  blob_bytes\n"
                 "  ▁▁██\n"
                 "  4 measurements, 2026-03-01 to 2026-03-04: 10MB to 22.1MB, now 22.1MB\n"
                 "  2026-03-03  c-2026-03-0…  +12MB (+119.4 %)  10.1MB to 22.1MB\n");
}

static void many_points_fit_the_screen_and_keep_their_peak(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT, out = STRBUF_INIT;
    for (int i = 0; i < 1000; i++)
        strbuf_addf(
            &lines,
            "{\"schema\":\"ullage.history/1\",\"time\":\"%d\",\"image\":\"app\",\"sizes\":"
            "{\"blob_bytes\":%d}}\n",
            1772366400 + i, i == 500 ? 9000000 : 1000);
    plot(&out, lines.buf, TIMELINE_TEXT, TIMELINE_BLOB);

    const char *bars = strchr(out.buf, '\n') + 3;
    size_t characters = 0;
    for (const char *p = bars; *p != '\n'; p++)
        characters += (*p & 0xc0) != 0x80;
    assert_int_equal(characters, 76);
    assert_non_null(strstr(bars, "█"));
}

static void measure_that_was_not_kept_is_no_zero(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    plot(&out, LINE("2026-03-01T00:00:00Z", "5"), TIMELINE_TEXT, TIMELINE_DEAD);
    assert_non_null(strstr(out.buf, "never measured"));
}

static void appended_lines_stay_whole(void **state)
{
    (void)state;
    char path[] = "/tmp/ullage-timeline-XXXXXX";
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    int fd = mkstemp(path);
    assert_true(write(fd, "no end", 6) == 6);
    close(fd);

    assert_int_equal(file_append(path, "one\n", 4, &error), 0);
    assert_int_equal(file_append(path, "two\n", 4, &error), 0);

    assert_int_equal(file_read(&text, path, 100, &error), 0);
    assert_string_equal(text.buf, "no end\none\ntwo\n");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_in_every_zone),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(measurement_survives_its_line),
        cmocka_unit_test(damaged_line_is_named),
        cmocka_unit_test(steps_are_told_and_noise_is_not),
        cmocka_unit_test(many_points_fit_the_screen_and_keep_their_peak),
        cmocka_unit_test(measure_that_was_not_kept_is_no_zero),
        cmocka_unit_test(appended_lines_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
