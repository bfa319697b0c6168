/* What a build does, as events, whatever tells it: BuildKit's rawjson (one object a line,
 * or indented), its plain text, the classic builder, podman. Output may be cut anywhere.
 * Steps keep their number for the whole build; a log line belongs to its step where the
 * builder says so, else to the step that runs. */
#ifndef ULLAGE_RUNTIME_PROGRESS_H
#define ULLAGE_RUNTIME_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/span.h"

enum progress_dialect {
    PROGRESS_RAWJSON, /* stderr of docker build --progress=rawjson */
    PROGRESS_PLAIN,   /* stderr of --progress=plain */
    PROGRESS_LEGACY,  /* stdout of the classic builder, and of podman build */
};

enum build_event_kind {
    BUILD_STEP_STARTED,
    BUILD_STEP_CACHED,
    BUILD_STEP_DONE,
    BUILD_STEP_FAILED, /* text: why */
    BUILD_STEP_CANCELLED,
    BUILD_STEP_TRANSFER, /* text: what; current and total bytes */
    BUILD_LOG,           /* text: a line */
    BUILD_MESSAGE, /* text: a line of no step: warnings, the last error, the image's id */
};

struct build_step {
    size_t index;      /* from 0, in the order they were met */
    const char *name;  /* "[app 2/3] RUN make" */
    const char *stage; /* "app", "" if the builder names none */
    unsigned number;   /* 2 of 3; 0 if it is no step of the Dockerfile */
    unsigned total;
    const char *instruction; /* "RUN make", "" likewise */
    unsigned line; /* of the Dockerfile, 0 until it is known: of a failure alone */
    bool started, finished, cached, failed;
};

struct build_event {
    enum build_event_kind kind;
    const struct build_step *step; /* NULL: of none */
    struct span text;              /* raw: escape it for a terminal */
    int64_t current, total;        /* VALUE_UNKNOWN if not told */
};

/* Takes an event, lent for the call; -1 with an error ends the reading. */
typedef int build_visit(void *context, const struct build_event *event, struct error *err);

struct progress;
struct progress *progress_new(enum progress_dialect dialect, build_visit *visit,
                              void *context);
int progress_add(struct progress *progress, const void *bytes, size_t len,
                 struct error *err);
/* The build has failed: so has the step that runs, if nothing has told so yet. The classic
 * builder says why on its other stream. */
int progress_fail(struct progress *progress, struct span why, struct error *err);
/* Tells what was left over. */
int progress_finish(struct progress *progress, struct error *err);
size_t progress_step_count(const struct progress *progress);
/* Valid until more is added. */
const struct build_step *progress_step(const struct progress *progress, size_t index);
void progress_free(struct progress *progress);

#endif
