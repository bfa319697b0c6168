#include "cli/completion.h"

#include <string.h>

#include "cli/topics.h"

const struct shell *const shells[] = {
#define SHELL(id) &shell_##id,
#include "cli/shells.def"
#undef SHELL
    NULL,
};

const char *const shell_names[] = {
#define SHELL(id) #id,
#include "cli/shells.def"
#undef SHELL
    NULL,
};

const struct shell *shell_find(const char *name)
{
    for (size_t i = 0; shells[i]; i++)
        if (strcmp(shells[i]->name, name) == 0)
            return shells[i];
    return NULL;
}

void completion_words(struct strvec *ret_words, enum complete complete,
                      const char *const *choices)
{
    for (size_t i = 0; choices && choices[i]; i++)
        strvec_add(ret_words, choices[i]);
    if (complete != COMPLETE_COMMAND && complete != COMPLETE_TOPIC)
        return;
    for (size_t i = 0; commands[i]; i++)
        if (!commands[i]->hidden)
            strvec_add(ret_words, commands[i]->name);
    if (complete != COMPLETE_TOPIC)
        return;
    for (const struct topic *topic = topics; topic->name; topic++)
        strvec_add(ret_words, topic->name);
}

void completion_join(struct strbuf *out, const struct strvec *words, const char *separator)
{
    for (size_t i = 0; i < words->count; i++)
        strbuf_addf(out, "%s%s", i ? separator : "", words->items[i]);
}

static void add_once(struct strvec *words, const char *word)
{
    if (!strvec_contains(words, word))
        strvec_add(words, word);
}

static void add_valued(struct strvec *words, const struct option *rows)
{
    for (const struct option *row = rows; row && row->name; row++) {
        if (!option_takes_value(row))
            continue;
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        strbuf_addf(&name, "--%s", row->name);
        add_once(words, name.buf);
    }
}

/* A letter may be a flag here and take a value there, so letters are asked only where they
 * are not contradicted: by the global table, then by the default command. */
static void add_valued_letters(struct strvec *words, const struct option *rows)
{
    for (const struct option *row = rows; row && row->name; row++) {
        char name[] = {'-', row->letter, '\0'};
        if (option_takes_value(row) && row->letter)
            add_once(words, name);
    }
}

void completion_valued_options(struct strvec *ret_words)
{
    add_valued(ret_words, global_options);
    for (size_t i = 0; commands[i]; i++)
        add_valued(ret_words, commands[i]->options);
    add_valued_letters(ret_words, global_options);
    if (command_default())
        add_valued_letters(ret_words, command_default()->options);
}

void completion_each_option(const struct command *command,
                            void (*visit)(const struct option *row, void *context),
                            void *context)
{
    for (const struct option *row = command->options; row && row->name; row++)
        if (!row->hidden)
            visit(row, context);
    for (const struct option *row = global_options; row->name; row++) {
        struct option left = command_global_option(command, row);
        if (left.name && !left.hidden)
            visit(&left, context);
    }
}
