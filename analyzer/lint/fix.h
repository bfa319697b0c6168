/* Mending a Dockerfile. The fixes of findings are edits of byte ranges. Each is proven before it is kept: the
 * edited text is parsed again, and every instruction, word, comment and heredoc that no edit touches must be
 * there as it was; BuildKit must not refuse what it took before; and the finding must be gone. What fails the
 * proof is refused and told. Mending goes on until nothing is left to mend, so a second run changes
 * nothing. */
#ifndef ULLAGE_ANALYZER_LINT_FIX_H
#define ULLAGE_ANALYZER_LINT_FIX_H

#include "analyzer/lint/lint.h"
#include "core/strbuf.h"

/* Rounds over one file: a fix may open the way for another, but not for ever. */
#define FIX_ROUNDS_MAX 100

struct fix_options {
    const struct lint_options *lint;
    bool unsafe;      /* fixes that change behaviour too */
    bool only_format; /* white space and case alone */
};

/* One mended finding. */
struct fix_done {
    const char *code, *title;
    const char *unsafe; /* NULL: it changes nothing that anybody could see */
    uint32_t line;      /* in the text before the round that mended it */
};

struct fix_refused {
    const char *code, *title, *why;
    const char *key; /* by which it is not tried again */
    uint32_t line;
};

struct fix_result {
    struct arena arena;
    struct strbuf text; /* mended */
    struct fix_done *done;
    size_t done_count, done_capacity;
    struct fix_refused *refused;
    size_t refused_count, refused_capacity;
    size_t left_unsafe;  /* findings with a fix that is not safe, not mended */
    size_t left_fixable; /* fixes that are left and were not refused: 0 but for FIX_ROUNDS_MAX */
};

#define FIX_RESULT_INIT                                                                         \
    {                                                                                          \
        .text = STRBUF_INIT                                                                    \
    }

int fix_run(struct fix_result *ret_result, const char *file, struct span text,
            const struct fix_options *options, struct error *err);
void fix_result_release(struct fix_result *result);

/* Whether `after` is `before` with these edits and nothing else in the document is different; else says what
 * is. For fix_run and for the tests of fixes. */
bool fix_is_proven(struct span before, struct span after, const struct lint_edit *edits, size_t count,
                   const char **ret_why);

#endif
