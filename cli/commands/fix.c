#include "cli/mend.h"

struct fix_command {
    struct lint_arguments lint; /* first, as its options want it */
    struct mend_arguments mend;
};

static const struct option options[] = {
    LINT_OPTIONS(struct fix_command),
    {.name = "rule", .type = OPTION_LIST, OPTION_AT(struct fix_command, mend.rules),
     .argument = "RULE,...", .summary = "mend what these rules find and nothing else",
     .group = "Rules"},
    {.name = "unsafe", .type = OPTION_FLAG, OPTION_AT(struct fix_command, mend.unsafe),
     .summary = "mend also what may change what is built; each says how", .group = "Rules"},
    MEND_OPTIONS(struct fix_command),
    OPTION_END,
};

static int run(const struct invocation *invocation, struct error *err)
{
    struct mend_arguments arguments = ((const struct fix_command *)invocation->options)->mend;
    arguments.lint = ((const struct fix_command *)invocation->options)->lint;
    return mend_files(invocation, &arguments, false, err);
}

static const struct example examples[] = {
    {"ullage fix --diff Dockerfile", "what would be mended"},
    {"ullage fix Dockerfile", "mend it in place"},
    {"ullage fix --unsafe --rule DL3015 Dockerfile", "one rule, also where behaviour changes"},
    {"ullage fix - <Dockerfile >mended", "from standard input to standard output"},
    {NULL, NULL},
};

static const struct fix_command defaults;

const struct command command_fix = {
    .name = "fix",
    .group = "Dockerfiles",
    .summary = "mend Dockerfiles in place, each change proven",
    .usage = "FILE...",
    .description =
        "Mends what 'ullage lint' finds and knows a fix for. Each fix replaces some bytes; the "
        "result is parsed again, and a fix after which anything else is different is not made. A "
        "second run changes nothing.\n\n"
        "Without --unsafe nothing changes that a build could tell.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct fix_command),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .complete = COMPLETE_FILE,
    .run = run,
};
