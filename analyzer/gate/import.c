/* A configuration of ours from dive's or layerx's. What means the same is carried over; what does
 * not is a comment that says so. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/gate/config.h"
#include "core/escape.h"
#include "core/memory.h"
#include "core/yaml.h"

static const char *const layerx_keys[] = {"version",    "theme",       "rules",
                                          "path-rules", "keybindings", NULL};
static const char *const layerx_rules[] = {"lowest-efficiency", "highest-wasted-bytes",
                                           "highest-user-wasted-percent", NULL};
static const char *const path_rules[] = {"block", "deny-waste", "max-layer-count", NULL};
static const char *const listed_keys[] = {"id", "type", "paths", "threshold", NULL};

static void add_budget(struct strbuf *out, const char *id, const char *measure)
{
    strbuf_addf(out, "  - id: %s\n    measure: %s\n", id, measure);
}

/* A limit as ours reads it: the text itself where it means the same. */
static void add_limit(struct strbuf *out, const struct budget *budget)
{
    cleanup_error struct error ignored = ERROR_INIT;
    struct bound bound;
    struct amount amount = budget->fail.more_than.amount;
    if (bound_parse(&bound, budget, budget->fail.text, &ignored) == 0 &&
        bound.amount.number == amount.number && bound.amount.ratio == amount.ratio)
        strbuf_addf(out, "    fail: %s\n", budget->fail.text);
    else if (measure_row(budget->measure)->unit == UNIT_RATIO)
        strbuf_addf(out, "    fail: %.9f\n", amount.ratio);
    else
        strbuf_addf(out, "    fail: %" PRId64 " B\n", amount.number);
}

static void add_head(struct strbuf *out, const char *file, const char *words)
{
    const char *slash = strrchr(file, '/');
    strbuf_add_text(out, "# From ");
    escape_for_terminal(out, span_of_text(slash ? slash + 1 : file));
    strbuf_addf(out, ". %s\nversion: %d\nbudgets:", words, GATE_CONFIG_VERSION);
}

/* A list that holds nothing is written in brackets. */
static void start_budgets(struct strbuf *out, bool some)
{
    strbuf_add_text(out, some ? "\n" : " []\n");
}

static int import_dive(struct strbuf *out, const char *file, struct span text, struct error *err)
{
    struct gate_config config = {0};
    bool some = false;
    if (gate_config_read_dive(&config, file, text, err) < 0) {
        gate_config_release(&config);
        return -1;
    }
    add_head(out, file,
             "The same rules on the figures that dive prints, with the same verdicts;\n"
             "# 'ullage help measures' has figures to move to.");
    for (size_t i = 0; i < config.budget_count; i++)
        some = some || config.budgets[i].fail.set;
    start_budgets(out, some);
    for (size_t i = 0; i < config.budget_count; i++) {
        const struct budget *budget = &config.budgets[i];
        if (!budget->fail.set) {
            strbuf_addf(out, "  # %s: %s\n", budget->id, budget->skip);
            continue;
        }
        add_budget(out, budget->id, measure_row(budget->measure)->name);
        add_limit(out, budget);
    }
    for (size_t i = 0; i < config.notes.count; i++) {
        strbuf_add_text(out, "# ");
        escape_for_terminal(out, span_of_text(config.notes.items[i]));
        strbuf_add_char(out, '\n');
    }
    gate_config_release(&config);
    return 0;
}

/* layerx */

struct import {
    struct strbuf budgets;
    const struct yaml *yaml;
};

static int read_figure(const struct import *import, const struct yaml_node *node,
                       enum measure measure, struct bound *ret_bound, struct error *err)
{
    const struct budget budget = {.measure = measure};
    cleanup_error struct error reason = ERROR_INIT;
    if (yaml_expect(import->yaml, node, YAML_SCALAR, "a threshold", err) < 0)
        return -1;
    if (bound_parse(ret_bound, &budget, node->text, &reason) < 0)
        return yaml_refuse(import->yaml, node, reason.hint, err, "%s", reason.text);
    return 0;
}

static int import_efficiency(struct import *import, const struct yaml_node *node,
                             const char *fallback, struct error *err)
{
    struct bound bound;
    if (node && read_figure(import, node, MEASURE_EFFICIENCY, &bound, err) < 0)
        return -1;
    if (node && bound.amount.ratio <= 0)
        return 0;
    add_budget(&import->budgets, "lowest-efficiency", "efficiency");
    strbuf_addf(&import->budgets, "    fail: %s\n", node ? node->text : fallback);
    return 0;
}

/* Of all content, so many may be dead: the efficiency is the rest. */
static int import_percent(struct import *import, const struct yaml_node *node, double fallback,
                          struct error *err)
{
    struct bound bound = {.amount = {.known = true, .ratio = fallback}};
    if (node && read_figure(import, node, MEASURE_EFFICIENCY, &bound, err) < 0)
        return -1;
    if (bound.amount.ratio <= 0)
        return 0;
    add_budget(&import->budgets, "highest-user-wasted-percent", "efficiency");
    strbuf_addf(&import->budgets, "    fail: %.9g # what is dead is at most %.9g of the content\n",
                1 - bound.amount.ratio, bound.amount.ratio);
    return 0;
}

static int import_bytes(struct import *import, const struct yaml_node *node, struct error *err)
{
    struct bound bound = {.kind = BOUND_NONE};
    if (node && read_figure(import, node, MEASURE_LAYERS, &bound, err) < 0)
        return -1;
    if (bound.amount.number <= 0)
        return 0;
    add_budget(&import->budgets, "highest-wasted-bytes", "dead_bytes");
    strbuf_addf(&import->budgets, "    fail: %" PRId64 " B\n", bound.amount.number);
    return 0;
}

static int import_rules(struct import *import, const struct yaml_node *rules, struct error *err)
{
    if (rules && yaml_expect_keys(import->yaml, rules, layerx_rules, "'rules'", err) < 0)
        return -1;
    if (import_efficiency(import, yaml_get(rules, "lowest-efficiency"), "0.9", err) < 0 ||
        import_bytes(import, yaml_get(rules, "highest-wasted-bytes"), err) < 0)
        return -1;
    return import_percent(import, yaml_get(rules, "highest-user-wasted-percent"), 0.1, err);
}

static int add_paths(struct import *import, const struct yaml_node *paths, struct error *err)
{
    if (yaml_expect(import->yaml, paths, YAML_SEQUENCE, "'paths'", err) < 0)
        return -1;
    strbuf_add_text(&import->budgets, "    paths:\n");
    for (const struct yaml_node *item = paths->first; item; item = item->next) {
        if (yaml_expect(import->yaml, item, YAML_SCALAR, "a path", err) < 0)
            return -1;
        strbuf_add_text(&import->budgets, "      - ");
        escape_for_json(&import->budgets, span_of_text(item->text)); /* a YAML text in quotes too */
        if (strchr(item->text, '{'))
            strbuf_add_text(&import->budgets, " # braces stand for themselves here: split it");
        strbuf_add_char(&import->budgets, '\n');
    }
    return 0;
}

/* A file in any layer is forbidden, or a copy of it that a later layer replaces or deletes. */
static int import_path_rule(struct import *import, size_t type, const char *id,
                            const struct yaml_node *value, struct error *err)
{
    struct strbuf *out = &import->budgets;
    if (type == 2) {
        if (yaml_expect(import->yaml, value, YAML_SCALAR, "a threshold", err) < 0)
            return -1;
        strbuf_addf(out, "  # not carried over: %s, which counts the layers of single files\n", id);
        return 0;
    }
    if (value->kind == YAML_SEQUENCE && !value->count)
        return 0;
    add_budget(out, id, type == 0 ? "shipped" : "dead_bytes");
    if (add_paths(import, value, err) < 0)
        return -1;
    strbuf_add_text(out, "    fail: 0\n");
    return 0;
}

static int import_listed(struct import *import, const struct yaml_node *entry, struct error *err)
{
    size_t type;
    if (yaml_expect_keys(import->yaml, entry, listed_keys, "a path rule", err) < 0)
        return -1;
    const struct yaml_node *id = yaml_get(entry, "id"), *kind = yaml_get(entry, "type");
    if (!id || !kind || id->kind != YAML_SCALAR || !*id->text)
        return yaml_refuse(import->yaml, entry, NULL, err, "the path rule needs 'id' and 'type'");
    if (yaml_choose(import->yaml, kind, path_rules, "type of path rule", &type, err) < 0)
        return -1;
    const struct yaml_node *value = yaml_get(entry, type == 2 ? "threshold" : "paths");
    if (!value)
        return yaml_refuse(import->yaml, entry, NULL, err, "the path rule has no '%s'",
                           type == 2 ? "threshold" : "paths");
    cleanup_free char *name = memory_dup_text(id->text);
    for (char *c = name; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *c))
            *c = '-';
    return import_path_rule(import, type, name, value, err);
}

static int import_path_rules(struct import *import, const struct yaml_node *rules,
                             struct error *err)
{
    if (!rules || yaml_is_null(rules))
        return 0;
    if (rules->kind == YAML_SEQUENCE) {
        for (const struct yaml_node *entry = rules->first; entry; entry = entry->next)
            if (import_listed(import, entry, err) < 0)
                return -1;
        return 0;
    }
    if (yaml_expect_keys(import->yaml, rules, path_rules, "'path-rules'", err) < 0)
        return -1;
    for (size_t type = 0; path_rules[type]; type++) {
        const struct yaml_node *value = yaml_get(rules, path_rules[type]);
        if (value && import_path_rule(import, type, path_rules[type], value, err) < 0)
            return -1;
    }
    return 0;
}

static int import_layerx(struct strbuf *out, const char *file, const struct yaml *yaml,
                         struct error *err)
{
    struct import import = {.budgets = STRBUF_INIT, .yaml = yaml};
    int result = -1;
    if ((!yaml->root ||
         yaml_expect_keys(yaml, yaml->root, layerx_keys, "the configuration", err) == 0) &&
        import_rules(&import, yaml_get(yaml->root, "rules"), err) == 0 &&
        import_path_rules(&import, yaml_get(yaml->root, "path-rules"), err) == 0) {
        add_head(out, file,
                 "Waste is counted by ullage's definitions, which differ a little from\n"
                 "# layerx's: 'ullage help measures'.");
        start_budgets(out, strstr(import.budgets.buf, "- id:") != NULL);
        strbuf_add(out, import.budgets.buf, import.budgets.len);
        result = 0;
    }
    strbuf_release(&import.budgets);
    return result;
}

static bool is_layerx(const char *file, const struct yaml_node *root)
{
    const struct yaml_node *rules = yaml_get(root, "rules");
    if (strstr(file, "layerx") || yaml_get(root, "path-rules") || yaml_get(root, "version"))
        return true;
    for (size_t i = 0; layerx_rules[i]; i++)
        if (yaml_get(rules, layerx_rules[i]))
            return true;
    return false;
}

int gate_config_import(struct strbuf *out, const char *file, struct span text, struct error *err)
{
    cleanup_yaml struct yaml yaml = {.root = NULL};
    if (yaml_parse(&yaml, file, text, ERROR_USAGE, err) < 0)
        return -1;
    if (yaml_get(yaml.root, "budgets"))
        return error_set(err, ERROR_USAGE, "%s: is a configuration of ullage already", yaml.name);
    return is_layerx(file, yaml.root) ? import_layerx(out, file, &yaml, err)
                                      : import_dive(out, file, text, err);
}
