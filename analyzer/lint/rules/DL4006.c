#include "analyzer/lint/runs.h"

static const struct call_pipe *find_pipe(const struct lint_step *step)
{
    for (size_t i = 0; i < step->calls->pipe_count; i++)
        if (step->calls->pipes[i].pipefail == FACT_NO)
            return &step->calls->pipes[i];
    return NULL;
}

/* In front of the comments above the instruction, which go on to be about it. */
static size_t line_above(const struct lint *lint, const struct instruction *instruction)
{
    if (!instruction->comment_count)
        return instruction->extent.start;
    return lint->document->comments[instruction->first_comment].extent.start;
}

#define RISK "a pipe whose first part fails or is cut short fails the build then"

/* bash is told in place; another shell has to give way first. */
static void mend(struct lint *lint, const struct lint_step *step, bool first)
{
    const struct script_pipeline *begin = step->script ? step->script->list->first : NULL;
    if (!run_is_shell_text(step) || !begin)
        return;
    if (step->script->dialect == SCRIPT_BASH) {
        size_t start = lint_extent(step, begin->range).start;
        lint_fix(lint, "set -o pipefail", RISK);
        lint_edit(lint, (struct extent){start, start}, "set -o pipefail && ");
        return;
    }
    if (step->onbuild || !first || step->shell_given)
        return;
    bool busybox = run_userland(lint, step->stage) == USERLAND_BUSYBOX;
    size_t start = line_above(lint, step->instruction);
    lint_fix(lint, "SHELL with pipefail",
             busybox ? RISK : "the image must have bash, and " RISK);
    lint_edit(lint, (struct extent){start, start},
              "SHELL [\"%s\", \"-o\", \"pipefail\", \"-c\"]%s",
              busybox ? "/bin/ash" : "/bin/bash", run_newline(lint, start));
}

static void check(struct lint *lint)
{
    size_t stage = STAGE_NONE;
    bool told = false;
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (step->stage != stage)
            told = false;
        stage = step->stage;
        const struct call_pipe *pipe =
            step_is(step, INSTRUCTION_RUN) && step->calls ? find_pipe(step) : NULL;
        if (!pipe)
            continue;
        lint_report(lint, step, lint_extent(step, pipe->pipeline->commands->pipe),
                    "the failure of what stands in front of this pipe goes unnoticed");
        mend(lint, step, !told);
        told |= !step->onbuild;
    }
}

const struct lint_rule lint_rule_DL4006 = {
    .code = "DL4006",
    .name = "pipefail",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "a pipe without pipefail",
    .why = "The exit status of a pipe is that of its last command: a download that fails "
           "in front of it "
           "leaves a build that succeeds.",
    .fix = "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]",
    .check = check,
};
