#include "analyzer/gate/config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/escape.h"
#include "core/glob.h"
#include "core/memory.h"
#include "core/yaml.h"

#define BUDGETS_MAX 1000 /* each is held against every file; a large configuration has thirty */
#define ID_MAX 64
#define IMAGE_NAME_MAX 512 /* it stands in the key of every setting below it */

static const char *const top_keys[] = {"version", "budgets", "waivers",
                                       "ratchet", "images",  "checks",  "lint", NULL};
static const char *const check_keys[] = {"ignore", "allow-secrets", "max-age", NULL};
static const char *const budget_keys[] = {"id",      "measure", "paths", "scope", "for-each",
                                          "against", "warn",    "fail",  "say",   NULL};
static const char *const waiver_keys[] = {"budget", "until", "because", NULL};
static const char *const ratchet_keys[] = {"slack", "write", NULL};
static const char *const image_keys[] = {"budgets", NULL};
static const char *const growth_keys[] = {"more-than", "and-at-least", NULL};
static const char *const scope_words[] = {"image", "above-base", "base", NULL};
static const char *const for_each_words[] = {"layer", "platform", NULL};
static const char *const against_words[] = {"baseline", "anchor", NULL};

void gate_config_release(struct gate_config *config)
{
    arena_release(&config->arena);
    strvec_release(&config->notes);
    strvec_release(&config->check_ignore);
    strvec_release(&config->check_allow);
    free(config->budgets);
    free(config->waivers);
    free(config->images);
    free(config->settings);
    *config = (struct gate_config){0};
}

struct budget *gate_config_add_budget(struct gate_config *config)
{
    config->budgets = memory_grow(config->budgets, config->budget_count, &config->budget_capacity,
                                  sizeof *config->budgets);
    struct budget *budget = &config->budgets[config->budget_count++];
    *budget = (struct budget){.measure = MEASURE_NONE};
    return budget;
}

void gate_config_add_setting(struct gate_config *config, const char *key, const char *value,
                             const char *file, int64_t line)
{
    config->settings = memory_grow(config->settings, config->setting_count,
                                   &config->setting_capacity, sizeof *config->settings);
    config->settings[config->setting_count++] = (struct setting){
        .key = arena_dup_text(&config->arena, key),
        .value = arena_dup_text(&config->arena, value),
        .file = file,
        .line = line,
    };
}

/* One file while it is read. */
struct reading {
    struct gate_config *config;
    const struct yaml *yaml;
};

static const char *keep(struct reading *reading, const char *text)
{
    return arena_dup_text(&reading->config->arena, text);
}

static int need_text(struct reading *reading, const char **ret_text, const struct yaml_node *node,
                     const char *what, struct error *err)
{
    if (yaml_expect(reading->yaml, node, YAML_SCALAR, what, err) < 0)
        return -1;
    if (!*node->text || yaml_is_null(node))
        return yaml_refuse(reading->yaml, node, NULL, err, "%s is empty", what);
    *ret_text = keep(reading, node->text);
    return 0;
}

static int missing(struct reading *reading, const struct yaml_node *node, const char *key,
                   const char *what, struct error *err)
{
    return yaml_refuse(reading->yaml, node, NULL, err, "%s has no '%s'", what, key);
}

/* Budgets */

static int read_id(struct reading *reading, struct budget *budget, const struct yaml_node *node,
                   struct error *err)
{
    if (need_text(reading, &budget->id, node, "'id'", err) < 0)
        return -1;
    size_t len = strlen(budget->id);
    if (len > ID_MAX || strspn(budget->id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "0123456789._-") != len)
        return yaml_refuse(reading->yaml, node,
                           "letters, digits, '.', '_' and '-' are, up to 64 of them", err,
                           "this is no id");
    return 0;
}

static int read_paths(struct reading *reading, struct budget *budget, const struct yaml_node *node,
                      struct error *err)
{
    if (yaml_expect(reading->yaml, node, YAML_SEQUENCE, "'paths'", err) < 0)
        return -1;
    if (!node->count)
        return yaml_refuse(reading->yaml, node, NULL, err, "'paths' is empty");
    budget->paths = arena_alloc_zero(&reading->config->arena, node->count * sizeof *budget->paths);
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        const char *text = NULL;
        if (need_text(reading, &text, item, "a path", err) < 0)
            return -1;
        if (strcmp(text, "!") == 0)
            return yaml_refuse(reading->yaml, item, NULL, err, "no pattern follows the '!'");
        cleanup_free char *pattern = pattern_normalise(text);
        budget->paths[budget->path_count++] = keep(reading, pattern);
    }
    if (*budget->paths[0] == '!')
        return yaml_refuse(reading->yaml, node->first, NULL, err,
                           "the first pattern takes away, and there is nothing yet to take from");
    return 0;
}

/* "layer 3", beside the words */
static int read_scope(struct reading *reading, struct budget *budget, const struct yaml_node *node,
                      struct error *err)
{
    size_t index;
    const char *digits =
        node->kind == YAML_SCALAR && strncmp(node->text, "layer ", 6) == 0 ? node->text + 6 : "";
    if (*digits && strspn(digits, "0123456789") == strlen(digits) && strlen(digits) < 7) {
        budget->scope = SCOPE_LAYER;
        budget->layer = strtoul(digits, NULL, 10);
        return 0;
    }
    if (yaml_choose(reading->yaml, node, scope_words, "scope (or 'layer N')", &index, err) < 0)
        return -1;
    budget->scope = (enum scope)index;
    return 0;
}

static int read_choice(struct reading *reading, const struct yaml_node *node,
                       const char *const *words, const char *what, int *ret_index,
                       struct error *err)
{
    size_t index;
    if (!node)
        return 0;
    if (yaml_choose(reading->yaml, node, words, what, &index, err) < 0)
        return -1;
    *ret_index = (int)index + 1;
    return 0;
}

static int read_bound(struct reading *reading, struct bound *bound, const struct budget *budget,
                      const struct yaml_node *node, const char *what, struct error *err)
{
    cleanup_error struct error reason = ERROR_INIT;
    if (yaml_expect(reading->yaml, node, YAML_SCALAR, what, err) < 0)
        return -1;
    if (bound_parse(bound, budget, node->text, &reason) < 0)
        return yaml_refuse(reading->yaml, node, reason.hint, err, "%s", reason.text);
    return 0;
}

static int read_growth(struct reading *reading, struct threshold *limit,
                       const struct budget *budget, const struct yaml_node *node, struct error *err)
{
    const struct yaml_node *more = yaml_get(node, "more-than");
    const struct yaml_node *least = yaml_get(node, "and-at-least");
    if (yaml_expect_keys(reading->yaml, node, growth_keys, "a limit", err) < 0)
        return -1;
    if (!budget->against)
        return yaml_refuse(reading->yaml, node, "add 'against: baseline'", err,
                           "'more-than' speaks of growth, which needs a baseline");
    if (!more)
        return missing(reading, node, "more-than", "the limit", err);
    if (read_bound(reading, &limit->more_than, budget, more, "'more-than'", err) < 0 ||
        (least &&
         read_bound(reading, &limit->and_at_least, budget, least, "'and-at-least'", err) < 0))
        return -1;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, more->text);
    if (least)
        strbuf_addf(&text, " and %s", least->text);
    limit->text = arena_dup(&reading->config->arena, text.buf, text.len);
    return 0;
}

static int read_limit(struct reading *reading, struct threshold *limit, const struct budget *budget,
                      const struct yaml_node *node, struct error *err)
{
    if (!node)
        return 0;
    limit->set = true;
    if (node->kind == YAML_MAPPING)
        return read_growth(reading, limit, budget, node, err);
    if (read_bound(reading, &limit->more_than, budget, node, "a limit", err) < 0)
        return -1;
    limit->text = keep(reading, node->text);
    return 0;
}

static int read_measure(struct reading *reading, struct budget *budget,
                        const struct yaml_node *entry, struct error *err)
{
    const struct yaml_node *node = yaml_get(entry, "measure");
    size_t index;
    if (!node && !budget->path_count)
        return missing(reading, entry, "measure", "the budget", err);
    budget->measure = MEASURE_SHIPPED;
    if (!node)
        return 0;
    if (yaml_choose(reading->yaml, node, measure_names, "measure", &index, err) < 0)
        return -1;
    budget->measure = (enum measure)index;
    if (budget->path_count && !measure_row(budget->measure)->by_path)
        return yaml_refuse(reading->yaml, node, "there are: shipped, live_bytes, dead_bytes, files",
                           err, "'%s' is not known of paths", node->text);
    return 0;
}

/* What cannot go together. */
static int check_budget(struct reading *reading, const struct budget *budget,
                        const struct yaml_node *entry, struct error *err)
{
    const struct measure_row *row = measure_row(budget->measure);
    const struct yaml_node *each = yaml_get(entry, "for-each");
    const struct yaml_node *warn = yaml_get(entry, "warn");
    if (!row->by_layer && budget->scope != SCOPE_IMAGE)
        return yaml_refuse(reading->yaml, yaml_get(entry, "scope"), NULL, err,
                           "'%s' is known of the whole image only", row->name);
    if (budget->for_each == EACH_LAYER && !row->by_layer)
        return yaml_refuse(reading->yaml, each, NULL, err, "'%s' is known of the whole image only",
                           row->name);
    if (budget->for_each == EACH_LAYER && budget->path_count)
        return yaml_refuse(reading->yaml, each, NULL, err, "paths are counted over all layers");
    if (budget->for_each == EACH_LAYER && budget->against)
        return yaml_refuse(reading->yaml, each, NULL, err,
                           "a single layer has no earlier state to be held against");
    if (!budget->warn.set && !budget->fail.set)
        return yaml_refuse(reading->yaml, entry, NULL, err,
                           "the budget has neither 'warn' nor 'fail'");
    bool looser = warn && budget->fail.set && !budget->against &&
                  amount_breaks(budget->warn.more_than.amount, budget->fail.more_than.amount, row);
    if (looser)
        return yaml_refuse(reading->yaml, warn, NULL, err,
                           "'warn' lies beyond 'fail', so that it would never be seen");
    return 0;
}

static int read_budget(struct reading *reading, struct budget *budget,
                       const struct yaml_node *entry, struct error *err)
{
    const struct yaml_node *id, *paths, *scope, *say;
    int for_each = 0, against = 0;
    if (yaml_expect_keys(reading->yaml, entry, budget_keys, "a budget", err) < 0)
        return -1;
    id = yaml_get(entry, "id");
    paths = yaml_get(entry, "paths");
    scope = yaml_get(entry, "scope");
    say = yaml_get(entry, "say");
    budget->file = reading->config->file;
    budget->line = entry->line;
    if (!id)
        return missing(reading, entry, "id", "the budget", err);
    if (read_id(reading, budget, id, err) < 0 ||
        (paths && read_paths(reading, budget, paths, err) < 0) ||
        (scope && read_scope(reading, budget, scope, err) < 0) ||
        (say && need_text(reading, &budget->say, say, "'say'", err) < 0) ||
        read_choice(reading, yaml_get(entry, "for-each"), for_each_words, "'for-each'", &for_each,
                    err) < 0 ||
        read_choice(reading, yaml_get(entry, "against"), against_words, "'against'", &against,
                    err) < 0)
        return -1;
    budget->for_each = (enum for_each)for_each;
    budget->against = (enum against)against;
    if (read_measure(reading, budget, entry, err) < 0 ||
        read_limit(reading, &budget->warn, budget, yaml_get(entry, "warn"), err) < 0 ||
        read_limit(reading, &budget->fail, budget, yaml_get(entry, "fail"), err) < 0)
        return -1;
    return check_budget(reading, budget, entry, err);
}

static struct budget *find_budget(struct budget *budgets, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(budgets[i].id, id) == 0)
            return &budgets[i];
    return NULL;
}

static int check_count(struct reading *reading, const struct yaml_node *node, struct error *err)
{
    if (node->count <= BUDGETS_MAX)
        return 0;
    return yaml_refuse(reading->yaml, node, NULL, err, "more than %d stand here", BUDGETS_MAX);
}

static int refuse_second(struct reading *reading, const struct yaml_node *entry,
                         const struct budget *first, struct error *err)
{
    return yaml_refuse(reading->yaml, yaml_get(entry, "id"), NULL, err,
                       "the id '%s' is taken by the budget in line %lld", first->id,
                       (long long)first->line);
}

static int read_budgets(struct reading *reading, const struct yaml_node *node, struct error *err)
{
    struct gate_config *config = reading->config;
    if (!node)
        return 0;
    if (yaml_expect(reading->yaml, node, YAML_SEQUENCE, "'budgets'", err) < 0 ||
        check_count(reading, node, err) < 0)
        return -1;
    for (const struct yaml_node *entry = node->first; entry; entry = entry->next) {
        struct budget budget = {.measure = MEASURE_NONE};
        if (read_budget(reading, &budget, entry, err) < 0)
            return -1;
        const struct budget *first = find_budget(config->budgets, config->budget_count, budget.id);
        if (first)
            return refuse_second(reading, entry, first, err);
        *gate_config_add_budget(config) = budget;
    }
    return 0;
}

/* The rest */

static bool knows_budget(const struct gate_config *config, const char *id, struct nearest *near)
{
    for (size_t i = 0; i < config->budget_count; i++) {
        nearest_offer(near, config->budgets[i].id);
        if (strcmp(config->budgets[i].id, id) == 0)
            return true;
    }
    for (size_t i = 0; i < config->image_count; i++)
        if (find_budget(config->images[i].budgets, config->images[i].count, id))
            return true;
    return false;
}

static int check_waived(struct reading *reading, const struct waiver *waiver,
                        const struct yaml_node *node, struct error *err)
{
    struct nearest near = nearest_to(waiver->budget);
    cleanup_strbuf struct strbuf advice = STRBUF_INIT, shown = STRBUF_INIT;
    if (knows_budget(reading->config, waiver->budget, &near))
        return 0;
    if (near.best)
        strbuf_addf(&advice, "did you mean '%s'?", near.best);
    escape_for_terminal(&shown, span_of_text(waiver->budget));
    return yaml_refuse(reading->yaml, node, near.best ? advice.buf : NULL, err,
                       "there is no budget '%s'", shown.buf);
}

static int read_waiver(struct reading *reading, struct waiver *waiver,
                       const struct yaml_node *entry, struct error *err)
{
    const char **const places[] = {&waiver->budget, &waiver->until, &waiver->because};
    if (yaml_expect_keys(reading->yaml, entry, waiver_keys, "a waiver", err) < 0)
        return -1;
    for (size_t i = 0; waiver_keys[i]; i++) {
        const struct yaml_node *node = yaml_get(entry, waiver_keys[i]);
        if (!node)
            return missing(reading, entry, waiver_keys[i], "the waiver", err);
        if (need_text(reading, places[i], node, waiver_keys[i], err) < 0)
            return -1;
    }
    if (!date_is_valid(waiver->until))
        return yaml_refuse(reading->yaml, yaml_get(entry, "until"), "write 2027-03-31", err,
                           "this is no day");
    waiver->line = entry->line;
    return check_waived(reading, waiver, yaml_get(entry, "budget"), err);
}

static int read_waivers(struct reading *reading, const struct yaml_node *node, struct error *err)
{
    struct gate_config *config = reading->config;
    if (!node)
        return 0;
    if (yaml_expect(reading->yaml, node, YAML_SEQUENCE, "'waivers'", err) < 0 ||
        check_count(reading, node, err) < 0)
        return -1;
    for (const struct yaml_node *entry = node->first; entry; entry = entry->next) {
        struct waiver waiver = {.line = 0};
        if (read_waiver(reading, &waiver, entry, err) < 0)
            return -1;
        for (size_t i = 0; i < config->waiver_count; i++)
            if (strcmp(config->waivers[i].budget, waiver.budget) == 0)
                return yaml_refuse(reading->yaml, entry, NULL, err,
                                   "'%s' is waived in line %lld already", waiver.budget,
                                   (long long)config->waivers[i].line);
        config->waivers = memory_grow(config->waivers, config->waiver_count,
                                      &config->waiver_capacity, sizeof *config->waivers);
        config->waivers[config->waiver_count++] = waiver;
    }
    return 0;
}

static int read_ratchet(struct reading *reading, const struct yaml_node *node, struct error *err)
{
    static const struct budget growth = {.measure = MEASURE_BLOB_BYTES,
                                         .against = AGAINST_BASELINE};
    struct gate_config *config = reading->config;
    struct bound slack = {.kind = BOUND_NONE};
    if (!node)
        return 0;
    if (yaml_expect_keys(reading->yaml, node, ratchet_keys, "'ratchet'", err) < 0)
        return -1;
    const struct yaml_node *room = yaml_get(node, "slack"), *file = yaml_get(node, "write");
    if (room && read_bound(reading, &slack, &growth, room, "'slack'", err) < 0)
        return -1;
    if (slack.kind == BOUND_AMOUNT)
        return yaml_refuse(reading->yaml, room, "write a percentage, such as 1%", err,
                           "'slack' is no percentage");
    if (file && need_text(reading, &config->ratchet_write, file, "'write'", err) < 0)
        return -1;
    config->has_ratchet = true;
    config->ratchet_slack = slack.percent;
    return 0;
}

static int read_list(struct reading *reading, struct strvec *list, const struct yaml_node *node,
                     const char *what, struct error *err)
{
    if (!node)
        return 0;
    if (yaml_expect(reading->yaml, node, YAML_SEQUENCE, what, err) < 0 ||
        check_count(reading, node, err) < 0)
        return -1;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        const char *text = NULL;
        if (need_text(reading, &text, item, what, err) < 0)
            return -1;
        strvec_add(list, text);
    }
    return 0;
}

/* The content rules. That the key is there turns them on. */
static int read_checks(struct reading *reading, const struct yaml_node *node, struct error *err)
{
    struct gate_config *config = reading->config;
    if (!node)
        return 0;
    if (yaml_expect_keys(reading->yaml, node, check_keys, "'checks'", err) < 0)
        return -1;
    const struct yaml_node *ignore = yaml_get(node, "ignore"), *age = yaml_get(node, "max-age");
    if (read_list(reading, &config->check_ignore, ignore, "'ignore'", err) < 0 ||
        read_list(reading, &config->check_allow, yaml_get(node, "allow-secrets"),
                  "'allow-secrets'", err) < 0)
        return -1;
    for (const struct yaml_node *rule = ignore ? ignore->first : NULL; rule; rule = rule->next)
        if (finding_find(rule->text) == FINDING_RULES)
            return yaml_refuse(reading->yaml, rule, "'ullage explain' lists the rules", err,
                               "there is no rule '%s'", rule->text);
    if (age && (age->kind != YAML_SCALAR || strlen(age->text) > 5 || !*age->text ||
                strspn(age->text, "0123456789") != strlen(age->text) || strtol(age->text, NULL, 10) < 1))
        return yaml_refuse(reading->yaml, age, "write a number of days, such as 365", err,
                           "'max-age' is no number of days");
    config->check_most_days = age ? strtol(age->text, NULL, 10) : 0;
    config->checks = true;
    return 0;
}

static int read_image(struct reading *reading, const struct yaml_node *node, struct error *err)
{
    struct gate_config *config = reading->config;
    const struct yaml_node *list;
    if (strlen(node->key->text) > IMAGE_NAME_MAX)
        return yaml_refuse(reading->yaml, node->key, NULL, err, "no image has a name this long");
    if (yaml_expect_keys(reading->yaml, node, image_keys, "an image", err) < 0)
        return -1;
    list = yaml_get(node, "budgets");
    if (!list)
        return missing(reading, node, "budgets", "the image", err);
    if (yaml_expect(reading->yaml, list, YAML_SEQUENCE, "'budgets'", err) < 0 ||
        check_count(reading, list, err) < 0)
        return -1;
    struct image_rules rules = {
        .name = keep(reading, node->key->text),
        .budgets = arena_alloc_zero(&config->arena, (list->count + 1) * sizeof *rules.budgets),
        .line = node->key->line,
    };
    for (const struct yaml_node *entry = list->first; entry; entry = entry->next) {
        struct budget *budget = &rules.budgets[rules.count];
        if (read_budget(reading, budget, entry, err) < 0)
            return -1;
        const struct budget *first = find_budget(rules.budgets, rules.count, budget->id);
        if (first)
            return refuse_second(reading, entry, first, err);
        rules.count++;
    }
    config->images = memory_grow(config->images, config->image_count, &config->image_capacity,
                                 sizeof *config->images);
    config->images[config->image_count++] = rules;
    return 0;
}

static int read_images(struct reading *reading, const struct yaml_node *node, struct error *err)
{
    if (!node)
        return 0;
    if (yaml_expect(reading->yaml, node, YAML_MAPPING, "'images'", err) < 0 ||
        check_count(reading, node, err) < 0)
        return -1;
    for (const struct yaml_node *image = node->first; image; image = image->next)
        if (read_image(reading, image, err) < 0)
            return -1;
    return 0;
}

static int read_version(struct reading *reading, const struct yaml_node *root, struct error *err)
{
    const struct yaml_node *version = yaml_get(root, "version");
    if (!version)
        return yaml_refuse(reading->yaml, root, "begin with 'version: 1'", err,
                           "the configuration has no 'version'");
    if (yaml_expect(reading->yaml, version, YAML_SCALAR, "'version'", err) < 0)
        return -1;
    if (strcmp(version->text, "1") != 0)
        return yaml_refuse(reading->yaml, version, "this ullage reads version 1", err,
                           "the configuration is of another version");
    return 0;
}

/* Every value with its place, for `config show`: budgets by id, else by number. */
static void list_settings(struct reading *reading, const struct yaml_node *node, struct strbuf *key)
{
    size_t index = 0, len = key->len;
    if (node->kind == YAML_SCALAR) {
        gate_config_add_setting(reading->config, key->buf, node->text, reading->config->file,
                                node->line);
        return;
    }
    for (const struct yaml_node *child = node->first; child; child = child->next, index++) {
        const struct yaml_node *id = yaml_get(child, "id");
        strbuf_addf(key, "%s", len ? "." : "");
        if (child->key)
            strbuf_add_text(key, child->key->text);
        else if (id && id->kind == YAML_SCALAR)
            strbuf_add_text(key, id->text);
        else
            strbuf_addf(key, "%zu", index);
        list_settings(reading, child, key);
        strbuf_truncate(key, len);
    }
}

int gate_config_read(struct gate_config *config, const char *file, struct span text,
                     struct error *err)
{
    cleanup_yaml struct yaml yaml = {.root = NULL};
    cleanup_strbuf struct strbuf key = STRBUF_INIT;
    config->file = arena_dup_text(&config->arena, file);
    if (yaml_parse(&yaml, file, text, ERROR_USAGE, err) < 0)
        return -1;
    struct reading reading = {.config = config, .yaml = &yaml};
    if (!yaml.root) {
        error_set(err, ERROR_USAGE, "%s: is empty", yaml.name);
        return error_hint(err, "'ullage init' writes one to begin with");
    }
    if (yaml_expect_keys(&yaml, yaml.root, top_keys, "the configuration", err) < 0 ||
        read_version(&reading, yaml.root, err) < 0 ||
        read_budgets(&reading, yaml_get(yaml.root, "budgets"), err) < 0 ||
        read_images(&reading, yaml_get(yaml.root, "images"), err) < 0 ||
        read_waivers(&reading, yaml_get(yaml.root, "waivers"), err) < 0 ||
        read_ratchet(&reading, yaml_get(yaml.root, "ratchet"), err) < 0 ||
        read_checks(&reading, yaml_get(yaml.root, "checks"), err) < 0)
        return -1;
    list_settings(&reading, yaml.root, &key);
    return 0;
}

/* "example/shop" is any tag of it; else the whole reference matches as a pattern. */
static bool names_image(const char *name, const char *reference)
{
    const char *slash = strrchr(reference, '/');
    const char *colon = strchr(slash ? slash : reference, ':');
    size_t len = colon ? (size_t)(colon - reference) : strlen(reference);
    return glob_match(name, span_of_text(reference)) || glob_match(name, span_of(reference, len));
}

void gate_config_for_image(struct gate_config *config, const struct strvec *references)
{
    for (size_t i = 0; i < config->image_count; i++) {
        const struct image_rules *rules = &config->images[i];
        bool named = false;
        for (size_t r = 0; r < references->count; r++)
            named = named || names_image(rules->name, references->items[r]);
        for (size_t b = 0; named && b < rules->count; b++) {
            struct budget *there =
                find_budget(config->budgets, config->budget_count, rules->budgets[b].id);
            *(there ? there : gate_config_add_budget(config)) = rules->budgets[b];
        }
    }
}
