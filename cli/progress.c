#include "cli/progress.h"

#include <stdio.h>
#include <time.h>

#include "core/escape.h"
#include "core/size.h"

#define FIRST_AFTER_NS INT64_C(500000000)
#define NEXT_AFTER_NS INT64_C(100000000)

static void print_line(const struct progress_line *line)
{
    char done[SIZE_TEXT_MAX], total[SIZE_TEXT_MAX];
    int64_t passed = atomic_load(&line->progress.done);
    int64_t all = atomic_load(&line->progress.total);
    cleanup_strbuf struct strbuf subject = STRBUF_INIT;
    escape_for_terminal(&subject, span_of_text(line->subject));
    if (all > 0)
        fprintf(stderr, "\r\033[Kreading %.60s  %3d %%  %s of %s", subject.buf,
                (int)(passed < all ? passed * 100 / all : 100),
                size_format(passed, SIZE_DECIMAL, done),
                size_format(all, SIZE_DECIMAL, total));
    else
        fprintf(stderr, "\r\033[Kreading %.60s  %s", subject.buf,
                size_format(passed, SIZE_DECIMAL, done));
    fflush(stderr);
}

static void *draw(void *context)
{
    struct progress_line *line = context;
    struct timespec until;
    int64_t wait = FIRST_AFTER_NS;
    bool drawn = false;
    pthread_mutex_lock(&line->lock);
    while (!line->stop) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += (long)wait;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&line->stopped, &line->lock, &until);
        if (line->stop)
            break;
        print_line(line);
        drawn = true;
        wait = NEXT_AFTER_NS;
    }
    pthread_mutex_unlock(&line->lock);
    if (drawn)
        fputs("\r\033[K", stderr);
    return NULL;
}

void progress_line_start(struct progress_line *line, const struct invocation *invocation,
                         const char *subject)
{
    *line = (struct progress_line){.subject = subject};
    if (!invocation_shows_progress(invocation))
        return;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&line->stopped, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&line->lock, NULL);
    line->running = pthread_create(&line->thread, NULL, draw, line) == 0;
}

void progress_line_stop(struct progress_line *line)
{
    if (!line->running)
        return;
    pthread_mutex_lock(&line->lock);
    line->stop = true;
    pthread_cond_signal(&line->stopped);
    pthread_mutex_unlock(&line->lock);
    pthread_join(line->thread, NULL);
    line->running = false;
    pthread_cond_destroy(&line->stopped);
    pthread_mutex_destroy(&line->lock);
}
