#include "cli/man.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "cli/help.h"
#include "cli/topics.h"

#ifndef ULLAGE_DATE
#define ULLAGE_DATE "" /* of the release, as 2026-01-31; the build knows it */
#endif

/* Text in roff: a dot or quote at the start of a line and a backslash anywhere would be
 * commands, and a plain '-' may come out as a hyphen that cannot be pasted into a shell. */
static void add_text(struct strbuf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (i == 0 && (c == '.' || c == '\''))
            strbuf_add_text(out, "\\&");
        if (c == '\\')
            strbuf_add_text(out, "\\e");
        else if (c == '-')
            strbuf_add_text(out, "\\-");
        else if (c == '\'')
            strbuf_add_text(out, "\\(aq");
        else if (c == '~')
            strbuf_add_text(out, "\\(ti");
        else if (c == '^')
            strbuf_add_text(out, "\\(ha");
        else if (c == '`')
            strbuf_add_text(out, "\\(ga");
        else
            strbuf_add_char(out, c);
    }
}

static void add_line(struct strbuf *out, const char *text)
{
    add_text(out, text, strlen(text));
    strbuf_add_char(out, '\n');
}

static void add_bold_line(struct strbuf *out, const char *text)
{
    strbuf_add_text(out, "\\fB");
    add_text(out, text, strlen(text));
    strbuf_add_text(out, "\\fR\n");
}

static void set_verbatim(struct strbuf *out, bool *verbatim, bool wanted)
{
    if (wanted && !*verbatim)
        strbuf_add_text(out, ".PP\n.RS\n.EX\n");
    if (!wanted && *verbatim)
        strbuf_add_text(out, ".EE\n.RE\n");
    *verbatim = wanted;
}

/* Paragraphs as page_text knows them: an empty line parts, lines that begin with a space
 * stand as they are. */
static void add_paragraphs(struct strbuf *out, const char *text)
{
    bool parted = false;
    bool verbatim = false;
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        size_t indent = strspn(line, " ");
        if (len > 0) {
            set_verbatim(out, &verbatim, indent > 0);
            if (parted && !verbatim)
                strbuf_add_text(out, ".PP\n");
            add_text(out, line + indent, len - indent);
            strbuf_add_char(out, '\n');
        }
        parted = len == 0;
        line += len + (line[len] == '\n');
    }
    set_verbatim(out, &verbatim, false);
}

static void add_title(struct strbuf *out, const char *command)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    strbuf_addf(&name, "ULLAGE%s%s", command ? "-" : "", command ? command : "");
    for (size_t i = 0; i < name.len; i++)
        name.buf[i] = (char)toupper((unsigned char)name.buf[i]);

    strbuf_add_text(out, ".TH ");
    add_text(out, name.buf, name.len);
    strbuf_add_text(out, " 1 \"" ULLAGE_DATE "\" \"ullage " ULLAGE_VERSION
                         "\" \"User commands\"\n");
}

static void add_name(struct strbuf *out, const char *command, const char *summary)
{
    strbuf_add_text(out, ".SH NAME\nullage");
    if (command) {
        strbuf_add_text(out, "\\-");
        add_text(out, command, strlen(command));
    }
    strbuf_add_text(out, " \\- ");
    add_line(out, summary);
}

static void add_examples(struct strbuf *out, const struct example *examples)
{
    strbuf_add_text(out, ".SH EXAMPLES\n");
    for (const struct example *example = examples; example->line; example++) {
        strbuf_add_text(out, ".TP\n");
        add_bold_line(out, example->line);
        add_line(out, example->meaning);
    }
}

static void add_option(struct strbuf *out, const struct option *row)
{
    cleanup_strbuf struct strbuf meaning = STRBUF_INIT;
    help_option_meaning(&meaning, row);
    strbuf_add_text(out, ".TP\n");
    if (row->letter)
        strbuf_addf(out, "\\fB\\-%c\\fR, ", row->letter);
    strbuf_add_text(out, "\\fB\\-\\-");
    add_text(out, row->name, strlen(row->name));
    strbuf_add_text(out, "\\fR");
    if (option_takes_value(row)) {
        strbuf_add_text(out, " \\fI");
        add_text(out, row->argument, strlen(row->argument));
        strbuf_add_text(out, "\\fR");
    }
    strbuf_add_char(out, '\n');
    strbuf_addf(out, "%c", toupper((unsigned char)meaning.buf[0]));
    add_text(out, meaning.buf + 1, meaning.len - 1);
    strbuf_add_text(out, ".\n");
}

static void add_global_options(struct strbuf *out, const struct command *command)
{
    for (const struct option *row = global_options; row->name; row++) {
        struct option left = command ? command_global_option(command, row) : *row;
        if (left.name && !left.hidden)
            add_option(out, &left);
    }
}

static void add_options(struct strbuf *out, const struct command *command)
{
    strbuf_add_text(out, ".SH OPTIONS\n");
    for (const struct option *row = command->options; row && row->name; row++)
        if (!row->hidden)
            add_option(out, row);
    add_global_options(out, command);
}

static void add_topic(struct strbuf *out, const char *heading, const char *name)
{
    const struct topic *topic = topic_find(name);
    strbuf_addf(out, ".SH \"%s\"\n", heading);
    add_paragraphs(out, topic->text);
    for (const struct term *term = topic->terms; term && term->name; term++) {
        strbuf_add_text(out, ".TP\n");
        add_bold_line(out, term->name);
        add_line(out, term->meaning);
    }
    if (topic->closing) {
        strbuf_add_text(out, ".PP\n");
        add_paragraphs(out, topic->closing);
    }
}

static const struct term variables[] = {
    {"NO_COLOR", "Where not empty, no colour unless --color asks for it."},
    {"CLICOLOR_FORCE",
     "Where neither empty nor 0, colour even if the output is no terminal."},
    {"COLUMNS", "The width of the screen."},
    {NULL, NULL},
};

static void add_variable(struct strbuf *out, const char *name, const char *meaning)
{
    strbuf_add_text(out, ".TP\n");
    add_bold_line(out, name);
    add_line(out, meaning);
}

static void add_variables_of(struct strbuf *out, const struct option *rows,
                             struct strvec *printed)
{
    for (const struct option *row = rows; row && row->name; row++) {
        if (!row->environment || row->hidden || strvec_contains(printed, row->environment))
            continue;
        cleanup_strbuf struct strbuf meaning = STRBUF_INIT;
        strbuf_addf(&meaning, "Stands in for --%s where that is not given.", row->name);
        add_variable(out, row->environment, meaning.buf);
        strvec_add(printed, row->environment);
    }
}

static void add_environment(struct strbuf *out)
{
    cleanup_strvec struct strvec printed = STRVEC_INIT;
    strbuf_add_text(out, ".SH ENVIRONMENT\n");
    add_variables_of(out, global_options, &printed);
    for (size_t i = 0; commands[i]; i++)
        add_variables_of(out, commands[i]->options, &printed);
    for (const struct term *variable = variables; variable->name; variable++)
        add_variable(out, variable->name, variable->meaning);
}

static void add_commands(struct strbuf *out)
{
    strbuf_add_text(out, ".SH COMMANDS\n");
    for (size_t i = 0; commands[i]; i++) {
        if (commands[i]->hidden)
            continue;
        strbuf_add_text(out, ".TP\n\\fBullage\\-");
        add_text(out, commands[i]->name, strlen(commands[i]->name));
        strbuf_add_text(out, "\\fR(1)\n");
        add_line(out, commands[i]->summary);
    }
}

static void add_see_also(struct strbuf *out)
{
    strbuf_add_text(out, ".SH SEE ALSO\n");
    const char *separator = "";
    for (size_t i = 0; commands[i]; i++) {
        if (commands[i]->hidden)
            continue;
        strbuf_addf(out, "%s.BR ullage\\-", separator);
        add_text(out, commands[i]->name, strlen(commands[i]->name));
        strbuf_add_text(out, " (1)");
        separator = ",\n";
    }
    strbuf_add_char(out, '\n');
}

void man_overview(struct strbuf *out)
{
    add_title(out, NULL);
    add_name(out, NULL, help_summary);
    strbuf_add_text(out,
                    ".SH SYNOPSIS\n"
                    "\\fBullage\\fR \\fICOMMAND\\fR [\\fIoptions\\fR] \\fIARGUMENTS\\fR\n"
                    ".br\n"
                    "\\fBullage\\fR \\fIIMAGE\\fR\n");
    add_commands(out);
    strbuf_add_text(out, ".SH OPTIONS\n");
    add_global_options(out, NULL);
    add_topic(out, "MEASURES", "measures");
    add_topic(out, "EXIT STATUS", "exit-codes");
    add_environment(out);
    add_examples(out, help_examples);
    add_see_also(out);
}

void man_command(struct strbuf *out, const struct command *command)
{
    add_title(out, command->name);
    add_name(out, command->name, command->summary);
    strbuf_add_text(out, ".SH SYNOPSIS\n\\fBullage ");
    add_text(out, command->name, strlen(command->name));
    strbuf_add_text(out, "\\fR [\\fIoptions\\fR]");
    if (command->usage) {
        strbuf_add_text(out, " \\fI");
        add_text(out, command->usage, strlen(command->usage));
        strbuf_add_text(out, "\\fR");
    }
    strbuf_add_char(out, '\n');
    if (command->description) {
        strbuf_add_text(out, ".SH DESCRIPTION\n");
        add_paragraphs(out, command->description);
    }
    add_options(out, command);
    add_topic(out, "EXIT STATUS", "exit-codes");
    if (command->examples)
        add_examples(out, command->examples);
    strbuf_add_text(out, ".SH SEE ALSO\n.BR ullage (1)\n");
}
