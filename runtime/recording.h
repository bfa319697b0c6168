/* A folder of processes' recordings: what was started, as it may be shown, and what came of
 * it. In one mode exec adds to it, in the other nothing is started and the recorded outputs
 * and statuses come back, so that whoever drives an engine can test without one. Processes
 * are told apart by the name of the program and the shown arguments; the same again is the
 * next recording, and after the last one that one again.
 *
 * The environment variable ULLAGE_RECORD names a folder to add to, ULLAGE_REPLAY one to
 * answer from. Secrets among arguments and environment are redacted, and so is each
 * occurrence of theirs in what the process wrote. Standard input is not recorded, its
 * length is. May be used by several threads. */
#ifndef ULLAGE_RUNTIME_RECORDING_H
#define ULLAGE_RUNTIME_RECORDING_H

#include <stdbool.h>

#include "core/error.h"
#include "core/strbuf.h"

enum recording_mode { RECORDING_ADD, RECORDING_REPLAY };

struct recording;

int recording_open(struct recording **ret_recording, const char *folder,
                   enum recording_mode mode, struct error *err);
/* As the environment says; NULL in *ret_recording if it says nothing. */
int recording_from_environment(struct recording **ret_recording, struct error *err);
void recording_free(struct recording *recording);

/* The rest is between this and exec. */
struct exec_request;
struct exec_result;

/* What a process wrote. Where it was more than a recording keeps, `cut` says so. */
struct recorded_streams {
    struct strbuf out, err;
    bool cut;
};

bool recording_replays(const struct recording *recording);
int recording_add(struct recording *recording, const struct exec_request *request,
                  const struct exec_result *result, const struct recorded_streams *streams,
                  struct error *err);
/* Sets outcome, timeout, exit_code and term_signal of the result, and the streams, which
 * are the caller's. */
int recording_next(struct recording *recording, const struct exec_request *request,
                   struct exec_result *result, struct recorded_streams *ret_streams,
                   struct error *err);

#endif
