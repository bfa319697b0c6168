#include "runtime/compose.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/escape.h"
#include "core/file.h"
#include "core/span.h"
#include "runtime/call.h"

#define LABEL_PROJECT "com.docker.compose.project"
#define LABEL_SERVICE "com.docker.compose.service"
#define LABEL_NUMBER "com.docker.compose.container-number"
#define FILE_BYTES_MAX                                                                     \
    ((size_t)16 << 20) /* of a compose file that is searched for its name */

static const struct verb verb_compose = {
    .name = "compose",
    .summary = "several containers described in a file",
    .operation = OPERATION_COMPOSE,
    .soft_signal = SIGINT, /* compose 2.26 panics at SIGTERM */
};

struct compose {
    const struct client *client;
    enum compose_tool tool;
    struct version_number version;
    struct strvec files;
    struct strvec profiles;
    struct strvec environment_files;
    char *folder;
    char *project;
};

/* -- which tool -- */

static struct call new_call(void)
{
    return (struct call){.verb = &verb_compose,
                         .arguments = ARGUMENTS_INIT,
                         .environment = ENVIRONMENT_INIT};
}

/* The version in what a tool prints: "2.26.1-4", "v2.3", "podman-compose version 1.0.6".
 * Old tools answer an unknown option with usage and 0, so that a version has to be there.
 */
static bool find_version(const char *text, struct version_number *ret_version)
{
    const char *p = text;
    while (*p) {
        struct version_number version = version_parse(span_of_text(p));
        if (version_is_known(version)) {
            *ret_version = version;
            return true;
        }
        size_t len = strcspn(p, " \t\r\n");
        p += len + strspn(p + len, " \t\r\n");
    }
    return false;
}

/* podman-compose tells podman's version too, and before its own. */
static const char *own_words(const char *text)
{
    const char *own = strstr(text, "podman-compose");
    return own ? own : text;
}

static bool probe(struct compose *compose, enum compose_tool tool, const char *program,
                  const char *first, const char *second, const char *third)
{
    cleanup_call struct call call = new_call();
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    struct error ignored = ERROR_INIT;
    call.program = program;
    arguments_add(&call.arguments, first);
    if (second)
        arguments_add(&call.arguments, second);
    if (third)
        arguments_add(&call.arguments, third);
    bool found = call_run(compose->client, &call, &result, &ignored) == 0 &&
                 exec_succeeded(&result) &&
                 find_version(own_words(result.out.text.buf), &compose->version);
    error_release(&ignored);
    if (found)
        compose->tool = tool;
    return found;
}

static int choose_tool(struct compose *compose, struct error *err)
{
    bool podman = client_kind(compose->client) == ENGINE_PODMAN;
    if (client_is_dry(compose->client)) {
        compose->tool = podman ? COMPOSE_PODMAN : COMPOSE_PLUGIN;
        compose->version = (struct version_number){2, 0, 0};
        return 0;
    }
    if (podman && probe(compose, COMPOSE_PODMAN, "podman-compose", "--version", NULL, NULL))
        return 0;
    if (!podman &&
        (probe(compose, COMPOSE_PLUGIN, NULL, "compose", "version", "--short") ||
         probe(compose, COMPOSE_STANDALONE, "docker-compose", "version", "--short", NULL)))
        return 0;
    error_set(err, ERROR_ENGINE, "there is no compose for %s",
              engine_kind_name(client_kind(compose->client)));
    return error_hint(err, podman ? "install podman-compose"
                                  : "install docker's compose plug-in, or docker-compose");
}

/* -- which files -- */

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

/* The first of the names that is there. */
static bool add_first(struct strvec *files, const char *folder, const char *const *names)
{
    for (; *names; names++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/%s", folder[1] ? folder : "", *names);
        if (is_file(path.buf)) {
            strvec_add(files, path.buf);
            return true;
        }
    }
    return false;
}

/* In the order of compose 2; version 1 prefers docker-compose.yml, which is why the choice
 * is ours. */
static bool find_files(struct compose *compose, const char *start)
{
    static const char *const names[] = {"compose.yaml", "compose.yml", "docker-compose.yml",
                                        "docker-compose.yaml", NULL};
    static const char *const overrides[] = {"compose.override.yaml", "compose.override.yml",
                                            "docker-compose.override.yml",
                                            "docker-compose.override.yaml", NULL};
    cleanup_free char *folder = memory_dup_text(start);
    for (;;) {
        if (add_first(&compose->files, folder, names)) {
            add_first(&compose->files, folder, overrides);
            compose->folder = steal(&folder);
            return true;
        }
        char *slash = strrchr(folder, '/');
        if (!slash || !folder[1])
            return false;
        slash[slash == folder] = '\0';
    }
}

static int add_file(struct compose *compose, const char *start, const char *name,
                    struct error *err)
{
    char real[PATH_MAX];
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s%s%s", name[0] == '/' ? "" : start, name[0] == '/' ? "" : "/",
                name);
    if (!realpath(path.buf, real)) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(name));
        return error_set(err, ERROR_USAGE, "there is no compose file '%s'", shown.buf);
    }
    strvec_add(&compose->files, real);
    return 0;
}

/* "a.yaml:b.yaml", or with the separator that COMPOSE_PATH_SEPARATOR says. */
static int add_listed(struct compose *compose, const char *start, const char *list,
                      struct error *err)
{
    const char *separator = getenv("COMPOSE_PATH_SEPARATOR");
    char at = separator && *separator ? *separator : ':';
    while (*list) {
        const char *end = strchrnul(list, at);
        cleanup_free char *name = memory_dup_bytes(list, (size_t)(end - list));
        if (*name && add_file(compose, start, name, err) < 0)
            return -1;
        list = *end ? end + 1 : end;
    }
    return 0;
}

static int resolve_files(struct compose *compose, const struct compose_options *options,
                         const char *start, struct error *err)
{
    const char *listed = getenv("COMPOSE_FILE");
    for (size_t i = 0; i < options->files.count; i++)
        if (add_file(compose, start, options->files.items[i], err) < 0)
            return -1;
    if (!compose->files.count && listed && *listed &&
        add_listed(compose, start, listed, err) < 0)
        return -1;
    if (!compose->files.count && !find_files(compose, start)) {
        error_set(err, ERROR_USAGE, "there is no compose file here or in a folder above");
        return error_hint(err, "name one by --file, or write compose.yaml");
    }
    if (!compose->folder) { /* that of the first file */
        const char *first = compose->files.items[0], *slash = strrchr(first, '/');
        compose->folder =
            memory_dup_bytes(first, slash == first ? 1 : (size_t)(slash - first));
    }
    return 0;
}

/* -- which name -- */

static bool name_is_good(const char *name)
{
    for (const char *p = name; *p; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (!letter && (p == name || (*p != '_' && *p != '-')))
            return false;
    }
    return *name != '\0';
}

char *compose_name_of_folder(const char *folder)
{
    cleanup_strbuf struct strbuf name = STRBUF_INIT;
    const char *slash = strrchr(folder, '/');
    for (const char *p = slash ? slash + 1 : folder; *p; p++) {
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter || (name.len && (c == '_' || c == '-')))
            strbuf_add_char(&name, c);
    }
    return strbuf_detach(&name, NULL);
}

/* `name: shop` at the left margin of a file, plain or in quotes; NULL if there is none, or
 * one that needs interpolation. */
static char *name_in(const char *path)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct error ignored = ERROR_INIT;
    int result = file_read(&text, path, FILE_BYTES_MAX, &ignored);
    error_release(&ignored);
    for (const char *line = text.buf; result == 0 && *line;) {
        size_t len = strcspn(line, "\n");
        if (strncmp(line, "name:", 5) == 0) {
            const char *value = line + 5 + strspn(line + 5, " \t");
            char quote = *value == '"' || *value == '\'' ? *value++ : '\0';
            size_t size = quote ? strcspn(value, quote == '"' ? "\"\n" : "'\n")
                                : strcspn(value, " \t\r\n#");
            cleanup_free char *name = memory_dup_bytes(value, size);
            return name_is_good(name) ? steal(&name) : NULL;
        }
        line += len + (line[len] != '\0');
    }
    return NULL;
}

static int resolve_project(struct compose *compose, const struct compose_options *options,
                           struct error *err)
{
    const char *given =
        options->project ? options->project : getenv("COMPOSE_PROJECT_NAME");
    if (given && *given)
        compose->project = memory_dup_text(given);
    for (size_t i = compose->files.count;
         i-- > 0 && !compose->project;) /* later files win */
        compose->project = name_in(compose->files.items[i]);
    if (!compose->project)
        compose->project = compose_name_of_folder(compose->folder);
    if (name_is_good(compose->project))
        return 0;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(compose->project));
    error_set(err, ERROR_USAGE, "'%s' is no name of a compose project", shown.buf);
    return error_hint(
        err, "lower-case letters, digits, '-' and '_', beginning with a letter or digit");
}

static void copy_list(struct strvec *to, const struct strvec *from)
{
    for (size_t i = 0; i < from->count; i++)
        strvec_add(to, from->items[i]);
}

int compose_open(struct compose **ret_compose, const struct client *client,
                 const struct compose_options *options, struct error *err)
{
    char start[PATH_MAX];
    if (!realpath(options->folder ? options->folder : ".", start))
        return error_set_errno(err, ERROR_USAGE, errno, "'%s'",
                               options->folder ? options->folder : ".");
    struct compose *compose = memory_alloc_zero(1, sizeof *compose);
    compose->client = client;
    copy_list(&compose->profiles, &options->profiles);
    copy_list(&compose->environment_files, &options->environment_files);
    if (resolve_files(compose, options, start, err) < 0 ||
        resolve_project(compose, options, err) < 0 || choose_tool(compose, err) < 0) {
        compose_close(compose);
        return -1;
    }
    *ret_compose = compose;
    return 0;
}

void compose_close(struct compose *compose)
{
    if (!compose)
        return;
    strvec_release(&compose->files);
    strvec_release(&compose->profiles);
    strvec_release(&compose->environment_files);
    free(compose->folder);
    free(compose->project);
    free(compose);
}

enum compose_tool compose_tool(const struct compose *compose)
{
    return compose->tool;
}

struct version_number compose_version(const struct compose *compose)
{
    return compose->version;
}

const char *compose_project(const struct compose *compose)
{
    return compose->project;
}

const struct strvec *compose_files(const struct compose *compose)
{
    return &compose->files;
}

/* -- calls -- */

/* docker-compose 1 and podman-compose know neither several profiles by options nor a
 * project's folder. */
static bool is_modern(const struct compose *compose)
{
    return compose->tool == COMPOSE_PLUGIN ||
           (compose->tool == COMPOSE_STANDALONE && compose->version.major >= 2);
}

/* Files and name are always said; the folder too, where the tool can be told. */
static struct call begin(const struct compose *compose, const char *verb)
{
    struct call call = new_call();
    if (compose->tool == COMPOSE_PLUGIN)
        arguments_add(&call.arguments, "compose");
    else
        call.program =
            compose->tool == COMPOSE_PODMAN ? "podman-compose" : "docker-compose";
    call_add_list(&call, "--file", &compose->files);
    arguments_add_option(&call.arguments, "--project-name", compose->project);
    if (compose->tool != COMPOSE_PODMAN) {
        arguments_add_option(&call.arguments, "--project-directory", compose->folder);
        call_add_list(&call, "--profile", &compose->profiles);
    }
    call_add_list(&call, "--env-file", &compose->environment_files);
    call.directory = compose->folder;
    arguments_add(&call.arguments, verb);
    return call;
}

static void add_flag(struct call *call, bool given, const char *flag)
{
    if (given)
        arguments_add(&call->arguments, flag);
}

static int add_services(struct call *call, const struct strvec *services, struct error *err)
{
    return services->count ? call_add_names(call, "service", services, err) : 0;
}

static void add_seconds(struct call *call, const char *option, struct config_number seconds)
{
    if (seconds.given)
        arguments_addf(&call->arguments, "%s=%d", option, (int)seconds.value);
}

static int refuse_old(const struct compose *compose, const char *what, struct error *err)
{
    error_set(err, ERROR_ENGINE, "%s needs compose 2 or later", what);
    return error_hint(err, "there is %s %u.%u",
                      compose->tool == COMPOSE_PODMAN ? "podman-compose" : "docker-compose",
                      compose->version.major, compose->version.minor);
}

/* Runs what has a code of its own. */
static int run_for_outcome(const struct compose *compose, const struct call *call,
                           bool of_service, const char *what, struct outcome *outcome,
                           struct error *err)
{
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    if (call_run(compose->client, call, &result, err) < 0)
        return error_prefix(err, "%s", what);
    enum engine_operation operation = of_service ? OPERATION_EXEC : OPERATION_COMPOSE;
    outcome_of_command(outcome, client_kind(compose->client), operation, &result);
    if (outcome->kind == OUTCOME_DONE || outcome->origin == ORIGIN_CONTAINER)
        return 0;
    return outcome_expect_done(outcome, what, err);
}

/* podman-compose ends with 0 also when podman refused every container. */
static int expect_containers(const struct compose *compose, struct outcome *outcome,
                             struct error *err)
{
    struct container_list list = {0};
    if (client_is_dry(compose->client))
        return 0;
    int result = compose_ps(compose, true, &list, err);
    if (result == 0 && !list.count) {
        outcome->kind = OUTCOME_NOT_STARTED;
        outcome->origin = ORIGIN_ENGINE;
        result = outcome_expect_done(outcome, "compose up", err);
    }
    container_list_release(&list);
    return result;
}

int compose_up(const struct compose *compose, const struct compose_up_options *options,
               struct outcome *outcome, struct error *err)
{
    cleanup_call struct call call = begin(compose, "up");
    if (options->wait && !is_modern(compose))
        return refuse_old(compose, "--wait", err);
    call.streams = options->streams;
    call.endless = !options->detach && !options->wait;
    add_flag(&call, options->detach, "--detach");
    add_flag(&call, options->build, "--build");
    add_flag(&call, options->no_build, "--no-build");
    add_flag(&call, options->force_recreate, "--force-recreate");
    add_flag(&call, options->no_dependencies, "--no-deps");
    add_flag(&call, options->remove_orphans, "--remove-orphans");
    add_flag(&call, options->abort_on_exit, "--abort-on-container-exit");
    add_flag(&call, options->wait, "--wait");
    if (options->wait && options->wait_seconds)
        arguments_addf(&call.arguments, "--wait-timeout=%d", options->wait_seconds);
    arguments_add_option(&call.arguments, "--exit-code-from", options->exit_code_from);
    call_add_settings(&call, "--scale", &options->scale);
    add_seconds(&call, "--timeout", options->stop_seconds);
    if (add_services(&call, &options->services, err) < 0)
        return -1;
    if (run_for_outcome(compose, &call, options->exit_code_from != NULL, "compose up",
                        outcome, err) < 0)
        return -1;
    return compose->tool == COMPOSE_PODMAN ? expect_containers(compose, outcome, err) : 0;
}

int compose_down(const struct compose *compose, const struct compose_down_options *options,
                 struct error *err)
{
    cleanup_call struct call call = begin(compose, "down");
    add_flag(&call, options->volumes, "--volumes");
    add_flag(&call, options->remove_orphans, "--remove-orphans");
    arguments_add_option(&call.arguments, "--rmi", options->images);
    add_seconds(&call, "--timeout", options->stop_seconds);
    return call_do(compose->client, &call, "compose down", err);
}

int compose_ps(const struct compose *compose, bool all, struct container_list *list,
               struct error *err)
{
    struct container_filter filter = {.all = all};
    strvec_addf(&filter.filters, "label=" LABEL_PROJECT "=%s", compose->project);
    int result = client_list_containers(compose->client, &filter, list, err);
    strvec_release(&filter.filters);
    return result;
}

const char *container_compose_service(const struct container_info *container)
{
    const char *service = labels_get(&container->labels, LABEL_SERVICE);
    return service ? service : "";
}

int compose_logs(const struct compose *compose, const struct log_options *options,
                 const struct strvec *services, const struct client_streams *streams,
                 struct error *err)
{
    cleanup_call struct call call = begin(compose, "logs");
    call.streams = *streams;
    call.endless = options->follow;
    add_flag(&call, options->follow, "--follow");
    add_flag(&call, options->timestamps, "--timestamps");
    if (options->since && !is_modern(compose) && compose->tool != COMPOSE_PODMAN)
        return refuse_old(compose, "logs --since", err);
    arguments_add_option(&call.arguments, "--since", options->since);
    arguments_add_option(&call.arguments, "--until", options->until);
    arguments_add_option(&call.arguments, "--tail", options->tail);
    if (add_services(&call, services, err) < 0)
        return -1;
    return call_do(compose->client, &call, "compose logs", err);
}

int compose_build(const struct compose *compose, const struct strvec *services,
                  bool no_cache, bool pull, const struct client_streams *streams,
                  struct error *err)
{
    cleanup_call struct call call = begin(compose, "build");
    call.streams = *streams;
    add_flag(&call, no_cache, "--no-cache");
    add_flag(&call, pull, "--pull");
    if (add_services(&call, services, err) < 0)
        return -1;
    return call_do(compose->client, &call, "compose build", err);
}

int compose_pull(const struct compose *compose, const struct strvec *services,
                 const struct client_streams *streams, struct error *err)
{
    cleanup_call struct call call = begin(compose, "pull");
    call.streams = *streams;
    if (add_services(&call, services, err) < 0)
        return -1;
    return call_do(compose->client, &call, "compose pull", err);
}

int compose_restart(const struct compose *compose, const struct strvec *services,
                    struct config_number stop_seconds, struct error *err)
{
    cleanup_call struct call call = begin(compose, "restart");
    add_seconds(&call, "--timeout", stop_seconds);
    if (add_services(&call, services, err) < 0)
        return -1;
    return call_do(compose->client, &call, "compose restart", err);
}

/* run's environment has no way but the arguments: NAME alone takes the value from compose's
 * own. */
static void add_environment(struct call *call, const struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        arguments_add(&call->arguments, "-e");
        if (setting->secret && setting->value) {
            environment_set_secret(&call->environment, setting->name, setting->value);
            arguments_add(&call->arguments, setting->name);
        } else {
            arguments_addf(&call->arguments, "%s%s%s", setting->name,
                           setting->value ? "=" : "", setting->value ? setting->value : "");
        }
    }
}

static int add_command(struct call *call, const struct compose_run_options *options,
                       struct error *err)
{
    call->streams = options->streams;
    add_flag(call, options->detach, "--detach");
    add_flag(call, !options->streams.terminal && !options->detach, "-T");
    arguments_add_option(&call->arguments, "--user", options->user);
    arguments_add_option(&call->arguments, "--workdir", options->working_dir);
    add_environment(call, &options->environment);
    if (call_add_name(call, "service", options->service, err) < 0)
        return -1;
    for (size_t i = 0; i < options->command.count; i++)
        arguments_add(&call->arguments, options->command.items[i]);
    return 0;
}

int compose_run(const struct compose *compose, const struct compose_run_options *options,
                struct outcome *outcome, struct error *err)
{
    cleanup_call struct call call = begin(compose, "run");
    add_flag(&call, options->remove, "--rm");
    add_flag(&call, options->no_dependencies, "--no-deps");
    add_flag(&call, options->service_ports, "--service-ports");
    arguments_add_option(&call.arguments, "--name", options->name);
    if (add_command(&call, options, err) < 0)
        return -1;
    return run_for_outcome(compose, &call, true, "compose run", outcome, err);
}

/* The container of a service with that number, or the first that runs; NULL if there is
 * none. */
static const struct container_info *find_container(const struct container_list *list,
                                                   const char *service, int number)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct container_info *container = &list->items[i];
        const char *own = labels_get(&container->labels, LABEL_NUMBER);
        if (strcmp(container_compose_service(container), service) == 0 &&
            (!number || (own && strtol(own, NULL, 10) == number)))
            return container;
    }
    return NULL;
}

/* podman-compose mixes words of its own into what the command prints: podman is asked
 * instead. */
static int exec_by_engine(const struct compose *compose,
                          const struct compose_run_options *options,
                          struct outcome *outcome, struct error *err)
{
    struct container_list list = {0};
    struct exec_options exec = {
        .streams = options->streams,
        .detach = options->detach,
        .tty = options->streams.terminal,
        .interactive =
            options->streams.terminal || options->streams.input.kind != EXEC_INPUT_NONE,
        .user = (char *)options->user,
        .working_dir = (char *)options->working_dir,
        .environment = options->environment, /* lent */
    };
    int result = compose_ps(compose, false, &list, err);
    if (result == 0) {
        const struct container_info *container =
            find_container(&list, options->service, options->index);
        if (container) {
            result = client_exec(compose->client, container->id, &options->command, &exec,
                                 outcome, err);
        } else {
            outcome->kind = OUTCOME_NOT_RUNNING;
            outcome->origin = ORIGIN_ENGINE;
            result = outcome_expect_done(outcome, "compose exec", err);
        }
    }
    container_list_release(&list);
    return result;
}

int compose_exec(const struct compose *compose, const struct compose_run_options *options,
                 struct outcome *outcome, struct error *err)
{
    cleanup_call struct call call = begin(compose, "exec");
    if (!options->command.count)
        return error_set(err, ERROR_USAGE, "no command is named");
    if (compose->tool == COMPOSE_PODMAN && !client_is_dry(compose->client))
        return exec_by_engine(compose, options, outcome, err);
    if (options->index)
        arguments_addf(&call.arguments, "--index=%d", options->index);
    if (add_command(&call, options, err) < 0)
        return -1;
    return run_for_outcome(compose, &call, true, "compose exec", outcome, err);
}

int compose_config(const struct compose *compose, struct strbuf *ret_text,
                   bool *ret_is_json, struct error *err)
{
    cleanup_call struct call call = begin(compose, "config");
    cleanup_exec_result struct exec_result result = EXEC_RESULT_INIT;
    bool json = is_modern(compose);
    add_flag(&call, json, "--format=json");
    if (call_expect(compose->client, &call, "compose config", &result, err) < 0)
        return -1;
    strbuf_add(ret_text, result.out.text.buf, result.out.text.len);
    *ret_is_json = json;
    return 0;
}

/* -- projects -- */

static int by_project(const void *a, const void *b)
{
    const struct container_info *const *left = a, *const *right = b;
    return strcmp(labels_get(&(*left)->labels, LABEL_PROJECT),
                  labels_get(&(*right)->labels, LABEL_PROJECT));
}

static void count_projects(struct compose_project_list *list,
                           const struct container_info **sorted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = labels_get(&sorted[i]->labels, LABEL_PROJECT);
        struct compose_project_info *last =
            list->count ? &list->items[list->count - 1] : NULL;
        if (!last || strcmp(last->name, name) != 0) {
            list->items =
                memory_grow(list->items, list->count, &list->capacity, sizeof *list->items);
            last = &list->items[list->count++];
            *last =
                (struct compose_project_info){.name = arena_dup_text(&list->arena, name)};
        }
        last->containers++;
        last->running += container_info_is_running(sorted[i]);
    }
}

int compose_list_projects(const struct client *client, struct compose_project_list *list,
                          struct error *err)
{
    struct container_filter filter = {.all = true};
    struct container_list containers = {0};
    strvec_add(&filter.filters, "label=" LABEL_PROJECT);
    int result = client_list_containers(client, &filter, &containers, err);
    const struct container_info **sorted =
        memory_alloc((containers.count + 1) * sizeof *sorted);
    size_t count = 0;
    for (size_t i = 0; i < containers.count; i++)
        if (labels_get(&containers.items[i].labels, LABEL_PROJECT))
            sorted[count++] = &containers.items[i];
    qsort(sorted, count, sizeof *sorted, by_project);
    if (result == 0)
        count_projects(list, sorted, count);
    free(sorted);
    strvec_release(&filter.filters);
    container_list_release(&containers);
    return result;
}

void compose_project_list_release(struct compose_project_list *list)
{
    arena_release(&list->arena);
    free(list->items);
    *list = (struct compose_project_list){0};
}
