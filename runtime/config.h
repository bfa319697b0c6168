/* What a container shall be: every option of `run` and `create` that has a type here, and
 * `extra` for the others. Zero-initialised asks for nothing; container_config_release frees
 * all of it.
 *
 * container_config_to_run_args makes the arguments behind "docker run". They are for exec,
 * not for a shell: each option is one argument, --name=value, in the order of config.def,
 * then `extra`, the image, the command. What the engine cannot do is refused before
 * anything is started, and so is what contradicts itself. The value of a secret variable
 * goes into the child's environment, and only its name among the arguments. */
#ifndef ULLAGE_RUNTIME_CONFIG_H
#define ULLAGE_RUNTIME_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/strvec.h"
#include "runtime/arguments.h"
#include "runtime/engine.h"
#include "runtime/environment.h"
#include "runtime/settings.h"
#include "runtime/spellings.h"

/* A number that may be absent: 0 is one too. */
struct config_number {
    bool given;
    int64_t value;
};

static inline struct config_number config_number(int64_t value)
{
    return (struct config_number){.given = true, .value = value};
}

struct container_config {
    char *image;
    struct strvec command;
    char *name;
    bool detach;
    bool remove; /* by the engine, when it has ended */
    bool interactive;
    bool tty;
    bool init;
    bool privileged;
    bool read_only;
    bool publish_all;
    bool no_healthcheck;
    bool clear_entrypoint;    /* the image's own is not used, nor another */
    struct strvec entrypoint; /* its first word; the others go before the command */
    struct settings environment;
    struct strvec environment_files;
    struct settings labels;
    struct settings annotations;
    char *user;
    struct strvec groups;
    char *working_dir;
    char *hostname;
    char *domainname;

    struct mount_config *mounts;
    size_t mount_count, mount_capacity;
    struct strvec tmpfs; /* PATH or PATH:OPTIONS */
    struct strvec volumes_from;
    struct port_config *ports;
    size_t port_count, port_capacity;
    struct strvec expose;
    struct strvec networks;
    struct strvec network_aliases;
    char *ip;
    char *ip6;
    char *mac_address;
    struct strvec links;
    struct strvec add_hosts; /* NAME:IP */
    struct strvec dns;
    struct strvec dns_search;
    struct strvec dns_options;

    struct config_number memory;      /* bytes, as those below */
    struct config_number memory_swap; /* with memory; -1: unlimited */
    struct config_number memory_reservation;
    struct config_number shm_size;
    char *cpus; /* "1.5" */
    struct config_number cpu_shares;
    char *cpuset_cpus;
    struct config_number pids_limit; /* -1: unlimited */
    struct config_number oom_score;
    struct ulimit_config *ulimits;
    size_t ulimit_count, ulimit_capacity;
    struct settings sysctls;

    struct restart_policy restart;
    char *stop_signal;
    struct config_number stop_timeout; /* seconds */
    char *health_command;
    struct config_number health_interval; /* milliseconds, as the next two */
    struct config_number health_timeout;
    struct config_number health_start_period;
    struct config_number health_retries;

    struct strvec cap_add;
    struct strvec cap_drop;
    struct strvec security_options;
    struct strvec devices;
    char *gpus;
    char *ipc;
    char *pid;
    char *userns;
    char *uts;
    char *cgroupns;
    char *cgroup_parent;
    char *runtime;
    char *isolation;
    struct strvec storage_options;
    char *log_driver;
    struct settings log_options;
    char *platform;
    char *pull; /* always missing never */
    char *cidfile;
    struct strvec extra;
};

void container_config_release(struct container_config *config);

/* Each reads what people write for the option (spellings.h) and adds it. */
int container_config_add_port(struct container_config *config, const char *text,
                              struct error *err);
int container_config_add_mount(struct container_config *config, const char *text,
                               struct error *err);
int container_config_add_volume(struct container_config *config, const char *text,
                                struct error *err);
int container_config_add_ulimit(struct container_config *config, const char *text,
                                struct error *err);

/* Whether it makes sense by itself, and on the engine unless that is NULL. */
int container_config_validate(const struct container_config *config,
                              const struct engine_version *engine, struct error *err);

/* Whether it asks for something that not every engine has: then its version is worth a
 * question. */
bool container_config_needs_version(const struct container_config *config);

/* The arguments behind `run`, and behind `create`, where nothing is said of detaching.
 * Validates first. What is secret goes to `environment`. */
int container_config_to_run_args(const struct container_config *config,
                                 const struct engine_version *engine,
                                 struct arguments *arguments,
                                 struct environment *environment, struct error *err);
int container_config_to_create_args(const struct container_config *config,
                                    const struct engine_version *engine,
                                    struct arguments *arguments,
                                    struct environment *environment, struct error *err);

/* Names that engines take: containers ([a-zA-Z0-9][a-zA-Z0-9_.-]+), and anything that must
 * not be read as an option: images, networks, paths. ERROR_USAGE for others. */
int container_name_check(const char *name, struct error *err);
int reference_check(const char *what, const char *text, struct error *err);

/* Linux takes no argument of more than 128 KiB: names the one that is longer. */
int arguments_check(const struct arguments *arguments, struct error *err);

#define cleanup_container_config __attribute__((cleanup(container_config_release)))

#endif
