#include "runtime/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "core/file.h"

#define PIPE_BYTES (256 << 10) /* fewer turns between a child that writes much and us */

int descriptor_raise(int fd)
{
    if (fd < 0 || fd > STDERR_FILENO)
        return fd;
    int raised = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int kept = errno;
    close(fd);
    errno = kept;
    return raised;
}

int descriptor_open_nothing(void)
{
    return descriptor_raise(open("/dev/null", O_RDWR | O_CLOEXEC));
}

int descriptor_open_pipe(int *ret_ours, int *ret_childs, bool childs_is_input)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    ends[0] = descriptor_raise(ends[0]);
    ends[1] = descriptor_raise(ends[1]);
    int ours = ends[childs_is_input];
    int childs = ends[!childs_is_input];
    if (ours < 0 || childs < 0 || fcntl(ours, F_SETFL, O_NONBLOCK) < 0) {
        int kept = errno;
        file_close(&ours);
        file_close(&childs);
        errno = kept;
        return -1;
    }
    if (!childs_is_input)
        fcntl(ours, F_SETPIPE_SZ, PIPE_BYTES); /* the default where a user has too many */
    *ret_ours = ours;
    *ret_childs = childs;
    return 0;
}

int descriptor_open_inherited(int stream)
{
    int fd = fcntl(stream, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return fd < 0 && errno == EBADF ? descriptor_open_nothing() : fd;
}

/* Writes without the SIGPIPE that would end a process whose child does not read: blocked in
 * this thread, and taken away again if it was not waiting before. */
ssize_t descriptor_write_quietly(int fd, const char *bytes, size_t len)
{
    sigset_t pipe_signal;
    sigset_t waiting;
    sigset_t before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&waiting);
    bool was_waiting = sigismember(&waiting, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t written = write(fd, bytes, len);
    int kept = errno;
    if (written < 0 && kept == EPIPE && !was_waiting) {
        const struct timespec now = {.tv_sec = 0, .tv_nsec = 0};
        while (sigtimedwait(&pipe_signal, NULL, &now) < 0 && errno == EINTR)
            ;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = kept;
    return written;
}
