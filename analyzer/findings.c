#include "analyzer/findings.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "core/strbuf.h"

static const struct {
    const char *code;
    enum severity severity;
    const char *name;
    const char *text;
} rules[] = {
#define FINDING(id, code, severity, name, text)                                                \
    [FINDING_##id] = {code, SEVERITY_##severity, name, text},
#include "analyzer/findings.def"
#undef FINDING
};

static const struct {
    const char *why, *fix, *example;
} explanations[FINDING_RULES] = {
#define EXPLAIN(id, why, fix, example) [FINDING_##id] = {why, fix, example},
#include "analyzer/explanations.def"
#undef EXPLAIN
};

static const char *const severities[] = {
    [SEVERITY_ERROR] = "error",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_INFO] = "info",
    [SEVERITY_STYLE] = "style",
};
static_assert(ARRAY_SIZE(severities) == SEVERITY_STYLE + 1, "every severity has a name");

const char *finding_code(enum finding_rule rule)
{
    return rules[rule].code;
}

const char *finding_name(enum finding_rule rule)
{
    return rules[rule].name;
}

const char *finding_text(enum finding_rule rule)
{
    return rules[rule].text;
}

enum severity finding_severity(enum finding_rule rule)
{
    return rules[rule].severity;
}

const char *finding_why(enum finding_rule rule)
{
    return explanations[rule].why;
}

const char *finding_fix(enum finding_rule rule)
{
    return explanations[rule].fix;
}

const char *finding_example(enum finding_rule rule)
{
    return explanations[rule].example;
}

enum finding_rule finding_find(const char *code_or_name)
{
    enum finding_rule rule = 0;
    while (rule < FINDING_RULES && strcasecmp(rules[rule].code, code_or_name) != 0 &&
           strcmp(rules[rule].name, code_or_name) != 0)
        rule++;
    return rule;
}

const char *severity_name(enum severity severity)
{
    return severities[severity];
}

void findings_start(struct findings *findings, const struct limits *limits)
{
    *findings = (struct findings){.kept_most = limits_get(limits, LIMIT_FINDINGS)};
}

void findings_release(struct findings *findings)
{
    arena_release(&findings->arena);
    free(findings->items);
    free(findings->warnings);
    *findings = (struct findings){0};
}

static void keep(struct findings *findings, struct finding finding)
{
    if (findings->seen[finding.rule]++ >= findings->kept_most)
        return;
    finding.message = arena_dup_text(&findings->arena, finding.message);
    finding.path = arena_dup_text(&findings->arena, finding.path);
    finding.fingerprint = arena_dup_text(&findings->arena, finding.fingerprint);
    findings->items = memory_grow(findings->items, findings->count, &findings->capacity,
                                  sizeof *findings->items);
    findings->items[findings->count++] = finding;
}

void findings_put(struct findings *findings, const struct finding *finding, const char *detail)
{
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    struct finding copy = *finding;
    strbuf_add_text(&message, rules[finding->rule].text);
    if (detail)
        strbuf_addf(&message, ": %s", detail);
    copy.message = message.buf;
    keep(findings, copy);
}

void findings_add(struct findings *findings, enum finding_rule rule, uint32_t layer,
                  const char *path, const char *detail)
{
    struct finding finding = {.rule = rule, .path = path, .layer = layer, .bytes = -1};
    findings_put(findings, &finding, detail);
}

static void keep_warning(struct findings *findings, struct warning warning)
{
    if ((int64_t)findings->warning_count >= findings->kept_most) {
        findings->warnings_dropped++;
        return;
    }
    warning.message = arena_dup_text(&findings->arena, warning.message);
    warning.path = arena_dup_text(&findings->arena, warning.path);
    findings->warnings = memory_grow(findings->warnings, findings->warning_count,
                                     &findings->warning_capacity, sizeof *findings->warnings);
    findings->warnings[findings->warning_count++] = warning;
}

void findings_add_warning(struct findings *findings, const char *code, uint32_t layer,
                          const char *path, const char *format, ...)
{
    cleanup_strbuf struct strbuf message = STRBUF_INIT;
    va_list args;
    va_start(args, format);
    strbuf_vaddf(&message, format, args);
    va_end(args);
    keep_warning(findings, (struct warning){
                               .code = code,
                               .message = message.buf,
                               .path = path,
                               .layer = layer,
                           });
}

static void append(struct findings *findings, const struct findings *from, bool move,
                   uint32_t layer)
{
    for (size_t i = 0; i < from->count; i++) {
        struct finding finding = from->items[i];
        finding.layer = move ? layer : finding.layer;
        keep(findings, finding);
    }
    for (size_t i = 0; i < from->warning_count; i++) {
        struct warning warning = from->warnings[i];
        warning.layer = move ? layer : warning.layer;
        keep_warning(findings, warning);
    }
    for (size_t rule = 0; rule < FINDING_RULES; rule++)
        if (from->seen[rule] > from->kept_most)
            findings->seen[rule] += from->seen[rule] - from->kept_most;
    findings->warnings_dropped += from->warnings_dropped;
}

void findings_append(struct findings *findings, const struct findings *from, uint32_t layer)
{
    append(findings, from, true, layer);
}

void findings_append_all(struct findings *findings, const struct findings *from)
{
    append(findings, from, false, NO_LAYER);
}
