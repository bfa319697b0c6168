/* An index over things that live elsewhere: an open-addressing hash table of 32-bit numbers. The caller
 * knows how a number becomes a key, and gives the hash and the comparison. Zero-initialised is empty. */
#ifndef ULLAGE_CORE_TABLE_H
#define ULLAGE_CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_NONE UINT32_MAX

struct table_slot {
    uint32_t hash;
    uint32_t number;
};

struct table {
    struct table_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

typedef bool table_match(const void *context, uint32_t number, const void *key);

/* The number whose key matches, else TABLE_NONE. */
uint32_t table_find(const struct table *table, uint64_t hash, table_match *match,
                    const void *context, const void *key);

/* Adds a number that is not in the table. */
void table_add(struct table *table, uint64_t hash, uint32_t number);
void table_release(struct table *table);

uint64_t table_hash(const void *bytes, size_t len, uint64_t seed);

#endif
