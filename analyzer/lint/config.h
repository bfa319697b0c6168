/* How a project wants its Dockerfiles read: the key `lint` of .ullage.yaml, or .hadolint.yaml as hadolint
 * reads it, and what the command line adds. */
#ifndef ULLAGE_ANALYZER_LINT_CONFIG_H
#define ULLAGE_ANALYZER_LINT_CONFIG_H

#include "analyzer/lint/rule.h"
#include "core/arena.h"
#include "core/error.h"
#include "core/span.h"
#include "core/strvec.h"

enum lint_word {
    LINT_ERROR,
    LINT_WARNING,
    LINT_INFO,
    LINT_STYLE,
    LINT_OFF,
    LINT_ON, /* with the severity of the rule */
};

/* One word about one rule; later ones win. */
struct lint_setting {
    const char *rule; /* the code of a rule, or ShellCheck's */
    enum lint_word word;
    const char *file; /* NULL: the command line */
    int64_t line;
};

/* Which rules are asked before the settings are looked at. */
enum lint_preset {
    LINT_DEFAULT,  /* all but those that are off by default */
    LINT_STRICT,   /* all */
    LINT_HADOLINT, /* what hadolint has */
    LINT_BUILDKIT, /* what BuildKit has */
    LINT_ERRORS,   /* those of severity error */
    LINT_PRESETS
};
extern const char *const lint_preset_names[]; /* ends with NULL */

/* What a label's value must be, as hadolint names it. */
enum label_type {
    LABEL_TEXT,
    LABEL_URL,
    LABEL_SEMVER,
    LABEL_HASH,
    LABEL_RFC3339,
    LABEL_SPDX,
    LABEL_EMAIL,
    LABEL_TYPES
};
extern const char *const label_type_names[]; /* ends with NULL */

struct label_schema {
    const char *name;
    enum label_type type;
};

struct lint_config {
    struct arena arena;
    const char *file; /* that ruled; NULL: none did */
    bool given;       /* the file speaks of linting */
    enum lint_preset preset;
    unsigned rule_set; /* 0: the newest */
    struct lint_setting *settings;
    size_t setting_count, setting_capacity;
    struct strvec only; /* codes: nothing else is asked */
    struct strvec trusted_registries;
    struct label_schema *labels;
    size_t label_count, label_capacity;
    bool strict_labels;
    bool no_pragmas; /* comments suppress nothing */
    bool unused_ignores; /* tell which comments suppress nothing */
    enum lint_word fail_on; /* LINT_OFF: findings never fail */
    bool fail_on_given;
    struct strvec build_args; /* "NAME=VALUE" */
    struct strvec exclude;    /* patterns of files that a walk leaves out */
    struct strvec notes;      /* what was odd in the file, but no error; not escaped */
};

void lint_config_start(struct lint_config *config);
void lint_config_release(struct lint_config *config);

/* Reads the key `lint` of a .ullage.yaml; without the key it changes nothing. Errors are ERROR_USAGE with
 * place, source line and caret. */
int lint_config_read(struct lint_config *config, const char *file, struct span text,
                     struct error *err);
/* Reads .hadolint.yaml: unknown keys and rules are notes, as hadolint passes over them. */
int lint_config_read_hadolint(struct lint_config *config, const char *file, struct span text,
                              struct error *err);

/* Adds a word about a rule, which may be named in any spelling. ERROR_USAGE, with the nearest name, if there
 * is no such rule. */
int lint_config_set(struct lint_config *config, const char *rule, enum lint_word word,
                    struct error *err);
int lint_config_add_only(struct lint_config *config, const char *rule, struct error *err);

/* Is the rule asked, and with which severity? `rule` may be NULL for ShellCheck's codes. */
bool lint_config_asks(const struct lint_config *config, const struct lint_rule *rule);
enum severity lint_config_severity(const struct lint_config *config, const char *code,
                                   enum severity severity);
/* Is the code turned off by name? */
bool lint_config_turns_off(const struct lint_config *config, const char *code);
/* The same, or others alone are asked. */
bool lint_config_ignores(const struct lint_config *config, const char *code);

/* "error", "warning", "info", "style", "off" and the words hadolint has for them. */
bool lint_word_read(const char *text, enum lint_word *ret_word);

#endif
