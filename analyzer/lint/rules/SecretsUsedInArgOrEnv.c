#include "analyzer/lint/words.h"

#include <string.h>

static bool is_one_of(struct span word, const char *const *list)
{
    for (; *list; list++)
        if (span_equals_word(word, span_of_text(*list)))
            return true;
    return false;
}

/* A name is taken apart at its underscores. */
static bool is_secret(struct span name)
{
    static const char *const secret[] = {"apikey", "auth",     "credential", "credentials",
                                         "key",    "password", "pword",      "passwd",
                                         "secret", "token",    NULL};
    static const char *const harmless[] = {"public", "file", "version", NULL};
    bool found = false;
    while (name.len) {
        const char *end = memchr(name.ptr, '_', name.len);
        struct span part = span_of(name.ptr, end ? (size_t)(end - name.ptr) : name.len);
        if (is_one_of(part, harmless))
            return false;
        found = found || is_one_of(part, secret);
        name = span_of(part.ptr + part.len + (end != NULL),
                       name.len - part.len - (end != NULL));
    }
    return found;
}

static void check_name(struct lint *lint, const struct lint_step *step, const char *keyword,
                       struct span name, struct extent place)
{
    if (is_secret(name))
        lint_report(lint, step, check_place(lint, step, place),
                    "Do not use ARG or ENV instructions for sensitive data (%s \"%.*s\")",
                    keyword, (int)name.len, name.ptr);
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct instruction *instruction = step->instruction;
        if (step->onbuild || step->stage == STAGE_NONE)
            continue;
        for (size_t a = 0; step_is(step, INSTRUCTION_ARG) && a < instruction->arg_count;
             a++)
            check_name(lint, step, "ARG", arg_name(&instruction->args[a]),
                       instruction->args[a].extent);
        for (size_t p = 0; step_is(step, INSTRUCTION_ENV) && p < pair_count(step); p++)
            check_name(lint, step, "ENV", pair_at(lint, step, p).name,
                       pair_at(lint, step, p).key->extent);
    }
}

const struct lint_rule lint_rule_SecretsUsedInArgOrEnv = {
    .code = "SecretsUsedInArgOrEnv",
    .name = "secret-in-arg-or-env",
    .severity = SEVERITY_WARNING,
    .summary = "a secret by its name in ARG or ENV",
    .why = "Values of ARG and ENV stay in the history and the configuration of the image, "
           "for all who have it.",
    .fix = "RUN --mount=type=secret,id=NAME",
    .url = "https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/",
    .check = check,
};
