#include <stdio.h>

#include "analyzer/findings.h"
#include "analyzer/lint/rule.h"
#include "cli/command.h"
#include "cli/page.h"

#define LIST_COLUMN 18

static void list_rules(struct page *page)
{
    page_heading(page, "Rules");
    for (enum finding_rule rule = 0; rule < FINDING_RULES; rule++) {
        cleanup_strbuf struct strbuf term = STRBUF_INIT, meaning = STRBUF_INIT;
        strbuf_addf(&term, "%s %s", finding_code(rule), severity_name(finding_severity(rule)));
        strbuf_addf(&meaning, "%s: %s", finding_name(rule), finding_text(rule));
        page_row(page, term.buf, meaning.buf, LIST_COLUMN);
    }
}

static void list_lint_rules(struct page *page)
{
    page_heading(page, "Rules about Dockerfiles");
    for (const struct lint_rule *const *rule = lint_rules; *rule; rule++) {
        cleanup_strbuf struct strbuf term = STRBUF_INIT, meaning = STRBUF_INIT;
        strbuf_addf(&term, "%s %s", (*rule)->code, severity_name((*rule)->severity));
        strbuf_addf(&meaning, "%s: %s%s", (*rule)->name, (*rule)->summary,
                    (*rule)->off ? " (off by default)" : "");
        page_row(page, term.buf, meaning.buf, LIST_COLUMN);
    }
}

/* What other linters call it, and the check of BuildKit's with its meaning. */
static void name_aliases(struct page *page, const struct lint_rule *rule)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    if (rule->twin)
        strbuf_add_text(&names, rule->twin);
    for (size_t i = 0; i < LINT_ALIASES_MAX && rule->aliases[i]; i++)
        strbuf_addf(&names, "%s%s", names.len ? ", " : "", rule->aliases[i]);
    if (names.len)
        page_row(page, "also", names.buf, 11);
}

static void explain_lint_rule(struct page *page, const struct lint_rule *rule)
{
    cleanup_strbuf struct strbuf heading = STRBUF_INIT;
    strbuf_addf(&heading, "%s %s (%s%s)", rule->code, rule->name, severity_name(rule->severity),
                rule->off ? ", off by default" : "");
    page_heading(page, heading.buf);
    page_row(page, "what", rule->summary, 11);
    page_row(page, "why", rule->why, 11);
    page_row(page, "fix", rule->fix, 11);
    if (rule->fixable)
        page_row(page, "mends", "'ullage fix' does it", 11);
    name_aliases(page, rule);
    if (rule->url)
        page_row(page, "see", rule->url, 11);
}

static void explain_shellcheck(struct page *page, const char *name)
{
    cleanup_strbuf struct strbuf where = STRBUF_INIT;
    page_heading(page, name);
    page_row(page, "what", "a finding of ShellCheck in the text of RUN", 11);
    strbuf_addf(&where, "https://www.shellcheck.net/wiki/%s", name);
    page_row(page, "why", where.buf, 11);
}

static void explain(struct page *page, enum finding_rule rule)
{
    cleanup_strbuf struct strbuf heading = STRBUF_INIT;
    strbuf_addf(&heading, "%s %s (%s)", finding_code(rule), finding_name(rule),
                severity_name(finding_severity(rule)));
    page_heading(page, heading.buf);
    page_row(page, "what", finding_text(rule), 11);
    page_row(page, "why", finding_why(rule), 11);
    page_row(page, "fix", finding_fix(rule), 11);
    page_row(page, "example", finding_example(rule), 11);
}

static int run(const struct invocation *invocation, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct page page =
        page_for(&text, invocation->terminal.output, invocation->terminal.width);
    for (size_t i = 0; i < invocation->operand_count; i++) {
        enum finding_rule rule = finding_find(invocation->operands[i]);
        const struct lint_rule *lint_rule = lint_rule_find(invocation->operands[i]);
        if (rule == FINDING_RULES && lint_rule) {
            explain_lint_rule(&page, lint_rule);
            continue;
        }
        if (rule == FINDING_RULES && lint_rule_is_shellcheck(invocation->operands[i])) {
            explain_shellcheck(&page, invocation->operands[i]);
            continue;
        }
        if (rule == FINDING_RULES) {
            error_set(err, ERROR_USAGE, "there is no rule '%s'", invocation->operands[i]);
            return error_hint(err, "'ullage explain' lists them");
        }
        explain(&page, rule);
    }
    if (!invocation->operand_count) {
        list_rules(&page);
        list_lint_rules(&page);
    }
    fwrite(text.buf, 1, text.len, stdout);
    return 0;
}

/* What a shell offers. */
static const char *const codes[] = {
#define FINDING(id, code, severity, name, text) code,
#include "analyzer/findings.def"
#undef FINDING
#define RULE(code) #code,
#include "analyzer/lint/rules.def"
#undef RULE
    NULL,
};

static const struct example examples[] = {
    {"ullage explain", "all rules"},
    {"ullage explain IMG201", "why a private key is none of the image's business"},
    {"ullage explain DL3006", "why a base image has a tag"},
    {NULL, NULL},
};

const struct command command_explain = {
    .name = "explain",
    .group = "This program",
    .summary = "explain the rule of a finding: why it is there, what mends it",
    .usage = "[RULE...]",
    .description = "RULE is a code as findings show it, IMG204 or DL3006, its name, service-token, or what another linter "
                   "calls it.",
    .examples = examples,
    .operands_max = OPERANDS_ANY,
    .operand_choices = codes,
    .run = run,
};
