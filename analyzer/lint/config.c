#include "analyzer/lint/config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "core/nearest.h"
#include "core/strbuf.h"
#include "core/yaml.h"

#define ITEMS_MAX 10000 /* of one list */

const char *const lint_preset_names[] = {"default", "strict", "hadolint", "buildkit", "errors", NULL};
static_assert(ARRAY_SIZE(lint_preset_names) == LINT_PRESETS + 1, "every preset has a name");

const char *const label_type_names[] = {"text",    "url",  "semver", "hash",
                                        "rfc3339", "spdx", "email",  NULL};
static_assert(ARRAY_SIZE(label_type_names) == LABEL_TYPES + 1, "every type has a name");

static const char *const keys[] = {"rules",         "ignore",    "enable",   "only",
                                   "preset",        "rule-set",  "trusted-registries",
                                   "labels",        "pragmas",   "strict-labels",
                                   "unused-ignores", "fail-on",  "build-args", "exclude", NULL};

void lint_config_start(struct lint_config *config)
{
    *config = (struct lint_config){.fail_on = LINT_STYLE};
}

void lint_config_release(struct lint_config *config)
{
    arena_release(&config->arena);
    strvec_release(&config->only);
    strvec_release(&config->trusted_registries);
    strvec_release(&config->build_args);
    strvec_release(&config->exclude);
    strvec_release(&config->notes);
    free(config->settings);
    free(config->labels);
    *config = (struct lint_config){0};
}

bool lint_word_read(const char *text, enum lint_word *ret_word)
{
    static const struct {
        const char *text;
        enum lint_word word;
    } words[] = {
        {"error", LINT_ERROR},   {"warning", LINT_WARNING}, {"info", LINT_INFO},
        {"style", LINT_STYLE},   {"off", LINT_OFF},         {"ignore", LINT_OFF},
        {"none", LINT_OFF},      {"never", LINT_OFF},       {"on", LINT_ON},
    };
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcasecmp(words[i].text, text) == 0) {
            *ret_word = words[i].word;
            return true;
        }
    }
    return false;
}

/* The code of a rule in any spelling; NULL if there is none. */
static const char *code_of(struct lint_config *config, const char *name)
{
    const struct lint_rule *rule = lint_rule_find(name);
    if (rule)
        return rule->code;
    if (!lint_rule_is_shellcheck(name))
        return NULL;
    char *code = arena_dup_text(&config->arena, name);
    memcpy(code, "SC", 2);
    return code;
}

static const char *nearest_rule(const char *name)
{
    struct nearest nearest = nearest_to(name);
    for (const struct lint_rule *const *rule = lint_rules; *rule; rule++) {
        nearest_offer(&nearest, (*rule)->code);
        nearest_offer(&nearest, (*rule)->name);
    }
    return nearest.best;
}

static void add_setting(struct lint_config *config, const char *code, enum lint_word word,
                        const char *file, int64_t line)
{
    config->settings = memory_grow(config->settings, config->setting_count,
                                   &config->setting_capacity, sizeof *config->settings);
    config->settings[config->setting_count++] =
        (struct lint_setting){.rule = code, .word = word, .file = file, .line = line};
}

static int refuse_rule(const char *name, struct error *err)
{
    const char *nearest = nearest_rule(name);
    error_set(err, ERROR_USAGE, "there is no rule '%s'", name);
    return nearest ? error_hint(err, "did you mean %s?", nearest)
                   : error_hint(err, "'ullage explain' lists the rules");
}

int lint_config_set(struct lint_config *config, const char *rule, enum lint_word word,
                    struct error *err)
{
    const char *code = code_of(config, rule);
    if (!code)
        return refuse_rule(rule, err);
    add_setting(config, code, word, NULL, 0);
    return 0;
}

int lint_config_add_only(struct lint_config *config, const char *rule, struct error *err)
{
    const char *code = code_of(config, rule);
    if (!code)
        return refuse_rule(rule, err);
    strvec_add(&config->only, code);
    return 0;
}

static bool preset_has(enum lint_preset preset, const struct lint_rule *rule)
{
    switch (preset) {
    case LINT_STRICT:
        return true;
    case LINT_HADOLINT:
        return strncmp(rule->code, "DL", 2) == 0 && !rule->off;
    case LINT_ERRORS:
        return rule->severity == SEVERITY_ERROR && !rule->off;
    case LINT_BUILDKIT:
        return lint_rule_is_check(rule) && !rule->off;
    default:
        return !rule->off;
    }
}

bool lint_config_asks(const struct lint_config *config, const struct lint_rule *rule)
{
    bool asked = preset_has(config->preset, rule);
    if (config->rule_set && rule->since > config->rule_set)
        asked = false;
    if (config->only.count)
        asked = strvec_contains(&config->only, rule->code);
    for (size_t i = 0; i < config->setting_count; i++)
        if (strcmp(config->settings[i].rule, rule->code) == 0)
            asked = config->settings[i].word != LINT_OFF &&
                    (!config->only.count || strvec_contains(&config->only, rule->code));
    return asked;
}

bool lint_config_turns_off(const struct lint_config *config, const char *code)
{
    bool off = false;
    for (size_t i = 0; i < config->setting_count; i++)
        if (strcmp(config->settings[i].rule, code) == 0)
            off = config->settings[i].word == LINT_OFF;
    return off;
}

bool lint_config_ignores(const struct lint_config *config, const char *code)
{
    return lint_config_turns_off(config, code) ||
           (config->only.count && !strvec_contains(&config->only, code));
}

enum severity lint_config_severity(const struct lint_config *config, const char *code,
                                   enum severity severity)
{
    static const enum severity severities[] = {
        [LINT_ERROR] = SEVERITY_ERROR,
        [LINT_WARNING] = SEVERITY_WARNING,
        [LINT_INFO] = SEVERITY_INFO,
        [LINT_STYLE] = SEVERITY_STYLE,
    };
    for (size_t i = 0; i < config->setting_count; i++)
        if (strcmp(config->settings[i].rule, code) == 0 && config->settings[i].word <= LINT_STYLE)
            severity = severities[config->settings[i].word];
    return severity;
}

/* Reading .ullage.yaml */

struct reading {
    struct lint_config *config;
    const struct yaml *yaml;
    const char *file;
};

static int need_list(const struct reading *reading, const struct yaml_node *node, const char *what,
                     struct error *err)
{
    if (yaml_expect(reading->yaml, node, YAML_SEQUENCE, what, err) < 0)
        return -1;
    if (node->count > ITEMS_MAX)
        return yaml_refuse(reading->yaml, node, NULL, err, "%s has more than %d items", what,
                           ITEMS_MAX);
    for (const struct yaml_node *item = node->first; item; item = item->next)
        if (yaml_expect(reading->yaml, item, YAML_SCALAR, what, err) < 0)
            return -1;
    return 0;
}

static int read_texts(const struct reading *reading, struct strvec *list,
                      const struct yaml_node *node, const char *what, struct error *err)
{
    if (!node)
        return 0;
    if (need_list(reading, node, what, err) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next)
        strvec_add(list, item->text);
    return 0;
}

static int read_bool(const struct reading *reading, bool *ret_value, const struct yaml_node *node,
                     const char *what, struct error *err)
{
    static const char *const words[] = {"false", "true", NULL};
    size_t index;
    if (!node)
        return 0;
    if (yaml_choose(reading->yaml, node, words, what, &index, err) < 0)
        return -1;
    *ret_value = index == 1;
    return 0;
}

static int need_code(const struct reading *reading, const char **ret_code,
                     const struct yaml_node *at, const char *name, struct error *err)
{
    cleanup_strbuf struct strbuf advice = STRBUF_INIT;
    *ret_code = code_of(reading->config, name);
    if (*ret_code)
        return 0;
    const char *nearest = nearest_rule(name);
    if (nearest)
        strbuf_addf(&advice, "did you mean %s?", nearest);
    else
        strbuf_add_text(&advice, "'ullage explain' lists the rules");
    return yaml_refuse(reading->yaml, at, advice.buf, err, "there is no rule '%s'", name);
}

/* A list of rules, each of which gets the word. */
static int read_rule_list(const struct reading *reading, const struct yaml_node *node,
                          enum lint_word word, const char *what, struct error *err)
{
    const char *code;
    if (!node)
        return 0;
    if (need_list(reading, node, what, err) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        if (need_code(reading, &code, item, item->text, err) < 0)
            return -1;
        add_setting(reading->config, code, word, reading->file, item->line);
    }
    return 0;
}

static int read_only(const struct reading *reading, const struct yaml_node *node, struct error *err)
{
    const char *code;
    if (!node)
        return 0;
    if (need_list(reading, node, "'only'", err) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        if (need_code(reading, &code, item, item->text, err) < 0)
            return -1;
        strvec_add(&reading->config->only, code);
    }
    return 0;
}

static int need_word(const struct reading *reading, enum lint_word *ret_word,
                     const struct yaml_node *node, const char *what, struct error *err)
{
    if (yaml_expect(reading->yaml, node, YAML_SCALAR, what, err) < 0)
        return -1;
    if (!lint_word_read(node->text, ret_word))
        return yaml_refuse(reading->yaml, node, "write error, warning, info, style, on or off", err,
                           "'%s' is no severity", node->text);
    return 0;
}

static int read_rules(const struct reading *reading, const struct yaml_node *node,
                      struct error *err)
{
    if (!node)
        return 0;
    if (yaml_expect(reading->yaml, node, YAML_MAPPING, "'rules'", err) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        const char *code;
        enum lint_word word = LINT_ON;
        if (need_code(reading, &code, item->key, item->key->text, err) < 0 ||
            need_word(reading, &word, item, "the severity of a rule", err) < 0)
            return -1;
        add_setting(reading->config, code, word, reading->file, item->line);
    }
    return 0;
}

static void add_label(struct lint_config *config, const char *name, enum label_type type)
{
    config->labels = memory_grow(config->labels, config->label_count, &config->label_capacity,
                                 sizeof *config->labels);
    config->labels[config->label_count++] =
        (struct label_schema){.name = arena_dup_text(&config->arena, name), .type = type};
}

/* What hadolint's documents call two of the types elsewhere. */
static bool is_old_type(const char *text, size_t *ret_type)
{
    if (strcmp(text, "rawtext") == 0)
        *ret_type = LABEL_TEXT;
    else if (strcmp(text, "githash") == 0)
        *ret_type = LABEL_HASH;
    else
        return false;
    return true;
}

static int read_labels(const struct reading *reading, const struct yaml_node *node,
                       struct error *err)
{
    if (!node)
        return 0;
    if (yaml_expect(reading->yaml, node, YAML_MAPPING, "the schema of labels", err) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        size_t type;
        if (yaml_expect(reading->yaml, item, YAML_SCALAR, "the type of a label", err) < 0)
            return -1;
        if (!is_old_type(item->text, &type) &&
            yaml_choose(reading->yaml, item, label_type_names, "the type of a label", &type, err) < 0)
            return -1;
        add_label(reading->config, item->key->text, (enum label_type)type);
    }
    return 0;
}

static int read_preset(const struct reading *reading, const struct yaml_node *node,
                       struct error *err)
{
    size_t preset;
    if (!node)
        return 0;
    if (yaml_choose(reading->yaml, node, lint_preset_names, "'preset'", &preset, err) < 0)
        return -1;
    reading->config->preset = (enum lint_preset)preset;
    return 0;
}

static int read_rule_set(const struct reading *reading, const struct yaml_node *node,
                         struct error *err)
{
    if (!node)
        return 0;
    if (yaml_expect(reading->yaml, node, YAML_SCALAR, "'rule-set'", err) < 0)
        return -1;
    size_t digits = strspn(node->text, "0123456789");
    long number = digits && digits < 5 && !node->text[digits] ? strtol(node->text, NULL, 10) : 0;
    if (number < 1 || number > LINT_RULE_SET)
        return yaml_refuse(reading->yaml, node, NULL, err, "rule sets are numbered from 1 to %d",
                           LINT_RULE_SET);
    reading->config->rule_set = (unsigned)number;
    return 0;
}

static int read_fail_on(const struct reading *reading, const struct yaml_node *node,
                        struct error *err)
{
    struct lint_config *config = reading->config;
    if (!node)
        return 0;
    if (need_word(reading, &config->fail_on, node, "'fail-on'", err) < 0)
        return -1;
    if (config->fail_on == LINT_ON)
        return yaml_refuse(reading->yaml, node, "write error, warning, info, style or never", err,
                           "'on' is no severity");
    config->fail_on_given = true;
    return 0;
}

static int read_build_args(const struct reading *reading, const struct yaml_node *node,
                           struct error *err)
{
    if (!node)
        return 0;
    if (yaml_expect(reading->yaml, node, YAML_MAPPING, "'build-args'", err) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        if (yaml_expect(reading->yaml, item, YAML_SCALAR, "a build argument", err) < 0)
            return -1;
        strvec_addf(&reading->config->build_args, "%s=%s", item->key->text, item->text);
    }
    return 0;
}

static int read_lint(const struct reading *reading, const struct yaml_node *lint, struct error *err)
{
    struct lint_config *config = reading->config;
    bool pragmas = true;
    if (yaml_expect_keys(reading->yaml, lint, keys, "'lint'", err) < 0 ||
        read_preset(reading, yaml_get(lint, "preset"), err) < 0 ||
        read_rule_set(reading, yaml_get(lint, "rule-set"), err) < 0 ||
        read_rule_list(reading, yaml_get(lint, "enable"), LINT_ON, "'enable'", err) < 0 ||
        read_rule_list(reading, yaml_get(lint, "ignore"), LINT_OFF, "'ignore'", err) < 0 ||
        read_rules(reading, yaml_get(lint, "rules"), err) < 0 ||
        read_only(reading, yaml_get(lint, "only"), err) < 0 ||
        read_texts(reading, &config->trusted_registries, yaml_get(lint, "trusted-registries"),
                   "'trusted-registries'", err) < 0 ||
        read_labels(reading, yaml_get(lint, "labels"), err) < 0 ||
        read_bool(reading, &config->strict_labels, yaml_get(lint, "strict-labels"),
                  "'strict-labels'", err) < 0 ||
        read_bool(reading, &pragmas, yaml_get(lint, "pragmas"), "'pragmas'", err) < 0 ||
        read_bool(reading, &config->unused_ignores, yaml_get(lint, "unused-ignores"),
                  "'unused-ignores'", err) < 0 ||
        read_fail_on(reading, yaml_get(lint, "fail-on"), err) < 0 ||
        read_build_args(reading, yaml_get(lint, "build-args"), err) < 0 ||
        read_texts(reading, &config->exclude, yaml_get(lint, "exclude"), "'exclude'", err) < 0)
        return -1;
    config->no_pragmas = !pragmas;
    return 0;
}

int lint_config_read(struct lint_config *config, const char *file, struct span text,
                     struct error *err)
{
    cleanup_yaml struct yaml yaml = {.root = NULL};
    if (yaml_parse(&yaml, file, text, ERROR_USAGE, err) < 0)
        return -1;
    config->file = arena_dup_text(&config->arena, file);
    const struct reading reading = {.config = config, .yaml = &yaml, .file = config->file};
    const struct yaml_node *lint = yaml.root ? yaml_get(yaml.root, "lint") : NULL;
    config->given = lint != NULL;
    return lint ? read_lint(&reading, lint, err) : 0;
}

/* Reading .hadolint.yaml */

static const char *const hadolint_keys[] = {
    "failure-threshold", "format",        "formats",       "ignored",
    "label-schema",      "no-color",      "no-fail",       "override",
    "strict-labels",     "verbose",       "trustedRegistries", "disable-ignore-pragma", NULL};

static void note_unknown(const struct reading *reading, const struct yaml_node *mapping)
{
    for (const struct yaml_node *item = mapping->first; item; item = item->next) {
        bool known = false;
        for (size_t i = 0; hadolint_keys[i]; i++)
            known = known || strcmp(hadolint_keys[i], item->key->text) == 0;
        if (!known)
            strvec_addf(&reading->config->notes, "line %u: hadolint knows no key '%s'",
                        item->key->line, item->key->text);
    }
}

/* hadolint takes any code: one that names no rule of ours changes nothing, and is told. */
static int read_hadolint_codes(const struct reading *reading, const struct yaml_node *node,
                               enum lint_word word, const char *what, struct error *err)
{
    if (!node || yaml_is_null(node))
        return 0;
    if (need_list(reading, node, what, err) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        const char *code = code_of(reading->config, item->text);
        if (code)
            add_setting(reading->config, code, word, reading->file, item->line);
        else
            strvec_addf(&reading->config->notes, "line %u: there is no rule '%s'", item->line,
                        item->text);
    }
    return 0;
}

static int read_override(const struct reading *reading, const struct yaml_node *node,
                         struct error *err)
{
    static const char *const severities[] = {"error", "warning", "info", "style", NULL};
    if (!node || yaml_is_null(node))
        return 0;
    if (yaml_expect_keys(reading->yaml, node, severities, "'override'", err) < 0)
        return -1;
    for (size_t i = 0; severities[i]; i++)
        if (read_hadolint_codes(reading, yaml_get(node, severities[i]), (enum lint_word)i,
                                severities[i], err) < 0)
            return -1;
    return 0;
}

static int read_hadolint(const struct reading *reading, const struct yaml_node *root,
                         struct error *err)
{
    struct lint_config *config = reading->config;
    bool no_fail = false;
    if (yaml_expect(reading->yaml, root, YAML_MAPPING, "the configuration", err) < 0)
        return -1;
    note_unknown(reading, root);
    /* an override does not turn a rule on that is ignored, so the ignored come last */
    if (read_override(reading, yaml_get(root, "override"), err) < 0 ||
        read_hadolint_codes(reading, yaml_get(root, "ignored"), LINT_OFF, "'ignored'", err) < 0 ||
        read_texts(reading, &config->trusted_registries, yaml_get(root, "trustedRegistries"),
                   "'trustedRegistries'", err) < 0 ||
        read_labels(reading, yaml_get(root, "label-schema"), err) < 0 ||
        read_bool(reading, &config->strict_labels, yaml_get(root, "strict-labels"),
                  "'strict-labels'", err) < 0 ||
        read_bool(reading, &config->no_pragmas, yaml_get(root, "disable-ignore-pragma"),
                  "'disable-ignore-pragma'", err) < 0 ||
        read_fail_on(reading, yaml_get(root, "failure-threshold"), err) < 0 ||
        read_bool(reading, &no_fail, yaml_get(root, "no-fail"), "'no-fail'", err) < 0)
        return -1;
    if (no_fail) {
        config->fail_on = LINT_OFF;
        config->fail_on_given = true;
    }
    return 0;
}

int lint_config_read_hadolint(struct lint_config *config, const char *file, struct span text,
                              struct error *err)
{
    cleanup_yaml struct yaml yaml = {.root = NULL};
    if (yaml_parse(&yaml, file, text, ERROR_USAGE, err) < 0)
        return -1;
    config->file = arena_dup_text(&config->arena, file);
    const struct reading reading = {.config = config, .yaml = &yaml, .file = config->file};
    config->given = true;
    if (!yaml.root || yaml_is_null(yaml.root))
        return 0;
    return read_hadolint(&reading, yaml.root, err);
}
