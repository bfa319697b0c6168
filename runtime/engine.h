/* The engine: which it is, how old, and what it therefore can do. */
#ifndef ULLAGE_RUNTIME_ENGINE_H
#define ULLAGE_RUNTIME_ENGINE_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"
#include "runtime/values.h"

enum engine_kind { ENGINE_DOCKER, ENGINE_PODMAN, ENGINE_NERDCTL };

/* "1.41": the numbers are compared, not the letters. 0.0 is unknown. */
struct version_number {
    unsigned major, minor, patch;
};

struct engine_version {
    struct arena arena;
    enum engine_kind kind;
    const char *client; /* versions as the engine spells them */
    const char *server; /* "" when there is none, as with podman, or it was not reached */
    struct version_number client_number;
    struct version_number server_number;
    struct version_number api;        /* what client and engine agree on; 0.0 for podman */
    struct version_number engine_api; /* the newest that the engine knows */
    const char *os;
    const char *architecture;
    const char *context;
    bool reached; /* the engine itself answered */
};

struct engine_info {
    struct arena arena;
    const char *name;
    const char *version;
    const char *driver;
    const char *cgroup_version;
    const char *cgroup_driver;
    const char *operating_system;
    const char *kernel;
    const char *architecture;
    const char *root;
    int64_t containers;
    int64_t containers_running;
    int64_t containers_paused;
    int64_t containers_stopped;
    int64_t images;
    int64_t processors;
    int64_t memory;
    bool rootless;
    struct words errors; /* what the engine says went wrong while it was asked */
};

const char *engine_kind_name(enum engine_kind kind);
bool engine_kind_by_name(const char *name, enum engine_kind *ret_kind);

/* "20.10.24+dfsg1", "v2.26.1-4", "1.41"; what is no number ends it. All zero if there is
 * none. */
struct version_number version_parse(struct span text);
int version_compare(struct version_number a, struct version_number b);
static inline bool version_is_known(struct version_number version)
{
    return version.major || version.minor || version.patch;
}

/* Output of `version` and `info`; release also after an error. */
int engine_version_read(struct engine_version *version, enum engine_kind kind,
                        struct span output, struct error *err);
int engine_info_read(struct engine_info *info, struct span output, struct error *err);
void engine_version_release(struct engine_version *version);
void engine_info_release(struct engine_info *info);

#endif
