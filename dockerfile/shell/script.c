#include "dockerfile/shell.h"

#include <string.h>

#include "core/memory.h"
#include "dockerfile/shell/parser.h"

void parser_start(struct parser *parser, struct script *script, enum script_dialect dialect,
                  struct span text, struct shared *shared)
{
    *parser = (struct parser){
        .script = script,
        .dialect = dialect,
        .text = text.ptr,
        .len = text.len,
        .shared = shared,
        .values = &shared->values,
    };
    parser->pending_end = &parser->pending;
}

/* Reading ahead four times over is more than any script does that was meant to run. */
static struct shared shared_for(struct span text)
{
    return (struct shared){.values = STRBUF_INIT, .ahead = 4 * text.len + 4096};
}

static size_t through(const struct script_segment *map, size_t count, size_t at)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map[middle].text <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? map[low - 1].origin + (at - map[low - 1].text) : at;
}

/* The end of a range is behind the origin of its last byte, whatever was left out after that. */
static struct script_range range_through(const struct script_segment *map, size_t count,
                                         size_t start, size_t end)
{
    if (count) {
        end = end > start ? through(map, count, end - 1) + 1 : through(map, count, start);
        start = through(map, count, start);
    }
    return (struct script_range){(uint32_t)start, (uint32_t)(end < start ? start : end)};
}

struct script_range parser_range(const struct parser *p, size_t start, size_t end)
{
    return range_through(p->map, p->map_count, start, end);
}

static void add_error(struct script *script, struct script_range range, const char *text)
{
    if (script->error_count == SCRIPT_ERRORS_MAX) {
        script->errors_more++;
        return;
    }
    if (!script->errors)
        script->errors =
            arena_alloc(&script->arena, SCRIPT_ERRORS_MAX * sizeof *script->errors);
    script->errors[script->error_count++] = (struct script_error){range, text};
}

void parser_error(struct parser *p, size_t start, const char *text)
{
    if (start > p->len)
        start = p->len;
    size_t end = p->last > start ? p->last : start;
    add_error(p->script, parser_range(p, start, end), text);
}

bool parser_enter(struct parser *p)
{
    if (p->depth < SCRIPT_DEPTH_MAX) {
        p->depth++;
        return true;
    }
    if (!p->script->incomplete)
        parser_error(p, p->at, "constructs nest too deep to be read");
    p->script->incomplete = true;
    p->last = p->at = p->len;
    return false;
}

void parser_leave(struct parser *p)
{
    p->depth--;
}

void script_parse(struct script *ret_script, struct span text, enum script_dialect dialect,
                  const struct script_segment *segments, size_t segment_count)
{
    *ret_script = (struct script){
        .text = text,
        .dialect = dialect,
        .segments = segments,
        .segment_count = segment_count,
    };
    ret_script->list = arena_alloc_zero(&ret_script->arena, sizeof *ret_script->list);
    if (dialect == SCRIPT_FOREIGN)
        return;
    if (text.len > SCRIPT_BYTES_MAX) {
        ret_script->incomplete = true;
        add_error(ret_script, (struct script_range){0, 0}, "the script is too long to be read");
        return;
    }
    struct shared shared = shared_for(text);
    struct parser parser;
    parser_start(&parser, ret_script, dialect, text, &shared);
    ret_script->list = list_parse_all(&parser);
    strbuf_release(&shared.values);
}

void script_release(struct script *script)
{
    arena_release(&script->arena);
    *script = (struct script){.list = NULL};
}

struct script_range script_origin(const struct script *script, struct script_range range)
{
    return range_through(script->segments, script->segment_count, range.start, range.end);
}

struct span script_source(const struct script *script, struct script_range range)
{
    if (range.end > script->text.len || range.start > range.end)
        return span_of("", 0);
    return span_of(script->text.ptr + range.start, range.end - range.start);
}

/* Where the bytes of a word's value are written: a segment for each stretch that is the same in both. */
struct tracer {
    struct script *script;
    struct script_segment *segments;
    size_t count;
    size_t capacity;
    size_t at; /* in the value */
};

static void trace(struct tracer *tracer, size_t origin)
{
    if (tracer->count && tracer->segments[tracer->count - 1].text == tracer->at)
        tracer->count--;
    tracer->segments = memory_grow(tracer->segments, tracer->count, &tracer->capacity,
                                   sizeof *tracer->segments);
    tracer->segments[tracer->count++] = (struct script_segment){tracer->at, origin};
}

/* Bytes of the value are found in the source one after the other; what stands between them there (a
 * backslash, the tabs that <<- takes off) is passed over. */
static void trace_text(struct tracer *tracer, struct script_range range, struct span text)
{
    struct span source = script_source(tracer->script, range);
    size_t at = 0;
    bool joined = false;
    for (size_t i = 0; i < text.len; i++) {
        size_t before = at;
        while (at < source.len && (source.ptr[at] == '\\' || source.ptr[at] == '\t') &&
               source.ptr[at] != text.ptr[i])
            at += source.ptr[at] == '\\' && at + 1 < source.len && source.ptr[at + 1] == '\n' ? 2 : 1;
        if (at + 1 < source.len && source.ptr[at] == '\\' && source.ptr[at + 1] == '\\' &&
            text.ptr[i] == '\\' && text.len < source.len)
            at++;
        if (!joined || at != before)
            trace(tracer, range.start + (at < source.len ? at : source.len ? source.len - 1 : 0));
        joined = true;
        if (at < source.len)
            at++;
        tracer->at++;
    }
}

static void trace_parts(struct tracer *tracer, const struct script_part *parts)
{
    for (const struct script_part *part = parts; part; part = part->next) {
        struct script_range range = part->range;
        switch (part->kind) {
        case PART_DOUBLE:
            trace_parts(tracer, part->inner);
            break;
        case PART_SINGLE:
            range.start += 1;
            trace_text(tracer, range, part->text);
            break;
        case PART_ANSI:
            range.start += 2;
            trace_text(tracer, range, part->text);
            break;
        default:
            trace_text(tracer, range, part->text);
        }
    }
}

struct script_list *script_parse_word(struct script *script, const struct script_word *word,
                                      enum script_dialect dialect)
{
    struct shared shared = shared_for(word->value);
    struct tracer tracer = {.script = script};
    struct parser parser;
    if (word->parts) {
        trace_parts(&tracer, word->parts);
    } else {
        trace(&tracer, word->range.start);
    }
    parser_start(&parser, script, dialect, word->value, &shared);
    parser.map = tracer.segments;
    parser.map_count = tracer.count;
    struct script_list *list = list_parse_all(&parser);
    free(tracer.segments);
    strbuf_release(&shared.values);
    return list;
}

static bool resolve(const struct script_part *parts, script_lookup *lookup, void *context,
                    struct strbuf *out)
{
    for (const struct script_part *part = parts; part; part = part->next) {
        struct span value = part->text;
        switch (part->kind) {
        case PART_LITERAL:
        case PART_SINGLE:
        case PART_ANSI:
        case PART_GLOB:
        case PART_TILDE:
            break;
        case PART_DOUBLE:
            if (!resolve(part->inner, lookup, context, out))
                return false;
            continue;
        case PART_PARAMETER:
            if (!lookup || part->operator.len || !lookup(context, part->text, &value))
                return false;
            break;
        default:
            return false;
        }
        strbuf_add(out, value.ptr, value.len);
    }
    return true;
}

bool script_word_resolve(const struct script_word *word, script_lookup *lookup, void *context,
                         struct strbuf *out)
{
    size_t before = out->len;
    if (!word->parts) {
        strbuf_add(out, word->value.ptr, word->value.len);
        return true;
    }
    if (resolve(word->parts, lookup, context, out))
        return true;
    strbuf_truncate(out, before);
    strbuf_add(out, word->value.ptr, word->value.len);
    return false;
}

static struct span base_of(struct span path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/' || path.ptr[i - 1] == '\\')
            return span_of(path.ptr + i, path.len - i);
    return path;
}

static enum script_dialect dialect_of_program(struct span path)
{
    static const struct {
        const char *name;
        enum script_dialect dialect;
    } known[] = {
        {"sh", SCRIPT_POSIX},   {"dash", SCRIPT_POSIX}, {"ash", SCRIPT_POSIX},
        {"bash", SCRIPT_BASH},  {"ksh", SCRIPT_BASH},   {"mksh", SCRIPT_BASH},
        {"zsh", SCRIPT_BASH},   {"pwsh", SCRIPT_FOREIGN}, {"pwsh.exe", SCRIPT_FOREIGN},
        {"cmd", SCRIPT_FOREIGN}, {"cmd.exe", SCRIPT_FOREIGN},
        {"powershell", SCRIPT_FOREIGN}, {"powershell.exe", SCRIPT_FOREIGN},
    };
    struct span name = base_of(path);
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (name.len == strlen(known[i].name) &&
            strncasecmp(name.ptr, known[i].name, name.len) == 0)
            return known[i].dialect;
    return SCRIPT_UNKNOWN;
}

static void set_option(struct script_shell *shell, struct span name, bool on)
{
    if (span_equals_text(name, "errexit"))
        shell->errexit = on;
    else if (span_equals_text(name, "pipefail"))
        shell->pipefail = on;
}

struct script_shell script_shell_of(const char *const *words, size_t count)
{
    struct script_shell shell = {.dialect = SCRIPT_POSIX};
    if (count)
        shell.dialect = dialect_of_program(span_of_text(words[0]));
    for (size_t i = 1; i < count; i++) {
        bool on = words[i][0] == '-';
        if ((!on && words[i][0] != '+') || words[i][1] == '-')
            continue;
        const char *letters = words[i] + 1;
        for (const char *letter = letters; *letter; letter++) {
            if (*letter == 'e')
                shell.errexit = on;
            if (*letter == 'o' && i + 1 < count)
                set_option(&shell, span_of_text(words[++i]), on);
        }
    }
    return shell;
}

static struct span next_token(struct span *line)
{
    while (line->len && is_blank((unsigned char)*line->ptr))
        *line = span_of(line->ptr + 1, line->len - 1);
    size_t len = 0;
    while (len < line->len && !is_blank((unsigned char)line->ptr[len]))
        len++;
    struct span token = span_of(line->ptr, len);
    *line = span_of(line->ptr + len, line->len - len);
    return token;
}

enum script_dialect script_dialect_of_shebang(struct span text)
{
    if (!span_starts_with(text, "#!"))
        return SCRIPT_UNKNOWN;
    const char *end = memchr(text.ptr, '\n', text.len);
    struct span line = span_of(text.ptr + 2, (end ? (size_t)(end - text.ptr) : text.len) - 2);
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    struct span program = next_token(&line);
    if (span_equals_text(base_of(program), "env"))
        do
            program = next_token(&line);
        while (program.len && program.ptr[0] == '-');
    enum script_dialect dialect = dialect_of_program(program);
    return dialect == SCRIPT_UNKNOWN ? SCRIPT_FOREIGN : dialect;
}
