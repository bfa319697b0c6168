/* The nearest of several names to a word somebody mistyped. Offer every name, then read
 * `best`: it is NULL while nothing was near enough to be worth a question. Names offered
 * must outlive the answer. */
#ifndef ULLAGE_CORE_NEAREST_H
#define ULLAGE_CORE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word;
    const char *best;
    size_t distance;
};

static inline struct nearest nearest_to(const char *word)
{
    return (struct nearest){.word = word, .best = NULL, .distance = 0};
}

void nearest_offer(struct nearest *nearest, const char *name);

#endif
