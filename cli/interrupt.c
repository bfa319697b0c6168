#include "cli/interrupt.h"

#include <errno.h>
#include <signal.h>

static struct cancel token = {.fd = -1};

static void on_signal(int number)
{
    int kept = errno;
    (void)number;
    cancel_request(&token);
    errno = kept;
}

int interrupt_watch(struct cancel **ret_cancel, struct error *err)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    if (token.fd < 0) {
        if (cancel_open(&token, err) < 0)
            return -1;
        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
    }
    *ret_cancel = &token;
    return 0;
}
