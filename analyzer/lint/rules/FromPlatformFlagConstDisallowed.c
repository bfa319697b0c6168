#include "analyzer/lint/words.h"

#include <string.h>

#define NAME_MAX 64

/* Parts of a platform: both are always given in the end. Values are lent. */
struct platform {
    struct span os, arch;
};

static bool is_one_of(struct span word, const char *const *list)
{
    for (; *list; list++)
        if (span_equals_word(word, span_of_text(*list)))
            return true;
    return false;
}

static struct span plain_arch(struct span arch)
{
    static const char *const amd64[] = {"x86_64", "x86-64", "amd64", NULL};
    static const char *const arm64[] = {"aarch64", "arm64", NULL};
    static const char *const arm[] = {"armhf", "armel", "arm", NULL};
    static const char *const i386[] = {"i386", "i486", "i686", "386", NULL};
    if (is_one_of(arch, amd64))
        return span_of_text("amd64");
    if (is_one_of(arch, arm64))
        return span_of_text("arm64");
    if (is_one_of(arch, arm))
        return span_of_text("arm");
    return is_one_of(arch, i386) ? span_of_text("386") : arch;
}

/* "os", "arch" or "os/arch[/variant]". */
static bool platform_read(struct span text, struct platform *ret_platform)
{
    static const char *const systems[] = {
        "linux",  "windows", "darwin",  "macos",     "freebsd", "openbsd",
        "netbsd", "android", "aix",     "dragonfly", "illumos", "ios",
        "js",     "plan9",   "solaris", "zos",       "wasip1",  NULL};
    static const char *const machines[] = {
        "amd64", "x86_64", "x86-64", "arm64",    "aarch64", "arm",   "armhf", "armel",
        "386",   "i386",   "i486",   "i686",     "ppc64le", "ppc64", "s390x", "riscv64",
        "mips",  "mipsle", "mips64", "mips64le", "loong64", "wasm",  NULL};
    const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
    if (slash) {
        struct span rest = span_of(slash + 1, (size_t)(text.ptr + text.len - slash - 1));
        const char *variant = rest.len ? memchr(rest.ptr, '/', rest.len) : NULL;
        if (variant)
            rest.len = (size_t)(variant - rest.ptr);
        *ret_platform = (struct platform){span_of(text.ptr, (size_t)(slash - text.ptr)),
                                          plain_arch(rest)};
    } else if (is_one_of(text, systems)) {
        *ret_platform = (struct platform){text, span_of_text("amd64")};
    } else if (is_one_of(text, machines)) {
        *ret_platform = (struct platform){span_of_text("linux"), plain_arch(text)};
    } else {
        return false;
    }
    return ret_platform->os.len && ret_platform->arch.len &&
           ret_platform->os.len < NAME_MAX && ret_platform->arch.len < NAME_MAX;
}

/* A stage named after its platform is meant to have it. */
static bool is_named_after(const char *name, struct span part)
{
    char text[NAME_MAX];
    memcpy(text, part.ptr, part.len);
    text[part.len] = '\0';
    return name && span_contains_nocase(span_of_text(name), text);
}

static void check(struct lint *lint)
{
    for (size_t s = 0; s < lint->stage_count; s++) {
        const struct lint_stage *stage = &lint->stage[s];
        const struct lint_step *from = &lint->steps[stage->first];
        const struct flag *flag = instruction_flag(from->instruction, "platform");
        const char *name = stage->stage->name;
        struct platform platform;
        if (!flag || word_has_variable(lint, flag->value) ||
            !platform_read(flag->value, &platform) || is_named_after(name, platform.os) ||
            is_named_after(name, platform.arch))
            continue;
        lint_report(lint, from, check_place(lint, from, flag->extent),
                    "FROM --platform flag should not use constant value \"%.*s\"",
                    (int)flag->value.len, flag->value.ptr);
    }
}

const struct lint_rule lint_rule_FromPlatformFlagConstDisallowed = {
    .code = "FromPlatformFlagConstDisallowed",
    .name = "constant-platform",
    .severity = SEVERITY_WARNING,
    .summary = "FROM --platform with a constant",
    .why = "The stage is then built for this platform whatever the build asks for.",
    .fix = "Leave --platform out, write $BUILDPLATFORM, or name the stage after the "
           "platform.",
    .url =
        "https://docs.docker.com/go/dockerfile/rule/from-platform-flag-const-disallowed/",
    .check = check,
};
