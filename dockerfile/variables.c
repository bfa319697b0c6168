#include <ctype.h>
#include <strings.h>

#include "dockerfile/expand.h"

static uint64_t hash_of(const struct variables *variables, const char *name)
{
    if (!variables->ignores_case)
        return table_hash(name, strlen(name), 0);
    cleanup_free char *upper = memory_dup_text(name);
    for (char *p = upper; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return table_hash(upper, strlen(upper), 0);
}

static bool is_named(const void *context, uint32_t number, const void *key)
{
    const struct variables *variables = context;
    const char *name = variables->names.items[number];
    return (variables->ignores_case ? strcasecmp(name, key) : strcmp(name, key)) == 0;
}

void variables_set(struct variables *variables, const char *name, const char *value)
{
    uint64_t hash = hash_of(variables, name);
    uint32_t number = table_find(&variables->index, hash, is_named, variables, name);
    if (number != TABLE_NONE) {
        char *copy = memory_dup_text(value);
        free(variables->values.items[number]);
        variables->values.items[number] = copy;
        return;
    }
    table_add(&variables->index, hash, (uint32_t)variables->names.count);
    strvec_add(&variables->names, name);
    strvec_add(&variables->values, value);
}

void variables_set_pair(struct variables *variables, const char *pair)
{
    const char *equals = strchr(pair, '=');
    if (!equals) {
        variables_set(variables, pair, "");
        return;
    }
    cleanup_free char *name = memory_dup_bytes(pair, (size_t)(equals - pair));
    variables_set(variables, name, equals + 1);
}

const char *variables_get(const struct variables *variables, const char *name)
{
    if (!variables || variables->names.count == 0)
        return NULL;
    uint32_t number = table_find(&variables->index, hash_of(variables, name), is_named, variables, name);
    return number == TABLE_NONE ? NULL : variables->values.items[number];
}

void variables_copy(struct variables *to, const struct variables *from)
{
    for (size_t i = 0; from && i < from->names.count; i++)
        variables_set(to, from->names.items[i], from->values.items[i]);
}

void variables_release(struct variables *variables)
{
    strvec_release(&variables->names);
    strvec_release(&variables->values);
    table_release(&variables->index);
}
