/* What became of a container or of an engine's command. Exit codes are not enough: 125 to
 * 127 of `docker run` are guesses from words, and an application that ends with 127 looks
 * the same. So a run is create, start and inspect, and the inspected state decides
 * (outcome_of_container). Where there is nothing to inspect, code and words are read by the
 * rules of each engine (outcome_of_command). */
#ifndef ULLAGE_RUNTIME_OUTCOME_H
#define ULLAGE_RUNTIME_OUTCOME_H

#include <stdbool.h>

#include "core/error.h"
#include "core/span.h"
#include "core/strbuf.h"
#include "runtime/container_info.h"
#include "runtime/engine.h"
#include "runtime/exec.h"

enum outcome_kind {
    OUTCOME_DONE,
    OUTCOME_APP_EXITED,    /* the container's program ended with a code of its own */
    OUTCOME_APP_SIGNALLED, /* or was ended by a signal: code 128 and the signal */
    OUTCOME_OUT_OF_MEMORY, /* by the kernel, for the container's limit */
    OUTCOME_COMMAND_NOT_FOUND,
    OUTCOME_COMMAND_NOT_EXECUTABLE,
    OUTCOME_DEVICE_MISSING,
    OUTCOME_MOUNT_FAILED,
    OUTCOME_PORT_IN_USE,
    OUTCOME_USER_UNKNOWN,
    OUTCOME_NOT_STARTED, /* for another reason, which the text tells */
    OUTCOME_NO_SUCH_CONTAINER,
    OUTCOME_NO_SUCH_IMAGE,
    OUTCOME_NO_SUCH_NETWORK,
    OUTCOME_NO_SUCH_VOLUME,
    OUTCOME_NO_SUCH_SERVICE,
    OUTCOME_NOT_RUNNING,
    OUTCOME_NAME_TAKEN,
    OUTCOME_IN_USE,
    OUTCOME_ENGINE_DOWN,
    OUTCOME_UNAUTHORIZED,
    OUTCOME_REGISTRY_UNREACHABLE,
    OUTCOME_MANIFEST_UNKNOWN,
    OUTCOME_BAD_USAGE,
    OUTCOME_API_TOO_OLD,
    OUTCOME_NO_TERMINAL,
    OUTCOME_PLUGIN_MISSING,
    OUTCOME_CANCELLED,
    OUTCOME_TIMED_OUT,
    OUTCOME_FAILED, /* nothing more is known */
};

enum outcome_origin { ORIGIN_UNKNOWN, ORIGIN_CONTAINER, ORIGIN_ENGINE, ORIGIN_CLI };

/* Of what was asked, since the same code means different things. */
enum engine_operation {
    OPERATION_OTHER,
    OPERATION_RUN, /* and create, start */
    OPERATION_EXEC,
    OPERATION_BUILD,
    OPERATION_COMPOSE,
};

struct outcome {
    enum outcome_kind kind;
    enum outcome_origin origin;
    int exit_code;      /* of the container, or of the engine's program; -1: none */
    struct strbuf text; /* the engine's own words, one line, raw */
};

#define OUTCOME_INIT                                                                       \
    {                                                                                      \
        .kind = OUTCOME_DONE, .exit_code = -1, .text = STRBUF_INIT                         \
    }

/* From the inspected state of a container that was to be run to its end. */
void outcome_of_container(struct outcome *outcome, const struct container_info *container);

/* Adds the words and the code of `start` to a container that did not start and has none in
 * its state, as with podman. The container's program never ran, so that they can only be
 * the engine's. */
void outcome_of_start(struct outcome *outcome, struct span said, int code);

/* From the record of an engine's program. The result's streams were captured; `docker exec`
 * tells its errors on standard output. */
void outcome_of_command(struct outcome *outcome, enum engine_kind kind,
                        enum engine_operation operation, const struct exec_result *result);

/* Only of words: the class of an engine's message, OUTCOME_FAILED if it is none we know. */
enum outcome_kind outcome_of_words(struct span text);

/* 0 for what was done; else an error with the code that fits: input, usage, engine. `what`
 * is what was attempted: "start of 'web'". */
int outcome_expect_done(const struct outcome *outcome, const char *what, struct error *err);

/* Whether trying again may help: the engine or a registry was not reached. */
bool outcome_is_transient(const struct outcome *outcome);

/* The status of a program that stands for the container: its own code, or 125 if it is not
 * the container's. */
int outcome_exit_status(const struct outcome *outcome);

const char *outcome_name(enum outcome_kind kind); /* "command-not-found" */
const char *
outcome_sentence(enum outcome_kind kind); /* "the command was not found in the image" */
void outcome_release(struct outcome *outcome);

#define cleanup_outcome __attribute__((cleanup(outcome_release)))

#endif
