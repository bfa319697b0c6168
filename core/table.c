#include "core/table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/memory.h"

uint64_t table_hash(const void *bytes, size_t len, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, len, seed);
}

static uint32_t fold(uint64_t hash)
{
    return (uint32_t)(hash ^ (hash >> 32));
}

uint32_t table_find(const struct table *table, uint64_t hash, table_match *match,
                    const void *context, const void *key)
{
    if (!table->capacity)
        return TABLE_NONE;
    uint32_t folded = fold(hash);
    size_t mask = table->capacity - 1;
    for (size_t i = folded & mask;; i = (i + 1) & mask) {
        const struct table_slot *slot = &table->slots[i];
        if (slot->number == TABLE_NONE)
            return TABLE_NONE;
        if (slot->hash == folded && match(context, slot->number, key))
            return slot->number;
    }
}

static void place(struct table *table, struct table_slot slot)
{
    size_t mask = table->capacity - 1;
    size_t i = slot.hash & mask;
    while (table->slots[i].number != TABLE_NONE)
        i = (i + 1) & mask;
    table->slots[i] = slot;
}

static void grow(struct table *table)
{
    struct table old = *table;
    table->capacity = old.capacity ? old.capacity * 2 : 16;
    table->slots = memory_resize(NULL, table->capacity, sizeof *table->slots);
    for (size_t i = 0; i < table->capacity; i++)
        table->slots[i].number = TABLE_NONE;
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].number != TABLE_NONE)
            place(table, old.slots[i]);
    free(old.slots);
}

void table_add(struct table *table, uint64_t hash, uint32_t number)
{
    if (table->count + 1 > table->capacity - table->capacity / 4)
        grow(table);
    place(table, (struct table_slot){.hash = fold(hash), .number = number});
    table->count++;
}

void table_release(struct table *table)
{
    free(table->slots);
    *table = (struct table){0};
}
