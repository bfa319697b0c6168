#include "analyzer/lint/words.h"

#include <stdlib.h>

#include "dockerfile/suggest.h"

/* Names of arguments that FROM sees, and of those declared without a value. */
static void list_declared(const struct lint *lint, struct variables *declared)
{
    variables_copy(declared, &lint->stages->global);
    for (size_t i = 0; i < lint->count && lint->steps[i].stage == STAGE_NONE; i++) {
        const struct instruction *instruction = lint->steps[i].instruction;
        for (size_t a = 0;
             instruction->kind == INSTRUCTION_ARG && a < instruction->arg_count; a++) {
            struct span name = arg_name(&instruction->args[a]);
            cleanup_strbuf struct strbuf text = STRBUF_INIT;
            strbuf_add(&text, name.ptr, name.len);
            if (!variables_get(declared, text.buf))
                variables_set(declared, text.buf, "");
        }
    }
}

static void check_word(struct lint *lint, const struct lint_step *from, struct span word,
                       struct extent place, struct variables *declared)
{
    cleanup_expansion struct expansion expansion = EXPANSION_INIT;
    cleanup_error struct error ignored = ERROR_INIT;
    struct expand_options options = {.escape = lint->document->escape};
    if (expand_word(&expansion, word, &lint->stages->global, &options, &ignored) < 0)
        return;
    strvec_add(&declared->names, ""); /* a place for the end of the list */
    char *last = declared->names.items[declared->names.count - 1];
    declared->names.items[declared->names.count - 1] = NULL;
    for (size_t i = 0; i < expansion.unmatched.count; i++) {
        const char *name = expansion.unmatched.items[i];
        if (variables_get(declared, name))
            continue;
        const char *near = suggest_option(
            span_of_text(name), (const char *const *)declared->names.items, false);
        lint_report(lint, from, check_place(lint, from, place),
                    "FROM argument '%s' is not declared%s%s%s", name,
                    near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
    }
    declared->names.items[--declared->names.count] = NULL;
    free(last);
}

static void check(struct lint *lint)
{
    cleanup_variables struct variables declared = VARIABLES_INIT;
    list_declared(lint, &declared);
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_step *from = &lint->steps[lint->stage[s].first];
        const struct flag *platform = instruction_flag(from->instruction, "platform");
        if (from->instruction->arg_count)
            check_word(lint, from, from->instruction->args[0].text,
                       from->instruction->args[0].extent, &declared);
        if (platform)
            check_word(lint, from, platform->value, platform->extent, &declared);
    }
}

const struct lint_rule lint_rule_UndefinedArgInFrom = {
    .code = "UndefinedArgInFrom",
    .name = "undeclared-arg-in-from",
    .severity = SEVERITY_WARNING,
    .summary = "FROM uses an ARG that nobody declared",
    .why = "It is empty, and the image another one than is meant.",
    .fix = "Declare it with ARG above the first FROM.",
    .url = "https://docs.docker.com/go/dockerfile/rule/undefined-arg-in-from/",
    .check = check,
};
