#include <stdio.h>

#include "analyzer/findings.h"
#include "analyzer/lint/lint.h"
#include "cli/command.h"
#include "cli/page.h"

#define LIST_COLUMN 18

static void list_rules(struct page *page)
{
    page_heading(page, "Rules of images");
    for (enum finding_rule rule = 0; rule < FINDING_RULES; rule++) {
        cleanup_strbuf struct strbuf term = STRBUF_INIT, meaning = STRBUF_INIT;
        strbuf_addf(&term, "%s %s", finding_code(rule),
                    severity_name(finding_severity(rule)));
        strbuf_addf(&meaning, "%s: %s", finding_name(rule), finding_text(rule));
        page_row(page, term.buf, meaning.buf, LIST_COLUMN);
    }
    page_heading(page, "Rules of Dockerfiles");
    for (const struct lint_rule *const *rule = lint_rules; *rule; rule++) {
        cleanup_strbuf struct strbuf term = STRBUF_INIT, meaning = STRBUF_INIT;
        strbuf_addf(&term, "%s %s", (*rule)->code, severity_name((*rule)->severity));
        strbuf_addf(&meaning, "%s%s", (*rule)->summary,
                    (*rule)->off ? " (off by default)" : "");
        page_row(page, term.buf, meaning.buf, LIST_COLUMN);
    }
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

/* What others call it, so that who comes from there finds it. */
static void explain_names(struct page *page, const struct lint_rule *rule)
{
    cleanup_strbuf struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; i < LINT_ALIASES_MAX && rule->aliases[i]; i++)
        strbuf_addf(&names, "%s%s", names.len ? ", " : "", rule->aliases[i]);
    if (rule->twin)
        strbuf_addf(&names, "%s%s", names.len ? ", " : "", rule->twin);
    if (names.len)
        page_row(page, "also", names.buf, 11);
}

static void explain_lint(struct page *page, const struct lint_rule *rule)
{
    cleanup_strbuf struct strbuf heading = STRBUF_INIT;
    strbuf_addf(&heading, "%s %s (%s)", rule->code, rule->name ? rule->name : "",
                rule->off ? "off by default" : severity_name(rule->severity));
    page_heading(page, heading.buf);
    page_row(page, "what", rule->summary, 11);
    if (rule->why)
        page_row(page, "why", rule->why, 11);
    if (rule->fix)
        page_row(page, "fix", rule->fix, 11);
    explain_names(page, rule);
}

static void explain_shellcheck(struct page *page, const char *name)
{
    cleanup_strbuf struct strbuf where = STRBUF_INIT;
    page_heading(page, name);
    page_row(page, "what", "a finding of ShellCheck in the text of RUN", 11);
    strbuf_addf(&where, "https://www.shellcheck.net/wiki/%s", name);
    page_row(page, "why", where.buf, 11);
}

static int explain_named(struct page *page, const char *name, struct error *err)
{
    enum finding_rule rule = finding_find(name);
    const struct lint_rule *lint = lint_rule_find(name);
    if (rule != FINDING_RULES) {
        explain(page, rule);
    } else if (lint) {
        explain_lint(page, lint);
    } else if (lint_rule_is_shellcheck(name)) {
        explain_shellcheck(page, name);
    } else {
        error_set(err, ERROR_USAGE, "there is no rule '%s'", name);
        return error_hint(err, "'ullage explain' lists them");
    }
    return 0;
}

static int run(const struct invocation *invocation, struct error *err)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct page page =
        page_for(&text, invocation->terminal.output, invocation->terminal.width);
    for (size_t i = 0; i < invocation->operand_count; i++) {
        if (explain_named(&page, invocation->operands[i], err) < 0)
            return -1;
    }
    if (!invocation->operand_count)
        list_rules(&page);
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
    {"ullage explain DL3009", "why apt's lists go in the RUN that fetched them"},
    {NULL, NULL},
};

const struct command command_explain = {
    .name = "explain",
    .group = "This program",
    .summary = "explain the rule of a finding: why it is there, what mends it",
    .usage = "[RULE...]",
    .description = "RULE is a code as findings show it, IMG204 or DL3009, its name, "
                   "service-token, or for rules of "
                   "Dockerfiles what another linter calls it.",
    .examples = examples,
    .operands_max = OPERANDS_ANY,
    .operand_choices = codes,
    .run = run,
};
