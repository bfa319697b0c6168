#include "analyzer/lint/words.h"

#include <stdlib.h>

/* Names of the instruction, each with the number of the last pair that sets it. */
static void list_names(const struct lint *lint, const struct lint_step *step,
                       struct variables *names, struct variables *often)
{
    for (size_t p = 0; p < pair_count(step); p++) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT, number = STRBUF_INIT;
        struct lint_pair pair = pair_at(lint, step, p);
        strbuf_add(&name, pair.name.ptr, pair.name.len);
        strbuf_addf(&number, "%zu", p);
        if (variables_get(names, name.buf))
            variables_set(often, name.buf, "");
        variables_set(names, name.buf, number.buf);
    }
}

static void check_step(struct lint *lint, const struct lint_step *step)
{
    cleanup_variables struct variables names = VARIABLES_INIT, often = VARIABLES_INIT;
    list_names(lint, step, &names, &often);
    for (size_t p = 0; p < pair_count(step); p++) {
        const struct word *value = pair_at(lint, step, p).written;
        struct variable_walk walk = {0};
        struct span name;
        while (word_next_variable(value->text, lint->document->escape, &walk, &name)) {
            cleanup_strbuf struct strbuf text = STRBUF_INIT;
            strbuf_add(&text, name.ptr, name.len);
            const char *setter = variables_get(&names, text.buf);
            if (!setter ||
                (strtoul(setter, NULL, 10) == p && !variables_get(&often, text.buf)) ||
                step_binding(step, text.buf))
                continue;
            lint_report(lint, step, value->extent, "'%s' is set by this very ENV",
                        text.buf);
            break;
        }
    }
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (step_is(step, INSTRUCTION_ENV))
            check_step(lint, step);
    }
}

const struct lint_rule lint_rule_DL3044 = {
    .code = "DL3044",
    .name = "no-self-reference",
    .severity = SEVERITY_ERROR,
    .summary = "ENV uses what it is only about to set",
    .why = "All values of one ENV are worked out before any is set: the variable is still "
           "empty.",
    .fix = "Set it with an ENV of its own, above.",
    .check = check,
};
