#include "core/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/escape.h"

#define PENDING_MOST ((size_t)64 << 10)

static bool too_deep(struct span text)
{
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return true;
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    return false;
}

int json_parse(json_t **ret_document, struct span text, struct error *err)
{
    json_error_t reason;
    if (too_deep(text))
        return error_set(err, ERROR_LIMIT, "JSON nests deeper than %d", JSON_DEPTH_MAX);
    json_t *document = json_loadb(text.ptr ? text.ptr : "", text.len,
                                  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &reason);
    if (!document) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(reason.text));
        return error_set(err, ERROR_INPUT, "not JSON: line %d, column %d: %s", reason.line,
                         reason.column, shown.buf);
    }
    *ret_document = document;
    return 0;
}

const char *json_type_name(json_type type)
{
    switch (type) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
    default:
        return "null";
    }
}

static bool type_fits(json_type have, json_type want)
{
    if (want == JSON_TRUE || want == JSON_FALSE)
        return have == JSON_TRUE || have == JSON_FALSE;
    return have == want;
}

int json_expect(const json_t *value, json_type type, const char *what, struct error *err)
{
    if (value && type_fits(json_typeof(value), type))
        return 0;
    return error_set(err, ERROR_INPUT, "%s is %s, not %s", what,
                     value ? json_type_name(json_typeof(value)) : "missing",
                     json_type_name(type));
}

int json_get_typed(json_t **ret_value, const json_t *object, const char *key, json_type type,
                   struct error *err)
{
    json_t *value = json_object_get(object, key);
    if (value && !json_is_null(value)) {
        char what[64];
        snprintf(what, sizeof what, "'%s'", key);
        if (json_expect(value, type, what, err) < 0)
            return -1;
    } else {
        value = NULL;
    }
    *ret_value = value;
    return 0;
}

int json_get_text(const char **ret_text, const json_t *object, const char *key,
                  struct error *err)
{
    json_t *value;
    if (json_get_typed(&value, object, key, JSON_STRING, err) < 0)
        return -1;
    *ret_text = value ? json_string_value(value) : NULL;
    return 0;
}

void json_writer_start(struct json_writer *writer, struct sink sink, bool compact)
{
    *writer = (struct json_writer){
        .sink = sink,
        .pending = STRBUF_INIT,
        .error = ERROR_INIT,
        .compact = compact,
    };
}

static void send(struct json_writer *writer)
{
    if (writer->pending.len && writer->error.code == ERROR_NONE)
        sink_write(&writer->sink, writer->pending.buf, writer->pending.len, &writer->error);
    strbuf_reset(&writer->pending);
}

static void indent(struct json_writer *writer)
{
    if (writer->compact)
        return;
    strbuf_add_char(&writer->pending, '\n');
    strbuf_add_repeat(&writer->pending, ' ', (size_t)writer->depth * 2);
}

/* What stands between the thing before and the value or key that comes now. */
static void separate(struct json_writer *writer)
{
    if (writer->pending.len >= PENDING_MOST)
        send(writer);
    if (writer->after_key) {
        writer->after_key = false;
        return;
    }
    if (writer->needs_comma)
        strbuf_add_char(&writer->pending, ',');
    if (writer->depth)
        indent(writer);
}

static void open_with(struct json_writer *writer, char bracket)
{
    separate(writer);
    strbuf_add_char(&writer->pending, bracket);
    writer->depth++;
    writer->needs_comma = false;
}

static void close_with(struct json_writer *writer, char bracket)
{
    writer->depth--;
    if (writer->needs_comma)
        indent(writer);
    strbuf_add_char(&writer->pending, bracket);
    writer->needs_comma = true;
}

void json_open_object(struct json_writer *writer)
{
    open_with(writer, '{');
}

void json_close_object(struct json_writer *writer)
{
    close_with(writer, '}');
}

void json_open_array(struct json_writer *writer)
{
    open_with(writer, '[');
}

void json_close_array(struct json_writer *writer)
{
    close_with(writer, ']');
}

void json_key(struct json_writer *writer, const char *key)
{
    separate(writer);
    escape_for_json(&writer->pending, span_of_text(key));
    strbuf_add_text(&writer->pending, writer->compact ? ":" : ": ");
    writer->after_key = true;
}

void json_text_span(struct json_writer *writer, struct span text)
{
    separate(writer);
    escape_for_json(&writer->pending, text);
    writer->needs_comma = true;
}

static void literal(struct json_writer *writer, const char *text)
{
    separate(writer);
    strbuf_add_text(&writer->pending, text);
    writer->needs_comma = true;
}

void json_text(struct json_writer *writer, const char *text)
{
    if (text)
        json_text_span(writer, span_of_text(text));
    else
        literal(writer, "null");
}

void json_int(struct json_writer *writer, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    literal(writer, text);
}

void json_double(struct json_writer *writer, double value)
{
    char text[40] = "null";
    /* the shortest form that reads back as the same number */
    if (isfinite(value))
        for (int digits = 1; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, value);
            if (strtod(text, NULL) == value)
                break;
        }
    literal(writer, text);
}

void json_bool(struct json_writer *writer, bool value)
{
    literal(writer, value ? "true" : "false");
}

void json_null_value(struct json_writer *writer)
{
    literal(writer, "null");
}

void json_value(struct json_writer *writer, const json_t *value)
{
    const char *key;
    json_t *item;
    size_t index;

    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        json_open_object(writer);
        json_object_foreach((json_t *)(uintptr_t)value, key, item)
        {
            json_key(writer, key);
            json_value(writer, item);
        }
        json_close_object(writer);
        break;
    case JSON_ARRAY:
        json_open_array(writer);
        json_array_foreach(value, index, item) json_value(writer, item);
        json_close_array(writer);
        break;
    case JSON_STRING:
        json_text_span(writer, span_of(json_string_value(value), json_string_length(value)));
        break;
    case JSON_INTEGER:
        json_int(writer, json_integer_value(value));
        break;
    case JSON_REAL:
        json_double(writer, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_bool(writer, json_is_true(value));
        break;
    case JSON_NULL:
    default:
        json_null_value(writer);
    }
}

void json_newline(struct json_writer *writer)
{
    strbuf_add_char(&writer->pending, '\n');
    writer->needs_comma = false;
    if (writer->pending.len >= PENDING_MOST)
        send(writer);
}

int json_writer_finish(struct json_writer *writer, struct error *err)
{
    send(writer);
    strbuf_release(&writer->pending);
    if (writer->error.code == ERROR_NONE)
        return 0;
    error_move(err, &writer->error);
    return -1;
}

void json_add_text(struct json_writer *writer, const char *key, const char *text)
{
    json_key(writer, key);
    json_text(writer, text);
}

void json_add_int(struct json_writer *writer, const char *key, int64_t value)
{
    json_key(writer, key);
    json_int(writer, value);
}

void json_add_double(struct json_writer *writer, const char *key, double value)
{
    json_key(writer, key);
    json_double(writer, value);
}

void json_add_bool(struct json_writer *writer, const char *key, bool value)
{
    json_key(writer, key);
    json_bool(writer, value);
}

void json_add_null(struct json_writer *writer, const char *key)
{
    json_key(writer, key);
    json_null_value(writer);
}

void json_add_path(struct json_writer *writer, const char *key, const char *path)
{
    struct span text = span_of_text(path);
    json_key(writer, key);
    json_text_span(writer, text);
    if (utf8_is_valid(text))
        return;
    cleanup_strbuf struct strbuf exact_key = STRBUF_INIT, exact = STRBUF_INIT;
    strbuf_addf(&exact_key, "%s_b64", key);
    escape_base64(&exact, text);
    json_add_text(writer, exact_key.buf, exact.buf);
}
