#include "cli/mend.h"

struct fmt_command {
    struct lint_arguments lint;
    struct mend_arguments mend;
};

static const struct option options[] = {
    MEND_OPTIONS(struct fmt_command),
    OPTION_END,
};

static int run(const struct invocation *invocation, struct error *err)
{
    struct mend_arguments arguments = ((const struct fmt_command *)invocation->options)->mend;
    return mend_files(invocation, &arguments, true, err);
}

static const struct example examples[] = {
    {"ullage fmt Dockerfile", "white space and case, in place"},
    {"ullage fmt --check Dockerfile", "status 1 if it would change"},
    {NULL, NULL},
};

static const struct fmt_command defaults;

const struct command command_fmt = {
    .name = "fmt",
    .group = "Dockerfiles",
    .summary = "mend the white space and case of Dockerfiles",
    .usage = "FILE...",
    .description = "The part of 'ullage fix' that a build cannot tell and that nobody discusses.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct fmt_command),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = OPERANDS_ANY,
    .complete = COMPLETE_FILE,
    .run = run,
};
