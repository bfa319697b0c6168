#include <inttypes.h>

#include "analyzer/lint/config.h"
#include "core/escape.h"
#include "core/strbuf.h"

static void add_row(struct strbuf *out, const char *key, const char *name, const char *value)
{
    strbuf_addf(out, "lint.%s", key);
    if (name) {
        strbuf_add_char(out, '.');
        escape_for_terminal(out, span_of_text(name));
    }
    strbuf_add_text(out, " = ");
    escape_for_terminal(out, span_of_text(value));
    strbuf_add_char(out, '\n');
}

static void add_list(struct strbuf *out, const char *key, const struct strvec *list)
{
    for (size_t i = 0; i < list->count; i++)
        add_row(out, key, NULL, list->items[i]);
}

static const char *word_name(enum lint_word word)
{
    static const char *const names[] = {
        [LINT_ERROR] = "error", [LINT_WARNING] = "warning", [LINT_INFO] = "info",
        [LINT_STYLE] = "style", [LINT_OFF] = "off",         [LINT_ON] = "on",
    };
    return names[word];
}

static void add_rules(struct strbuf *out, const struct lint_config *config, bool origin)
{
    for (size_t i = 0; i < config->setting_count; i++) {
        const struct lint_setting *setting = &config->settings[i];
        strbuf_addf(out, "lint.rules.%s = %s", setting->rule, word_name(setting->word));
        if (origin && setting->file) {
            strbuf_add_text(out, "  # ");
            escape_for_terminal(out, span_of_text(setting->file));
            strbuf_addf(out, ":%" PRId64, setting->line);
        }
        strbuf_add_char(out, '\n');
    }
}

void lint_config_show(struct strbuf *out, const struct lint_config *config, bool origin)
{
    if (config->preset != LINT_DEFAULT)
        add_row(out, "preset", NULL, lint_preset_names[config->preset]);
    if (config->rule_set)
        strbuf_addf(out, "lint.rule-set = %u\n", config->rule_set);
    add_list(out, "only", &config->only);
    add_rules(out, config, origin);
    add_list(out, "trusted-registries", &config->trusted_registries);
    for (size_t i = 0; i < config->label_count; i++)
        add_row(out, "labels", config->labels[i].name, label_type_names[config->labels[i].type]);
    if (config->strict_labels)
        add_row(out, "strict-labels", NULL, "true");
    if (config->no_pragmas)
        add_row(out, "pragmas", NULL, "false");
    if (config->unused_ignores)
        add_row(out, "unused-ignores", NULL, "true");
    if (config->fail_on_given)
        add_row(out, "fail-on", NULL,
                config->fail_on == LINT_OFF ? "never" : word_name(config->fail_on));
    for (size_t i = 0; i < config->build_args.count; i++)
        add_row(out, "build-args", NULL, config->build_args.items[i]);
    add_list(out, "exclude", &config->exclude);
}
