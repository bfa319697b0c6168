/* JSON, read and written. Reading is jansson's, behind limits of ours: a document's size and depth are
 * checked before jansson sees it, duplicate keys are refused. Writing is a stream of our own: what has
 * been written is sent on, so that a million records need no more memory than one. */
#ifndef ULLAGE_CORE_JSON_H
#define ULLAGE_CORE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/sink.h"
#include "core/span.h"
#include "core/strbuf.h"

#define JSON_DEPTH_MAX 64 /* no image document nests deeper than about ten */

/* Parses one document. The caller releases it with json_decref. Refusals are ERROR_INPUT with the line
 * and column, too deep is ERROR_LIMIT. */
int json_parse(json_t **ret_document, struct span text, struct error *err);

static inline void json_release(json_t **document)
{
    json_decref(*document);
    *document = NULL;
}
#define cleanup_json __attribute__((cleanup(json_release)))

/* The member as text, NULL when it is absent or null. Another type is ERROR_INPUT, as is a NUL within. */
int json_get_text(const char **ret_text, const json_t *object, const char *key,
                  struct error *err);
/* The member of that type, NULL when it is absent or null. */
int json_get_typed(json_t **ret_value, const json_t *object, const char *key, json_type type,
                   struct error *err);
int json_expect(const json_t *value, json_type type, const char *what, struct error *err);
const char *json_type_name(json_type type);

/* Writes one document to a sink. Keys come in the order they are given. Output errors are kept and told
 * by json_writer_finish; nothing is sent after the first. */
struct json_writer {
    struct sink sink;
    struct strbuf pending;
    struct error error;
    unsigned depth;
    bool compact;    /* no white space: one line */
    bool needs_comma; /* at the current depth something stands before */
    bool after_key;
};

void json_writer_start(struct json_writer *writer, struct sink sink, bool compact);
void json_open_object(struct json_writer *writer);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer);
void json_close_array(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *key);
void json_text(struct json_writer *writer, const char *text); /* NULL writes null */
void json_text_span(struct json_writer *writer, struct span text);
void json_int(struct json_writer *writer, int64_t value);
void json_double(struct json_writer *writer, double value); /* not finite writes null */
void json_bool(struct json_writer *writer, bool value);
void json_null_value(struct json_writer *writer);
/* Writes a parsed value as it is. */
void json_value(struct json_writer *writer, const json_t *value);
/* Ends a line (ndjson) or the document, and sends what is pending. */
void json_newline(struct json_writer *writer);
int json_writer_finish(struct json_writer *writer, struct error *err);

/* key and value in one */
void json_add_text(struct json_writer *writer, const char *key, const char *text);
void json_add_int(struct json_writer *writer, const char *key, int64_t value);
void json_add_double(struct json_writer *writer, const char *key, double value);
void json_add_bool(struct json_writer *writer, const char *key, bool value);
void json_add_null(struct json_writer *writer, const char *key);
/* A name that need not be UTF-8: lossy as text, with the exact bytes in `<key>_b64` beside it if it is
 * not. */
void json_add_path(struct json_writer *writer, const char *key, const char *path);

#endif
