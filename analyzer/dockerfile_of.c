#include "analyzer/dockerfile_of.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/redact.h"
#include "core/escape.h"
#include "core/memory.h"
#include "dockerfile/instruction.h"

#define LIST_MAX 1000 /* words of one list */

struct writer {
    struct strbuf *out;
    const struct image *image;
    const json_t *config; /* its member of that name; may be NULL */
    struct strbuf shell;  /* that holds, its words joined */
    size_t step;
    size_t unknown;
    bool told_of_stages;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(struct span text)
{
    while (text.len && (is_blank(*text.ptr) || *text.ptr == '\n'))
        text = span_of(text.ptr + 1, text.len - 1);
    while (text.len && (is_blank(text.ptr[text.len - 1]) || text.ptr[text.len - 1] == '\n'))
        text.len--;
    return text;
}

static struct span skip(struct span text, size_t len)
{
    return span_of(text.ptr + len, text.len - len);
}

static struct span take_word(struct span *text)
{
    *text = trim(*text);
    size_t len = 0;
    while (len < text->len && !is_blank(text->ptr[len]))
        len++;
    struct span word = span_of(text->ptr, len);
    *text = skip(*text, len);
    return word;
}

/* Lines of the output */

static void comment(struct writer *writer, const char *why, struct span text)
{
    cleanup_strbuf struct strbuf plain = STRBUF_INIT, redacted = STRBUF_INIT;
    strbuf_add(&plain, text.ptr ? text.ptr : "", text.len);
    redact_text(&redacted, plain.buf);
    strbuf_addf(writer->out, "# %s: ", why);
    escape_for_terminal(writer->out, span_of(redacted.buf, redacted.len));
    strbuf_add_char(writer->out, '\n');
    writer->unknown++;
}

static bool is_one_line(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' && text.ptr[i] != '\t')
            return false;
    return text.len && text.ptr[text.len - 1] != '\\';
}

/* Is it one instruction, and one that BuildKit takes? */
static bool is_instruction(struct span line)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_document struct document *document = NULL;
    cleanup_error struct error err = ERROR_INIT;
    strbuf_addf(&text, "FROM scratch\n%.*s\n", (int)line.len, line.ptr);
    return document_parse(&document, span_of(text.buf, text.len), &err) == 0 &&
           document_is_accepted(document) && document->instruction_count == 2 &&
           document->instructions[1].heredoc_count == 0;
}

static void emit(struct writer *writer, struct span line)
{
    if (!is_instruction(line)) {
        comment(writer, "no instruction as it stands", line);
        return;
    }
    strbuf_add(writer->out, line.ptr, line.len);
    strbuf_add_char(writer->out, '\n');
}

/* An instruction that is exact as it stands. */
static void instruct(struct writer *writer, const char *keyword, struct span text)
{
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    strbuf_addf(&line, "%s %.*s", keyword, (int)text.len, text.ptr);
    if (!is_one_line(span_of(line.buf, line.len))) {
        comment(writer, "cannot be written in one line", span_of(line.buf, line.len));
        return;
    }
    cleanup_strbuf struct strbuf redacted = STRBUF_INIT;
    redact_text(&redacted, line.buf);
    emit(writer, span_of(redacted.buf, redacted.len));
}

/* The history tells values, in which a dollar is a dollar. */
static void add_literal(struct strbuf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '$' || text.ptr[i] == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, text.ptr[i]);
    }
}

static void instruct_literally(struct writer *writer, const char *keyword, struct span text)
{
    cleanup_strbuf struct strbuf literal = STRBUF_INIT;
    add_literal(&literal, text);
    instruct(writer, keyword, span_of(literal.buf ? literal.buf : "", literal.len));
}

/* Lists */

static void add_json_text(struct strbuf *out, struct span text)
{
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            strbuf_addf(out, "\\%c", c);
        else if (c < ' ')
            strbuf_addf(out, "\\u%04x", c);
        else
            strbuf_add_char(out, (char)c);
    }
    strbuf_add_char(out, '"');
}

static void add_json_list(struct strbuf *out, const struct strvec *words)
{
    strbuf_add_char(out, '[');
    for (size_t i = 0; i < words->count; i++) {
        strbuf_add_text(out, i ? ", " : "");
        add_json_text(out, span_of_text(words->items[i]));
    }
    strbuf_add_char(out, ']');
}

/* A quoted text as Go prints it. Takes it off the front; false if it is none that we can read. */
static bool take_quoted(struct span *text, struct strbuf *ret_value)
{
    static const char letters[] = "abfnrtv", codes[] = "\a\b\f\n\r\t\v";
    if (!text->len || *text->ptr != '"')
        return false;
    for (size_t i = 1; i < text->len; i++) {
        char c = text->ptr[i];
        if (c == '"') {
            *text = skip(*text, i + 1);
            return true;
        }
        if (c != '\\') {
            strbuf_add_char(ret_value, c);
            continue;
        }
        if (++i == text->len)
            return false;
        c = text->ptr[i];
        const char *letter = strchr(letters, c);
        if (c == '"' || c == '\\' || c == '\'')
            strbuf_add_char(ret_value, c);
        else if (letter && *letter)
            strbuf_add_char(ret_value, codes[letter - letters]);
        else
            return false; /* \x and \u: bytes that JSON may not hold */
    }
    return false;
}

/* `["a" "b"]` or `["a", "b"]`; false if it is no list of quoted words. */
static bool take_list(struct span *text, struct strvec *ret_words)
{
    struct span rest = trim(*text);
    if (!rest.len || *rest.ptr != '[')
        return false;
    rest = trim(skip(rest, 1));
    while (rest.len && *rest.ptr != ']' && ret_words->count < LIST_MAX) {
        cleanup_strbuf struct strbuf word = STRBUF_INIT;
        if (!take_quoted(&rest, &word))
            return false;
        strvec_add(ret_words, word.buf ? word.buf : "");
        rest = trim(rest);
        if (rest.len && *rest.ptr == ',')
            rest = trim(skip(rest, 1));
    }
    if (!rest.len || *rest.ptr != ']')
        return false;
    *text = trim(skip(rest, 1));
    return true;
}

static void write_list(struct writer *writer, const char *keyword, struct span text)
{
    cleanup_strvec struct strvec words = STRVEC_INIT;
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    struct span rest = text;
    if (!text.len || *text.ptr != '[') {
        instruct(writer, keyword, text); /* the shell's form, as it was written */
        return;
    }
    if (!take_list(&rest, &words) || rest.len) {
        comment(writer, "its words are not told apart", text);
        return;
    }
    add_json_list(&list, &words);
    instruct(writer, keyword, span_of(list.buf, list.len));
}

static void join_config_list(const struct writer *writer, const char *key, struct strvec *ret_words,
                             struct strbuf *ret_joined)
{
    const json_t *list = json_object_get(writer->config, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        strvec_add(ret_words, word ? word : "");
        strbuf_addf(ret_joined, "%s%s", i ? " " : "", word ? word : "");
    }
}

static void hold_shell(struct writer *writer, const struct strvec *words)
{
    strbuf_reset(&writer->shell);
    for (size_t i = 0; i < words->count; i++)
        strbuf_addf(&writer->shell, "%s%s", i ? " " : "", words->items[i]);
}

/* The classic builder does not quote: then only the configuration tells the words apart. */
static void write_shell(struct writer *writer, struct span text)
{
    cleanup_strvec struct strvec words = STRVEC_INIT, configured = STRVEC_INIT;
    cleanup_strbuf struct strbuf list = STRBUF_INIT, joined = STRBUF_INIT;
    struct span rest = text;
    bool known = take_list(&rest, &words) && !rest.len;
    join_config_list(writer, "Shell", &configured, &joined);
    struct span bare = text.len > 1 && *text.ptr == '[' ? span_of(text.ptr + 1, text.len - 2) : text;
    if (!known && joined.len && span_equal(bare, span_of(joined.buf, joined.len))) {
        strvec_release(&words);
        words = configured;
        configured = (struct strvec)STRVEC_INIT;
        known = true;
    }
    if (!known) {
        comment(writer, "SHELL, its words are not told apart", text);
        return;
    }
    add_json_list(&list, &words);
    hold_shell(writer, &words);
    instruct(writer, "SHELL", span_of(list.buf, list.len));
}

static void write_volume(struct writer *writer, struct span text)
{
    cleanup_strvec struct strvec words = STRVEC_INIT;
    cleanup_strbuf struct strbuf list = STRBUF_INIT;
    const json_t *volumes = json_object_get(writer->config, "Volumes");
    struct span rest = text;
    bool known = take_list(&rest, &words) && !rest.len;
    if (!known && text.len > 1 && *text.ptr == '[') {
        strvec_release(&words);
        words = (struct strvec)STRVEC_INIT;
        known = true;
        for (rest = span_of(text.ptr + 1, text.len - 2); trim(rest).len;) {
            struct span word = take_word(&rest);
            strvec_add_bytes(&words, word.ptr, word.len);
            known = known && json_object_get(volumes, words.items[words.count - 1]);
        }
    } else if (!known) {
        instruct(writer, "VOLUME", text);
        return;
    }
    if (!known) {
        comment(writer, "VOLUME, its words are not told apart", text);
        return;
    }
    add_json_list(&list, &words);
    instruct(writer, "VOLUME", span_of(list.buf, list.len));
}

/* ENV and LABEL */

/* The value of a name in the configuration; NULL if it is not there. */
static const char *configured_value(const struct writer *writer, bool env, struct span name)
{
    if (!env) {
        cleanup_free char *key = memory_dup_bytes(name.ptr, name.len);
        return json_string_value(json_object_get(json_object_get(writer->config, "Labels"), key));
    }
    const json_t *list = json_object_get(writer->config, "Env");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *pair = json_string_value(json_array_get(list, i));
        if (pair && strncmp(pair, name.ptr, name.len) == 0 && pair[name.len] == '=')
            return pair + name.len + 1;
    }
    return NULL;
}

/* Is the name given again by a later step of that kind? */
static bool is_given_later(const struct writer *writer, const char *keyword, struct span name)
{
    const struct history *history = &writer->image->history;
    cleanup_strbuf struct strbuf pair = STRBUF_INIT;
    strbuf_addf(&pair, " %.*s=", (int)name.len, name.ptr);
    for (size_t i = writer->step + 1; i < history->count; i++) {
        const char *text = history->steps[i].instruction;
        if (text && strncmp(text, keyword, strlen(keyword)) == 0 && strstr(text, pair.buf))
            return true;
    }
    return false;
}

/* Where the next pair begins: a blank, a name the configuration has, and "=". */
static size_t end_of_value(const struct writer *writer, bool env, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t len = 0;
        if (text.ptr[i] != ' ')
            continue;
        struct span rest = skip(text, i + 1);
        while (len < rest.len && rest.ptr[len] != '=' && rest.ptr[len] != ' ')
            len++;
        if (len && len < rest.len && rest.ptr[len] == '=' &&
            configured_value(writer, env, span_of(rest.ptr, len)))
            return i;
    }
    return text.len;
}

static void add_pair(struct strbuf *out, struct span name, struct span value)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT, plain = STRBUF_INIT;
    strbuf_add(&plain, value.ptr, value.len);
    redact_value(&text, name, span_of(plain.buf ? plain.buf : "", plain.len));
    strbuf_addf(out, "%s%.*s=\"", out->len ? " " : "", (int)name.len, name.ptr);
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\\\"$", text.buf[i]))
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, text.buf[i]);
    }
    strbuf_add_char(out, '"');
}

/* The builders that run values print "A=one two B=": where a value ends, the configuration tells. */
static bool split_pairs(struct writer *writer, const char *keyword, struct span text,
                        struct strbuf *ret_pairs)
{
    bool env = strcmp(keyword, "ENV") == 0;
    while (text.len) {
        size_t len = 0;
        while (len < text.len && text.ptr[len] != '=' && text.ptr[len] != ' ')
            len++;
        struct span name = span_of(text.ptr, len);
        if (!len || len == text.len || text.ptr[len] != '=')
            return false;
        text = skip(text, len + 1);
        size_t end = end_of_value(writer, env, text);
        struct span value = span_of(text.ptr, end);
        const char *configured = configured_value(writer, env, name);
        if (!configured || (!span_equals_text(value, configured) && !is_given_later(writer, keyword, name)))
            return false;
        for (size_t i = 0; i < value.len; i++)
            if ((unsigned char)value.ptr[i] < ' ')
                return false;
        add_pair(ret_pairs, name, value);
        text = end < text.len ? skip(text, end + 1) : span_of(text.ptr, 0);
    }
    return true;
}

static void write_pairs(struct writer *writer, const char *keyword, struct span text)
{
    cleanup_strbuf struct strbuf pairs = STRBUF_INIT, whole = STRBUF_INIT;
    if (split_pairs(writer, keyword, text, &pairs) && pairs.len) {
        strbuf_addf(&whole, "%s %s", keyword, pairs.buf);
        emit(writer, span_of(whole.buf, whole.len));
        return;
    }
    strbuf_addf(&whole, "%s %.*s", keyword, (int)text.len, text.ptr);
    comment(writer, "where its values end is not told", span_of(whole.buf, whole.len));
}

/* COPY and ADD */

static size_t count_words(struct span text, struct span *ret_last)
{
    size_t count = 0;
    while (trim(text).len) {
        *ret_last = take_word(&text);
        count++;
    }
    return count;
}

/* "file:HEX", "dir:HEX" or "multi:HEX" stands for what was taken. */
static bool has_digest(struct span text)
{
    static const char *const words[] = {"file:", "dir:", "multi:"};
    for (; text.len; text = skip(text, 1))
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
            size_t len = strlen(words[i]), digits = 0;
            if (!span_starts_with(text, words[i]))
                continue;
            while (len + digits < text.len && memchr("0123456789abcdef", text.ptr[len + digits], 16))
                digits++;
            if (digits == 64)
                return true;
        }
    return false;
}

static void write_copy(struct writer *writer, const char *keyword, struct span text)
{
    cleanup_strbuf struct strbuf whole = STRBUF_INIT;
    struct span rest = text, last = span_of("", 0);
    strbuf_addf(&whole, "%s %.*s", keyword, (int)text.len, text.ptr);
    struct span line = span_of(whole.buf, whole.len);
    while (span_starts_with(trim(rest), "--"))
        take_word(&rest);
    size_t words = count_words(rest, &last);
    if (has_digest(text)) {
        comment(writer, "what was copied is known by its digest alone", line);
    } else if (memmem(rest.ptr, rest.len, "<<", 2)) {
        comment(writer, "the text of the heredoc is not told", line);
    } else if (words < 2 || (words > 2 && last.ptr[last.len - 1] != '/' && !span_equals_text(last, "."))) {
        comment(writer, "its words are not told apart", line);
    } else {
        if (!writer->told_of_stages && strcmp(keyword, "COPY") == 0)
            strbuf_add_text(writer->out, "# The history does not tell what COPY took from another stage "
                                         "or image (--from).\n");
        writer->told_of_stages = writer->told_of_stages || strcmp(keyword, "COPY") == 0;
        instruct_literally(writer, keyword, text);
    }
}

/* HEALTHCHECK */

static bool read_retries(struct span text, unsigned *ret_retries)
{
    unsigned value = 0;
    cleanup_free char *plain = memory_dup_bytes(text.ptr, text.len);
    if (sscanf(plain, "'\\x%2x'", &value) != 1)
        return false;
    *ret_retries = value;
    return true;
}

/* `&{["CMD" "x"] "30s" "0s" "0s" '\x00'}` */
static bool read_healthcheck(struct span text, struct strbuf *ret_line)
{
    static const char *const names[] = {"interval", "timeout", "start-period", "start-interval"};
    cleanup_strvec struct strvec test = STRVEC_INIT;
    unsigned retries;
    if (!span_starts_with(text, "&{") || !span_ends_with(text, "}"))
        return false;
    text = span_of(text.ptr + 2, text.len - 3);
    if (!take_list(&text, &test) || !test.count)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(names) && text.len && *text.ptr == '"'; i++) {
        cleanup_strbuf struct strbuf value = STRBUF_INIT;
        if (!take_quoted(&text, &value))
            return false;
        text = trim(text);
        if (value.len && strcmp(value.buf, "0s") != 0)
            strbuf_addf(ret_line, "--%s=%s ", names[i], value.buf);
    }
    if (!read_retries(text, &retries))
        return false;
    if (retries)
        strbuf_addf(ret_line, "--retries=%u ", retries);
    if (strcmp(test.items[0], "NONE") == 0 && test.count == 1) {
        strbuf_reset(ret_line);
        strbuf_add_text(ret_line, "NONE");
        return true;
    }
    if (strcmp(test.items[0], "CMD-SHELL") == 0 && test.count == 2) {
        strbuf_addf(ret_line, "CMD %s", test.items[1]);
        return true;
    }
    if (strcmp(test.items[0], "CMD") != 0 || test.count < 2)
        return false;
    free(test.items[0]);
    memmove(test.items, test.items + 1, (test.count - 1) * sizeof *test.items);
    test.items[--test.count] = NULL;
    strbuf_add_text(ret_line, "CMD ");
    add_json_list(ret_line, &test);
    return true;
}

static void write_healthcheck(struct writer *writer, struct span text)
{
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    if (!span_starts_with(text, "&{"))
        instruct(writer, "HEALTHCHECK", text);
    else if (read_healthcheck(text, &line))
        instruct(writer, "HEALTHCHECK", span_of(line.buf, line.len));
    else
        comment(writer, "HEALTHCHECK that cannot be read", text);
}

/* RUN */

static bool is_plain_command(struct span text)
{
    return is_one_line(text) && !memmem(text.ptr, text.len, "<<", 2) && *text.ptr != '[' &&
           !span_starts_with(text, "--") && *text.ptr != '#';
}

/* The list of words that runs a text with the shell that holds: exact, whatever the text holds. */
static void write_exec(struct writer *writer, struct span text)
{
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    struct span shell = span_of(writer->shell.buf, writer->shell.len);
    strbuf_add_text(&line, "[");
    while (trim(shell).len) {
        add_json_text(&line, take_word(&shell));
        strbuf_add_text(&line, ", ");
    }
    add_json_text(&line, text);
    strbuf_add_char(&line, ']');
    instruct(writer, "RUN", span_of(line.buf, line.len));
}

static bool take_shell(const struct strbuf *shell, struct span *text)
{
    if (!shell->len || text->len <= shell->len || memcmp(text->ptr, shell->buf, shell->len) != 0 ||
        text->ptr[shell->len] != ' ')
        return false;
    *text = trim(skip(*text, shell->len));
    return true;
}

/* Build arguments stand in front of the command: "|2 A=1 B=2 ". A value may hold blanks, so the shell that
 * holds is what ends them. */
static struct span skip_build_args(const struct writer *writer, struct span text)
{
    if (!text.len || *text.ptr != '|')
        return text;
    for (size_t i = 1; i + writer->shell.len + 2 < text.len; i++)
        if (text.ptr[i] == ' ' && text.ptr[i + 1 + writer->shell.len] == ' ' &&
            memcmp(text.ptr + i + 1, writer->shell.buf, writer->shell.len) == 0)
            return skip(text, i + 1);
    return text;
}

/* A shell that no step of the history set, but the configuration has. */
static bool take_configured_shell(struct writer *writer, struct span *text)
{
    cleanup_strvec struct strvec words = STRVEC_INIT;
    cleanup_strbuf struct strbuf joined = STRBUF_INIT, list = STRBUF_INIT;
    join_config_list(writer, "Shell", &words, &joined);
    if (!take_shell(&joined, text))
        return false;
    hold_shell(writer, &words);
    add_json_list(&list, &words);
    strbuf_add_text(writer->out, "# set by no step of the history, but by the configuration:\n");
    instruct(writer, "SHELL", span_of(list.buf, list.len));
    return true;
}

static void write_run(struct writer *writer, const struct history_step *step)
{
    struct span text = trim(span_of_text(step->created_by));
    bool buildkit = span_ends_with(text, "# buildkit"), keyword = span_starts_with(text, "RUN ");
    if (buildkit)
        text = trim(span_of(text.ptr, text.len - strlen("# buildkit")));
    if (keyword)
        text = trim(skip(text, strlen("RUN ")));
    struct span command = skip_build_args(writer, text);
    bool known = take_shell(&writer->shell, &command) || take_configured_shell(writer, &command);
    if (!known && keyword && !buildkit && is_one_line(text)) {
        instruct(writer, "RUN", text); /* kaniko writes the line as it stood */
        return;
    }
    if (!known) {
        comment(writer, "run without a shell, or by one that nothing tells of", text);
        return;
    }
    if (is_plain_command(command))
        instruct(writer, "RUN", command);
    else
        write_exec(writer, command);
}

/* Steps */

/* buildah writes the line as it stood in the Dockerfile: one blank behind its mark. */
static bool is_verbatim(const struct history_step *step)
{
    return strncmp(step->created_by, "/bin/sh -c #(nop) ", 18) == 0 && step->created_by[18] != ' ';
}

static bool is_classic(const struct image *image)
{
    for (size_t i = 0; i < image->history.count; i++)
        if (strstr(image->history.steps[i].created_by, "#(nop)  "))
            return true;
    return false;
}

static const char *keyword_of(enum instruction_kind kind)
{
    static const char *const keywords[] = {
        [INSTRUCTION_ADD] = "ADD",           [INSTRUCTION_ARG] = "ARG",
        [INSTRUCTION_CMD] = "CMD",           [INSTRUCTION_COPY] = "COPY",
        [INSTRUCTION_ENTRYPOINT] = "ENTRYPOINT", [INSTRUCTION_ENV] = "ENV",
        [INSTRUCTION_EXPOSE] = "EXPOSE",     [INSTRUCTION_FROM] = "FROM",
        [INSTRUCTION_HEALTHCHECK] = "HEALTHCHECK", [INSTRUCTION_LABEL] = "LABEL",
        [INSTRUCTION_MAINTAINER] = "MAINTAINER", [INSTRUCTION_ONBUILD] = "ONBUILD",
        [INSTRUCTION_RUN] = "RUN",           [INSTRUCTION_SHELL] = "SHELL",
        [INSTRUCTION_STOPSIGNAL] = "STOPSIGNAL", [INSTRUCTION_USER] = "USER",
        [INSTRUCTION_VOLUME] = "VOLUME",     [INSTRUCTION_WORKDIR] = "WORKDIR",
    };
    return keywords[kind];
}

static void write_words(struct writer *writer, enum instruction_kind kind, struct span rest,
                        bool verbatim)
{
    const char *keyword = keyword_of(kind);
    switch (kind) {
    case INSTRUCTION_ADD:
    case INSTRUCTION_COPY:
        write_copy(writer, keyword, rest);
        break;
    case INSTRUCTION_ENV:
    case INSTRUCTION_LABEL:
        if (verbatim)
            instruct(writer, keyword, rest);
        else
            write_pairs(writer, keyword, rest);
        break;
    case INSTRUCTION_CMD:
    case INSTRUCTION_ENTRYPOINT:
        write_list(writer, keyword, rest);
        break;
    case INSTRUCTION_SHELL:
        write_shell(writer, rest);
        break;
    case INSTRUCTION_VOLUME:
        write_volume(writer, rest);
        break;
    case INSTRUCTION_HEALTHCHECK:
        write_healthcheck(writer, rest);
        break;
    case INSTRUCTION_USER:
    case INSTRUCTION_WORKDIR:
    case INSTRUCTION_STOPSIGNAL:
    case INSTRUCTION_EXPOSE:
        if (!verbatim) {
            instruct_literally(writer, keyword, rest);
            break;
        }
        instruct(writer, keyword, rest);
        break;
    default:
        instruct(writer, keyword, rest);
        break;
    }
}

static void write_step(struct writer *writer, const struct history_step *step, bool classic)
{
    struct span rest = trim(span_of_text(step->instruction));
    struct span word = take_word(&rest);
    enum instruction_kind kind = word.len ? instruction_kind_of(word) : INSTRUCTION_UNKNOWN;
    bool bare = !word.len && *step->created_by && !strstr(step->created_by, "#(nop)");
    if (kind == INSTRUCTION_RUN || bare)
        write_run(writer, step);
    else if (kind == INSTRUCTION_UNKNOWN || kind == INSTRUCTION_FROM)
        comment(writer, "a step that cannot be read",
                span_of_text(*step->created_by ? step->created_by : step->comment));
    else
        write_words(writer, kind, trim(rest), !classic && is_verbatim(step));
}

static void write_base(struct writer *writer)
{
    const struct candidate *chosen = writer->image->chosen;
    static const char key[] = "org.opencontainers.image.base.name";
    const char *name = json_string_value(json_object_get(chosen->annotations, key));
    if (!name)
        name = json_string_value(json_object_get(json_object_get(writer->config, "Labels"), key));
    if (name) {
        strbuf_add_text(writer->out, "# It says of itself that it is built on ");
        escape_for_terminal(writer->out, span_of_text(name));
        strbuf_add_text(writer->out, ", whose steps stand here too.\n");
    }
    if (writer->image->history.with_layer == chosen->layer_count)
        strbuf_add_text(writer->out, "FROM scratch\n");
    else
        strbuf_addf(writer->out,
                    "# FROM unknown: the image has %zu layers, its history tells of %zu\n",
                    chosen->layer_count, writer->image->history.with_layer);
}

/* buildah remarks "FROM NAME" on the first step of a build; the layers in between it calls by their ids. */
static bool names_base(const struct history_step *step)
{
    if (!step->comment || strncmp(step->comment, "FROM ", 5) != 0)
        return false;
    const char *name = step->comment + 5;
    return strspn(name, "0123456789abcdef") != strlen(name) && strcmp(name, "scratch") != 0;
}

static void write_all(struct writer *writer, const char *argument)
{
    const struct history *history = &writer->image->history;
    bool classic = is_classic(writer->image);
    strbuf_add_text(writer->out, "# From the history of ");
    escape_for_terminal(writer->out, span_of_text(argument));
    strbuf_add_text(writer->out, ". What it does not prove is a comment.\n");
    write_base(writer);
    for (size_t i = 0; i < history->count; i++) {
        writer->step = i;
        if (names_base(&history->steps[i])) {
            strbuf_add_text(writer->out, "# what stands above came with the base image: ");
            escape_for_terminal(writer->out, span_of_text(history->steps[i].comment));
            strbuf_add_char(writer->out, '\n');
        }
        write_step(writer, &history->steps[i], classic);
    }
}

int dockerfile_of(struct strbuf *out, struct dockerfile_of_counts *ret_counts, const char *argument,
                  const struct analysis_options *options, struct error *err)
{
    const struct image_options image_options = {
        .limits = options->limits,
        .reference = options->reference,
        .platform = options->platform,
        .threads = options->threads,
        .only_documents = true,
    };
    struct image *image;
    if (image_open(&image, argument, &image_options, err) < 0)
        return -1;
    int result = history_read(&image->history, image->chosen->config, image->chosen->layer_count, err);
    if (result == 0 && !image->history.count)
        result = error_set(err, ERROR_INPUT, "the image has no history");
    if (result < 0) {
        image_free(image);
        return error_prefix(err, "%s", argument);
    }
    struct writer writer = {
        .out = out,
        .image = image,
        .config = json_object_get(image->chosen->config, "config"),
        .shell = STRBUF_INIT,
    };
    strbuf_add_text(&writer.shell, "/bin/sh -c");
    write_all(&writer, argument);
    *ret_counts = (struct dockerfile_of_counts){.steps = image->history.count, .unknown = writer.unknown};
    strbuf_release(&writer.shell);
    image_free(image);
    return 0;
}
