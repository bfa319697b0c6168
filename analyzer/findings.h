/* Findings and warnings gathered while an image is read. A finding says something about the image (odd but
 * legal constructs, what an engine would refuse); a warning says something about our reading of it. Each
 * finding is a row of findings.def. Of one rule the first so many are kept in the order met, the rest is
 * counted. The texts are escaped for a terminal already; paths are kept as they are. */
#ifndef ULLAGE_ANALYZER_FINDINGS_H
#define ULLAGE_ANALYZER_FINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/limits.h"
#include "core/arena.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO, SEVERITY_STYLE };

enum finding_rule {
#define FINDING(id, code, severity, name, text) FINDING_##id,
#include "analyzer/findings.def"
#undef FINDING
    FINDING_RULES
};

#define NO_LAYER UINT32_MAX

struct finding {
    enum finding_rule rule;
    const char *message;
    const char *path; /* begins with '/', or NULL */
    uint32_t layer;   /* NO_LAYER: about the image */
    int64_t bytes;    /* -1: none */
    const char *fingerprint; /* of a secret (analyzer/redact.h), or NULL */
};

struct warning {
    const char *code;
    const char *message;
    const char *path;
    uint32_t layer;
};

struct findings {
    struct arena arena;
    int64_t kept_most; /* of one rule */
    struct finding *items;
    size_t count;
    size_t capacity;
    int64_t seen[FINDING_RULES];
    struct warning *warnings;
    size_t warning_count;
    size_t warning_capacity;
    int64_t warnings_dropped;
};

void findings_start(struct findings *findings, const struct limits *limits);
void findings_release(struct findings *findings);

/* `path` may be NULL; `detail` (may be NULL) is put behind the rule's own text. */
void findings_add(struct findings *findings, enum finding_rule rule, uint32_t layer,
                  const char *path, const char *detail);
/* The same with all of a finding's members but its message. */
void findings_put(struct findings *findings, const struct finding *finding, const char *detail);
void findings_add_warning(struct findings *findings, const char *code, uint32_t layer,
                          const char *path, const char *format, ...) PRINTF_LIKE(5, 6);

/* Appends what `from` has, all of it about `layer`; `from` keeps its own. */
void findings_append(struct findings *findings, const struct findings *from, uint32_t layer);

/* The same with each item's own layer. */
void findings_append_all(struct findings *findings, const struct findings *from);

const char *finding_code(enum finding_rule rule);
const char *finding_name(enum finding_rule rule);
const char *finding_text(enum finding_rule rule);
enum severity finding_severity(enum finding_rule rule);
/* Prose of explanations.def: why the rule is there, what mends it, and what breaks it. */
const char *finding_why(enum finding_rule rule);
const char *finding_fix(enum finding_rule rule);
const char *finding_example(enum finding_rule rule);
/* The rule of a code or name, FINDING_RULES if there is none. */
enum finding_rule finding_find(const char *code_or_name);
const char *severity_name(enum severity severity);

#endif
