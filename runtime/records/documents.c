#include "runtime/records/documents.h"

#include <inttypes.h>
#include <string.h>

#include "core/escape.h"
#include "runtime/limits.h"

#define ESCAPE '\033'

void documents_start(struct documents *documents, document_visit *visit, void *context)
{
    *documents = (struct documents){
        .visit = visit,
        .context = context,
        .value = STRBUF_INIT,
        .noise = STRBUF_INIT,
    };
}

void documents_release(struct documents *documents)
{
    strbuf_release(&documents->value);
    strbuf_release(&documents->noise);
}

static int visit_value(struct documents *documents, struct error *err)
{
    cleanup_json json_t *value = NULL;
    struct error reason = ERROR_INIT;
    struct span text = span_of(documents->value.buf, documents->value.len);
    if (json_parse(&value, text, &reason) < 0) {
        error_set(err, reason.code == ERROR_LIMIT ? ERROR_LIMIT : ERROR_ENGINE,
                  "value %zu of the engine's answer: %s",
                  documents->count + documents->odd + 1, reason.text);
        error_release(&reason);
        return -1;
    }
    strbuf_reset(&documents->value);
    if (!json_is_object(value)) {
        documents->odd += !json_is_null(value);
        return 0;
    }
    if (documents->count == ENGINE_RECORDS_MAX)
        return error_set(err, ERROR_LIMIT, "the engine's answer has more than %zu records",
                         ENGINE_RECORDS_MAX);
    documents->count++;
    return documents->visit(documents->context, value, err);
}

static int keep(struct documents *documents, const char *bytes, size_t len,
                struct error *err)
{
    if (len > ENGINE_RECORD_BYTES_MAX - documents->value.len)
        return error_set(err, ERROR_LIMIT,
                         "a record of the engine's answer is larger than %zu bytes",
                         ENGINE_RECORD_BYTES_MAX);
    strbuf_add(&documents->value, bytes, len);
    return 0;
}

static void keep_noise(struct documents *documents, const char *bytes, size_t len)
{
    size_t room = ENGINE_NOISE_MAX - documents->noise.len;
    strbuf_add(&documents->noise, bytes, len < room ? len : room);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Decides what begins at `rest`; the count of bytes that are done with. */
static size_t begin(struct documents *documents, struct span rest)
{
    char c = rest.ptr[0];
    if (is_space(c) || (documents->in_array && c == ','))
        return 1;
    if (c == ESCAPE) {
        documents->state = DOCUMENTS_ESCAPE;
        return 1;
    }
    if (!documents->in_array && c == '[') {
        documents->in_array = true;
        return 1;
    }
    if (documents->in_array && c == ']') {
        documents->in_array = false;
        return 1;
    }
    if (c == '{' || c == '[')
        documents->state = DOCUMENTS_NESTED;
    else if (documents->in_array && c == '"')
        documents->state = DOCUMENTS_NESTED;
    else if (documents->in_array || c == 'n')
        documents->state = DOCUMENTS_WORD;
    else {
        documents->state = DOCUMENTS_NOISE;
        documents->noise_lines++;
    }
    return 0;
}

/* The bytes up to the one that closes the value, opens or closes a string. `inspect` indents: half of what it
 * prints are blanks in front of lines, which are not worth parsing. */
static int take_nested(struct documents *documents, struct span rest, size_t *ret_used,
                       struct error *err)
{
    size_t i = 0, kept = 0;
    bool closed = false;
    /* wherever the output was cut, the same blanks go */
    if (documents->value.len && documents->value.buf[documents->value.len - 1] == '\n')
        while (i < rest.len && rest.ptr[i] == ' ')
            kept = ++i;
    while (i < rest.len && !closed) {
        char c = rest.ptr[i++];
        if (c == '\n') {
            if (keep(documents, rest.ptr + kept, i - kept, err) < 0)
                return -1;
            while (i < rest.len && rest.ptr[i] == ' ')
                i++;
            kept = i;
            continue;
        }
        if (c == '"') {
            documents->state = DOCUMENTS_TEXT;
            break;
        }
        if (c == '{' || c == '[')
            documents->depth++;
        else if (c == '}' || c == ']')
            closed = --documents->depth == 0;
    }
    if (keep(documents, rest.ptr + kept, i - kept, err) < 0)
        return -1;
    *ret_used = i;
    if (!closed)
        return 0;
    documents->state = DOCUMENTS_BETWEEN;
    return visit_value(documents, err);
}

static int take_text(struct documents *documents, struct span rest, size_t *ret_used,
                     struct error *err)
{
    size_t i = 0;
    bool closed = false;
    while (i < rest.len && !closed) {
        char c = rest.ptr[i++];
        if (documents->escaped)
            documents->escaped = false;
        else if (c == '\\')
            documents->escaped = true;
        else
            closed = c == '"';
    }
    if (keep(documents, rest.ptr, i, err) < 0)
        return -1;
    *ret_used = i;
    if (!closed)
        return 0;
    documents->state = documents->depth ? DOCUMENTS_NESTED : DOCUMENTS_BETWEEN;
    return documents->depth ? 0 : visit_value(documents, err);
}

/* Outside of an array only null is a value by itself: "nothing" and "5" are noise. */
static int end_word(struct documents *documents, struct error *err)
{
    documents->state = DOCUMENTS_BETWEEN;
    if (documents->in_array || strcmp(documents->value.buf, "null") == 0)
        return visit_value(documents, err);
    documents->state = DOCUMENTS_NOISE;
    documents->noise_lines++;
    keep_noise(documents, documents->value.buf, documents->value.len);
    strbuf_reset(&documents->value);
    return 0;
}

static int take_word(struct documents *documents, struct span rest, size_t *ret_used,
                     struct error *err)
{
    size_t i = 0;
    while (i < rest.len && !is_space(rest.ptr[i]) && rest.ptr[i] != ',' &&
           rest.ptr[i] != ']' && rest.ptr[i] != ESCAPE)
        i++;
    if (keep(documents, rest.ptr, i, err) < 0)
        return -1;
    *ret_used = i;
    return i == rest.len ? 0 : end_word(documents, err);
}

static size_t take_noise(struct documents *documents, struct span rest)
{
    const char *end = memchr(rest.ptr, '\n', rest.len);
    size_t len = end ? (size_t)(end - rest.ptr) + 1 : rest.len;
    keep_noise(documents, rest.ptr, len);
    if (end)
        documents->state = DOCUMENTS_BETWEEN;
    return len;
}

static size_t take_escape(struct documents *documents, char c)
{
    if (documents->state == DOCUMENTS_ESCAPE)
        documents->state = c == '[' ? DOCUMENTS_CONTROL : DOCUMENTS_BETWEEN;
    else if (c >= '@' && c <= '~')
        documents->state = DOCUMENTS_BETWEEN;
    return 1;
}

static int take(struct documents *documents, struct span rest, size_t *ret_used,
                struct error *err)
{
    switch (documents->state) {
    case DOCUMENTS_NESTED:
        return take_nested(documents, rest, ret_used, err);
    case DOCUMENTS_TEXT:
        return take_text(documents, rest, ret_used, err);
    case DOCUMENTS_WORD:
        return take_word(documents, rest, ret_used, err);
    case DOCUMENTS_NOISE:
        *ret_used = take_noise(documents, rest);
        return 0;
    case DOCUMENTS_ESCAPE:
    case DOCUMENTS_CONTROL:
        *ret_used = take_escape(documents, rest.ptr[0]);
        return 0;
    case DOCUMENTS_BETWEEN:
    default:
        *ret_used = begin(documents, rest);
        return 0;
    }
}

int documents_add(struct documents *documents, const void *bytes, size_t len,
                  struct error *err)
{
    struct span rest = span_of(bytes, len);
    while (rest.len) {
        size_t used = 0;
        if (take(documents, rest, &used, err) < 0)
            return -1;
        rest = span_of(rest.ptr + used, rest.len - used);
    }
    return 0;
}

static int refuse_noise(const struct documents *documents, struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    struct span line = span_of(documents->noise.buf, documents->noise.len);
    const char *end = memchr(line.ptr, '\n', line.len);
    if (end)
        line.len = (size_t)(end - line.ptr);
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    escape_for_terminal(&shown, line);
    utf8_cut(&shown, 200);
    return error_set(err, ERROR_ENGINE,
                     "the engine answered '%s' where records were asked for", shown.buf);
}

int documents_finish(struct documents *documents, struct error *err)
{
    if (documents->state == DOCUMENTS_WORD && end_word(documents, err) < 0)
        return -1;
    if (documents->state == DOCUMENTS_NESTED || documents->state == DOCUMENTS_TEXT)
        return error_set(err, ERROR_ENGINE, "the engine's answer is cut within record %zu",
                         documents->count + documents->odd + 1);
    if (documents->in_array)
        return error_set(err, ERROR_ENGINE, "the engine's answer is cut after record %zu",
                         documents->count + documents->odd);
    if (documents->noise_lines && !documents->count)
        return refuse_noise(documents, err);
    return 0;
}

int documents_read(struct span output, const char *what, document_visit *visit,
                   void *context, struct error *err)
{
    struct documents documents;
    documents_start(&documents, visit, context);
    int result = documents_add(&documents, output.ptr, output.len, err);
    if (result == 0)
        result = documents_finish(&documents, err);
    documents_release(&documents);
    return result < 0 ? error_prefix(err, "%s", what) : 0;
}
