/* A program that behaves as badly as it is told. Each argument is a step, done in order:
 *   out=TEXT err=TEXT      write; \n \r \0 \e are what they are in C
 *   flood=BYTES            so many bytes on standard output, in lines of 64
 *   line=BYTES             so many bytes of 'x' on standard output, and no end of line
 *   sleep=MS  exit=N  signal=N (to itself)  forever
 *   ignore=N               that signal from here on
 *   trap=N:CODE            that signal writes "trapped" to standard error and exits with
 * the code orphan=MS              a child that holds the streams open so long stubborn=MS
 * the same, and it ignores SIGTERM and SIGINT; its pid on standard output close=FD  cat
 * drain   standard input to standard output; to nowhere, its length told argv=... all of
 * them, each with a NUL behind, and exit env=NAME  cwd  fds  group  tty  signals It never
 * reads standard input unless told to. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int trapped_code;

static void write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            _exit(errno == EPIPE ? 141 : 99);
        bytes += done;
        len -= (size_t)done;
    }
}

static void write_escaped(int fd, const char *text)
{
    for (; *text; text++) {
        char c = *text;
        if (c == '\\' && text[1]) {
            c = *++text;
            c = (char)(c == 'n'   ? '\n'
                       : c == 'r' ? '\r'
                       : c == '0' ? '\0'
                       : c == 'e' ? 27
                                  : c);
        }
        write_all(fd, &c, 1);
    }
}

static void pause_ms(long ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}

static void flood(long long bytes)
{
    static char block[65536];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)(i % 64 == 63 ? '\n' : 'a' + i % 26);
    while (bytes > 0) {
        size_t len = bytes < (long long)sizeof block ? (size_t)bytes : sizeof block;
        write_all(STDOUT_FILENO, block, len);
        bytes -= (long long)len;
    }
}

static void long_line(long long bytes)
{
    static char block[65536];
    memset(block, 'x', sizeof block);
    while (bytes > 0) {
        size_t len = bytes < (long long)sizeof block ? (size_t)bytes : sizeof block;
        write_all(STDOUT_FILENO, block, len);
        bytes -= (long long)len;
    }
}

static void on_signal(int number)
{
    (void)number;
    write_all(STDERR_FILENO, "trapped\n", 8);
    _exit(trapped_code);
}

static void set_trap(const char *value)
{
    trapped_code = atoi(strchr(value, ':') + 1);
    signal(atoi(value), on_signal);
}

static void leave_orphan(long ms, bool stubborn)
{
    pid_t child = fork();
    if (child == 0) {
        if (stubborn) {
            signal(SIGTERM, SIG_IGN);
            signal(SIGINT, SIG_IGN);
        }
        pause_ms(ms);
        _exit(0);
    }
    if (stubborn)
        dprintf(STDOUT_FILENO, "%d\n", child);
}

static void pass_input(bool write_it)
{
    static char block[65536];
    long long sum = 0;
    ssize_t got;
    while ((got = read(STDIN_FILENO, block, sizeof block)) > 0) {
        sum += got;
        if (write_it)
            write_all(STDOUT_FILENO, block, (size_t)got);
    }
    if (!write_it)
        dprintf(STDOUT_FILENO, "%lld\n", sum);
}

static void list_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(folder))
            dprintf(STDOUT_FILENO, "%s\n", entry->d_name);
    closedir(folder);
}

static void show_signals(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "SigBlk", 6) == 0 || strncmp(line, "SigIgn", 6) == 0)
            dprintf(STDOUT_FILENO, "%s", line);
    if (status)
        fclose(status);
}

static void show_cwd(void)
{
    char folder[4096];
    dprintf(STDOUT_FILENO, "%s\n", getcwd(folder, sizeof folder) ? folder : "gone");
}

static void make_raw(void)
{
    struct termios modes;
    tcgetattr(STDIN_FILENO, &modes);
    cfmakeraw(&modes);
    tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

static void list_arguments(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        write_all(STDOUT_FILENO, argv[i], strlen(argv[i]) + 1);
    exit(0);
}

static void show(const char *step)
{
    if (strcmp(step, "cwd") == 0)
        show_cwd();
    else if (strcmp(step, "fds") == 0)
        list_fds();
    else if (strcmp(step, "group") == 0)
        dprintf(STDOUT_FILENO, "%s\n", getpgrp() == getpid() ? "leader" : "member");
    else if (strcmp(step, "tty") == 0)
        dprintf(STDOUT_FILENO, "%d\n", isatty(0) + 2 * isatty(1) + 4 * isatty(2));
    else if (strcmp(step, "signals") == 0)
        show_signals();
    else if (strcmp(step, "raw") == 0)
        make_raw();
    else if (strcmp(step, "forever") == 0)
        for (;;)
            pause_ms(1000000);
    else if (strcmp(step, "cat") == 0 || strcmp(step, "drain") == 0)
        pass_input(step[0] == 'c');
    else
        exit(98);
}

static bool is(const char *step, const char *name)
{
    size_t len = strlen(name);
    return strncmp(step, name, len) == 0 && step[len] == '=';
}

static void take(const char *step)
{
    const char *value = strchr(step, '=');
    if (!value) {
        show(step);
        return;
    }
    value++;
    if (is(step, "out"))
        write_escaped(STDOUT_FILENO, value);
    else if (is(step, "err"))
        write_escaped(STDERR_FILENO, value);
    else if (is(step, "flood"))
        flood(atoll(value));
    else if (is(step, "line"))
        long_line(atoll(value));
    else if (is(step, "sleep"))
        pause_ms(atol(value));
    else if (is(step, "exit"))
        exit(atoi(value));
    else if (is(step, "signal"))
        raise(atoi(value));
    else if (is(step, "ignore"))
        signal(atoi(value), SIG_IGN);
    else if (is(step, "trap"))
        set_trap(value);
    else if (is(step, "orphan") || is(step, "stubborn"))
        leave_orphan(atol(value), step[0] == 's');
    else if (is(step, "close"))
        close(atoi(value));
    else if (is(step, "env"))
        dprintf(STDOUT_FILENO, "%s\n", getenv(value) ? getenv(value) : "(unset)");
    else
        exit(98);
}

int main(int argc, char **argv)
{
    if (argc > 1 && is(argv[1], "argv"))
        list_arguments(argc, argv);
    for (int i = 1; i < argc; i++)
        take(argv[i]);
    return 0;
}
