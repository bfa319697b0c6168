#include "analyzer/lint/shellcheck.h"

#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/memory.h"

/* Variables beyond are taken for unknown. */
#define EXPORTS_MAX 1000

/* Scripts */

/* What ShellCheck knows, by the name it has in a #! line; NULL: nothing that it reads. */
static const char *known_shell(const char *program)
{
    static const char *const known[] = {"sh", "bash", "dash", "ash", "ksh", "mksh"};
    const char *slash = strrchr(program, '/');
    const char *name = slash ? slash + 1 : program;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (strcmp(name, known[i]) == 0)
            return known[i];
    return NULL;
}

static bool is_name(const char *text)
{
    bool name =
        *text == '_' || (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
    for (; name && *text; text++)
        name = *text == '_' || (*text >= 'a' && *text <= 'z') ||
               (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9');
    return name;
}

/* A trigger runs in another build: the ARGs of this one are gone, but for those of
 * triggers. */
static bool is_there(const struct lint_step *step, const struct lint_binding *binding)
{
    return !step->onbuild || !binding->is_arg || (binding->step && binding->step->onbuild);
}

static void add_exports(struct strbuf *text, const struct lint_step *step)
{
    static const char *const proxies[] = {
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY",
        "ftp_proxy",  "NO_PROXY",   "no_proxy",    "ALL_PROXY",   "all_proxy"};
    for (size_t i = 0; i < ARRAY_SIZE(proxies); i++)
        strbuf_addf(text, "export %s=1\n", proxies[i]);
    const struct lint_binding *binding = step->bindings;
    for (size_t i = 0; binding && i < EXPORTS_MAX; i++, binding = binding->before)
        if (is_name(binding->name) && is_there(step, binding))
            strbuf_addf(text, "export %s=1\n", binding->name);
}

static size_t shebang_len(struct span text)
{
    if (!span_starts_with(text, "#!"))
        return 0;
    const char *end = memchr(text.ptr, '\n', text.len);
    return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

static bool make_script(struct shellcheck_script *script, const struct lint_step *step)
{
    const char *shell = known_shell(step->shell_program ? step->shell_program : "/bin/sh");
    struct span text = step->script->text;
    size_t shebang = shebang_len(text);
    if (!shebang && !shell)
        return false;
    *script =
        (struct shellcheck_script){.step = step, .text = STRBUF_INIT, .skipped = shebang};
    if (shebang)
        strbuf_add(&script->text, text.ptr, shebang);
    else
        strbuf_addf(&script->text, "#!/bin/%s%s\n", shell,
                    step->shell.errexit ? " -e" : "");
    if (script->text.buf[script->text.len - 1] != '\n')
        strbuf_add_char(&script->text, '\n');
    add_exports(&script->text, step);
    script->header = script->text.len;
    strbuf_add(&script->text, text.ptr + shebang, text.len - shebang);
    return true;
}

void shellcheck_scripts_make(struct shellcheck_scripts *ret_scripts,
                             const struct lint *lint)
{
    *ret_scripts = (struct shellcheck_scripts){.items = NULL};
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (!step_is(step, INSTRUCTION_RUN) || step->instruction->form != FORM_SHELL ||
            !step->script)
            continue;
        ret_scripts->items =
            memory_grow(ret_scripts->items, ret_scripts->count, &ret_scripts->capacity,
                        sizeof *ret_scripts->items);
        if (make_script(&ret_scripts->items[ret_scripts->count], step))
            ret_scripts->count++;
    }
}

void shellcheck_scripts_release(struct shellcheck_scripts *scripts)
{
    for (size_t i = 0; i < scripts->count; i++)
        strbuf_release(&scripts->items[i].text);
    free(scripts->items);
    *scripts = (struct shellcheck_scripts){.items = NULL};
}

/* Places */

static size_t number_at(const json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));
    return value > 0 ? (size_t)value : 0;
}

/* Lines and columns count from 1, columns in characters. SIZE_MAX: no such place in the
 * step's text. */
static size_t offset_of(const struct shellcheck_script *script, size_t line, size_t column)
{
    const char *at = script->text.buf, *end = at + script->text.len;
    for (size_t l = 1; l < line; l++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline)
            return SIZE_MAX;
        at = newline + 1;
    }
    for (size_t c = 1; c < column && at < end && *at != '\n'; c++)
        for (at++; at < end && ((unsigned char)*at & 0xc0) == 0x80; at++)
            ;
    size_t offset = (size_t)(at - script->text.buf);
    return offset < script->header ? SIZE_MAX : offset - script->header + script->skipped;
}

/* Bytes of the Dockerfile for a range of the step's text. An empty one is at the byte
 * behind it, or, if `behind` is set, follows the byte in front: that differs where a line
 * was continued. */
static bool find_extent(const struct shellcheck_script *script, size_t start, size_t end,
                        bool behind, struct extent *ret_extent)
{
    size_t len = script->step->script->text.len;
    if (start == SIZE_MAX || end == SIZE_MAX || start > end || end > len)
        return false;
    if (start < end) {
        *ret_extent = lint_extent(script->step,
                                  (struct script_range){(uint32_t)start, (uint32_t)end});
        return ret_extent->start < ret_extent->end;
    }
    if (behind ? start == 0 : start == len)
        return false;
    size_t byte = behind ? start - 1 : start;
    *ret_extent = lint_extent(script->step,
                              (struct script_range){(uint32_t)byte, (uint32_t)byte + 1});
    ret_extent->start = ret_extent->end = behind ? ret_extent->end : ret_extent->start;
    return true;
}

/* Findings */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What is inserted into a word changes the word: its edit takes the byte beside it along,
 * which says so. */
static const char *take_neighbour(struct lint *lint, const char *text, bool behind,
                                  struct extent *extent)
{
    const char *source = lint->document->text.ptr;
    cleanup_strbuf struct strbuf taken = STRBUF_INIT;
    if (!*text || is_blank(behind ? text[0] : text[strlen(text) - 1]))
        return text;
    if (behind)
        strbuf_add_char(&taken, source[--extent->start]);
    strbuf_add_text(&taken, text);
    if (!behind)
        strbuf_add_char(&taken, source[extent->end++]);
    return arena_dup_text(lint->arena, taken.buf);
}

/* A mend is taken only if each of its edits stays within a line of the Dockerfile. */
static bool read_edit(struct lint *lint, const struct shellcheck_script *script,
                      const json_t *replacement, struct extent *ret_extent,
                      const char **ret_text)
{
    size_t start =
        offset_of(script, number_at(replacement, "line"), number_at(replacement, "column"));
    size_t end = offset_of(script, number_at(replacement, "endLine"),
                           number_at(replacement, "endColumn"));
    const char *text = json_string_value(json_object_get(replacement, "replacement"));
    const char *point = json_string_value(json_object_get(replacement, "insertionPoint"));
    bool behind = start == script->step->script->text.len ||
                  (start > 0 && point && strcmp(point, "beforeStart") == 0);
    if (!text || strchr(text, '\n') ||
        !find_extent(script, start, end, behind, ret_extent) ||
        ret_extent->end - ret_extent->start != end - start)
        return false;
    *ret_text = start == end ? take_neighbour(lint, text, behind, ret_extent) : text;
    return true;
}

static void add_fix(struct lint *lint, const struct shellcheck_script *script,
                    const json_t *fix)
{
    const json_t *replacements = json_object_get(fix, "replacements"), *replacement;
    struct extent extent;
    const char *text;
    size_t index;
    if (json_array_size(replacements) == 0)
        return;
    json_array_foreach(
        replacements, index,
        replacement) if (!read_edit(lint, script, replacement, &extent, &text)) return;
    lint_fix(lint, "as ShellCheck mends it",
             "the script may do something else: look at it");
    json_array_foreach(
        replacements, index,
        replacement) if (read_edit(lint, script, replacement, &extent, &text))
        lint_edit(lint, extent, "%s", text);
}

static enum severity severity_of(const char *level)
{
    if (strcmp(level, "warning") == 0)
        return SEVERITY_WARNING;
    if (strcmp(level, "info") == 0)
        return SEVERITY_INFO;
    return strcmp(level, "style") == 0 ? SEVERITY_STYLE : SEVERITY_ERROR;
}

static int report_comment(struct lint *lint, const struct shellcheck_script *script,
                          const json_t *comment, struct error *err)
{
    const char *message, *level;
    char code[32];
    struct extent extent;
    if (json_get_text(&message, comment, "message", err) < 0 ||
        json_get_text(&level, comment, "level", err) < 0)
        return -1;
    if (!message || !level)
        return error_set(err, ERROR_INPUT, "a comment has no message or no level");
    size_t start =
        offset_of(script, number_at(comment, "line"), number_at(comment, "column"));
    size_t end =
        offset_of(script, number_at(comment, "endLine"), number_at(comment, "endColumn"));
    snprintf(code, sizeof code, "SC%04zu", number_at(comment, "code") % 100000);
    enum severity severity = severity_of(level);
    if (!find_extent(script, start, end, false, &extent) ||
        lint_config_ignores(lint->config, code) ||
        (lint->config->preset == LINT_ERRORS && severity != SEVERITY_ERROR))
        return 0;
    lint_report_foreign(lint, script->step, extent, code, severity, message);
    add_fix(lint, script, json_object_get(comment, "fix"));
    return 0;
}

/* The number that the name ends in. */
static bool script_number(const char *name, size_t *ret_number)
{
    size_t len = strlen(name), start = len;
    while (start && name[start - 1] >= '0' && name[start - 1] <= '9')
        start--;
    if (start == len || len - start > 6)
        return false;
    *ret_number = (size_t)strtoul(name + start, NULL, 10);
    return true;
}

int shellcheck_report(struct lint *lint, const struct shellcheck_scripts *scripts,
                      size_t first, struct span json, struct error *err)
{
    cleanup_json json_t *document = NULL;
    const json_t *comment;
    json_t *comments;
    size_t index, number;
    if (json_parse(&document, json, err) < 0 ||
        json_expect(document, JSON_OBJECT, "the output of shellcheck", err) < 0 ||
        json_get_typed(&comments, document, "comments", JSON_ARRAY, err) < 0)
        return error_prefix(err, "shellcheck");
    json_array_foreach(comments, index, comment)
    {
        const char *file = json_string_value(json_object_get(comment, "file"));
        if (!file || !script_number(file, &number) || number >= scripts->count - first)
            return error_set(err, ERROR_INPUT,
                             "shellcheck: it speaks of a file that it was not given");
        if (report_comment(lint, &scripts->items[first + number], comment, err) < 0)
            return error_prefix(err, "shellcheck");
    }
    return 0;
}

static int check_some(struct lint *lint, const struct shellcheck_scripts *scripts,
                      size_t first, struct error *err)
{
    struct span texts[SHELLCHECK_SCRIPTS_MAX];
    cleanup_strbuf struct strbuf json = STRBUF_INIT;
    const struct lint_shellcheck *program = lint->options->shellcheck;
    size_t count = 0;
    for (; count < SHELLCHECK_SCRIPTS_MAX && first + count < scripts->count; count++)
        texts[count] = span_of(scripts->items[first + count].text.buf,
                               scripts->items[first + count].text.len);
    if (program->check(program->context, texts, count, &json, err) < 0)
        return -1;
    lint->shellcheck_answered = json.len > 0;
    if (!json.len)
        return 0;
    return shellcheck_report(lint, scripts, first, span_of(json.buf, json.len), err);
}

/* Is any of its codes asked? Presets without ShellCheck's, and rules that are named alone,
 * leave none. */
static bool is_asked(const struct lint_config *config)
{
    if (config->preset == LINT_BUILDKIT)
        return false;
    for (size_t i = 0; i < config->only.count; i++)
        if (lint_rule_is_shellcheck(config->only.items[i]))
            return true;
    return config->only.count == 0;
}

int shellcheck_run(struct lint *lint, struct error *err)
{
    struct shellcheck_scripts scripts;
    int result = 0;
    if (!is_asked(lint->config))
        return 0;
    shellcheck_scripts_make(&scripts, lint);
    for (size_t first = 0; first < scripts.count && result == 0;
         first += SHELLCHECK_SCRIPTS_MAX)
        result = check_some(lint, &scripts, first, err);
    shellcheck_scripts_release(&scripts);
    return result;
}
