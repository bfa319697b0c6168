#include "runtime/cancel.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int cancel_open(struct cancel *ret_cancel, struct error *err)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, errno, "cannot make an eventfd");
    ret_cancel->fd = fd;
    atomic_init(&ret_cancel->requests, 0);
    for (int i = 0; i < CANCEL_SIGNALS; i++)
        atomic_init(&ret_cancel->forwarded[i], 0);
    return 0;
}

void cancel_close(struct cancel *cancel)
{
    if (cancel->fd >= 0)
        close(cancel->fd);
    cancel->fd = -1;
}

/* A handler of a signal may be running: errno is the interrupted code's. */
static void wake(struct cancel *cancel)
{
    int kept = errno;
    uint64_t one = 1;
    ssize_t ignored = write(cancel->fd, &one, sizeof one);
    (void)ignored; /* 2^64 requests were made before it could fail */
    errno = kept;
}

void cancel_request(struct cancel *cancel)
{
    atomic_fetch_add(&cancel->requests, 1);
    wake(cancel);
}

void cancel_forward(struct cancel *cancel, int signal_number)
{
    if (signal_number < 1 || signal_number >= CANCEL_SIGNALS)
        return;
    atomic_fetch_add(&cancel->forwarded[signal_number], 1);
    wake(cancel);
}
