/* Every report format of an image that has a file of the fuzzed name, a rule of the gate
 * about it, and many hostile names beside it. What can be told without a reader of the
 * format is checked: JSON parses, and no byte that could end a line or drive a terminal
 * comes out raw. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "core/escape.h"
#include "tests/support/report_case.h"

static void refuse(const char *format, const char *what)
{
    fprintf(stderr, "%s: %s\n", format, what);
    abort();
}

static bool is_json(const char *format)
{
    static const char *const names[] = {
        "json", "sarif", "gitlab", "github-benchmark", "sonarqube", "ncdu", "dive-json"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(names[i], format) == 0)
            return true;
    return false;
}

static void check(const char *format, const struct strbuf *text)
{
    for (size_t i = 0; i < text->len; i++) {
        unsigned char c = (unsigned char)text->buf[i];
        bool ends_line = c == '\n' || (c == '\r' && strcmp(format, "csv") == 0) ||
                         (c == '\0' && strcmp(format, "codeclimate") == 0);
        if (c < 0x20 && !ends_line)
            refuse(format, "a control character");
    }
    if (strcmp(format, "csv") != 0 && !utf8_is_valid(span_of(text->buf, text->len)))
        refuse(format, "no UTF-8");
    if (strcmp(format, "markdown") == 0 && text->len > 65000)
        refuse(format, "too long");
    if (!is_json(format))
        return;
    struct error error = ERROR_INIT;
    json_t *document;
    if (json_parse(&document, span_of(text->buf, text->len), &error) < 0)
        refuse(format, error.text);
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report_case report_case;
    char *name;
    if (!size || size > 1000)
        return 0;
    name = strndup((const char *)data, size);
    if (!name)
        abort();
    bool made = report_case_named(&report_case, name);
    for (size_t i = 0; made && report_formats[i]; i++) {
        struct strbuf text = STRBUF_INIT;
        report_case_write(&text, &report_case, report_formats[i]->name);
        check(report_formats[i]->name, &text);
        strbuf_release(&text);
    }
    if (made)
        report_case_release(&report_case);
    free(name);
    return 0;
}
