#include "runtime/config.h"

#include <inttypes.h>
#include <string.h>

#include "core/escape.h"
#include "runtime/limits.h"

#define PODMAN_NEVER UINT16_MAX

enum option_kind {
    TEXT,
    FLAG,
    LIST,
    NUMBER,
    SIZE,     /* bytes; -1 stays -1 */
    DURATION, /* milliseconds */
    SETTINGS,
    ENVIRONMENT,
    ENTRYPOINT,
    MOUNTS,
    PORTS,
    ULIMITS,
    RESTART,
};

struct config_option {
    const char *name;
    size_t offset;
    enum option_kind kind;
    unsigned api_major, api_minor;
    unsigned podman;
};

static const struct config_option options[] = {
#define OPTION(member, name, kind, major, minor, podman)                                   \
    {name, offsetof(struct container_config, member), kind, major, minor, podman},
#include "runtime/config.def"
#undef OPTION
};

static const void *member(const struct container_config *config,
                          const struct config_option *option)
{
    return (const char *)config + option->offset;
}

static bool is_given(const struct container_config *config,
                     const struct config_option *option)
{
    const void *at = member(config, option);
    switch (option->kind) {
    case TEXT:
        return *(char *const *)at != NULL;
    case FLAG:
        return *(const bool *)at;
    case LIST:
        return ((const struct strvec *)at)->count > 0;
    case NUMBER:
    case SIZE:
    case DURATION:
        return ((const struct config_number *)at)->given;
    case SETTINGS:
    case ENVIRONMENT:
        return ((const struct settings *)at)->count > 0;
    case ENTRYPOINT:
        return config->clear_entrypoint || config->entrypoint.count > 0;
    case MOUNTS:
        return config->mount_count > 0;
    case PORTS:
        return config->port_count > 0;
    case ULIMITS:
        return config->ulimit_count > 0;
    case RESTART:
    default:
        return config->restart.kind != RESTART_UNSET;
    }
}

/* -- what is refused -- */

static int refuse_text(const char *what, const char *text, const char *why,
                       struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    utf8_cut(&shown, 200);
    return error_set(err, ERROR_USAGE, "%s '%s' %s", what, shown.buf, why);
}

int reference_check(const char *what, const char *text, struct error *err)
{
    if (!text || !*text)
        return error_set(err, ERROR_USAGE, "%s has no name", what);
    if (*text == '-')
        return refuse_text(what, text, "begins with '-', which engines read as an option",
                           err);
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 127)
            return refuse_text(what, text, "holds white space or a control character", err);
    return 0;
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int container_name_check(const char *name, struct error *err)
{
    bool good = is_alphanumeric(name[0]) && name[1];
    for (const char *p = name; good && *p; p++)
        good = is_alphanumeric(*p) || *p == '_' || *p == '.' || *p == '-';
    if (good)
        return 0;
    refuse_text("container name", name, "is none that engines take", err);
    return error_hint(
        err, "two characters or more: a letter or digit, then letters, digits, '_', '.' "
             "or '-'");
}

static int refuse_capability(const struct config_option *option,
                             const struct engine_version *engine, struct error *err)
{
    if (engine->kind == ENGINE_PODMAN) {
        error_set(err, ERROR_ENGINE, "podman %s has no --%s", engine->client, option->name);
        return option->podman == PODMAN_NEVER
                   ? -1
                   : error_hint(err, "podman has it from version %u on", option->podman);
    }
    error_set(err, ERROR_ENGINE, "%s needs API %u.%u, the engine has %u.%u", option->name,
              option->api_major, option->api_minor, engine->api.major, engine->api.minor);
    return error_hint(err, "leave --%s out, or use a newer engine", option->name);
}

static bool engine_has(const struct config_option *option,
                       const struct engine_version *engine)
{
    struct version_number need = {option->api_major, option->api_minor, 0};
    if (engine->kind == ENGINE_PODMAN)
        return option->podman == 0 || (option->podman != PODMAN_NEVER &&
                                       engine->client_number.major >= option->podman);
    if (engine->kind != ENGINE_DOCKER || !version_is_known(engine->api))
        return true;
    return version_compare(engine->api, need) >= 0;
}

static int check_capabilities(const struct container_config *config,
                              const struct engine_version *engine, struct error *err)
{
    static const struct config_option many = {
        .name = "more than one network", .api_major = 1, .api_minor = 44};
    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        if (is_given(config, &options[i]) && !engine_has(&options[i], engine))
            return refuse_capability(&options[i], engine, err);
    if (config->networks.count > 1 && !engine_has(&many, engine)) {
        error_set(err, ERROR_ENGINE, "%s needs API 1.44, the engine has %u.%u", many.name,
                  engine->api.major, engine->api.minor);
        return error_hint(
            err, "create the container with one network and connect it to the others");
    }
    for (size_t i = 0; i < config->mount_count; i++) {
        static const struct config_option subpath = {
            .name = "mount's volume-subpath", .api_major = 1, .api_minor = 45};
        static const struct config_option image = {
            .name = "mount of type image", .api_major = 1, .api_minor = 48};
        const struct mount_config *mount = &config->mounts[i];
        if (engine->kind != ENGINE_DOCKER)
            continue;
        if (mount->type == MOUNT_IMAGE && !engine_has(&image, engine))
            return refuse_capability(&image, engine, err);
        if (mount->subpath && !engine_has(&subpath, engine))
            return refuse_capability(&subpath, engine, err);
    }
    return 0;
}

bool container_config_needs_version(const struct container_config *config)
{
    bool needs = config->networks.count > 1;
    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        needs = needs || (is_given(config, &options[i]) &&
                          (options[i].api_minor > 30 || options[i].podman));
    for (size_t i = 0; i < config->mount_count; i++)
        needs = needs || config->mounts[i].subpath || config->mounts[i].type == MOUNT_IMAGE;
    return needs;
}

static int check_mounts(const struct container_config *config, struct error *err)
{
    for (size_t i = 0; i < config->mount_count; i++) {
        const struct mount_config *mount = &config->mounts[i];
        if (!mount->target || mount->target[0] != '/')
            return refuse_text("mount target", mount->target ? mount->target : "",
                               "is no absolute path", err);
        if (mount->type == MOUNT_BIND && (!mount->source || mount->source[0] != '/')) {
            refuse_text("mount source", mount->source ? mount->source : "",
                        "is no absolute path", err);
            return error_hint(err, "a bind mount shows a path of the host");
        }
        if (mount->type == MOUNT_TMPFS && mount->source)
            return refuse_text("mount", mount->target, "is a tmpfs and has a source", err);
        if (mount->relabel &&
            ((mount->source && strchr(mount->source, ':')) || strchr(mount->target, ':')))
            return refuse_text("mount", mount->target,
                               "is relabelled and has a colon in a path", err);
    }
    return 0;
}

/* Two mounts at one place, compared after sorting: engines refuse it in words of their own.
 */
static int check_targets(const struct container_config *config, struct error *err)
{
    cleanup_strvec struct strvec targets = STRVEC_INIT;
    for (size_t i = 0; i < config->mount_count; i++)
        strvec_add(&targets, config->mounts[i].target);
    for (size_t i = 0; i < config->tmpfs.count; i++)
        strvec_add_bytes(&targets, config->tmpfs.items[i],
                         strcspn(config->tmpfs.items[i], ":"));
    strvec_sort(&targets);
    for (size_t i = 1; i < targets.count; i++)
        if (strcmp(targets.items[i - 1], targets.items[i]) == 0)
            return refuse_text("mount target", targets.items[i], "is used twice", err);
    return 0;
}

static int check_settings(const struct settings *settings, const char *what,
                          struct error *err)
{
    for (size_t i = 0; i < settings->count; i++) {
        const char *name = settings->items[i].name;
        if (!*name || strchr(name, '='))
            return refuse_text(what, name, "is no name", err);
    }
    return 0;
}

/* A secret travels in the environment of the engine's program, which reads these itself. */
static bool program_reads(const char *name)
{
    static const char *const prefixes[] = {"DOCKER_", "BUILDKIT_", "COMPOSE_", "CONTAINER",
                                           "PODMAN_", "NERDCTL_",  "LD_",      "XDG_"};
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return strcmp(name, "PATH") == 0 || strcmp(name, "HOME") == 0 ||
           strcmp(name, "TMPDIR") == 0;
}

static int check_secrets(const struct container_config *config, struct error *err)
{
    for (size_t i = 0; i < config->environment.count; i++) {
        const struct setting *setting = &config->environment.items[i];
        if (!setting->secret || !program_reads(setting->name))
            continue;
        refuse_text("variable", setting->name, "cannot be a secret", err);
        return error_hint(
            err, "it would change what the engine's own program does: give it another "
                 "name, or a file by --env-file");
    }
    return 0;
}

static int check_limits(const struct container_config *config, struct error *err)
{
    const size_t counts[] = {config->mount_count,       config->port_count,
                             config->environment.count, config->labels.count,
                             config->command.count,     config->networks.count};
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
        if (counts[i] > CONFIG_LIST_MAX)
            return error_set(err, ERROR_LIMIT,
                             "a container with more than %zu mounts, ports, variables, "
                             "labels, networks or arguments",
                             CONFIG_LIST_MAX);
    return 0;
}

static int check_contradictions(const struct container_config *config, struct error *err)
{
    bool health = config->health_command || config->health_interval.given ||
                  config->health_timeout.given || config->health_retries.given ||
                  config->health_start_period.given;
    bool restarts =
        config->restart.kind != RESTART_UNSET && config->restart.kind != RESTART_NO;
    if (config->remove && restarts)
        return error_set(err, ERROR_USAGE, "--rm and --restart contradict one another");
    if (config->no_healthcheck && health)
        return error_set(err, ERROR_USAGE,
                         "--no-healthcheck and --health-* contradict one another");
    if (config->clear_entrypoint && config->entrypoint.count)
        return error_set(err, ERROR_USAGE, "the entrypoint is set and cleared");
    if (config->memory_swap.given && !config->memory.given)
        return error_set(err, ERROR_USAGE, "--memory-swap needs --memory");
    if (config->memory_swap.given && config->memory_swap.value >= 0 &&
        config->memory_swap.value < config->memory.value) {
        error_set(err, ERROR_USAGE, "--memory-swap is less than --memory");
        return error_hint(err, "it is memory and swap together");
    }
    return 0;
}

int container_config_validate(const struct container_config *config,
                              const struct engine_version *engine, struct error *err)
{
    static const char *const pulls[] = {"always", "missing", "never", "newer"};
    bool pull_known = !config->pull;
    for (size_t i = 0; i < ARRAY_SIZE(pulls); i++)
        pull_known = pull_known || strcmp(config->pull, pulls[i]) == 0;
    if (reference_check("image", config->image, err) < 0 ||
        (config->name && container_name_check(config->name, err) < 0) ||
        check_limits(config, err) < 0 || check_mounts(config, err) < 0 ||
        check_targets(config, err) < 0 || check_contradictions(config, err) < 0 ||
        check_settings(&config->environment, "variable", err) < 0 ||
        check_settings(&config->labels, "label", err) < 0 || check_secrets(config, err) < 0)
        return -1;
    if (!pull_known)
        return refuse_text("--pull", config->pull, "is none of always, missing, never",
                           err);
    return engine ? check_capabilities(config, engine, err) : 0;
}

/* -- arguments -- */

static void add_option(struct arguments *arguments, const char *name, const char *value)
{
    arguments_addf(arguments, "--%s=%s", name, value);
}

static void add_settings(const char *name, const struct settings *settings,
                         struct arguments *arguments)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        strbuf_addf(&shown, "--%s=%s%s", name, setting->name, setting->value ? "=" : "");
        if (setting->secret && setting->value)
            arguments_add_secret(arguments, shown.buf, setting->value);
        else
            arguments_addf(arguments, "%s%s", shown.buf,
                           setting->value ? setting->value : "");
    }
}

static void add_environment(const char *name, const struct settings *settings,
                            struct arguments *arguments, struct environment *environment)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        if (setting->secret && setting->value) {
            environment_set_secret(environment, setting->name, setting->value);
            add_option(arguments, name, setting->name);
        } else {
            arguments_addf(arguments, "--%s=%s%s%s", name, setting->name,
                           setting->value ? "=" : "", setting->value ? setting->value : "");
        }
    }
}

/* Only -v can ask SELinux to relabel. */
static void add_mount(const struct mount_config *mount, struct arguments *arguments)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    if (!mount->relabel) {
        mount_config_describe(mount, &text);
        add_option(arguments, "mount", text.buf);
        return;
    }
    strbuf_addf(&text, "%s%s%s:%s%c", mount->source ? mount->source : "",
                mount->source ? ":" : "", mount->target, mount->read_only ? "ro," : "",
                mount->relabel);
    add_option(arguments, "volume", text.buf);
}

static void add_described(const struct container_config *config,
                          const struct config_option *option, struct arguments *arguments)
{
    for (size_t i = 0; option->kind == MOUNTS && i < config->mount_count; i++)
        add_mount(&config->mounts[i], arguments);
    for (size_t i = 0; option->kind == PORTS && i < config->port_count; i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        port_config_describe(&config->ports[i], &text);
        add_option(arguments, option->name, text.buf);
    }
    for (size_t i = 0; option->kind == ULIMITS && i < config->ulimit_count; i++)
        arguments_addf(arguments, "--%s=%s=%" PRId64 ":%" PRId64, option->name,
                       config->ulimits[i].name, config->ulimits[i].soft,
                       config->ulimits[i].hard);
}

static void add_value(const struct container_config *config,
                      const struct config_option *option, struct arguments *arguments,
                      struct environment *environment)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    const void *at = member(config, option);
    const struct strvec *list = at;
    switch (option->kind) {
    case TEXT:
        add_option(arguments, option->name, *(char *const *)at);
        return;
    case FLAG:
        arguments_addf(arguments, "--%s", option->name);
        return;
    case LIST:
        for (size_t i = 0; i < list->count; i++)
            add_option(arguments, option->name, list->items[i]);
        return;
    case NUMBER:
    case SIZE:
        arguments_addf(arguments, "--%s=%" PRId64, option->name,
                       ((const struct config_number *)at)->value);
        return;
    case DURATION:
        timespan_describe(((const struct config_number *)at)->value, &text);
        add_option(arguments, option->name, text.buf);
        return;
    case SETTINGS:
        add_settings(option->name, at, arguments);
        return;
    case ENVIRONMENT:
        add_environment(option->name, at, arguments, environment);
        return;
    case ENTRYPOINT:
        add_option(arguments, option->name, list->count ? list->items[0] : "");
        return;
    case RESTART:
        restart_policy_describe(&config->restart, &text);
        add_option(arguments, option->name, text.buf);
        return;
    case MOUNTS:
    case PORTS:
    case ULIMITS:
    default:
        add_described(config, option, arguments);
    }
}

static int to_args(const struct container_config *config,
                   const struct engine_version *engine, bool creating,
                   struct arguments *arguments, struct environment *environment,
                   struct error *err)
{
    if (container_config_validate(config, engine, err) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        bool unused =
            creating && options[i].offset == offsetof(struct container_config, detach);
        if (!unused && is_given(config, &options[i]))
            add_value(config, &options[i], arguments, environment);
    }
    for (size_t i = 0; i < config->extra.count; i++)
        arguments_add(arguments, config->extra.items[i]);
    arguments_add(arguments, config->image);
    for (size_t i = 1; i < config->entrypoint.count; i++)
        arguments_add(arguments, config->entrypoint.items[i]);
    for (size_t i = 0; i < config->command.count; i++)
        arguments_add(arguments, config->command.items[i]);
    return arguments_check(arguments, err);
}

int container_config_to_run_args(const struct container_config *config,
                                 const struct engine_version *engine,
                                 struct arguments *arguments,
                                 struct environment *environment, struct error *err)
{
    return to_args(config, engine, false, arguments, environment, err);
}

int container_config_to_create_args(const struct container_config *config,
                                    const struct engine_version *engine,
                                    struct arguments *arguments,
                                    struct environment *environment, struct error *err)
{
    return to_args(config, engine, true, arguments, environment, err);
}

int arguments_check(const struct arguments *arguments, struct error *err)
{
    for (size_t i = 0; i < arguments->count; i++) {
        if (strlen(arguments->items[i]) < CONFIG_ARGUMENT_MAX)
            continue;
        cleanup_strbuf struct strbuf shown = STRBUF_INIT, escaped = STRBUF_INIT;
        arguments_show(&shown, arguments, i);
        escape_for_terminal(&escaped, span_of(shown.buf, shown.len));
        utf8_cut(&escaped, 60);
        error_set(err, ERROR_USAGE,
                  "argument '%s' has %zu bytes, Linux takes no more than %zu", escaped.buf,
                  strlen(arguments->items[i]), CONFIG_ARGUMENT_MAX - 1);
        return error_hint(err, "use a file: --env-file, --label-file, or a mount");
    }
    return 0;
}

/* -- making and freeing -- */

int container_config_add_port(struct container_config *config, const char *text,
                              struct error *err)
{
    struct port_config port;
    if (port_config_parse(&port, text, err) < 0)
        return -1;
    config->ports =
        memory_grow(config->ports, config->port_count, &config->port_capacity, sizeof port);
    config->ports[config->port_count++] = port;
    return 0;
}

static void add_mount_config(struct container_config *config, struct mount_config mount)
{
    config->mounts = memory_grow(config->mounts, config->mount_count,
                                 &config->mount_capacity, sizeof mount);
    config->mounts[config->mount_count++] = mount;
}

int container_config_add_mount(struct container_config *config, const char *text,
                               struct error *err)
{
    struct mount_config mount;
    if (mount_config_parse(&mount, text, err) < 0)
        return -1;
    add_mount_config(config, mount);
    return 0;
}

int container_config_add_volume(struct container_config *config, const char *text,
                                struct error *err)
{
    struct mount_config mount;
    if (volume_config_parse(&mount, text, err) < 0)
        return -1;
    add_mount_config(config, mount);
    return 0;
}

int container_config_add_ulimit(struct container_config *config, const char *text,
                                struct error *err)
{
    struct ulimit_config ulimit;
    if (ulimit_config_parse(&ulimit, text, err) < 0)
        return -1;
    config->ulimits = memory_grow(config->ulimits, config->ulimit_count,
                                  &config->ulimit_capacity, sizeof ulimit);
    config->ulimits[config->ulimit_count++] = ulimit;
    return 0;
}

static void release_member(struct container_config *config,
                           const struct config_option *option)
{
    void *at = (char *)config + option->offset;
    if (option->kind == TEXT)
        free(*(char **)at);
    else if (option->kind == LIST || option->kind == ENTRYPOINT)
        strvec_release(at);
    else if (option->kind == SETTINGS || option->kind == ENVIRONMENT)
        settings_release(at);
}

void container_config_release(struct container_config *config)
{
    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        release_member(config, &options[i]);
    for (size_t i = 0; i < config->mount_count; i++)
        mount_config_release(&config->mounts[i]);
    for (size_t i = 0; i < config->port_count; i++)
        port_config_release(&config->ports[i]);
    for (size_t i = 0; i < config->ulimit_count; i++)
        ulimit_config_release(&config->ulimits[i]);
    free(config->mounts);
    free(config->ports);
    free(config->ulimits);
    free(config->image);
    strvec_release(&config->command);
    strvec_release(&config->extra);
    *config = (struct container_config){0};
}
