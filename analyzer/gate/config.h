/* What a gate holds: budgets, waivers and the ratchet, read from one file (ours, .dive-ci) and
 * added to by the command line. Every value remembers the file and line that set it. */
#ifndef ULLAGE_ANALYZER_GATE_CONFIG_H
#define ULLAGE_ANALYZER_GATE_CONFIG_H

#include "analyzer/gate/budget.h"
#include "core/strvec.h"

#define GATE_CONFIG_VERSION 1

struct waiver {
    const char *budget;
    const char *until; /* YYYY-MM-DD, the last day */
    const char *because;
    int64_t line;
};

/* One value as `config show` prints it. */
struct setting {
    const char *key;
    const char *value;
    const char *file; /* NULL: a default */
    int64_t line;
};

/* Budgets that hold for images of a name, in place of those of the same id. */
struct image_rules {
    const char *name; /* a pattern of references: "example/shop:*" */
    struct budget *budgets;
    size_t count;
    int64_t line;
};

struct gate_config {
    struct arena arena;
    const char *file; /* that ruled; NULL: none did */
    struct budget *budgets;
    size_t budget_count, budget_capacity;
    struct waiver *waivers;
    size_t waiver_count, waiver_capacity;
    struct image_rules *images;
    size_t image_count, image_capacity;
    bool checks; /* the content rules are asked */
    struct strvec check_ignore, check_allow; /* rules, fingerprints */
    int64_t check_most_days; /* that an image may be old; 0: not said */
    bool has_ratchet;
    double ratchet_slack;      /* percent */
    const char *ratchet_write; /* the file, relative to the configuration's folder; or NULL */
    struct setting *settings;
    size_t setting_count, setting_capacity;
    struct strvec notes; /* what was odd in the file, but no error; not escaped */
};

void gate_config_release(struct gate_config *config);

/* Reads .ullage.yaml. Errors are ERROR_USAGE with place, source line and caret. */
int gate_config_read(struct gate_config *config, const char *file, struct span text,
                     struct error *err);

/* Reads .dive-ci as dive does: rules that it does not name have dive's defaults. */
int gate_config_read_dive(struct gate_config *config, const char *file, struct span text,
                          struct error *err);

/* "MEASURE=LIMIT" or "PATTERN=LIMIT" of --max and --warn; "[MEASURE=]PERCENT,FLOOR" of
 * --max-growth. */
int gate_config_add_limit(struct gate_config *config, const char *text, bool warn,
                          struct error *err);
int gate_config_add_growth(struct gate_config *config, const char *text, struct error *err);

/* The budgets for an image of these references: the arena of the configuration owns what is made.
 */
void gate_config_for_image(struct gate_config *config, const struct strvec *references);

/* Turns the text of a .dive-ci or .layerx.yaml into a configuration of ours. */
int gate_config_import(struct strbuf *out, const char *file, struct span text, struct error *err);

/* A commented configuration: with headroom above an image's sizes, or an outline (NULL). */
void gate_config_init(struct strbuf *out, const struct analysis *analysis);

/* For the readers of files. */
struct budget *gate_config_add_budget(struct gate_config *config);
void gate_config_add_setting(struct gate_config *config, const char *key, const char *value,
                             const char *file, int64_t line);

#endif
