#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/json.h"
#include "dockerfile/stage.h"
#include "dockerfile/unicode.h"

enum parse_format { PARSE_JSON, PARSE_DUMP };

struct parse_options {
    enum parse_format format;
    bool expand, word, words;
    struct strvec build_args, environment;
    const char *escape;
};

static const struct parse_options defaults = {.escape = NULL};

static const char *const formats[] = {"json", "dump", NULL};

static const struct option options[] = {
    {.name = "format",
     .letter = 'f',
     .type = OPTION_CHOICE,
     OPTION_AT(struct parse_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .summary = "the document as JSON, or BuildKit's own dump of its tree",
     .fallback = "json"},
    {.name = "expand",
     .type = OPTION_FLAG,
     OPTION_AT(struct parse_options, expand),
     .summary = "arguments with their variables replaced"},
    {.name = "build-arg",
     .type = OPTION_LIST,
     OPTION_AT(struct parse_options, build_args),
     .argument = "NAME=VALUE",
     .summary = "value of an ARG"},
    {.name = "env",
     .type = OPTION_LIST,
     OPTION_AT(struct parse_options, environment),
     .argument = "NAME=VALUE",
     .summary = "variable that the base image, or the word, has"},
    {.name = "word",
     .type = OPTION_FLAG,
     OPTION_AT(struct parse_options, word),
     .summary = "expand one word instead of reading a file"},
    {.name = "words",
     .type = OPTION_FLAG,
     OPTION_AT(struct parse_options, words),
     .summary = "the same, split, one word a line"},
    {.name = "escape",
     .type = OPTION_TEXT,
     OPTION_AT(struct parse_options, escape),
     .argument = "CHAR",
     .summary = "escape character of the word; a backslash or a backtick"},
    OPTION_END,
};

static void set_all(struct variables *variables, const struct strvec *pairs)
{
    for (size_t i = 0; i < pairs->count; i++)
        variables_set_pair(variables, pairs->items[i]);
}

static int write_out(const struct strbuf *text, struct error *err)
{
    int fd = STDOUT_FILENO;
    struct sink sink = sink_to_fd(&fd);
    return sink_write(&sink, text->buf, text->len, err);
}

static int expand_text(const struct parse_options *given, const char *text, struct error *err)
{
    cleanup_variables struct variables variables = VARIABLES_INIT;
    cleanup_expansion struct expansion expansion = EXPANSION_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    struct expand_options how = {.escape = given->escape ? given->escape[0] : '\\'};
    if (given->escape && strcmp(given->escape, "\\") != 0 && strcmp(given->escape, "`") != 0)
        return error_set(err, ERROR_USAGE, "--escape is a backslash or a backtick");
    set_all(&variables, &given->environment);
    struct error inner = ERROR_INIT;
    if (expand_word(&expansion, span_of_text(text), &variables, &how, &inner) < 0) {
        if (inner.code == ERROR_INPUT)
            inner.code = ERROR_FAILED; /* the word is the user's, and this is its verdict */
        error_move(err, &inner);
        return -1;
    }
    if (!given->words)
        strbuf_addf(&out, "%s\n", expansion.text.buf);
    for (size_t i = 0; given->words && i < expansion.words.count; i++)
        strbuf_addf(&out, "%s\n", expansion.words.items[i]);
    return write_out(&out, err);
}

struct printing {
    struct json_writer writer;
    const struct document *document;
};

static void add_span(struct json_writer *writer, const char *key, struct span text)
{
    json_key(writer, key);
    json_text_span(writer, text);
}

static void print_heredocs(struct json_writer *writer, const struct instruction *instruction)
{
    json_key(writer, "heredocs");
    json_open_array(writer);
    for (size_t i = 0; i < instruction->heredoc_count; i++) {
        const struct heredoc *heredoc = &instruction->heredocs[i];
        json_open_object(writer);
        add_span(writer, "name", heredoc->name);
        add_span(writer, "content", heredoc->content);
        json_add_bool(writer, "expand", heredoc->expands);
        json_add_bool(writer, "chomp", heredoc->chomps);
        json_add_int(writer, "fd", (int64_t)(heredoc->fd & INT64_MAX));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void print_name(struct json_writer *writer, const struct instruction *instruction)
{
    const char *name = instruction_kind_name(instruction->kind);
    if (name)
        json_text(writer, name);
    else
        json_text_span(writer, instruction->keyword.text);
}

/* ONBUILD has the words of its trigger, as BuildKit gives them to its checks. */
static void print_args(struct json_writer *writer, const struct instruction *instruction)
{
    if (instruction->trigger) {
        print_name(writer, instruction->trigger);
        print_args(writer, instruction->trigger);
    }
    for (size_t i = 0; i < instruction->arg_count; i++)
        json_text_span(writer, instruction->args[i].text);
}

static void print_instruction(void *context, const struct expanded *expanded)
{
    static const char *const forms[] = {
        [FORM_SHELL] = "shell", [FORM_EXEC] = "exec", [FORM_WORDS] = "words", [FORM_PAIRS] = "pairs"};
    struct printing *printing = context;
    struct json_writer *writer = &printing->writer;
    const struct instruction *instruction = expanded->instruction;
    struct place place = document_place(printing->document, instruction->extent.start);
    json_open_object(writer);
    json_key(writer, "name");
    print_name(writer, instruction);
    json_add_int(writer, "line", instruction->line);
    json_add_int(writer, "column", place.column);
    json_add_int(writer, "end_line", instruction->end_line);
    json_key(writer, "flags");
    json_open_array(writer);
    for (size_t i = 0; i < instruction->flag_count; i++)
        json_text_span(writer, instruction->flags[i].text);
    json_close_array(writer);
    json_add_text(writer, "form", forms[instruction->trigger ? instruction->trigger->form : instruction->form]);
    json_key(writer, "args");
    json_open_array(writer);
    for (size_t i = 0; i < expanded->args.count; i++)
        json_text(writer, expanded->args.items[i]);
    if (!expanded->args.count)
        print_args(writer, instruction);
    json_close_array(writer);
    print_heredocs(writer, instruction);
    json_close_object(writer);
}

static void print_complaints(struct json_writer *writer, const char *key, const struct complaint *complaints,
                             size_t count)
{
    json_key(writer, key);
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer);
        json_add_int(writer, "line", complaints[i].line);
        json_add_int(writer, "end_line", complaints[i].end_line);
        json_add_text(writer, "message", complaints[i].text);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void print_instructions(struct printing *printing, const struct parse_options *given)
{
    const struct document *document = printing->document;
    if (!given->expand) {
        for (size_t i = 0; i < document->instruction_count; i++)
            print_instruction(printing, &(struct expanded){.instruction = &document->instructions[i]});
        return;
    }
    cleanup_variables struct variables build_args = VARIABLES_INIT, environment = VARIABLES_INIT;
    cleanup_stages struct stages stages;
    struct build_options build = {.build_args = &build_args, .environment = &environment};
    set_all(&build_args, &given->build_args);
    set_all(&environment, &given->environment);
    stages_find(&stages, document, &build);
    stages_expand(&stages, &build, print_instruction, printing);
}

static int print_json(const struct document *document, const struct parse_options *given, struct error *err)
{
    int fd = STDOUT_FILENO;
    char escape[] = {document->escape, '\0'};
    struct printing printing = {.document = document};
    struct json_writer *writer = &printing.writer;
    json_writer_start(writer, sink_to_fd(&fd), false);
    json_open_object(writer);
    json_add_text(writer, "schema", "ullage.dockerfile/1");
    json_add_text(writer, "escape", escape);
    struct span syntax = document_find_directive(document, "syntax");
    if (syntax.ptr)
        add_span(writer, "syntax", syntax);
    else
        json_add_null(writer, "syntax");
    json_key(writer, "instructions");
    json_open_array(writer);
    print_instructions(&printing, given);
    json_close_array(writer);
    print_complaints(writer, "errors", document->errors, document->error_count);
    print_complaints(writer, "warnings", document->warnings, document->warning_count);
    json_close_object(writer);
    json_newline(writer);
    if (json_writer_finish(writer, err) < 0)
        return -1;
    return document_is_accepted(document) ? 0 : 1;
}

static int print_dump(const struct document *document, struct error *err)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    if (!document_has_tree(document))
        return error_set(err, ERROR_FAILED, "%s", document->errors[0].text);
    document_dump(document, &out);
    return write_out(&out, err);
}

static int read_text(struct strbuf *ret_text, const char *path, struct error *err)
{
    return file_read(ret_text, strcmp(path, "-") == 0 ? "/dev/stdin" : path, DOCUMENT_BYTES_MAX, err);
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct parse_options *given = invocation->options;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_document struct document *document = NULL;
    if (given->word || given->words)
        return expand_text(given, invocation->operands[0], err);
    if (read_text(&text, invocation->operands[0], err) < 0 ||
        document_parse(&document, span_of(text.buf, text.len), err) < 0)
        return -1;
    return given->format == PARSE_DUMP ? print_dump(document, err) : print_json(document, given, err);
}

static const struct example examples[] = {
    {"ullage parse Dockerfile", "what BuildKit sees in a Dockerfile"},
    {"ullage parse --format dump Dockerfile", "the same as BuildKit's own test tool prints it"},
    {"ullage parse --expand --build-arg VERSION=3 Dockerfile", "with variables replaced"},
    {"ullage parse --word '${TAG:-latest}'", "expand one word"},
    {NULL, NULL},
};

const struct command command_parse = {
    .name = "parse",
    .group = "Dockerfiles",
    .summary = "print a Dockerfile as BuildKit parses it",
    .usage = "FILE|TEXT",
    .description =
        "Prints instructions with their flags, arguments and heredocs, and the errors that BuildKit would "
        "report, in its words. A dash reads standard input.\n\nExit status 0 when BuildKit would accept the "
        "file, 1 when it would refuse it. With --format dump only its parser's verdict counts.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct parse_options),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = 1,
    .complete = COMPLETE_FILE,
    .run = run,
};
