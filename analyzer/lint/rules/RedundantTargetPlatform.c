#include "analyzer/lint/words.h"

#include <string.h>

static bool is_redundant(const struct lint *lint, struct span platform)
{
    cleanup_expansion struct expansion expansion = EXPANSION_INIT;
    cleanup_error struct error ignored = ERROR_INIT;
    struct expand_options options = {.escape = lint->document->escape};
    const char *target = variables_get(&lint->stages->global, "TARGETPLATFORM");
    return target &&
           expand_word(&expansion, platform, &lint->stages->global, &options, &ignored) ==
               0 &&
           expansion.matched.count == 1 && !expansion.unmatched.count &&
           strcmp(expansion.matched.items[0], "TARGETPLATFORM") == 0 &&
           strcmp(expansion.text.buf, target) == 0;
}

/* The flag and the blanks behind it. */
static void fix_flag(struct lint *lint, const struct flag *flag)
{
    struct extent extent = flag->extent;
    struct span text = lint->document->text;
    while (extent.end < text.len &&
           (text.ptr[extent.end] == ' ' || text.ptr[extent.end] == '\t'))
        extent.end++;
    lint_fix(lint, "leave --platform out", NULL);
    lint_edit(lint, extent, "%s", "");
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *from = &lint->steps[stage->first];
        const struct flag *platform = instruction_flag(from->instruction, "platform");
        if (!platform || !is_redundant(lint, platform->value))
            continue;
        lint_report(lint, from, check_place(lint, from, platform->extent),
                    "Setting platform to predefined %.*s in FROM is redundant as this is "
                    "the default behavior",
                    (int)platform->value.len, platform->value.ptr);
        fix_flag(lint, platform);
    }
}

const struct lint_rule lint_rule_RedundantTargetPlatform = {
    .code = "RedundantTargetPlatform",
    .name = "redundant-target-platform",
    .severity = SEVERITY_WARNING,
    .fixable = true,
    .summary = "FROM is told the platform that it takes anyway",
    .why = "That is what FROM takes without being told.",
    .fix = "Leave --platform out.",
    .url = "https://docs.docker.com/go/dockerfile/rule/redundant-target-platform/",
    .check = check,
};
