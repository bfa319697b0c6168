/* What formats for code review and CI print: findings, each with a rule and an address,
 * whatever found them. A list is started, filled, finished, and then written by any number
 * of formats, which know nothing but the list. Texts are borrowed from who added them, or
 * live in the list's arena. */
#ifndef ULLAGE_ANALYZER_REPORT_FINDING_LIST_H
#define ULLAGE_ANALYZER_REPORT_FINDING_LIST_H

#include <stdbool.h>
#include <string.h>

#include "analyzer/findings.h"
#include "core/digest.h"
#include "core/sink.h"

struct report;

struct report_finding {
    const char *rule;    /* stable and without blanks: "IMG101", "budget/blob_bytes" */
    const char *name;    /* "duplicate-entry" */
    const char *summary; /* the rule in one sentence */
    const char *help;    /* the rule in full; NULL: the summary says it all */
    enum severity severity;
    const char *message; /* what was found, in one line, escaped for a terminal */
    const char *key;  /* what tells it from others of the rule but the path: a budget's id;
                         or NULL */
    const char *file; /* relative to the repository */
    int64_t line;     /* from 1 */
    int64_t column;   /* from 1; 0 unknown, as are the ends */
    int64_t end_line;
    int64_t end_column;
    uint32_t layer;   /* NO_LAYER: about no one layer */
    const char *path; /* in the image, begins with '/', as it is in the archive; or NULL */
    int64_t bytes;    /* -1: none */
    const char *fix;  /* what to do, or NULL */
    char fingerprint[2 * SHA256_BYTES +
                     1]; /* of rule, key and path, unique; made by the list */
};

struct finding_list {
    struct arena arena;
    const char *subject; /* what was looked at: "app"; names the run */
    struct report_finding *items;
    size_t count;
    size_t capacity;
    int64_t left_out; /* findings that are in no list */
};

/* Rules of budgets are "budget/MEASURE". */
#define BUDGET_RULE "budget/"

static inline bool finding_is_budget(const struct report_finding *finding)
{
    return strncmp(finding->rule, BUDGET_RULE, sizeof BUDGET_RULE - 1) == 0;
}

/* GitHub shows so many of a run; others show fewer. */
#define FINDING_LIST_MOST 5000
/* Characters of a text; GitHub takes no more. */
#define FINDING_TEXT_MOST 1024

void finding_list_start(struct finding_list *list, const char *subject);
void finding_list_add(struct finding_list *list, const struct report_finding *finding);
/* Sorts the worst first, keeps FINDING_LIST_MOST of them, the last of which tells how many
 * were left out, and gives each its fingerprint. */
void finding_list_finish(struct finding_list *list);
void finding_list_release(struct finding_list *list);

/* Starts a list and fills it with what a report has: findings of the image, budgets that
 * warn or fail. */
void finding_list_of_report(struct finding_list *ret_list, const struct report *report);

/* The rules of a list, by their names, each once. */
struct finding_rules {
    const struct report_finding **items; /* any finding of the rule */
    size_t count;
};
void finding_rules_of(struct finding_rules *ret_rules, const struct finding_list *list);
size_t finding_rules_find(const struct finding_rules *rules, const char *rule);
void finding_rules_release(struct finding_rules *rules);

struct report_options;
typedef int finding_list_writer(const struct finding_list *list,
                                const struct report_options *options,
                                const struct sink *sink, struct error *err);

/* For formats that print nothing but the list. */
int finding_list_write_report(finding_list_writer *write, const struct report *report,
                              const struct report_options *options, const struct sink *sink,
                              struct error *err);

#endif
