/* A compose project, driven through whichever compose there is: docker's plug-in (2 and
 * later), docker-compose (1, or 2 alone), podman-compose. They disagree about which files
 * they take and what a project is called, so both are resolved here and always said: the
 * same call means the same with each.
 *
 * What runs is asked of the engine, by labels that all of them set: the same answer from
 * each. Cancelling interrupts (SIGINT), which compose ends gracefully on. */
#ifndef ULLAGE_RUNTIME_COMPOSE_H
#define ULLAGE_RUNTIME_COMPOSE_H

#include <stdbool.h>

#include "runtime/client.h"

enum compose_tool { COMPOSE_PLUGIN, COMPOSE_STANDALONE, COMPOSE_PODMAN };

struct compose_options {
    struct strvec files; /* none: COMPOSE_FILE, else the folder's own, looked for upwards */
    const char *project; /* NULL: COMPOSE_PROJECT_NAME, else `name:` of the files, else the
                            folder's name */
    const char *folder;  /* where to look; NULL: here */
    struct strvec profiles;
    struct strvec environment_files;
};

struct compose;

/* `client` is lent until compose_close. Finds the tool and resolves files and name. */
int compose_open(struct compose **ret_compose, const struct client *client,
                 const struct compose_options *options, struct error *err);
void compose_close(struct compose *compose);
enum compose_tool compose_tool(const struct compose *compose);
struct version_number compose_version(const struct compose *compose);
const char *compose_project(const struct compose *compose);
const struct strvec *compose_files(const struct compose *compose); /* absolute */

struct compose_up_options {
    bool detach, build, no_build, force_recreate, no_dependencies, remove_orphans, wait;
    bool abort_on_exit;
    int wait_seconds;                  /* 0: no limit */
    struct config_number stop_seconds; /* not given: the services' own */
    const char *exit_code_from;
    struct settings scale; /* SERVICE=N */
    struct strvec services;
    struct client_streams streams;
};

struct compose_down_options {
    bool volumes, remove_orphans;
    const char *images; /* all local; NULL: none are removed */
    struct config_number stop_seconds;
};

struct compose_run_options {
    const char *service;
    struct strvec command;
    struct settings environment;
    const char *user, *working_dir, *name;
    bool remove, no_dependencies, service_ports, detach, tty;
    int index; /* exec: of several containers, from 1; 0: the first */
    struct client_streams streams;
};

int compose_up(const struct compose *compose, const struct compose_up_options *options,
               struct outcome *outcome, struct error *err);
int compose_down(const struct compose *compose, const struct compose_down_options *options,
                 struct error *err);
/* The containers of the project, each with its labels: service, number, one-off. The list
 * begins zeroed. */
int compose_ps(const struct compose *compose, bool all, struct container_list *list,
               struct error *err);
const char *
container_compose_service(const struct container_info *container); /* "" if it is of none */
int compose_logs(const struct compose *compose, const struct log_options *options,
                 const struct strvec *services, const struct client_streams *streams,
                 struct error *err);
int compose_build(const struct compose *compose, const struct strvec *services,
                  bool no_cache, bool pull, const struct client_streams *streams,
                  struct error *err);
int compose_pull(const struct compose *compose, const struct strvec *services,
                 const struct client_streams *streams, struct error *err);
int compose_restart(const struct compose *compose, const struct strvec *services,
                    struct config_number stop_seconds, struct error *err);
/* Code and words are the service's; an engine that fails is an error as well. */
int compose_run(const struct compose *compose, const struct compose_run_options *options,
                struct outcome *outcome, struct error *err);
int compose_exec(const struct compose *compose, const struct compose_run_options *options,
                 struct outcome *outcome, struct error *err);
/* The files as compose understands them: JSON where the tool can (2 and later), else YAML.
 */
int compose_config(const struct compose *compose, struct strbuf *ret_text,
                   bool *ret_is_json, struct error *err);

struct compose_project_info {
    const char *name;
    int64_t containers, running;
};

struct compose_project_list {
    struct arena arena;
    struct compose_project_info *items;
    size_t count, capacity;
};

/* The projects that have containers, by name. */
int compose_list_projects(const struct client *client, struct compose_project_list *list,
                          struct error *err);
void compose_project_list_release(struct compose_project_list *list);

/* A folder's name as a project: lower case, and only letters, digits, '_' and '-',
 * beginning with one of the first two. "" if nothing is left. */
char *compose_name_of_folder(const char *folder);

#endif
