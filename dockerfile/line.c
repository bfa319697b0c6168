#include <strings.h>

#include "core/memory.h"
#include "dockerfile/builder.h"
#include "dockerfile/exec_form.h"
#include "dockerfile/unicode.h"

/* How the rest of a line is taken apart. */
enum shape {
    SHAPE_NONE, /* an unknown instruction: its rest is not looked at */
    SHAPE_WORDS,
    SHAPE_REST,
    SHAPE_EXEC_OR_SHELL,
    SHAPE_EXEC_OR_WORDS,
    SHAPE_NAMES,
    SHAPE_PAIRS,
    SHAPE_HEALTH,
    SHAPE_TRIGGER,
};

static const struct {
    const char *name;
    enum shape shape;
    bool heredocs;
} kinds[] = {
    [INSTRUCTION_ADD] = {"add", SHAPE_EXEC_OR_WORDS, true},
    [INSTRUCTION_ARG] = {"arg", SHAPE_NAMES, false},
    [INSTRUCTION_CMD] = {"cmd", SHAPE_EXEC_OR_SHELL, false},
    [INSTRUCTION_COPY] = {"copy", SHAPE_EXEC_OR_WORDS, true},
    [INSTRUCTION_ENTRYPOINT] = {"entrypoint", SHAPE_EXEC_OR_SHELL, false},
    [INSTRUCTION_ENV] = {"env", SHAPE_PAIRS, false},
    [INSTRUCTION_EXPOSE] = {"expose", SHAPE_WORDS, false},
    [INSTRUCTION_FROM] = {"from", SHAPE_WORDS, false},
    [INSTRUCTION_HEALTHCHECK] = {"healthcheck", SHAPE_HEALTH, false},
    [INSTRUCTION_LABEL] = {"label", SHAPE_PAIRS, false},
    [INSTRUCTION_MAINTAINER] = {"maintainer", SHAPE_REST, false},
    [INSTRUCTION_ONBUILD] = {"onbuild", SHAPE_TRIGGER, false},
    [INSTRUCTION_RUN] = {"run", SHAPE_EXEC_OR_SHELL, true},
    [INSTRUCTION_SHELL] = {"shell", SHAPE_EXEC_OR_SHELL, false},
    [INSTRUCTION_STOPSIGNAL] = {"stopsignal", SHAPE_REST, false},
    [INSTRUCTION_USER] = {"user", SHAPE_REST, false},
    [INSTRUCTION_VOLUME] = {"volume", SHAPE_EXEC_OR_WORDS, false},
    [INSTRUCTION_WORKDIR] = {"workdir", SHAPE_REST, false},
    [INSTRUCTION_UNKNOWN] = {NULL, SHAPE_NONE, false},
};

static const char not_strings[] =
    "when using JSON array syntax, arrays must be comprised of strings only";

const char *instruction_kind_name(enum instruction_kind kind)
{
    return kinds[kind].name;
}

enum instruction_kind instruction_kind_of(struct span keyword)
{
    for (size_t i = 0; keyword.len && i < INSTRUCTION_UNKNOWN; i++)
        if ((keyword.ptr[0] | 0x20) == kinds[i].name[0] && span_equals_nocase(keyword, kinds[i].name))
            return (enum instruction_kind)i;
    return INSTRUCTION_UNKNOWN;
}

const struct flag *instruction_flag(const struct instruction *instruction, const char *name)
{
    for (size_t i = 0; i < instruction->flag_count; i++)
        if (span_equals_text(instruction->flags[i].name, name))
            return &instruction->flags[i];
    return NULL;
}

size_t instruction_source(const struct instruction *instruction, size_t joined)
{
    size_t low = 0, high = instruction->piece_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (instruction->pieces[middle].joined <= joined)
            low = middle;
        else
            high = middle;
    }
    return instruction->pieces[low].source + (joined - instruction->pieces[low].joined);
}

struct extent instruction_source_extent(const struct instruction *instruction, size_t start, size_t end)
{
    size_t first = instruction_source(instruction, start);
    return (struct extent){first, end > start ? instruction_source(instruction, end - 1) + 1 : first};
}

/* A line being read. Offsets are of the joined line. */
struct reader {
    struct instruction *instruction;
    struct arena *arena;
    struct span line;
    size_t at, end; /* the rest */
    char escape;
    struct word *words;
    size_t count, capacity;
    struct strbuf scratch;
};

static struct span between(const struct reader *reader, size_t start, size_t end)
{
    return span_of(reader->line.ptr + start, end - start);
}

static struct span rest_of(const struct reader *reader)
{
    return between(reader, reader->at, reader->end);
}

static void add_word(struct reader *reader, struct span text, size_t start, size_t end)
{
    reader->words = memory_grow(reader->words, reader->count, &reader->capacity, sizeof *reader->words);
    reader->words[reader->count++] = (struct word){
        .text = text,
        .extent = instruction_source_extent(reader->instruction, start, end),
    };
}

static void add_slice(struct reader *reader, size_t start, size_t end)
{
    add_word(reader, between(reader, start, end), start, end);
}

static struct span keep(struct reader *reader, const struct strbuf *text)
{
    return span_of(arena_dup(reader->arena, text->buf, text->len), text->len);
}

static bool is_blank(char c)
{
    return c == '\t' || c == '\v' || c == '\f' || c == '\r' || c == ' ';
}

/* What Go's unicode.IsSpace says of a byte taken for a rune. */
static bool is_space_byte(char c)
{
    return rune_is_space((unsigned char)c);
}

static size_t blank_from(const struct reader *reader, size_t at)
{
    while (at < reader->end && !is_blank(reader->line.ptr[at]))
        at++;
    return at;
}

static size_t behind_blanks(const struct reader *reader, size_t at)
{
    while (at < reader->end && is_blank(reader->line.ptr[at]))
        at++;
    return at;
}

static void trim(struct reader *reader)
{
    reader->at += span_space_before(rest_of(reader));
    reader->end -= span_space_behind(rest_of(reader));
}

static void add_flag(struct reader *reader, size_t start, size_t end)
{
    struct instruction *instruction = reader->instruction;
    struct span text = keep(reader, &reader->scratch);
    struct flag flag = {
        .text = text,
        .extent = instruction_source_extent(instruction, start, end),
        .name = span_of(text.ptr + (text.len < 2 ? text.len : 2), text.len < 2 ? 0 : text.len - 2),
    };
    const char *equals = flag.name.len ? memchr(flag.name.ptr, '=', flag.name.len) : NULL;
    flag.value = span_of(text.ptr + text.len, 0);
    if (equals) {
        flag.has_value = true;
        flag.value = span_of(equals + 1, (size_t)(text.ptr + text.len - equals - 1));
        flag.name.len = (size_t)(equals - flag.name.ptr);
    }
    size_t count = instruction->flag_count;
    if ((count & (count - 1)) == 0) { /* full at each power of two */
        struct flag *grown = arena_alloc(reader->arena, (count ? count * 2 : 1) * sizeof *grown);
        if (count)
            memcpy(grown, instruction->flags, count * sizeof *grown);
        instruction->flags = grown;
    }
    instruction->flags[instruction->flag_count++] = flag;
}

/* Reads one flag without its quotes into the scratch, and returns where it ends. */
static size_t read_flag(struct reader *reader, size_t at, bool *ret_quoted)
{
    const char *line = reader->line.ptr;
    char quote = 0;
    strbuf_reset(&reader->scratch);
    *ret_quoted = false;
    for (; at < reader->end; at++) {
        char c = line[at];
        if (!quote && is_space_byte(c))
            break;
        if (quote && c == quote) {
            quote = 0;
        } else if (!quote && (c == '\'' || c == '"')) {
            quote = c;
            *ret_quoted = true;
        } else if (c != reader->escape) {
            strbuf_add_char(&reader->scratch, c);
        } else if (at + 1 < reader->end) {
            strbuf_add_char(&reader->scratch, line[++at]);
        } else {
            quote = 0; /* an escape at the end is dropped */
        }
    }
    return at;
}

/* Words that begin with `--`, up to a `--` alone. */
static void read_flags(struct reader *reader)
{
    for (;;) {
        while (reader->at < reader->end && is_space_byte(reader->line.ptr[reader->at]))
            reader->at++;
        if (reader->end - reader->at < 2 || memcmp(reader->line.ptr + reader->at, "--", 2) != 0)
            return;
        bool quoted;
        size_t start = reader->at, end = read_flag(reader, start, &quoted);
        bool alone = reader->scratch.len == 2;
        reader->at = end;
        if (alone && memcmp(reader->scratch.buf, "--", 2) == 0)
            return;
        add_flag(reader, start, end);
    }
}

static const char *read_words(struct reader *reader)
{
    size_t at = reader->at;
    while (at < reader->end) {
        size_t end = blank_from(reader, at);
        add_slice(reader, at, end);
        at = behind_blanks(reader, end);
    }
    return NULL;
}

static const char *read_rest(struct reader *reader)
{
    if (reader->at < reader->end)
        add_slice(reader, reader->at, reader->end);
    return NULL;
}

/* Tries the JSON form; `other` is what it is else. */
static const char *read_exec(struct reader *reader, enum form other)
{
    struct word *words;
    size_t count;
    struct span rest = rest_of(reader);
    reader->instruction->form = other;
    switch (exec_form_parse(rest, reader->arena, &words, &count)) {
    case EXEC_FORM_YES:
        reader->instruction->form = FORM_EXEC;
        for (size_t i = 0; i < count; i++)
            add_word(reader, words[i].text, reader->at + words[i].extent.start,
                     reader->at + words[i].extent.end);
        return NULL;
    case EXEC_FORM_FOREIGN: read_rest(reader); return not_strings;
    default: return other == FORM_WORDS ? read_words(reader) : read_rest(reader);
    }
}

/* Reads a word with its quotes and escapes; an escape at the very end is dropped. */
static size_t read_quoted_word(struct reader *reader, size_t at, bool *ret_is_word)
{
    char quote = 0;
    bool quoted = false;
    strbuf_reset(&reader->scratch);
    while (at < reader->end) {
        size_t len;
        char c = reader->line.ptr[at];
        uint32_t rune = rune_decode(between(reader, at, reader->end), &len);
        if (!quote && rune_is_space(rune))
            break;
        if (c == reader->escape && quote != '\'') {
            if (at + 1 == reader->end) {
                at++;
                break;
            }
            strbuf_add_char(&reader->scratch, c);
            at++;
            rune = rune_decode(between(reader, at, reader->end), &len);
        } else if (quote && c == quote) {
            quote = 0;
        } else if (!quote && (c == '\'' || c == '"')) {
            quote = c;
            quoted = true;
        }
        rune_add(&reader->scratch, rune);
        at += len;
    }
    *ret_is_word = quoted || reader->scratch.len;
    return at;
}

/* Text between two places of the line: lent where it is the same, else kept. */
static struct span word_text(struct reader *reader, size_t start, size_t end)
{
    struct span slice = between(reader, start, end);
    struct span read = span_of(reader->scratch.buf, reader->scratch.len);
    return span_equal(slice, read) ? slice : keep(reader, &reader->scratch);
}

static const char *read_names(struct reader *reader)
{
    size_t at = reader->at;
    for (;;) {
        bool is_word;
        at += span_space_before(between(reader, at, reader->end));
        if (at >= reader->end)
            return NULL;
        size_t end = read_quoted_word(reader, at, &is_word);
        if (is_word)
            add_word(reader, word_text(reader, at, end), at, end);
        at = end;
    }
}

/* Key and value are parted at the same sign in the text and in the line, though the text may be longer where
 * bytes are no UTF-8, or lack an escape at the end. */
static void add_pair(struct reader *reader, struct span text, size_t start, size_t end)
{
    const char *equals = memchr(text.ptr, '=', text.len);
    const char *sign = memchr(reader->line.ptr + start, '=', end - start);
    size_t key = (size_t)(equals - text.ptr), at = (size_t)(sign - reader->line.ptr);
    add_word(reader, span_of(text.ptr, key), start, at);
    add_word(reader, span_of(equals + 1, text.len - key - 1), at + 1, end);
    add_word(reader, span_of(equals, 1), at, at + 1);
}

static const char *read_old_pair(struct reader *reader)
{
    const char *name = kinds[reader->instruction->kind].name;
    size_t end = blank_from(reader, reader->at), value = behind_blanks(reader, end);
    if (end == reader->end) {
        read_rest(reader);
        return arena_format(reader->arena, "%s must have two arguments", strcmp(name, "env") == 0 ? "ENV" : "LABEL");
    }
    add_slice(reader, reader->at, end);
    add_slice(reader, value, reader->end);
    add_word(reader, span_of(reader->line.ptr + end, 0), end, end);
    return NULL;
}

static const char *not_a_pair(struct reader *reader, struct span word)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "Syntax error - can't find = in ");
    quote_go(&text, word);
    strbuf_add_text(&text, ". Must be of the form: name=value");
    return arena_dup(reader->arena, text.buf, text.len);
}

static const char *read_pairs(struct reader *reader)
{
    const char *error = NULL;
    size_t at = reader->at;
    bool first = true;
    reader->instruction->form = FORM_PAIRS;
    for (;; first = false) {
        bool is_word;
        at += span_space_before(between(reader, at, reader->end));
        if (at >= reader->end)
            return error;
        size_t end = read_quoted_word(reader, at, &is_word);
        if (is_word) {
            struct span text = word_text(reader, at, end);
            bool has_equals = text.len && memchr(text.ptr, '=', text.len);
            if (has_equals)
                add_pair(reader, text, at, end);
            else if (first)
                return read_old_pair(reader);
            else if (!error)
                error = not_a_pair(reader, text);
        }
        at = end;
    }
}

static const char *read_health(struct reader *reader)
{
    size_t at = reader->at;
    while (at < reader->end && !is_space_byte(reader->line.ptr[at]))
        at++;
    if (at == reader->at)
        return NULL;
    add_slice(reader, reader->at, at);
    while (at < reader->end && is_space_byte(reader->line.ptr[at]))
        at++;
    reader->at = at;
    if (at == reader->end) {
        reader->instruction->form = FORM_SHELL;
        return NULL;
    }
    return read_exec(reader, FORM_SHELL);
}

static const char *line_parse_within(struct instruction *instruction, struct span line, size_t start,
                                     size_t end, char escape, struct arena *arena, unsigned depth);

static const char *read_trigger(struct reader *reader, unsigned depth)
{
    struct instruction *outer = reader->instruction;
    if (reader->at == reader->end)
        return NULL;
    if (depth >= DOCUMENT_TRIGGERS_MAX)
        return "ONBUILD nests too deep";
    struct instruction *trigger = arena_alloc_zero(reader->arena, sizeof *trigger);
    trigger->joined = outer->joined;
    trigger->pieces = outer->pieces;
    trigger->piece_count = outer->piece_count;
    outer->trigger = trigger;
    return line_parse_within(trigger, reader->line, reader->at, reader->end, reader->escape, reader->arena,
                             depth + 1);
}

static const char *read_arguments(struct reader *reader, unsigned depth)
{
    reader->instruction->form = FORM_WORDS;
    switch (kinds[reader->instruction->kind].shape) {
    case SHAPE_WORDS: return read_words(reader);
    case SHAPE_REST: return read_rest(reader);
    case SHAPE_EXEC_OR_SHELL: return read_exec(reader, FORM_SHELL);
    case SHAPE_EXEC_OR_WORDS: return read_exec(reader, FORM_WORDS);
    case SHAPE_NAMES: return read_names(reader);
    case SHAPE_PAIRS: return read_pairs(reader);
    case SHAPE_HEALTH: return read_health(reader);
    case SHAPE_TRIGGER: return read_trigger(reader, depth);
    default: return NULL;
    }
}

/* Takes apart what stands between two places of a joined line: all of it, or what ONBUILD triggers. */
static const char *line_parse_within(struct instruction *instruction, struct span line, size_t start,
                                     size_t end, char escape, struct arena *arena, unsigned depth)
{
    struct reader reader = {
        .instruction = instruction,
        .arena = arena,
        .line = line,
        .at = start,
        .end = end,
        .escape = escape,
        .scratch = STRBUF_INIT,
    };
    trim(&reader);
    size_t behind = blank_from(&reader, reader.at);
    instruction->keyword = (struct word){
        .text = between(&reader, reader.at, behind),
        .extent = instruction_source_extent(instruction, reader.at, behind),
    };
    instruction->kind = instruction_kind_of(instruction->keyword.text);
    instruction->extent = instruction_source_extent(instruction, reader.at, reader.end);
    reader.at = behind_blanks(&reader, behind);
    read_flags(&reader);
    trim(&reader);
    instruction->rest = (struct word){
        .text = rest_of(&reader),
        .extent = instruction_source_extent(instruction, reader.at, reader.end),
    };
    const char *error = read_arguments(&reader, depth);
    instruction->arg_count = reader.count;
    instruction->args = arena_alloc(arena, (reader.count + 1) * sizeof *reader.words);
    if (reader.count)
        memcpy(instruction->args, reader.words, reader.count * sizeof *reader.words);
    free(reader.words);
    strbuf_release(&reader.scratch);
    return error;
}

const char *line_parse(struct instruction *ret_instruction, const struct logical_line *line, char escape,
                       struct arena *arena)
{
    *ret_instruction = (struct instruction){
        .joined = line->text,
        .pieces = line->pieces,
        .piece_count = line->piece_count,
    };
    return line_parse_within(ret_instruction, line->text, 0, line->text.len, escape, arena, 0);
}

bool line_may_have_heredocs(const struct instruction *instruction)
{
    if (instruction->trigger)
        instruction = instruction->trigger;
    return kinds[instruction->kind].heredocs && instruction->form != FORM_EXEC;
}
