#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "dockerfile/reference.h"
#include "dockerfile/suggest.h"
#include "dockerfile/unicode.h"

/* One record of CSV: quotes hold commas, and stand doubled for themselves. */
static int split_fields(struct strvec *fields, const char *text, struct error *err)
{
    cleanup_strbuf struct strbuf field = STRBUF_INIT;
    const char *p = text;
    for (;;) {
        strbuf_reset(&field);
        if (*p == '"') {
            for (p++; *p && (*p != '"' || p[1] == '"'); p++) {
                p += *p == '"';
                strbuf_add_char(&field, *p);
            }
            if (*p++ != '"' || (*p && *p != ','))
                return error_set(err, ERROR_INPUT, "failed to parse csv devices: extraneous or missing \" in quoted-field");
        } else {
            size_t len = strcspn(p, ",");
            if (memchr(p, '"', len))
                return error_set(err, ERROR_INPUT, "failed to parse csv devices: bare \" in non-quoted-field");
            strbuf_add(&field, p, len);
            p += len;
        }
        strvec_add(fields, field.buf);
        if (*p++ != ',')
            return 0;
    }
}

/* strconv.ParseBool */
static bool parse_bool(const char *text, bool *ret_value)
{
    static const char *const words[] = {"1", "t", "T", "TRUE", "true", "True",
                                        "0", "f", "F", "FALSE", "false", "False"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strcmp(text, words[i]) == 0) {
            *ret_value = i < ARRAY_SIZE(words) / 2;
            return true;
        }
    return false;
}

static void set_name(struct device *device, const char *name)
{
    free(device->name);
    device->name = memory_dup_text(name);
}

static int unexpected(struct span key, const char *field, struct error *err)
{
    static const char *const keys[] = {"name", "required", NULL};
    const char *near = suggest_option(key, keys, false);
    return error_set(err, ERROR_INPUT, "unexpected key '%.*s' in '%s'%s%s%s", (int)key.len, key.ptr, field,
                     near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

static int take_field(struct device *device, const char *field, struct error *err)
{
    const char *equals = strchr(field, '=');
    struct span key = span_of(field, equals ? (size_t)(equals - field) : strlen(field));
    bool is_named = device->name && *device->name;
    if (span_equals_nocase(key, "required")) {
        if (!equals)
            device->required = true;
        else if (!parse_bool(equals + 1, &device->required))
            return error_set(err, ERROR_INPUT, "invalid value for required: %s", equals + 1);
        return 0;
    }
    if (equals && span_equals_nocase(key, "name")) {
        if (is_named)
            return error_set(err, ERROR_INPUT, "device name already set to %s", device->name);
        set_name(device, equals + 1);
        return 0;
    }
    if (!is_named) {
        set_name(device, field);
        return 0;
    }
    if (!equals)
        return error_set(err, ERROR_INPUT, "invalid field '%s' must be a key=value pair", field);
    return unexpected(key, field, err);
}

int device_parse(struct device *ret_device, const char *text, struct error *err)
{
    cleanup_strvec struct strvec fields = STRVEC_INIT;
    struct device device = {.name = NULL, .required = false};
    if (split_fields(&fields, text, err) < 0)
        return -1;
    for (size_t i = 0; i < fields.count; i++)
        if (take_field(&device, fields.items[i], err) < 0) {
            device_release(&device);
            return -1;
        }
    *ret_device = device;
    return 0;
}

void device_release(struct device *device)
{
    free(device->name);
    device->name = NULL;
}
