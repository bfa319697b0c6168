/* A badge: a small SVG that fetches nothing, with the size that a pull transfers, coloured
 * by the gate's verdict. */
#include <inttypes.h>

#include "analyzer/report/budget_text.h"
#include "analyzer/report/report.h"
#include "analyzer/report/xml.h"

#define LABEL "image size"
#define PADDING 6
#define HEIGHT 20

/* About how wide the text is at 11 pixels; `textLength` then makes it exactly that. */
static size_t text_width(const char *text)
{
    size_t tenths = 0;
    for (const char *p = text; *p; p++) {
        bool narrow =
            *p == ' ' || *p == '.' || *p == 'i' || *p == 'l' || *p == ',' || *p == ':';
        bool wide = (*p >= 'A' && *p <= 'Z') || *p == 'm' || *p == 'w' || *p == '~';
        tenths += narrow ? 38 : wide ? 82 : 68;
    }
    return (tenths + 9) / 10;
}

static const char *color_of(const struct gate *gate)
{
    if (!gate || !gate->count)
        return "#0b66a8";
    switch (gate_worst(gate)) {
    case VERDICT_FAIL:
    case VERDICT_FAILING_ALREADY:
        return "#b3261e";
    case VERDICT_WARN:
        return "#8a5a00";
    case VERDICT_PASS:
    case VERDICT_WAIVED:
    case VERDICT_SKIPPED:
    default:
        return "#1e6b2f";
    }
}

static void add_text(struct strbuf *out, size_t x, const char *text)
{
    strbuf_addf(out, "<text x=\"%zu\" y=\"14\" textLength=\"%zu\">", x, text_width(text));
    xml_add_text(out, text);
    strbuf_add_text(out, "</text>\n");
}

static void add_box(struct strbuf *out, size_t x, size_t width, const char *color)
{
    strbuf_addf(out, "<rect x=\"%zu\" width=\"%zu\" height=\"%d\" fill=\"%s\"/>\n", x,
                width, HEIGHT, color);
}

static int write_badge(const struct report *report, const struct report_options *options,
                       const struct sink *sink, struct error *err)
{
    const struct sizes *sizes = &report->analysis->sizes;
    const struct gate *gate = report->gate;
    cleanup_strbuf struct strbuf out = STRBUF_INIT, value = STRBUF_INIT;
    char size[SIZE_TEXT_MAX];
    strbuf_addf(&value, "%s%s", sizes->download_estimated ? "~" : "",
                size_format(sizes->download_bytes, options->sizes, size));
    if (gate && gate->count && gate_worst(gate) != VERDICT_PASS)
        strbuf_addf(&value, " %s", verdict_word(gate_worst(gate)));
    size_t left = text_width(LABEL) + 2 * PADDING,
           right = text_width(value.buf) + 2 * PADDING;
    strbuf_addf(&out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%d\" "
                "role=\"img\" "
                "aria-label=\"" LABEL ": %s\">\n<title>" LABEL ": %s</title>\n",
                left + right, HEIGHT, value.buf, value.buf);
    strbuf_addf(
        &out,
        "<clipPath id=\"r\"><rect width=\"%zu\" height=\"%d\" rx=\"3\"/></clipPath>\n",
        left + right, HEIGHT);
    strbuf_add_text(&out, "<g clip-path=\"url(#r)\">\n");
    add_box(&out, 0, left, "#4a4f57");
    add_box(&out, left, right, color_of(gate));
    strbuf_add_text(&out,
                    "</g>\n<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" "
                    "font-size=\"11\">\n");
    add_text(&out, PADDING, LABEL);
    add_text(&out, left + PADDING, value.buf);
    strbuf_add_text(&out, "</g>\n</svg>\n");
    return sink_write(sink, out.buf, out.len, err);
}

const struct report_format report_format_badge = {
    .name = "badge",
    .summary = "a badge with the download size, as SVG",
    .write = write_badge,
};
