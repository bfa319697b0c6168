/* Runs jobs 0 to count-1 on a few threads, each once, in rising order of their start. The caller's thread
 * is one of them. Jobs share nothing but what they guard themselves. */
#ifndef ULLAGE_CORE_PARALLEL_H
#define ULLAGE_CORE_PARALLEL_H

#include <stddef.h>

void parallel_run(size_t count, unsigned threads, void (*job)(void *context, size_t index),
                  void *context);

/* The processors that this process may use, at least 1. */
unsigned parallel_processors(void);

#endif
