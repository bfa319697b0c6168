/* A build as data, for those who have no project but know what they want: stages with their base
 * images, steps, environment, labels, user and working directory, and the script that builds and
 * pushes. Each prints itself. A build is read from JSON (see docs/generate.md); its texts live as
 * long as the document that it came from. */
#ifndef ULLAGE_GENERATOR_STAGES_H
#define ULLAGE_GENERATOR_STAGES_H

#include "core/strvec.h"
#include "generator/manifest.h"

struct strbuf;

/* A step is a command of a shell, or a copy if it has a target. */
struct build_step {
    const char *run;
    const char *from; /* a stage or an image; NULL: the context */
    struct strvec sources;
    const char *target, *owner;
};

struct build_stage {
    const char *name, *base, *platform;
    const char *working_directory, *user;
    struct strvec arguments;   /* "NAME" or "NAME=VALUE" */
    struct strvec environment; /* "NAME=VALUE" */
    struct strvec labels;
    struct build_step *steps;
    size_t step_count, step_capacity;
    struct strvec ports;
    struct strvec entrypoint, command;
};

struct multi_stage_build {
    struct strvec arguments; /* before the first stage */
    struct build_stage *stages;
    size_t count, capacity;
};

struct build_script {
    const char *image, *registry;
    struct strvec tags, arguments;
    bool push;
};

int multi_stage_build_read(struct multi_stage_build *ret_build, const struct manifest *document,
                           struct error *err);
void multi_stage_build_print(struct strbuf *out, const struct multi_stage_build *build);
void multi_stage_build_release(struct multi_stage_build *build);

/* The member "script"; an image named `name` without it. */
int build_script_read(struct build_script *ret_script, const struct manifest *document,
                      const char *name, struct error *err);
void build_script_print(struct strbuf *out, const struct build_script *script);
void build_script_release(struct build_script *script);

#endif
