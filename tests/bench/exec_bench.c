/* Times the exec layer: exec_bench FAKE_ENGINE FILE. One figure a line, its bar of issue 4
 * behind it; the status is 1 if one does not hold. FILE is written by the fake engine for
 * comparison. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/exec.h"

#define ROUNDS 300
#define GIBIBYTE ((size_t)1 << 30)
#define PASSES 5
/* docker's CLI passes at most 54 MB of log a second, 20 s for a gibibyte; the fake engine
 * some GB. So the bar, 1.2 times what the CLI takes to write a file, is a bar for what we
 * add to it. */
#define CLI_MS 20000.0

static int broken;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void tell(const char *what, double value, const char *unit, double most)
{
    bool holds = value <= most;
    printf("%-52s %9.2f %-5s (bar %.2f)%s\n", what, value, unit, most,
           holds ? "" : "  BROKEN");
    broken += !holds;
}

/* The best time of a run, in ms: what else the machine does only makes it longer. */
static double best_of(void (*run)(const char *engine), const char *engine)
{
    double best = 1e12;
    for (int i = 0; i < ROUNDS; i++) {
        double before = now();
        run(engine);
        double took = now() - before;
        best = took < best ? took : best;
    }
    return best;
}

static void by_hand(const char *engine)
{
    char *argv[] = {(char *)(size_t)engine, NULL};
    pid_t pid;
    if (posix_spawn(&pid, engine, NULL, NULL, argv, environ) != 0)
        abort();
    waitpid(pid, NULL, 0);
}

static void by_exec(const char *engine)
{
    struct exec_request request = {.program = engine};
    struct exec_result result;
    if (exec_run(&request, &result, NULL) < 0 || !exec_succeeded(&result))
        abort();
    exec_result_release(&result);
}

static int count_line(void *context, const struct exec_line *line)
{
    *(size_t *)context += line->text.len + 1;
    return 0;
}

/* The time in ms of a gibibyte of log: to a file, or line by line to a callback. */
static double flood(const char *engine, const char *path)
{
    struct arguments arguments = ARGUMENTS_INIT;
    arguments_addf(&arguments, "flood=%zu", GIBIBYTE);
    size_t seen = 0;
    struct exec_request request = {.program = engine, .arguments = &arguments};
    request.out =
        (struct exec_output){.kind = EXEC_LINES, .line = count_line, .context = &seen};
    if (path) {
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        request.out = (struct exec_output){.kind = EXEC_TO_FD, .fd = fd};
    }
    struct exec_result result;
    double before = now();
    if (exec_run(&request, &result, NULL) < 0 || !exec_succeeded(&result))
        abort();
    double took = now() - before;
    if (path)
        close(request.out.fd);
    else if (seen != GIBIBYTE)
        abort();
    exec_result_release(&result);
    arguments_release(&arguments);
    return took;
}

static double resident_mib(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)used.ru_maxrss / 1024;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    double hand = best_of(by_hand, argv[1]);
    double small = best_of(by_exec, argv[1]);
    tell("exec over posix_spawn and waitpid, ms", small - hand, "ms", 5);

    double before = resident_mib();
    double file = 1e12;
    double lines = 1e12;
    for (int i = 0; i < PASSES; i++) { /* in turn */
        double took = flood(argv[1], argv[2]);
        file = took < file ? took : file;
        took = flood(argv[1], NULL);
        lines = took < lines ? took : lines;
    }
    tell("1 GiB of log by lines, over writing it to a file", lines - file, "ms",
         0.2 * CLI_MS);
    printf("(1 GiB to a file %.0f ms, by lines of 64 bytes %.0f ms)\n", file, lines);
    tell("memory of 1 GiB of log by lines", resident_mib() - before, "MiB", 8);
    unlink(argv[2]);

    char *heap = memory_alloc(GIBIBYTE);
    memset(heap, 1, GIBIBYTE);
    double large = best_of(by_exec, argv[1]);
    tell("spawn holding 1 GiB against a small process", large / small, "x", 1.5);
    printf("(small %.2f ms, holding 1 GiB %.2f ms, by hand %.2f ms; %c)\n", small, large,
           hand, heap[GIBIBYTE / 2] ? 'm' : ' ');
    free(heap);
    return broken > 0;
}
