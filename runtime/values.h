/* What records of engines are made of. They own nothing: the list that a record stands in
 * has the arena. */
#ifndef ULLAGE_RUNTIME_VALUES_H
#define ULLAGE_RUNTIME_VALUES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VALUE_UNKNOWN INT64_MIN /* a time, size or number that the engine does not tell */

struct words {
    const char *const *items;
    size_t count;
};

struct label {
    const char *key;
    const char *value;
};

struct labels {
    const struct label *items;
    size_t count;
};

/* The value of a label, NULL if there is none. */
static inline const char *labels_get(const struct labels *labels, const char *key)
{
    for (size_t i = 0; i < labels->count; i++)
        if (strcmp(labels->items[i].key, key) == 0)
            return labels->items[i].value;
    return NULL;
}

/* Ports of a container and where the host publishes them. A range has `count` ports on both
 * sides. */
struct port_info {
    const char
        *host_ip; /* "" if it is not published, or on all addresses of an old engine */
    uint16_t host_port; /* 0: not published */
    uint16_t container_port;
    uint16_t count;
    const char *protocol; /* tcp udp sctp */
};

struct ports {
    const struct port_info *items;
    size_t count;
};

#endif
