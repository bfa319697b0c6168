/* The history of a configuration: one step for each instruction, in order; a step that is not empty made
 * the next layer. `created_by` is kept as written; `instruction` is its meaning in Dockerfile words, from
 * the dialects of the classic builder, BuildKit, buildah, kaniko, jib and nix. What is unknown stays NULL. */
#ifndef ULLAGE_ANALYZER_IMAGE_HISTORY_H
#define ULLAGE_ANALYZER_IMAGE_HISTORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

struct history_step {
    const char *created;     /* RFC 3339 as written, or NULL */
    const char *created_by;  /* "" if absent */
    const char *comment;     /* or NULL */
    const char *author;      /* or NULL */
    const char *instruction; /* or NULL */
    bool empty;
    int64_t layer; /* index, or -1 */
};

struct history {
    struct arena arena;
    struct history_step *steps;
    size_t count;
    size_t with_layer; /* steps that claim a layer, which may be more or fewer than there are */
};

/* `config` may be NULL. The step of layer i is the i-th that is not empty. */
int history_read(struct history *ret_history, const json_t *config, size_t layers,
                 struct error *err);
/* The step that made a layer, or NULL. */
const struct history_step *history_of_layer(const struct history *history, size_t layer);

/* "RUN apt-get update" for "/bin/sh -c apt-get update"; NULL if the text tells nothing. */
char *history_instruction(const char *created_by, const char *comment);
void history_release(struct history *history);

#endif
