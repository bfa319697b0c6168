#include "analyzer/dockerfile_of.h"

#include <stdio.h>

#include "cli/image_options.h"
#include "core/file.h"

struct dockerfile_of_options {
    struct image_arguments image;
    const char *output;
};

static const struct dockerfile_of_options defaults = {.output = "-"};

static const struct option options[] = {
    {.name = "output", .letter = 'o', .type = OPTION_TEXT,
     OPTION_AT(struct dockerfile_of_options, output), .argument = "FILE",
     .summary = "write to FILE instead of standard output", .complete = COMPLETE_FILE,
     .group = "Output"},
    IMAGE_OPTIONS(struct dockerfile_of_options),
    OPTION_END,
};

static int run(const struct invocation *invocation, struct error *err)
{
    const struct dockerfile_of_options *given = invocation->options;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct limits limits;
    struct analysis_options analysis_options;
    struct dockerfile_of_counts counts;
    if (image_arguments_read(&given->image, invocation, &limits, &analysis_options, err) < 0 ||
        dockerfile_of(&text, &counts, invocation->operands[0], &analysis_options, err) < 0 ||
        file_write(given->output, span_of(text.buf, text.len), err) < 0)
        return -1;
    if (counts.unknown && !invocation->global.quiet)
        fprintf(stderr, "ullage: %zu of %zu steps are comments: the history does not tell all of them\n",
                counts.unknown, counts.steps);
    return 0;
}

static const struct example examples[] = {
    {"ullage dockerfile-of app.tar", "what its history proves"},
    {"ullage dockerfile-of app.tar -o Dockerfile", "into a file"},
    {NULL, NULL},
};

const struct command command_dockerfile_of = {
    .name = "dockerfile-of",
    .group = "Dockerfiles",
    .summary = "write the Dockerfile that an image's history proves",
    .usage = "IMAGE",
    .description =
        "Each step of the history becomes an instruction of the same effect. What the history does not "
        "tell (files known by their digest, stages, words that cannot be told apart) becomes a comment; "
        "nothing is invented, and secrets are redacted.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct dockerfile_of_options),
    .defaults = &defaults,
    .operands_min = 1,
    .operands_max = 1,
    .complete = COMPLETE_FILE,
    .run = run,
};
