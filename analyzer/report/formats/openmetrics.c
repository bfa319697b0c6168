/* OpenMetrics text: for GitLab's metrics report, a push gateway, or the textfile collector
 * of node_exporter (for which there are no timestamps). Labels are the image, its platform,
 * and words of ours: never a path, of which there would be too many. */
#include <inttypes.h>

#include "analyzer/report/report.h"
#include "analyzer/report/subject.h"
#include "core/escape.h"

struct page {
    const struct analysis *analysis;
    struct strbuf labels; /* image and platform */
    struct strbuf out;
};

static void add_label(struct strbuf *out, const char *name, const char *value)
{
    strbuf_addf(out, "%s%s=\"", out->len ? "," : "", name);
    escape_for_metrics(out, span_of_text(value));
    strbuf_add_char(out, '"');
}

static void family(struct page *page, const char *name, const char *unit, const char *help)
{
    strbuf_addf(&page->out, "# TYPE ullage_%s gauge\n", name);
    if (unit)
        strbuf_addf(&page->out, "# UNIT ullage_%s %s\n", name, unit);
    strbuf_addf(&page->out, "# HELP ullage_%s %s\n", name, help);
}

static void open_sample(struct page *page, const char *name)
{
    strbuf_addf(&page->out, "ullage_%s{%s", name, page->labels.buf);
}

static void add_further(struct page *page, const char *label, const char *value)
{
    strbuf_addf(&page->out, ",%s=\"", label);
    escape_for_metrics(&page->out, span_of_text(value));
    strbuf_add_char(&page->out, '"');
}

static void close_int(struct page *page, int64_t value)
{
    strbuf_addf(&page->out, "} %" PRId64 "\n", value);
}

static void close_ratio(struct page *page, double value)
{
    strbuf_addf(&page->out, "} %.6f\n", value);
}

static void bytes(struct page *page, const char *name, const char *help, int64_t value)
{
    family(page, name, "bytes", help);
    open_sample(page, name);
    close_int(page, value);
}

static void write_sizes(struct page *page)
{
    const struct sizes *sizes = &page->analysis->sizes;
    bytes(page, "download_bytes", "What a pull transfers.", sizes->download_bytes);
    family(page, "download_estimated", NULL,
           "1 where download_bytes is an estimate from a sample.");
    open_sample(page, "download_estimated");
    close_int(page, sizes->download_estimated);
    bytes(page, "blob_bytes", "Layers as they are stored.", sizes->blob_bytes);
    bytes(page, "tar_bytes", "Layers uncompressed.", sizes->tar_bytes);
    bytes(page, "content_bytes", "Regular files of all layers.", sizes->content_bytes);
    bytes(page, "live_bytes", "Files that a container sees.", sizes->live_bytes);
    bytes(page, "dead_bytes", "Files shipped and never seen.", sizes->dead_bytes);
    bytes(page, "duplicate_bytes", "Live files again under another name.",
          sizes->duplicate_bytes);
    family(page, "efficiency_ratio", "ratio", "live_bytes of content_bytes.");
    open_sample(page, "efficiency_ratio");
    close_ratio(page, sizes_efficiency(sizes));
    family(page, "layers", NULL, "Layers of the image.");
    open_sample(page, "layers");
    close_int(page, (int64_t)page->analysis->image->chosen->layer_count);
}

static void write_causes(struct page *page)
{
    family(page, "dead_by_cause_bytes", "bytes",
           "dead_bytes by the event that took the last name.");
    for (enum cause cause = 0; cause < CAUSE_COUNT; cause++) {
        open_sample(page, "dead_by_cause_bytes");
        add_further(page, "cause", cause_name(cause));
        close_int(page, page->analysis->accounting.dead_by_cause[cause]);
    }
}

static void write_findings(struct page *page)
{
    const struct findings *findings = &page->analysis->image->findings;
    int64_t seen[SEVERITY_STYLE + 1] = {0};
    for (size_t rule = 0; rule < FINDING_RULES; rule++)
        seen[finding_severity((enum finding_rule)rule)] += findings->seen[rule];
    family(page, "findings", NULL, "Findings by severity.");
    for (enum severity severity = SEVERITY_ERROR; severity <= SEVERITY_STYLE; severity++) {
        open_sample(page, "findings");
        add_further(page, "severity", severity_name(severity));
        close_int(page, seen[severity]);
    }
}

/* One family for each unit that a budget may have. */
static const struct {
    enum unit unit;
    const char *value, *limit, *unit_name;
} budget_families[] = {
    {UNIT_BYTES, "budget_bytes", "budget_limit_bytes", "bytes"},
    {UNIT_COUNT, "budget_number", "budget_limit_number", NULL},
    {UNIT_RATIO, "budget_ratio", "budget_limit_ratio", "ratio"},
};

static void write_amounts(struct page *page, const struct gate *gate, size_t row,
                          bool limit)
{
    const char *name = limit ? budget_families[row].limit : budget_families[row].value;
    bool begun = false;
    for (size_t i = 0; i < gate->count; i++) {
        const struct budget_result *result = &gate->results[i];
        struct amount amount = limit ? result->limit : result->value;
        if (result->unit != budget_families[row].unit || !amount.known)
            continue;
        if (!begun)
            family(page, name, budget_families[row].unit_name,
                   limit ? "The limit of a budget." : "What a budget measured.");
        begun = true;
        open_sample(page, name);
        add_further(page, "budget", result->id);
        if (result->unit == UNIT_RATIO)
            close_ratio(page, amount.ratio);
        else
            close_int(page, amount.number);
    }
}

static void write_budgets(struct page *page, const struct gate *gate)
{
    if (!gate || !gate->count)
        return;
    for (size_t row = 0; row < ARRAY_SIZE(budget_families); row++) {
        write_amounts(page, gate, row, false);
        write_amounts(page, gate, row, true);
    }
    family(page, "budget_verdict", NULL, "1 for the verdict of a budget.");
    for (size_t i = 0; i < gate->count; i++) {
        open_sample(page, "budget_verdict");
        add_further(page, "budget", gate->results[i].id);
        add_further(page, "verdict", verdict_name(gate->results[i].verdict));
        close_int(page, 1);
    }
}

static int write_openmetrics(const struct report *report,
                             const struct report_options *options, const struct sink *sink,
                             struct error *err)
{
    struct page page = {
        .analysis = report->analysis, .labels = STRBUF_INIT, .out = STRBUF_INIT};
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    (void)options;
    subject_series(&name, report->analysis);
    add_label(&page.labels, "image", name.buf);
    add_label(&page.labels, "platform", subject_platform(report->analysis));
    write_sizes(&page);
    write_causes(&page);
    write_findings(&page);
    write_budgets(&page, report->gate);
    strbuf_add_text(&page.out, "# EOF\n");
    int result = sink_write(sink, page.out.buf, page.out.len, err);
    strbuf_release(&page.labels);
    strbuf_release(&page.out);
    return result;
}

const struct report_format report_format_openmetrics = {
    .name = "openmetrics",
    .summary = "sizes, findings and budgets as OpenMetrics, for GitLab and Prometheus",
    .write = write_openmetrics,
};
