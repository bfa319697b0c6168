/* A container engine, driven through its own program: docker, podman or nerdctl. A client
 * holds which program, and what every call shares; it does not change after client_open, so
 * that several threads may use one. Each operation is a verb: a file in verbs/, which makes
 * arguments and reads what comes back.
 *
 * Functions return 0, or -1 with an error: ERROR_ENGINE where the engine was not reached or
 * refused, the engine's own words in its hint. Those that run something give an outcome as
 * well, which tells more. A call that was cancelled or took too long is an error, never a
 * success; what it left behind in the engine is removed where we can know it.
 *
 * With a dry run no engine is asked: each line that would be run goes to the sink, and
 * calls succeed with nothing. */
#ifndef ULLAGE_RUNTIME_CLIENT_H
#define ULLAGE_RUNTIME_CLIENT_H

#include <stdbool.h>

#include "core/error.h"
#include "core/sink.h"
#include "core/strvec.h"
#include "runtime/activity.h"
#include "runtime/config.h"
#include "runtime/container_info.h"
#include "runtime/engine.h"
#include "runtime/exec.h"
#include "runtime/image_info.h"
#include "runtime/outcome.h"
#include "runtime/progress.h"
#include "runtime/resources.h"

enum dry_run { DRY_RUN_NO, DRY_RUN_SHELL, DRY_RUN_JSON };

struct client_options {
    enum engine_kind kind;
    const char *program; /* NULL: the kind's name, found on PATH */
    const char *host;    /* DOCKER_HOST for this client; NULL: as the environment says */
    int64_t timeout_ms;  /* of each call, 0: none */
    struct cancel *cancel;
    struct recording *recording; /* NULL: as ULLAGE_RECORD and ULLAGE_REPLAY say */
    enum dry_run dry_run;
    struct sink dry_run_sink;
    unsigned attempts; /* of what may be tried again when the engine or a registry is not
                          reached; 0: 3 */
};

struct client;

int client_open(struct client **ret_client, const struct client_options *options,
                struct error *err);
/* The first of docker, podman and nerdctl on PATH, unless CONTAINER_ENGINE or `name` says
 * which. */
int client_choose(enum engine_kind *ret_kind, const char *name, struct error *err);
enum engine_kind client_kind(const struct client *client);
bool client_is_dry(const struct client *client);
void client_free(struct client *client);

/* What becomes of a call's streams; zeroed: no input, and captured. */
struct client_streams {
    struct exec_input input;
    struct exec_output out;
    struct exec_output err;
    bool terminal; /* all three are our terminal's */
};

/* -- containers -- */

struct container_filter {
    bool all; /* those that do not run too */
    struct strvec
        filters; /* as the engine takes them: label=a=b, status=exited, name=web */
    size_t last; /* only so many of the newest, 0: all */
};

struct run_options {
    struct client_streams streams;
    bool inexact; /* one `run`, as fast as the engine's own; the outcome is then a guess
                     from code and words */
};

struct exec_options {
    struct client_streams streams;
    bool detach, interactive, tty, privileged;
    char *user, *working_dir;
    struct settings environment;
    struct strvec environment_files;
};

struct log_options {
    bool follow, timestamps;
    const char *since, *until; /* as the engine takes them; NULL: none */
    const char *tail;          /* a number or "all"; NULL: all */
};

/* Gives the container's id, 64 hex digits, which is the caller's. */
int client_create(const struct client *client, const struct container_config *config,
                  char **ret_id, struct error *err);
/* Runs to the end, or with config->detach until it has started. ret_id may be NULL. A
 * program that fails is an outcome and no error; an engine that fails is both. */
int client_run(const struct client *client, const struct container_config *config,
               const struct run_options *options, struct outcome *outcome, char **ret_id,
               struct error *err);
int client_start(const struct client *client, const struct strvec *containers,
                 struct error *err);
/* seconds < 0: the container's own; `signal` NULL likewise */
int client_stop(const struct client *client, const struct strvec *containers, int seconds,
                struct error *err);
int client_restart(const struct client *client, const struct strvec *containers,
                   int seconds, struct error *err);
int client_kill(const struct client *client, const struct strvec *containers,
                const char *signal, struct error *err);
int client_remove(const struct client *client, const struct strvec *containers, bool force,
                  bool volumes, struct error *err);
int client_rename(const struct client *client, const char *container, const char *name,
                  struct error *err);
int client_logs(const struct client *client, const char *container,
                const struct log_options *options, const struct client_streams *streams,
                struct error *err);
int client_exec(const struct client *client, const char *container,
                const struct strvec *command, const struct exec_options *options,
                struct outcome *outcome, struct error *err);
/* One side is CONTAINER:PATH. */
int client_copy(const struct client *client, const char *from, const char *to, bool archive,
                bool follow, struct error *err);
/* Waits until it has ended, and gives its code. */
int client_wait(const struct client *client, const char *container, int64_t *ret_exit_code,
                struct error *err);
/* Ids first, then one inspect of all: nothing is lost, and what vanished between is left
 * out. The list begins zeroed. */
int client_list_containers(const struct client *client,
                           const struct container_filter *filter,
                           struct container_list *list, struct error *err);
int client_inspect_containers(const struct client *client, const struct strvec *containers,
                              struct container_list *list, struct error *err);
int client_stats(const struct client *client, const struct strvec *containers,
                 struct stats_list *list, struct error *err);

/* -- images -- */

enum build_tool { BUILD_TOOL_AUTO, BUILD_TOOL_BUILDKIT, BUILD_TOOL_CLASSIC };

struct build_options {
    const char *context;    /* a folder, or "-" with streams.input */
    const char *dockerfile; /* NULL: the engine's */
    struct strvec tags;
    struct settings build_args;
    struct settings labels;
    struct strvec secrets; /* id=NAME,src=FILE or id=NAME,env=VARIABLE */
    struct strvec ssh;
    struct strvec cache_from, cache_to;
    struct strvec build_contexts; /* NAME=WHERE */
    struct strvec outputs;
    struct strvec add_hosts;
    const char *target, *platform, *network, *builder, *metadata_file;
    bool no_cache, pull, load, push;
    enum build_tool tool;
    struct client_streams streams;
    build_visit *visit; /* may be NULL */
    void *context_of_visit;
};

struct image_filter {
    bool all; /* those between too */
    const char *repository;
    struct strvec filters;
    bool rounded; /* sizes as the engine prints them will do: one call less */
};

int client_build(const struct client *client, const struct build_options *options,
                 char **ret_image_id, struct outcome *outcome, struct error *err);
int client_list_images(const struct client *client, const struct image_filter *filter,
                       struct image_list *list, struct error *err);
int client_inspect_images(const struct client *client, const struct strvec *images,
                          struct image_details_list *list, struct error *err);
int client_pull(const struct client *client, const char *image, const char *platform,
                const struct client_streams *streams, struct error *err);
int client_push(const struct client *client, const char *image,
                const struct client_streams *streams, struct error *err);
int client_tag(const struct client *client, const char *image, const char *name,
               struct error *err);
int client_remove_images(const struct client *client, const struct strvec *images,
                         bool force, struct error *err);
/* The archive goes to streams->out, and comes from streams->input. */
int client_save(const struct client *client, const struct strvec *images,
                const struct client_streams *streams, struct error *err);
int client_load(const struct client *client, const struct client_streams *streams,
                struct error *err);

/* -- the rest -- */

/* Raw JSON of whatever `type` says: container image network volume; NULL: what has that
 * name. */
int client_inspect(const struct client *client, const char *type,
                   const struct strvec *names, struct strbuf *ret_json, struct error *err);
/* What nothing uses: container image network volume system. The engine's words about it in
 * `ret_text`. */
int client_prune(const struct client *client, const char *type,
                 const struct strvec *filters, bool all, struct strbuf *ret_text,
                 struct error *err);
/* Until cancelled, or until `until` (as the engine takes it; NULL: no end). */
int client_events(const struct client *client, const char *since, const char *until,
                  const struct strvec *filters, event_visit *visit, void *context,
                  struct error *err);
int client_version(const struct client *client, struct engine_version *version,
                   struct error *err);
int client_info(const struct client *client, struct engine_info *info, struct error *err);
int client_disk_usage(const struct client *client, struct disk_usage_list *list,
                      struct error *err);
/* The password is read from `password` and goes to the engine's standard input, nowhere
 * else. */
int client_login(const struct client *client, const char *registry, const char *user,
                 struct span password, struct error *err);
int client_logout(const struct client *client, const char *registry, struct error *err);

struct network_options {
    const char *driver, *subnet, *gateway;
    bool internal, ipv6;
    struct settings labels;
};

struct volume_options {
    const char *driver;
    struct settings labels;
    struct settings options;
};

int client_network_create(const struct client *client, const char *name,
                          const struct network_options *options, struct error *err);
int client_network_remove(const struct client *client, const struct strvec *names,
                          struct error *err);
int client_list_networks(const struct client *client, const struct strvec *filters,
                         struct network_list *list, struct error *err);
int client_volume_create(const struct client *client, const char *name,
                         const struct volume_options *options, struct error *err);
int client_volume_remove(const struct client *client, const struct strvec *names,
                         bool force, struct error *err);
int client_list_volumes(const struct client *client, const struct strvec *filters,
                        struct volume_list *list, struct error *err);

#endif
