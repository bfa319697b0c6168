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

#define FORMAT(name) extern const struct report_format inventory_format_##name;
#include "analyzer/report/inventories.def"
#undef FORMAT

const struct report_format *const inventory_formats[] = {
#define FORMAT(name) &inventory_format_##name,
#include "analyzer/report/inventories.def"
#undef FORMAT
    NULL,
};

const char *const inventory_format_names[] = {
#define FORMAT(name) #name,
#include "analyzer/report/inventories.def"
#undef FORMAT
    NULL,
};

#define FORMAT(name) extern const struct report_format comparison_format_##name;
#include "analyzer/report/comparisons.def"
#undef FORMAT

const struct report_format *const comparison_formats[] = {
#define FORMAT(name) &comparison_format_##name,
#include "analyzer/report/comparisons.def"
#undef FORMAT
    NULL,
};

const char *const comparison_format_names[] = {
#define FORMAT(name) #name,
#include "analyzer/report/comparisons.def"
#undef FORMAT
    NULL,
};

const struct report_format *report_find(const char *name, struct error *err)
{
    return report_find_among(report_formats, name, err);
}

const struct report_format *report_find_among(const struct report_format *const *formats,
                                              const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; formats[i]; i++) {
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
        strbuf_addf(&names, "%s%s", i ? ", " : "", formats[i]->name);
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
