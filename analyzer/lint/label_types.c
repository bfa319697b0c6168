/* What the value of a label may be held to. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "analyzer/lint/words.h"

/* Takes exactly so many digits; -1 if they are not there. */
static int take_digits(const char **p, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++, ++*p) {
        if (!isdigit((unsigned char)**p))
            return -1;
        value = value * 10 + (**p - '0');
    }
    return value;
}

static bool take_char(const char **p, char c)
{
    if (**p != c)
        return false;
    ++*p;
    return true;
}

static bool is_within(int value, int low, int high)
{
    return value >= low && value <= high;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool take_date(const char **p)
{
    int year = take_digits(p, 4);
    if (year < 0 || !take_char(p, '-'))
        return false;
    int month = take_digits(p, 2);
    if (!is_within(month, 1, 12) || !take_char(p, '-'))
        return false;
    return is_within(take_digits(p, 2), 1, days_of(year, month));
}

static bool take_time(const char **p)
{
    if (!is_within(take_digits(p, 2), 0, 23) || !take_char(p, ':') ||
        !is_within(take_digits(p, 2), 0, 59) || !take_char(p, ':') ||
        !is_within(take_digits(p, 2), 0, 60))
        return false;
    if (!take_char(p, '.'))
        return true;
    size_t digits = strspn(*p, "0123456789");
    *p += digits;
    return digits > 0;
}

static bool take_zone(const char **p)
{
    if (take_char(p, 'Z') || take_char(p, 'z'))
        return true;
    if (!take_char(p, '+') && !take_char(p, '-'))
        return false;
    return is_within(take_digits(p, 2), 0, 23) && take_char(p, ':') &&
           is_within(take_digits(p, 2), 0, 59);
}

bool text_is_rfc3339(const char *text)
{
    const char *p = text;
    return take_date(&p) &&
           (take_char(&p, 'T') || take_char(&p, 't') || take_char(&p, ' ')) &&
           take_time(&p) && take_zone(&p) && !*p;
}

/* An absolute URI of RFC 3986: a scheme, and no byte that a URI has not. */
bool text_is_url(const char *text)
{
    const char *p = text;
    if (!isalpha((unsigned char)*p))
        return false;
    while (isalnum((unsigned char)*p) || (*p && strchr("+.-", *p)))
        p++;
    if (!take_char(&p, ':') || !*p)
        return false;
    for (; *p; p++) {
        if (*p == '%' && !(isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2])))
            return false;
        if (!isalnum((unsigned char)*p) && !strchr("-._~:/?#[]@!$&'()*+,;=%", *p))
            return false;
    }
    return true;
}

bool text_is_git_hash(const char *text)
{
    size_t len = strspn(text, "0123456789abcdef");
    return !text[len] && (len == 7 || len == 40);
}

/* Numbers without leading zeros. */
static bool take_number(const char **p)
{
    size_t len = strspn(*p, "0123456789");
    bool zeros = len > 1 && **p == '0';
    *p += len;
    return len && !zeros;
}

/* Identifiers parted by dots; a number may have leading zeros in the build part alone. */
static bool take_identifiers(const char **p, bool zeros_allowed)
{
    do {
        const char *start = *p;
        bool digits = true;
        for (; isalnum((unsigned char)**p) || **p == '-'; ++*p)
            digits = digits && isdigit((unsigned char)**p);
        if (*p == start || (digits && !zeros_allowed && *start == '0' && *p - start > 1))
            return false;
    } while (take_char(p, '.'));
    return true;
}

bool text_is_semver(const char *text)
{
    const char *p = text;
    if (!take_number(&p) || !take_char(&p, '.') || !take_number(&p) ||
        !take_char(&p, '.') || !take_number(&p))
        return false;
    if (take_char(&p, '-') && !take_identifiers(&p, false))
        return false;
    if (take_char(&p, '+') && !take_identifiers(&p, true))
        return false;
    return !*p;
}

static bool is_atom(const char *text, size_t len, const char *more)
{
    bool dot = true; /* none at the start, none behind another, none at the end */
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' && dot)
            return false;
        dot = text[i] == '.';
        if (!dot && !isalnum((unsigned char)text[i]) && !strchr(more, text[i]))
            return false;
    }
    return len && !dot;
}

bool text_is_email(const char *text)
{
    const char *at = strrchr(text, '@');
    if (!at || at == text)
        return false;
    size_t local = (size_t)(at - text), domain = strlen(at + 1);
    bool quoted = local > 2 && *text == '"' && at[-1] == '"';
    bool literal = domain > 2 && at[1] == '[' && at[domain] == ']';
    return (quoted || is_atom(text, local, "!#$%&'*+/=?^_`{|}~-")) &&
           (literal ||
            (is_atom(at + 1, domain, "-") && at[1] != '-' && at[domain] != '-')) &&
           strlen(text) <= 254;
}

/* Expressions of SPDX. The list of licenses and that of exceptions are sorted. */
static const char *const licenses[] = {
#define LICENSE(id) id,
#define EXCEPTION(id)
#include "analyzer/lint/licenses.def"
#undef LICENSE
#undef EXCEPTION
};
static const char *const exceptions[] = {
#define LICENSE(id)
#define EXCEPTION(id) id,
#include "analyzer/lint/licenses.def"
#undef LICENSE
#undef EXCEPTION
};

static bool is_listed(struct span id, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == id.len && strncasecmp(list[i], id.ptr, id.len) == 0)
            return true;
    return false;
}

static struct span take_token(const char **p)
{
    *p += strspn(*p, " \t");
    const char *start = *p;
    if (*start == '(' || *start == ')')
        ++*p;
    else
        *p += strcspn(*p, " \t()");
    return span_of(start, (size_t)(*p - start));
}

static bool is_license(struct span id)
{
    if (span_starts_with(id, "LicenseRef-") || span_starts_with(id, "DocumentRef-"))
        return id.len > strlen("LicenseRef-");
    if (is_listed(id, licenses, ARRAY_SIZE(licenses)))
        return true;
    if (id.len > 1 && id.ptr[id.len - 1] == '+')
        id.len--;
    return is_listed(id, licenses, ARRAY_SIZE(licenses));
}

/* Operands and operators take turns; parentheses stand where an operand may. */
bool text_is_spdx(const char *text)
{
    const char *p = text;
    size_t open = 0;
    bool wants_operand = true, wants_exception = false, is_license_before = false;
    for (struct span token = take_token(&p); token.len; token = take_token(&p)) {
        if (wants_exception) {
            if (!is_listed(token, exceptions, ARRAY_SIZE(exceptions)))
                return false;
            wants_exception = is_license_before = false;
        } else if (wants_operand && *token.ptr == '(') {
            open++;
        } else if (wants_operand) {
            if (!is_license(token))
                return false;
            wants_operand = false;
            is_license_before = true;
        } else if (*token.ptr == ')') {
            if (!open--)
                return false;
            is_license_before = false;
        } else if (span_equals_text(token, "WITH") && is_license_before) {
            wants_exception = true;
        } else if (span_equals_text(token, "AND") || span_equals_text(token, "OR")) {
            wants_operand = true;
        } else {
            return false;
        }
    }
    return !wants_operand && !wants_exception && !open;
}

void labels_check(struct lint *lint, enum label_type type, bool (*is_valid)(const char *),
                  const char *what)
{
    for (size_t i = 0; i < lint->count; i++) {
        const struct lint_step *step = &lint->steps[i];
        for (size_t p = 0; step_is(step, INSTRUCTION_LABEL) && p < pair_count(step); p++) {
            struct lint_pair pair = pair_at(lint, step, p);
            for (size_t s = 0; s < lint->config->label_count; s++) {
                const struct label_schema *schema = &lint->config->labels[s];
                if (schema->type == type && span_equals_text(pair.name, schema->name) &&
                    pair.value && !is_valid(pair.value))
                    lint_report(lint, step, pair.written->extent, "the label '%s' is %s",
                                schema->name, what);
            }
        }
    }
}
