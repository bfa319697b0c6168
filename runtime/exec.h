/* The one place that starts a process (docs/runtime.md).
 *
 * An exec_request says what to start and what becomes of its streams; exec_run starts it,
 * waits, and gives an exec_result, a record of what happened. A status is never folded:
 * that we cancelled is what we know, not what an exit code suggests (`docker exec` ends
 * with 0 when it is terminated).
 *
 * No shell is involved. The program is found on our PATH or is a path; the child leads a
 * process group of its own (but with `terminal`), has default signals and an empty mask,
 * and nothing open but its three streams. Nothing of our process changes: no disposition,
 * no folder, no environment, no SIGCHLD handler. Any number of threads may run processes at
 * once; callbacks come on the thread that runs or dispatches.
 *
 * The request and all it points to must live until exec_run returns or, started with
 * exec_start, until exec_finish. Nothing in it is changed or freed. Zero-initialised is a
 * sensible default:
 *
 *     struct exec_request request = {.program = "docker", .arguments = &arguments};
 *     struct exec_result result;
 *     if (exec_run(&request, &result, err) < 0 || exec_expect_success(&result, err) < 0)
 *         ...
 *     use(result.out.text);
 *     exec_result_release(&result);
 */
#ifndef ULLAGE_RUNTIME_EXEC_H
#define ULLAGE_RUNTIME_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"
#include "core/json.h"
#include "core/span.h"
#include "core/strbuf.h"
#include "runtime/arguments.h"
#include "runtime/cancel.h"
#include "runtime/environment.h"
#include "runtime/recording.h"

#define EXEC_CAPTURE_OUT ((size_t)16 << 20) /* bounds where a request says none */
#define EXEC_CAPTURE_ERR ((size_t)1 << 20)
#define EXEC_LINE_MAX ((size_t)1 << 20)
#define EXEC_SOFT_GRACE_MS 10000 /* docker stop gives a container 10 s */
#define EXEC_TERM_GRACE_MS 2000
#define EXEC_DRAIN_GRACE_MS 500

enum exec_stream { EXEC_OUT, EXEC_ERR };

/* Standard input. Where nothing is said it is empty (/dev/null) and never ours: engines ask
 * questions. */
enum exec_input_kind {
    EXEC_INPUT_NONE,
    EXEC_INPUT_INHERIT,
    EXEC_INPUT_BYTES,    /* `bytes`, then the end */
    EXEC_INPUT_FD,       /* `fd` itself */
    EXEC_INPUT_CALLBACK, /* what `read` gives */
};

struct exec_input {
    enum exec_input_kind kind;
    struct span bytes;
    int fd;
    /* Fills the buffer when the child can take more: the count, 0 at the end, -1 with the
     * error, which ends the child and exec_run. It may block, and everything then waits. */
    ssize_t (*read)(void *context, void *buffer, size_t len, struct error *err);
    void *context;
};

/* A line without its LF. Lines of the two streams have no order between them but their
 * arrival. */
struct exec_line {
    enum exec_stream stream;
    struct span text; /* may hold NULs and what is no UTF-8 */
    bool partial;     /* the last, which had no LF */
    bool truncated;   /* it was longer than the limit: `text` is its beginning, the rest is
                         gone */
    int64_t arrived_ms; /* since the start */
};

enum exec_output_kind {
    EXEC_CAPTURE, /* into the result, at most `limit` bytes */
    EXEC_LINES,   /* to `line`, of each at most `limit` bytes */
    EXEC_BYTES,   /* to `bytes`, as they come */
    EXEC_TO_FD,   /* the child writes to `fd` itself */
    EXEC_INHERIT, /* the child writes to our own stream */
    EXEC_DISCARD, /* /dev/null */
    EXEC_MERGE,   /* standard error only: into what standard output is */
};

/* Callbacks return 0 to go on; anything else ends the child as `stop` says and the outcome
 * is EXEC_STOPPED. What arrives after that is read and dropped. */
struct exec_output {
    enum exec_output_kind kind;
    size_t limit; /* 0: EXEC_CAPTURE_OUT, EXEC_CAPTURE_ERR, EXEC_LINE_MAX */
    /* A capture over its limit keeps draining, so that the child does not hang or die of
     * it. */
    bool keep_tail;     /* keep the first and the last half of the limit in place of its
                           beginning */
    bool stop_at_limit; /* end the child instead; the outcome is EXEC_STOPPED */
    bool strip_cr;      /* a CR before the LF of a line is no part of it */
    int (*line)(void *context, const struct exec_line *line);
    int (*bytes)(void *context, enum exec_stream stream, struct span bytes);
    void *context;
    int fd;
};

/* Milliseconds, 0 for none. */
struct exec_timeouts {
    int64_t total_ms;
    int64_t idle_ms;  /* without output; only output that comes through us is seen */
    int64_t start_ms; /* until the first output */
};

/* How a child is ended: soft signal, grace, SIGTERM, grace, SIGKILL, each to its whole
 * group. */
struct exec_stop {
    int soft_signal;       /* 0: SIGTERM; compose wants SIGINT */
    int64_t soft_grace_ms; /* 0: EXEC_SOFT_GRACE_MS */
    int64_t
        term_grace_ms; /* 0: EXEC_TERM_GRACE_MS; not used if the soft signal is SIGTERM */
};

struct exec_request {
    const char *program;               /* a name on PATH, or a path */
    const struct arguments *arguments; /* those after the program's name; NULL for none */
    const struct environment *environment; /* NULL: ours as it is */
    const char *directory;                 /* of the child; NULL: ours */
    struct exec_input input;
    struct exec_output out;
    struct exec_output err;
    /* The child is interactive: all three streams are ours whatever is said above, it stays
     * in our process group so that the terminal's signals reach it, and the terminal's
     * modes are put back if it dies of a signal. Refused if our standard input is no
     * terminal. The embedder ignores SIGINT meanwhile. */
    bool terminal;
    struct exec_timeouts timeouts;
    struct exec_stop stop;
    int64_t drain_grace_ms; /* 0: EXEC_DRAIN_GRACE_MS; how long to read on when the child
                               has ended but something else holds its streams */
    struct cancel *cancel;  /* NULL: cannot be cancelled */
    struct recording *recording; /* NULL: neither recorded nor replayed */
};

enum exec_outcome {
    EXEC_NOT_STARTED, /* see spawn_errno */
    EXEC_EXITED,      /* exit_code */
    EXEC_SIGNALLED,   /* term_signal */
    EXEC_TIMED_OUT,   /* `timeout` says which; we ended it */
    EXEC_CANCELLED,   /* by the token */
    EXEC_STOPPED,     /* by a callback or a limit */
    EXEC_LOST, /* it ended, but its status went elsewhere: SIGCHLD is ignored or somebody
                  waits for all */
};

enum exec_timeout {
    EXEC_TIMEOUT_NONE,
    EXEC_TIMEOUT_TOTAL,
    EXEC_TIMEOUT_IDLE,
    EXEC_TIMEOUT_START
};

struct exec_captured {
    struct strbuf text; /* EXEC_CAPTURE only */
    uint64_t
        bytes; /* that came, whatever became of them; 0 where the child writes elsewhere */
    uint64_t dropped; /* beyond the limit */
    size_t gap_at;    /* with dropped > 0: where in `text` the dropped bytes are missing */
};

/* What happened. `outcome` is why it ended, exit_code and term_signal how: a process that
 * was cancelled has one of both too, -1 and 0 where it does not apply. What it means for a
 * container the caller knows. */
struct exec_result {
    enum exec_outcome outcome;
    enum exec_timeout timeout;
    int exit_code;
    int term_signal;
    int last_signal; /* the strongest that we sent to end it, 0 for none */
    int spawn_errno;
    bool left_running; /* not even SIGKILL ended it: it is somebody else's, or in the kernel
                        */
    bool incomplete;   /* something else held the streams when the drain grace ended */
    struct exec_captured out;
    struct exec_captured err;
    uint64_t input_bytes; /* taken from us; less than given if the child did not want all */
    int64_t wall_ms;
    int64_t user_us, system_us;
    int64_t
        max_rss_bytes; /* at least ours when it was started, since the kernel counts so */
    pid_t pid;         /* of the child that was; 0 for a replay */
    bool replayed;
    char *command_line; /* redacted, quoted for a shell */
    char *program;      /* as the request names it */
    char
        *last_words; /* the last line on standard error that came through us, escaped for a
                        terminal and without the request's secrets; NULL if there is none */
};

#define EXEC_RESULT_INIT                                                                   \
    {                                                                                      \
        .outcome = EXEC_NOT_STARTED, .exit_code = -1, .out.text = STRBUF_INIT,             \
        .err.text = STRBUF_INIT                                                            \
    }

/* Runs to the end. 0 once the child was started, however it ended; -1 if it was not (the
 * result says EXEC_NOT_STARTED, or EXEC_CANCELLED if the token was used before) or if the
 * input's callback failed. The result is set in each case and to be released. */
int exec_run(const struct exec_request *request, struct exec_result *ret_result,
             struct error *err);

/* The same for somebody else's event loop: start; wait until exec_fd is readable or
 * exec_timeout_ms has passed; exec_dispatch, which never blocks, until it says that all is
 * over; exec_finish. */
struct exec_process;

int exec_start(const struct exec_request *request, struct exec_process **ret_process,
               struct error *err);
int exec_fd(const struct exec_process *process);
int exec_timeout_ms(const struct exec_process *process); /* -1: none */
bool exec_dispatch(struct exec_process *process); /* true: it has ended and all is read */
/* Gives the record and frees the process; one that still runs is killed with its group. -1
 * as exec_run. */
int exec_finish(struct exec_process *process, struct exec_result *ret_result,
                struct error *err);

/* From the thread that dispatches: begins to end the child, or passes a signal on. */
void exec_stop(struct exec_process *process);
void exec_signal(struct exec_process *process, int signal_number);
pid_t exec_pid(const struct exec_process *process);

void exec_result_release(struct exec_result *result);
static inline bool exec_succeeded(const struct exec_result *result)
{
    return result->outcome == EXEC_EXITED && result->exit_code == 0;
}

/* 0 if it exited with 0; else ERROR_ENGINE, saying what ended how and its last words on
 * standard error. */
int exec_expect_success(const struct exec_result *result, struct error *err);
/* "exited with 3", "was ended by SIGKILL", "was cancelled". */
void exec_describe(struct strbuf *out, const struct exec_result *result);
/* What a shell would have in $?: 128 and the number for a signal. For the status of a
 * program alone. */
int exec_shell_status(const struct exec_result *result);
const char *exec_outcome_name(enum exec_outcome outcome); /* "exited", ... */

/* The line that does the same in a shell: folder, environment, program, arguments; secrets
 * redacted. */
void exec_print(struct strbuf *out, const struct exec_request *request);
/* The same as an object: program, arguments, environment, directory. */
void exec_write_json(struct json_writer *writer, const struct exec_request *request);

/* Where a program is: an absolute path, the caller's. Folders of PATH that are not absolute
 * do not count. An error names what is wrong: not found, a folder, not executable; errno is
 * then ENOENT or EACCES. */
int exec_find_program(char **ret_path, const char *program, struct error *err);

#define cleanup_exec_result __attribute__((cleanup(exec_result_release)))

#endif
