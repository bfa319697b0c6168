#include "generator/template.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "core/escape.h"
#include "core/file.h"
#include "core/memory.h"
#include "generator/language.h"

#define TEMPLATE_BYTES_MAX ((size_t)256 << 10)
#define NAME_BYTES_MAX 64

struct render {
    struct output_file *file;
    const struct values *values;
    struct template_library *library;
    bool comments;
    const char *name; /* of the template at hand */
    struct value loops[TEMPLATE_DEPTH_MAX];
    size_t loop_count;
    unsigned depth;
    struct error *err;
};

/* The lines of a template: a list of slices of its text. */
struct lines {
    struct span *items;
    size_t count, capacity;
};

void quote_for_shell(struct strbuf *out, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
    if (*text && strspn(text, plain) == strlen(text)) {
        strbuf_add_text(out, text);
        return;
    }
    strbuf_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            strbuf_add_text(out, "'\\''");
        else
            strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, '\'');
}

void quote_for_json(struct strbuf *out, const char *text)
{
    escape_for_json(out, span_of_text(text));
}

void quote_for_label(struct strbuf *out, const char *text)
{
    strbuf_add_char(out, '"');
    for (; *text; text++) {
        if (strchr("\"\\$", *text))
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, *text);
    }
    strbuf_add_char(out, '"');
}

static int refuse(struct render *render, size_t line, const char *format, ...) PRINTF_LIKE(3, 4);

static int refuse(struct render *render, size_t line, const char *format, ...)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    return error_set(render->err, ERROR_USAGE, "template %s:%zu: %s", render->name, line + 1,
                     text.buf);
}

static void split_lines(struct lines *lines, struct span text)
{
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        size_t stop = end ? (size_t)(end - text.ptr) : text.len;
        lines->items =
            memory_grow(lines->items, lines->count, &lines->capacity, sizeof *lines->items);
        lines->items[lines->count++] = span_of(text.ptr + at, stop - at);
        at = stop + 1;
    }
}

static const struct value *look_up(const struct render *render, const char *name)
{
    for (size_t i = render->loop_count; i-- > 0;)
        if (strcmp(render->loops[i].name, name) == 0)
            return &render->loops[i];
    return values_get(render->values, name);
}

static bool is_true(const struct value *value)
{
    if (!value)
        return false;
    return value->is_list ? value->items.count > 0 : value->text && *value->text;
}

static bool starts_directive(struct span line, const char *word, struct span *ret_rest)
{
    size_t len = strlen(word);
    if (line.len < len || memcmp(line.ptr, word, len) != 0 ||
        (line.len > len && line.ptr[len] != ' '))
        return false;
    *ret_rest = span_of(line.ptr + len, line.len - len);
    while (ret_rest->len && *ret_rest->ptr == ' ') {
        ret_rest->ptr++;
        ret_rest->len--;
    }
    return true;
}

static bool opens_block(struct span line)
{
    struct span rest;
    return starts_directive(line, "%if", &rest) || starts_directive(line, "%for", &rest);
}

static bool is_word(struct span line, const char *word)
{
    struct span rest;
    return starts_directive(line, word, &rest);
}

/* The line of the %end that closes the block at `from`, and of its %else (or the same). */
static int find_end(struct render *render, const struct lines *lines, size_t from, size_t to,
                    size_t *ret_else, size_t *ret_end)
{
    unsigned depth = 0;
    size_t otherwise = 0;
    for (size_t i = from; i < to; i++) {
        if (opens_block(lines->items[i]))
            depth++;
        else if (depth == 1 && is_word(lines->items[i], "%else"))
            otherwise = i;
        else if (is_word(lines->items[i], "%end") && --depth == 0) {
            *ret_end = i;
            *ret_else = otherwise ? otherwise : i;
            return 0;
        }
    }
    return refuse(render, from, "is not closed by %%end");
}

static bool take_name(struct span *rest, char name[NAME_BYTES_MAX])
{
    size_t len = 0;
    while (len < rest->len && (isalnum((unsigned char)rest->ptr[len]) || rest->ptr[len] == '_'))
        len++;
    if (!len || len >= NAME_BYTES_MAX)
        return false;
    memcpy(name, rest->ptr, len);
    name[len] = '\0';
    rest->ptr += len;
    rest->len -= len;
    while (rest->len && *rest->ptr == ' ') {
        rest->ptr++;
        rest->len--;
    }
    return true;
}

static int condition(struct render *render, size_t line, struct span rest, bool *ret_holds)
{
    char name[NAME_BYTES_MAX];
    bool negated = rest.len && *rest.ptr == '!';
    if (negated) {
        rest.ptr++;
        rest.len--;
    }
    if (!take_name(&rest, name))
        return refuse(render, line, "a name is wanted");
    const struct value *value = look_up(render, name);
    const char *text = value && value->text ? value->text : "";
    if (!rest.len) {
        *ret_holds = is_true(value) != negated;
        return 0;
    }
    bool unequal = span_starts_with(rest, "!= ");
    if (!unequal && !span_starts_with(rest, "= "))
        return refuse(render, line, "'=' or '!=' is wanted");
    size_t skip = unequal ? 3 : 2;
    struct span wanted = span_of(rest.ptr + skip, rest.len - skip);
    *ret_holds = span_equals_text(wanted, text) != unequal;
    return 0;
}

static int check_text(struct render *render, size_t line, const char *name, const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return refuse(render, line, "the value of '%s' holds a control character", name);
    return 0;
}

static void add_filtered(struct strbuf *out, const char *text, const char *filter)
{
    if (strcmp(filter, "json") == 0)
        quote_for_json(out, text);
    else if (strcmp(filter, "shell") == 0)
        quote_for_shell(out, text);
    else if (strcmp(filter, "label") == 0)
        quote_for_label(out, text);
    else
        strbuf_add_text(out, text);
}

static int add_value(struct render *render, size_t line, const struct value *value,
                     const char *filter)
{
    struct strbuf *out = &render->file->content;
    if (!value->is_list) {
        const char *text = value->text ? value->text : "";
        if (check_text(render, line, value->name, text) < 0)
            return -1;
        add_filtered(out, text, filter);
        return 0;
    }
    bool json = strcmp(filter, "json") == 0;
    const char *between = json ? ", " : strcmp(filter, "and") == 0 ? " \\\n    && " : " ";
    strbuf_add_text(out, json ? "[" : "");
    for (size_t i = 0; i < value->items.count; i++) {
        if (check_text(render, line, value->name, value->items.items[i]) < 0)
            return -1;
        strbuf_add_text(out, i == 0 ? "" : between);
        add_filtered(out, value->items.items[i], filter);
    }
    strbuf_add_text(out, json ? "]" : "");
    return 0;
}

static void add_origin(struct render *render, size_t line, const struct evidence *evidence)
{
    struct output_file *file = render->file;
    file->origins = memory_grow(file->origins, file->origin_count, &file->origin_capacity,
                                sizeof *file->origins);
    cleanup_strbuf struct strbuf place = STRBUF_INIT;
    strbuf_addf(&place, "%s:%zu", render->name, line + 1);
    file->origins[file->origin_count++] = (struct line_origin){
        .evidence = *evidence,
        .template = arena_dup(&render->library->arena, place.buf, place.len),
    };
}

static bool is_comment(struct span line)
{
    static const char *const kept[] = {"# syntax=", "# check=", "# hadolint "};
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
        if (span_starts_with(line, kept[i]))
            return false;
    return line.len && *line.ptr == '#';
}

/* One "{{NAME|FILTER}}", of which `at` is behind the braces. */
static int place_value(struct render *render, size_t number, struct span line, size_t *at,
                       struct evidence *origin)
{
    char name[NAME_BYTES_MAX], filter[NAME_BYTES_MAX] = "";
    struct span rest = span_of(line.ptr + *at, line.len - *at);
    bool good = take_name(&rest, name);
    if (good && rest.len && *rest.ptr == '|') {
        rest.ptr++;
        rest.len--;
        good = take_name(&rest, filter);
    }
    if (!good || !span_starts_with(rest, "}}"))
        return refuse(render, number, "{{NAME}} or {{NAME|FILTER}} is wanted");
    const struct value *value = look_up(render, name);
    if (!value)
        return refuse(render, number, "there is no value '%s'", name);
    if (!origin->file)
        *origin = value->origin;
    *at = (size_t)(rest.ptr - line.ptr) + 2;
    return add_value(render, number, value, filter);
}

static int render_line(struct render *render, size_t number, struct span line)
{
    struct strbuf *out = &render->file->content;
    struct evidence origin = evidence_none;
    size_t start = out->len;
    if (is_comment(line) && !render->comments)
        return 0;
    bool after_blank = !out->len || (out->len >= 2 && strcmp(out->buf + out->len - 2, "\n\n") == 0);
    if (!line.len && after_blank)
        return 0;
    for (size_t at = 0; at < line.len;) {
        if (line.len - at >= 2 && memcmp(line.ptr + at, "{{", 2) == 0) {
            at += 2;
            if (place_value(render, number, line, &at, &origin) < 0)
                return -1;
        } else {
            strbuf_add_char(out, line.ptr[at++]);
        }
    }
    strbuf_add_char(out, '\n');
    if (out->len > TEMPLATE_OUTPUT_MAX)
        return error_set(render->err, ERROR_LIMIT, "template %s: makes more than 1 MiB",
                         render->name);
    for (size_t at = start; at < out->len; at++)
        if (out->buf[at] == '\n')
            add_origin(render, number, &origin);
    return 0;
}

static int render_lines(struct render *render, const struct lines *lines, size_t from, size_t to);

static int render_loop(struct render *render, const struct lines *lines, size_t at,
                       struct span rest, size_t end)
{
    char item[NAME_BYTES_MAX], list[NAME_BYTES_MAX];
    bool good = take_name(&rest, item) && span_starts_with(rest, "in ");
    if (good) {
        rest.ptr += 3;
        rest.len -= 3;
        good = take_name(&rest, list) && !rest.len;
    }
    if (!good)
        return refuse(render, at, "'%%for X in NAME' is wanted");
    const struct value *value = look_up(render, list);
    if (!value || !value->is_list)
        return 0;
    if (render->loop_count == TEMPLATE_DEPTH_MAX)
        return refuse(render, at, "loops nest too deep");
    struct value *loop = &render->loops[render->loop_count++];
    int result = 0;
    for (size_t i = 0; i < value->items.count && result == 0; i++) {
        *loop =
            (struct value){.name = item, .text = value->items.items[i], .origin = value->origin};
        result = render_lines(render, lines, at + 1, end);
    }
    render->loop_count--;
    return result;
}

static int load(struct render *render, const char *name, struct span *ret_text, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
    if (render->library->folder) {
        strbuf_addf(&path, "%s/%s.Dockerfile", render->library->folder, name);
        if (access(path.buf, F_OK) == 0) {
            if (file_read(&text, path.buf, TEMPLATE_BYTES_MAX, err) < 0)
                return -1;
            *ret_text = span_of(arena_dup(&render->library->arena, text.buf, text.len), text.len);
            return 0;
        }
    }
    *ret_text = template_source(name);
    if (ret_text->len)
        return 0;
    return error_set(err, ERROR_USAGE, "there is no template '%s'", name);
}

static int render_template(struct render *render, const char *name)
{
    struct lines lines = {0};
    struct span text;
    const char *outer = render->name;
    if (++render->depth > TEMPLATE_DEPTH_MAX)
        return error_set(render->err, ERROR_USAGE, "template %s: includes nest too deep", name);
    if (load(render, name, &text, render->err) < 0)
        return -1;
    render->name = name;
    split_lines(&lines, text);
    int result = render_lines(render, &lines, 0, lines.count);
    free(lines.items);
    render->name = outer;
    render->depth--;
    return result;
}

static int render_directive(struct render *render, const struct lines *lines, size_t *at, size_t to)
{
    struct span line = lines->items[*at], rest;
    size_t otherwise = 0, end = 0;
    bool holds = false;
    char name[NAME_BYTES_MAX];
    if (starts_directive(line, "%--", &rest))
        return 0;
    if (starts_directive(line, "%include", &rest)) {
        if (!take_name(&rest, name) || rest.len)
            return refuse(render, *at, "a name is wanted");
        return render_template(render, name);
    }
    if (!opens_block(line))
        return refuse(render, *at, "no such directive");
    size_t start = *at;
    if (find_end(render, lines, start, to, &otherwise, &end) < 0)
        return -1;
    *at = end;
    if (starts_directive(line, "%for", &rest))
        return render_loop(render, lines, start, rest, end);
    starts_directive(line, "%if", &rest);
    if (condition(render, start, rest, &holds) < 0)
        return -1;
    if (holds)
        return render_lines(render, lines, start + 1, otherwise);
    return otherwise < end ? render_lines(render, lines, otherwise + 1, end) : 0;
}

static int render_lines(struct render *render, const struct lines *lines, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        struct span line = lines->items[i];
        bool directive = line.len && *line.ptr == '%';
        int result =
            directive ? render_directive(render, lines, &i, to) : render_line(render, i, line);
        if (result < 0)
            return -1;
    }
    return 0;
}

int template_render(struct output_file *file, const char *name, const struct values *values,
                    struct template_library *library, bool comments, struct error *err)
{
    struct render render = {.file = file,
                            .values = values,
                            .library = library,
                            .comments = comments,
                            .name = name,
                            .err = err};
    return render_template(&render, name);
}
