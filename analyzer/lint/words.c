#include "analyzer/lint/words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct span word_unquoted(struct span text)
{
    while (text.len && (*text.ptr == '"' || *text.ptr == '\'')) {
        text.ptr++;
        text.len--;
    }
    while (text.len && (text.ptr[text.len - 1] == '"' || text.ptr[text.len - 1] == '\''))
        text.len--;
    return text;
}

bool span_has(struct span text, char c)
{
    return text.len && memchr(text.ptr, c, text.len);
}

bool span_contains(struct span text, const char *part)
{
    size_t len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++)
        if (memcmp(text.ptr + i, part, len) == 0)
            return true;
    return false;
}

bool span_contains_nocase(struct span text, const char *part)
{
    size_t len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++)
        if (strncasecmp(text.ptr + i, part, len) == 0)
            return true;
    return false;
}

bool span_equals_word(struct span a, struct span b)
{
    return a.len == b.len && (!a.len || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

/* Variables */

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

bool word_next_variable(struct span text, char escape, struct variable_walk *walk,
                        struct span *ret_name)
{
    while (walk->at + 1 < text.len) {
        size_t i = walk->at++;
        char c = text.ptr[i];
        if (c == '\'' && !walk->twice) {
            walk->single = !walk->single;
        } else if (c == '"' && !walk->single) {
            walk->twice = !walk->twice;
        } else if (c == escape && !walk->single) {
            walk->at++;
        } else if (c == '$' && !walk->single) {
            size_t start = i + 1 + (text.ptr[i + 1] == '{'), end = start;
            while (end < text.len && is_name_char(text.ptr[end]))
                end++;
            walk->at = end;
            *ret_name = span_of(text.ptr + start, end - start);
            if (end > start)
                return true;
        }
    }
    return false;
}

bool word_has_variable(const struct lint *lint, struct span text)
{
    struct variable_walk walk = {0};
    struct span name;
    return word_next_variable(text, lint->document->escape, &walk, &name);
}

/* Paths and images */

bool path_is_absolute(struct span path)
{
    if (path.len && (*path.ptr == '/' || *path.ptr == '\\'))
        return true;
    return path.len > 2 && isalpha((unsigned char)*path.ptr) && path.ptr[1] == ':' &&
           (path.ptr[2] == '/' || path.ptr[2] == '\\');
}

/* The bytes behind the last `c`, taken off the end; nothing if there is none. */
static struct span cut_behind(struct span *text, char c)
{
    for (size_t i = text->len; i-- > 0;) {
        if (text->ptr[i] != c)
            continue;
        struct span behind = span_of(text->ptr + i + 1, text->len - i - 1);
        text->len = i;
        return behind;
    }
    return span_of(NULL, 0);
}

struct image_name image_name_read(struct span text)
{
    struct image_name image = {.name = text};
    const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
    if (slash) {
        struct span host = span_of(text.ptr, (size_t)(slash - text.ptr));
        if (span_has(host, '.') || span_has(host, ':') ||
            span_equals_text(host, "localhost")) {
            image.registry = host;
            image.name = span_of(slash + 1, text.len - host.len - 1);
        }
    }
    image.digest = cut_behind(&image.name, '@');
    struct span rest = image.name, last = cut_behind(&rest, '/');
    struct span tail = last.ptr ? last : image.name;
    const char *colon = tail.len ? memchr(tail.ptr, ':', tail.len) : NULL;
    if (colon) {
        image.tag = span_of(colon + 1, (size_t)(tail.ptr + tail.len - colon - 1));
        image.name.len -= image.tag.len + 1;
    }
    return image;
}

/* Places */

struct extent check_place(const struct lint *lint, const struct lint_step *step,
                          struct extent word)
{
    const struct instruction *instruction =
        step->onbuild ? step->onbuild->instruction : step->instruction;
    if (document_place(lint->document, word.start).line == instruction->line)
        return word;
    return instruction->keyword.extent;
}

struct extent keyword_place(const struct lint_step *step)
{
    return step->instruction->keyword.extent;
}

struct extent arg_place(const struct lint_step *step, size_t index)
{
    const struct instruction *instruction = step->instruction;
    /* a word of EXPOSE may become several */
    if (step->args.count != instruction->arg_count || index >= instruction->arg_count)
        return keyword_place(step);
    return instruction->args[index].extent;
}

/* Pairs */

size_t pair_count(const struct lint_step *step)
{
    return step->instruction->form == FORM_PAIRS ? step->instruction->arg_count / 3 : 0;
}

struct lint_pair pair_at(const struct lint *lint, const struct lint_step *step,
                         size_t index)
{
    const struct word *key = &step->instruction->args[3 * index];
    struct lint_pair pair = {
        .key = key, .written = key + 1, .name = word_unquoted(key->text)};
    if (!step->unmatched.count || !word_has_variable(lint, key[1].text))
        pair.value = step_arg(step, 3 * index + 1);
    return pair;
}

struct span arg_name(const struct word *word)
{
    const char *equals =
        word->text.len ? memchr(word->text.ptr, '=', word->text.len) : NULL;
    return equals ? span_of(word->text.ptr, (size_t)(equals - word->text.ptr)) : word->text;
}

const struct lint_step *stage_next(const struct lint *lint, const struct lint_stage *stage,
                                   size_t *at, enum instruction_kind kind)
{
    while (*at < stage->first + stage->count) {
        const struct lint_step *step = &lint->steps[(*at)++];
        if (step_is(step, kind) && !step->onbuild)
            return step;
    }
    return NULL;
}

/* Fixes */

/* Letters that mean themselves to a shell, to Docker and in JSON. */
static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_./:=@%+,- \t", c));
}

/* What a shell does itself has no program. */
static bool is_builtin(struct span word)
{
    static const char *const builtins[] = {
        ".",        ":",        "alias",  "bg",       "break", "case",   "cd",    "command",
        "continue", "declare",  "do",     "done",     "else",  "eval",   "exit",  "export",
        "fi",       "fg",       "for",    "function", "if",    "jobs",   "let",   "local",
        "read",     "readonly", "return", "select",   "set",   "shift",  "shopt", "source",
        "then",     "time",     "times",  "trap",     "type",  "ulimit", "umask", "unalias",
        "unset",    "until",    "wait",   "while",    NULL,
    };
    for (const char *const *builtin = builtins; *builtin; builtin++)
        if (span_equals_text(word, *builtin))
            return true;
    return span_has(word, '=');
}

static struct span take_word(struct span *text)
{
    while (text->len && (*text->ptr == ' ' || *text->ptr == '\t')) {
        text->ptr++;
        text->len--;
    }
    struct span word = span_of(text->ptr, 0);
    while (text->len && *text->ptr != ' ' && *text->ptr != '\t') {
        text->ptr++;
        text->len--;
        word.len++;
    }
    return word;
}

static bool is_one_line(const struct lint *lint, struct extent extent)
{
    return !span_has(document_bytes(lint->document, extent), '\n');
}

void fix_exec_form(struct lint *lint, const struct lint_step *step)
{
    const struct instruction *instruction = step->instruction;
    /* the command of HEALTHCHECK stands behind its CMD */
    size_t at = instruction->kind == INSTRUCTION_HEALTHCHECK ? 1 : 0;
    if (instruction->arg_count != at + 1 ||
        !is_one_line(lint, instruction->args[at].extent))
        return;
    const struct word *command = &instruction->args[at];
    struct span text = command->text;
    for (size_t i = 0; i < text.len; i++)
        if (!is_plain(text.ptr[i]))
            return;
    struct span word = take_word(&text);
    if (span_equals_text(word, "exec"))
        word = take_word(&text);
    if (!word.len || is_builtin(word) || *word.ptr == '-')
        return;
    cleanup_strbuf struct strbuf json = STRBUF_INIT;
    for (; word.len; word = take_word(&text))
        strbuf_addf(&json, "%s\"%.*s\"", json.len ? ", " : "", (int)word.len, word.ptr);
    lint_fix(lint, "write it as a JSON array",
             "the command runs without a shell, as process 1");
    lint_edit(lint, command->extent, "[%s]", json.buf);
}

void edit_remove(struct lint *lint, const struct lint_step *step)
{
    struct extent extent = step->instruction->extent;
    struct span text = lint->document->text;
    while (extent.start && (text.ptr[extent.start - 1] == ' ' || text.ptr[extent.start - 1] == '\t'))
        extent.start--;
    while (extent.end < text.len && text.ptr[extent.end] != '\n')
        extent.end++;
    if (extent.end < text.len)
        extent.end++;
    lint_edit(lint, extent, "%s", "");
}
