/* .dive-ci as dive reads it: `rules` with three texts, each with a default; words that mean off;
 * sizes in the grammar of go-humanize. Whatever else stands there dive passes over; we say so. A
 * figure fails beyond its threshold, not on it, whatever dive's own comments say. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyzer/gate/config.h"
#include "core/memory.h"
#include "core/yaml.h"

static const struct rule {
    const char *name;
    enum measure measure;
    const char *fallback;
} rules[] = {
    {"lowestEfficiency", MEASURE_DIVE_EFFICIENCY, "0.9"},
    {"highestWastedBytes", MEASURE_DIVE_WASTED, "disabled"},
    {"highestUserWastedPercent", MEASURE_DIVE_PERCENT, "0.1"},
};

static struct span trim(const char *text)
{
    struct span trimmed = span_of_text(text);
    while (trimmed.len && strchr(" \t\r\n", *trimmed.ptr)) {
        trimmed.ptr++;
        trimmed.len--;
    }
    while (trimmed.len && strchr(" \t\r\n", trimmed.ptr[trimmed.len - 1]))
        trimmed.len--;
    return trimmed;
}

static bool is_off(const char *text)
{
    static const char *const words[] = {"", "disabled", "off", "false"};
    struct span trimmed = trim(text);
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strlen(words[i]) == trimmed.len && strncasecmp(words[i], trimmed.ptr, trimmed.len) == 0)
            return true;
    return false;
}

static bool unit_factor(struct span unit, double *ret_factor)
{
    static const char letters[] = "kmgtpe";
    char text[4] = "";
    if (unit.len > 3)
        return false;
    for (size_t i = 0; i < unit.len; i++)
        text[i] = (char)(unit.ptr[i] | 0x20);
    *ret_factor = 1;
    if (strcmp(text, "") == 0 || strcmp(text, "b") == 0)
        return true;
    const char *letter = strchr(letters, text[0]);
    bool binary = text[1] == 'i';
    const char *rest = text + 1 + binary;
    if (!letter || (*rest && strcmp(rest, "b") != 0))
        return false;
    for (const char *step = letters; step <= letter; step++)
        *ret_factor *= binary ? 1024 : 1000;
    return true;
}

/* Digits with a point and commas anywhere, then a unit: "20Mb" is 20 000 000. */
static bool parse_bytes(const char *text, int64_t *ret_bytes)
{
    char number[64];
    size_t len = strspn(text, "0123456789.,"), kept = 0;
    double factor, value;
    char *end;
    if (len >= sizeof number || !unit_factor(trim(text + len), &factor))
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] != ',')
            number[kept++] = text[i];
    number[kept] = '\0';
    value = strtod(number, &end) * factor;
    if (kept == 0 || *end || !(value < 0x1p63))
        return false;
    *ret_bytes = (int64_t)value;
    return true;
}

static bool parse_ratio(const char *text, double *ret_ratio)
{
    char *end;
    if (!*text || strchr(" \t\r\n", *text))
        return false;
    *ret_ratio = strtod(text, &end);
    return !*end && *ret_ratio >= 0 && *ret_ratio <= 1;
}

static int read_threshold(struct threshold *limit, const struct rule *rule, const char *text,
                          const struct yaml *yaml, const struct yaml_node *node, struct error *err)
{
    int64_t bytes;
    double ratio;
    bool is_bytes = rule->measure == MEASURE_DIVE_WASTED;
    if (is_bytes && parse_bytes(text, &bytes))
        limit->more_than.amount = amount_of(bytes);
    else if (!is_bytes && parse_ratio(text, &ratio))
        limit->more_than.amount = ratio_of(ratio);
    else
        return yaml_refuse(
            yaml, node, is_bytes ? "write 20MB, 1.5GiB or 'disabled'" : "write 0.9 or 'disabled'",
            err, "'%s' is no %s", rule->name, is_bytes ? "size" : "ratio from 0 to 1");
    limit->more_than.kind = BOUND_AMOUNT;
    return 0;
}

static int read_rule(struct gate_config *config, const struct rule *rule, const struct yaml *yaml,
                     const struct yaml_node *node, struct error *err)
{
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    if (node && yaml_expect(yaml, node, YAML_SCALAR, rule->name, err) < 0)
        return -1;
    bool given = node && !yaml_is_null(node);
    const char *text = given ? node->text : rule->fallback;
    struct budget *budget = gate_config_add_budget(config);
    budget->id = rule->name;
    budget->measure = rule->measure;
    budget->file = config->file;
    budget->line = given ? node->line : 0;
    strbuf_addf(&key, "rules.%s", rule->name);
    gate_config_add_setting(config, key.buf, text, given ? config->file : NULL, budget->line);
    if (is_off(text)) {
        budget->skip = given ? "it is switched off" : "dive's default is off";
        return 0;
    }
    budget->fail.set = true;
    budget->fail.text = arena_dup_text(&config->arena, text);
    return read_threshold(&budget->fail, rule, text, yaml, node, err);
}

static bool is_rule(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
        if (strcmp(rules[i].name, name) == 0)
            return true;
    return false;
}

static void note_unknown(struct gate_config *config, const struct yaml_node *mapping,
                         const char *above, bool (*knows)(const char *name))
{
    if (!mapping || mapping->kind != YAML_MAPPING)
        return;
    for (const struct yaml_node *value = mapping->first; value; value = value->next) {
        if (!knows(value->key->text))
            strvec_addf(&config->notes, "%s:%u: dive passes over '%s%s', and so do we",
                        config->file, (unsigned)value->key->line, above, value->key->text);
    }
}

static bool is_rules(const char *name)
{
    return strcmp(name, "rules") == 0;
}

int gate_config_read_dive(struct gate_config *config, const char *file, struct span text,
                          struct error *err)
{
    cleanup_yaml struct yaml yaml = {.root = NULL};
    config->file = arena_dup_text(&config->arena, file);
    if (yaml_parse(&yaml, file, text, ERROR_USAGE, err) < 0)
        return -1;
    if (yaml.root && yaml_expect(&yaml, yaml.root, YAML_MAPPING, "the file", err) < 0)
        return -1;
    const struct yaml_node *given = yaml_get(yaml.root, "rules");
    if (given && !yaml_is_null(given) &&
        yaml_expect(&yaml, given, YAML_MAPPING, "'rules'", err) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
        if (read_rule(config, &rules[i], &yaml, yaml_get(given, rules[i].name), err) < 0)
            return -1;
    note_unknown(config, yaml.root, "", is_rules);
    note_unknown(config, given, "rules.", is_rule);
    return 0;
}
