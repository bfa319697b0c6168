#include "core/nearest.h"

#include <stdbool.h>
#include <string.h>

#define NEAREST_LENGTH_MAX                                                                 \
    64 /* no name of ours is longer, and a longer word is no slip of a finger */
#define NEAREST_PREFIX_MIN                                                                 \
    2 /* so much of a name is taken for an attempt to abbreviate it */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn one word into the
 * other. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t cost[NEAREST_LENGTH_MAX + 1][NEAREST_LENGTH_MAX + 1];

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

void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t word_len = strlen(nearest->word);
    size_t name_len = strlen(name);
    if (word_len == 0 || word_len > NEAREST_LENGTH_MAX || name_len > NEAREST_LENGTH_MAX)
        return;

    size_t distance = edit_distance(nearest->word, word_len, name, name_len);
    size_t tolerated = word_len < 3 ? 1 : 1 + word_len / 4;
    bool abbreviates =
        word_len >= NEAREST_PREFIX_MIN && strncmp(name, nearest->word, word_len) == 0;
    if (abbreviates)
        distance = 1;
    if (distance > tolerated || distance >= name_len)
        return;
    if (nearest->best && distance >= nearest->distance)
        return;
    nearest->best = name;
    nearest->distance = distance;
}
