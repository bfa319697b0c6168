#include "analyzer/lint/runs.h"

/* A RUN of more than one command was put together with a mind, and stays as it is. What another command runs
 * counts where it is a text of lines of its own. */
static size_t count_commands(const struct lint_step *step)
{
    size_t count = 0;
    for (size_t i = 0; i < step->calls->count; i++)
        count += step->calls->items[i]->through == NULL || step->instruction->heredoc_count;
    return count;
}

static bool has_same_flags(const struct instruction *a, const struct instruction *b)
{
    if (a->flag_count != b->flag_count)
        return false;
    for (size_t i = 0; i < a->flag_count; i++)
        if (!span_equal(a->flags[i].text, b->flags[i].text))
            return false;
    return true;
}

/* The bytes of the one command that the step is; false where another could not follow it
 * with &&. */
static bool one_command(const struct lint_step *step, struct extent *ret_extent)
{
    static const char stateful[] =
        "cd pushd popd set shopt export unset umask ulimit alias exec exit trap source . "
        "eval declare typeset readonly local return";
    const struct instruction *instruction = step->instruction;
    if (!run_is_shell_text(step) || instruction->heredoc_count ||
        step->script->error_count || step->script->comments || step->calls->count == 0 ||
        call_is_one_of(step->calls->items[0], stateful))
        return false;
    const struct script_pipeline *only = step->script->list->first;
    if (!only || only->next || only->background || only->negated ||
        only->commands->form != COMMAND_SIMPLE)
        return false;
    *ret_extent = lint_extent(step, only->range);
    return ret_extent->end == instruction->extent.end;
}

/* Comments between the two, which may be about the second, stay where they are: no fix. */
static void mend(struct lint *lint, const struct lint_step *first,
                 const struct lint_step *second)
{
    struct extent before, behind;
    const struct instruction *outer =
        second->onbuild ? second->onbuild->instruction : second->instruction;
    if (!one_command(first, &before) || !one_command(second, &behind) ||
        outer->comment_count)
        return;
    lint_fix(lint, "make it one RUN", NULL);
    lint_edit(lint, (struct extent){before.end, behind.start}, " %c%s    && ",
              lint->document->escape, run_newline(lint, before.end));
}

static bool is_alike(const struct lint_step *a, const struct lint_step *b)
{
    return a->calls && b->calls && count_commands(a) <= 1 && count_commands(b) <= 1 &&
           has_same_flags(a->instruction, b->instruction);
}

/* The RUN that stands directly in front; of a trigger, the trigger of the ONBUILD in front.
 */
static const struct lint_step *step_before(const struct lint *lint,
                                           const struct lint_step *step)
{
    size_t back = step->onbuild ? 2 : 1;
    if (step->number < back)
        return NULL;
    const struct lint_step *before = &lint->steps[step->number - back];
    bool fits = step_is(before, INSTRUCTION_RUN) &&
                (before->onbuild != NULL) == (step->onbuild != NULL);
    return fits ? before : NULL;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct lint_step *before =
            step_is(step, INSTRUCTION_RUN) ? step_before(lint, step) : NULL;
        if (!before || !is_alike(before, step))
            continue;
        lint_report(lint, step, step->instruction->keyword.extent,
                    "this RUN and the one in front of it could be one");
        mend(lint, before, step);
    }
}

const struct lint_rule lint_rule_DL3059 = {
    .code = "DL3059",
    .name = "merge-runs",
    .severity = SEVERITY_INFO,
    .fixable = true,
    .summary = "consecutive RUN instructions",
    .why = "Each RUN is a layer, and what one writes and the next deletes is shipped all "
           "the same.",
    .fix = "RUN FIRST && SECOND",
    .check = check,
};
