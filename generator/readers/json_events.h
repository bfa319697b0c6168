/* JSON as a stream of events, for files of which little is wanted: a lock file of 30 MB costs one
 * pass over its bytes and no tree. The dialects add to RFC 8259 what tsconfig.json (comments, a
 * comma too many) and JSON5 (bare keys, single quotes, hexadecimal and more) permit. Texts of
 * events are valid until the next; they are UTF-8 and may hold NULs. */
#ifndef ULLAGE_GENERATOR_READERS_JSON_EVENTS_H
#define ULLAGE_GENERATOR_READERS_JSON_EVENTS_H

#include "core/strbuf.h"
#include "generator/manifest.h"

enum json_dialect { JSON_STRICT, JSON_COMMENTS, JSON_FIVE };

enum json_event {
    JSON_EVENT_END, /* of the document; the next events are the same */
    JSON_EVENT_OBJECT,
    JSON_EVENT_OBJECT_END,
    JSON_EVENT_ARRAY,
    JSON_EVENT_ARRAY_END,
    JSON_EVENT_KEY,
    JSON_EVENT_TEXT,
    JSON_EVENT_NUMBER, /* the text as it was written */
    JSON_EVENT_TRUE,
    JSON_EVENT_FALSE,
    JSON_EVENT_NULL,
};

struct json_events {
    const char *name; /* for errors */
    struct span text;
    enum json_dialect dialect;
    size_t at;
    size_t line_start;
    uint32_t line;
    unsigned depth;
    unsigned char expects;                       /* see enum expectation */
    unsigned char is_object[MANIFEST_DEPTH_MAX]; /* for each open one */
    struct span value;                           /* of a key, a text or a number */
    uint32_t value_line, value_column;           /* where the event began */
    struct strbuf scratch;
};

void json_events_start(struct json_events *events, const char *name, struct span text,
                       enum json_dialect dialect);
int json_events_next(struct json_events *events, enum json_event *ret_event, struct error *err);
/* Passes over the value that comes next, whatever it holds. */
int json_events_skip(struct json_events *events, struct error *err);
void json_events_release(struct json_events *events);

#endif
