#include "analyzer/report/cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/escape.h"

char *cell_signed_size(int64_t bytes, enum size_style style, char text[SIGNED_TEXT_MAX])
{
    text[0] = bytes < 0 ? '-' : '+';
    size_format(llabs(bytes), style, bytes ? text + 1 : text);
    return text;
}

char *cell_percent(int64_t old_value, int64_t new_value, char text[SIGNED_TEXT_MAX])
{
    text[0] = '\0';
    if (old_value == new_value)
        return text;
    if (old_value == 0) {
        snprintf(text, SIGNED_TEXT_MAX, "new");
        return text;
    }
    double percent = (double)(new_value - old_value) * 100 / (double)old_value;
    if (fabs(percent) < 0.05)
        snprintf(text, SIGNED_TEXT_MAX, "%c<0.1%%", percent < 0 ? '-' : '+');
    else
        snprintf(text, SIGNED_TEXT_MAX, "%+.*f%%", fabs(percent) < 100 ? 1 : 0, percent);
    return text;
}

void cell_add_cut(struct strbuf *out, const char *text, size_t columns)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    size_t width = columns > 10 && columns < 100000 ? columns : 10;
    escape_for_terminal(&shown, span_of_text(text));
    size_t used = 0, i = 0;
    while (i < shown.len) {
        size_t step = utf8_sequence(shown.buf + i, shown.len - i);
        if (used + 1 == width && i + step < shown.len) {
            strbuf_add(out, shown.buf, i);
            strbuf_add_text(out, "…");
            return;
        }
        used++;
        i += step ? step : 1;
    }
    strbuf_add(out, shown.buf, shown.len);
}

size_t cell_rows(size_t count, int64_t top)
{
    size_t most = top ? (size_t)top : count;
    return count <= most + 1 ? count : most;
}
