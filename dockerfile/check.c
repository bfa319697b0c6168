#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "core/memory.h"
#include "dockerfile/builder.h"
#include "dockerfile/reference.h"
#include "dockerfile/suggest.h"
#include "dockerfile/unicode.h"

/* A check answers with BuildKit's text, or NULL. */
struct checking {
    const struct instruction *instruction;
    struct arena *arena;
    const struct word *args;
    size_t arg_count;
};

enum flag_type { FLAG_BOOL, FLAG_TEXT, FLAG_LIST };

struct known_flag {
    const char *name; /* ends with NULL */
    enum flag_type type;
};

#define FLAGS_MAX 12

static const struct known_flag no_flags[] = {{NULL, FLAG_BOOL}};
static const struct known_flag from_flags[] = {{"platform", FLAG_TEXT}, {NULL, FLAG_BOOL}};
static const struct known_flag run_flags[] = {
    {"device", FLAG_LIST},   {"mount", FLAG_LIST}, {"network", FLAG_TEXT},
    {"security", FLAG_TEXT}, {NULL, FLAG_BOOL},
};
static const struct known_flag add_flags[] = {
    {"checksum", FLAG_TEXT}, {"chmod", FLAG_TEXT},        {"chown", FLAG_TEXT},
    {"exclude", FLAG_LIST},  {"keep-git-dir", FLAG_BOOL}, {"link", FLAG_BOOL},
    {"unpack", FLAG_BOOL},   {NULL, FLAG_BOOL},
};
static const struct known_flag copy_flags[] = {
    {"chmod", FLAG_TEXT}, {"chown", FLAG_TEXT}, {"exclude", FLAG_LIST}, {"from", FLAG_TEXT},
    {"link", FLAG_BOOL},  {"parents", FLAG_BOOL}, {NULL, FLAG_BOOL},
};
static const struct known_flag health_flags[] = {
    {"interval", FLAG_TEXT},       {"retries", FLAG_TEXT}, {"start-interval", FLAG_TEXT},
    {"start-period", FLAG_TEXT},   {"timeout", FLAG_TEXT}, {NULL, FLAG_BOOL},
};

static const char *unknown_flag(const struct checking *checking, const struct flag *flag,
                                const struct known_flag *known)
{
    const char *names[FLAGS_MAX + 1];
    size_t count = 0;
    for (; known->name; known++)
        names[count++] = known->name;
    names[count] = NULL;
    const char *near = suggest_option(flag->name, names, false);
    return arena_format(checking->arena, "unknown flag: --%.*s%s%s%s", (int)flag->name.len, flag->name.ptr,
                        near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

static const char *check_flag(const struct checking *checking, const struct flag *flag, enum flag_type type)
{
    int len = (int)flag->name.len;
    const char *name = flag->name.ptr;
    bool lacks = type == FLAG_BOOL ? flag->has_value && !flag->value.len : !flag->has_value;
    if (lacks)
        return arena_format(checking->arena, "missing a value on flag: --%.*s", len, name);
    if (type != FLAG_BOOL || !flag->has_value || span_equals_nocase(flag->value, "true") ||
        span_equals_nocase(flag->value, "false"))
        return NULL;
    return arena_format(checking->arena, "expecting boolean value for flag --%.*s, not: %.*s", len, name,
                        (int)flag->value.len, flag->value.ptr);
}

static const char *check_flags(const struct checking *checking, const struct known_flag *known)
{
    const struct instruction *instruction = checking->instruction;
    bool used[FLAGS_MAX] = {false};
    for (size_t i = 0; i < instruction->flag_count; i++) {
        const struct flag *flag = &instruction->flags[i];
        size_t number = 0;
        if (!span_starts_with(flag->text, "--"))
            return arena_format(checking->arena, "arg should start with -- : %.*s", (int)flag->text.len,
                                flag->text.ptr);
        if (flag->text.len == 2)
            return NULL;
        while (known[number].name && !span_equals_text(flag->name, known[number].name))
            number++;
        if (!known[number].name)
            return unknown_flag(checking, flag, known);
        if (used[number] && known[number].type != FLAG_LIST)
            return arena_format(checking->arena, "duplicate flag specified: --%s", known[number].name);
        used[number] = true;
        const char *error = check_flag(checking, flag, known[number].type);
        if (error)
            return error;
    }
    return NULL;
}

static const char *upper_name(const struct checking *checking)
{
    char *name = arena_dup_text(checking->arena, instruction_kind_name(checking->instruction->kind));
    for (char *p = name; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return name;
}

static const char *requires(const struct checking *checking, const char *what)
{
    return arena_format(checking->arena, "%s requires %s", upper_name(checking), what);
}

static const char *quoted(const struct checking *checking, struct span text)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    quote_go(&out, text);
    return arena_dup(checking->arena, out.buf, out.len);
}

static const char *check_pairs(const struct checking *checking)
{
    const char *error = check_flags(checking, no_flags);
    if (error)
        return error;
    if (checking->arg_count == 0)
        return requires(checking, "at least one argument");
    for (size_t i = 0; i < checking->arg_count; i += 3)
        if (!checking->args[i].text.len)
            return arena_format(checking->arena, "%s names can not be blank", upper_name(checking));
    return NULL;
}

static const char *check_one(const struct checking *checking)
{
    if (checking->arg_count != 1)
        return requires(checking, "exactly one argument");
    return checking->instruction->kind == INSTRUCTION_STOPSIGNAL ? NULL : check_flags(checking, no_flags);
}

static const char *check_copy(const struct checking *checking)
{
    bool is_add = checking->instruction->kind == INSTRUCTION_ADD;
    if (checking->arg_count < 2)
        return requires(checking, "at least two arguments, but only one was provided. Destination could "
                                  "not be determined");
    const char *error = check_flags(checking, is_add ? add_flags : copy_flags);
    if (error)
        return error;
    if (heredoc_parse(NULL, checking->args[checking->arg_count - 1].text, NULL))
        return arena_format(checking->arena, "%s cannot accept a heredoc as a destination",
                            upper_name(checking));
    return NULL;
}

static bool is_stage_name(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = (char)tolower((unsigned char)name.ptr[i]);
        bool is_letter = c >= 'a' && c <= 'z';
        if (!is_letter && (i == 0 || !c || !strchr("0123456789-_.", c)))
            return false;
    }
    return name.len > 0;
}

static const char *check_from(const struct checking *checking)
{
    bool has_name = checking->arg_count == 3 && span_equals_nocase(checking->args[1].text, "as");
    if (has_name && !is_stage_name(checking->args[2].text))
        return arena_format(checking->arena,
                            "invalid name for build stage: %s, name can't start with a number or contain "
                            "symbols",
                            quoted(checking, checking->args[2].text));
    if (!has_name && checking->arg_count != 1)
        return "FROM requires either one or three arguments";
    return check_flags(checking, from_flags);
}

static const char *check_onbuild(const struct checking *checking)
{
    const struct instruction *trigger = checking->instruction->trigger;
    if (!trigger)
        return requires(checking, "at least one argument");
    const char *error = check_flags(checking, no_flags);
    if (error)
        return error;
    switch (trigger->kind) {
    case INSTRUCTION_ONBUILD: return "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed";
    case INSTRUCTION_MAINTAINER: return "MAINTAINER isn't allowed as an ONBUILD trigger";
    case INSTRUCTION_FROM: return "FROM isn't allowed as an ONBUILD trigger";
    default: return NULL;
    }
}

static const char *check_device(const struct checking *checking, struct span text)
{
    cleanup_error struct error err = ERROR_INIT;
    cleanup_device struct device device = {.name = NULL};
    const char *value = arena_dup(checking->arena, text.ptr, text.len);
    if (device_parse(&device, value, &err) == 0)
        return NULL;
    return arena_dup_text(checking->arena, err.text);
}

static const char *check_run(const struct checking *checking)
{
    const struct instruction *instruction = checking->instruction;
    const char *error = check_flags(checking, run_flags);
    for (size_t i = 0; !error && i < instruction->flag_count; i++)
        if (span_equals_text(instruction->flags[i].name, "device"))
            error = check_device(checking, instruction->flags[i].value);
    if (error)
        return error;
    const struct flag *network = instruction_flag(instruction, "network");
    const struct flag *security = instruction_flag(instruction, "security");
    if (network && !span_equals_text(network->value, "default") &&
        !span_equals_text(network->value, "none") && !span_equals_text(network->value, "host"))
        return arena_format(checking->arena, "invalid network mode %s", quoted(checking, network->value));
    if (security && !span_equals_text(security->value, "insecure") &&
        !span_equals_text(security->value, "sandbox"))
        return arena_format(checking->arena, "security %s is not valid", quoted(checking, security->value));
    return NULL;
}

static const char *check_interval(const struct checking *checking, const char *name)
{
    const struct flag *flag = instruction_flag(checking->instruction, name);
    int64_t nanoseconds;
    cleanup_error struct error err = ERROR_INIT;
    if (!flag || !flag->value.len)
        return NULL;
    if (duration_parse(&nanoseconds, arena_dup(checking->arena, flag->value.ptr, flag->value.len), &err) < 0)
        return arena_dup_text(checking->arena, err.text);
    if (nanoseconds != 0 && nanoseconds < 1000000)
        return arena_format(checking->arena, "Interval \"%s\" cannot be less than 1ms", name);
    return NULL;
}

/* strconv.ParseInt(text, 10, 32) */
static const char *check_retries(const struct checking *checking)
{
    const struct flag *flag = instruction_flag(checking->instruction, "retries");
    if (!flag || !flag->value.len)
        return NULL;
    struct span text = flag->value;
    bool is_negative = text.ptr[0] == '-';
    size_t at = is_negative || text.ptr[0] == '+';
    int64_t value = 0;
    const char *fault = at == text.len ? "invalid syntax" : NULL;
    for (; at < text.len; at++) {
        if (text.ptr[at] < '0' || text.ptr[at] > '9') {
            fault = "invalid syntax";
            break;
        }
        if (value <= INT32_MAX)
            value = value * 10 + (text.ptr[at] - '0');
    }
    value = is_negative ? -value : value;
    if (!fault && (value > INT32_MAX || value < INT32_MIN))
        fault = "value out of range";
    if (fault)
        return arena_format(checking->arena, "strconv.ParseInt: parsing %s: %s", quoted(checking, text), fault);
    if (value < 0)
        return arena_format(checking->arena, "--retries cannot be negative (%lld)", (long long)value);
    return NULL;
}

static const char *check_health(const struct checking *checking)
{
    static const char *const intervals[] = {"interval", "timeout", "start-period", "start-interval"};
    if (checking->arg_count == 0)
        return requires(checking, "at least one argument");
    struct span type = checking->args[0].text;
    if (span_equals_nocase(type, "NONE"))
        return checking->arg_count > 1 ? "HEALTHCHECK NONE takes no arguments" : NULL;
    const char *error = check_flags(checking, health_flags);
    if (error)
        return error;
    if (!span_equals_nocase(type, "CMD")) {
        char *upper = arena_dup(checking->arena, type.ptr, type.len);
        for (size_t i = 0; i < type.len; i++)
            upper[i] = (char)toupper((unsigned char)upper[i]);
        return arena_format(checking->arena, "Unknown type %s in HEALTHCHECK (try CMD)",
                            quoted(checking, span_of(upper, type.len)));
    }
    if (checking->arg_count == 1)
        return "Missing command after HEALTHCHECK CMD";
    for (size_t i = 0; !error && i < ARRAY_SIZE(intervals); i++)
        error = check_interval(checking, intervals[i]);
    return error ? error : check_retries(checking);
}

static const char *check_expose(const struct checking *checking)
{
    return checking->arg_count ? check_flags(checking, no_flags)
                               : requires(checking, "at least one argument");
}

static const char *check_volume(const struct checking *checking)
{
    const char *error = check_expose(checking);
    for (size_t i = 0; !error && i < checking->arg_count; i++)
        if (!span_trim(checking->args[i].text).len)
            error = "VOLUME specified can not be an empty string";
    return error;
}

static const char *check_arg(const struct checking *checking)
{
    if (!checking->arg_count)
        return requires(checking, "at least one argument");
    for (size_t i = 0; i < checking->arg_count; i++)
        if (span_starts_with(checking->args[i].text, "="))
            return "ARG names can not be blank";
    return NULL;
}

static const char *check_command(const struct checking *checking)
{
    return check_flags(checking, no_flags);
}

static const char *check_shell(const struct checking *checking)
{
    const char *error = check_flags(checking, no_flags);
    if (error)
        return error;
    if (!checking->arg_count)
        return requires(checking, "at least one argument");
    return checking->instruction->form == FORM_EXEC ? NULL
                                                    : requires(checking, "the arguments to be in JSON form");
}

static bool has_lower(struct span word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] >= 'a' && word.ptr[i] <= 'z')
            return true;
    return false;
}

static const char *check_unknown(const struct checking *checking)
{
    const char *names[INSTRUCTION_UNKNOWN + 1];
    struct span word = checking->instruction->keyword.text;
    for (size_t i = 0; i < INSTRUCTION_UNKNOWN; i++)
        names[i] = instruction_kind_name((enum instruction_kind)i);
    names[INSTRUCTION_UNKNOWN] = NULL;
    const char *near = suggest_option(word, names, true);
    char *shown = near ? arena_dup_text(checking->arena, near) : NULL;
    for (char *p = shown; p && *p && !has_lower(word); p++)
        *p = (char)toupper((unsigned char)*p);
    return arena_format(checking->arena, "unknown instruction: %.*s%s%s%s", (int)word.len, word.ptr,
                        near ? " (did you mean " : "", near ? shown : "", near ? "?)" : "");
}

static const char *(*const checks[])(const struct checking *checking) = {
    [INSTRUCTION_ADD] = check_copy,
    [INSTRUCTION_ARG] = check_arg,
    [INSTRUCTION_CMD] = check_command,
    [INSTRUCTION_COPY] = check_copy,
    [INSTRUCTION_ENTRYPOINT] = check_command,
    [INSTRUCTION_ENV] = check_pairs,
    [INSTRUCTION_EXPOSE] = check_expose,
    [INSTRUCTION_FROM] = check_from,
    [INSTRUCTION_HEALTHCHECK] = check_health,
    [INSTRUCTION_LABEL] = check_pairs,
    [INSTRUCTION_MAINTAINER] = check_one,
    [INSTRUCTION_ONBUILD] = check_onbuild,
    [INSTRUCTION_RUN] = check_run,
    [INSTRUCTION_SHELL] = check_shell,
    [INSTRUCTION_STOPSIGNAL] = check_one,
    [INSTRUCTION_USER] = check_one,
    [INSTRUCTION_VOLUME] = check_volume,
    [INSTRUCTION_WORKDIR] = check_one,
    [INSTRUCTION_UNKNOWN] = check_unknown,
};

const char *instruction_check(const struct instruction *instruction, struct arena *arena)
{
    struct checking checking = {
        .instruction = instruction,
        .arena = arena,
        .args = instruction->args,
        .arg_count = instruction->arg_count,
    };
    return checks[instruction->kind](&checking);
}
