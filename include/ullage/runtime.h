/* Container engines, driven through their own programs: docker, podman, nerdctl, and compose. No daemon is
 * spoken to and no shell is involved; each call starts a program, waits, and tells what truly happened.
 *
 * A client does not change after it was opened: several threads may use one at the same time. Options are
 * structs that begin with their size: start from the _init function, set what is wanted; everything is lent
 * for the time of the call. Lists of texts are arrays that end with NULL, settings end with a NULL name.
 * What a call returns by a pointer to a pointer is the caller's, who ends it with the _free function of its
 * type; records and texts in it live as long.
 *
 * Errors of code ULLAGE_CODE_ENGINE mean that the engine was not reached or refused; their hint has its own
 * words. A call that was cancelled or took too long is an error, never a success. Values marked secret go
 * to the engine by its environment or standard input, and are in no error, dry run or recording. */
#ifndef ULLAGE_INCLUDE_RUNTIME_H
#define ULLAGE_INCLUDE_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ullage/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A number or time that is not given, or that the engine does not tell. */
#define ULLAGE_UNKNOWN INT64_MIN

enum ullage_engine {
    ULLAGE_ENGINE_ANY, /* CONTAINER_ENGINE, else the first of the others on PATH */
    ULLAGE_ENGINE_DOCKER,
    ULLAGE_ENGINE_PODMAN,
    ULLAGE_ENGINE_NERDCTL,
};

struct ullage_setting {
    const char *name;
    const char *value; /* NULL: what the environment of this process has */
    bool secret;
};

/* Texts that a call made. */
struct ullage_strings {
    const char *const *items; /* ends with NULL */
    size_t count;
};
ULLAGE_API void ullage_strings_free(struct ullage_strings *strings);

/* -- what a container shall be -- */

/* Every option of `run` that is typed here. NULL, false and ULLAGE_UNKNOWN ask for nothing. Ports, mounts
 * and the like are written as on docker's command line. */
struct ullage_container_config {
    size_t size; /* sizeof the struct, as the caller knows it */
    const char *image;
    const char *const *command;
    const char *name;
    const char *const *entrypoint; /* in place of the image's; {NULL} clears it */
    bool detach, remove, interactive, tty, init, privileged, read_only;
    bool publish_all, no_healthcheck;
    const struct ullage_setting *environment, *labels, *annotations, *sysctls, *log_options;
    const char *const *environment_files;
    const char *user;
    const char *const *groups;
    const char *working_dir, *hostname, *domainname;
    const char *const *volumes; /* "/host:/in:ro", "name:/in", "/in" */
    const char *const *mounts;  /* "type=bind,source=/a,target=/b,readonly" */
    const char *const *tmpfs;   /* "PATH" or "PATH:OPTIONS" */
    const char *const *volumes_from;
    const char *const *ports; /* "8080:80", "127.0.0.1::80/udp", "8000-8002:9000-9002" */
    const char *const *expose;
    const char *const *networks, *const *network_aliases;
    const char *ip, *ip6, *mac_address;
    const char *const *links, *const *add_hosts;
    const char *const *dns, *const *dns_search, *const *dns_options;
    int64_t memory_bytes, memory_swap_bytes, memory_reservation_bytes, shm_bytes; /* swap -1: unlimited */
    const char *cpus; /* "1.5" */
    int64_t cpu_shares;
    const char *cpuset_cpus;
    int64_t pids_limit; /* -1: unlimited */
    int64_t oom_score;
    const char *const *ulimits; /* "nofile=1024:2048" */
    const char *restart;        /* no always unless-stopped on-failure[:N] */
    const char *stop_signal;
    int64_t stop_timeout_seconds;
    const char *health_command;
    int64_t health_interval_ms, health_timeout_ms, health_start_period_ms, health_retries;
    const char *const *cap_add, *const *cap_drop, *const *security_options, *const *devices;
    const char *gpus, *ipc, *pid, *userns, *uts, *cgroupns, *cgroup_parent, *runtime, *isolation;
    const char *const *storage_options;
    const char *log_driver, *platform;
    const char *pull;    /* always missing never */
    const char *cidfile;
    const char *const *extra; /* further arguments, before the image */
};

/* Asks for nothing. `size` is sizeof the caller's struct. */
ULLAGE_API void ullage_container_config_init(struct ullage_container_config *config, size_t size);

/* The arguments behind "docker run": each option one argument, the image, the command. For exec, not for a
 * shell. Variables marked secret have only their names there; `ret_environment` (may be NULL) gets their
 * "NAME=VALUE", to be set for the engine's program. USAGE: what contradicts itself or cannot be read. */
ULLAGE_API int ullage_container_config_to_run_args(const struct ullage_container_config *config,
                                                   struct ullage_strings **ret_args,
                                                   struct ullage_strings **ret_environment,
                                                   struct ullage_error **ret_error);

/* -- what is there -- */

struct ullage_image_info {
    const char *id;         /* "sha256:..." where the engine gives all of it */
    const char *repository; /* "<none>" for an image without a name */
    const char *tag;
    const char *digest; /* of the manifest in a registry; "" if unknown */
    int64_t created;    /* seconds since 1970 */
    int64_t size;       /* bytes */
};

/* "repository:tag", or the id of one without a name; the caller ends it with free(). */
ULLAGE_API char *ullage_image_info_full_name(const struct ullage_image_info *image);

struct ullage_container_info {
    const char *id;
    const char *name;
    const char *image;
    const char *status; /* in the engine's words: "Up 3 minutes" */
    const char *state;  /* created running paused restarting removing exited dead unknown */
    const char *health; /* starting healthy unhealthy, "" without a check */
    const char *ports;  /* "127.0.0.1:8080->80/tcp, 6379/tcp" */
    int64_t created, started, finished; /* seconds since 1970 */
    int64_t exit_code;
    int64_t pid; /* 0: none */
    bool out_of_memory;
    const char *service; /* of compose; "" if it is of none */
};

/* NULL is not running. */
ULLAGE_API bool ullage_container_info_is_running(const struct ullage_container_info *container);

struct ullage_image_list;
ULLAGE_API size_t ullage_image_list_count(const struct ullage_image_list *list);
/* NULL for an index that is too large, as below. */
ULLAGE_API const struct ullage_image_info *ullage_image_list_at(const struct ullage_image_list *list,
                                                                size_t index);
ULLAGE_API void ullage_image_list_free(struct ullage_image_list *list);

struct ullage_container_list;
ULLAGE_API size_t ullage_container_list_count(const struct ullage_container_list *list);
ULLAGE_API const struct ullage_container_info *
ullage_container_list_at(const struct ullage_container_list *list, size_t index);
ULLAGE_API void ullage_container_list_free(struct ullage_container_list *list);

/* -- the client -- */

/* Ends calls from elsewhere: another thread, or the handler of a signal, since ullage_cancel_request may be
 * called there. It must outlive the calls that know it. */
struct ullage_cancel;
ULLAGE_API int ullage_cancel_new(struct ullage_cancel **ret_cancel, struct ullage_error **ret_error);
ULLAGE_API void ullage_cancel_request(struct ullage_cancel *cancel);
ULLAGE_API void ullage_cancel_free(struct ullage_cancel *cancel);

/* Takes output as it comes; `is_error` tells standard error. Anything but 0 ends the call. */
typedef int ullage_output(void *context, bool is_error, const char *bytes, size_t len);

struct ullage_client_options {
    size_t size;
    enum ullage_engine engine;
    const char *program; /* NULL: the engine's name, found on PATH */
    const char *host;    /* DOCKER_HOST for this client; NULL: as the environment says */
    int64_t timeout_ms;  /* of each call; 0: none */
    struct ullage_cancel *cancel; /* NULL: nothing can be cancelled */
    /* Not NULL: nothing is run; each line that would be goes here, quoted for a shell, and calls succeed
     * with nothing. */
    ullage_output *dry_run;
    void *dry_run_context;
};
ULLAGE_API void ullage_client_options_init(struct ullage_client_options *options, size_t size);

/* What ULLAGE_RECORD=DIR or ULLAGE_REPLAY=DIR in the environment say holds: calls are recorded there,
 * redacted, or answered from there without an engine. */
struct ullage_client;
ULLAGE_API int ullage_client_open(const struct ullage_client_options *options,
                                  struct ullage_client **ret_client, struct ullage_error **ret_error);
ULLAGE_API void ullage_client_free(struct ullage_client *client);
/* "docker", "podman" or "nerdctl". */
ULLAGE_API const char *ullage_client_engine(const struct ullage_client *client);

/* How something that was run ended. */
struct ullage_outcome {
    const char *kind; /* done app-exited app-signalled out-of-memory command-not-found ... */
    int exit_code;    /* of the container or of the engine's program; -1: none */
    bool by_container; /* the code is the container's own */
    const char *text;  /* the engine's own words, one line, raw; "" if it said nothing */
};
ULLAGE_API void ullage_outcome_free(struct ullage_outcome *outcome);

struct ullage_build_options {
    size_t size;
    const char *context;    /* a folder */
    const char *dockerfile; /* NULL: the engine's */
    const char *const *tags;
    const struct ullage_setting *build_args, *labels;
    const char *const *secrets; /* "id=NAME,src=FILE" or "id=NAME,env=VARIABLE" */
    const char *const *ssh;
    const char *target, *platform, *network;
    bool no_cache, pull;
    ullage_output *output; /* the builder's text; NULL: nobody listens */
    void *output_context;
};
ULLAGE_API void ullage_build_options_init(struct ullage_build_options *options, size_t size);

/* `ret_image_id` (may be NULL) gets the image's id, which the caller ends with free(). */
ULLAGE_API int ullage_client_build(const struct ullage_client *client,
                                   const struct ullage_build_options *options, char **ret_image_id,
                                   struct ullage_error **ret_error);

/* Runs to the end, or with detach until it has started. A program that fails is an outcome and no error. Its
 * output goes to `output`, NULL drops it. `ret_id` and `ret_outcome` may be NULL; free() ends the id. */
ULLAGE_API int ullage_client_run(const struct ullage_client *client,
                                 const struct ullage_container_config *config, ullage_output *output,
                                 void *context, char **ret_id, struct ullage_outcome **ret_outcome,
                                 struct ullage_error **ret_error);
/* seconds < 0: the container's own grace. */
ULLAGE_API int ullage_client_stop(const struct ullage_client *client, const char *const *containers,
                                  int seconds, struct ullage_error **ret_error);
ULLAGE_API int ullage_client_remove(const struct ullage_client *client, const char *const *containers,
                                    bool force, bool volumes, struct ullage_error **ret_error);
/* follow: until the container ends or the token is used. `tail` is a number or NULL for all, `since` as the
 * engine takes it or NULL. */
ULLAGE_API int ullage_client_logs(const struct ullage_client *client, const char *container, bool follow,
                                  const char *tail, const char *since, ullage_output *output,
                                  void *context, struct ullage_error **ret_error);
ULLAGE_API int ullage_client_exec(const struct ullage_client *client, const char *container,
                                  const char *const *command, const char *user,
                                  const char *working_dir, const struct ullage_setting *environment,
                                  ullage_output *output, void *context,
                                  struct ullage_outcome **ret_outcome,
                                  struct ullage_error **ret_error);
/* Filters as the engine takes them: "label=a=b", "status=exited"; NULL: none. */
ULLAGE_API int ullage_client_list_containers(const struct ullage_client *client, bool all,
                                             const char *const *filters,
                                             struct ullage_container_list **ret_list,
                                             struct ullage_error **ret_error);
ULLAGE_API int ullage_client_list_images(const struct ullage_client *client, const char *repository,
                                         struct ullage_image_list **ret_list,
                                         struct ullage_error **ret_error);
ULLAGE_API int ullage_client_pull(const struct ullage_client *client, const char *image,
                                  const char *platform, struct ullage_error **ret_error);
ULLAGE_API int ullage_client_push(const struct ullage_client *client, const char *image,
                                  struct ullage_error **ret_error);
ULLAGE_API int ullage_client_tag(const struct ullage_client *client, const char *image, const char *name,
                                 struct ullage_error **ret_error);
/* The archive is written to the descriptor, or read from it. */
ULLAGE_API int ullage_client_save(const struct ullage_client *client, const char *const *images, int fd,
                                  struct ullage_error **ret_error);
ULLAGE_API int ullage_client_load(const struct ullage_client *client, int fd,
                                  struct ullage_error **ret_error);
/* Raw JSON of containers, images, networks, volumes (`type`; NULL: what has that name); free() ends it. */
ULLAGE_API int ullage_client_inspect(const struct ullage_client *client, const char *type,
                                     const char *const *names, char **ret_json,
                                     struct ullage_error **ret_error);

/* Lent for the call. */
struct ullage_event {
    int64_t time; /* seconds since 1970 */
    const char *type, *action, *id, *name;
};
/* Anything but 0 ends the listening, which then succeeds. */
typedef int ullage_event_visit(void *context, const struct ullage_event *event);
/* Until cancelled, or until `until` (as the engine takes it; NULL: no end). */
ULLAGE_API int ullage_client_events(const struct ullage_client *client, const char *since,
                                    const char *until, const char *const *filters,
                                    ullage_event_visit *visit, void *context,
                                    struct ullage_error **ret_error);

/* -- compose -- */

struct ullage_compose_options {
    size_t size;
    const char *const *files; /* NULL: compose.yaml and its relatives, looked for upwards */
    const char *project;      /* NULL: COMPOSE_PROJECT_NAME, the file's, the folder's */
    const char *folder;       /* where to look; NULL: here */
    const char *const *profiles, *const *environment_files;
};
ULLAGE_API void ullage_compose_options_init(struct ullage_compose_options *options, size_t size);

/* Lends the client until ullage_compose_free. Files and name are resolved here and passed on explicitly. */
struct ullage_compose;
ULLAGE_API int ullage_compose_open(const struct ullage_client *client,
                                   const struct ullage_compose_options *options,
                                   struct ullage_compose **ret_compose, struct ullage_error **ret_error);
ULLAGE_API void ullage_compose_free(struct ullage_compose *compose);
ULLAGE_API const char *ullage_compose_project(const struct ullage_compose *compose);

struct ullage_compose_up_options {
    size_t size;
    bool attach; /* stay until all services have ended; else they run on */
    bool build, force_recreate, remove_orphans, wait;
    int wait_seconds;                   /* 0: no limit */
    const struct ullage_setting *scale; /* SERVICE, N */
    const char *const *services;        /* NULL: all */
    ullage_output *output;
    void *output_context;
};
ULLAGE_API void ullage_compose_up_options_init(struct ullage_compose_up_options *options, size_t size);

ULLAGE_API int ullage_compose_up(const struct ullage_compose *compose,
                                 const struct ullage_compose_up_options *options,
                                 struct ullage_error **ret_error);
ULLAGE_API int ullage_compose_down(const struct ullage_compose *compose, bool volumes,
                                   bool remove_orphans, struct ullage_error **ret_error);
/* By labels: the same answer whichever compose started them. */
ULLAGE_API int ullage_compose_ps(const struct ullage_compose *compose, bool all,
                                 struct ullage_container_list **ret_list,
                                 struct ullage_error **ret_error);
ULLAGE_API int ullage_compose_logs(const struct ullage_compose *compose, const char *const *services,
                                   bool follow, const char *tail, ullage_output *output, void *context,
                                   struct ullage_error **ret_error);
/* The files as compose understands them, JSON where the tool can, else YAML; free() ends the text. */
ULLAGE_API int ullage_compose_config(const struct ullage_compose *compose, char **ret_text,
                                     bool *ret_is_json, struct ullage_error **ret_error);

#ifdef __cplusplus
}
#endif

#endif
