#include "cli/lint_options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cli/config_file.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/yaml.h"

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* Where hadolint looks: the first of them rules alone. */
static bool find_hadolint(struct strbuf *path)
{
    static const struct {
        const char *variable, *rest;
    } places[] = {
        {NULL, ".hadolint.yaml"},
        {NULL, ".hadolint.yml"},
        {"XDG_CONFIG_HOME", "/hadolint.yaml"},
        {"HOME", "/.config/hadolint.yaml"},
        {"HOME", "/.hadolint/hadolint.yaml"},
        {"HOME", "/.hadolint/config.yaml"},
        {"HOME", "/.hadolint.yaml"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        const char *folder = places[i].variable ? getenv(places[i].variable) : "";
        if (!folder || (places[i].variable && *folder != '/'))
            continue;
        strbuf_reset(path);
        strbuf_addf(path, "%s%s", folder, places[i].rest);
        if (is_file(path->buf))
            return true;
    }
    return false;
}

static bool is_hadolint(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strstr(slash ? slash : path, "hadolint") != NULL;
}

static int read_file(struct lint_config *config, const char *path, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    cleanup_error struct error reason = ERROR_INIT;
    if (file_read(&text, path, YAML_BYTES_MAX, &reason) < 0)
        return error_set(err, ERROR_USAGE, "configuration: %s", reason.text);
    struct span content = span_of(text.buf, text.len);
    return is_hadolint(path) ? lint_config_read_hadolint(config, path, content, err)
                             : lint_config_read(config, path, content, err);
}

static int read_config(struct lint_config *config, const char *named, struct error *err)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    if (named && *named)
        return strcmp(named, "none") == 0 ? 0 : read_file(config, named, err);
    if (config_file_find_upwards(&path) && read_file(config, path.buf, err) < 0)
        return -1;
    if (!config->given && find_hadolint(&path))
        return read_file(config, path.buf, err);
    return 0;
}

/* Calls `take` for each rule of "A,B,C" lists. */
static int each_rule(const struct strvec *lists, const char *option,
                     int (*take)(struct lint_config *config, const char *rule, struct error *err),
                     struct lint_config *config, struct error *err)
{
    for (size_t i = 0; i < lists->count; i++) {
        for (const char *at = lists->items[i]; *at;) {
            size_t len = strcspn(at, ",");
            cleanup_free char *rule = memory_dup_bytes(at, len);
            if (len && take(config, rule, err) < 0)
                return error_prefix(err, "%s", option);
            at += len;
            at += *at == ',';
        }
    }
    return 0;
}

static int turn_off(struct lint_config *config, const char *rule, struct error *err)
{
    return lint_config_set(config, rule, LINT_OFF, err);
}

static int turn_on(struct lint_config *config, const char *rule, struct error *err)
{
    return lint_config_set(config, rule, LINT_ON, err);
}

static int set_severities(struct lint_config *config, const struct strvec *severities,
                          struct error *err)
{
    for (size_t i = 0; i < severities->count; i++) {
        const char *text = severities->items[i];
        const char *equals = strchr(text, '=');
        enum lint_word word;
        if (!equals || !lint_word_read(equals + 1, &word)) {
            error_set(err, ERROR_USAGE, "--severity '%s': write RULE=WORD", text);
            return error_hint(err, "the words are error, warning, info, style, on and off");
        }
        cleanup_free char *rule = memory_dup_bytes(text, (size_t)(equals - text));
        if (lint_config_set(config, rule, word, err) < 0)
            return error_prefix(err, "--severity");
    }
    return 0;
}

static int set_preset(struct lint_config *config, const char *name, struct error *err)
{
    if (!name)
        return 0;
    for (size_t i = 0; lint_preset_names[i]; i++) {
        if (strcmp(lint_preset_names[i], name) == 0) {
            config->preset = (enum lint_preset)i;
            return 0;
        }
    }
    return error_set(err, ERROR_USAGE, "there is no preset '%s'", name);
}

static int add_options(struct lint_config *config, const struct lint_arguments *arguments,
                       struct error *err)
{
    if (set_preset(config, arguments->preset, err) < 0 ||
        each_rule(&arguments->enable, "--enable", turn_on, config, err) < 0 ||
        each_rule(&arguments->ignore, "--ignore", turn_off, config, err) < 0 ||
        each_rule(&arguments->only, "--only", lint_config_add_only, config, err) < 0 ||
        set_severities(config, &arguments->severities, err) < 0)
        return -1;
    for (size_t i = 0; i < arguments->trusted.count; i++)
        strvec_add(&config->trusted_registries, arguments->trusted.items[i]);
    for (size_t i = 0; i < arguments->build_args.count; i++)
        strvec_add(&config->build_args, arguments->build_args.items[i]);
    return 0;
}

int lint_arguments_read(struct lint_config *ret_config, const struct lint_arguments *arguments,
                        const struct invocation *invocation, struct error *err)
{
    lint_config_start(ret_config);
    if (read_config(ret_config, arguments->config, err) < 0 ||
        add_options(ret_config, arguments, err) < 0) {
        lint_config_release(ret_config);
        return -1;
    }
    for (size_t i = 0; i < ret_config->notes.count && !invocation->global.quiet; i++) {
        cleanup_strbuf struct strbuf shown = STRBUF_INIT;
        escape_for_terminal(&shown, span_of_text(ret_config->notes.items[i]));
        fprintf(stderr, "ullage: %s: %s\n", ret_config->file, shown.buf);
    }
    return 0;
}
