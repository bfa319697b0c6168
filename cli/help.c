#include "cli/help.h"

#include <inttypes.h>
#include <string.h>

#include "core/nearest.h"
#include "cli/topics.h"

#define OPTION_COLUMN_MAX 28 /* a longer term has its meaning on the next line */
#define EXAMPLE_COLUMN_MAX 44
#define COMMAND_COLUMN 16

const char help_summary[] = "look inside container images, offline";

const struct example help_examples[] = {
    {"ullage app.tar", "what is big and what is wasted"},
    {"docker save app | ullage -", "the same, without a file"},
    {"ullage gate app.tar --max blob_bytes=220MB", "fail when it is too big"},
    {"ullage verify app.tar", "check every digest and size"},
    {NULL, NULL},
};

/* Options */

static void add_words(struct strbuf *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        strbuf_addf(out, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

void help_option_term(struct strbuf *out, const struct option *row)
{
    if (row->letter)
        strbuf_addf(out, "-%c, ", row->letter);
    else
        strbuf_add_text(out, "    ");
    strbuf_addf(out, "--%s", row->name);
    if (option_takes_value(row))
        strbuf_addf(out, " %s", row->argument);
}

void help_option_meaning(struct strbuf *out, const struct option *row)
{
    cleanup_strbuf struct strbuf notes = STRBUF_INIT;
    if (row->type == OPTION_INT && row->max < INT32_MAX)
        strbuf_addf(&notes, ", %" PRId64 " to %" PRId64, row->min, row->max);
    if (row->type == OPTION_LIST)
        strbuf_add_text(&notes, ", repeatable");
    if (row->fallback)
        strbuf_addf(&notes, ", default: %s", row->fallback);
    if (row->environment)
        strbuf_addf(&notes, ", $%s", row->environment);

    strbuf_add_text(out, row->summary);
    if (row->choices) {
        strbuf_add_text(out, ": ");
        add_words(out, row->choices);
    }
    if (notes.len)
        strbuf_addf(out, " (%s)", notes.buf + 2);
}

static const char *group_of(const struct option *row)
{
    return row->group ? row->group : "Options";
}

static size_t option_column(const struct option *rows)
{
    size_t column = 0;
    for (const struct option *row = rows; row && row->name; row++) {
        cleanup_strbuf struct strbuf term = STRBUF_INIT;
        help_option_term(&term, row);
        size_t wanted = 2 + term.len + 2;
        if (!row->hidden && wanted > column && wanted <= OPTION_COLUMN_MAX)
            column = wanted;
    }
    return column;
}

static void print_option(struct page *page, const struct option *row, size_t column)
{
    cleanup_strbuf struct strbuf term = STRBUF_INIT;
    cleanup_strbuf struct strbuf meaning = STRBUF_INIT;
    help_option_term(&term, row);
    help_option_meaning(&meaning, row);
    page_row(page, term.buf, meaning.buf, column);
}

static bool group_is_new(const struct option *rows, const struct option *row)
{
    for (const struct option *earlier = rows; earlier < row; earlier++)
        if (!earlier->hidden && strcmp(group_of(earlier), group_of(row)) == 0)
            return false;
    return true;
}

static void print_group(struct page *page, const struct option *rows, const char *group,
                        size_t column)
{
    page_heading(page, group);
    for (const struct option *row = rows; row->name; row++)
        if (!row->hidden && strcmp(group_of(row), group) == 0)
            print_option(page, row, column);
}

static void print_options(struct page *page, const struct option *rows, size_t column)
{
    for (const struct option *row = rows; row && row->name; row++)
        if (!row->hidden && group_is_new(rows, row))
            print_group(page, rows, group_of(row), column);
}

static void print_global_options(struct page *page, const struct command *command,
                                 size_t column)
{
    page_heading(page, group_of(&global_options[0]));
    for (const struct option *row = global_options; row->name; row++) {
        struct option left = command ? command_global_option(command, row) : *row;
        if (left.name && !left.hidden)
            print_option(page, &left, column);
    }
}

/* Examples and commands */

static void print_examples(struct page *page, const struct example *examples)
{
    size_t column = 0;
    for (const struct example *example = examples; example->line; example++) {
        size_t wanted = 2 + strlen(example->line) + 2;
        if (wanted > column && wanted <= EXAMPLE_COLUMN_MAX)
            column = wanted;
    }
    if (column == 0)
        column = 6;
    for (const struct example *example = examples; example->line; example++)
        page_row(page, example->line, example->meaning, column);
}

static const char *command_group(const struct command *command)
{
    return command->group ? command->group : "Commands";
}

static bool command_group_is_new(size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (!commands[i]->hidden &&
            strcmp(command_group(commands[i]), command_group(commands[index])) == 0)
            return false;
    return true;
}

static void print_commands(struct page *page, const char *group)
{
    page_heading(page, group);
    for (size_t i = 0; commands[i]; i++)
        if (!commands[i]->hidden && strcmp(command_group(commands[i]), group) == 0)
            page_row(page, commands[i]->name, commands[i]->summary, COMMAND_COLUMN);
}

static void print_title(struct page *page)
{
    strbuf_addf(page->out, "%sullage%s - %s\n", page->style->bold, page->style->reset,
                help_summary);
}

void help_short(struct page *page)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; commands[i]; i++)
        if (!commands[i]->hidden)
            strbuf_addf(&names, "%s%s", names.len ? " " : "", commands[i]->name);

    print_title(page);
    print_examples(page, help_examples);
    page_heading(page, "Commands");
    page_text(page, 2, names.buf);
    page_text(page, 0,
              "\nRun 'ullage help' for more, 'ullage help COMMAND' for all of one.");
}

void help_overview(struct page *page)
{
    print_title(page);
    page_heading(page, "Examples");
    print_examples(page, help_examples);
    page_heading(page, "Usage");
    page_row(page, "ullage COMMAND [options] ARGUMENTS", "", 0);
    page_row(page, "ullage IMAGE", "the same as 'ullage analyze IMAGE'", COMMAND_COLUMN);

    for (size_t i = 0; commands[i]; i++)
        if (!commands[i]->hidden && command_group_is_new(i))
            print_commands(page, command_group(commands[i]));
    print_global_options(page, NULL, option_column(global_options));

    page_heading(page, "Topics of 'ullage help'");
    for (const struct topic *topic = topics; topic->name; topic++)
        page_row(page, topic->name, topic->summary, COMMAND_COLUMN);
}

void help_usage(struct strbuf *out, const struct command *command)
{
    strbuf_addf(out, "ullage %s%s%s%s", command->name,
                options_count(command->options) ? " [options]" : "",
                command->usage ? " " : "", command->usage ? command->usage : "");
}

void help_command(struct page *page, const struct command *command)
{
    cleanup_strbuf struct strbuf usage = STRBUF_INIT;
    help_usage(&usage, command);
    size_t own = option_column(command->options);
    size_t global = option_column(global_options);
    size_t column = own > global ? own : global;

    strbuf_addf(page->out, "%sullage %s%s - %s\n", page->style->bold, command->name,
                page->style->reset, command->summary);
    if (command->examples) {
        page_heading(page, "Examples");
        print_examples(page, command->examples);
    }
    page_heading(page, "Usage");
    page_row(page, usage.buf, "", 0);
    if (command->description) {
        strbuf_add_char(page->out, '\n');
        page_text(page, 0, command->description);
    }
    print_options(page, command->options, column);
    print_global_options(page, command, column);
}

int help_about(struct page *page, const char *name, struct error *err)
{
    const struct command *command = command_by_name(name);
    if (command) {
        help_command(page, command);
        return 0;
    }
    const struct topic *topic = topic_find(name);
    if (topic) {
        topic_print(topic, page);
        return 0;
    }
    struct nearest near = nearest_to(name);
    for (size_t i = 0; commands[i]; i++)
        if (!commands[i]->hidden)
            nearest_offer(&near, commands[i]->name);
    for (const struct topic *row = topics; row->name; row++)
        nearest_offer(&near, row->name);
    error_set(err, ERROR_USAGE, "no command or topic '%s'", name);
    if (near.best)
        return error_hint(err, "did you mean '%s'?", near.best);
    return error_hint(err, "'ullage help' lists both");
}
