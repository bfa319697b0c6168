#include "analyzer/report/html/markup.h"

#include <inttypes.h>

#include "core/escape.h"

void markup_text(struct strbuf *out, const char *text)
{
    escape_for_html(out, span_of_text(text));
}

void markup_name(struct strbuf *out, const char *text)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    escape_for_html(out, span_of(shown.buf, shown.len));
}

int64_t markup_share(int64_t part, int64_t whole)
{
    return whole > 0 ? (int64_t)((double)part / (double)whole * 100000 + 0.5) : 0;
}

void markup_percent(struct strbuf *out, int64_t share)
{
    int64_t tenths = (share + 50) / 100;
    if (share > 0 && tenths == 0)
        strbuf_add_text(out, "&lt; 0.1&nbsp;%");
    else
        strbuf_addf(out, "%" PRId64 ".%" PRId64 "&nbsp;%%", tenths / 10, tenths % 10);
}

void markup_bar(struct strbuf *out, int64_t part, int64_t whole, const char *colour)
{
    int64_t share = markup_share(part, whole);
    strbuf_addf(out,
                "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
                "aria-hidden=\"true\"><rect class=\"%s\" width=\"%" PRId64
                "\" height=\"10\"/></svg>",
                colour, share / 100);
}
