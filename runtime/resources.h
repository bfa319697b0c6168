/* Networks, volumes, and what the disk holds. Lists begin zeroed, own what their records
 * point to, and keep what was read before an error. Each reader takes the output of `ls`
 * and of `inspect`. */
#ifndef ULLAGE_RUNTIME_RESOURCES_H
#define ULLAGE_RUNTIME_RESOURCES_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"
#include "runtime/values.h"

struct network_info {
    const char *id;
    const char *name;
    const char *driver;
    const char *scope;
    bool internal;
    bool ipv6;
    int64_t created;
    struct words subnets; /* inspect alone */
    struct labels labels;
};

struct network_list {
    struct arena arena;
    struct network_info *items;
    size_t count;
    size_t capacity;
};

struct volume_info {
    const char *name;
    const char *driver;
    const char *mountpoint;
    const char *scope;
    int64_t created;
    int64_t size; /* VALUE_UNKNOWN unless the engine was asked to measure */
    struct labels labels;
};

struct volume_list {
    struct arena arena;
    struct volume_info *items;
    size_t count;
    size_t capacity;
};

/* A row of `system df`. */
struct disk_usage {
    const char *type; /* Images Containers Local Volumes Build Cache */
    int64_t total;
    int64_t active;
    int64_t size;
    int64_t reclaimable;
    bool rounded; /* read from texts such as "1.725GB (99%)" */
};

struct disk_usage_list {
    struct arena arena;
    struct disk_usage *items;
    size_t count;
    size_t capacity;
};

int network_list_read(struct network_list *list, struct span output, struct error *err);
int volume_list_read(struct volume_list *list, struct span output, struct error *err);
int disk_usage_read(struct disk_usage_list *list, struct span output, struct error *err);

void network_list_release(struct network_list *list);
void volume_list_release(struct volume_list *list);
void disk_usage_list_release(struct disk_usage_list *list);

#endif
