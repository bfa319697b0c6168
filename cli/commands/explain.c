#include <stdio.h>

#include "analyzer/findings.h"
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
        if (rule == FINDING_RULES) {
            error_set(err, ERROR_USAGE, "there is no rule '%s'", invocation->operands[i]);
            return error_hint(err, "'ullage explain' lists them");
        }
        explain(&page, rule);
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
    NULL,
};

static const struct example examples[] = {
    {"ullage explain", "all rules"},
    {"ullage explain IMG201", "why a private key is none of the image's business"},
    {NULL, NULL},
};

const struct command command_explain = {
    .name = "explain",
    .group = "This program",
    .summary = "explain the rule of a finding: why it is there, what mends it",
    .usage = "[RULE...]",
    .description = "RULE is a code as findings show it, IMG204, or its name, service-token.",
    .examples = examples,
    .operands_max = OPERANDS_ANY,
    .operand_choices = codes,
    .run = run,
};
