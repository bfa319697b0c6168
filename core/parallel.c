#include "core/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define THREADS_MOST 64

struct run {
    atomic_size_t next;
    size_t count;
    void (*job)(void *context, size_t index);
    void *context;
};

static void *work(void *context)
{
    struct run *run = context;
    for (;;) {
        size_t index = atomic_fetch_add(&run->next, 1);
        if (index >= run->count)
            return NULL;
        run->job(run->context, index);
    }
}

void parallel_run(size_t count, unsigned threads, void (*job)(void *context, size_t index),
                  void *context)
{
    struct run run = {.count = count, .job = job, .context = context};
    pthread_t helpers[THREADS_MOST];
    unsigned started = 0;

    if (threads > THREADS_MOST)
        threads = THREADS_MOST;
    while (started + 1 < threads && started + 1 < count &&
           pthread_create(&helpers[started], NULL, work, &run) == 0)
        started++;
    work(&run);
    for (unsigned i = 0; i < started; i++)
        pthread_join(helpers[i], NULL);
}

unsigned parallel_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (unsigned)CPU_COUNT(&set);
    return 1;
}
