/* A line on a terminal's stderr that says how far reading has come. It appears after half a second and
 * leaves nothing behind. */
#ifndef ULLAGE_CLI_PROGRESS_H
#define ULLAGE_CLI_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>

#include "analyzer/image/progress.h"
#include "cli/command.h"

struct progress_line {
    struct progress progress;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    bool stop;
    bool running;
    const char *subject;
};

/* Starts the line if somebody watches; else does nothing. `line` stays where it is until the end. */
void progress_line_start(struct progress_line *line, const struct invocation *invocation,
                         const char *subject);
void progress_line_stop(struct progress_line *line);

#endif
