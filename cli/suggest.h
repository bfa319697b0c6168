/* The nearest of several names to a word somebody mistyped. Offer every name, then read
 * `best`: it is NULL while nothing was near enough to be worth a question. Names offered
 * must outlive the suggestion. */
#ifndef ULLAGE_CLI_SUGGEST_H
#define ULLAGE_CLI_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word;
    const char *best;
    size_t distance;
};

static inline struct suggestion suggestion_for(const char *word)
{
    return (struct suggestion){.word = word, .best = NULL, .distance = 0};
}

void suggestion_offer(struct suggestion *suggestion, const char *name);

#endif
