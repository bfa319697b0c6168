#include "analyzer/lint/runs.h"

enum { CURL = 1, WGET = 2 };

/* What the step uses; `seen` is what came before. Tells where the second of both is called
 * first. */
static unsigned look(const struct lint_step *step, unsigned seen,
                     const struct call **ret_second)
{
    unsigned used = 0;
    *ret_second = NULL;
    for (size_t i = 0; i < step->calls->count; i++) {
        const struct call *call = step->calls->items[i];
        unsigned one = call_is(call, "curl") ? CURL : call_is(call, "wget") ? WGET : 0;
        used |= one;
        if (one && !*ret_second && ((used | seen) == (CURL | WGET)))
            *ret_second = call;
    }
    return used;
}

/* Triggers run in another build than the instructions between them. */
static void check(struct lint *lint)
{
    unsigned seen[2] = {0, 0};
    size_t stage = STAGE_NONE;
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct call *second;
        unsigned *before = &seen[step->onbuild != NULL];
        if (step->stage != stage)
            seen[0] = seen[1] = 0;
        stage = step->stage;
        if (!step_is(step, INSTRUCTION_RUN) || !step->calls)
            continue;
        unsigned used = look(step, *before, &second);
        *before |= used;
        if (second)
            lint_report(lint, step, lint_extent(step, second->words[0]->range),
                        "this stage uses both curl and wget");
    }
}

const struct lint_rule lint_rule_DL4001 = {
    .code = "DL4001",
    .name = "curl-or-wget",
    .aliases = {"AVD-DS-0014"},
    .severity = SEVERITY_WARNING,
    .summary = "both curl and wget",
    .why = "Either does the work of the other; two programs are more to install, to update "
           "and "
           "to know.",
    .fix = "Use one of them.",
    .check = check,
};
