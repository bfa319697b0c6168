#include <stdio.h>

#include "cli/command.h"
#include "cli/completion.h"

static int run(const struct invocation *invocation, struct error *err)
{
    const char *name = invocation->operands[0];
    const struct shell *shell = shell_find(name);
    if (!shell) {
        error_set(err, ERROR_USAGE, "no completion for the shell '%s'", name);
        return error_hint(err, "there is one for bash, zsh and fish");
    }
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    shell->print(&text);
    fwrite(text.buf, 1, text.len, stdout);
    return 0;
}

static const struct example examples[] = {
    {"source <(ullage completion bash)", "for this bash"},
    {"ullage completion zsh > ~/.zfunc/_ullage", "for every zsh, with ~/.zfunc in $fpath"},
    {"ullage completion fish | source", "for this fish"},
    {NULL, NULL},
};

const struct command command_completion = {
    .name = "completion",
    .group = "This program",
    .summary = "print a script that completes commands in a shell",
    .usage = "bash|zsh|fish",
    .description =
        "The script completes commands, options, their values and file names. It is "
        "printed to standard output; where it belongs is up to your shell.",
    .examples = examples,
    .operands_min = 1,
    .operands_max = 1,
    .operand_choices = shell_names,
    .run = run,
};
