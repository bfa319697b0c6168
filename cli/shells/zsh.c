#include <string.h>

#include "cli/completion.h"

/* Text inside '...' of an _arguments specification, where [ ] and : are punctuation. */
static void add_quoted(struct strbuf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\'')
            strbuf_add_text(out, "'\\''");
        else if (strchr("[]:\\", *p))
            strbuf_addf(out, "\\%c", *p);
        else
            strbuf_add_char(out, *p);
    }
}

static void add_action(struct strbuf *out, enum complete complete,
                       const char *const *choices)
{
    cleanup_strvec struct strvec words = STRVEC_INIT;
    completion_words(&words, complete, choices);
    if (complete == COMPLETE_FILE && words.count == 0) {
        strbuf_add_text(out, "_files");
    } else if (complete == COMPLETE_DIRECTORY) {
        strbuf_add_text(out, "_files -/");
    } else if (words.count) {
        strbuf_add_char(out, '(');
        completion_join(out, &words, " ");
        strbuf_add_char(out, ')');
    }
}

static void add_value(struct strbuf *out, const struct option *row)
{
    strbuf_add_char(out, ':');
    add_quoted(out, row->argument);
    strbuf_add_char(out, ':');
    add_action(out, row->complete, row->choices);
}

/* '(-o --output)'{-o+,--output=}'[summary]:FILE:_files' */
static void add_option(const struct option *row, void *context)
{
    struct strbuf *out = context;
    bool valued = option_takes_value(row);
    strbuf_add_text(out, "        ");
    if (row->type == OPTION_LIST)
        strbuf_add_text(out, "'*'");
    else if (row->letter)
        strbuf_addf(out, "'(-%c --%s)'", row->letter, row->name);
    if (row->letter)
        strbuf_addf(out, "{-%c%s,--%s%s}'[", row->letter, valued ? "+" : "", row->name,
                    valued ? "=" : "");
    else
        strbuf_addf(out, "--%s%s'[", row->name, valued ? "=" : "");
    add_quoted(out, row->summary);
    strbuf_add_char(out, ']');
    if (valued)
        add_value(out, row);
    strbuf_add_text(out, "' \\\n");
}

static void add_name_list(struct strbuf *out)
{
    strbuf_add_text(out, "_ullage_commands()\n{\n    local -a names\n    names=(\n");
    for (size_t i = 0; commands[i]; i++) {
        if (commands[i]->hidden)
            continue;
        strbuf_addf(out, "        '%s:", commands[i]->name);
        add_quoted(out, commands[i]->summary);
        strbuf_add_text(out, "'\n");
    }
    strbuf_add_text(out, "    )\n    _describe -t commands command names\n}\n\n");
}

static void add_command(struct strbuf *out, const struct command *command)
{
    cleanup_strbuf struct strbuf action = STRBUF_INIT;
    add_action(&action, command->complete, command->operand_choices);

    strbuf_addf(out, "_ullage_command_%s()\n{\n    _arguments -s -S \\\n", command->name);
    completion_each_option(command, add_option, out);
    strbuf_addf(out, "        '*:argument:%s'\n}\n\n", action.buf);
}

/* -A: options behind the command are the command's, and stay among the words it is given.
 */
static void add_entry(struct strbuf *out)
{
    const struct command *fallback = command_default();
    strbuf_add_text(out, "_ullage()\n{\n"
                         "    local curcontext=$curcontext state state_descr line ret=1\n"
                         "    typeset -A opt_args\n"
                         "    _arguments -C -s -S -A '-*' \\\n");
    if (fallback)
        completion_each_option(fallback, add_option, out);
    else
        for (const struct option *row = global_options; row->name; row++)
            add_option(row, out);
    strbuf_add_text(out, "        '1:command:->first' \\\n"
                         "        '*::argument:->rest' && ret=0\n"
                         "    case $state in\n"
                         "        first)\n"
                         "            _alternative 'commands:command:_ullage_commands' "
                         "'files:image:_files' && ret=0\n"
                         "            ;;\n"
                         "        rest)\n"
                         "            if (($+functions[_ullage_command_$words[1]])); then\n"
                         "                _ullage_command_$words[1] && ret=0\n"
                         "            else\n");
    strbuf_addf(out, "                %s%s && ret=0\n",
                fallback ? "_ullage_command_" : "_files", fallback ? fallback->name : "");
    strbuf_add_text(out, "            fi\n"
                         "            ;;\n"
                         "    esac\n"
                         "    return ret\n"
                         "}\n\n");
}

static void print(struct strbuf *out)
{
    strbuf_add_text(out,
                    "#compdef ullage\n"
                    "# zsh completion for ullage, printed by 'ullage completion zsh'\n\n");
    add_name_list(out);
    for (size_t i = 0; commands[i]; i++)
        add_command(out, commands[i]);
    add_entry(out);
    /* autoloaded as _ullage the file is the function, sourced it has to say what it is for
     */
    strbuf_add_text(out, "if [[ $funcstack[1] == _ullage ]]; then\n"
                         "    _ullage \"$@\"\n"
                         "else\n"
                         "    compdef _ullage ullage\n"
                         "fi\n");
}

const struct shell shell_zsh = {.name = "zsh", .print = print};
