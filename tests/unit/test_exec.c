/* The exec layer against a program that misbehaves as told (tests/engine/fake_engine.c). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "runtime/exec.h"
#include "runtime/output.h"

#include "tests/support/check.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SPAWNS 500
#define FLOOD "67108864"
#define FLOOD_BYTES 67108864ULL
#else
#define SPAWNS 10000
#define FLOOD "1073741824"
#define FLOOD_BYTES 1073741824ULL
#endif

/* A run of the fake engine with the steps given, NULL at the end. */
struct run {
    struct arguments arguments;
    struct exec_request request;
    struct exec_result result;
    struct error error;
    int status;
};

static void set_up(struct run *run, const char *const *steps)
{
    *run = (struct run){.arguments = ARGUMENTS_INIT, .error = ERROR_INIT};
    run->result = (struct exec_result)EXEC_RESULT_INIT;
    for (; *steps; steps++)
        arguments_add(&run->arguments, *steps);
    run->request.program = FAKE_ENGINE;
    run->request.arguments = &run->arguments;
}

#define SET_UP(run, ...) set_up(run, (const char *const[]){__VA_ARGS__, NULL})

static void go(struct run *run)
{
    run->status = exec_run(&run->request, &run->result, &run->error);
}

static void done(struct run *run)
{
    exec_result_release(&run->result);
    arguments_release(&run->arguments);
    error_release(&run->error);
}

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t open_fds(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static bool is_alive(pid_t pid)
{
    /* A zombie nobody waits for answers kill, but runs no more. */
    char path[64];
    char state = 'X';
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'X';
    fclose(file);
    return state != 'Z' && state != 'X';
}

/* A process closes its streams a moment before it is gone. */
static bool is_gone_soon(pid_t pid)
{
    for (int i = 0; i < 200 && is_alive(pid); i++)
        usleep(5000);
    return !is_alive(pid);
}

/* What the body says of itself in a process of its own: 0 is good. */
static int in_a_child(int (*body)(void))
{
    pid_t child = fork();
    if (child == 0)
        _exit(body());
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/* ---- what it says ---- */

static void both_streams_and_the_status_are_told(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "out=hello\\n", "err=oh\\n", "exit=3");

    go(&run);

    assert_int_equal(run.status, 0);
    assert_int_equal(run.result.outcome, EXEC_EXITED);
    assert_int_equal(run.result.exit_code, 3);
    assert_int_equal(run.result.term_signal, 0);
    assert_string_equal(run.result.out.text.buf, "hello\n");
    assert_string_equal(run.result.err.text.buf, "oh\n");
    assert_int_equal(run.result.out.bytes, 6);
    assert_false(run.result.incomplete);
    assert_string_equal(run.result.last_words, "oh");
    assert_true(run.result.max_rss_bytes > 0);
    assert_int_equal(exec_shell_status(&run.result), 3);
    assert_int_equal(exec_expect_success(&run.result, &run.error), -1);
    assert_int_equal(run.error.code, ERROR_ENGINE);
    assert_string_equal(run.error.text, "'" FAKE_ENGINE "' exited with 3: oh");
    done(&run);
}

static void a_signal_is_no_exit_code(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "signal=9");

    go(&run);

    assert_int_equal(run.result.outcome, EXEC_SIGNALLED);
    assert_int_equal(run.result.term_signal, SIGKILL);
    assert_int_equal(run.result.exit_code, -1);
    assert_int_equal(exec_shell_status(&run.result), 137);
    done(&run);
}

static void arguments_arrive_as_they_are(void **state)
{
    (void)state;
    static const char sent[] =
        "argv=\0a b\0\0$(id)\0`x`\0new\nline\0'\"\\\0\xc3\xa9\xff\0*";
    struct run run;
    SET_UP(&run, "argv=", "a b", "", "$(id)", "`x`", "new\nline", "'\"\\", "\xc3\xa9\xff",
           "*");

    go(&run);

    assert_int_equal(run.result.out.text.len, sizeof sent);
    assert_memory_equal(run.result.out.text.buf, sent, sizeof sent);
    done(&run);
}

static void child_gets_its_streams_and_nothing_else(void **state)
{
    (void)state;
    int leaked[50];
    for (size_t i = 0; i < ARRAY_SIZE(leaked); i++)
        leaked[i] = open("/dev/null", O_RDONLY); /* NOLINT: without O_CLOEXEC on purpose */
    struct run run;
    SET_UP(&run, "fds", "group", "cat");

    go(&run);

    assert_string_equal(run.result.out.text.buf, "0\n1\n2\nleader\n");
    for (size_t i = 0; i < ARRAY_SIZE(leaked); i++)
        close(leaked[i]);
    done(&run);
}

static void child_has_default_signals_and_an_empty_mask(void **state)
{
    (void)state;
    sigset_t all, before;
    sigfillset(&all);
    void (*kept)(int) = signal(SIGPIPE, SIG_IGN);
    void (*hangup)(int) = signal(SIGHUP, SIG_DFL); /* nohup's is kept on purpose */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    struct run run;
    SET_UP(&run, "signals");

    go(&run);

    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGPIPE, kept);
    signal(SIGHUP, hangup);
    assert_non_null(strstr(run.result.out.text.buf, "SigBlk:\t0000000000000000"));
    const char *ignored = strstr(run.result.out.text.buf, "SigIgn:");
    assert_non_null(ignored);
    /* glibc's posix_spawn ignores the two signals that it keeps for itself, 32 and 33. */
    assert_int_equal(strtoull(ignored + 8, NULL, 16) & ~(3ULL << 31), 0);
    done(&run);
}

static void directory_and_environment_are_the_childs_alone(void **state)
{
    (void)state;
    char before[4096], after[4096];
    assert_non_null(getcwd(before, sizeof before));
    struct environment environment = ENVIRONMENT_INIT;
    environment_set(&environment, "FAKE_A", "first");
    environment_set(&environment, "FAKE_A", "last");
    environment_unset(&environment, "HOME");
    struct run run;
    SET_UP(&run, "cwd", "env=FAKE_A", "env=HOME");
    run.request.directory = "/";
    run.request.environment = &environment;

    go(&run);

    assert_string_equal(run.result.out.text.buf, "/\nlast\n(unset)\n");
    assert_non_null(getcwd(after, sizeof after));
    assert_string_equal(before, after);
    assert_null(getenv("FAKE_A"));
    environment_release(&environment);
    done(&run);
}

/* ---- what cannot be started ---- */

static void expect_refusal(struct run *run, enum error_code code, int number,
                           const char *text)
{
    size_t before = open_fds();
    go(run);
    assert_int_equal(run->status, -1);
    assert_int_equal(run->result.outcome, EXEC_NOT_STARTED);
    assert_int_equal(run->result.spawn_errno, number);
    assert_int_equal(run->error.code, code);
    if (!strstr(run->error.text, text))
        fail_msg("'%s' lacks '%s'", run->error.text, text);
    assert_int_equal(open_fds(), before);
    done(run);
}

static char folder[64];

static const char *make_file(const char *name, const void *bytes, size_t len, mode_t mode)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    close(fd);
    chmod(path, mode);
    return path;
}

static void errors_of_starting_name_the_culprit(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "exit=0");
    run.request.program = "ullage-has-no-such-program";
    expect_refusal(&run, ERROR_ENGINE, ENOENT, "it is not found on PATH");

    SET_UP(&run, "exit=0");
    run.request.program = "/nowhere/docker";
    expect_refusal(&run, ERROR_ENGINE, ENOENT, "'/nowhere/docker': there is no such file");

    SET_UP(&run, "exit=0");
    run.request.program = "/etc";
    expect_refusal(&run, ERROR_ENGINE, EACCES, "it is a folder");

    SET_UP(&run, "exit=0");
    run.request.program = make_file("plain", "x", 1, 0600);
    expect_refusal(&run, ERROR_ENGINE, EACCES, "it is not executable");

    SET_UP(&run, "exit=0");
    run.request.program = make_file("script", "#!/no/such/sh -e\n", 17, 0700);
    expect_refusal(&run, ERROR_ENGINE, ENOENT, "interpreter '/no/such/sh'");

    SET_UP(&run, "exit=0");
    run.request.program = make_file("words", "hello\n", 6, 0700);
    expect_refusal(&run, ERROR_ENGINE, ENOEXEC, "neither a program");

    static const char riscv[64] = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\363\0\1";
    SET_UP(&run, "exit=0");
    run.request.program = make_file("riscv", riscv, sizeof riscv, 0700);
    expect_refusal(&run, ERROR_ENGINE, ENOEXEC, "another processor (ELF machine 243)");

    SET_UP(&run, "exit=0");
    run.request.directory = "/no/such/folder";
    expect_refusal(&run, ERROR_USAGE, ENOENT, "in '/no/such/folder'");
}

static void an_elf_whose_loader_is_missing_says_which(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf program = STRBUF_INIT;
    FILE *file = fopen("/bin/true", "rb");
    char block[4096];
    size_t got;
    while (file && (got = fread(block, 1, sizeof block, file)) > 0)
        strbuf_add(&program, block, got);
    if (file)
        fclose(file);
    char *loader = memmem(program.buf, program.len, "/lib64/ld-", 10);
    if (!loader)
        skip(); /* another processor's loader */
    memcpy(loader, "/gone4/ld-", 10);
    struct run run;
    SET_UP(&run, "exit=0");
    run.request.program = make_file("loaderless", program.buf, program.len, 0700);
    expect_refusal(&run, ERROR_ENGINE, ENOENT, "interpreter '/gone4/ld-");
}

static void a_long_argument_is_named_without_its_value(void **state)
{
    (void)state;
    size_t len = (size_t)200 << 10;
    cleanup_free char *value = memory_alloc(len + 1);
    memset(value, 'v', len);
    value[len] = '\0';
    struct run run;
    SET_UP(&run, "first");
    arguments_add_option(&run.arguments, "--label", value);
    expect_refusal(&run, ERROR_USAGE, 0, "argument 2 (--label) has 204808 bytes");

    SET_UP(&run, "first");
    for (int i = 0; i < 100; i++)
        arguments_add(&run.arguments, value + len / 2);
    expect_refusal(&run, ERROR_USAGE, E2BIG, "too long");
}

/* ---- streams ---- */

static void input_reaches_a_child_that_writes_as_much(void **state)
{
    (void)state;
    size_t len = (size_t)8 << 20;
    cleanup_free char *bytes = memory_alloc(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    struct run run;
    SET_UP(&run, "cat");
    run.request.input =
        (struct exec_input){.kind = EXEC_INPUT_BYTES, .bytes = {bytes, len}};

    go(&run);

    assert_true(exec_succeeded(&run.result));
    assert_int_equal(run.result.input_bytes, len);
    assert_int_equal(run.result.out.text.len, len);
    assert_memory_equal(run.result.out.text.buf, bytes, len);
    done(&run);
}

static void a_child_that_does_not_read_is_no_failure(void **state)
{
    (void)state;
    size_t len = (size_t)4 << 20;
    cleanup_free char *bytes = memory_alloc_zero(len, 1);
    struct run run;
    SET_UP(&run, "close=0", "sleep=20", "out=done");
    run.request.input =
        (struct exec_input){.kind = EXEC_INPUT_BYTES, .bytes = {bytes, len}};

    go(&run);

    assert_true(exec_succeeded(&run.result));
    assert_true(run.result.input_bytes < len);
    assert_string_equal(run.result.out.text.buf, "done");
    done(&run);
}

static ssize_t three_pieces(void *context, void *buffer, size_t len, struct error *err)
{
    int *count = context;
    (void)len;
    if (*count < 0)
        return error_set(err, ERROR_INPUT, "no more to read");
    if (*count == 0)
        return 0;
    --*count;
    memcpy(buffer, "piece ", 6);
    return 6;
}

static void input_may_come_piece_by_piece(void **state)
{
    (void)state;
    int count = 3;
    struct run run;
    SET_UP(&run, "cat");
    run.request.input = (struct exec_input){
        .kind = EXEC_INPUT_CALLBACK, .read = three_pieces, .context = &count};

    go(&run);

    assert_string_equal(run.result.out.text.buf, "piece piece piece ");
    done(&run);

    count = -1;
    SET_UP(&run, "cat", "forever");
    run.request.input = (struct exec_input){
        .kind = EXEC_INPUT_CALLBACK, .read = three_pieces, .context = &count};

    go(&run);

    assert_int_equal(run.status, -1);
    assert_string_equal(run.error.text, "no more to read");
    assert_int_equal(run.result.outcome, EXEC_STOPPED);
    done(&run);
}

static void a_capture_stays_within_its_bound_and_drains(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "out=0123456789", "out=abcdefghij", "err=whole");
    run.request.out.limit = 8;

    go(&run);

    assert_true(exec_succeeded(&run.result));
    assert_string_equal(run.result.out.text.buf, "01234567");
    assert_int_equal(run.result.out.dropped, 12);
    assert_int_equal(run.result.out.gap_at, 8);
    done(&run);

    SET_UP(&run, "out=0123456789", "out=abcdefghij", "err=whole");
    run.request.out.limit = 8;
    run.request.out.keep_tail = true;

    go(&run);

    assert_string_equal(run.result.out.text.buf, "0123ghij");
    assert_int_equal(run.result.out.gap_at, 4);
    assert_int_equal(run.result.out.dropped, 12);
    done(&run);
}

static void a_gibibyte_passes_in_bounded_memory(void **state)
{
    (void)state;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    struct run run;
    SET_UP(&run, "flood=" FLOOD);
    run.request.out.keep_tail = true;

    go(&run);

    getrusage(RUSAGE_SELF, &after);
    assert_true(exec_succeeded(&run.result));
    assert_int_equal(run.result.out.bytes, FLOOD_BYTES);
    assert_int_equal(run.result.out.text.len, EXEC_CAPTURE_OUT);
    assert_int_equal(run.result.out.dropped, FLOOD_BYTES - EXEC_CAPTURE_OUT);
    assert_true(after.ru_maxrss - before.ru_maxrss < 128 << 10);
    done(&run);
}

struct lines {
    struct strbuf text;
    size_t count;
    size_t stop_after;
};

static int keep_line(void *context, const struct exec_line *line)
{
    struct lines *lines = context;
    size_t shown = line->text.len < 80 ? line->text.len : 80;
    strbuf_addf(&lines->text, "%c%zu:", line->stream == EXEC_OUT ? 'o' : 'e',
                line->text.len);
    strbuf_add(&lines->text, line->text.ptr, shown);
    if (line->partial)
        strbuf_add_text(&lines->text, "(partial)");
    if (line->truncated)
        strbuf_add_text(&lines->text, "(truncated)");
    strbuf_add_char(&lines->text, '|');
    return ++lines->count == lines->stop_after;
}

static void want_lines(struct run *run, struct lines *lines)
{
    *lines = (struct lines){.text = STRBUF_INIT};
    run->request.out =
        (struct exec_output){.kind = EXEC_LINES, .line = keep_line, .context = lines};
}

static void lines_come_whole_and_the_last_as_partial(void **state)
{
    (void)state;
    struct lines lines;
    struct run run;
    SET_UP(&run, "out=a\\nb", "sleep=20", "out=c\\r\\n\\nx\\0y\\nend");
    want_lines(&run, &lines);
    run.request.out.strip_cr = true;

    go(&run);

    static const char wanted[] = "o1:a|o2:bc|o0:|o3:x\0y|o3:end(partial)|";
    assert_int_equal(lines.text.len, sizeof wanted - 1);
    assert_memory_equal(lines.text.buf, wanted, sizeof wanted);
    strbuf_release(&lines.text);
    done(&run);
}

static void a_line_of_50_mebibytes_is_cut(void **state)
{
    (void)state;
    struct lines lines;
    struct run run;
    SET_UP(&run, "line=52428800", "out=\\nnext\\n");
    want_lines(&run, &lines);
    run.request.out.limit = 10;

    go(&run);

    assert_string_equal(lines.text.buf, "o10:xxxxxxxxxx(truncated)|o4:next|");
    assert_int_equal(run.result.out.dropped, 52428800 - 10);
    strbuf_release(&lines.text);
    done(&run);
}

static void a_callback_ends_what_it_wants_no_more(void **state)
{
    (void)state;
    struct lines lines;
    struct run run;
    SET_UP(&run, "out=one\\ntwo\\nthree\\n", "forever");
    want_lines(&run, &lines);
    lines.stop_after = 2;

    go(&run);

    assert_string_equal(lines.text.buf, "o3:one|o3:two|");
    assert_int_equal(run.result.outcome, EXEC_STOPPED);
    assert_int_equal(run.result.term_signal, SIGTERM);
    strbuf_release(&lines.text);
    done(&run);
}

static int add_bytes(void *context, enum exec_stream stream, struct span bytes)
{
    assert_int_equal(stream, EXEC_ERR);
    strbuf_add(context, bytes.ptr, bytes.len);
    return 0;
}

static void each_stream_goes_its_own_way(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf bytes = STRBUF_INIT;
    char path[128];
    snprintf(path, sizeof path, "%s/out", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct run run;
    SET_UP(&run, "out=file", "err={\"cut\": [1,");
    run.request.out = (struct exec_output){.kind = EXEC_TO_FD, .fd = fd};
    run.request.err =
        (struct exec_output){.kind = EXEC_BYTES, .bytes = add_bytes, .context = &bytes};

    go(&run);

    char text[8] = "";
    assert_int_equal(pread(fd, text, sizeof text - 1, 0), 4);
    assert_string_equal(text, "file");
    assert_string_equal(bytes.buf, "{\"cut\": [1,");
    close(fd);
    done(&run);

    SET_UP(&run, "out=a", "err=b", "out=c");
    run.request.err.kind = EXEC_MERGE;
    go(&run);
    assert_string_equal(run.result.out.text.buf, "abc");
    done(&run);
}

static void a_limit_may_end_the_child(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "flood=100000", "forever");
    run.request.out.limit = 1000;
    run.request.out.stop_at_limit = true;

    go(&run);

    assert_int_equal(run.result.outcome, EXEC_STOPPED);
    assert_int_equal(run.result.out.text.len, 1000);
    assert_int_equal(run.result.term_signal, SIGTERM);
    done(&run);
}

static int run_with_swapped_streams(void)
{
    int ends[2];
    if (pipe(ends) < 0 || dup2(ends[1], 1) < 0 || dup2(open("/dev/null", O_WRONLY), 2) < 0)
        return 2;
    struct run run;
    SET_UP(&run, "out=to 2", "err=to 1");
    run.request.out = (struct exec_output){.kind = EXEC_TO_FD, .fd = 2};
    run.request.err = (struct exec_output){.kind = EXEC_TO_FD, .fd = 1};
    go(&run);
    char text[16] = "";
    bool good = run.status == 0 && read(ends[0], text, sizeof text - 1) == 4 &&
                strcmp(text, "to 1") == 0;
    done(&run);
    return !good;
}

static void our_own_streams_may_be_swapped(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(run_with_swapped_streams), 0);
}

/* ---- the end ---- */

static void an_orphan_that_holds_the_streams_does_not_hold_us(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "out=said\\n", "orphan=3000", "exit=0");
    run.request.drain_grace_ms = 100;

    int64_t before = clock_ms();
    go(&run);

    assert_true(clock_ms() - before < 2000);
    assert_int_equal(run.result.outcome, EXEC_EXITED);
    assert_true(run.result.incomplete);
    assert_string_equal(run.result.out.text.buf, "said\n");
    done(&run);
}

static void timeouts_say_which_they_were(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "out=x", "forever");
    run.request.timeouts.total_ms = 100;
    go(&run);
    assert_int_equal(run.result.outcome, EXEC_TIMED_OUT);
    assert_int_equal(run.result.timeout, EXEC_TIMEOUT_TOTAL);
    assert_int_equal(run.result.term_signal, SIGTERM);
    assert_string_equal(run.result.out.text.buf, "x");
    done(&run);

    SET_UP(&run, "out=x", "sleep=60", "out=y", "sleep=60", "out=z", "forever");
    run.request.timeouts.idle_ms = 250;
    go(&run);
    assert_int_equal(run.result.timeout, EXEC_TIMEOUT_IDLE);
    assert_string_equal(run.result.out.text.buf, "xyz");
    done(&run);

    SET_UP(&run, "forever");
    run.request.timeouts.start_ms = 100;
    go(&run);
    assert_int_equal(run.result.timeout, EXEC_TIMEOUT_START);
    done(&run);
}

static void the_soft_signal_is_the_operations_own(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "trap=2:0", "out=x", "forever");
    run.request.timeouts.total_ms = 200;
    run.request.stop.soft_signal = SIGINT;

    go(&run);

    /* `docker exec` ends with 0 when it is terminated: what we did is what counts. */
    assert_int_equal(run.result.outcome, EXEC_TIMED_OUT);
    assert_int_equal(run.result.exit_code, 0);
    assert_int_equal(run.result.last_signal, SIGINT);
    assert_false(exec_succeeded(&run.result));
    assert_string_equal(run.result.err.text.buf, "trapped\n");
    done(&run);
}

static void who_ignores_everything_is_killed_with_its_group(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "ignore=15", "ignore=2", "stubborn=60000", "forever");
    run.request.timeouts.total_ms = 200;
    run.request.stop = (struct exec_stop){SIGINT, 50, 50};

    int64_t before = clock_ms();
    go(&run);

    assert_true(clock_ms() - before < 5000);
    assert_int_equal(run.result.term_signal, SIGKILL);
    assert_int_equal(run.result.last_signal, SIGKILL);
    assert_false(run.result.left_running);
    assert_false(run.result.incomplete);
    pid_t orphan = (pid_t)strtol(run.result.out.text.buf, NULL, 10);
    assert_true(orphan > 1);
    assert_true(is_gone_soon(orphan));
    done(&run);
}

static void what_a_cancelled_child_leaves_behind_goes_with_it(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "stubborn=60000", "forever");
    run.request.timeouts.total_ms = 200;
    run.request.drain_grace_ms = 100;

    go(&run);

    assert_int_equal(run.result.term_signal, SIGTERM);
    assert_true(is_gone_soon((pid_t)strtol(run.result.out.text.buf, NULL, 10)));
    done(&run);
}

static struct cancel token;

static void request_on_alarm(int number)
{
    (void)number;
    cancel_request(&token);
}

static void set_alarm(long every_us, long first_us)
{
    struct itimerval timer = {{0, every_us}, {0, first_us}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void a_token_cancels_from_a_signal_handler(void **state)
{
    (void)state;
    assert_int_equal(cancel_open(&token, NULL), 0);
    signal(SIGALRM, request_on_alarm);
    struct run run;
    SET_UP(&run, "forever");
    run.request.cancel = &token;
    set_alarm(0, 100000);

    go(&run);

    assert_int_equal(run.result.outcome, EXEC_CANCELLED);
    assert_int_equal(run.result.term_signal, SIGTERM);
    done(&run);

    SET_UP(&run, "forever");
    run.request.cancel = &token;
    go(&run);
    assert_int_equal(run.status, -1);
    assert_int_equal(run.result.outcome, EXEC_CANCELLED);
    assert_int_equal(run.result.pid, 0);
    done(&run);
    signal(SIGALRM, SIG_DFL);
    cancel_close(&token);
}

static void each_further_request_escalates(void **state)
{
    (void)state;
    assert_int_equal(cancel_open(&token, NULL), 0);
    signal(SIGALRM, request_on_alarm);
    struct run run;
    SET_UP(&run, "ignore=15", "ignore=2", "forever");
    run.request.cancel = &token;
    run.request.stop.soft_signal = SIGINT;
    set_alarm(60000, 100000);

    go(&run);

    set_alarm(0, 0);
    signal(SIGALRM, SIG_DFL);
    assert_int_equal(run.result.outcome, EXEC_CANCELLED);
    assert_int_equal(run.result.term_signal, SIGKILL);
    assert_true(run.result.wall_ms < 5000);
    cancel_close(&token);
    done(&run);
}

static void *forward_soon(void *context)
{
    usleep(100000);
    cancel_forward(context, SIGUSR1);
    return NULL;
}

static void a_signal_is_passed_on_without_ending_anything(void **state)
{
    (void)state;
    struct cancel cancel;
    assert_int_equal(cancel_open(&cancel, NULL), 0);
    pthread_t thread;
    struct run run;
    SET_UP(&run, "trap=10:42", "forever");
    run.request.cancel = &cancel;
    pthread_create(&thread, NULL, forward_soon, &cancel);

    go(&run);

    pthread_join(thread, NULL);
    assert_int_equal(run.result.outcome, EXEC_EXITED);
    assert_int_equal(run.result.exit_code, 42);
    cancel_close(&cancel);
    done(&run);
}

/* ---- the async form ---- */

static void a_foreign_loop_can_drive_it(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "out=a", "sleep=50", "out=b", "exit=4");
    struct exec_process *process;
    assert_int_equal(exec_start(&run.request, &process, &run.error), 0);
    assert_true(exec_pid(process) > 1);

    while (!exec_dispatch(process)) {
        struct pollfd wait = {.fd = exec_fd(process), .events = POLLIN};
        poll(&wait, 1, exec_timeout_ms(process));
    }

    assert_int_equal(exec_finish(process, &run.result, &run.error), 0);
    assert_int_equal(run.result.exit_code, 4);
    assert_string_equal(run.result.out.text.buf, "ab");
    done(&run);
}

static void an_abandoned_process_is_killed_and_reaped(void **state)
{
    (void)state;
    struct run run;
    SET_UP(&run, "ignore=15", "forever");
    struct exec_process *process;
    assert_int_equal(exec_start(&run.request, &process, &run.error), 0);

    assert_int_equal(exec_finish(process, &run.result, &run.error), 0);

    assert_int_equal(run.result.outcome, EXEC_CANCELLED);
    assert_int_equal(run.result.last_signal, SIGKILL);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    done(&run);
}

/* ---- secrets ---- */

static void secrets_are_shown_nowhere(void **state)
{
    (void)state;
    char secret[32];
    snprintf(secret, sizeof secret, "%s-%s", "hunter", "2222");
    char *step;
    assert_true(asprintf(&step, "err=denied: %s\\n", secret) > 0);
    struct environment environment = ENVIRONMENT_INIT;
    environment_set_secret(&environment, "TOKEN", secret);
    struct run run;
    SET_UP(&run, "out=x");
    arguments_add_secret(&run.arguments, "err=denied: ", secret);
    arguments_add(&run.arguments, "exit=1");
    run.request.environment = &environment;

    go(&run);
    exec_expect_success(&run.result, &run.error);

    assert_non_null(strstr(run.result.err.text.buf, secret)); /* the caller's own */
    assert_null(strstr(run.result.command_line, secret));
    assert_non_null(strstr(run.result.command_line, "TOKEN=<redacted:"));
    assert_null(strstr(run.result.last_words, secret));
    assert_null(strstr(run.error.text, secret));
    assert_non_null(strstr(run.error.text, "denied: <redacted:"));
    environment_release(&environment);
    free(step);
    done(&run);
}

static void a_printed_line_means_the_same_to_a_shell(void **state)
{
    (void)state;
    static const char sent[] = "argv=\0it's\0a!b\0\0new\nline\0$HOME `id` \\\0-x\0~";
    struct run run;
    SET_UP(&run, "argv=", "it's", "a!b", "", "new\nline", "$HOME `id` \\", "-x", "~");
    run.request.directory = "/";
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    exec_print(&line, &run.request);

    struct arguments script = ARGUMENTS_INIT;
    arguments_add(&script, "-c");
    arguments_add(&script, line.buf);
    struct exec_request shell = {.program = "/bin/sh", .arguments = &script};
    assert_int_equal(exec_run(&shell, &run.result, &run.error), 0);

    assert_int_equal(run.result.out.text.len, sizeof sent);
    assert_memory_equal(run.result.out.text.buf, sent, sizeof sent);
    arguments_release(&script);
    done(&run);
}

static void a_request_is_shown_as_json_and_as_a_line(void **state)
{
    (void)state;
    char secret[32];
    snprintf(secret, sizeof secret, "%s%s", "pass", "word");
    struct environment environment = ENVIRONMENT_INIT;
    environment_set(&environment, "A", "b c");
    environment_unset(&environment, "HOME");
    environment_set_secret(&environment, "TOKEN", secret);
    struct run run;
    SET_UP(&run, "login");
    arguments_add_option(&run.arguments, "--user", "x y");
    arguments_add_option(&run.arguments, "--absent", NULL);
    arguments_add_secret(&run.arguments, "--password=", secret);
    run.request.program = "docker";
    run.request.environment = &environment;
    run.request.directory = "/srv/a b";
    cleanup_strbuf struct strbuf line = STRBUF_INIT;
    cleanup_strbuf struct strbuf json = STRBUF_INIT;
    struct json_writer writer;

    exec_print(&line, &run.request);
    json_writer_start(&writer, sink_to_strbuf(&json), true);
    exec_write_json(&writer, &run.request);
    assert_int_equal(json_writer_finish(&writer, NULL), 0);

    /* printf password | sha256sum */
    assert_string_equal(line.buf, "cd '/srv/a b' && env -u HOME 'A=b c' "
                                  "'TOKEN=<redacted:5e884898da28>' docker login "
                                  "'--user=x y' '--password=<redacted:5e884898da28>'");
    assert_string_equal(
        json.buf, "{\"program\":\"docker\",\"arguments\":[\"login\",\"--user=x y\","
                  "\"--password=<redacted:5e884898da28>\"],\"environment\":{\"A\":\"b c\","
                  "\"HOME\":null,\"TOKEN\":\"<redacted:5e884898da28>\"},"
                  "\"directory\":\"/srv/a b\"}");
    environment_release(&environment);
    done(&run);
}

static void a_clean_environment_has_what_was_set_alone(void **state)
{
    (void)state;
    struct environment environment = ENVIRONMENT_INIT;
    environment.clean = true;
    environment_set(&environment, "ONLY", "this");
    struct run run;
    SET_UP(&run, "env=PATH", "env=ONLY");
    run.request.environment = &environment;

    go(&run);

    assert_string_equal(run.result.out.text.buf, "(unset)\nthis\n");
    assert_non_null(strstr(run.result.command_line, "env -i ONLY=this "));
    environment_release(&environment);
    done(&run);
}

static void a_recording_answers_in_place_of_the_engine(void **state)
{
    (void)state;
    char path[128], secret[32];
    snprintf(path, sizeof path, "%s/recordings", folder);
    snprintf(secret, sizeof secret, "%s%s", "s3cr", "et-value");
    struct recording *recording;
    struct run run;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(recording_open(&recording, path, RECORDING_ADD, NULL), 0);
        SET_UP(&run, i ? "out=\\0again" : "out=line\\n");
        arguments_release(&run.arguments);
        arguments_add(&run.arguments, "env=ANSWER");
        arguments_add_secret(&run.arguments, "err=", secret);
        arguments_add(&run.arguments, "exit=5");
        struct environment environment = ENVIRONMENT_INIT;
        environment_set(&environment, "ANSWER", i ? "second \xff" : "first");
        run.request.environment = &environment;
        run.request.recording = recording;
        go(&run);
        assert_int_equal(run.status, 0);
        environment_release(&environment);
        recording_free(recording);
        done(&run);
    }

    assert_int_equal(recording_open(&recording, path, RECORDING_REPLAY, NULL), 0);
    static const char *const answers[] = {"first\n", "second \xff\n", "second \xff\n"};
    for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
        SET_UP(&run, "env=ANSWER");
        arguments_add_secret(&run.arguments, "err=", secret);
        arguments_add(&run.arguments, "exit=5");
        run.request.program = "/elsewhere/fake_engine";
        run.request.recording = recording;
        go(&run);
        assert_int_equal(run.status, 0);
        assert_true(run.result.replayed);
        assert_int_equal(run.result.exit_code, 5);
        assert_string_equal(run.result.out.text.buf, answers[i]);
        assert_null(strstr(run.result.err.text.buf, secret));
        done(&run);
    }
    SET_UP(&run, "never=recorded");
    run.request.recording = recording;
    go(&run);
    assert_int_equal(run.status, -1);
    assert_non_null(strstr(run.error.text, "has no recording of"));
    done(&run);
    recording_free(recording);

    struct arguments grep = ARGUMENTS_INIT;
    arguments_add(&grep, "-r");
    arguments_add(&grep, secret);
    arguments_add(&grep, path);
    struct exec_request search = {.program = "grep", .arguments = &grep};
    struct exec_result result;
    assert_int_equal(exec_run(&search, &result, NULL), 0);
    assert_int_equal(result.exit_code, 1);
    exec_result_release(&result);
    arguments_release(&grep);
}

/* ---- hostile surroundings ---- */

static void ten_thousand_spawns_leave_nothing(void **state)
{
    (void)state;
    size_t before = open_fds();
    for (int i = 0; i < SPAWNS; i++) {
        struct run run;
        SET_UP(&run, "out=x");
        go(&run);
        assert_true(exec_succeeded(&run.result));
        assert_int_equal(run.result.out.text.len, 1);
        done(&run);
    }
    assert_int_equal(open_fds(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void ignore_alarm(int number)
{
    (void)number;
}

static void a_storm_of_interrupts_changes_nothing(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = ignore_alarm}; /* without SA_RESTART */
    sigaction(SIGALRM, &action, NULL);
    set_alarm(200, 200);
    size_t len = (size_t)2 << 20;
    cleanup_free char *bytes = memory_alloc_zero(len, 1);
    for (int i = 0; i < 20; i++) {
        struct run run;
        SET_UP(&run, "cat");
        run.request.input =
            (struct exec_input){.kind = EXEC_INPUT_BYTES, .bytes = {bytes, len}};
        go(&run);
        assert_true(exec_succeeded(&run.result));
        assert_int_equal(run.result.out.text.len, len);
        done(&run);
    }
    set_alarm(0, 0);
    signal(SIGALRM, SIG_DFL);
}

static void an_ignored_sigchld_is_told_and_not_taken_for_success(void **state)
{
    (void)state;
    void (*kept)(int) = signal(SIGCHLD, SIG_IGN);
    struct run run;
    SET_UP(&run, "out=x", "sleep=50", "exit=0");

    go(&run);

    signal(SIGCHLD, kept);
    assert_int_equal(run.status, 0);
    assert_int_equal(run.result.outcome, EXEC_LOST);
    assert_string_equal(run.result.out.text.buf, "x");
    assert_false(exec_succeeded(&run.result));
    done(&run);
}

static int run_with_closed_streams(void)
{
    close(0);
    close(1);
    close(2);
    struct run run;
    SET_UP(&run, "fds", "cat", "err=e");
    run.request.input = (struct exec_input){.kind = EXEC_INPUT_BYTES, .bytes = {"in", 2}};
    go(&run);
    bool good = run.status == 0 && strcmp(run.result.out.text.buf, "0\n1\n2\nin") == 0 &&
                strcmp(run.result.err.text.buf, "e") == 0;
    done(&run);
    SET_UP(&run, "fds");
    run.request.input.kind = EXEC_INPUT_INHERIT;
    run.request.err.kind = EXEC_INHERIT;
    go(&run);
    good = good && run.status == 0 && strcmp(run.result.out.text.buf, "0\n1\n2\n") == 0;
    done(&run);
    return !good;
}

static void closed_standard_streams_are_borne(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(run_with_closed_streams), 0);
}

static int run_in_a_deleted_folder(void)
{
    char gone[128];
    snprintf(gone, sizeof gone, "%s/gone", folder);
    if (mkdir(gone, 0700) < 0 || chdir(gone) < 0 || rmdir(gone) < 0)
        return 2;
    struct run run;
    SET_UP(&run, "cwd");
    go(&run);
    bool good = run.status == 0 && strstr(run.result.out.text.buf, "gone");
    done(&run);
    SET_UP(&run, "cwd");
    run.request.program = "./relative";
    go(&run);
    good = good && run.status == -1 && run.result.outcome == EXEC_NOT_STARTED;
    done(&run);
    return !good;
}

static void a_deleted_folder_is_borne(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(run_in_a_deleted_folder), 0);
}

/* With every number of descriptors left it either works or says so, and keeps none. */
static int run_out_of_descriptors(void)
{
    bool worked = false;
    for (rlim_t most = 4; most < 24 && !worked; most++) {
        struct rlimit limit = {most, 4096};
        size_t before = open_fds();
        setrlimit(RLIMIT_NOFILE, &limit);
        struct run run;
        SET_UP(&run, "out=x");
        go(&run);
        worked = run.status == 0 && run.result.out.text.len == 1;
        bool told = run.status == -1 && run.error.text && run.result.spawn_errno == EMFILE;
        limit.rlim_cur = 4096;
        setrlimit(RLIMIT_NOFILE, &limit);
        done(&run);
        if (!worked && !told)
            return (int)most;
        if (open_fds() != before || waitpid(-1, NULL, WNOHANG) != -1)
            return 50 + (int)most;
    }
    return !worked;
}

static void a_lack_of_descriptors_is_an_error_that_keeps_none(void **state)
{
    (void)state;
    for (int fd = 3; fd < 64; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    assert_int_equal(in_a_child(run_out_of_descriptors), 0);
}

/* As on a kernel before 5.3, or in a container whose profile does not know the call. */
static bool forbid_pidfd(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {ARRAY_SIZE(code), code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int run_without_pidfd(void)
{
    if (!forbid_pidfd())
        return 77;
    struct run run;
    SET_UP(&run, "out=x", "close=1", "close=2", "sleep=100", "exit=6");
    go(&run);
    bool good = run.result.exit_code == 6 && strcmp(run.result.out.text.buf, "x") == 0;
    done(&run);
    SET_UP(&run, "ignore=15", "forever");
    run.request.timeouts.total_ms = 150;
    run.request.stop.soft_grace_ms = 50;
    go(&run);
    good =
        good && run.result.outcome == EXEC_TIMED_OUT && run.result.term_signal == SIGKILL;
    done(&run);
    return !good;
}

static void a_kernel_without_pidfd_will_do(void **state)
{
    (void)state;
    int code = in_a_child(run_without_pidfd);
    if (code == 77)
        skip();
    assert_int_equal(code, 0);
}

static int run_on_a_terminal(void)
{
    struct run run;
    SET_UP(&run, "group", "tty");
    run.request.terminal = true;
    go(&run);
    int code = run.status == 0 && exec_succeeded(&run.result) ? 0 : 1;
    done(&run);
    return code;
}

static void a_terminals_child_stays_in_our_group(void **state)
{
    (void)state;
    int terminal;
    pid_t child = forkpty(&terminal, NULL, NULL, NULL);
    if (child == 0)
        _exit(run_on_a_terminal());
    char text[256] = "";
    size_t len = 0;
    ssize_t got;
    while (len < sizeof text - 1 &&
           (got = read(terminal, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)got;
    int status;
    waitpid(child, &status, 0);
    close(terminal);
    assert_int_equal(status, 0);
    assert_string_equal(text, "member\r\n7\r\n");
}

static int run_a_child_that_dies_raw(void)
{
    struct termios before, after;
    tcgetattr(0, &before);
    struct run run;
    SET_UP(&run, "raw", "signal=9");
    run.request.terminal = true;
    go(&run);
    tcgetattr(0, &after);
    bool good = run.result.term_signal == SIGKILL && before.c_lflag == after.c_lflag;
    done(&run);
    return !good;
}

static void a_terminal_that_a_dead_child_left_raw_is_put_back(void **state)
{
    (void)state;
    int terminal;
    pid_t child = forkpty(&terminal, NULL, NULL, NULL);
    if (child == 0)
        _exit(run_a_child_that_dies_raw());
    int status;
    waitpid(child, &status, 0);
    close(terminal);
    assert_int_equal(status, 0);
}

static int run_without_a_terminal(void)
{
    close(0);
    open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct run run;
    SET_UP(&run, "tty");
    run.request.terminal = true;
    go(&run);
    int code = run.status == -1 && run.error.code == ERROR_USAGE ? 0 : 1;
    done(&run);
    return code;
}

static void a_terminal_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(run_without_a_terminal), 0);
}

static void *spawn_many(void *context)
{
    for (int i = 0; i < 50; i++) {
        struct run run;
        SET_UP(&run, "fds", "cat");
        run.request.cancel = context;
        run.request.input =
            (struct exec_input){.kind = EXEC_INPUT_BYTES, .bytes = {"in", 2}};
        go(&run);
        assert_string_equal(run.result.out.text.buf, "0\n1\n2\nin");
        done(&run);
    }
    return NULL;
}

static void threads_do_not_disturb_one_another(void **state)
{
    (void)state;
    struct cancel cancel;
    pthread_t threads[6];
    assert_int_equal(cancel_open(&cancel, NULL), 0);
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
        pthread_create(&threads[i], NULL, spawn_many, &cancel);
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
        pthread_join(threads[i], NULL);
    cancel_close(&cancel);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/ullage-exec-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    struct arguments arguments = ARGUMENTS_INIT;
    arguments_add(&arguments, "-rf");
    arguments_add(&arguments, folder);
    struct exec_request request = {.program = "rm", .arguments = &arguments};
    struct exec_result result;
    int failed = exec_run(&request, &result, NULL);
    exec_result_release(&result);
    arguments_release(&arguments);
    return failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_streams_and_the_status_are_told),
        cmocka_unit_test(a_signal_is_no_exit_code),
        cmocka_unit_test(arguments_arrive_as_they_are),
        cmocka_unit_test(child_gets_its_streams_and_nothing_else),
        cmocka_unit_test(child_has_default_signals_and_an_empty_mask),
        cmocka_unit_test(directory_and_environment_are_the_childs_alone),
        cmocka_unit_test(errors_of_starting_name_the_culprit),
        cmocka_unit_test(an_elf_whose_loader_is_missing_says_which),
        cmocka_unit_test(a_long_argument_is_named_without_its_value),
        cmocka_unit_test(input_reaches_a_child_that_writes_as_much),
        cmocka_unit_test(a_child_that_does_not_read_is_no_failure),
        cmocka_unit_test(input_may_come_piece_by_piece),
        cmocka_unit_test(a_capture_stays_within_its_bound_and_drains),
        cmocka_unit_test(a_gibibyte_passes_in_bounded_memory),
        cmocka_unit_test(lines_come_whole_and_the_last_as_partial),
        cmocka_unit_test(a_line_of_50_mebibytes_is_cut),
        cmocka_unit_test(a_callback_ends_what_it_wants_no_more),
        cmocka_unit_test(each_stream_goes_its_own_way),
        cmocka_unit_test(a_limit_may_end_the_child),
        cmocka_unit_test(our_own_streams_may_be_swapped),
        cmocka_unit_test(an_orphan_that_holds_the_streams_does_not_hold_us),
        cmocka_unit_test(timeouts_say_which_they_were),
        cmocka_unit_test(the_soft_signal_is_the_operations_own),
        cmocka_unit_test(who_ignores_everything_is_killed_with_its_group),
        cmocka_unit_test(what_a_cancelled_child_leaves_behind_goes_with_it),
        cmocka_unit_test(a_token_cancels_from_a_signal_handler),
        cmocka_unit_test(each_further_request_escalates),
        cmocka_unit_test(a_signal_is_passed_on_without_ending_anything),
        cmocka_unit_test(a_foreign_loop_can_drive_it),
        cmocka_unit_test(an_abandoned_process_is_killed_and_reaped),
        cmocka_unit_test(secrets_are_shown_nowhere),
        cmocka_unit_test(a_printed_line_means_the_same_to_a_shell),
        cmocka_unit_test(a_request_is_shown_as_json_and_as_a_line),
        cmocka_unit_test(a_clean_environment_has_what_was_set_alone),
        cmocka_unit_test(a_recording_answers_in_place_of_the_engine),
        cmocka_unit_test(ten_thousand_spawns_leave_nothing),
        cmocka_unit_test(a_storm_of_interrupts_changes_nothing),
        cmocka_unit_test(an_ignored_sigchld_is_told_and_not_taken_for_success),
        cmocka_unit_test(closed_standard_streams_are_borne),
        cmocka_unit_test(a_deleted_folder_is_borne),
        cmocka_unit_test(a_lack_of_descriptors_is_an_error_that_keeps_none),
        cmocka_unit_test(a_kernel_without_pidfd_will_do),
        cmocka_unit_test(a_terminals_child_stays_in_our_group),
        cmocka_unit_test(a_terminal_that_a_dead_child_left_raw_is_put_back),
        cmocka_unit_test(a_terminal_that_is_none_is_refused),
        cmocka_unit_test(threads_do_not_disturb_one_another),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
