#include "analyzer/lint/words.h"

static bool is_pragma(const struct lint *lint, const struct comment *comment)
{
    for (size_t i = 0; i < lint->pragma_count; i++)
        if (lint->pragmas[i].extent.start == comment->extent.start)
            return true;
    return false;
}

/* The comment right above, without those that speak to linters. */
static const struct comment *comment_above(const struct lint *lint,
                                           const struct instruction *instruction)
{
    for (size_t i = instruction->comment_count; i-- > 0;) {
        const struct comment *comment =
            &lint->document->comments[instruction->first_comment + i];
        if (!is_pragma(lint, comment))
            return comment;
    }
    return NULL;
}

static bool begins_with(struct span text, struct span name)
{
    return text.len >= name.len && span_equal(span_of(text.ptr, name.len), name) &&
           (text.len == name.len || text.ptr[name.len] == ' ');
}

static void check_arg(struct lint *lint, const struct lint_step *step, struct span text)
{
    const struct instruction *instruction = step->instruction;
    for (size_t a = 0; a < instruction->arg_count; a++)
        if (begins_with(text, arg_name(&instruction->args[a])))
            return;
    struct span name = instruction->arg_count > 1 ? span_of_text("<arg_key>")
                                                  : arg_name(&instruction->args[0]);
    lint_report(lint, step, keyword_place(step),
                "Comment for ARG should follow the format: `# %.*s <description>`",
                (int)name.len, name.ptr);
}

static void check_from(struct lint *lint, const struct lint_step *step, struct span text)
{
    const char *name =
        step->stage != STAGE_NONE ? lint->stage[step->stage].stage->name : NULL;
    if (name && !begins_with(text, span_of_text(name)))
        lint_report(lint, step, keyword_place(step),
                    "Comment for FROM should follow the format: `# %s <description>`",
                    name);
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct comment *comment =
            step->onbuild ? NULL : comment_above(lint, step->instruction);
        if (!comment || !step->instruction->arg_count)
            continue;
        if (step_is(step, INSTRUCTION_ARG))
            check_arg(lint, step, comment->text);
        else if (step_is(step, INSTRUCTION_FROM))
            check_from(lint, step, comment->text);
    }
}

const struct lint_rule lint_rule_InvalidDefinitionDescription = {
    .code = "InvalidDefinitionDescription",
    .name = "definition-description",
    .severity = SEVERITY_WARNING,
    .off = true,
    .experimental = true,
    .summary = "a comment above ARG or FROM that does not begin with its name",
    .why = "docker build --call=outline shows such comments as descriptions.",
    .fix = "# NAME DESCRIPTION; a bare # parts a comment that is none.",
    .url = "https://docs.docker.com/go/dockerfile/rule/invalid-definition-description/",
    .check = check,
};
