#include "analyzer/lint/words.h"

#include <string.h>

/* "linux/x86_64/v2" as "linux/amd64"; variants are not compared. */
static void normalize(struct strbuf *out, const char *platform)
{
    static const char *const names[][2] = {
        {"x86_64", "amd64"}, {"x86-64", "amd64"}, {"aarch64", "arm64"}, {"armhf", "arm"},
        {"armel", "arm"},    {"i386", "386"},     {"i486", "386"},      {"i686", "386"},
    };
    size_t os = strcspn(platform, "/");
    const char *arch = platform + os + (platform[os] == '/');
    size_t len = strcspn(arch, "/");
    strbuf_add(out, platform, os + (platform[os] == '/'));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (span_equals_text(span_of(arch, len), names[i][0])) {
            strbuf_add_text(out, names[i][1]);
            return;
        }
    strbuf_add(out, arch, len);
}

/* What the stage or the build asks for; NULL if nobody says. */
static const char *asked_of(const struct lint *lint, const struct lint_stage *stage)
{
    if (stage->stage->platform && *stage->stage->platform)
        return stage->stage->platform;
    return lint->options->build ? lint->options->build->target_platform : NULL;
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *from = &lint->steps[stage->first];
        const char *asked = asked_of(lint, stage);
        cleanup_strbuf struct strbuf has = STRBUF_INIT, wants = STRBUF_INIT;
        if (stage->stage->base_stage != STAGE_NONE || !stage->base ||
            !stage->base->platform || !asked)
            continue;
        normalize(&has, stage->base->platform);
        normalize(&wants, asked);
        if (strcmp(has.buf, wants.buf) != 0)
            lint_report(lint, from, check_place(lint, from, arg_place(from, 0)),
                        "Base image %s was pulled with platform \"%s\", expected \"%s\" "
                        "for current build",
                        step_arg(from, 0), has.buf, wants.buf);
    }
}

const struct lint_rule lint_rule_InvalidBaseImagePlatform = {
    .code = "InvalidBaseImagePlatform",
    .name = "base-platform",
    .severity = SEVERITY_WARNING,
    .summary = "the base image is for another platform",
    .why = "Its programs do not run on the platform that is asked for.",
    .fix = "Take an image of the platform, or name the platform with --platform.",
    .url = "https://docs.docker.com/go/dockerfile/rule/invalid-base-image-platform/",
    .check = check,
};
