#include <stdio.h>

#include "cli/command.h"
#include "cli/man.h"

static int run(const struct invocation *invocation, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (invocation->operand_count == 0) {
        man_overview(&text);
    } else {
        const struct command *command = command_by_name(invocation->operands[0]);
        if (!command)
            return command_unknown(invocation->operands[0], err);
        man_command(&text, command);
    }
    fwrite(text.buf, 1, text.len, stdout);
    return 0;
}

static const struct example examples[] = {
    {"ullage man > ullage.1", "the page of the program"},
    {"ullage man gate | man -l -", "read the page of a command"},
    {NULL, NULL},
};

const struct command command_man = {
    .name = "man",
    .group = "This program",
    .summary = "print a manual page",
    .usage = "[COMMAND]",
    .description = "The page is in the format of man(7), ready for 'man -l' or for "
                   "share/man/man1.",
    .examples = examples,
    .operands_max = 1,
    .complete = COMPLETE_COMMAND,
    .run = run,
};
