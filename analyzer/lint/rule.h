/* A rule about Dockerfiles: a file in rules/ and a row in rules.def. A rule with hadolint's meaning carries
 * hadolint's number, one with a BuildKit check's meaning that check's name, one of our own is UL and four
 * digits. Either spelling, and what other linters call it, works wherever a rule is named. */
#ifndef ULLAGE_ANALYZER_LINT_RULE_H
#define ULLAGE_ANALYZER_LINT_RULE_H

#include <stdbool.h>

#include "analyzer/findings.h"

struct lint;

#define LINT_ALIASES_MAX 12

struct lint_rule {
    const char *code;                      /* "DL3008", "StageNameCasing", "UL1001" */
    const char *name;                      /* "pin-apt-versions" */
    const char *aliases[LINT_ALIASES_MAX]; /* of other linters; ends with NULL */
    const char *twin; /* the check of BuildKit's with this meaning: of one place both report one finding */
    enum severity severity;
    bool off;          /* unless it is enabled */
    bool experimental; /* BuildKit's word for it: "# check=experimental=" enables it too */
    unsigned since; /* the rule set that brought it; 0: the first */
    bool fixable;
    bool format; /* white space and case alone: what `ullage fmt` mends */
    const char *summary; /* what was found, one sentence without a full stop */
    const char *why;
    const char *fix; /* what to do */
    const char *url; /* NULL: none but ours */
    /* Looks at the whole file and reports what it finds (lint.h). */
    void (*check)(struct lint *lint);
};

/* The newest rule set: a configuration that pins an older one is not asked newer rules. */
#define LINT_RULE_SET 1

/* All rules, sorted by their codes; ends with NULL. */
extern const struct lint_rule *const lint_rules[];

/* Is it one of BuildKit's checks? */
bool lint_rule_is_check(const struct lint_rule *rule);

/* By code, name or alias, whatever the case; NULL if there is none. */
const struct lint_rule *lint_rule_find(const char *name);
/* ShellCheck's, which its program explains: SC and four digits. */
bool lint_rule_is_shellcheck(const char *name);

#endif
