#include "cli/suggest.h"

#include <stdbool.h>
#include <string.h>

#define SUGGEST_LENGTH_MAX                                                                 \
    64 /* no name of ours is longer, and a longer word is no slip of a finger */
#define SUGGEST_PREFIX_MIN                                                                 \
    2 /* so much of a name is taken for an attempt to abbreviate it */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn one word into the
 * other. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t cost[SUGGEST_LENGTH_MAX + 1][SUGGEST_LENGTH_MAX + 1];

    for (size_t i = 0; i <= a_len; i++)
        cost[i][0] = i;
    for (size_t j = 0; j <= b_len; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        for (size_t j = 1; j <= b_len; j++) {
            size_t replaced = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            size_t shifted = smaller(cost[i - 1][j], cost[i][j - 1]) + 1;
            cost[i][j] = smaller(replaced, shifted);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = smaller(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a_len][b_len];
}

void suggestion_offer(struct suggestion *suggestion, const char *name)
{
    size_t word_len = strlen(suggestion->word);
    size_t name_len = strlen(name);
    if (word_len == 0 || word_len > SUGGEST_LENGTH_MAX || name_len > SUGGEST_LENGTH_MAX)
        return;

    size_t distance = edit_distance(suggestion->word, word_len, name, name_len);
    size_t tolerated = word_len < 3 ? 1 : 1 + word_len / 4;
    bool abbreviates =
        word_len >= SUGGEST_PREFIX_MIN && strncmp(name, suggestion->word, word_len) == 0;
    if (abbreviates)
        distance = 1;
    if (distance > tolerated || distance >= name_len)
        return;
    if (suggestion->best && distance >= suggestion->distance)
        return;
    suggestion->best = name;
    suggestion->distance = distance;
}
