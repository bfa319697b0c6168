/* What several rules ask of the words of an instruction: quotes, variables, names of
 * images, pairs, and the place at which a finding about a word stands. */
#ifndef ULLAGE_ANALYZER_LINT_WORDS_H
#define ULLAGE_ANALYZER_LINT_WORDS_H

#include "analyzer/lint/lint.h"

#define FIX_EDITS_MAX 1000 /* a fix of more parts is not offered: adding an edit costs those before it */

/* A word without the quotes around it. */
struct span word_unquoted(struct span text);
bool span_has(struct span text, char c);
bool span_contains(struct span text, const char *part);
bool span_contains_nocase(struct span text, const char *part);
bool span_equals_word(struct span a, struct span b);

/* The variables that Docker would put in, one after the other: `$name` or `${name...}`,
 * neither escaped nor in single quotes. Start with {0}. */
struct variable_walk {
    size_t at;
    bool single, twice; /* within quotes */
};
bool word_next_variable(struct span text, char escape, struct variable_walk *walk,
                        struct span *ret_name);
bool word_has_variable(const struct lint *lint, struct span text);

/* Begins with a slash, a backslash or the letter of a drive. */
bool path_is_absolute(struct span path);

/* [registry/]name[:tag][@digest] as it is written; what is absent has no length. */
struct image_name {
    struct span registry, name, tag, digest;
};
struct image_name image_name_read(struct span text);

/* A check of BuildKit's stands on the first line of its instruction: there at the word, if
 * that is on this line, else at the keyword. */
struct extent check_place(const struct lint *lint, const struct lint_step *step,
                          struct extent word);
/* The word that gave the argument, else the keyword. */
struct extent arg_place(const struct lint_step *step, size_t index);
struct extent keyword_place(const struct lint_step *step);

/* A pair of ENV or LABEL. `value` is expanded; NULL: it needs a variable that has none. */
struct lint_pair {
    const struct word *key, *written;
    struct span name; /* the key without quotes */
    const char *value;
};
size_t pair_count(const struct lint_step *step);
struct lint_pair pair_at(const struct lint *lint, const struct lint_step *step,
                         size_t index);

/* The name that a word of ARG declares. */
struct span arg_name(const struct word *word);

/* The steps of a stage that are no triggers of ONBUILD; NULL at the end. Start with *at =
 * stage->first. */
const struct lint_step *stage_next(const struct lint *lint, const struct lint_stage *stage,
                                   size_t *at, enum instruction_kind kind);

/* Adds the fix that writes a command of plain words as an exec form, if it is one. */
void fix_exec_form(struct lint *lint, const struct lint_step *step);
/* Adds the edit that takes the whole instruction away. */
void edit_remove(struct lint *lint, const struct lint_step *step);

/* Values of labels. */
bool text_is_url(const char *text);
bool text_is_rfc3339(const char *text);
bool text_is_semver(const char *text);
bool text_is_git_hash(const char *text);
bool text_is_email(const char *text);
bool text_is_spdx(const char *text);

/* Reports each label of that type whose value is not of it. */
void labels_check(struct lint *lint, enum label_type type, bool (*is_valid)(const char *),
                  const char *what);

#endif
