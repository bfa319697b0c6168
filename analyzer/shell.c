#include "analyzer/shell.h"

#include <ctype.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"

/* sh -c within sh -c within ... */
#define DEPTH_MAX 8

struct parser {
    struct span text;
    size_t at;
    shell_found *found;
    void *context;
    struct strvec words; /* of the command that is being read */
    struct strvec here;  /* delimiters of here-documents that begin on the next line */
    int depth;
};

static void parse(struct span script, shell_found *found, void *context, int depth);

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

static bool is_assignment(const char *word)
{
    const char *p = word;
    while (isalnum((unsigned char)*p) || *p == '_')
        p++;
    return p > word && !isdigit((unsigned char)*word) && *p == '=';
}

static const char *without_folder(const char *word)
{
    const char *slash = strrchr(word, '/');
    return slash ? slash + 1 : word;
}

static bool is_shell(const char *name)
{
    static const char *const shells[] = {"sh", "bash", "dash", "ash", "ksh", "zsh", NULL};
    return is_one_of(name, shells);
}

/* Words of the grammar, and programs that run what stands behind them. */
static bool is_passed_over(const char *name)
{
    static const char *const words[] = {
        "if",   "then", "else", "elif", "do",      "while", "until",     "!",     "{",
        "}",    "env",  "exec", "time", "command", "nice",  "eatmydata", "nohup", "doas",
        "sudo", "fi",   "done", NULL,
    };
    return is_one_of(name, words);
}

static bool option_takes_word(const char *program, const char *option)
{
    static const char *const sudo[] = {"-u", "-g", "-C", "-p", "-h", NULL};
    static const char *const others[] = {"-n", "-u", NULL};
    return is_one_of(option, strcmp(program, "sudo") == 0 ? sudo : others);
}

static size_t find_program(const struct strvec *words, bool *ret_sudo)
{
    size_t i = 0;
    while (i < words->count) {
        const char *name = without_folder(words->items[i]);
        if (is_assignment(words->items[i])) {
            i++;
            continue;
        }
        if (!is_passed_over(name))
            return i;
        *ret_sudo = *ret_sudo || strcmp(name, "sudo") == 0;
        for (i++; i < words->count && words->items[i][0] == '-'; i++)
            if (option_takes_word(name, words->items[i]))
                i++;
    }
    return i;
}

/* sh -c SCRIPT; options may be joined: -exc */
static void parse_script(struct parser *parser, size_t first)
{
    const struct strvec *words = &parser->words;
    for (size_t i = first + 1; i + 1 < words->count && words->items[i][0] == '-'; i++)
        if (words->items[i][1] != '-' && strchr(words->items[i], 'c')) {
            parse(span_of_text(words->items[i + 1]), parser->found, parser->context,
                  parser->depth + 1);
            return;
        }
}

static void end_command(struct parser *parser)
{
    struct shell_command command = {.sudo = false};
    size_t first = find_program(&parser->words, &command.sudo);
    if (first < parser->words.count || command.sudo) {
        bool named = first < parser->words.count;
        command.name = named ? without_folder(parser->words.items[first]) : "";
        command.words = parser->words.items + first + named;
        command.count = parser->words.count - first - named;
        parser->found(parser->context, &command);
        if (named && is_shell(command.name))
            parse_script(parser, first);
    }
    strvec_release(&parser->words);
}

static char peek(const struct parser *parser)
{
    return parser->at < parser->text.len ? parser->text.ptr[parser->at] : '\0';
}

static bool is_at_end(const struct parser *parser)
{
    return parser->at >= parser->text.len;
}

static void take_quoted(struct parser *parser, struct strbuf *word)
{
    char quote = parser->text.ptr[parser->at++];
    while (!is_at_end(parser) && peek(parser) != quote) {
        if (quote == '"' && peek(parser) == '\\' && parser->at + 1 < parser->text.len)
            parser->at++;
        strbuf_add_char(word, parser->text.ptr[parser->at++]);
    }
    parser->at++;
}

static bool ends_word(char c)
{
    return strchr(" \t\r\n;&|()<>`", c) != NULL;
}

/* Appends a word; true if there was one, be it empty quotes. */
static bool take_word(struct parser *parser, struct strbuf *word)
{
    bool any = false;
    while (!is_at_end(parser)) {
        char c = peek(parser);
        if (c == '\\' && parser->at + 1 < parser->text.len) {
            parser->at += 2;
            if (parser->text.ptr[parser->at - 1] == '\n')
                continue; /* the line goes on */
            strbuf_add_char(word, parser->text.ptr[parser->at - 1]);
        } else if (c == '"' || c == '\'') {
            take_quoted(parser, word);
        } else if (ends_word(c)) {
            break;
        } else {
            strbuf_add_char(word, c);
            parser->at++;
        }
        any = true;
    }
    return any;
}

/* The 2 of 2>&1. */
static bool is_descriptor(const struct parser *parser, const struct strbuf *word)
{
    return (peek(parser) == '<' || peek(parser) == '>') && word->len &&
           strspn(word->buf, "0123456789") == word->len;
}

static void skip_blanks(struct parser *parser)
{
    while (!is_at_end(parser) && strchr(" \t\r", peek(parser)))
        parser->at++;
}

/* "<<EOF" and other redirections: their words are no words of the command. */
static void take_redirection(struct parser *parser)
{
    cleanup_strbuf struct strbuf word = STRBUF_INIT;
    struct span rest = span_of(parser->text.ptr + parser->at, parser->text.len - parser->at);
    bool here = span_starts_with(rest, "<<") && !span_starts_with(rest, "<<<");
    while (!is_at_end(parser) && strchr("<>&-", peek(parser)))
        parser->at++;
    skip_blanks(parser);
    take_word(parser, &word);
    if (here && word.len)
        strvec_add(&parser->here, word.buf);
}

static struct span take_line(struct parser *parser)
{
    const char *start = parser->text.ptr + parser->at;
    size_t left = parser->text.len - parser->at;
    const char *end = memchr(start, '\n', left);
    size_t len = end ? (size_t)(end - start) : left;
    parser->at += len + (end != NULL);
    return span_of(start, len);
}

static struct span trimmed(struct span line)
{
    while (line.len && strchr(" \t", line.ptr[0]))
        line = span_of(line.ptr + 1, line.len - 1);
    while (line.len && strchr(" \t\r", line.ptr[line.len - 1]))
        line.len--;
    return line;
}

/* Passes over the bodies; a shell's, or one that stands alone (RUN <<EOF), is a script. */
static void take_bodies(struct parser *parser, bool script)
{
    for (size_t i = 0; i < parser->here.count; i++) {
        size_t start = parser->at, end = start;
        while (!is_at_end(parser)) {
            end = parser->at;
            if (span_equals_text(trimmed(take_line(parser)), parser->here.items[i]))
                break;
            end = parser->at;
        }
        if (script)
            parse(span_of(parser->text.ptr + start, end - start), parser->found,
                  parser->context, parser->depth + 1);
    }
    strvec_release(&parser->here);
}

static bool feeds_a_shell(const struct parser *parser)
{
    bool sudo = false;
    size_t first = find_program(&parser->words, &sudo);
    return first == parser->words.count ||
           is_shell(without_folder(parser->words.items[first]));
}

static void end_line(struct parser *parser)
{
    bool script = parser->here.count && feeds_a_shell(parser);
    end_command(parser);
    take_bodies(parser, script);
}

static void parse(struct span script, shell_found *found, void *context, int depth)
{
    struct parser parser = {
        .text = script, .found = found, .context = context, .depth = depth};
    if (depth > DEPTH_MAX)
        return;
    while (!is_at_end(&parser)) {
        cleanup_strbuf struct strbuf word = STRBUF_INIT;
        char c = peek(&parser);
        if (c == '\n') {
            parser.at++;
            end_line(&parser);
        } else if (strchr(" \t\r", c) && c) {
            parser.at++;
        } else if (strchr(";&|()`", c) && c) {
            parser.at++;
            end_command(&parser);
        } else if (c == '<' || c == '>') {
            take_redirection(&parser);
        } else if (c == '#') {
            take_line(&parser);
            end_line(&parser);
        } else if (take_word(&parser, &word)) {
            if (!is_descriptor(&parser, &word))
                strvec_add(&parser.words, word.buf);
        } else if (peek(&parser) == '\0') {
            parser.at++;
        }
    }
    end_line(&parser);
}

void shell_commands(struct span script, shell_found *found, void *context)
{
    parse(script, found, context, 0);
}

const char *shell_operand(const struct shell_command *command)
{
    static const char *const with_word[] = {"-o", "-c", "-t", "--option", "--repository", "-X",
                                            "-p", "--root", "--target-release", NULL};
    for (size_t i = 0; i < command->count; i++) {
        if (command->words[i][0] != '-')
            return command->words[i];
        if (is_one_of(command->words[i], with_word))
            i++;
    }
    return NULL;
}

bool shell_has_word(const struct shell_command *command, const char *word)
{
    for (size_t i = 0; i < command->count; i++)
        if (strcmp(command->words[i], word) == 0)
            return true;
    return false;
}
