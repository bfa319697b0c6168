#include "cli/completion.h"

/* bash splits "--option=value" at the '=', and knows nothing of what an option takes. */
static const char prologue[] =
    "# bash completion for ullage, printed by 'ullage completion bash'\n"
    "\n"
    "_ullage_add()\n"
    "{\n"
    "    local line\n"
    "    while IFS= read -r line; do\n"
    "        COMPREPLY+=(\"$line\")\n"
    "    done < <(compgen \"$@\")\n"
    "}\n"
    "\n"
    "_ullage_files()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    _ullage_add -f -- \"$1\"\n"
    "}\n"
    "\n"
    "_ullage_directories()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    _ullage_add -d -- \"$1\"\n"
    "}\n"
    "\n"
    "_ullage()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local command='' subject='' options='' i\n"
    "    COMPREPLY=()\n"
    "\n"
    "    if [[ $cur == '=' ]]; then\n"
    "        cur=''\n"
    "    elif [[ $prev == '=' ]] && ((COMP_CWORD > 1)); then\n"
    "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "            ";

static const char found_command[] =
    ")\n"
    "                [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))\n"
    "                ((i++))\n"
    "                ;;\n"
    "            -*) ;;\n"
    "            *)\n"
    "                command=${COMP_WORDS[i]}\n"
    "                break\n"
    "                ;;\n"
    "        esac\n"
    "    done\n"
    "\n";

static const char values_begin[] = "    case $subject:$prev in\n";

static const char values_end[] = "    esac\n"
                                 "\n"
                                 "    if [[ -z $command && $cur != -* ]]; then\n"
                                 "        _ullage_add -W '";

static const char operands_begin[] = "' -- \"$cur\"\n"
                                     "    fi\n"
                                     "    case $subject in\n";

static const char epilogue[] = "    esac\n"
                               "\n"
                               "    if [[ $cur == -* ]]; then\n"
                               "        _ullage_add -W \"$options\" -- \"$cur\"\n"
                               "    fi\n"
                               "}\n"
                               "\n"
                               "complete -F _ullage ullage\n";

/* The command whose options and operands are offered: a word that names none is an image of
 * the default command. */
static void add_subject(struct strbuf *out, const struct strvec *names)
{
    const struct command *fallback = command_default();
    strbuf_add_text(out, "    subject=$command\n");
    if (fallback) {
        strbuf_add_text(out, "    case $command in\n        ");
        completion_join(out, names, " | ");
        strbuf_addf(out, ") ;;\n        *) subject=%s ;;\n    esac\n", fallback->name);
    }
    strbuf_add_char(out, '\n');
}

/* What fills COMPREPLY for an argument of the kind, each line behind the prefix. */
static void add_action(struct strbuf *out, const char *prefix, enum complete complete,
                       const char *const *choices)
{
    cleanup_strvec struct strvec words = STRVEC_INIT;
    completion_words(&words, complete, choices);
    if (words.count) {
        strbuf_addf(out, "            %s_ullage_add -W '", prefix);
        completion_join(out, &words, " ");
        strbuf_add_text(out, "' -- \"$cur\"\n");
    }
    if (complete == COMPLETE_FILE)
        strbuf_addf(out, "            %s_ullage_files \"$cur\"\n", prefix);
    if (complete == COMPLETE_DIRECTORY)
        strbuf_addf(out, "            %s_ullage_directories \"$cur\"\n", prefix);
}

static void add_values(struct strbuf *out, const char *command, const struct option *rows)
{
    for (const struct option *row = rows; row && row->name; row++) {
        if (!option_takes_value(row))
            continue;
        strbuf_addf(out, "        %s:--%s", command, row->name);
        if (row->letter)
            strbuf_addf(out, " | %s:-%c", command, row->letter);
        strbuf_add_text(out, ")\n");
        add_action(out, "", row->complete, row->choices);
        strbuf_add_text(out, "            return\n            ;;\n");
    }
}

static void add_option_name(const struct option *row, void *context)
{
    struct strbuf *out = context;
    strbuf_addf(out, " --%s", row->name);
}

static void add_command(struct strbuf *out, const struct command *command)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    completion_each_option(command, add_option_name, &names);
    strbuf_addf(out, "        %s)\n            options='%s'\n", command->name,
                names.buf + 1);
    add_action(out, "[[ $cur == -* ]] || ", command->complete, command->operand_choices);
    strbuf_add_text(out, "            ;;\n");
}

static void add_no_command(struct strbuf *out)
{
    cleanup_strbuf struct strbuf options = STRBUF_INIT;
    for (const struct option *row = global_options; row->name; row++)
        if (!row->hidden)
            add_option_name(row, &options);
    strbuf_addf(out, "        '')\n            options='%s'\n            ;;\n",
                options.buf + 1);
}

static void print(struct strbuf *out)
{
    cleanup_strvec struct strvec valued = STRVEC_INIT;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    completion_valued_options(&valued);
    completion_words(&names, COMPLETE_COMMAND, NULL);

    strbuf_add_text(out, prologue);
    completion_join(out, &valued, " | ");
    strbuf_add_text(out, found_command);
    add_subject(out, &names);
    strbuf_add_text(out, values_begin);
    for (size_t i = 0; commands[i]; i++)
        add_values(out, commands[i]->name, commands[i]->options);
    add_values(out, "*", global_options);
    strbuf_add_text(out, values_end);
    completion_join(out, &names, " ");
    strbuf_add_text(out, operands_begin);
    add_no_command(out);
    for (size_t i = 0; commands[i]; i++)
        add_command(out, commands[i]);
    strbuf_add_text(out, epilogue);
}

const struct shell shell_bash = {.name = "bash", .print = print};
