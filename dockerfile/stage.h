/* Stages of a Dockerfile, what they are built from, and the values that variables have in them. */
#ifndef ULLAGE_DOCKERFILE_STAGE_H
#define ULLAGE_DOCKERFILE_STAGE_H

#include "dockerfile/expand.h"
#include "dockerfile/instruction.h"

#define STAGE_NONE SIZE_MAX

struct stage {
    const struct instruction *from;
    size_t number;      /* 0 is the first */
    const char *name;   /* in lower case; NULL without AS */
    const char *base;   /* the image, expanded; "" if it cannot be */
    size_t base_stage;  /* the earlier stage it is, else STAGE_NONE */
    const char *platform; /* expanded; NULL without --platform */
    size_t first, count;  /* its instructions in the document, FROM included */
};

struct stages {
    struct arena arena;
    const struct document *document;
    struct stage *items;
    size_t count;
    struct variables build_args; /* given from outside */
    struct variables global;     /* ARG before the first FROM, and BuildKit's own */
};

/* What the caller says of the build. All may be NULL. */
struct build_options {
    const struct variables *build_args;
    const struct variables *environment; /* set before every stage, as the base image would */
    const char *target;                  /* a stage's name, for TARGETSTAGE */
    const char *build_platform, *target_platform; /* "linux/amd64" if not given */
};

void stages_find(struct stages *ret_stages, const struct document *document,
                 const struct build_options *options);
void stages_release(struct stages *stages);
#define cleanup_stages __attribute__((cleanup(stages_release)))

/* The last stage of that name (any case) before stage `before`; STAGE_NONE if there is none. */
size_t stages_by_name(const struct stages *stages, struct span name, size_t before);
/* What COPY --from=TEXT in a stage copies from: a number, a name; STAGE_NONE: an image, or itself. */
size_t stages_copy_source(const struct stages *stages, struct span text, size_t stage);
/* The stage an instruction stands in, STAGE_NONE before the first FROM. */
size_t stages_of(const struct stages *stages, const struct instruction *instruction);

/* The arguments of an instruction, expanded where BuildKit expands them. */
struct expanded {
    const struct instruction *instruction;
    struct strvec args;
    struct strvec unmatched; /* variables without a value */
    const char *error;       /* why a word cannot be expanded; the word stays as it is */
};

/* Goes through the document in order, keeping scopes, and tells the arguments of each instruction. */
void stages_expand(const struct stages *stages, const struct build_options *options,
                   void (*tell)(void *context, const struct expanded *expanded), void *context);

#endif
