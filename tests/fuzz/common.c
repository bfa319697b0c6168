#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/report/report.h"
#include "analyzer/verify.h"
#include "core/escape.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/damage.h"

struct limits fuzz_limits(void)
{
    struct limits limits = limits_default();
    limits.values[LIMIT_TOTAL_BYTES] = 1 << 20;
    limits.values[LIMIT_ENTRIES] = 5000;
    limits.values[LIMIT_PATH_BYTES] = 1 << 14;
    limits.values[LIMIT_ZSTD_WINDOW] = 1 << 20;
    limits.values[LIMIT_PAX_BYTES] = 1 << 16;
    limits.values[LIMIT_FINDINGS] = 50;
    return limits;
}

static void refuse(const char *what)
{
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_error(struct error *error)
{
    if (error->code != ERROR_INPUT && error->code != ERROR_LIMIT &&
        error->code != ERROR_USAGE)
        refuse(error->text ? error->text : "an error without code");
    if (!error->text || !*error->text)
        refuse("an error without text");
    error_release(error);
}

/* Whatever an image says, its page has two scripts, ours, and text that a browser can read. */
static void check_page(const struct analysis *analysis)
{
    struct error error = ERROR_INIT;
    struct report report = {.analysis = analysis};
    struct report_options options = {.style = {"", "", "", "", "", ""}, .width = 80};
    cleanup_strbuf struct strbuf page = STRBUF_INIT;
    struct sink sink = sink_to_strbuf(&page);
    if (report_find("html", &error)->write(&report, &options, &sink, &error) < 0)
        refuse("a page that is not written");
    size_t scripts = 0;
    for (const char *p = strstr(page.buf, "<script"); p; p = strstr(p + 1, "<script"))
        scripts++;
    if (scripts != 2 || strlen(page.buf) != page.len)
        refuse("a page with markup of the image's");
    for (size_t i = 0; i < page.len; i++)
        if (((unsigned char)page.buf[i] < 0x20 && page.buf[i] != '\n') || page.buf[i] == 0x7f)
            refuse("a page with control characters");
    if (!utf8_is_valid(span_of(page.buf, page.len)))
        refuse("a page that is no UTF-8");
}

static void analyze(const char *path, const struct limits *limits, bool keep_going,
                    bool verify, enum semantics semantics)
{
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct analysis_options options = {
        .limits = limits,
        .threads = 1,
        .top = 5,
        .semantics = semantics,
        .keep_going = keep_going,
        .verify = verify,
    };
    if (analysis_run(&analysis, path, &options, &error) < 0) {
        check_error(&error);
        return;
    }
    if (broken_identity(analysis))
        refuse(broken_identity(analysis));
    check_page(analysis);
    analysis_free(analysis);
}

static void verify_image(const char *path, const struct limits *limits)
{
    struct error error = ERROR_INIT;
    struct verify *verify;
    struct verify_options options = {.limits = limits, .threads = 1};
    if (verify_run(&verify, path, &options, &error) < 0)
        check_error(&error);
    else
        verify_free(verify);
}

void fuzz_image(const void *data, size_t size)
{
    struct limits limits = fuzz_limits();
    struct scratch scratch;
    scratch_open(&scratch, data, size);
    analyze(scratch.path, &limits, true, false, SEMANTICS_SPEC);
    analyze(scratch.path, &limits, false, true, SEMANTICS_OVERLAY);
    verify_image(scratch.path, &limits);
    scratch_close(&scratch);
}
