#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/config_file.h"
#include "cli/image_options.h"
#include "cli/progress.h"
#include "core/file.h"

struct init_options {
    struct image_arguments image;
    const char *output;
    bool force;
};

static const struct init_options defaults = {.output = CONFIG_NAME};

static const struct option options[] = {
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     OPTION_AT(struct init_options, output),
     .argument = "FILE",
     .summary = "write to FILE, '-' for standard output",
     .fallback = CONFIG_NAME,
     .complete = COMPLETE_FILE,
     .group = "Output"},
    {.name = "force",
     .type = OPTION_FLAG,
     OPTION_AT(struct init_options, force),
     .summary = "replace a file that is there",
     .group = "Output"},
    IMAGE_OPTIONS(struct init_options),
    OPTION_END,
};

static int measure(struct strbuf *text, const struct invocation *invocation, struct error *err)
{
    const struct init_options *given = invocation->options;
    struct limits limits;
    struct analysis_options analysis_options;
    struct analysis *analysis;
    struct progress_line line;
    if (image_arguments_read(&given->image, invocation, &limits, &analysis_options, err) < 0)
        return -1;
    progress_line_start(&line, invocation, invocation->operands[0]);
    analysis_options.progress = &line.progress;
    int result = analysis_run(&analysis, invocation->operands[0], &analysis_options, err);
    progress_line_stop(&line);
    if (result < 0)
        return -1;
    gate_config_init(text, analysis);
    int status = image_status(analysis->image);
    analysis_free(analysis);
    return status;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct init_options *given = invocation->options;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    bool is_file = strcmp(given->output, "-") != 0;
    if (is_file && !given->force && access(given->output, F_OK) == 0) {
        error_set(err, ERROR_USAGE, "'%s' is there already", given->output);
        return error_hint(err, "--force replaces it, -o FILE writes elsewhere");
    }
    int status = 0;
    if (invocation->operand_count)
        status = measure(&text, invocation, err);
    else
        gate_config_init(&text, NULL);
    if (status != 0)
        return status;
    if (file_write(given->output, span_of(text.buf, text.len), err) < 0)
        return -1;
    if (is_file && !invocation->global.quiet)
        fprintf(stderr, "wrote %s; next: ullage gate %s\n", given->output,
                invocation->operand_count ? invocation->operands[0] : "IMAGE");
    return 0;
}

static const struct example examples[] = {
    {"ullage init app.tar", "limits a quarter above today's sizes"},
    {"ullage init -o -", "an outline, to read"},
    {NULL, NULL},
};

const struct command command_init = {
    .name = "init",
    .group = "Images",
    .summary = "write a configuration for the gate",
    .usage = "[IMAGE]",
    .description = "Writes a commented .ullage.yaml into the working directory, with limits above "
                   "the sizes that IMAGE has today. A file that is there stays.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct init_options),
    .defaults = &defaults,
    .operands_min = 0,
    .operands_max = 1,
    .complete = COMPLETE_FILE,
    .run = run,
};
