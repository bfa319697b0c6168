#include "analyzer/lint/words.h"

#include <string.h>

#include "dockerfile/suggest.h"

#define NEAR_MAX 1000 /* names that are looked at for what was meant */

static bool is_asked(const struct lint_step *step)
{
    switch (step->instruction->kind) {
    case INSTRUCTION_ADD:
    case INSTRUCTION_ARG:
    case INSTRUCTION_COPY:
    case INSTRUCTION_ENV:
    case INSTRUCTION_LABEL:
    case INSTRUCTION_STOPSIGNAL:
    case INSTRUCTION_USER:
    case INSTRUCTION_VOLUME:
    case INSTRUCTION_WORKDIR:
        return !step->onbuild && step->stage != STAGE_NONE;
    default:
        return false;
    }
}

/* What was meant: a variable that is there. */
static const char *find_near(const struct lint_step *step, const char *name)
{
    const char *names[NEAR_MAX + 2];
    size_t count = 0;
    names[count++] = "PATH";
    for (const struct lint_binding *binding = step->bindings; binding && count <= NEAR_MAX;
         binding = binding->before)
        if (binding->value)
            names[count++] = binding->name;
    names[count] = NULL;
    return suggest_option(span_of_text(name), names, false);
}

/* A base that is not known here may set it. */
static bool may_be_set(const struct lint *lint, const struct lint_step *step)
{
    const struct lint_stage *stage = &lint->stage[step->stage];
    while (stage->stage->base_stage != STAGE_NONE)
        stage = &lint->stage[stage->stage->base_stage];
    return !stage->base && strcmp(stage->stage->base, "scratch") != 0;
}

static void report(struct lint *lint, const struct lint_step *step, struct extent place,
                   const char *name)
{
    const char *near = find_near(step, name);
    lint_report(lint, step, check_place(lint, step, place),
                "Usage of undefined variable '$%s'%s%s%s%s", name,
                near ? " (did you mean $" : "", near ? near : "", near ? "?)" : "",
                may_be_set(lint, step) ? "; unknown: whether the base image sets it" : "");
}

/* `wanted` are those that have no value; each is told once. */
static void check_text(struct lint *lint, const struct lint_step *step, struct span text,
                       struct extent place, struct variables *wanted)
{
    struct variable_walk walk = {0};
    struct span found;
    while (word_next_variable(text, lint->document->escape, &walk, &found)) {
        cleanup_strbuf struct strbuf name = STRBUF_INIT;
        strbuf_add(&name, found.ptr, found.len);
        const char *state = variables_get(wanted, name.buf);
        if (!state || !*state || step_binding(step, name.buf))
            continue;
        variables_set(wanted, name.buf, "");
        report(lint, step, place, name.buf);
    }
}

/* --chown and --chmod are expanded as well. */
static void check_flags(struct lint *lint, const struct lint_step *step)
{
    static const char *const names[] = {"chown", "chmod"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const struct flag *flag = instruction_flag(step->instruction, names[i]);
        cleanup_variables struct variables wanted = VARIABLES_INIT;
        struct variable_walk walk = {0};
        struct span found;
        while (flag &&
               word_next_variable(flag->value, lint->document->escape, &walk, &found)) {
            cleanup_strbuf struct strbuf name = STRBUF_INIT;
            strbuf_add(&name, found.ptr, found.len);
            if (strcmp(name.buf, "PATH") != 0)
                variables_set(&wanted, name.buf, "wanted");
        }
        if (flag)
            check_text(lint, step, flag->value, flag->extent, &wanted);
    }
}

static void check_step(struct lint *lint, const struct lint_step *step)
{
    cleanup_variables struct variables wanted = VARIABLES_INIT;
    for (size_t i = 0; i < step->unmatched.count; i++)
        variables_set(&wanted, step->unmatched.items[i], "wanted");
    for (size_t a = 0; step->unmatched.count && a < step->instruction->arg_count; a++)
        check_text(lint, step, step->instruction->args[a].text,
                   step->instruction->args[a].extent, &wanted);
    check_flags(lint, step);
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        if (is_asked(step))
            check_step(lint, step);
    }
}

const struct lint_rule lint_rule_UndefinedVar = {
    .code = "UndefinedVar",
    .name = "undefined-variable",
    .severity = SEVERITY_WARNING,
    .summary = "a variable that nothing defines",
    .why = "It is empty, and often a slip of the pen.",
    .fix = "Define it with ARG or ENV above, or mend the name.",
    .url = "https://docs.docker.com/go/dockerfile/rule/undefined-var/",
    .check = check,
};
