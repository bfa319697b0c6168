/* The "customSmallerIsBetter" form of github-action-benchmark: an array of {name, unit,
 * value, extra}. Names are those of series, which stay the same from build to build, so
 * that the tag is in `extra`. */
#include <string.h>

#include "analyzer/report/report.h"
#include "analyzer/report/subject.h"
#include "core/escape.h"

struct page {
    struct json_writer *json;
    const char *series;
    const char *extra;
};

static void open_row(const struct page *page, const char *measure, const char *unit)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    strbuf_addf(&name, "%s %s", page->series, measure);
    json_open_object(page->json);
    json_add_text(page->json, "name", name.buf);
    json_add_text(page->json, "unit", unit);
    json_key(page->json, "value");
}

static void close_row(const struct page *page)
{
    json_add_text(page->json, "extra", page->extra);
    json_close_object(page->json);
}

static void add_int(const struct page *page, const char *measure, const char *unit,
                    int64_t value)
{
    open_row(page, measure, unit);
    json_int(page->json, value);
    close_row(page);
}

/* What is better when it is larger is turned round. */
static void add_waste(const struct page *page, const struct sizes *sizes)
{
    double dead =
        sizes->content_bytes ? (double)sizes->dead_bytes / (double)sizes->content_bytes : 0;
    open_row(page, "dead share of content", "%");
    json_double(page->json, dead * 100);
    close_row(page);
}

static void describe(struct strbuf *out, const struct analysis *analysis)
{
    char digest[DIGEST_TEXT_MAX];
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    subject_name(&name, analysis);
    escape_for_terminal(out, span_of_text(name.buf));
    if (digest_is_set(&analysis->image->chosen->config_digest))
        strbuf_addf(out, "\n%s",
                    digest_format(&analysis->image->chosen->config_digest, digest));
    if (analysis->sizes.download_estimated)
        strbuf_add_text(out, "\ndownload_bytes is estimated from a sample");
}

static int write_benchmark(const struct report *report,
                           const struct report_options *options, const struct sink *sink,
                           struct error *err)
{
    const struct sizes *sizes = &report->analysis->sizes;
    struct json_writer json;
    cleanup_strbuf struct strbuf subject = STRBUF_INIT, series = STRBUF_INIT,
                                 extra = STRBUF_INIT;
    (void)options;
    subject_series(&subject, report->analysis);
    strbuf_addf(&subject, " %s", subject_platform(report->analysis));
    escape_for_terminal(&series, span_of_text(subject.buf));
    describe(&extra, report->analysis);
    struct page page = {.json = &json, .series = series.buf, .extra = extra.buf};
    json_writer_start(&json, *sink, false);
    json_open_array(&json);
    add_int(&page, "download_bytes", "bytes", sizes->download_bytes);
    add_int(&page, "blob_bytes", "bytes", sizes->blob_bytes);
    add_int(&page, "tar_bytes", "bytes", sizes->tar_bytes);
    add_int(&page, "content_bytes", "bytes", sizes->content_bytes);
    add_int(&page, "live_bytes", "bytes", sizes->live_bytes);
    add_int(&page, "dead_bytes", "bytes", sizes->dead_bytes);
    add_int(&page, "duplicate_bytes", "bytes", sizes->duplicate_bytes);
    add_waste(&page, sizes);
    add_int(&page, "layers", "layers",
            (int64_t)report->analysis->image->chosen->layer_count);
    json_close_array(&json);
    json_newline(&json);
    return json_writer_finish(&json, err);
}

const struct report_format report_format_github_benchmark = {
    .name = "github-benchmark",
    .summary = "sizes for github-action-benchmark, customSmallerIsBetter",
    .write = write_benchmark,
};
