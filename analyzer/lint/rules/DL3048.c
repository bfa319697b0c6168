#include "analyzer/lint/words.h"

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *fault_of(struct span key)
{
    static const char *const reserved[] = {"com.docker.", "io.docker.",
                                           "org.dockerproject.", NULL};
    for (const char *const *prefix = reserved; *prefix; prefix++)
        if (span_starts_with(key, *prefix))
            return "begins as Docker's own do";
    if (!key.len || !is_letter(key.ptr[0]))
        return "does not begin with a lower case letter";
    if (!is_letter(key.ptr[key.len - 1]) && !is_digit(key.ptr[key.len - 1]))
        return "ends with neither letter nor digit";
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        if (!is_letter(c) && !is_digit(c) && c != '.' && c != '-')
            return "has a character that keys have not";
        if (i && (c == '.' || c == '-') && key.ptr[i - 1] == c)
            return "has two separators in a row";
    }
    return NULL;
}

static void check(struct lint *lint)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        for (size_t p = 0; step_is(step, INSTRUCTION_LABEL) && p < pair_count(step); p++) {
            struct lint_pair pair = pair_at(lint, step, p);
            const char *fault =
                word_has_variable(lint, pair.key->text) ? NULL : fault_of(pair.name);
            if (fault)
                lint_report(lint, step, pair.key->extent, "the key '%.*s' %s",
                            (int)pair.name.len, pair.name.ptr, fault);
        }
    }
}

const struct lint_rule lint_rule_DL3048 = {
    .code = "DL3048",
    .name = "label-keys",
    .severity = SEVERITY_STYLE,
    .summary = "a label with an odd key",
    .why = "Keys are lower case letters and digits, parted by single dots and dashes; some"
           " beginnings are reserved.",
    .fix = "org.example.some-key=VALUE",
    .check = check,
};
