#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/engine_options.h"
#include "core/escape.h"

struct build_command {
    struct engine_arguments engine;
    const char *file, *target, *platform;
    struct strvec tags, build_args, labels, secrets, ssh;
    bool no_cache, pull;
};

static const struct option options[] = {
    {.name = "tag", .type = OPTION_LIST, OPTION_AT(struct build_command, tags), .argument = "NAME", 
     .summary = "a name for the image", .group = "Build"},
    {.name = "file", .type = OPTION_TEXT, OPTION_AT(struct build_command, file), .argument = "FILE", 
     .summary = "the Dockerfile; FOLDER/Dockerfile without", .group = "Build"},
    {.name = "build-arg", .type = OPTION_LIST, OPTION_AT(struct build_command, build_args), .argument = "NAME=VALUE", 
     .summary = "a value that the build is given", .group = "Build"},
    {.name = "set-label", .type = OPTION_LIST, OPTION_AT(struct build_command, labels), .argument = "NAME=VALUE", 
     .summary = "a label", .group = "Build"},
    {.name = "secret", .type = OPTION_LIST, OPTION_AT(struct build_command, secrets), .argument = "SECRET", 
     .summary = "id=NAME,src=FILE or id=NAME,env=VARIABLE", .group = "Build"},
    {.name = "ssh", .type = OPTION_LIST, OPTION_AT(struct build_command, ssh), .argument = "AGENT", 
     .summary = "default, or ID=SOCKET", .group = "Build"},
    {.name = "target", .type = OPTION_TEXT, OPTION_AT(struct build_command, target), .argument = "STAGE", 
     .summary = "the stage to stop at", .group = "Build"},
    {.name = "platform", .type = OPTION_TEXT, OPTION_AT(struct build_command, platform), .argument = "OS/ARCH", 
     .summary = "build for that platform", .group = "Build"},
    {.name = "no-cache", .type = OPTION_FLAG, OPTION_AT(struct build_command, no_cache), 
     .summary = "build every step anew", .group = "Build"},
    {.name = "pull-base", .type = OPTION_FLAG, OPTION_AT(struct build_command, pull), 
     .summary = "look for newer base images", .group = "Build"},
    ENGINE_OPTIONS(struct build_command),
    OPTION_END,
};

/* A line for each step, and what it says. */
static int tell(void *context, const struct build_event *event, struct error *err)
{
    const struct invocation *invocation = context;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    const char *name = event->step ? event->step->name : "";
    (void)err;
    escape_for_terminal(&shown, event->kind == BUILD_LOG || event->kind == BUILD_MESSAGE ||
                                        event->kind == BUILD_STEP_FAILED
                                    ? event->text
                                    : span_of_text(name));
    if (invocation->global.quiet && event->kind != BUILD_STEP_FAILED)
        return 0;
    switch (event->kind) {
    case BUILD_STEP_STARTED:
        fprintf(stderr, "=> %s\n", shown.buf ? shown.buf : "");
        break;
    case BUILD_STEP_CACHED:
        fprintf(stderr, "=> cached %s\n", shown.buf ? shown.buf : "");
        break;
    case BUILD_STEP_FAILED:
        fprintf(stderr, "=> failed: %s\n", shown.buf ? shown.buf : "");
        break;
    case BUILD_LOG:
    case BUILD_MESSAGE:
        fprintf(stderr, "   %s\n", shown.buf ? shown.buf : "");
        break;
    default:
        break;
    }
    return 0;
}

static int work(const struct client *client, const struct invocation *invocation,
                const struct file_output *output, struct error *err)
{
    const struct build_command *given = invocation->options;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    cleanup_free char *id = NULL;
    struct build_options wanted = {
        .context = invocation->operands[0],
        .dockerfile = given->file,
        .tags = given->tags, /* lent, as the lists below */
        .secrets = given->secrets,
        .ssh = given->ssh,
        .target = given->target,
        .platform = given->platform,
        .no_cache = given->no_cache,
        .pull = given->pull,
        .visit = tell,
        .context_of_visit = (void *)invocation,
    };
    int result = engine_take_settings(&wanted.build_args, &given->build_args, "--build-arg", err);
    if (result == 0)
        result = engine_take_settings(&wanted.labels, &given->labels, "--set-label", err);
    if (result == 0)
        result = client_build(client, &wanted, &id, &outcome, err);
    settings_release(&wanted.build_args);
    settings_release(&wanted.labels);
    if (result == 0 && id &&
        (sink_write(&output->sink, id, strlen(id), err) < 0 || sink_write(&output->sink, "\n", 1, err) < 0))
        return -1;
    return result;
}

static int run(const struct invocation *invocation, struct error *err)
{
    const struct build_command *given = invocation->options;
    return engine_do(invocation, &given->engine, work, err);
}

static const struct example examples[] = {
    {"ullage build . --tag example/shop:1.4.0", "from ./Dockerfile"},
    {"ullage build . --target test --no-cache", "up to a stage, every step anew"},
    {NULL, NULL},
};

const struct command command_build = {
    .name = "build",
    .group = "Engine images",
    .summary = "build an image from a Dockerfile",
    .usage = "FOLDER",
    .description = "Steps and what they say go to standard error, the id of the image to standard output. BuildKit builds where buildx is there, the classic builder where not; podman by itself.",
    .examples = examples,
    .options = options,
    .options_size = sizeof(struct build_command),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
