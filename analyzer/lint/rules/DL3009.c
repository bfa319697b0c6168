#include "analyzer/lint/runs.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* Official images have a file of configuration that makes apt delete packages when they are
 * installed. */
static const char docker_clean[] = "/etc/apt/apt.conf.d/docker-clean";

static bool keeps_packages(const struct lint_step *step)
{
    for (size_t i = 0; i < step->calls->count; i++)
        if (call_is(step->calls->items[i], "rm") &&
            call_has_operand(step->calls->items[i], docker_clean))
            return true;
    return false;
}

/* With docker-clean a mount over the lists is enough; without, packages need one as well.
 */
static bool is_mounted(const struct lint_step *step, bool kept)
{
    return step_mounts_over(step, "/var/lib/apt/lists") &&
           (!kept || step_mounts_over(step, "/var/cache/apt/archives"));
}

static const struct call *find_update(const struct lint_step *step)
{
    struct cache_uses uses;
    cache_uses_find(&uses, step->calls);
    for (size_t i = 0; i < uses.count; i++)
        if (strcmp(uses.items[i].cache->id, "apt-lists") == 0 && !uses.items[i].cleaned_by)
            return uses.items[i].filled_by;
    return NULL;
}

static bool installs_before_update(const struct lint_step *step)
{
    for (size_t i = 0; i < step->calls->count; i++) {
        const struct call *call = step->calls->items[i];
        if (!call_is_one_of(call, "apt-get apt aptitude"))
            continue;
        if (span_equals_text(call->subcommand, "update"))
            return false;
        if (package_manager_of(call) == PACKAGES_APT ||
            span_equals_text(call->subcommand, "upgrade") ||
            span_equals_text(call->subcommand, "dist-upgrade"))
            return true;
    }
    return false;
}

/* The last step that needs lists which an earlier one fetched; 0 without. */
static size_t last_in_need(const struct lint *lint)
{
    for (size_t i = lint->count; i > 0; i--) {
        const struct lint_step *step = &lint->steps[i - 1];
        if (step_is(step, INSTRUCTION_RUN) && step->calls && installs_before_update(step))
            return i - 1;
    }
    return 0;
}

static void check(struct lint *lint)
{
    static const char command[] = "rm -rf /var/lib/apt/lists/*";
    bool *kept = memory_alloc_zero(lint->stage_count + 1, sizeof *kept);
    size_t need = last_in_need(lint);
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        size_t stage = step->stage == STAGE_NONE ? lint->stage_count : step->stage;
        if (step_is(step, INSTRUCTION_FROM) && step->stage != STAGE_NONE &&
            lint->stage[stage].stage->base_stage != STAGE_NONE)
            kept[stage] = kept[lint->stage[stage].stage->base_stage];
        if (!step_is(step, INSTRUCTION_RUN) || !step->calls)
            continue;
        kept[stage] |= keeps_packages(step);
        const struct call *update = find_update(step);
        if (!update || is_mounted(step, kept[stage]) || !run_is_shipped(lint, step->stage))
            continue;
        lint_report(lint, step, lint_extent(step, update->range),
                    "the lists that this fetches stay in the layer");
        if (!update->through)
            run_fix_append(lint, step, command,
                           need > i ? "a later RUN installs without an update of its own"
                                    : NULL,
                           command);
    }
    free(kept);
}

const struct lint_rule lint_rule_DL3009 = {
    .code = "DL3009",
    .name = "delete-apt-lists",
    .aliases = {"DKL-DI-0005"},
    .severity = SEVERITY_INFO,
    .fixable = true,
    .summary = "the lists of apt-get update are kept",
    .why = "They are some 20 to 50 MB, of use only until the next update, and can be "
           "removed only in the "
           "RUN that fetched them.",
    .fix = "apt-get update && apt-get install -y PACKAGE && rm -rf /var/lib/apt/lists/*",
    .check = check,
};
