#include <string.h>

#include "core/memory.h"
#include "library/error.h"
#include "library/locale.h"
#include "library/runtime.h"

int options_take(void *options, size_t size, const void *given, struct error *err)
{
    size_t given_size;
    memcpy(&given_size, given, sizeof given_size);
    if (given_size < sizeof given_size)
        return error_set(err, ERROR_USAGE, "the options do not tell their size");
    const unsigned char *bytes = given;
    for (size_t i = size; i < given_size; i++)
        if (bytes[i])
            return error_set(err, ERROR_USAGE, "the options ask for more than ullage %s knows",
                             ULLAGE_VERSION);
    memcpy(options, given, given_size < size ? given_size : size);
    memcpy(options, &size, sizeof size);
    return 0;
}

void strings_take(struct strvec *list, const char *const *given)
{
    for (size_t i = 0; given && given[i]; i++)
        strvec_add(list, given[i]);
}

void settings_take(struct settings *settings, const struct ullage_setting *given)
{
    for (size_t i = 0; given && given[i].name; i++) {
        if (given[i].secret)
            settings_add_secret(settings, given[i].name, given[i].value);
        else
            settings_add(settings, given[i].name, given[i].value);
    }
}

static char *text_take(const char *given)
{
    return given ? memory_dup_text(given) : NULL;
}

static struct config_number number_take(int64_t given)
{
    return given == ULLAGE_UNKNOWN ? (struct config_number){.given = false} : config_number(given);
}

/* Options whose members are texts as a command line has them. */
static int spellings_take(struct container_config *config,
                          const struct ullage_container_config *given, struct error *err)
{
    const struct {
        const char *const *items;
        int (*add)(struct container_config *config, const char *text, struct error *err);
    } lists[] = {
        {given->volumes, container_config_add_volume},
        {given->mounts, container_config_add_mount},
        {given->ports, container_config_add_port},
        {given->ulimits, container_config_add_ulimit},
    };
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        for (size_t k = 0; lists[i].items && lists[i].items[k]; k++)
            if (lists[i].add(config, lists[i].items[k], err) < 0)
                return -1;
    return given->restart ? restart_policy_parse(&config->restart, given->restart, err) : 0;
}

static void lists_take(struct container_config *config, const struct ullage_container_config *given)
{
    strings_take(&config->command, given->command);
    strings_take(&config->entrypoint, given->entrypoint);
    config->clear_entrypoint = given->entrypoint && !given->entrypoint[0];
    settings_take(&config->environment, given->environment);
    settings_take(&config->labels, given->labels);
    settings_take(&config->annotations, given->annotations);
    settings_take(&config->sysctls, given->sysctls);
    settings_take(&config->log_options, given->log_options);
    strings_take(&config->environment_files, given->environment_files);
    strings_take(&config->groups, given->groups);
    strings_take(&config->tmpfs, given->tmpfs);
    strings_take(&config->volumes_from, given->volumes_from);
    strings_take(&config->expose, given->expose);
    strings_take(&config->networks, given->networks);
    strings_take(&config->network_aliases, given->network_aliases);
    strings_take(&config->links, given->links);
    strings_take(&config->add_hosts, given->add_hosts);
    strings_take(&config->dns, given->dns);
    strings_take(&config->dns_search, given->dns_search);
    strings_take(&config->dns_options, given->dns_options);
    strings_take(&config->cap_add, given->cap_add);
    strings_take(&config->cap_drop, given->cap_drop);
    strings_take(&config->security_options, given->security_options);
    strings_take(&config->devices, given->devices);
    strings_take(&config->storage_options, given->storage_options);
    strings_take(&config->extra, given->extra);
}

static void flags_take(struct container_config *config, const struct ullage_container_config *given)
{
    config->detach = given->detach;
    config->remove = given->remove;
    config->interactive = given->interactive;
    config->tty = given->tty;
    config->init = given->init;
    config->privileged = given->privileged;
    config->read_only = given->read_only;
    config->publish_all = given->publish_all;
    config->no_healthcheck = given->no_healthcheck;
}

static void texts_take(struct container_config *config, const struct ullage_container_config *given)
{
    config->image = text_take(given->image);
    config->name = text_take(given->name);
    config->user = text_take(given->user);
    config->working_dir = text_take(given->working_dir);
    config->hostname = text_take(given->hostname);
    config->domainname = text_take(given->domainname);
    config->ip = text_take(given->ip);
    config->ip6 = text_take(given->ip6);
    config->mac_address = text_take(given->mac_address);
    config->cpus = text_take(given->cpus);
    config->cpuset_cpus = text_take(given->cpuset_cpus);
    config->stop_signal = text_take(given->stop_signal);
    config->health_command = text_take(given->health_command);
    config->gpus = text_take(given->gpus);
    config->ipc = text_take(given->ipc);
    config->pid = text_take(given->pid);
    config->userns = text_take(given->userns);
    config->uts = text_take(given->uts);
    config->cgroupns = text_take(given->cgroupns);
    config->cgroup_parent = text_take(given->cgroup_parent);
    config->runtime = text_take(given->runtime);
    config->isolation = text_take(given->isolation);
    config->log_driver = text_take(given->log_driver);
    config->platform = text_take(given->platform);
    config->pull = text_take(given->pull);
    config->cidfile = text_take(given->cidfile);
}

static void numbers_take(struct container_config *config,
                         const struct ullage_container_config *given)
{
    config->memory = number_take(given->memory_bytes);
    config->memory_swap = number_take(given->memory_swap_bytes);
    config->memory_reservation = number_take(given->memory_reservation_bytes);
    config->shm_size = number_take(given->shm_bytes);
    config->cpu_shares = number_take(given->cpu_shares);
    config->pids_limit = number_take(given->pids_limit);
    config->oom_score = number_take(given->oom_score);
    config->stop_timeout = number_take(given->stop_timeout_seconds);
    config->health_interval = number_take(given->health_interval_ms);
    config->health_timeout = number_take(given->health_timeout_ms);
    config->health_start_period = number_take(given->health_start_period_ms);
    config->health_retries = number_take(given->health_retries);
}

int config_take(struct container_config *config, const struct ullage_container_config *given,
                struct error *err)
{
    struct ullage_container_config known;
    ullage_container_config_init(&known, sizeof known);
    *config = (struct container_config){.image = NULL};
    if (options_take(&known, sizeof known, given, err) < 0)
        return -1;
    flags_take(config, &known);
    texts_take(config, &known);
    numbers_take(config, &known);
    lists_take(config, &known);
    if (spellings_take(config, &known, err) == 0)
        return 0;
    container_config_release(config);
    return -1;
}

void ullage_container_config_init(struct ullage_container_config *config, size_t size)
{
    struct ullage_container_config asks_nothing = {
        .memory_bytes = ULLAGE_UNKNOWN,
        .memory_swap_bytes = ULLAGE_UNKNOWN,
        .memory_reservation_bytes = ULLAGE_UNKNOWN,
        .shm_bytes = ULLAGE_UNKNOWN,
        .cpu_shares = ULLAGE_UNKNOWN,
        .pids_limit = ULLAGE_UNKNOWN,
        .oom_score = ULLAGE_UNKNOWN,
        .stop_timeout_seconds = ULLAGE_UNKNOWN,
        .health_interval_ms = ULLAGE_UNKNOWN,
        .health_timeout_ms = ULLAGE_UNKNOWN,
        .health_start_period_ms = ULLAGE_UNKNOWN,
        .health_retries = ULLAGE_UNKNOWN,
    };
    asks_nothing.size = size;
    memset(config, 0, size);
    memcpy(config, &asks_nothing, size < sizeof asks_nothing ? size : sizeof asks_nothing);
}

struct ullage_strings *strings_make(const char *const *items, size_t count)
{
    struct ullage_strings *strings = memory_alloc(sizeof *strings);
    char **copy = memory_alloc_zero(count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = memory_dup_text(items[i]);
    *strings = (struct ullage_strings){.items = (const char *const *)copy, .count = count};
    return strings;
}

void ullage_strings_free(struct ullage_strings *strings)
{
    if (!strings)
        return;
    for (size_t i = 0; i < strings->count; i++)
        free((char *)strings->items[i]);
    free((void *)strings->items);
    free(strings);
}

/* "NAME=VALUE" of what a child's environment gets. */
static struct ullage_strings *environment_make(const struct environment *environment)
{
    cleanup_strvec struct strvec pairs = STRVEC_INIT;
    for (size_t i = 0; i < environment->count; i++)
        if (environment->changes[i].value)
            strvec_addf(&pairs, "%s=%s", environment->changes[i].name, environment->changes[i].value);
    return strings_make((const char *const *)pairs.items, pairs.count);
}

int ullage_container_config_to_run_args(const struct ullage_container_config *config,
                                        struct ullage_strings **ret_args,
                                        struct ullage_strings **ret_environment,
                                        struct ullage_error **ret_error)
{
    cleanup_plain_locale struct plain_locale locale = plain_locale_enter();
    cleanup_container_config struct container_config taken = {.image = NULL};
    cleanup_arguments struct arguments arguments = ARGUMENTS_INIT;
    cleanup_environment struct environment environment = ENVIRONMENT_INIT;
    struct error err = ERROR_INIT;
    if (config_take(&taken, config, &err) < 0 ||
        container_config_to_run_args(&taken, NULL, &arguments, &environment, &err) < 0)
        return error_give(&err, ret_error);
    *ret_args = strings_make((const char *const *)arguments.items, arguments.count);
    if (ret_environment)
        *ret_environment = environment_make(&environment);
    return 0;
}
