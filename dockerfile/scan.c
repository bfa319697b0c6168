#include <stdarg.h>
#include <stdlib.h>

#include "core/memory.h"
#include "dockerfile/builder.h"
#include "dockerfile/unicode.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define HEREDOC_RETRIES_MAX 16 /* each may read to the end of the file, which must not become quadratic */

const char *arena_format(struct arena *arena, const char *format, ...)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    return arena_dup(arena, text.buf, text.len);
}

static void add_complaint(struct complaint **list, size_t *count, size_t *capacity,
                          struct complaint complaint)
{
    *list = memory_grow(*list, *count, capacity, sizeof **list);
    (*list)[(*count)++] = complaint;
}

void builder_parser_error(struct builder *builder, uint32_t line, uint32_t end_line, const char *text)
{
    struct complaint complaint = {.text = text, .line = line, .end_line = end_line, .by_parser = true};
    add_complaint(&builder->parser_errors, &builder->parser_error_count, &builder->parser_error_capacity,
                  complaint);
}

void builder_check_error(struct builder *builder, uint32_t line, uint32_t end_line, const char *text)
{
    struct complaint complaint = {.text = text, .line = line, .end_line = end_line};
    add_complaint(&builder->check_errors, &builder->check_error_count, &builder->check_error_capacity,
                  complaint);
}

/* The text, physical line by physical line. */
struct scanner {
    struct builder *builder;
    struct document *document;
    size_t at;
    uint32_t line; /* the last that was read */
    bool directives_done;
    bool saw[3];
    bool within; /* an instruction has begun */
    size_t unterminated; /* heredocs that were given up */
    size_t block; /* where the block of comments above the next instruction starts */
    struct strbuf joined;
    struct piece *pieces;
    size_t piece_count, piece_capacity;
};

struct physical_line {
    size_t start, end, next; /* without its end, and where the following one starts */
};

/* BuildKit's scanner stops there, and what it has not seen by then is not there. */
static void refuse_long_line(struct scanner *scanner)
{
    bool is_first = !scanner->document->instruction_count && !scanner->within;
    const char *text = is_first ? "file with no instructions"
                                : arena_format(&scanner->document->arena,
                                               "dockerfile line greater than max allowed size of %d",
                                               DOCUMENT_LINE_MAX);
    builder_parser_error(scanner->builder, scanner->line, scanner->line, text);
}

static bool read_line(struct scanner *scanner, struct physical_line *ret_line)
{
    struct span text = scanner->document->text;
    if (scanner->at >= text.len)
        return false;
    struct document *document = scanner->document;
    const char *from = text.ptr + scanner->at, *end = memchr(from, '\n', text.len - scanner->at);
    size_t stop = end ? (size_t)(end - text.ptr) : text.len;
    *ret_line = (struct physical_line){.start = scanner->at, .end = stop, .next = end ? stop + 1 : stop};
    if (stop - scanner->at > DOCUMENT_LINE_MAX)
        refuse_long_line(scanner);
    document->lines = memory_grow(document->lines, document->line_count, &scanner->builder->lines,
                                  sizeof *document->lines);
    document->lines[document->line_count++] = ret_line->start;
    while (ret_line->end > ret_line->start && text.ptr[ret_line->end - 1] == '\r')
        ret_line->end--;
    if (scanner->line == 0 && span_starts_with(text, BYTE_ORDER_MARK))
        ret_line->start += 3;
    scanner->at = ret_line->next;
    scanner->line++;
    return true;
}

static struct span bytes_of(const struct scanner *scanner, size_t start, size_t end)
{
    return span_of(scanner->document->text.ptr + start, end - start);
}

static bool is_comment(struct span line)
{
    size_t before = span_space_before(line);
    return before < line.len && line.ptr[before] == '#';
}

static void add_comment(struct scanner *scanner, const struct physical_line *line, bool inside)
{
    struct document *document = scanner->document;
    struct span text = bytes_of(scanner, line->start, line->end);
    size_t hash = line->start + span_space_before(text);
    struct comment comment = {
        .text = span_trim(bytes_of(scanner, hash + 1, line->end)),
        .extent = {hash, line->end},
        .line = scanner->line,
        .inside = inside,
    };
    document->comments = memory_grow(document->comments, document->comment_count,
                                     &scanner->builder->comments, sizeof *document->comments);
    document->comments[document->comment_count++] = comment;
    if (!comment.text.len && !inside)
        scanner->block = document->comment_count;
}

static bool is_regexp_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool is_alphanumeric(char c, bool digits)
{
    char low = (char)(c | 0x20);
    return (low >= 'a' && low <= 'z') || (digits && c >= '0' && c <= '9');
}

/* `prefix name = value`: offsets within line. The value has at least one byte, be it a blank. */
static bool split_directive(struct span line, const char *prefix, struct span *ret_name,
                            struct span *ret_value)
{
    if (!span_starts_with(line, prefix))
        return false;
    struct span rest = span_of(line.ptr + strlen(prefix), line.len - strlen(prefix));
    size_t start = span_space_before(rest), at = start;
    while (at < rest.len && is_alphanumeric(rest.ptr[at], at > start))
        at++;
    *ret_name = span_of(rest.ptr + start, at - start);
    if (at == start)
        return false;
    while (at < rest.len && is_regexp_space(rest.ptr[at]))
        at++;
    if (at == rest.len || rest.ptr[at++] != '=' || at == rest.len)
        return false;
    size_t end = rest.len;
    while (at + 1 < end && is_regexp_space(rest.ptr[at]))
        at++;
    while (end > at + 1 && is_regexp_space(rest.ptr[end - 1]))
        end--;
    *ret_value = span_of(rest.ptr + at, end - at);
    return true;
}

static const char *const directive_names[] = {"syntax", "escape", "check"};

static size_t directive_number(struct span name)
{
    size_t number = 0;
    while (number < ARRAY_SIZE(directive_names) && !span_equals_nocase(name, directive_names[number]))
        number++;
    return number;
}

static void set_escape(struct scanner *scanner, struct span value, uint32_t reported)
{
    if (span_equals_text(value, "\\") || span_equals_text(value, "`"))
        scanner->document->escape = value.ptr[0];
    else
        builder_parser_error(scanner->builder, reported, reported,
                             arena_format(&scanner->document->arena,
                                          "invalid escape token '%.*s' does not match ` or \\",
                                          (int)value.len, value.ptr));
}

/* BuildKit reports a fault of a directive one line too high; so do we, since it is the verdict. */
static void read_directive(struct scanner *scanner, struct span line)
{
    struct span name, value;
    struct document *document = scanner->document;
    uint32_t reported = scanner->line - 1;
    if (scanner->directives_done)
        return;
    size_t number = ARRAY_SIZE(directive_names);
    if (split_directive(line, "#", &name, &value))
        number = directive_number(name);
    if (number == ARRAY_SIZE(directive_names)) {
        scanner->directives_done = true;
        return;
    }
    if (scanner->saw[number]) {
        builder_parser_error(scanner->builder, reported, reported,
                             arena_format(&document->arena, "only one %s parser directive can be used",
                                          directive_names[number]));
        return;
    }
    scanner->saw[number] = true;
    document->directives = memory_grow(document->directives, document->directive_count,
                                       &scanner->builder->directives, sizeof *document->directives);
    size_t start = (size_t)(line.ptr - document->text.ptr);
    document->directives[document->directive_count++] = (struct directive){
        .name = span_of_text(directive_names[number]),
        .value = value,
        .extent = {start, start + line.len},
        .line = scanner->line,
    };
    if (strcmp(directive_names[number], "escape") == 0)
        set_escape(scanner, value, reported);
}

/* Cuts an escape character from the end of the line if it continues there: one that stands alone, blanks
 * behind it allowed. */
static bool continues(const struct scanner *scanner, struct span *line)
{
    size_t end = line->len;
    while (end && (line->ptr[end - 1] == ' ' || line->ptr[end - 1] == '\t'))
        end--;
    if (!end || line->ptr[end - 1] != scanner->document->escape)
        return false;
    if (end > 1 && line->ptr[end - 2] == scanner->document->escape)
        return false;
    line->len = end - 1;
    return true;
}

static void join(struct scanner *scanner, struct span line)
{
    scanner->pieces = memory_grow(scanner->pieces, scanner->piece_count, &scanner->piece_capacity,
                                  sizeof *scanner->pieces);
    scanner->pieces[scanner->piece_count++] = (struct piece){
        .joined = scanner->joined.len,
        .source = (size_t)(line.ptr - scanner->document->text.ptr),
    };
    strbuf_add(&scanner->joined, line.ptr, line.len);
}

/* Reads on while lines continue. Returns whether a blank line stood between them. */
static bool read_continuation(struct scanner *scanner)
{
    struct physical_line physical;
    bool has_blank = false, more = true;
    while (more && read_line(scanner, &physical)) {
        struct span line = bytes_of(scanner, physical.start, physical.end);
        read_directive(scanner, line);
        if (is_comment(line)) {
            add_comment(scanner, &physical, true);
        } else if (span_space_before(line) == line.len) {
            has_blank = true;
        } else {
            more = continues(scanner, &line);
            join(scanner, line);
        }
    }
    return has_blank;
}

/* The logical line, lent from the text if it is one line, else kept in the arena. */
static struct logical_line keep_line(struct scanner *scanner)
{
    struct arena *arena = &scanner->document->arena;
    struct piece *pieces = arena_alloc(arena, scanner->piece_count * sizeof *pieces);
    memcpy(pieces, scanner->pieces, scanner->piece_count * sizeof *pieces);
    struct span text = scanner->piece_count == 1
                           ? bytes_of(scanner, pieces[0].source, pieces[0].source + scanner->joined.len)
                           : span_of(arena_dup(arena, scanner->joined.buf, scanner->joined.len),
                                     scanner->joined.len);
    return (struct logical_line){.text = text, .pieces = pieces, .piece_count = scanner->piece_count};
}

static void warn_of_blank(struct scanner *scanner, struct span line)
{
    struct document *document = scanner->document;
    document->warnings = memory_grow(document->warnings, document->warning_count,
                                     &scanner->builder->warnings, sizeof *document->warnings);
    document->warnings[document->warning_count++] = (struct complaint){
        .text = arena_format(&document->arena, "Empty continuation line found in: %.*s", (int)line.len,
                             line.ptr),
        .line = scanner->line,
        .end_line = scanner->line,
        .by_parser = true,
    };
}

/* Reads lines up to the terminator. */
static bool read_body(struct scanner *scanner, struct heredoc *heredoc)
{
    struct physical_line line;
    heredoc->body = (struct extent){scanner->at, scanner->at};
    while (read_line(scanner, &line)) {
        size_t start = line.start;
        struct span text = scanner->document->text;
        while (heredoc->chomps && start < line.end && text.ptr[start] == '\t')
            start++;
        if (span_equal(bytes_of(scanner, start, line.end), heredoc->name)) {
            heredoc->terminator = (struct extent){line.start, line.end};
            return true;
        }
        heredoc->body.end = line.next;
    }
    return false;
}

static bool has_heredoc_mark(struct span line)
{
    for (const char *p = line.ptr, *end = line.ptr + line.len; p + 1 < end; p++) {
        p = memchr(p, '<', (size_t)(end - p - 1));
        if (!p)
            return false;
        if (p[1] == '<')
            return true;
    }
    return false;
}

struct mark {
    size_t at, line_count;
    uint32_t line;
};

static void go_back(struct scanner *scanner, const struct mark *mark)
{
    scanner->at = mark->at;
    scanner->line = mark->line;
    scanner->document->line_count = mark->line_count;
}

static struct mark mark_here(const struct scanner *scanner)
{
    return (struct mark){scanner->at, scanner->document->line_count, scanner->line};
}

/* Bodies in the order of their words. An unterminated one is given up, and reading goes on where it would
 * have begun, so that one slip does not swallow the file: the mark stays there. */
static bool read_heredocs(struct scanner *scanner, struct instruction *instruction, struct mark *mark)
{
    cleanup_strvec struct strvec words = STRVEC_INIT;
    struct arena *arena = &scanner->document->arena;
    if (!line_may_have_heredocs(instruction) || !has_heredoc_mark(instruction->joined))
        return true;
    heredoc_words(instruction->joined, &words);
    instruction->heredocs = arena_alloc_zero(arena, (words.count + 1) * sizeof *instruction->heredocs);
    for (size_t i = 0; i < words.count; i++) {
        struct heredoc heredoc;
        heredoc_parse(&heredoc, span_of_text(words.items[i]), arena);
        if (!read_body(scanner, &heredoc))
            return false;
        heredoc.content = bytes_of(scanner, heredoc.body.start, heredoc.body.end);
        instruction->extent.end = heredoc.terminator.end;
        instruction->heredocs[instruction->heredoc_count++] = heredoc;
        *mark = mark_here(scanner);
    }
    return true;
}

static struct instruction *add_instruction(struct builder *builder, const struct instruction *instruction)
{
    struct document *document = builder->document;
    document->instructions = memory_grow(document->instructions, document->instruction_count,
                                         &builder->instructions, sizeof *document->instructions);
    struct instruction *added = &document->instructions[document->instruction_count++];
    *added = *instruction;
    return added;
}

/* What BuildKit's second step says: is the instruction right, and does a stage stand open? */
static void judge(struct builder *builder, struct instruction *instruction)
{
    struct arena *arena = &builder->document->arena;
    uint32_t line = instruction->line, end = instruction->end_line;
    instruction->error = instruction_check(instruction, arena);
    if (instruction->error)
        builder_check_error(builder, line, end,
                            arena_format(arena, "dockerfile parse error on line %u: %s", line,
                                         instruction->error));
    else if (!builder->has_stage && instruction->kind != INSTRUCTION_ARG &&
             instruction->kind != INSTRUCTION_FROM)
        builder_check_error(builder, line, end, "no build stage in current context");
    if (instruction->kind == INSTRUCTION_FROM)
        builder->has_stage = true;
}

static void read_instruction(struct scanner *scanner, uint32_t start)
{
    struct builder *builder = scanner->builder;
    struct document *document = scanner->document;
    struct logical_line line = keep_line(scanner);
    struct instruction instruction;
    const char *error = line_parse(&instruction, &line, document->escape, &document->arena);
    struct mark mark = mark_here(scanner);
    size_t errors = builder->parser_error_count;
    instruction.line = start;
    instruction.first_comment = scanner->block;
    if (error) {
        builder_parser_error(builder, start, scanner->line, error);
    } else {
        bool terminated = read_heredocs(scanner, &instruction, &mark);
        uint32_t last = scanner->line;
        if (builder->parser_error_count > errors) /* a line within was too long, where BuildKit stops */
            last = builder->parser_errors[errors].line;
        if (!terminated || builder->parser_error_count > errors) {
            builder->parser_error_count = errors;
            builder_parser_error(builder, start, last, "unterminated heredoc");
        }
        if (!terminated && scanner->unterminated++ < HEREDOC_RETRIES_MAX)
            go_back(scanner, &mark);
    }
    instruction.end_line = scanner->line;
    judge(builder, add_instruction(builder, &instruction));
}

static void count_comments(struct scanner *scanner, size_t end)
{
    struct document *document = scanner->document;
    struct instruction *last = &document->instructions[document->instruction_count - 1];
    last->comment_count = end - last->first_comment;
    scanner->block = document->comment_count;
}

static void read_logical_line(struct scanner *scanner, const struct physical_line *physical)
{
    struct span line = bytes_of(scanner, physical->start, physical->end);
    size_t before = span_space_before(line);
    uint32_t start = scanner->line;
    line = span_of(line.ptr + before, line.len - before);
    read_directive(scanner, line);
    if (line.len && line.ptr[0] == '#') {
        add_comment(scanner, physical, false);
        return;
    }
    bool more = continues(scanner, &line);
    if (!more && !line.len)
        return;
    size_t comments = scanner->document->comment_count;
    strbuf_reset(&scanner->joined);
    scanner->piece_count = 0;
    join(scanner, line);
    scanner->within = true;
    if (more && read_continuation(scanner))
        warn_of_blank(scanner, span_of(scanner->joined.buf, scanner->joined.len));
    read_instruction(scanner, start);
    scanner->within = false;
    count_comments(scanner, comments);
}

static void finish(struct builder *builder, uint32_t last_line)
{
    struct document *document = builder->document;
    bool too_long = builder->parser_error_count > 0;
    if (!document->instruction_count && !too_long)
        builder_parser_error(builder, last_line, last_line, "file with no instructions");
    document->error_count = builder->parser_error_count + builder->check_error_count;
    document->errors =
        arena_alloc(&document->arena, (document->error_count + 1) * sizeof *document->errors);
    if (builder->parser_error_count)
        memcpy(document->errors, builder->parser_errors,
               builder->parser_error_count * sizeof *document->errors);
    if (builder->check_error_count)
        memcpy(document->errors + builder->parser_error_count, builder->check_errors,
               builder->check_error_count * sizeof *document->errors);
    free(builder->parser_errors);
    free(builder->check_errors);
}

int document_parse(struct document **ret_document, struct span text, struct error *err)
{
    if (text.len > DOCUMENT_BYTES_MAX)
        return error_set(err, ERROR_LIMIT, "a Dockerfile of more than %zu bytes", DOCUMENT_BYTES_MAX);
    struct document *document = memory_alloc_zero(1, sizeof *document);
    struct builder builder = {.document = document};
    struct scanner scanner = {.builder = &builder, .document = document, .joined = STRBUF_INIT};
    struct physical_line line;
    document->escape = '\\';
    document->text = span_of(arena_dup(&document->arena, text.len ? text.ptr : "", text.len), text.len);
    while (read_line(&scanner, &line))
        read_logical_line(&scanner, &line);
    finish(&builder, scanner.line);
    strbuf_release(&scanner.joined);
    free(scanner.pieces);
    *ret_document = document;
    return 0;
}

void document_free(struct document *document)
{
    if (!document)
        return;
    free(document->directives);
    free(document->comments);
    free(document->instructions);
    free(document->warnings);
    free(document->lines);
    arena_release(&document->arena);
    free(document);
}

struct place document_place(const struct document *document, size_t offset)
{
    size_t low = 0, high = document->line_count;
    if (!high)
        return (struct place){1, (uint32_t)offset + 1};
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (document->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (struct place){(uint32_t)low + 1, (uint32_t)(offset - document->lines[low]) + 1};
}

struct span document_bytes(const struct document *document, struct extent extent)
{
    return span_of(document->text.ptr + extent.start, extent.end - extent.start);
}

struct span document_line(const struct document *document, uint32_t line)
{
    if (line == 0 || line > document->line_count)
        return span_of(document->text.ptr, 0);
    size_t start = document->lines[line - 1];
    size_t end = line < document->line_count ? document->lines[line] : document->text.len;
    while (end > start && (document->text.ptr[end - 1] == '\n' || document->text.ptr[end - 1] == '\r'))
        end--;
    return span_of(document->text.ptr + start, end - start);
}

bool document_has_tree(const struct document *document)
{
    return document->error_count == 0 || !document->errors[0].by_parser;
}

/* As ParseAll: line by line from the start, no blanks before the prefix. */
static struct span find_with(struct span text, const char *prefix, const char *wanted)
{
    bool saw[ARRAY_SIZE(directive_names)] = {false};
    while (text.len) {
        struct span name, value;
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len, next = end ? len + 1 : len;
        struct span line = span_of(text.ptr, len && text.ptr[len - 1] == '\r' ? len - 1 : len);
        if (!split_directive(line, prefix, &name, &value))
            break;
        size_t number = directive_number(name);
        if (number == ARRAY_SIZE(directive_names) || saw[number])
            break;
        saw[number] = true;
        if (strcmp(directive_names[number], wanted) == 0)
            return value;
        text = span_of(text.ptr + next, text.len - next);
    }
    return span_of(NULL, 0);
}

struct span document_find_directive(const struct document *document, const char *name)
{
    struct span text = document->text;
    if (span_starts_with(text, BYTE_ORDER_MARK))
        text = span_of(text.ptr + 3, text.len - 3);
    const char *end = text.len ? memchr(text.ptr, '\n', text.len) : NULL;
    if (span_starts_with(text, "#!") && end)
        text = span_of(end + 1, text.len - (size_t)(end + 1 - text.ptr));
    struct span value = find_with(text, "#", name);
    if (!value.ptr && strcmp(name, "syntax") == 0)
        value = find_with(text, "//", name);
    return value;
}

/* Lines, comments and instructions are taken out of the text at their places, and put back there. */
void document_print(const struct document *document, struct strbuf *out)
{
    size_t at = 0;
    for (size_t i = 0; i < document->instruction_count; i++) {
        struct extent extent = document->instructions[i].extent;
        strbuf_add(out, document->text.ptr + at, extent.start - at);
        strbuf_add(out, document->text.ptr + extent.start, extent.end - extent.start);
        at = extent.end;
    }
    strbuf_add(out, document->text.ptr + at, document->text.len - at);
}
