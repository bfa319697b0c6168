/* A token that ends running processes from elsewhere: another thread, or the handler of a
 * signal, since cancel_request is async-signal-safe. Any number of processes may share one;
 * it must outlive them. The first request sends each its soft signal and starts the
 * escalation of its plan, each further one goes to the next step at once. What starts with
 * a token that was used ends before it begins. */
#ifndef ULLAGE_RUNTIME_CANCEL_H
#define ULLAGE_RUNTIME_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "core/error.h"

#define CANCEL_SIGNALS 64

struct cancel {
    int fd; /* an eventfd that is written and never read: each write is an edge to whoever
               polls */
    atomic_uint requests;
    atomic_uint forwarded[CANCEL_SIGNALS]; /* how often each signal was to be passed on */
};

int cancel_open(struct cancel *ret_cancel, struct error *err);
void cancel_close(struct cancel *cancel);

void cancel_request(struct cancel *cancel);
/* Passes a signal (1 to 63) on to the children without ending anything by itself. A signal
 * that arrives again before the first was passed on counts once, as signals do. With
 * several children all get it. */
void cancel_forward(struct cancel *cancel, int signal_number);

static inline bool cancel_is_requested(const struct cancel *cancel)
{
    return cancel && atomic_load(&cancel->requests) > 0;
}

#endif
