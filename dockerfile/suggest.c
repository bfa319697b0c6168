#include "dockerfile/suggest.h"

#include <ctype.h>

#include "core/memory.h"
#include "dockerfile/unicode.h"

#define DISTANCE_MAX 3
#define OPTION_MAX 24 /* letters of the longest word that can be near an option */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein */
static size_t distance(const uint32_t *word, size_t len, const char *option)
{
    size_t row[OPTION_MAX + 1], option_len = strlen(option);
    if (option_len > OPTION_MAX)
        return DISTANCE_MAX;
    for (size_t j = 0; j <= option_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= option_len; j++) {
            size_t replaced = corner + (word[i - 1] != (unsigned char)option[j - 1]);
            corner = row[j];
            row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[option_len];
}

const char *suggest_option(struct span word, const char *const *options, bool ignore_case)
{
    uint32_t runes[OPTION_MAX];
    size_t count = 0, nearest = DISTANCE_MAX;
    const char *best = NULL;
    for (size_t at = 0, len; at < word.len; at += len) {
        if (count == OPTION_MAX)
            return NULL;
        uint32_t rune = rune_decode(span_of(word.ptr + at, word.len - at), &len);
        runes[count++] = ignore_case && rune < 0x80 ? (uint32_t)tolower((int)rune) : rune;
    }
    for (; *options; options++) {
        size_t away = distance(runes, count, *options);
        if (away == 0)
            return NULL;
        if (away < nearest) {
            nearest = away;
            best = *options;
        }
    }
    return best;
}
