/* What rules about the commands of RUN have in common: the calls of RUN alone, packages
 * without a version, caches that stay in a layer, and edits of shell text that stay right
 * in a list of JSON strings too. */
#ifndef ULLAGE_ANALYZER_LINT_RUNS_H
#define ULLAGE_ANALYZER_LINT_RUNS_H

#include "analyzer/lint/lint.h"
#include "dockerfile/packages.h"

/* The next call of a RUN, be it the trigger of an ONBUILD. */
bool run_next_call(const struct lint *lint, struct lint_walk *walk,
                   struct lint_found *ret_found);

/* Bytes of the document that hold the word. */
struct extent run_word(const struct lint_found *found, const struct script_word *word);

/* Is the step's text run by a shell of its own, so that text can be added to it? */
bool run_is_shell_text(const struct lint_step *step);

/* How the line of that byte ends: "\n" or "\r\n". */
const char *run_newline(const struct lint *lint, size_t offset);

/* Edits of the fix that was begun last: a word behind one of the call's, and one in front
 * of it. */
void run_insert_behind(struct lint *lint, const struct lint_found *found,
                       const struct script_word *word, const char *text);
void run_insert_before(struct lint *lint, const struct lint_found *found,
                       const struct script_word *word, const char *text);

/* Puts a command behind all that the step runs, as its fix; without one where the text has
 * no end that an
 * && could follow. */
void run_fix_append(struct lint *lint, const struct lint_step *step, const char *title,
                    const char *unsafe, const char *command);

/* Reports the packages of the call that `is_pinned` refuses, as one finding at the first of
 * them. What only a shell will know is not judged. */
typedef bool run_is_pinned(const struct lint_found *found, const struct package *package);
void run_report_unpinned(struct lint *lint, const struct lint_found *found,
                         run_is_pinned *is_pinned);

/* Is the version of the package more than variables that nothing sets? */
bool run_has_version(const struct lint_found *found, const struct package *package);

/* What a rule about a cache has to know. */
struct run_cache {
    const char *id;      /* of dockerfile/shell/caches.def */
    const char *folder;  /* how the cache's folder ends wherever it is ("/.cache/yarn");
                            NULL: fixed */
    const char *message; /* what stays, for the finding */
    const char *command; /* that cleans */
    const char *unsafe;  /* of the fix */
    bool shipped_only;   /* stages that no other is built on may keep it */
};
/* Reports each RUN that fills the cache and does not empty it, at the first call that does.
 */
void run_report_cache(struct lint *lint, const struct run_cache *cache);

/* Is some mount of the step over the cache? */
bool run_mounts_cache(const struct lint_step *step, const struct cache *cache,
                      const char *folder);

/* Does the stage's content come into an image: the last stage, and those that another is
 * built on? */
bool run_is_shipped(const struct lint *lint, size_t stage);

/* What the stage is built on runs busybox; has GNU's programs; may be either. */
enum run_userland { USERLAND_UNKNOWN, USERLAND_BUSYBOX, USERLAND_GNU };
enum run_userland run_userland(const struct lint *lint, size_t stage);

#endif
