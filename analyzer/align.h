/* Two lists laid against one another: items that are the same first, then those that are alike, then what
 * stands at the same place between them. The first two keep the order of both lists (a longest common
 * subsequence), so pairs never cross. */
#ifndef ULLAGE_ANALYZER_ALIGN_H
#define ULLAGE_ANALYZER_ALIGN_H

#include <stddef.h>
#include <stdint.h>

enum align_match { ALIGN_SAME, ALIGN_ALIKE, ALIGN_PLACE, ALIGN_NONE };

/* Keys compare as texts; NULL is equal to nothing. */
struct align_item {
    const char *same;
    const char *alike;
};

struct align_pair {
    enum align_match match;
    int64_t old_index, new_index; /* -1: none */
};

/* Every item of both lists is in one pair. In the order of the lists; what only the old one has stands
 * first in its gap. The caller frees the pairs. */
struct align_pair *align(const struct align_item *old_items, size_t old_count,
                         const struct align_item *new_items, size_t new_count,
                         size_t *ret_count);

#endif
