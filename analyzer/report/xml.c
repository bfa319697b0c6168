#include "analyzer/report/xml.h"

#include <inttypes.h>

#include "core/escape.h"

void xml_add_text(struct strbuf *out, const char *text)
{
    escape_for_xml(out, span_of_text(text));
}

void xml_add_attribute(struct strbuf *out, const char *name, const char *text)
{
    if (!text)
        return;
    strbuf_addf(out, " %s=\"", name);
    xml_add_text(out, text);
    strbuf_add_char(out, '"');
}

void xml_add_attribute_int(struct strbuf *out, const char *name, int64_t value)
{
    strbuf_addf(out, " %s=\"%" PRId64 "\"", name, value);
}
