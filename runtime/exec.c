#include "runtime/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "core/escape.h"
#include "core/file.h"
#include "runtime/descriptors.h"
#include "runtime/output.h"
#include "runtime/program.h"
#include "runtime/request.h"
#include "runtime/scrub.h"

/* Read from a stream before the other has its turn. */
#define BLOCK_BYTES ((size_t)64 << 10)
#define PIDFD_LESS_POLL_MS 10 /* where the kernel has no pidfd */
#define KILL_GRACE_MS 5000    /* SIGKILL works at once, but not within the kernel */
#define LAST_WORDS_MAX 300    /* characters of an error message */

/* What epoll watches. The first two are enum exec_stream. */
enum watched {
    WATCH_OUT,
    WATCH_ERR,
    WATCH_INPUT,
    WATCH_PROCESS,
    WATCH_CANCEL,
    WATCH_REPLAY
};

/* The steps by which a child is ended. */
enum stop_step { STOP_NOT, STOP_SOFT, STOP_TERM, STOP_KILL, STOP_GIVEN_UP };

struct exec_process {
    const struct exec_request *request;
    struct exec_result result;
    struct output outputs[2];

    int epoll;
    int streams[2]; /* our ends of the child's outputs, -1 when closed or never ours */
    int input;      /* our end of its input */
    int pidfd;
    pid_t pid;

    int64_t started_ms;
    int64_t ended_ms;       /* -1 while it runs */
    int64_t last_output_ms; /* -1 before the first */
    size_t owed[2];         /* bytes that stood in the pipes when the child ended */
    bool drain_prolonged;

    enum stop_step step;
    enum exec_outcome reason; /* of the stop */
    int64_t next_step_ms;
    unsigned cancels_seen;
    unsigned forwarded_seen[CANCEL_SIGNALS];

    size_t input_at; /* of the bytes given */
    char *block;     /* BLOCK_BYTES: what a callback gave and the child has not taken */
    size_t block_len, block_at;
    char *scratch; /* BLOCK_BYTES */

    bool keeps_modes;
    struct termios modes;

    int replay; /* an eventfd, always readable, in place of a child */
    struct recorded_streams recorded;
    struct error error; /* of the input's callback */
    bool over;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t or_default(int64_t value, int64_t otherwise)
{
    return value > 0 ? value : otherwise;
}

/* ---- descriptors ---- */

static int open_input(struct exec_process *process)
{
    const struct exec_request *request = process->request;
    int childs = -1;
    if (request->terminal)
        return descriptor_open_inherited(STDIN_FILENO);
    switch (request->input.kind) {
    case EXEC_INPUT_NONE:
        return descriptor_open_nothing();
    case EXEC_INPUT_INHERIT:
        return descriptor_open_inherited(STDIN_FILENO);
    case EXEC_INPUT_FD:
        return fcntl(request->input.fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    case EXEC_INPUT_BYTES:
    case EXEC_INPUT_CALLBACK:
        return descriptor_open_pipe(&process->input, &childs, true) < 0 ? -1 : childs;
    }
    return -1;
}

static int open_output(struct exec_process *process, enum exec_stream stream, int out)
{
    const struct exec_output *how = process->outputs[stream].how;
    int childs = -1;
    if (process->request->terminal)
        return descriptor_open_inherited(stream == EXEC_OUT ? STDOUT_FILENO
                                                            : STDERR_FILENO);
    switch (how->kind) {
    case EXEC_CAPTURE:
    case EXEC_LINES:
    case EXEC_BYTES:
        return descriptor_open_pipe(&process->streams[stream], &childs, false) < 0 ? -1
                                                                                   : childs;
    case EXEC_TO_FD:
        return fcntl(how->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    case EXEC_INHERIT:
        return descriptor_open_inherited(stream == EXEC_OUT ? STDOUT_FILENO
                                                            : STDERR_FILENO);
    case EXEC_DISCARD:
        return descriptor_open_nothing();
    case EXEC_MERGE:
        return fcntl(out, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    }
    return -1;
}

static int open_streams(struct exec_process *process, int childs[3], struct error *err)
{
    childs[0] = open_input(process);
    if (childs[0] >= 0)
        childs[1] = open_output(process, EXEC_OUT, -1);
    if (childs[1] >= 0)
        childs[2] = open_output(process, EXEC_ERR, childs[1]);
    if (childs[2] >= 0)
        return 0;
    process->result.spawn_errno = errno;
    return error_set_errno(err, ERROR_ENGINE, errno, "cannot make the streams of '%s'",
                           process->request->program);
}

static int watch(struct exec_process *process, int fd, enum watched what, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u32 = what};
    return epoll_ctl(process->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* ---- starting ---- */

static char **make_argv(const struct exec_request *request)
{
    size_t count = request->arguments ? request->arguments->count : 0;
    char **argv = memory_alloc_zero(count + 2, sizeof *argv);
    argv[0] = memory_dup_text(request->program);
    for (size_t i = 0; i < count; i++)
        argv[i + 1] = request->arguments->items[i]; /* lent */
    return argv;
}

/* Default signals, but for SIGHUP, which nohup ignores for whoever it starts; an empty
 * mask; a group of its own unless a terminal's signals shall reach it. */
static int set_attributes(posix_spawnattr_t *attributes, bool own_group)
{
    sigset_t mask;
    sigset_t defaults;
    sigemptyset(&mask);
    sigfillset(&defaults);
    sigdelset(&defaults, SIGHUP);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (own_group)
        flags = (short)(flags | POSIX_SPAWN_SETPGROUP);
    int failure = posix_spawnattr_setflags(attributes, flags);
    failure = failure ? failure : posix_spawnattr_setsigmask(attributes, &mask);
    failure = failure ? failure : posix_spawnattr_setsigdefault(attributes, &defaults);
    return failure ? failure : posix_spawnattr_setpgroup(attributes, 0);
}

static int set_actions(posix_spawn_file_actions_t *actions, const int childs[3],
                       const char *directory)
{
    int failure = 0;
    for (int i = 0; i < 3 && !failure; i++)
        failure = posix_spawn_file_actions_adddup2(actions, childs[i], i);
    if (!failure)
        failure = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    if (!failure && directory)
        failure = posix_spawn_file_actions_addchdir_np(actions, directory);
    return failure;
}

/* 0, or the errno. posix_spawn shares our memory until the child is its program: a process
 * that holds gigabytes starts one as fast as a small one, which fork does not. */
static int spawn(struct exec_process *process, const char *path, const int childs[3])
{
    const struct exec_request *request = process->request;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    int failure = posix_spawnattr_init(&attributes);
    if (failure)
        return failure;
    failure = posix_spawn_file_actions_init(&actions);
    if (failure) {
        posix_spawnattr_destroy(&attributes);
        return failure;
    }
    failure = set_attributes(&attributes, !request->terminal);
    failure = failure ? failure : set_actions(&actions, childs, request->directory);

    char **argv = make_argv(request);
    char **variables = environment_list(request->environment);
    if (!failure)
        failure = posix_spawn(&process->pid, path, &actions, &attributes, argv, variables);
    environment_free_list(variables);
    free(argv[0]);
    free(argv);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failure)
        process->pid = 0;
    return failure;
}

static int explain_spawn(struct exec_process *process, const char *path, int number,
                         struct error *err)
{
    process->result.spawn_errno = number;
    if (number != E2BIG)
        return program_explain_failure(path, process->request->directory, number, err);
    error_set(err, ERROR_USAGE,
              "cannot start '%s': its arguments and environment together are too long",
              path);
    return error_hint(err, "pass fewer arguments; the system takes %ld bytes of both",
                      sysconf(_SC_ARG_MAX));
}

static int start_child(struct exec_process *process, struct error *err)
{
    cleanup_free char *path = NULL;
    if (exec_find_program(&path, process->request->program, err) < 0) {
        process->result.spawn_errno = errno;
        return -1;
    }
    int childs[3] = {-1, -1, -1};
    int failed = open_streams(process, childs, err);
    if (failed == 0) {
        int number = spawn(process, path, childs);
        if (number)
            failed = explain_spawn(process, path, number, err);
    }
    for (int i = 0; i < 3; i++)
        file_close(&childs[i]);
    return failed;
}

/* From here on there is a child, and what fails must not lose it. */
static int watch_child(struct exec_process *process, struct error *err)
{
    process->pidfd =
        descriptor_raise(pidfd_open(process->pid, 0)); /* it is close-on-exec by itself */
    bool failed =
        process->pidfd >= 0 && watch(process, process->pidfd, WATCH_PROCESS, EPOLLIN) < 0;
    for (int i = 0; i < 2; i++)
        if (process->streams[i] >= 0)
            failed =
                failed || watch(process, process->streams[i], (enum watched)i, EPOLLIN) < 0;
    if (process->input >= 0)
        failed = failed || watch(process, process->input, WATCH_INPUT, EPOLLOUT) < 0;
    if (!failed)
        return 0;
    process->result.spawn_errno = errno;
    return error_set_errno(err, ERROR_ENGINE, errno, "cannot watch '%s'",
                           process->request->program);
}

static int start_replay(struct exec_process *process, struct error *err)
{
    if (recording_next(process->request->recording, process->request, &process->result,
                       &process->recorded, err) < 0)
        return -1;
    process->result.replayed = true;
    process->replay = descriptor_raise(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    if (process->replay < 0 || watch(process, process->replay, WATCH_REPLAY, EPOLLIN) < 0)
        return error_set_errno(err, ERROR_ENGINE, errno, "cannot replay");
    return 0;
}

static struct exec_process *make_process(const struct exec_request *request)
{
    struct exec_process *process = memory_alloc_zero(1, sizeof *process);
    process->request = request;
    process->result = (struct exec_result)EXEC_RESULT_INIT;
    process->error = (struct error)ERROR_INIT;
    process->recorded = (struct recorded_streams){STRBUF_INIT, STRBUF_INIT, false};
    process->epoll = process->input = process->pidfd = process->replay = -1;
    process->streams[EXEC_OUT] = process->streams[EXEC_ERR] = -1;
    process->ended_ms = process->last_output_ms = -1;
    process->started_ms = now_ms();
    bool recorded = request->recording && !recording_replays(request->recording);
    output_start(&process->outputs[EXEC_OUT], &request->out, EXEC_OUT, &process->result.out,
                 recorded);
    output_start(&process->outputs[EXEC_ERR], &request->err, EXEC_ERR, &process->result.err,
                 recorded);
    process->scratch = memory_alloc(BLOCK_BYTES);
    struct strbuf line = STRBUF_INIT;
    exec_print(&line, request);
    process->result.command_line = strbuf_detach(&line, NULL);
    process->result.program = memory_dup_text(request->program);
    return process;
}

/* Signals that were to be passed on before this child was there are none of its business.
 */
static void look_at_token(struct exec_process *process)
{
    struct cancel *cancel = process->request->cancel;
    for (int i = 1; cancel && i < CANCEL_SIGNALS; i++)
        process->forwarded_seen[i] = atomic_load(&cancel->forwarded[i]);
}

static int prepare(struct exec_process *process, struct error *err)
{
    const struct exec_request *request = process->request;
    if (request_check(request, err) < 0)
        return -1;
    if (cancel_is_requested(request->cancel)) {
        process->result.outcome = EXEC_CANCELLED;
        return error_set(err, ERROR_ENGINE, "'%s' was cancelled before it was started",
                         request->program);
    }
    look_at_token(process);
    process->epoll = descriptor_raise(epoll_create1(EPOLL_CLOEXEC));
    if (process->epoll < 0 ||
        (request->cancel &&
         watch(process, request->cancel->fd, WATCH_CANCEL, EPOLLIN | EPOLLET) < 0)) {
        process->result.spawn_errno = errno;
        return error_set_errno(err, ERROR_ENGINE, errno, "cannot watch '%s'",
                               request->program);
    }
    return 0;
}

static void keep_modes(struct exec_process *process)
{
    if (process->request->terminal)
        process->keeps_modes = tcgetattr(STDIN_FILENO, &process->modes) == 0;
}

static void kill_and_reap(struct exec_process *process);

static int start(struct exec_process *process, struct error *err)
{
    if (prepare(process, err) < 0)
        return -1;
    if (recording_replays(process->request->recording))
        return start_replay(process, err);
    keep_modes(process);
    if (start_child(process, err) < 0)
        return -1;
    process->result.pid = process->pid;
    if (watch_child(process, err) < 0) {
        kill_and_reap(process);
        process->result.pid = 0;
        return -1;
    }
    process->started_ms = now_ms();
    return 0;
}

static void free_process(struct exec_process *process)
{
    for (int i = 0; i < 2; i++) {
        file_close(&process->streams[i]);
        output_release(&process->outputs[i]);
    }
    file_close(&process->input);
    file_close(&process->pidfd);
    file_close(&process->replay);
    file_close(&process->epoll);
    strbuf_release(&process->recorded.out);
    strbuf_release(&process->recorded.err);
    error_release(&process->error);
    if (process->block)
        explicit_bzero(process->block, BLOCK_BYTES); /* a password may have passed */
    free(process->block);
    free(process->scratch);
    free(process);
}

/* ---- ending ---- */

static void send_to_one(struct exec_process *process, int number)
{
    if (process->pidfd >= 0)
        syscall(SYS_pidfd_send_signal, process->pidfd, number, NULL, 0);
    else
        kill(process->pid, number);
}

/* The child has not been waited for, so that its number is still its own, also as its
 * group's. */
static void send_signal(struct exec_process *process, int number)
{
    if (process->pid <= 1 || process->result.outcome == EXEC_LOST)
        return;
    if (process->request->terminal || process->pid == getpgrp())
        send_to_one(process, number);
    else
        kill(-process->pid, number);
}

/* A stopped process takes a signal only once it goes on. */
static void send_end(struct exec_process *process, int number, enum stop_step step,
                     int64_t grace_ms)
{
    send_signal(process, number);
    if (number != SIGKILL)
        send_signal(process, SIGCONT);
    process->result.last_signal = number;
    process->step = step;
    process->next_step_ms = now_ms() + grace_ms;
}

static void next_step(struct exec_process *process)
{
    const struct exec_stop *stop = &process->request->stop;
    int soft = stop->soft_signal ? stop->soft_signal : SIGTERM;
    switch (process->step) {
    case STOP_NOT:
        send_end(process, soft, soft == SIGTERM ? STOP_TERM : STOP_SOFT,
                 or_default(stop->soft_grace_ms, EXEC_SOFT_GRACE_MS));
        break;
    case STOP_SOFT:
        send_end(process, SIGTERM, STOP_TERM,
                 or_default(stop->term_grace_ms, EXEC_TERM_GRACE_MS));
        break;
    case STOP_TERM:
        send_end(process, SIGKILL, STOP_KILL, KILL_GRACE_MS);
        break;
    case STOP_KILL:
        process->step = STOP_GIVEN_UP;
        break;
    case STOP_GIVEN_UP:
        break;
    }
}

static void begin_stop(struct exec_process *process, enum exec_outcome reason)
{
    if (process->step != STOP_NOT || process->ended_ms >= 0)
        return;
    process->reason = reason;
    next_step(process);
}

void exec_stop(struct exec_process *process)
{
    begin_stop(process, EXEC_CANCELLED);
}

void exec_signal(struct exec_process *process, int signal_number)
{
    if (process->ended_ms < 0)
        send_signal(process, signal_number);
}

pid_t exec_pid(const struct exec_process *process)
{
    return process->pid;
}

static void take_status(struct exec_process *process, const siginfo_t *info)
{
    struct exec_result *result = &process->result;
    if (info->si_code == CLD_EXITED) {
        result->outcome = EXEC_EXITED;
        result->exit_code = info->si_status;
    } else {
        result->outcome = EXEC_SIGNALLED;
        result->term_signal = info->si_status;
    }
}

/* The pipes may hold what the child wrote before it ended; that much is read, whoever else
 * writes on. */
static void note_end(struct exec_process *process)
{
    process->ended_ms = now_ms();
    file_close(&process->input);
    for (int i = 0; i < 2; i++) {
        int waiting = 0;
        if (process->streams[i] >= 0 && ioctl(process->streams[i], FIONREAD, &waiting) == 0)
            process->owed[i] = (size_t)waiting;
    }
}

/* Learns of the end, but leaves the zombie: while it is there nobody else gets its number.
 */
static void look_for_end(struct exec_process *process)
{
    siginfo_t info = {.si_pid = 0};
    int failed;
    do {
        failed = waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOWAIT | WNOHANG);
    } while (failed && errno == EINTR);
    if (failed) {
        process->result.outcome = EXEC_LOST;
    } else if (info.si_pid == 0) {
        return;
    } else {
        take_status(process, &info);
    }
    if (process->pidfd >= 0)
        epoll_ctl(process->epoll, EPOLL_CTL_DEL, process->pidfd, NULL);
    note_end(process);
}

static int64_t microseconds(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

/* The raw call, since the library's has no place for what was used. */
static void reap(struct exec_process *process)
{
    if (process->result.outcome == EXEC_LOST || process->result.left_running ||
        process->pid <= 1)
        return;
    struct rusage used = {.ru_maxrss = 0};
    siginfo_t info;
    long failed;
    do {
        failed = syscall(SYS_waitid, P_PID, process->pid, &info, WEXITED, &used);
    } while (failed && errno == EINTR);
    if (failed)
        return;
    if (process->ended_ms < 0)
        take_status(process, &info);
    process->result.user_us = microseconds(used.ru_utime);
    process->result.system_us = microseconds(used.ru_stime);
    process->result.max_rss_bytes = (int64_t)used.ru_maxrss * 1024;
}

static void kill_and_reap(struct exec_process *process)
{
    process->result.last_signal = SIGKILL;
    send_signal(process, SIGKILL);
    reap(process);
}

/* ---- streams ---- */

static void close_stream(struct exec_process *process, enum exec_stream stream)
{
    file_close(&process->streams[stream]); /* which takes it out of epoll too */
    process->owed[stream] = 0;
    if (!output_end(&process->outputs[stream], now_ms() - process->started_ms))
        begin_stop(process, EXEC_STOPPED);
}

static void read_stream(struct exec_process *process, enum exec_stream stream)
{
    if (process->streams[stream] < 0)
        return;
    ssize_t got = read(process->streams[stream], process->scratch, BLOCK_BYTES);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        close_stream(process, stream);
        return;
    }
    size_t len = (size_t)got;
    process->owed[stream] -= len < process->owed[stream] ? len : process->owed[stream];
    process->last_output_ms = now_ms();
    if (!output_take(&process->outputs[stream], span_of(process->scratch, len),
                     process->last_output_ms - process->started_ms))
        begin_stop(process, EXEC_STOPPED);
}

/* The bytes to write next; none at the end. */
static struct span next_input(struct exec_process *process)
{
    const struct exec_input *input = &process->request->input;
    if (input->kind == EXEC_INPUT_BYTES)
        return span_of(input->bytes.ptr + process->input_at,
                       input->bytes.len - process->input_at);
    if (process->block_at == process->block_len) {
        if (!process->block)
            process->block = memory_alloc(BLOCK_BYTES);
        ssize_t got =
            input->read(input->context, process->block, BLOCK_BYTES, &process->error);
        process->block_at = 0;
        process->block_len = got > 0 ? (size_t)got : 0;
        if (got < 0)
            begin_stop(process, EXEC_STOPPED);
    }
    return span_of(process->block + process->block_at,
                   process->block_len - process->block_at);
}

/* A child that closes its input does not want the rest: no failure. */
static void write_input(struct exec_process *process)
{
    if (process->input < 0)
        return;
    struct span bytes = next_input(process);
    ssize_t written =
        bytes.len ? descriptor_write_quietly(process->input, bytes.ptr, bytes.len) : 0;
    if (written < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (written <= 0) {
        file_close(&process->input);
        return;
    }
    process->input_at += (size_t)written;
    process->block_at += (size_t)written;
    process->result.input_bytes += (uint64_t)written;
}

/* ---- the loop ---- */

static void look_at_cancel(struct exec_process *process)
{
    struct cancel *cancel = process->request->cancel;
    if (!cancel || process->ended_ms >= 0)
        return;
    for (int i = 1; i < CANCEL_SIGNALS; i++) {
        unsigned count = atomic_load(&cancel->forwarded[i]);
        if (count != process->forwarded_seen[i])
            send_signal(process, i);
        process->forwarded_seen[i] = count;
    }
    unsigned requests = atomic_load(&cancel->requests);
    if (requests == process->cancels_seen)
        return;
    if (process->step == STOP_NOT) {
        begin_stop(process, EXEC_CANCELLED);
        process->cancels_seen++;
    }
    for (; process->cancels_seen != requests; process->cancels_seen++)
        next_step(process);
}

/* The nearest point in time of a timeout, and which it is; INT64_MAX for none. */
static int64_t deadline(const struct exec_process *process, enum exec_timeout *ret_timeout)
{
    const struct exec_timeouts *timeouts = &process->request->timeouts;
    int64_t nearest = INT64_MAX;
    *ret_timeout = EXEC_TIMEOUT_NONE;
    if (timeouts->total_ms > 0) {
        nearest = process->started_ms + timeouts->total_ms;
        *ret_timeout = EXEC_TIMEOUT_TOTAL;
    }
    if (process->streams[EXEC_OUT] < 0 && process->streams[EXEC_ERR] < 0)
        return nearest; /* silence cannot be told from output that goes elsewhere */
    int64_t heard =
        process->last_output_ms < 0 ? process->started_ms : process->last_output_ms;
    if (timeouts->idle_ms > 0 && heard + timeouts->idle_ms < nearest) {
        nearest = heard + timeouts->idle_ms;
        *ret_timeout = EXEC_TIMEOUT_IDLE;
    }
    if (timeouts->start_ms > 0 && process->last_output_ms < 0 &&
        process->started_ms + timeouts->start_ms < nearest) {
        nearest = process->started_ms + timeouts->start_ms;
        *ret_timeout = EXEC_TIMEOUT_START;
    }
    return nearest;
}

static void look_at_clock(struct exec_process *process)
{
    int64_t now = now_ms();
    enum exec_timeout timeout;
    if (process->ended_ms >= 0)
        return;
    if (process->step == STOP_NOT && now >= deadline(process, &timeout)) {
        process->result.timeout = timeout;
        begin_stop(process, EXEC_TIMED_OUT);
    } else if (process->step != STOP_NOT && now >= process->next_step_ms) {
        next_step(process);
    }
}

static int64_t drain_until(const struct exec_process *process)
{
    int64_t grace = or_default(process->request->drain_grace_ms, EXEC_DRAIN_GRACE_MS);
    return process->ended_ms + (process->drain_prolonged ? 2 : 1) * grace;
}

static bool streams_are_open(const struct exec_process *process)
{
    return process->streams[EXEC_OUT] >= 0 || process->streams[EXEC_ERR] >= 0;
}

/* What is left of a group that we ended goes with it. A child that ended by itself may
 * leave others behind. */
static void end_remains(struct exec_process *process)
{
    if (process->step != STOP_NOT && !process->request->terminal)
        send_signal(process, SIGKILL);
}

static bool look_whether_over(struct exec_process *process)
{
    if (process->step == STOP_GIVEN_UP && process->ended_ms < 0) {
        process->result.left_running = true;
        process->result.incomplete = streams_are_open(process);
        return true;
    }
    if (process->ended_ms < 0)
        return false;
    if (!streams_are_open(process))
        return true;
    bool owed = process->owed[EXEC_OUT] > 0 || process->owed[EXEC_ERR] > 0;
    if (now_ms() < drain_until(process) || owed)
        return false;
    if (process->step != STOP_NOT && !process->drain_prolonged) {
        end_remains(process);
        process->drain_prolonged = true;
        return false;
    }
    process->result.incomplete = true;
    return true;
}

static void replay(struct exec_process *process)
{
    struct strbuf *streams[] = {&process->recorded.out, &process->recorded.err};
    for (int i = 0; i < 2; i++) {
        struct output *output = &process->outputs[i];
        bool more = streams[i]->len == 0 ||
                    output_take(output, span_of(streams[i]->buf, streams[i]->len), 0);
        more = output_end(output, 0) && more;
        if (!more)
            process->result.outcome = EXEC_STOPPED;
    }
}

static void handle(struct exec_process *process, enum watched what)
{
    switch (what) {
    case WATCH_OUT:
    case WATCH_ERR:
        read_stream(process, (enum exec_stream)what);
        break;
    case WATCH_INPUT:
        write_input(process);
        break;
    case WATCH_PROCESS:
        if (process->ended_ms < 0)
            look_for_end(process);
        break;
    case WATCH_CANCEL: /* looked at in every round */
        break;
    case WATCH_REPLAY:
        replay(process);
        process->over = true;
        break;
    }
}

bool exec_dispatch(struct exec_process *process)
{
    struct epoll_event events[8];
    if (process->over)
        return true;
    int count = epoll_wait(process->epoll, events, ARRAY_SIZE(events), 0);
    for (int i = 0; i < count; i++)
        handle(process, (enum watched)events[i].data.u32);
    if (process->replay >= 0)
        return process->over;
    if (process->pidfd < 0 && process->ended_ms < 0)
        look_for_end(process);
    look_at_cancel(process);
    look_at_clock(process);
    process->over = look_whether_over(process);
    return process->over;
}

int exec_fd(const struct exec_process *process)
{
    return process->epoll;
}

int exec_timeout_ms(const struct exec_process *process)
{
    enum exec_timeout which;
    int64_t until = INT64_MAX;
    if (process->over || process->replay >= 0)
        return 0;
    if (process->ended_ms >= 0)
        until = drain_until(process);
    else if (process->step == STOP_NOT)
        until = deadline(process, &which);
    else
        until = process->next_step_ms;
    if (process->pidfd < 0 && process->ended_ms < 0 &&
        until > now_ms() + PIDFD_LESS_POLL_MS)
        until = now_ms() + PIDFD_LESS_POLL_MS;
    if (until == INT64_MAX)
        return -1;
    int64_t left = until - now_ms();
    return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

/* ---- the record ---- */

/* The modes are those from before; a child that was killed may have left the terminal raw.
 * A terminal stops whoever changes it from the background, unless SIGTTOU is blocked. */
static void restore_modes(struct exec_process *process)
{
    if (!process->keeps_modes || process->result.term_signal == 0)
        return;
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &process->modes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The last line that says something. A line of which we lack the beginning might begin
 * within a secret. */
static void keep_last_words(struct exec_process *process)
{
    struct output *output = &process->outputs[EXEC_ERR];
    struct strbuf *text = &output->last;
    scrub_secrets(text, process->request);
    size_t end = text->len;
    while (end > 0 && strchr(" \t\r\n", text->buf[end - 1]) && text->buf[end - 1])
        end--;
    size_t start = end;
    while (start > 0 && text->buf[start - 1] != '\n')
        start--;
    if (start == end || (start == 0 && output->last_cut))
        return;
    struct strbuf words = STRBUF_INIT;
    escape_for_terminal(&words, span_of(text->buf + start, end - start));
    utf8_cut(&words, LAST_WORDS_MAX);
    process->result.last_words = strbuf_detach(&words, NULL);
}

static int record(struct exec_process *process, struct error *err)
{
    struct output *outputs = process->outputs;
    if (!outputs[EXEC_OUT].recorded)
        return 0;
    scrub_secrets(&outputs[EXEC_OUT].record, process->request);
    scrub_secrets(&outputs[EXEC_ERR].record, process->request);
    struct recorded_streams streams = {.out = outputs[EXEC_OUT].record,
                                       .err = outputs[EXEC_ERR].record,
                                       .cut = outputs[EXEC_OUT].record_cut ||
                                              outputs[EXEC_ERR].record_cut};
    return recording_add(process->request->recording, process->request, &process->result,
                         &streams, err);
}

/* Why it ended is what we did to it, if we did; how, remains beside it. */
static void settle_outcome(struct exec_process *process)
{
    struct exec_result *result = &process->result;
    bool unwanted =
        process->outputs[EXEC_OUT].stopped || process->outputs[EXEC_ERR].stopped;
    if (process->step != STOP_NOT && result->outcome != EXEC_LOST)
        result->outcome = process->reason;
    else if (unwanted && result->outcome != EXEC_LOST)
        result->outcome = EXEC_STOPPED; /* it was faster than our signal */
    result->wall_ms = now_ms() - process->started_ms;
}

static void end_child(struct exec_process *process)
{
    if (!process->over) { /* abandoned while it runs */
        begin_stop(process, EXEC_CANCELLED);
        send_signal(process, SIGKILL);
        process->result.last_signal = SIGKILL;
        process->result.incomplete = streams_are_open(process);
    }
    end_remains(process);
    for (int i = 0; i < 2; i++)
        if (process->streams[i] >= 0)
            close_stream(process, (enum exec_stream)i);
    reap(process);
}

int exec_finish(struct exec_process *process, struct exec_result *ret_result,
                struct error *err)
{
    if (process->replay < 0) {
        end_child(process);
        settle_outcome(process);
        restore_modes(process);
    } else if (!process->over) {
        process->result.outcome = EXEC_CANCELLED;
    }
    keep_last_words(process);
    int failed = record(process, err);
    if (process->error.code != ERROR_NONE) {
        failed = -1;
        error_move(err, &process->error);
    }
    *ret_result = process->result;
    free_process(process);
    return failed;
}

int exec_start(const struct exec_request *request, struct exec_process **ret_process,
               struct error *err)
{
    struct exec_process *process = make_process(request);
    if (start(process, err) == 0) {
        *ret_process = process;
        return 0;
    }
    exec_result_release(&process->result);
    free_process(process);
    return -1;
}

int exec_run(const struct exec_request *request, struct exec_result *ret_result,
             struct error *err)
{
    struct exec_process *process = make_process(request);
    if (start(process, err) < 0) {
        *ret_result = process->result;
        free_process(process);
        return -1;
    }
    while (!exec_dispatch(process)) {
        struct pollfd wait = {.fd = process->epoll, .events = POLLIN};
        poll(&wait, 1, exec_timeout_ms(process));
    }
    return exec_finish(process, ret_result, err);
}
