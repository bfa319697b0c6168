#include "analyzer/report/report.h"

#include <ctype.h>
#include <string.h>

#include "analyzer/redact.h"
#include "core/memory.h"

#define FORMAT(name) extern const struct report_format report_format_##name;
#include "analyzer/report/formats.def"
#undef FORMAT

const struct report_format *const report_formats[] = {
#define FORMAT(name) &report_format_##name,
#include "analyzer/report/formats.def"
#undef FORMAT
    NULL,
};

const struct report_format *report_find(const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; report_formats[i]; i++) {
        if (strcmp(report_formats[i]->name, name) == 0)
            return report_formats[i];
        strbuf_addf(&names, "%s%s", i ? ", " : "", report_formats[i]->name);
    }
    error_set(err, ERROR_USAGE, "there is no format '%s'", name);
    error_hint(err, "formats are %s", names.buf);
    return NULL;
}

void report_json_path(struct json_writer *writer, const char *key, const char *path)
{
    json_add_path(writer, key, path);
}

char *report_redacted(const char *text)
{
    struct strbuf out = STRBUF_INIT;
    if (!text)
        return NULL;
    redact_text(&out, text);
    return strbuf_detach(&out, NULL);
}

char *report_instruction(const struct analysis *analysis, size_t layer)
{
    const struct history_step *step = history_of_layer(&analysis->image->history, layer);
    return step ? report_redacted(step->instruction) : NULL;
}

const char *report_time(const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    if (!text || strlen(text) < sizeof shape)
        return NULL;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return NULL;
    const char *zone = text + sizeof shape - 1;
    if (*zone == '.')
        for (zone++; isdigit((unsigned char)*zone);)
            zone++;
    bool offset = (*zone == '+' || *zone == '-') && strlen(zone) == 6;
    return strcmp(zone, "Z") == 0 || offset ? text : NULL;
}
