/* A container on an engine. The truth is `inspect`; `ps` alone gives less: its labels are
 * lossy, and what it does not tell is empty or VALUE_UNKNOWN. A list owns what its records
 * point to. */
#ifndef ULLAGE_RUNTIME_CONTAINER_INFO_H
#define ULLAGE_RUNTIME_CONTAINER_INFO_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"
#include "core/strbuf.h"
#include "runtime/values.h"

enum container_state {
    CONTAINER_UNKNOWN,
    CONTAINER_CREATED,
    CONTAINER_RUNNING,
    CONTAINER_PAUSED,
    CONTAINER_RESTARTING,
    CONTAINER_REMOVING,
    CONTAINER_EXITED,
    CONTAINER_DEAD,
};

enum container_health { HEALTH_NONE, HEALTH_STARTING, HEALTH_HEALTHY, HEALTH_UNHEALTHY };

struct mount_info {
    const char *type;   /* bind volume tmpfs */
    const char *source; /* a path, or the name of a volume */
    const char *target;
    bool read_only;
};

struct container_info {
    const char *id;
    const char *name; /* without the slash of docker */
    const char *image;
    const char *image_id;
    const char
        *status; /* the engine's words, "Up 3 minutes", or the state where it has none */
    enum container_state state;
    enum container_health health;
    struct ports ports;
    int64_t created; /* seconds since 1970, or VALUE_UNKNOWN, as the other two */
    int64_t started;
    int64_t finished;
    struct words command; /* entrypoint and arguments */
    struct words networks;
    const struct mount_info *mounts;
    size_t mount_count;
    struct labels labels;
    int64_t exit_code; /* VALUE_UNKNOWN before an end, and from a docker that tells it in
                          words alone */
    int64_t pid;       /* 0: none */
    bool out_of_memory;
    const char *error; /* why it could not be started */
};

struct container_list {
    struct arena arena;
    struct container_info *items;
    size_t count;
    size_t capacity;
};

static inline bool container_info_is_running(const struct container_info *container)
{
    return container && container->state == CONTAINER_RUNNING;
}

const char *container_state_name(enum container_state state);
enum container_state container_state_by_name(const char *name);
const char *container_health_name(enum container_health health); /* "" for none */

/* "Up 3 minutes (healthy)", "Exited (3) 2 hours ago", as docker says it, from times and
 * `now`. */
void container_status_describe(const struct container_info *container, int64_t now,
                               struct strbuf *text);
/* "127.0.0.1:8080->80/tcp, 6379/tcp" */
void ports_describe(const struct ports *ports, struct strbuf *text);

/* Output of `ps`, whatever engine. Lists begin zeroed and keep what was read before an
 * error. */
int container_list_read(struct container_list *list, struct span output, struct error *err);
/* Output of `inspect`. */
int container_list_read_inspect(struct container_list *list, struct span output,
                                struct error *err);
void container_list_release(struct container_list *list);

#endif
