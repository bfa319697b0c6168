#include <stdio.h>

#include "cli/command.h"
#include "cli/help.h"

static int run(const struct invocation *invocation, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct page page =
        page_for(&text, invocation->terminal.output, invocation->terminal.width);

    if (invocation->operand_count == 0)
        help_overview(&page);
    else if (help_about(&page, invocation->operands[0], err) < 0)
        return -1;
    fwrite(text.buf, 1, text.len, stdout);
    return 0;
}

static const struct example examples[] = {
    {"ullage help", "all commands"},
    {"ullage help exit-codes", "what the exit status says"},
    {NULL, NULL},
};

const struct command command_help = {
    .name = "help",
    .group = "This program",
    .summary = "explain a command or a topic",
    .usage = "[COMMAND | TOPIC]",
    .description = "'ullage COMMAND --help' says the same as 'ullage help COMMAND'.",
    .examples = examples,
    .operands_max = 1,
    .complete = COMPLETE_TOPIC,
    .run = run,
};
