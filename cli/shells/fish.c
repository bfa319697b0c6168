#include "cli/completion.h"

static const char prologue[] =
    "# fish completion for ullage, printed by 'ullage completion fish'\n"
    "\n"
    "function __ullage_word --description 'first word on the line that is no option'\n"
    "    set -l words (commandline -opc)\n"
    "    set -l skip no\n"
    "    for word in $words[2..-1]\n"
    "        if test $skip = yes\n"
    "            set skip no\n"
    "            continue\n"
    "        end\n"
    "        switch $word\n"
    "            case ";

static const char bare[] =
    "\n"
    "                set skip yes\n"
    "            case '-?*'\n"
    "            case '*'\n"
    "                echo $word\n"
    "                return 0\n"
    "        end\n"
    "    end\n"
    "    return 1\n"
    "end\n"
    "\n"
    "function __ullage_bare --description 'no command is on the line'\n"
    "    not __ullage_word >/dev/null\n"
    "end\n"
    "\n"
    "function __ullage_on --description 'the command is this one'\n"
    "    set -l word (__ullage_word)\n";

static const char epilogue[] = "    test \"$word\" = \"$argv[1]\"\n"
                               "end\n"
                               "\n"
                               "complete -c ullage -f\n"
                               "complete -c ullage -n __ullage_bare -F\n";

/* Text inside '...'. */
static void add_quoted(struct strbuf *out, const char *text)
{
    strbuf_add_char(out, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'' || *p == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, *p);
    }
    strbuf_add_char(out, '\'');
}

static void add_words(struct strbuf *out, enum complete complete,
                      const char *const *choices)
{
    cleanup_strvec struct strvec words = STRVEC_INIT;
    completion_words(&words, complete, choices);
    if (!words.count)
        return;
    strbuf_add_text(out, " -a '");
    completion_join(out, &words, " ");
    strbuf_add_char(out, '\'');
}

/* `command` is NULL for a line without one. */
static void begin(struct strbuf *out, const char *command)
{
    if (command)
        strbuf_addf(out, "complete -c ullage -n '__ullage_on %s'", command);
    else
        strbuf_add_text(out, "complete -c ullage -n __ullage_bare");
}

struct option_context {
    struct strbuf *out;
    const char *command;
};

static void add_option(const struct option *row, void *context)
{
    const struct option_context *option = context;
    struct strbuf *out = option->out;
    begin(out, option->command);
    strbuf_addf(out, " -l %s", row->name);
    if (row->letter)
        strbuf_addf(out, " -s %c", row->letter);
    if (option_takes_value(row)) {
        /* fish has no way to offer only directories but a function of its own */
        if (row->complete == COMPLETE_DIRECTORY)
            strbuf_add_text(out, " -x -a '(__fish_complete_directories)'");
        else
            strbuf_add_text(out, row->complete == COMPLETE_FILE ? " -r -F" : " -x");
        add_words(out, row->complete, row->choices);
    }
    strbuf_add_text(out, " -d ");
    add_quoted(out, row->summary);
    strbuf_add_char(out, '\n');
}

static void add_operands(struct strbuf *out, const struct command *command)
{
    if (command->complete == COMPLETE_FILE) {
        begin(out, command->name);
        strbuf_add_text(out, " -F\n");
    }
    if (command->complete == COMPLETE_DIRECTORY) {
        begin(out, command->name);
        strbuf_add_text(out, " -a '(__fish_complete_directories)'\n");
    }
    cleanup_strbuf struct strbuf words = STRBUF_INIT;
    add_words(&words, command->complete, command->operand_choices);
    if (words.len) {
        begin(out, command->name);
        strbuf_addf(out, "%s\n", words.buf);
    }
}

static void add_command(struct strbuf *out, const struct command *command)
{
    if (!command->hidden) {
        strbuf_addf(out, "complete -c ullage -n __ullage_bare -a %s -d ", command->name);
        add_quoted(out, command->summary);
        strbuf_add_char(out, '\n');
    }
    add_operands(out, command);
    struct option_context context = {.out = out, .command = command->name};
    completion_each_option(command, add_option, &context);
}

/* A word that names no command is an image of the default command, and options may stand
 * before it. */
static void add_default(struct strbuf *out)
{
    cleanup_strvec struct strvec names = STRVEC_INIT;
    completion_words(&names, COMPLETE_COMMAND, NULL);
    if (!command_default())
        return;
    strbuf_add_text(out, "    contains -- \"$word\" ");
    completion_join(out, &names, " ");
    strbuf_addf(out, "\n    or set word %s\n", command_default()->name);
}

static void print(struct strbuf *out)
{
    cleanup_strvec struct strvec valued = STRVEC_INIT;
    completion_valued_options(&valued);
    strbuf_add_text(out, prologue);
    completion_join(out, &valued, " ");
    strbuf_add_text(out, bare);
    add_default(out);
    strbuf_add_text(out, epilogue);
    if (!command_default()) {
        struct option_context context = {.out = out, .command = NULL};
        for (const struct option *row = global_options; row->name; row++)
            add_option(row, &context);
    }
    for (size_t i = 0; commands[i]; i++)
        add_command(out, commands[i]);
}

const struct shell shell_fish = {.name = "fish", .print = print};
