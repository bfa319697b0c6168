/* JUnit's XML: a suite for the image with a test case for each budget, and a suite of its
 * findings. A budget that fails is a failure with the text that the gate prints; one that
 * warns passes, and says so in its output; one that was not judged is skipped. A finding of
 * severity error is a failure, the others pass. */
#include <inttypes.h>

#include "analyzer/report/budget_text.h"
#include "analyzer/report/finding_list.h"
#include "analyzer/report/report.h"
#include "analyzer/report/subject.h"
#include "analyzer/report/xml.h"
#include "core/escape.h"

struct counts {
    size_t tests, failures, skipped;
};

static bool is_failure(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_FAILING_ALREADY;
}

static bool is_skipped(enum verdict verdict)
{
    return verdict == VERDICT_SKIPPED || verdict == VERDICT_WAIVED;
}

static struct counts count_budgets(const struct gate *gate)
{
    struct counts counts = {.tests = gate ? gate->count : 0};
    for (size_t i = 0; i < counts.tests; i++) {
        counts.failures += is_failure(gate->results[i].verdict);
        counts.skipped += is_skipped(gate->results[i].verdict);
    }
    return counts;
}

/* Where budgets have a suite of their own, a failed one is a case of it already. */
static bool is_case(const struct report_finding *finding, bool gated)
{
    return !gated || !finding_is_budget(finding);
}

static struct counts count_findings(const struct finding_list *list, bool gated)
{
    struct counts counts = {0};
    for (size_t i = 0; i < list->count; i++) {
        if (!is_case(&list->items[i], gated))
            continue;
        counts.tests++;
        counts.failures += list->items[i].severity == SEVERITY_ERROR;
    }
    if (!counts.tests) /* servers refuse a report without a single case */
        counts.tests = 1;
    return counts;
}

static void add_counts(struct strbuf *out, struct counts counts)
{
    xml_add_attribute_int(out, "tests", (int64_t)counts.tests);
    xml_add_attribute_int(out, "failures", (int64_t)counts.failures);
    xml_add_attribute_int(out, "errors", 0);
    xml_add_attribute_int(out, "skipped", (int64_t)counts.skipped);
    xml_add_attribute(out, "time", "0");
}

static void open_suite(struct strbuf *out, const char *name, struct counts counts)
{
    strbuf_add_text(out, "  <testsuite");
    xml_add_attribute(out, "name", name);
    add_counts(out, counts);
    strbuf_add_text(out, ">\n");
}

static void open_case(struct strbuf *out, const char *name, const char *class)
{
    strbuf_add_text(out, "    <testcase");
    xml_add_attribute(out, "name", name);
    xml_add_attribute(out, "classname", class);
    xml_add_attribute(out, "time", "0");
    strbuf_add_text(out, ">\n");
}

/* <element message="..." type="...">text</element> */
static void add_outcome(struct strbuf *out, const char *element, const char *message,
                        const char *type, const char *text)
{
    strbuf_addf(out, "      <%s", element);
    xml_add_attribute(out, "message", message);
    xml_add_attribute(out, "type", type);
    if (!text) {
        strbuf_add_text(out, "/>\n");
        return;
    }
    strbuf_add_char(out, '>');
    xml_add_text(out, text);
    strbuf_addf(out, "</%s>\n", element);
}

static void add_budget(struct strbuf *out, const struct budget_result *result,
                       const char *class, enum size_style sizes)
{
    cleanup_strbuf struct strbuf id = STRBUF_INIT, sentence = STRBUF_INIT,
                                 text = STRBUF_INIT;
    escape_for_terminal(&id, span_of_text(result->id));
    budget_sentence(&sentence, result, sizes);
    budget_text(&text, result, sizes);
    open_case(out, id.buf, class);
    if (is_failure(result->verdict))
        add_outcome(out, "failure", sentence.buf, verdict_name(result->verdict), text.buf);
    else if (is_skipped(result->verdict))
        add_outcome(out, "skipped", sentence.buf, NULL, NULL);
    else
        add_outcome(out, "system-out", NULL, NULL, text.buf);
    strbuf_add_text(out, "    </testcase>\n");
}

/* Where the finding is shown, and what to do. */
static void add_finding(struct strbuf *out, const struct report_finding *finding,
                        const char *class)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT, name = STRBUF_INIT;
    strbuf_addf(&name, "%s %s", finding->rule, finding->message);
    utf8_cut(&name, FINDING_TEXT_MOST);
    escape_for_terminal(&text, span_of_text(finding->file));
    strbuf_addf(&text, ":%" PRId64 ": %s: %s", finding->line,
                severity_name(finding->severity), finding->message);
    if (finding->fix) {
        strbuf_add_text(&text, "\nfix: ");
        escape_for_terminal(&text, span_of_text(finding->fix));
    }
    open_case(out, name.buf, class);
    if (finding->severity == SEVERITY_ERROR)
        add_outcome(out, "failure", finding->message, finding->rule, text.buf);
    else
        add_outcome(out, "system-out", NULL, NULL, text.buf);
    strbuf_add_text(out, "    </testcase>\n");
}

static void add_findings(struct strbuf *out, const struct finding_list *list, bool gated)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    escape_for_terminal(&name, span_of_text(list->subject));
    strbuf_add_text(&name, " findings");
    open_suite(out, name.buf, count_findings(list, gated));
    bool any = false;
    for (size_t i = 0; i < list->count; i++) {
        if (!is_case(&list->items[i], gated))
            continue;
        add_finding(out, &list->items[i], "findings");
        any = true;
    }
    if (!any) {
        open_case(out, "nothing was found", "findings");
        strbuf_add_text(out, "    </testcase>\n");
    }
    strbuf_add_text(out, "  </testsuite>\n");
}

static void add_budgets(struct strbuf *out, const struct report *report,
                        enum size_style sizes)
{
    cleanup_strbuf struct strbuf subject = STRBUF_INIT, name = STRBUF_INIT;
    subject_name(&subject, report->analysis);
    escape_for_terminal(&name, span_of_text(subject.buf));
    strbuf_add_char(&name, ' ');
    escape_for_terminal(&name, span_of_text(subject_platform(report->analysis)));
    open_suite(out, name.buf, count_budgets(report->gate));
    for (size_t i = 0; i < report->gate->count; i++)
        add_budget(out, &report->gate->results[i], name.buf, sizes);
    strbuf_add_text(out, "  </testsuite>\n");
}

/* Of a list alone, or of a report that has one. */
static int write_suites(const struct finding_list *list, const struct report *report,
                        const struct report_options *options, const struct sink *sink,
                        struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    const struct gate *gate = report ? report->gate : NULL;
    struct counts budgets = count_budgets(gate), all = count_findings(list, gate);
    all.tests += budgets.tests;
    all.failures += budgets.failures;
    all.skipped += budgets.skipped;
    strbuf_add_text(&out, XML_DECLARATION "<testsuites");
    xml_add_attribute(&out, "name", "ullage");
    add_counts(&out, all);
    strbuf_add_text(&out, ">\n");
    if (gate)
        add_budgets(&out, report, options->sizes);
    add_findings(&out, list, gate);
    strbuf_add_text(&out, "</testsuites>\n");
    return sink_write(sink, out.buf, out.len, err);
}

static int write_list(const struct finding_list *list, const struct report_options *options,
                      const struct sink *sink, struct error *err)
{
    return write_suites(list, NULL, options, sink, err);
}

static int write_junit(const struct report *report, const struct report_options *options,
                       const struct sink *sink, struct error *err)
{
    struct finding_list list;
    finding_list_of_report(&list, report);
    int result = write_suites(&list, report, options, sink, err);
    finding_list_release(&list);
    return result;
}

const struct report_format report_format_junit = {
    .name = "junit",
    .summary = "budgets and findings as test cases of JUnit's XML",
    .write = write_junit,
    .write_list = write_list,
};
