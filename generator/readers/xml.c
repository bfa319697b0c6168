/* XML by expat, fed without a DTD of any kind: a DOCTYPE with definitions of its own is refused, so
 * that no entity can grow or lead outside. Names keep their prefix as it was written. */
#include "generator/manifest.h"

#include <expat.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"

struct xml {
    struct manifest *document;
    XML_Parser parser;
    struct node *open[MANIFEST_DEPTH_MAX + 1];
    struct strbuf texts[MANIFEST_DEPTH_MAX + 1];
    unsigned depth;
    struct error *err;
    bool failed;
};

static void stop(struct xml *xml)
{
    xml->failed = true;
    XML_StopParser(xml->parser, XML_FALSE);
}

static uint32_t line_of(const struct xml *xml)
{
    return (uint32_t)XML_GetCurrentLineNumber(xml->parser);
}

static uint32_t column_of(const struct xml *xml)
{
    return (uint32_t)XML_GetCurrentColumnNumber(xml->parser) + 1;
}

static const char *keep(struct xml *xml, const char *text)
{
    return arena_dup(&xml->document->arena, text, strlen(text));
}

static bool add_attributes(struct xml *xml, struct node *element, const XML_Char **attributes)
{
    for (; *attributes; attributes += 2) {
        struct node *node =
            manifest_node(xml->document, NODE_TEXT, line_of(xml), column_of(xml), xml->err);
        if (!node)
            return false;
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        strbuf_addf(&name, "@%s", attributes[0]);
        node->text = keep(xml, attributes[1]);
        manifest_add_member(xml->document, element, keep(xml, name.buf), node, false);
    }
    return true;
}

static void XMLCALL start_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct xml *xml = context;
    if (xml->failed)
        return;
    if (xml->depth == MANIFEST_DEPTH_MAX) {
        manifest_refuse(xml->document, line_of(xml), column_of(xml), xml->err, "nests too deep");
        stop(xml);
        return;
    }
    struct node *node =
        manifest_node(xml->document, NODE_MAP, line_of(xml), column_of(xml), xml->err);
    if (!node || !add_attributes(xml, node, attributes)) {
        stop(xml);
        return;
    }
    if (xml->depth) {
        manifest_add_member(xml->document, xml->open[xml->depth], keep(xml, name), node, true);
    } else {
        node->key = keep(xml, name);
        xml->document->root = node;
    }
    xml->open[++xml->depth] = node;
    strbuf_reset(&xml->texts[xml->depth]);
}

/* The characters of an element without the white space around them. */
static void XMLCALL end_element(void *context, const XML_Char *name)
{
    struct xml *xml = context;
    (void)name;
    if (xml->failed)
        return;
    struct strbuf *text = &xml->texts[xml->depth];
    size_t start = strspn(text->buf, " \t\r\n"), end = text->len;
    while (end > start && strchr(" \t\r\n", text->buf[end - 1]))
        end--;
    xml->open[xml->depth]->text = arena_dup(&xml->document->arena, text->buf + start, end - start);
    xml->depth--;
}

static void XMLCALL characters(void *context, const XML_Char *text, int len)
{
    struct xml *xml = context;
    if (!xml->failed && xml->depth)
        strbuf_add(&xml->texts[xml->depth], text, (size_t)len);
}

static void XMLCALL start_doctype(void *context, const XML_Char *name, const XML_Char *system,
                                  const XML_Char *public, int has_definitions)
{
    struct xml *xml = context;
    (void)name;
    (void)system;
    (void)public;
    if (!has_definitions || xml->failed)
        return;
    manifest_refuse(xml->document, line_of(xml), column_of(xml), xml->err,
                    "definitions of a DOCTYPE are not read");
    stop(xml);
}

static int parse(struct xml *xml, struct span text, struct error *err)
{
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, start_element, end_element);
    XML_SetCharacterDataHandler(xml->parser, characters);
    XML_SetStartDoctypeDeclHandler(xml->parser, start_doctype);
    enum XML_Status status = XML_Parse(xml->parser, text.len ? text.ptr : "", (int)text.len, 1);
    if (xml->failed)
        return -1;
    if (status == XML_STATUS_OK)
        return 0;
    enum XML_Error code = XML_GetErrorCode(xml->parser);
    if (code == XML_ERROR_NO_MEMORY)
        memory_exhausted(0);
    return manifest_refuse(xml->document, line_of(xml), column_of(xml), err, "%s",
                           XML_ErrorString(code));
}

int manifest_read_xml(struct manifest *ret_document, const char *name, struct span text,
                      struct error *err)
{
    struct manifest document;
    manifest_start(&document, name, text);
    struct xml xml = {.document = &document, .err = err};
    for (size_t i = 0; i < ARRAY_SIZE(xml.texts); i++)
        xml.texts[i] = (struct strbuf)STRBUF_INIT;
    int result = manifest_check_size(&document, err);
    if (result == 0) {
        xml.parser = XML_ParserCreate(NULL);
        if (!xml.parser)
            memory_exhausted(0);
        result = parse(&xml, text, err);
        XML_ParserFree(xml.parser);
    }
    for (size_t i = 0; i < ARRAY_SIZE(xml.texts); i++)
        strbuf_release(&xml.texts[i]);
    if (result < 0)
        manifest_release(&document);
    else
        *ret_document = document;
    return result;
}
