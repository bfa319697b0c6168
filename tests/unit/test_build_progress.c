/* A build's steps as events: the same from rawjson, plain text, the classic builder and
 * podman. */
#include <stdio.h>
#include <string.h>

#include "core/file.h"
#include "runtime/progress.h"
#include "runtime/values.h"
#include "tests/support/check.h"

static int describe(void *context, const struct build_event *event, struct error *err)
{
    static const char *const words[] = {"start",     "cached",   "done", "failed",
                                        "cancelled", "transfer", "log",  "message"};
    (void)err;
    struct strbuf *text = context;
    strbuf_addf(text, "%s", words[event->kind]);
    if (event->step)
        strbuf_addf(text, " %zu", event->step->index);
    if (event->kind == BUILD_STEP_STARTED)
        strbuf_addf(text, " '%s' %u/%u '%s'", event->step->stage, event->step->number,
                    event->step->total, event->step->instruction);
    if (event->text.len)
        strbuf_addf(text, " %.*s", (int)event->text.len, event->text.ptr);
    if (event->total != VALUE_UNKNOWN)
        strbuf_addf(text, " %d/%d", (int)event->current, (int)event->total);
    strbuf_add_char(text, '\n');
    return 0;
}

static struct progress *read_in_steps(enum progress_dialect dialect, struct span text,
                                      size_t step, struct strbuf *seen)
{
    struct error error = ERROR_INIT;
    struct progress *progress = progress_new(dialect, describe, seen);
    for (size_t at = 0; at < text.len; at += step)
        if (progress_add(progress, text.ptr + at,
                         step < text.len - at ? step : text.len - at, &error) < 0)
            fail_msg("%s", error.text);
    if (progress_finish(progress, &error) < 0)
        fail_msg("%s", error.text);
    return progress;
}

static void assert_events(enum progress_dialect dialect, const char *name,
                          unsigned failed_line, const char *expected)
{
    static const size_t steps[] = {1, 7, 1 << 20};
    char path[512];
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    snprintf(path, sizeof path, "%s/engine/%s", FIXTURES, name);
    if (file_read(&text, path, 1 << 20, &error) < 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < 3; i++) {
        cleanup_strbuf struct strbuf seen = STRBUF_INIT;
        unsigned line = 0;
        struct progress *progress =
            read_in_steps(dialect, span_of(text.buf, text.len), steps[i], &seen);
        assert_string_equal(seen.buf, expected);
        for (size_t k = 0; k < progress_step_count(progress); k++)
            line += progress_step(progress, k)->line;
        assert_int_equal(line, failed_line);
        progress_free(progress);
    }
}

#define TAIL                                                                               \
    "message Dockerfile:2\n"                                                               \
    "message --------------------\n"                                                       \
    "message    1 |     FROM example/tools:1\n"                                            \
    "message    2 | >>> RUN echo hi; exit 7\n"                                             \
    "message    3 |     \n"                                                                \
    "message --------------------\n"                                                       \
    "message ERROR: failed to solve: process \"/bin/sh -c echo hi; exit 7\" did not "      \
    "complete "                                                                            \
    "successfully: exit code: 7\n"
#define WHY                                                                                \
    "process \"/bin/sh -c echo hi; exit 7\" did not complete successfully: exit code: 7\n"
#define RAWJSON                                                                            \
    "start 0 '' 0/0 ''\n"                                                                  \
    "transfer 0 transferring dockerfile: 67/67\n"                                          \
    "done 0\n"                                                                             \
    "start 1 'app' 1/2 'FROM docker.io/example/tools:1'\n"                                 \
    "cached 1\n"                                                                           \
    "start 2 'app' 2/2 'RUN echo hi; exit 7'\n"                                            \
    "log 2 hi\n"                                                                           \
    "log 2 half a line\n"                                                                  \
    "failed 2 " WHY TAIL

static void rawjson_gives_steps_logs_and_the_line_of_a_failure(void **state)
{
    (void)state;
    assert_events(PROGRESS_RAWJSON, "build-rawjson.txt", 2, RAWJSON);
}

static void rawjson_over_several_lines_is_the_same(void **state)
{
    (void)state;
    assert_events(PROGRESS_RAWJSON, "build-rawjson-indented.txt", 2, RAWJSON);
}

static void plain_text_gives_the_same_steps(void **state)
{
    (void)state;
    assert_events(PROGRESS_PLAIN, "build-plain.txt", 2,
                  "message building with \"default\" instance using docker driver\n"
                  "start 0 '' 0/0 ''\n"
                  "transfer 0 transferring dockerfile: 67B done\n"
                  "done 0\n"
                  "start 1 'app' 1/2 'FROM docker.io/example/tools:1'\n"
                  "cached 1\n"
                  "start 2 'app' 2/2 'RUN echo hi; exit 7'\n"
                  "log 2 hi\n"
                  "start 3 '' 0/0 ''\n"
                  "done 3\n"
                  "log 2 half a line\n"
                  "failed 2 " WHY "message ------\n"
                  "message  > [app 2/2] RUN echo hi; exit 7:\n"
                  "message 0.123 hi\n"
                  "message 0.200 half a line\n"
                  "message ------\n" TAIL);
}

static void classic_builder_gives_the_same_steps(void **state)
{
    (void)state;
    assert_events(
        PROGRESS_LEGACY, "build-legacy.txt", 0,
        "message Sending build context to Docker daemon  2.048kB\n"
        "start 0 '' 1/3 'FROM example/tools:1'\n"
        "done 0\n"
        "start 1 '' 2/3 'ENV A=1'\n"
        "cached 1\n"
        "start 2 '' 3/3 'RUN echo hi; exit 7'\n"
        "log 2 hi\n"
        "failed 2 The command '/bin/sh -c echo hi; exit 7' returned a non-zero code: 7\n"
        "message The command '/bin/sh -c echo hi; exit 7' returned a non-zero code: 7\n");
}

static void podman_gives_the_same_steps(void **state)
{
    (void)state;
    assert_events(PROGRESS_LEGACY, "build-podman.txt", 0,
                  "start 0 '1/2' 1/2 'FROM localhost/example/tools:1 AS one'\n"
                  "done 0\n"
                  "start 1 '1/2' 2/2 'RUN echo hi'\n"
                  "cached 1\n"
                  "start 2 '2/2' 1/2 'FROM one'\n"
                  "done 2\n"
                  "start 3 '2/2' 2/2 'RUN echo ho'\n"
                  "log 3 ho\n"
                  "done 3\n"
                  "message [2/2] COMMIT shop:1\n"
                  "message Successfully tagged localhost/shop:1\n"
                  "message 88b0a1b2c3d4\n");
}

static void record_that_is_cut_is_an_error(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf seen = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct progress *progress = progress_new(PROGRESS_RAWJSON, describe, &seen);
    assert_int_equal(progress_add(progress, "{\"vertexes\":[\n", 14, &error), 0);
    assert_int_equal(progress_finish(progress, &error), -1);
    assert_string_equal(error.text, "the build's progress is cut within a record");
    error_release(&error);
    progress_free(progress);
}

static void line_without_end_is_cut_at_its_limit(void **state)
{
    (void)state;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf seen = STRBUF_INIT, text = STRBUF_INIT;
    struct progress *progress = progress_new(PROGRESS_PLAIN, describe, &seen);
    strbuf_add_repeat(&text, 'x', (size_t)3 << 20);
    assert_int_equal(progress_add(progress, text.buf, text.len, &error), 0);
    assert_int_equal(progress_finish(progress, &error), 0);
    assert_int_equal(seen.len, strlen("message ") + (1 << 20) + 1);
    progress_free(progress);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rawjson_gives_steps_logs_and_the_line_of_a_failure),
        cmocka_unit_test(rawjson_over_several_lines_is_the_same),
        cmocka_unit_test(plain_text_gives_the_same_steps),
        cmocka_unit_test(classic_builder_gives_the_same_steps),
        cmocka_unit_test(podman_gives_the_same_steps),
        cmocka_unit_test(record_that_is_cut_is_an_error),
        cmocka_unit_test(line_without_end_is_cut_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
