/* What linting one file gave: findings in the order of their places, each with the bytes it is about and,
 * where there is one, the edits that mend it. */
#ifndef ULLAGE_ANALYZER_LINT_RESULT_H
#define ULLAGE_ANALYZER_LINT_RESULT_H

#include "analyzer/lint/rule.h"
#include "core/arena.h"
#include "core/span.h"

/* The bytes [begin, end) of the file give way to `text`. */
struct lint_edit {
    size_t begin, end;
    const char *text;
};

struct lint_fix {
    const char *title;          /* "add --no-install-recommends" */
    const char *unsafe;         /* what may behave differently; NULL: nothing */
    struct lint_edit *edits;    /* rising, apart from one another */
    size_t count;
};

struct lint_finding {
    const struct lint_rule *rule; /* NULL: ShellCheck's */
    const struct lint_rule *twin; /* BuildKit's check that says the same of the place; NULL */
    const char *code;
    enum severity severity;
    const char *message; /* one line, escaped for a terminal */
    size_t begin, end;   /* bytes of the file */
    const struct lint_fix *fix; /* NULL: none */
    const char *advice; /* what to do, where it is more than the rule says; NULL */
    int64_t bytes;  /* of an image that the finding is about; -1: none known */
    uint32_t layer; /* NO_LAYER */
};

/* Where a byte stands: lines and columns from 1, columns count characters. */
struct lint_place {
    uint32_t line, column;
};

/* A character every so many bytes, and its column. */
struct lint_mark {
    size_t offset;
    uint32_t column;
};

struct lint_result {
    struct arena arena;
    const char *file;  /* as it was named */
    struct span text;  /* borrowed */
    size_t *lines;     /* where each line begins */
    size_t line_count;
    struct lint_mark *marks; /* so that a place far behind in a long line is found at once */
    size_t mark_count;
    struct lint_finding *items;
    size_t count, capacity;
    bool refused; /* BuildKit would not build it */
};

void lint_result_start(struct lint_result *result, const char *file, struct span text);
void lint_result_release(struct lint_result *result);
/* Texts of the finding are copied; its fix is borrowed, best from the result's own arena. */
void lint_result_add(struct lint_result *result, const struct lint_finding *finding);
/* Sorts by place, then by code, and drops what is told twice. */
void lint_result_finish(struct lint_result *result);
/* Then sorts by bytes, the most first; those without stay in their order, behind. */
void lint_result_sort_by_bytes(struct lint_result *result);

struct lint_place lint_result_place(const struct lint_result *result, size_t offset);
/* The line, without its end. */
struct span lint_result_line(const struct lint_result *result, uint32_t line);

const char *lint_finding_name(const struct lint_finding *finding);

#endif
