#include "core/yaml.h"

#include <string.h>
#include <yaml.h>

#include "core/escape.h"
#include "core/memory.h"
#include "core/strbuf.h"
#include "core/table.h"

/* What is shown of a long source line: so many characters before the caret, and so many in all. */
#define SHOWN_BEFORE 60
#define SHOWN_MOST 100

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static const char quote_it[] = "put a text that begins with '!', '*' or '&' into quotes";

/* Where lines end, as libyaml counts them: the length of the break at `text`, 0 if there is none.
 */
static size_t line_break(struct span text, size_t at)
{
    static const char *const breaks[] = {"\r\n",     "\n",           "\r",
                                         "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    for (size_t i = 0; i < ARRAY_SIZE(breaks); i++) {
        size_t len = strlen(breaks[i]);
        if (text.len - at >= len && memcmp(text.ptr + at, breaks[i], len) == 0)
            return len;
    }
    return 0;
}

static struct span find_line(struct span text, uint32_t line)
{
    size_t start = 0, at = 0;
    while (at < text.len) {
        size_t len = line_break(text, at);
        if (len && --line == 0)
            break;
        at += len ? len : 1;
        if (len)
            start = at;
    }
    return line > 1 ? span_of("", 0) : span_of(text.ptr + start, at - start);
}

static size_t character(struct span text, size_t at)
{
    size_t len = utf8_sequence(text.ptr + at, text.len - at);
    return len ? len : 1;
}

/* Appends characters `from` to `to` of a line as a terminal may see them. */
static void add_characters(struct strbuf *out, struct span line, size_t from, size_t to)
{
    size_t number = 0;
    for (size_t at = 0; at < line.len && number < to; number++) {
        size_t len = character(line, at);
        if (number >= from && line.ptr[at] == '\t')
            strbuf_add_char(out, ' ');
        else if (number >= from && line.ptr[at] == '\\') /* a source is shown as it was written */
            strbuf_add_char(out, '\\');
        else if (number >= from)
            escape_for_terminal(out, span_of(line.ptr + at, len));
        at += len;
    }
}

static size_t count_characters(struct span text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len; at += character(text, at))
        count++;
    return count;
}

/* Two lines: the source, and a caret below its column. */
static void add_excerpt(struct strbuf *out, struct span text, uint32_t line, uint32_t column)
{
    struct span source = find_line(text, line);
    size_t caret = column - 1;
    size_t from = caret > SHOWN_BEFORE ? caret - SHOWN_BEFORE : 0;
    cleanup_strbuf struct strbuf number = STRBUF_INIT, before = STRBUF_INIT;
    strbuf_addf(&number, "%u", (unsigned)line);
    add_characters(&before, source, from, caret);
    strbuf_addf(out, "%s | %s", number.buf, from ? "..." : "");
    add_characters(out, source, from, from + SHOWN_MOST);
    strbuf_add_char(out, '\n');
    strbuf_add_repeat(out, ' ', number.len);
    strbuf_addf(out, " | %s", from ? "   " : "");
    strbuf_add_repeat(out, ' ', count_characters(span_of(before.buf, before.len)));
    strbuf_add_char(out, '^');
}

static int refuse_at(const struct yaml *yaml, uint32_t line, uint32_t column, const char *advice,
                     struct error *err, const char *message)
{
    cleanup_strbuf struct strbuf hint = STRBUF_INIT;
    add_excerpt(&hint, yaml->text, line, column);
    if (advice)
        strbuf_addf(&hint, "\n%s", advice);
    error_set(err, yaml->refusal, "%s:%u:%u: %s", yaml->name, (unsigned)line, (unsigned)column,
              message);
    return error_hint(err, "%s", hint.buf);
}

int yaml_refuse(const struct yaml *yaml, const struct yaml_node *at, const char *advice,
                struct error *err, const char *format, ...)
{
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&message, format, args);
    va_end(args);
    return refuse_at(yaml, at ? at->line : 1, at ? at->column : 1, advice, err, message.buf);
}

/* A key of a mapping, which is known by a number. */
struct key {
    uint32_t mapping;
    const struct yaml_node *node;
};

struct reader {
    yaml_parser_t parser;
    struct yaml *yaml;
    struct key *keys;
    size_t key_count;
    size_t key_capacity;
    struct table key_index;
    uint32_t mappings;
    size_t nodes;
};

static int refuse_mark(const struct reader *reader, yaml_mark_t mark, const char *advice,
                       struct error *err, const char *message)
{
    return refuse_at(reader->yaml, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1, advice, err,
                     message);
}

/* Bytes that are no text: libyaml tells their offset alone. */
static int refuse_bytes(const struct reader *reader, struct error *err)
{
    struct span text = reader->yaml->text;
    size_t offset =
        reader->parser.problem_offset < text.len ? reader->parser.problem_offset : text.len;
    size_t start = 0;
    uint32_t line = 1;
    for (size_t at = 0; at < offset;) {
        size_t len = line_break(text, at);
        at += len ? len : 1;
        if (len && at <= offset) {
            start = at;
            line++;
        }
    }
    struct span before = span_of(text.ptr + start, offset - start);
    return refuse_at(reader->yaml, line, (uint32_t)count_characters(before) + 1, NULL, err,
                     reader->parser.problem);
}

static int refuse_problem(const struct reader *reader, struct error *err)
{
    const yaml_parser_t *parser = &reader->parser;
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    if (parser->error == YAML_MEMORY_ERROR)
        memory_exhausted(0);
    if (parser->error == YAML_READER_ERROR)
        return refuse_bytes(reader, err);
    const char *context = parser->context ? parser->context : "";
    strbuf_add_text(&message, parser->problem);
    if (*context)
        strbuf_addf(&message, " %s", context);
    bool sign = strstr(context, "alias") || strstr(context, "anchor") || strstr(context, "tag");
    yaml_mark_t mark = sign ? parser->context_mark : parser->problem_mark;
    return refuse_mark(reader, mark, sign ? quote_it : NULL, err, message.buf);
}

static int next_event(struct reader *reader, yaml_event_t *event, struct error *err)
{
    if (!yaml_parser_parse(&reader->parser, event))
        return refuse_problem(reader, err);
    return 0;
}

static bool is_same_key(const void *context, uint32_t number, const void *key)
{
    const struct key *have = &((const struct reader *)context)->keys[number];
    const struct key *want = key;
    return have->mapping == want->mapping && strcmp(have->node->text, want->node->text) == 0;
}

static int add_key(struct reader *reader, uint32_t mapping, const struct yaml_node *node,
                   struct error *err)
{
    struct key key = {.mapping = mapping, .node = node};
    if (node->kind != YAML_SCALAR)
        return yaml_refuse(reader->yaml, node, NULL, err, "a key is a text, no list or mapping");
    uint64_t hash = table_hash(node->text, strlen(node->text), mapping);
    uint32_t found = table_find(&reader->key_index, hash, is_same_key, reader, &key);
    if (found != TABLE_NONE) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(node->text));
        return yaml_refuse(reader->yaml, node, NULL, err,
                           "the key '%s' stands here again; it was given in line %u", shown.buf,
                           (unsigned)reader->keys[found].node->line);
    }
    reader->keys =
        memory_grow(reader->keys, reader->key_count, &reader->key_capacity, sizeof *reader->keys);
    reader->keys[reader->key_count] = key;
    table_add(&reader->key_index, hash, (uint32_t)reader->key_count++);
    return 0;
}

static int refuse_extras(const struct reader *reader, const yaml_event_t *event,
                         const unsigned char *anchor, const unsigned char *tag, struct error *err)
{
    if (event->type == YAML_ALIAS_EVENT)
        return refuse_mark(reader, event->start_mark, quote_it, err, "aliases are not allowed");
    if (anchor)
        return refuse_mark(reader, event->start_mark, quote_it, err, "anchors are not allowed");
    if (tag)
        return refuse_mark(reader, event->start_mark, quote_it, err, "tags are not allowed");
    return 0;
}

static int refuse_event(const struct reader *reader, const yaml_event_t *event, struct error *err)
{
    if (event->type == YAML_SCALAR_EVENT)
        return refuse_extras(reader, event, event->data.scalar.anchor, event->data.scalar.tag, err);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return refuse_extras(reader, event, event->data.sequence_start.anchor,
                             event->data.sequence_start.tag, err);
    if (event->type == YAML_MAPPING_START_EVENT)
        return refuse_extras(reader, event, event->data.mapping_start.anchor,
                             event->data.mapping_start.tag, err);
    return refuse_extras(reader, event, NULL, NULL, err);
}

static int take_scalar(struct reader *reader, struct yaml_node *node, const yaml_event_t *event,
                       struct error *err)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    if (memchr(text, '\0', len))
        return yaml_refuse(reader->yaml, node, NULL, err, "a text must not hold a NUL");
    node->kind = YAML_SCALAR;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = arena_dup(&reader->yaml->arena, text, len);
    return 0;
}

static int read_node(struct reader *reader, const yaml_event_t *event, unsigned depth,
                     struct yaml_node **ret_node, struct error *err);

/* The node that the next event begins; none (NULL) where the event ends what is open. */
static int read_next(struct reader *reader, unsigned depth, struct yaml_node **ret_node,
                     struct error *err)
{
    yaml_event_t event;
    int result = 0;
    if (next_event(reader, &event, err) < 0)
        return -1;
    *ret_node = NULL;
    if (event.type != YAML_SEQUENCE_END_EVENT && event.type != YAML_MAPPING_END_EVENT)
        result = read_node(reader, &event, depth, ret_node, err);
    yaml_event_delete(&event);
    return result;
}

static int read_children(struct reader *reader, struct yaml_node *node, unsigned depth,
                         struct error *err)
{
    uint32_t mapping = reader->mappings++;
    struct yaml_node **end = &node->first;
    for (;;) {
        struct yaml_node *child, *key = NULL;
        if (read_next(reader, depth + 1, &child, err) < 0)
            return -1;
        if (!child)
            return 0;
        if (node->kind == YAML_MAPPING) {
            key = child;
            if (add_key(reader, mapping, key, err) < 0 ||
                read_next(reader, depth + 1, &child, err) < 0)
                return -1;
            child->key = key;
        }
        *end = child;
        end = &child->next;
        node->count++;
    }
}

static int read_node(struct reader *reader, const yaml_event_t *event, unsigned depth,
                     struct yaml_node **ret_node, struct error *err)
{
    if (refuse_event(reader, event, err) < 0)
        return -1;
    if (depth > YAML_DEPTH_MAX)
        return refuse_mark(reader, event->start_mark, NULL, err, "nests too deep");
    if (++reader->nodes > YAML_NODES_MAX)
        return refuse_mark(reader, event->start_mark, NULL, err, "the document has too many parts");
    struct yaml_node *node = arena_alloc_zero(&reader->yaml->arena, sizeof *node);
    node->line = (uint32_t)event->start_mark.line + 1;
    node->column = (uint32_t)event->start_mark.column + 1;
    *ret_node = node;
    if (event->type == YAML_SCALAR_EVENT)
        return take_scalar(reader, node, event, err);
    node->kind = event->type == YAML_SEQUENCE_START_EVENT ? YAML_SEQUENCE : YAML_MAPPING;
    return read_children(reader, node, depth, err);
}

/* stream start, document start, the node, document end, stream end */
static int read_document(struct reader *reader, struct error *err)
{
    for (;;) {
        yaml_event_t event;
        int result = 0;
        if (next_event(reader, &event, err) < 0)
            return -1;
        yaml_event_type_t type = event.type;
        bool node = type == YAML_SCALAR_EVENT || type == YAML_ALIAS_EVENT ||
                    type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
        if (type == YAML_DOCUMENT_START_EVENT && reader->nodes)
            result = refuse_mark(reader, event.start_mark, NULL, err,
                                 "a second document is not allowed");
        else if (node)
            result = read_node(reader, &event, 1, &reader->yaml->root, err);
        yaml_event_delete(&event);
        if (result < 0 || type == YAML_STREAM_END_EVENT)
            return result;
    }
}

int yaml_parse(struct yaml *ret_yaml, const char *name, struct span text, enum error_code refusal,
               struct error *err)
{
    bool marked = span_starts_with(text, BYTE_ORDER_MARK);
    struct yaml yaml = {.text = marked ? span_of(text.ptr + 3, text.len - 3) : text,
                        .refusal = refusal};
    struct reader reader = {.yaml = &yaml};
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(name));
    if (text.len > YAML_BYTES_MAX)
        return error_set(err, refusal, "%s: is larger than %zu bytes", shown.buf, YAML_BYTES_MAX);
    yaml.name = arena_dup(&yaml.arena, shown.buf, shown.len);
    if (!yaml_parser_initialize(&reader.parser))
        memory_exhausted(0);
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &reader.parser, (const unsigned char *)(yaml.text.len ? yaml.text.ptr : ""), yaml.text.len);
    int result = read_document(&reader, err);
    yaml_parser_delete(&reader.parser);
    table_release(&reader.key_index);
    free(reader.keys);
    if (result < 0 || !yaml.root || yaml_is_null(yaml.root))
        yaml.root = NULL;
    if (result < 0)
        yaml_release(&yaml);
    else
        *ret_yaml = yaml;
    return result;
}

void yaml_release(struct yaml *yaml)
{
    arena_release(&yaml->arena);
    yaml->root = NULL;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
    if (!mapping || mapping->kind != YAML_MAPPING)
        return NULL;
    for (const struct yaml_node *value = mapping->first; value; value = value->next)
        if (strcmp(value->key->text, key) == 0)
            return value;
    return NULL;
}

int yaml_expect(const struct yaml *yaml, const struct yaml_node *node, enum yaml_kind kind,
                const char *what, struct error *err)
{
    static const char *const names[] = {
        [YAML_SCALAR] = "one value",
        [YAML_SEQUENCE] = "a list",
        [YAML_MAPPING] = "a mapping of keys to values",
    };
    if (node->kind == kind)
        return 0;
    return yaml_refuse(yaml, node, NULL, err, "%s has to be %s", what, names[kind]);
}

int yaml_expect_keys(const struct yaml *yaml, const struct yaml_node *mapping,
                     const char *const *known, const char *what, struct error *err)
{
    if (yaml_expect(yaml, mapping, YAML_MAPPING, what, err) < 0)
        return -1;
    for (const struct yaml_node *value = mapping->first; value; value = value->next) {
        size_t index;
        cleanup_strbuf struct strbuf subject = STRBUF_INIT;
        strbuf_addf(&subject, "key of %s", what);
        if (yaml_choose(yaml, value->key, known, subject.buf, &index, err) < 0)
            return -1;
    }
    return 0;
}

int yaml_choose(const struct yaml *yaml, const struct yaml_node *node, const char *const *words,
                const char *what, size_t *ret_index, struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT, advice = STRBUF_INIT;
    if (yaml_expect(yaml, node, YAML_SCALAR, what, err) < 0)
        return -1;
    struct nearest near = nearest_to(node->text);
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(node->text, words[i]) == 0) {
            *ret_index = i;
            return 0;
        }
        nearest_offer(&near, words[i]);
        strbuf_addf(&advice, "%s%s", i ? ", " : "there are: ", words[i]);
    }
    if (near.best) {
        strbuf_reset(&advice);
        strbuf_addf(&advice, "did you mean '%s'?", near.best);
    }
    escape_for_terminal(&shown, span_of_text(node->text));
    return yaml_refuse(yaml, node, advice.buf, err, "'%s' is no %s", shown.buf, what);
}

bool yaml_is_null(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && !node->quoted &&
           (!*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}
