#include "generator/version.h"

#include <ctype.h>
#include <string.h>

#include "core/escape.h"
#include "core/memory.h"

static const struct version lowest = {{0, 0, 0, 0}, STAGE_BEFORE};
static const struct version highest = {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
                                       STAGE_BEHIND};

int version_order(const struct version *a, const struct version *b)
{
    for (size_t i = 0; i < VERSION_PARTS; i++)
        if (a->parts[i] != b->parts[i])
            return a->parts[i] < b->parts[i] ? -1 : 1;
    return a->stage == b->stage ? 0 : a->stage < b->stage ? -1 : 1;
}

struct version_set version_set_all(void)
{
    return (struct version_set){.items = {{lowest, highest}}, .count = 1};
}

static struct version_set between(struct version from, struct version to)
{
    struct version_set set = {.count = 0};
    if (version_order(&from, &to) < 0)
        set.items[set.count++] = (struct version_interval){from, to};
    return set;
}

/* Sets that would need more intervals than fit are cut at their lowest: the newest matter. */
static void push(struct version_set *set, struct version_interval item)
{
    if (set->count == VERSION_INTERVALS_MAX) {
        memmove(set->items, set->items + 1, (VERSION_INTERVALS_MAX - 1) * sizeof *set->items);
        set->count--;
    }
    set->items[set->count++] = item;
}

struct version_set version_set_intersect(const struct version_set *a, const struct version_set *b)
{
    struct version_set both = {.count = 0};
    size_t i = 0, j = 0;
    while (i < a->count && j < b->count) {
        const struct version_interval *x = &a->items[i], *y = &b->items[j];
        struct version from = version_order(&x->from, &y->from) > 0 ? x->from : y->from;
        bool first_ends = version_order(&x->to, &y->to) < 0;
        struct version to = first_ends ? x->to : y->to;
        if (version_order(&from, &to) < 0)
            push(&both, (struct version_interval){from, to});
        if (first_ends)
            i++;
        else
            j++;
    }
    return both;
}

struct version_set version_set_unite(const struct version_set *a, const struct version_set *b)
{
    struct version_set either = {.count = 0};
    size_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        bool from_a = j == b->count ||
                      (i < a->count && version_order(&a->items[i].from, &b->items[j].from) <= 0);
        struct version_interval next = from_a ? a->items[i++] : b->items[j++];
        struct version_interval *last = either.count ? &either.items[either.count - 1] : NULL;
        if (!last || version_order(&next.from, &last->to) > 0)
            push(&either, next);
        else if (version_order(&next.to, &last->to) > 0)
            last->to = next.to;
    }
    return either;
}

struct version_set version_set_complement(const struct version_set *set)
{
    struct version_set rest = {.count = 0};
    struct version from = lowest;
    for (size_t i = 0; i < set->count; i++) {
        if (version_order(&from, &set->items[i].from) < 0)
            push(&rest, (struct version_interval){from, set->items[i].from});
        from = set->items[i].to;
    }
    if (version_order(&from, &highest) < 0)
        push(&rest, (struct version_interval){from, highest});
    return rest;
}

bool version_set_contains(const struct version_set *set, const struct version *version)
{
    for (size_t i = 0; i < set->count; i++)
        if (version_order(&set->items[i].from, version) <= 0 &&
            version_order(version, &set->items[i].to) < 0)
            return true;
    return false;
}

bool version_set_equal(const struct version_set *a, const struct version_set *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (version_order(&a->items[i].from, &b->items[i].from) != 0 ||
            version_order(&a->items[i].to, &b->items[i].to) != 0)
            return false;
    return true;
}

/* A version as it was written: how many numbers, and whether a wildcard ended them. */
struct partial {
    struct version version;
    size_t count;
};

static struct version first_of(struct partial partial)
{
    return partial.version;
}

/* The first version that does not begin with the first `count` numbers; none of its early stages
 * either. */
static struct version after_prefix(const struct version *version, size_t count)
{
    struct version next = {.stage = STAGE_BEFORE};
    if (!count)
        return highest;
    memcpy(next.parts, version->parts, count * sizeof *next.parts);
    next.parts[count - 1]++;
    return next;
}

static struct version behind(struct version version)
{
    version.stage++;
    return version;
}

static struct version without_early(struct version version)
{
    if (version.stage == STAGE_RELEASE)
        version.stage = STAGE_BEFORE;
    return version;
}

struct version_set version_set_prefix(const struct version *version, size_t count)
{
    struct version from = *version;
    for (size_t i = count; i < VERSION_PARTS; i++)
        from.parts[i] = 0;
    if (!count)
        return version_set_all();
    from.stage = STAGE_RELEASE;
    return between(from, after_prefix(version, count));
}

static bool is_word_end(char c)
{
    return !c || strchr(" \t\n\r,|<>=!~^()[]", c) != NULL;
}

/* Numbers with points between; then a wildcard, or marks of an early stage, or of a build. */
static const char *read_partial(const char *at, struct partial *ret_partial)
{
    struct partial partial = {.version = {.stage = STAGE_RELEASE}};
    if ((*at == 'v' || *at == 'V') && isdigit((unsigned char)at[1]))
        at++;
    while (partial.count < VERSION_PARTS) {
        bool wild =
            (*at == '*' || *at == 'x' || *at == 'X') && (is_word_end(at[1]) || at[1] == '.');
        if (wild) {
            while (*at == '*' || *at == 'x' || *at == 'X' || *at == '.')
                at++;
            *ret_partial = partial;
            return is_word_end(*at) ? at : NULL;
        }
        if (!isdigit((unsigned char)*at))
            return NULL;
        uint32_t number = 0;
        for (; isdigit((unsigned char)*at); at++) {
            number = number * 10 + (uint32_t)(*at - '0');
            if (number > VERSION_NUMBER_MAX)
                return NULL;
        }
        partial.version.parts[partial.count++] = number;
        bool more = *at == '.' &&
                    (isdigit((unsigned char)at[1]) || at[1] == '*' || at[1] == 'x' || at[1] == 'X');
        if (!more)
            break;
        at++;
    }
    if (!is_word_end(*at)) {
        bool late = *at == '+' || strncmp(at, ".post", 5) == 0 || strncmp(at, "-p", 2) == 0 ||
                    *at == 'p' || strncmp(at, ".Final", 6) == 0 || strncmp(at, "@", 1) == 0 ||
                    *at == '#';
        if (!late && !strchr("-.abcrtd_", *at))
            return NULL;
        if (!late)
            partial.version.stage = STAGE_BEFORE;
        while (!is_word_end(*at))
            at++;
    }
    *ret_partial = partial;
    return at;
}

size_t version_read(struct version *ret_version, const char *text)
{
    struct partial partial;
    const char *end = read_partial(text, &partial);
    if (!end || *end)
        return 0;
    *ret_version = partial.version;
    return partial.count;
}

enum operator{
    OP_BARE,
    OP_EQUAL,
    OP_UNEQUAL,
    OP_AT_LEAST,
    OP_AT_MOST,
    OP_ABOVE,
    OP_BELOW,
    OP_CARET,
    OP_TILDE,       /* ~1.2.3: the last but one of three numbers may not change */
    OP_PESSIMISTIC, /* ~> 1.2: all but the last number that was written */
    OP_PREFIX,
};

static const struct {
    const char *text;
    enum operator operator;
} operators[] = {
    {"===", OP_EQUAL},      {"==", OP_EQUAL},    {"!=", OP_UNEQUAL},  {"~=", OP_PESSIMISTIC},
    {"~>", OP_PESSIMISTIC}, {">=", OP_AT_LEAST}, {"=>", OP_AT_LEAST}, {"<=", OP_AT_MOST},
    {"=<", OP_AT_MOST},     {"<>", OP_UNEQUAL},  {"^", OP_CARET},     {"~", OP_TILDE},
    {">", OP_ABOVE},        {"<", OP_BELOW},     {"=", OP_EQUAL},
};

/* How grammars differ where they look alike. */
struct grammar {
    const char *name;
    enum operator bare;  /* what a version alone means */
    enum operator tilde; /* what ~ means */
    bool fills;          /* ">1.2" is above 1.2.0, not above every 1.2.x; "==1.2" is 1.2.0 */
    bool alternatives;   /* || */
    bool words;          /* and, or */
    bool hyphen;         /* 1.2 - 2.3 */
};

static const struct grammar grammars[] = {
    [GRAMMAR_PREFIX] = {.name = "version", .bare = OP_PREFIX, .tilde = OP_TILDE},
    [GRAMMAR_MINIMUM] = {.name = "version", .bare = OP_AT_LEAST, .tilde = OP_TILDE},
    [GRAMMAR_NPM] = {.name = "range of npm",
                     .bare = OP_PREFIX,
                     .tilde = OP_TILDE,
                     .alternatives = true,
                     .hyphen = true},
    [GRAMMAR_PEP440] = {.name = "specifier of PEP 440",
                        .bare = OP_PREFIX,
                        .tilde = OP_TILDE,
                        .fills = true},
    [GRAMMAR_POETRY] = {.name = "constraint of poetry",
                        .bare = OP_PREFIX,
                        .tilde = OP_TILDE,
                        .fills = true,
                        .alternatives = true},
    [GRAMMAR_CARGO] = {.name = "requirement of cargo", .bare = OP_CARET, .tilde = OP_TILDE},
    [GRAMMAR_COMPOSER] = {.name = "constraint of composer",
                          .bare = OP_PREFIX,
                          .tilde = OP_PESSIMISTIC,
                          .fills = true,
                          .alternatives = true,
                          .hyphen = true},
    [GRAMMAR_GEM] = {.name = "requirement of gem",
                     .bare = OP_PREFIX,
                     .tilde = OP_TILDE,
                     .fills = true},
    [GRAMMAR_ELIXIR] = {.name = "requirement of mix",
                        .bare = OP_PREFIX,
                        .tilde = OP_TILDE,
                        .fills = true,
                        .words = true},
    [GRAMMAR_MAVEN] = {.name = "range of Maven", .bare = OP_AT_LEAST, .tilde = OP_TILDE},
};

static struct version_set caret(struct partial p)
{
    size_t fixed = 1;
    while (fixed < p.count && p.version.parts[fixed - 1] == 0)
        fixed++;
    return between(first_of(p), after_prefix(&p.version, p.count ? fixed : 0));
}

static struct version_set pessimistic(struct partial p)
{
    return between(first_of(p), after_prefix(&p.version, p.count > 1 ? p.count - 1 : p.count));
}

/* Equal in the grammars that fill up is one version, but for a wildcard ("==3.12.*"). */
static struct version_set equal_to(struct partial p, bool exact)
{
    if (p.version.stage == STAGE_BEFORE)
        return between(p.version, behind(p.version));
    if (exact || p.count >= 3)
        return between(p.version, behind(p.version));
    return version_set_prefix(&p.version, p.count);
}

static struct version_set permitted(const struct grammar *grammar, enum operator operator,
                                    struct partial p, bool wild)
{
    struct version_set set;
    bool whole = p.count >= 3 || (grammar->fills && !wild);
    switch (operator) {
    case OP_BARE:
        return permitted(grammar, grammar->bare, p, wild);
    case OP_PREFIX:
        return equal_to(p, false);
    case OP_EQUAL:
        return equal_to(p, grammar->fills && !wild);
    case OP_UNEQUAL:
        set = equal_to(p, grammar->fills && !wild);
        return version_set_complement(&set);
    case OP_AT_LEAST:
        return between(first_of(p), highest);
    case OP_AT_MOST:
        return between(lowest, whole ? behind(p.version) : after_prefix(&p.version, p.count));
    case OP_ABOVE:
        return between(whole ? behind(p.version) : after_prefix(&p.version, p.count), highest);
    case OP_BELOW:
        return between(lowest, without_early(p.version));
    case OP_CARET:
        return caret(p);
    case OP_TILDE:
        if (grammar->tilde == OP_PESSIMISTIC)
            return pessimistic(p);
        return between(first_of(p), after_prefix(&p.version, p.count < 2 ? p.count : 2));
    case OP_PESSIMISTIC:
        if (grammar->alternatives && grammar->hyphen && !grammar->fills) /* npm reads ~> as ~ */
            return between(first_of(p), after_prefix(&p.version, p.count < 2 ? p.count : 2));
        return pessimistic(p);
    }
    return version_set_all();
}

static int refuse(const struct grammar *grammar, const char *text, struct error *err)
{
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    escape_for_terminal(&shown, span_of_text(text));
    utf8_cut(&shown, 80);
    return error_set(err, ERROR_INPUT, "'%s' is no %s", shown.buf, grammar->name);
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\n\r");
}

static enum operator take_operator(const char **at)
{
    for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
        size_t len = strlen(operators[i].text);
        if (strncmp(*at, operators[i].text, len) == 0) {
            *at = skip_blanks(*at + len);
            return operators[i].operator;
        }
    }
    return OP_BARE;
}

/* One comparison, or "A - B" where the grammar has it. NULL if there is none. */
static const char *read_comparison(const struct grammar *grammar, const char *at,
                                   struct version_set *ret_set)
{
    struct partial p, to;
    enum operator operator= take_operator(&at);
    const char *end = read_partial(at, &p);
    if (!end)
        return NULL;
    bool wild = end > at && strchr("*xX", end[-1]);
    *ret_set = permitted(grammar, operator, p, wild);
    const char *dash = skip_blanks(end);
    if (!grammar->hyphen || operator!= OP_BARE ||
        dash == end || * dash != '-' || !strchr(" \t", dash[1]))
        return end;
    at = skip_blanks(dash + 1);
    end = read_partial(at, &to);
    if (!end)
        return NULL;
    struct version_set low = between(first_of(p), highest);
    struct version_set high =
        between(lowest, to.count >= 3 ? behind(to.version) : after_prefix(&to.version, to.count));
    *ret_set = version_set_intersect(&low, &high);
    return end;
}

static bool take_word(const char **at, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*at, word, len) != 0 || !strchr(" \t", (*at)[len]))
        return false;
    *at += len;
    return true;
}

static bool ends_alternative(const struct grammar *grammar, const char *at)
{
    return !*at || (grammar->alternatives && *at == '|') ||
           (grammar->words && strncmp(at, "or ", 3) == 0);
}

/* Comparisons that must all hold. */
static const char *read_conjunction(const struct grammar *grammar, const char *at,
                                    struct version_set *ret_set)
{
    struct version_set all = version_set_all(), one;
    at = skip_blanks(at);
    while (!ends_alternative(grammar, at)) {
        at = read_comparison(grammar, at, &one);
        if (!at)
            return NULL;
        all = version_set_intersect(&all, &one);
        at = skip_blanks(at);
        if (*at == ',')
            at = skip_blanks(at + 1);
        else if (grammar->words && take_word(&at, "and"))
            at = skip_blanks(at);
    }
    *ret_set = all;
    return at;
}

static int parse_alternatives(struct version_set *ret_set, const struct grammar *grammar,
                              const char *text, struct error *err)
{
    struct version_set any = {.count = 0}, one;
    const char *at = text;
    for (;;) {
        at = read_conjunction(grammar, at, &one);
        if (!at)
            return refuse(grammar, text, err);
        any = version_set_unite(&any, &one);
        if (!*at)
            break;
        at += *at == '|' && at[1] != '|' ? 1 : 2;
    }
    *ret_set = any;
    return 0;
}

/* "[from,to)" and the like, which a comma unites; both ends may be absent. */
static const char *read_maven_range(const char *at, struct version_set *ret_set)
{
    struct partial from = {.version = lowest}, to = {.version = highest};
    bool includes_from = *at == '[', has_from = false, has_to = false;
    at = skip_blanks(at + 1);
    if (*at != ',') {
        at = read_partial(at, &from);
        has_from = at != NULL;
        if (!at)
            return NULL;
        at = skip_blanks(at);
    }
    if (*at == ']' && has_from && includes_from) {
        *ret_set = equal_to(from, false);
        return at + 1;
    }
    if (*at != ',')
        return NULL;
    at = skip_blanks(at + 1);
    if (*at != ']' && *at != ')') {
        at = read_partial(at, &to);
        has_to = at != NULL;
        if (!at)
            return NULL;
        at = skip_blanks(at);
    }
    if (*at != ']' && *at != ')')
        return NULL;
    struct version low = has_from && !includes_from ? behind(from.version) : from.version;
    struct version high = !has_to      ? highest
                          : *at == ']' ? behind(to.version)
                                       : without_early(to.version);
    *ret_set = between(low, high);
    return at + 1;
}

static int parse_maven(struct version_set *ret_set, const char *text, struct error *err)
{
    const struct grammar *grammar = &grammars[GRAMMAR_MAVEN];
    struct version_set any = {.count = 0}, one;
    const char *at = skip_blanks(text);
    if (*at != '[' && *at != '(')
        return parse_alternatives(ret_set, grammar, text, err);
    for (;;) {
        at = *at == '[' || *at == '(' ? read_maven_range(at, &one) : NULL;
        if (!at)
            return refuse(grammar, text, err);
        any = version_set_unite(&any, &one);
        at = skip_blanks(at);
        if (!*at)
            break;
        at = *at == ',' ? skip_blanks(at + 1) : "";
    }
    *ret_set = any;
    return 0;
}

#define CONSTRAINT_BYTES_MAX 4096 /* the longest that people write have a hundred */

int version_set_parse(struct version_set *ret_set, enum version_grammar grammar, const char *text,
                      struct error *err)
{
    if (strlen(text) > CONSTRAINT_BYTES_MAX)
        return refuse(&grammars[grammar], text, err);
    if (grammar == GRAMMAR_MAVEN)
        return parse_maven(ret_set, text, err);
    return parse_alternatives(ret_set, &grammars[grammar], text, err);
}

static void print_prefix(struct strbuf *out, const struct version *version, size_t count)
{
    for (size_t i = 0; i < count; i++)
        strbuf_addf(out, "%s%u", i ? "." : "", (unsigned)version->parts[i]);
}

void version_set_newest(struct strbuf *out, const struct version_set *set, const char *line)
{
    struct version start;
    size_t count = version_read(&start, line);
    struct version_set whole = version_set_prefix(&start, count);
    struct version_set within = version_set_intersect(set, &whole);
    if (!count || !within.count)
        return;
    struct version_interval top = within.items[within.count - 1];
    if (version_order(&top.to, &whole.items[0].to) == 0) {
        strbuf_add_text(out, line);
        return;
    }
    if (top.to.stage == STAGE_BEHIND) { /* up to one version, that included */
        print_prefix(out, &top.to, 3);
        return;
    }
    size_t last = VERSION_PARTS;
    while (last > 1 && top.to.parts[last - 1] == 0)
        last--;
    struct version newest = top.to;
    newest.parts[last - 1]--;
    newest.stage = STAGE_RELEASE;
    struct version_set candidate = version_set_prefix(&newest, last);
    struct version_set inside = version_set_intersect(&candidate, &within);
    print_prefix(out, &newest, version_set_equal(&candidate, &inside) ? last : 3);
}
