#include "analyzer/lint/words.h"
#include "dockerfile/reference.h"

/* As if the build gave nothing. */
static void check(struct lint *lint)
{
    cleanup_stages struct stages plain = {.count = 0};
    struct build_options options = {.build_args = NULL};
    if (lint->options->build)
        options = *lint->options->build;
    options.build_args = NULL;
    stages_find(&plain, lint->document, &options);
    for (size_t s = 0; s < plain.count && s < lint->stage_count; s++) {
        const struct lint_step *from = &lint->steps[lint->stage[s].first];
        cleanup_expansion struct expansion expansion = EXPANSION_INIT;
        cleanup_reference struct reference reference = {.path = NULL};
        cleanup_error struct error ignored = ERROR_INIT;
        const struct expand_options words = {.escape = lint->document->escape};
        if (!from->instruction->arg_count)
            continue;
        const struct word *base = &from->instruction->args[0];
        if (expand_word(&expansion, base->text, &plain.global, &words, &ignored) < 0)
            return;
        if (reference_parse_normalized(&reference, expansion.text.buf, &ignored) < 0)
            lint_report(
                lint, from, check_place(lint, from, base->extent),
                "Default value for ARG %.*s results in empty or invalid base image name",
                (int)base->text.len, base->text.ptr);
    }
}

const struct lint_rule lint_rule_InvalidDefaultArgInFrom = {
    .code = "InvalidDefaultArgInFrom",
    .name = "default-arg-in-from",
    .severity = SEVERITY_WARNING,
    .summary = "the defaults of ARG give FROM no image",
    .why = "Whoever builds without --build-arg is refused.",
    .fix = "Give the ARG a default that makes a name.",
    .url = "https://docs.docker.com/go/dockerfile/rule/invalid-default-arg-in-from/",
    .check = check,
};
