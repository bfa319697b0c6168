#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/options.h"
#include "core/nearest.h"

enum form { FORM_TEXT, FORM_JSON, FORM_CSV };

struct values {
    const char *output;
    struct strvec exclude;
    int64_t top;
    int64_t minimum;
    enum form form;
    bool strict;
    bool no_cache;
};

static const char *const forms[] = {"text", "json", "csv", NULL};

static const struct option rows[] = {
    {.name = "output",
     .letter = 'o',
     .type = OPTION_TEXT,
     OPTION_AT(struct values, output),
     .argument = "FILE",
     .summary = "write to FILE"},
    {.name = "exclude",
     .type = OPTION_LIST,
     OPTION_AT(struct values, exclude),
     .argument = "GLOB",
     .summary = "leave out what matches"},
    {.name = "top",
     .letter = 'n',
     .type = OPTION_INT,
     OPTION_AT(struct values, top),
     .argument = "N",
     .min = 0,
     .max = 100,
     .summary = "so many rows",
     .environment = "ULLAGE_TEST_TOP"},
    {.name = "minimum",
     .type = OPTION_SIZE,
     OPTION_AT(struct values, minimum),
     .argument = "SIZE",
     .max = 1000000,
     .summary = "smallest file"},
    {.name = "format",
     .letter = 'f',
     .type = OPTION_CHOICE,
     OPTION_AT(struct values, form),
     .argument = "FORMAT",
     .choices = forms,
     .summary = "form of the output"},
    {.name = "strict",
     .letter = 's',
     .type = OPTION_FLAG,
     OPTION_AT(struct values, strict),
     .summary = "warnings fail too"},
    {.name = "no-cache",
     .type = OPTION_FLAG,
     OPTION_AT(struct values, no_cache),
     .summary = "forget"},
    {.name = "secret",
     .type = OPTION_FLAG,
     OPTION_AT(struct values, strict),
     .summary = "not in help",
     .hidden = true},
    OPTION_END,
};

struct parsed {
    struct values values;
    bool given[ARRAY_SIZE(rows)];
    struct operands operands;
    struct error err;
    int result;
};

#define WORDS_MAX 16

/* Parses a line of words that are parted by single spaces; "''" is the empty word. */
static struct parsed *parse_until(const char *line, size_t operands_end_options)
{
    static struct parsed parsed;
    static char text[256];
    char *words[WORDS_MAX];
    size_t count = 0;

    parsed = (struct parsed){.values = {.output = "-", .top = 20}};
    assert_true(strlen(line) < sizeof text);
    strcpy(text, line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        assert_true(count < WORDS_MAX);
        words[count++] = strcmp(word, "''") == 0 ? word + 2 : word;
    }
    struct option_scope scope = {
        .rows = rows, .values = &parsed.values, .given = parsed.given};
    parsed.result = options_parse(&scope, 1, words, count, operands_end_options,
                                  &parsed.operands, &parsed.err);
    return &parsed;
}

static struct parsed *parse(const char *line)
{
    return parse_until(line, 0);
}

static void forget(struct parsed *parsed)
{
    options_release(rows, &parsed->values);
    operands_release(&parsed->operands);
    error_release(&parsed->err);
}

static void assert_refused(const char *line, const char *text, const char *hint)
{
    struct parsed *parsed = parse(line);

    assert_int_equal(parsed->result, -1);
    assert_int_equal(parsed->err.code, ERROR_USAGE);
    assert_string_equal(parsed->err.text, text);
    if (hint)
        assert_string_equal(parsed->err.hint, hint);
    else
        assert_null(parsed->err.hint);
    forget(parsed);
}

static void rows_are_sound(void **state)
{
    (void)state;
    struct error err = ERROR_INIT;

    assert_int_equal(options_check(rows, &err), 0);
}

static void check_finds_member_of_wrong_type(void **state)
{
    (void)state;
    static const struct option wrong[] = {
        {.name = "top",
         .type = OPTION_FLAG,
         OPTION_AT(struct values, top),
         .summary = "a flag in a number"},
        OPTION_END,
    };
    struct error err = ERROR_INIT;

    assert_int_equal(options_check(wrong, &err), -1);
    assert_string_equal(err.text, "option '--top' is stored in a member of another type");
    error_release(&err);
}

static void defaults_stay_when_nothing_is_given(void **state)
{
    (void)state;
    struct parsed *parsed = parse("app.tar");

    assert_int_equal(parsed->result, 0);
    assert_string_equal(parsed->values.output, "-");
    assert_int_equal(parsed->values.top, 20);
    assert_false(parsed->given[0]);
    assert_int_equal(parsed->operands.count, 1);
    forget(parsed);
}

static void value_follows_or_is_attached(void **state)
{
    (void)state;
    static const char *const spellings[] = {
        "--top 5", "--top=5", "-n 5", "-n5", "-n=5", "-sn5", "-sn 5",
    };
    for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
        struct parsed *parsed = parse(spellings[i]);
        assert_int_equal(parsed->result, 0);
        assert_int_equal(parsed->values.top, 5);
        assert_true(parsed->given[2]);
        assert_int_equal(parsed->operands.count, 0);
        forget(parsed);
    }
}

static void every_type_is_stored(void **state)
{
    (void)state;
    struct parsed *parsed =
        parse("--output a --minimum 1.5kB --format csv --strict --exclude x --exclude=y");

    assert_int_equal(parsed->result, 0);
    assert_string_equal(parsed->values.output, "a");
    assert_int_equal(parsed->values.minimum, 1500);
    assert_int_equal(parsed->values.form, FORM_CSV);
    assert_true(parsed->values.strict);
    assert_int_equal(parsed->values.exclude.count, 2);
    assert_string_equal(parsed->values.exclude.items[1], "y");
    forget(parsed);
}

static void last_one_wins(void **state)
{
    (void)state;
    struct parsed *parsed = parse("-n 1 --top 2 --strict --no-strict");

    assert_int_equal(parsed->values.top, 2);
    assert_false(parsed->values.strict);
    forget(parsed);
}

static void flag_named_no_is_undone_without_no(void **state)
{
    (void)state;
    struct parsed *parsed = parse("--no-cache");
    assert_true(parsed->values.no_cache);
    forget(parsed);

    parsed = parse("--no-cache --cache");
    assert_false(parsed->values.no_cache);
    forget(parsed);
}

static void options_and_operands_mix(void **state)
{
    (void)state;
    struct parsed *parsed = parse("a -s b --top 3 - c");

    assert_int_equal(parsed->result, 0);
    assert_int_equal(parsed->operands.count, 4);
    assert_string_equal(parsed->operands.items[2], "-");
    assert_string_equal(parsed->operands.items[3], "c");
    forget(parsed);
}

static void two_dashes_end_options(void **state)
{
    (void)state;
    struct parsed *parsed = parse("-s -- -n --top --");

    assert_int_equal(parsed->result, 0);
    assert_int_equal(parsed->operands.count, 3);
    assert_string_equal(parsed->operands.items[2], "--");
    forget(parsed);
}

static void operand_may_end_options(void **state)
{
    (void)state;
    struct parsed *parsed = parse_until("-s image ls -n --bogus", 1);

    assert_int_equal(parsed->result, 0);
    assert_true(parsed->values.strict);
    assert_int_equal(parsed->operands.count, 4);
    forget(parsed);
}

static void text_may_be_empty_or_look_like_an_option(void **state)
{
    (void)state;
    struct parsed *parsed = parse("--output=");
    assert_string_equal(parsed->values.output, "");
    forget(parsed);

    parsed = parse("--output --strict ''");
    assert_string_equal(parsed->values.output, "--strict");
    assert_false(parsed->values.strict);
    assert_string_equal(parsed->operands.items[0], "");
    forget(parsed);
}

static void unknown_option_suggests_the_nearest(void **state)
{
    (void)state;
    assert_refused("--fromat json", "unknown option '--fromat'",
                   "did you mean '--format'?");
    assert_refused("--stritc=1", "unknown option '--stritc'", "did you mean '--strict'?");
    assert_refused("--zzzzzz", "unknown option '--zzzzzz'", NULL);
    assert_refused("-x", "unknown option '-x'", NULL);
    assert_refused("-sx", "unknown option '-x' in '-sx'", NULL);
    assert_refused("-minimum", "unknown option '-minimum'", "did you mean '--minimum'?");
}

static void abbreviation_is_refused_with_the_full_name(void **state)
{
    (void)state;
    assert_refused("--form json", "unknown option '--form'", "did you mean '--format'?");
}

static void hidden_option_works_and_is_not_suggested(void **state)
{
    (void)state;
    struct parsed *parsed = parse("--secret");
    assert_true(parsed->values.strict);
    forget(parsed);

    assert_refused("--secre", "unknown option '--secre'", NULL);
}

static void value_out_of_place_is_refused(void **state)
{
    (void)state;
    assert_refused("--top", "option '--top' needs a value", "write: --top N");
    assert_refused("-sn", "option '-n' needs a value", "write: -n N");
    assert_refused("--strict=1", "option '--strict' takes no value", NULL);
    assert_refused("--no-strict=1", "option '--no-strict' takes no value", NULL);
    assert_refused("--no-top 3", "unknown option '--no-top'", NULL);
}

static void bad_number_is_refused(void **state)
{
    (void)state;
    assert_refused("--top x", "option '--top': 'x' is not a whole number", NULL);
    assert_refused("--top=", "option '--top': '' is not a whole number", NULL);
    assert_refused("--top 5x", "option '--top': '5x' is not a whole number", NULL);
    assert_refused("--top +5", "option '--top': '+5' is not a whole number", NULL);
    assert_refused("--top 101", "option '--top': 101 is not within 0 to 100", NULL);
    assert_refused("--top -1", "option '--top': -1 is not within 0 to 100", NULL);
    assert_refused("-n 99999999999999999999",
                   "option '-n': 99999999999999999999 is not within 0 to 100", NULL);
    assert_refused("--minimum 2MB", "option '--minimum': 2MB is not within 0B to 1000000B",
                   NULL);
}

static void bad_choice_lists_the_choices(void **state)
{
    (void)state;
    assert_refused("-f jsn", "option '-f': unknown word 'jsn'",
                   "did you mean 'json'? It takes text, json or csv");
    assert_refused("--format=yaml5", "option '--format': unknown word 'yaml5'",
                   "it takes text, json or csv");
}

static void refused_value_leaves_the_default(void **state)
{
    (void)state;
    struct parsed *parsed = parse("--top 999");

    assert_int_equal(parsed->values.top, 20);
    assert_false(parsed->given[2]);
    forget(parsed);
}

static void environment_stands_in_for_the_command_line(void **state)
{
    (void)state;
    setenv("ULLAGE_TEST_TOP", "7", 1);
    struct parsed *parsed = parse("");
    struct option_scope scope = {
        .rows = rows, .values = &parsed->values, .given = parsed->given};

    assert_int_equal(options_read_environment(&scope, &parsed->err), 0);

    assert_int_equal(parsed->values.top, 7);
    assert_true(parsed->given[2]);
    forget(parsed);
}

static void command_line_beats_the_environment(void **state)
{
    (void)state;
    setenv("ULLAGE_TEST_TOP", "rubbish", 1);
    struct parsed *parsed = parse("-n 3");
    struct option_scope scope = {
        .rows = rows, .values = &parsed->values, .given = parsed->given};

    assert_int_equal(options_read_environment(&scope, &parsed->err), 0);

    assert_int_equal(parsed->values.top, 3);
    forget(parsed);
}

static void bad_environment_names_the_variable(void **state)
{
    (void)state;
    setenv("ULLAGE_TEST_TOP", "rubbish", 1);
    struct parsed *parsed = parse("");
    struct option_scope scope = {
        .rows = rows, .values = &parsed->values, .given = parsed->given};

    assert_int_equal(options_read_environment(&scope, &parsed->err), -1);

    assert_string_equal(
        parsed->err.text,
        "environment variable 'ULLAGE_TEST_TOP': 'rubbish' is not a whole number");
    forget(parsed);
}

static void earlier_scope_takes_a_shared_name(void **state)
{
    (void)state;
    static const struct option others[] = {
        {.name = "verbose",
         .letter = 's',
         .type = OPTION_FLAG,
         OPTION_AT(struct values, no_cache),
         .summary = "say more"},
        OPTION_END,
    };
    struct values own = {.output = "-"};
    struct values other = {.output = "-"};
    struct option_scope scopes[] = {{.rows = others, .values = &other},
                                    {.rows = rows, .values = &own}};
    char *words[] = {(char[]){"-s"}, (char[]){"--strict"}};
    struct operands operands = {.items = NULL};
    struct error err = ERROR_INIT;

    assert_int_equal(options_parse(scopes, 2, words, 1, 0, &operands, &err), 0);
    assert_true(other.no_cache);
    assert_false(own.strict);

    assert_int_equal(options_parse(scopes, 2, words + 1, 1, 0, &operands, &err), 0);
    assert_true(own.strict);
}

static void first_operand_is_found_behind_values(void **state)
{
    (void)state;
    struct option_scope scope = {.rows = rows};
    char *words[] = {(char[]){"-s"},      (char[]){"--top"}, (char[]){"5"},
                     (char[]){"--top=5"}, (char[]){"-sn"},   (char[]){"6"},
                     (char[]){"gate"},    (char[]){"x"}};
    char *ended[] = {(char[]){"-s"}, (char[]){"--"}, (char[]){"gate"}};
    char *dangling[] = {(char[]){"--top"}};

    assert_int_equal(options_first_operand(&scope, 1, words, ARRAY_SIZE(words)), 6);
    assert_int_equal(options_first_operand(&scope, 1, ended, ARRAY_SIZE(ended)), 3);
    assert_int_equal(options_first_operand(&scope, 1, dangling, 1), 1);
}

static void flag_takes_words_from_a_configuration(void **state)
{
    (void)state;
    struct values values = {.strict = true};
    struct error err = ERROR_INIT;
    const struct option *strict = options_find(rows, "strict");

    assert_int_equal(option_assign(strict, &values, "off", &err), 0);
    assert_false(values.strict);
    assert_int_equal(option_assign(strict, &values, "yes", &err), 0);
    assert_true(values.strict);
    assert_int_equal(option_assign(strict, &values, "maybe", &err), -1);
    assert_string_equal(err.text, "'maybe' is neither true nor false");
    error_release(&err);
}

static const char *nearest(const char *word)
{
    static const char *const names[] = {"analyze", "gate", "lint", "ls", "completion"};
    struct nearest near = nearest_to(word);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        nearest_offer(&near, names[i]);
    return near.best;
}

static void suggestion_is_near_or_missing(void **state)
{
    (void)state;
    char long_word[4096];
    memset(long_word, 'a', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';

    assert_string_equal(nearest("analyse"), "analyze");
    assert_string_equal(nearest("gaet"), "gate");
    assert_string_equal(nearest("lnt"), "lint");
    assert_string_equal(nearest("comp"), "completion");
    assert_null(nearest("frobnicate"));
    assert_null(nearest(""));
    assert_null(nearest(long_word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sound),
        cmocka_unit_test(check_finds_member_of_wrong_type),
        cmocka_unit_test(defaults_stay_when_nothing_is_given),
        cmocka_unit_test(value_follows_or_is_attached),
        cmocka_unit_test(every_type_is_stored),
        cmocka_unit_test(last_one_wins),
        cmocka_unit_test(flag_named_no_is_undone_without_no),
        cmocka_unit_test(options_and_operands_mix),
        cmocka_unit_test(two_dashes_end_options),
        cmocka_unit_test(operand_may_end_options),
        cmocka_unit_test(text_may_be_empty_or_look_like_an_option),
        cmocka_unit_test(unknown_option_suggests_the_nearest),
        cmocka_unit_test(abbreviation_is_refused_with_the_full_name),
        cmocka_unit_test(hidden_option_works_and_is_not_suggested),
        cmocka_unit_test(value_out_of_place_is_refused),
        cmocka_unit_test(bad_number_is_refused),
        cmocka_unit_test(bad_choice_lists_the_choices),
        cmocka_unit_test(refused_value_leaves_the_default),
        cmocka_unit_test(environment_stands_in_for_the_command_line),
        cmocka_unit_test(command_line_beats_the_environment),
        cmocka_unit_test(bad_environment_names_the_variable),
        cmocka_unit_test(earlier_scope_takes_a_shared_name),
        cmocka_unit_test(first_operand_is_found_behind_values),
        cmocka_unit_test(flag_takes_words_from_a_configuration),
        cmocka_unit_test(suggestion_is_near_or_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
