/* The little XML that formats write. Whatever a text holds, the document stays well-formed.
 */
#ifndef ULLAGE_ANALYZER_REPORT_XML_H
#define ULLAGE_ANALYZER_REPORT_XML_H

#include <stdint.h>

#include "core/strbuf.h"

#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

/* name="text" with a space before it; NULL writes nothing. */
void xml_add_attribute(struct strbuf *out, const char *name, const char *text);
void xml_add_attribute_int(struct strbuf *out, const char *name, int64_t value);
void xml_add_text(struct strbuf *out, const char *text);

#endif
