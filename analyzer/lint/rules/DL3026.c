#include "analyzer/lint/words.h"

#include <string.h>

/* The name that people know Docker Hub by. */
static const char hub[] = "hub."
                          "docker.com";

static bool matches(const char *pattern, struct span registry)
{
    size_t len = strlen(pattern);
    if (strcmp(pattern, "*") == 0)
        return true;
    if (*pattern == '*')
        return span_ends_with(registry, pattern + 1);
    if (len && pattern[len - 1] == '*')
        return registry.len >= len - 1 && strncmp(registry.ptr, pattern, len - 1) == 0;
    return span_equals_text(registry, pattern);
}

/* An image without a registry is Docker Hub's, which has two names. */
static bool is_trusted(const struct lint *lint, struct span text)
{
    const struct strvec *trusted = &lint->config->trusted_registries;
    struct image_name image = image_name_read(text);
    bool unqualified = !image.registry.len;
    if (!trusted->count || span_equals_text(text, "scratch"))
        return true;
    for (size_t i = 0; i < trusted->count; i++)
        if (unqualified ? matches(trusted->items[i], span_of_text("docker.io")) ||
                              matches(trusted->items[i], span_of_text(hub))
                        : matches(trusted->items[i], image.registry))
            return true;
    return false;
}

static bool is_number(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

/* Of COPY --from and the mounts of RUN. */
static void check_source(struct lint *lint, const struct lint_step *step, struct span from,
                         struct extent place)
{
    if (!from.len || is_number(from) ||
        stages_copy_source(lint->stages, from, step->stage) != STAGE_NONE ||
        is_trusted(lint, from))
        return;
    lint_report(lint, step, place, "'%.*s' comes from a registry that is not trusted",
                (int)from.len, from.ptr);
}

static void check_base(struct lint *lint, const struct lint_step *step)
{
    const struct stage *stage = lint->stage[step->stage].stage;
    if (stage->base_stage != STAGE_NONE || step->unmatched.count ||
        is_trusted(lint, span_of_text(step_arg(step, 0))))
        return;
    lint_report(lint, step, arg_place(step, 0),
                "'%s' comes from a registry that is not trusted", step_arg(step, 0));
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        const struct flag *from = instruction_flag(step->instruction, "from");
        if (step->stage == STAGE_NONE)
            continue;
        if (step_is(step, INSTRUCTION_FROM) && !step->onbuild &&
            step->instruction->arg_count)
            check_base(lint, step);
        if (step_is(step, INSTRUCTION_COPY) && from)
            check_source(lint, step, from->value, from->extent);
        for (size_t m = 0; m < step->mount_count; m++)
            check_source(lint, step, span_of_text(step->mounts[m].from),
                         step->mounts[m].flag->extent);
    }
}

const struct lint_rule lint_rule_DL3026 = {
    .code = "DL3026",
    .name = "trusted-registries",
    .severity = SEVERITY_ERROR,
    .summary = "an image from a registry that is not trusted",
    .why = "Images run what their makers put in: only some makers are to be believed.",
    .fix = "Take the image from a registry of trusted-registries in the configuration.",
    .check = check,
};
