#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/nearest.h"
#include "core/size.h"
#include "core/strbuf.h"

/* The row that a word names, and whether the word takes it back. */
struct match {
    const struct option *row;
    const struct option_scope *scope;
    bool negated;
};

struct parser {
    const struct option_scope *scopes;
    size_t scope_count;
    char **args;
    size_t count;
    size_t next;
};

size_t options_count(const struct option *rows)
{
    size_t count = 0;
    while (rows && rows[count].name)
        count++;
    return count;
}

static bool name_is(const char *name, const char *text, size_t len)
{
    return strncmp(name, text, len) == 0 && name[len] == '\0';
}

static const struct option *find_name(const struct option *rows, const char *text,
                                      size_t len)
{
    for (const struct option *row = rows; row && row->name; row++)
        if (name_is(row->name, text, len))
            return row;
    return NULL;
}

const struct option *options_find(const struct option *rows, const char *name)
{
    return find_name(rows, name, strlen(name));
}

static const struct option *find_letter(const struct option *rows, char letter)
{
    for (const struct option *row = rows; row && row->name; row++)
        if (row->letter && row->letter == letter)
            return row;
    return NULL;
}

/* The flag that "no-x" or, for a flag called "no-x", "x" takes back. */
static const struct option *find_negated(const struct option *rows, const char *text,
                                         size_t len)
{
    bool says_no = len > 3 && strncmp(text, "no-", 3) == 0;
    for (const struct option *row = rows; row && row->name; row++) {
        if (row->type != OPTION_FLAG)
            continue;
        if (says_no && name_is(row->name, text + 3, len - 3))
            return row;
        if (strncmp(row->name, "no-", 3) == 0 && name_is(row->name + 3, text, len))
            return row;
    }
    return NULL;
}

static struct match match_long(const struct option_scope *scopes, size_t scope_count,
                               const char *text, size_t len)
{
    for (size_t i = 0; i < scope_count; i++) {
        const struct option *row = find_name(scopes[i].rows, text, len);
        if (row)
            return (struct match){.row = row, .scope = &scopes[i], .negated = false};
    }
    for (size_t i = 0; i < scope_count; i++) {
        const struct option *row = find_negated(scopes[i].rows, text, len);
        if (row)
            return (struct match){.row = row, .scope = &scopes[i], .negated = true};
    }
    return (struct match){.row = NULL};
}

static struct match match_letter(const struct option_scope *scopes, size_t scope_count,
                                 char letter)
{
    for (size_t i = 0; i < scope_count; i++) {
        const struct option *row = find_letter(scopes[i].rows, letter);
        if (row)
            return (struct match){.row = row, .scope = &scopes[i], .negated = false};
    }
    return (struct match){.row = NULL};
}

/* Values */

static int read_flag(const char *text, bool *ret_value, struct error *err)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        {"true", true},   {"yes", true}, {"on", true},   {"1", true},
        {"false", false}, {"no", false}, {"off", false}, {"0", false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strcmp(words[i].word, text) == 0) {
            *ret_value = words[i].value;
            return 0;
        }
    return error_set(err, ERROR_USAGE, "'%s' is neither true nor false", text);
}

static int read_int(const struct option *row, const char *text, int64_t *ret_value,
                    struct error *err)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    if (!*digits || digits[strspn(digits, "0123456789")])
        return error_set(err, ERROR_USAGE, "'%s' is not a whole number", text);
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno || value < row->min || value > row->max)
        return error_set(err, ERROR_USAGE, "%s is not within %" PRId64 " to %" PRId64, text,
                         row->min, row->max);
    *ret_value = value;
    return 0;
}

static int read_size(const struct option *row, const char *text, int64_t *ret_value,
                     struct error *err)
{
    int64_t value;
    if (size_parse(&value, text, err) < 0)
        return -1;
    if ((row->min || row->max) && (value < row->min || value > row->max))
        return error_set(err, ERROR_USAGE, "%s is not within %" PRId64 "B to %" PRId64 "B",
                         text, row->min, row->max);
    *ret_value = value;
    return 0;
}

static void list_words(struct strbuf *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        strbuf_addf(out, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

static int read_choice(const struct option *row, const char *text, int *ret_index,
                       struct error *err)
{
    struct nearest near = nearest_to(text);
    for (int i = 0; row->choices[i]; i++) {
        if (strcmp(row->choices[i], text) == 0) {
            *ret_index = i;
            return 0;
        }
        nearest_offer(&near, row->choices[i]);
    }
    cleanup_strbuf struct strbuf known = STRBUF_INIT;
    list_words(&known, row->choices);
    error_set(err, ERROR_USAGE, "unknown word '%s'", text);
    if (near.best)
        return error_hint(err, "did you mean '%s'? It takes %s", near.best, known.buf);
    return error_hint(err, "it takes %s", known.buf);
}

int option_assign(const struct option *row, void *values, const char *text,
                  struct error *err)
{
    char *place = (char *)values + row->offset;
    bool flag = false;
    int64_t number = 0;
    int choice = 0;

    switch (row->type) {
    case OPTION_FLAG:
        if (read_flag(text, &flag, err) < 0)
            return -1;
        memcpy(place, &flag, sizeof flag);
        return 0;
    case OPTION_TEXT:
        memcpy(place, &text, sizeof text);
        return 0;
    case OPTION_LIST:
        strvec_add((struct strvec *)(void *)place, text);
        return 0;
    case OPTION_INT:
        if (read_int(row, text, &number, err) < 0)
            return -1;
        memcpy(place, &number, sizeof number);
        return 0;
    case OPTION_SIZE:
        if (read_size(row, text, &number, err) < 0)
            return -1;
        memcpy(place, &number, sizeof number);
        return 0;
    case OPTION_CHOICE:
        if (read_choice(row, text, &choice, err) < 0)
            return -1;
        memcpy(place, &choice, sizeof choice);
        return 0;
    }
    return error_set(err, ERROR_INTERNAL, "option '--%s' has no type", row->name);
}

static void mark_given(const struct option_scope *scope, const struct option *row)
{
    if (scope->given)
        scope->given[row - scope->rows] = true;
}

static int store(const struct match *match, const char *text, const char *spelling,
                 struct error *err)
{
    if (option_assign(match->row, match->scope->values, text, err) < 0)
        return error_prefix(err, "option '%s'", spelling);
    mark_given(match->scope, match->row);
    return 0;
}

/* The command line */

static int refuse_long(const struct parser *parser, const char *word, size_t len,
                       struct error *err)
{
    cleanup_free char *name = memory_dup_bytes(word + 2, len);
    struct nearest near = nearest_to(name);
    for (size_t i = 0; i < parser->scope_count; i++)
        for (const struct option *row = parser->scopes[i].rows; row && row->name; row++)
            if (!row->hidden)
                nearest_offer(&near, row->name);
    error_set(err, ERROR_USAGE, "unknown option '--%s'", name);
    return near.best ? error_hint(err, "did you mean '--%s'?", near.best) : -1;
}

static int refuse_letter(const struct parser *parser, const char *word, char letter,
                         struct error *err)
{
    struct match match =
        match_long(parser->scopes, parser->scope_count, word + 1, strcspn(word + 1, "="));
    if (word[1] == letter && match.row && word[2]) {
        error_set(err, ERROR_USAGE, "unknown option '%s'", word);
        return error_hint(err, "did you mean '-%s'?", word);
    }
    /* a character beyond ASCII is more than one letter here: show the whole word */
    if (!word[2] || (unsigned char)letter >= 0x80)
        return error_set(err, ERROR_USAGE, "unknown option '%s'", word);
    return error_set(err, ERROR_USAGE, "unknown option '-%c' in '%s'", letter, word);
}

static int take_next(struct parser *parser, const struct match *match, const char *spelling,
                     struct error *err)
{
    if (parser->next == parser->count) {
        const char *argument = match->row->argument ? match->row->argument : "VALUE";
        error_set(err, ERROR_USAGE, "option '%s' needs a value", spelling);
        return error_hint(err, "write: %s %s", spelling, argument);
    }
    return store(match, parser->args[parser->next++], spelling, err);
}

static int parse_long(struct parser *parser, const char *word, struct error *err)
{
    size_t len = strcspn(word + 2, "=");
    const char *value = word[2 + len] ? word + 2 + len + 1 : NULL;
    cleanup_free char *spelling = memory_dup_bytes(word, 2 + len);

    struct match match = match_long(parser->scopes, parser->scope_count, word + 2, len);
    if (!match.row)
        return refuse_long(parser, word, len, err);
    if (!option_takes_value(match.row)) {
        if (value)
            return error_set(err, ERROR_USAGE, "option '%s' takes no value", spelling);
        return store(&match, match.negated ? "false" : "true", spelling, err);
    }
    if (value)
        return store(&match, value, spelling, err);
    return take_next(parser, &match, spelling, err);
}

static int parse_letters(struct parser *parser, const char *word, struct error *err)
{
    for (const char *p = word + 1; *p; p++) {
        char spelling[] = {'-', *p, '\0'};
        struct match match = match_letter(parser->scopes, parser->scope_count, *p);
        if (!match.row)
            return refuse_letter(parser, word, *p, err);
        if (option_takes_value(match.row)) {
            if (!p[1])
                return take_next(parser, &match, spelling, err);
            return store(&match, p[1] == '=' ? p + 2 : p + 1, spelling, err);
        }
        if (store(&match, "true", spelling, err) < 0)
            return -1;
    }
    return 0;
}

static void operands_add(struct operands *operands, char *word)
{
    operands->items = memory_grow(operands->items, operands->count, &operands->capacity,
                                  sizeof *operands->items);
    operands->items[operands->count++] = word;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

int options_parse(const struct option_scope *scopes, size_t scope_count, char **args,
                  size_t count, size_t operands_end_options, struct operands *operands,
                  struct error *err)
{
    struct parser parser = {.scopes = scopes,
                            .scope_count = scope_count,
                            .args = args,
                            .count = count,
                            .next = 0};
    bool options_ended = false;

    while (parser.next < count) {
        char *word = args[parser.next++];
        if (options_ended || !is_option(word)) {
            operands_add(operands, word);
            if (operands_end_options && operands->count >= operands_end_options)
                options_ended = true;
        } else if (strcmp(word, "--") == 0) {
            options_ended = true;
        } else if (word[1] == '-') {
            if (parse_long(&parser, word, err) < 0)
                return -1;
        } else if (parse_letters(&parser, word, err) < 0) {
            return -1;
        }
    }
    return 0;
}

static bool takes_next_word(const struct option_scope *scopes, size_t scope_count,
                            const char *word)
{
    if (word[1] == '-') {
        struct match match = match_long(scopes, scope_count, word + 2, strlen(word + 2));
        return match.row && option_takes_value(match.row);
    }
    for (const char *p = word + 1; *p; p++) {
        struct match match = match_letter(scopes, scope_count, *p);
        if (!match.row)
            return false;
        if (option_takes_value(match.row))
            return p[1] == '\0';
    }
    return false;
}

size_t options_first_operand(const struct option_scope *scopes, size_t scope_count,
                             char **args, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_option(args[i]))
            return i;
        if (strcmp(args[i], "--") == 0)
            return count;
        if (takes_next_word(scopes, scope_count, args[i]))
            i++;
    }
    return count;
}

int options_read_environment(const struct option_scope *scope, struct error *err)
{
    for (const struct option *row = scope->rows; row && row->name; row++) {
        if (!row->environment || (scope->given && scope->given[row - scope->rows]))
            continue;
        const char *text = getenv(row->environment);
        if (!text || !*text)
            continue;
        if (option_assign(row, scope->values, text, err) < 0)
            return error_prefix(err, "environment variable '%s'", row->environment);
        mark_given(scope, row);
    }
    return 0;
}

void options_release(const struct option *rows, void *values)
{
    for (const struct option *row = rows; row && row->name; row++)
        if (row->type == OPTION_LIST)
            strvec_release((struct strvec *)(void *)((char *)values + row->offset));
}

void operands_release(struct operands *operands)
{
    free(operands->items);
    *operands = (struct operands){.items = NULL};
}

static size_t size_of_type(enum option_type type)
{
    static const size_t sizes[] = {
        [OPTION_FLAG] = sizeof(bool),          [OPTION_TEXT] = sizeof(const char *),
        [OPTION_LIST] = sizeof(struct strvec), [OPTION_INT] = sizeof(int64_t),
        [OPTION_SIZE] = sizeof(int64_t),       [OPTION_CHOICE] = sizeof(int),
    };
    return sizes[type];
}

static const char *fault_of(const struct option *rows, const struct option *row)
{
    if (row->size != size_of_type(row->type))
        return "is stored in a member of another type";
    if (!row->summary || !*row->summary)
        return "has no summary";
    if (option_takes_value(row) != (row->argument != NULL))
        return "must name its argument if and only if it takes a value";
    if (row->type == OPTION_CHOICE && !row->choices)
        return "has no choices";
    if (row->type == OPTION_INT && row->min >= row->max)
        return "has no range";
    if (find_name(rows, row->name, strlen(row->name)) != row)
        return "is there twice";
    if (row->letter && find_letter(rows, row->letter) != row)
        return "shares its letter";
    return NULL;
}

int options_check(const struct option *rows, struct error *err)
{
    for (const struct option *row = rows; row && row->name; row++) {
        const char *fault = fault_of(rows, row);
        if (fault)
            return error_set(err, ERROR_INTERNAL, "option '--%s' %s", row->name, fault);
    }
    return 0;
}
