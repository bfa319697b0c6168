/* Constraints of each ecosystem, held against the versions they permit; and the algebra of sets. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "generator/releases.h"
#include "tests/support/check.h"

static struct version_set parse(enum version_grammar grammar, const char *text)
{
    struct version_set set;
    struct error error = ERROR_INIT;
    if (version_set_parse(&set, grammar, text, &error) < 0)
        fail_msg("'%s': %s", text, error.text);
    return set;
}

static bool permits(const struct version_set *set, const char *text)
{
    struct version version;
    assert_true(version_read(&version, text) > 0);
    return version_set_contains(set, &version);
}

struct constraint {
    enum version_grammar grammar;
    const char *text;
    const char *inside[4];
    const char *outside[4];
};

static void constraints_permit_what_their_grammar_says(void **state)
{
    static const struct constraint cases[] = {
        {GRAMMAR_NPM, "^1.2.3", {"1.2.3", "1.9.0"}, {"1.2.2", "2.0.0", "2.0.0-rc.1"}},
        {GRAMMAR_NPM, "^0.2.3", {"0.2.3", "0.2.9"}, {"0.3.0", "1.0.0"}},
        {GRAMMAR_NPM, "^0.0.3", {"0.0.3"}, {"0.0.4", "0.1.0"}},
        {GRAMMAR_NPM, "^0.0", {"0.0.9"}, {"0.1.0"}},
        {GRAMMAR_NPM, "^0.x", {"0.9.9"}, {"1.0.0"}},
        {GRAMMAR_NPM, "~1.2.3", {"1.2.3", "1.2.9"}, {"1.3.0"}},
        {GRAMMAR_NPM, "~1", {"1.0.0", "1.9.0"}, {"2.0.0"}},
        {GRAMMAR_NPM, "1.x", {"1.0.0", "1.99.0"}, {"2.0.0", "0.9.0"}},
        {GRAMMAR_NPM, "18 || 20 || >=22", {"18.1.0", "20.0.0", "23.1.0"}, {"19.0.0", "21.0.0"}},
        {GRAMMAR_NPM, ">= 18.17 < 21", {"18.17.0", "20.9.9"}, {"18.16.9", "21.0.0"}},
        {GRAMMAR_NPM, ">18", {"19.0.0"}, {"18.0.0", "18.9.0"}},
        {GRAMMAR_NPM, "<=18", {"18.9.0"}, {"19.0.0"}},
        {GRAMMAR_NPM, "1.2 - 2.3.4", {"1.2.0", "2.3.4"}, {"1.1.9", "2.3.5"}},
        {GRAMMAR_NPM, "1.2.3 - 2.3", {"2.3.9"}, {"2.4.0"}},
        {GRAMMAR_NPM, "*", {"0.0.1", "99.0.0"}, {0}},
        {GRAMMAR_NPM, "", {"1.0.0"}, {0}},
        {GRAMMAR_NPM, "~> 1.2.3", {"1.2.9"}, {"1.3.0"}},
        {GRAMMAR_NPM, "v20.11.1", {"20.11.1"}, {"20.11.2"}},
        {GRAMMAR_PEP440, ">=3.9,<3.13", {"3.9.0", "3.12.9"}, {"3.8.9", "3.13.0", "3.13.0rc1"}},
        {GRAMMAR_PEP440, "~=3.11", {"3.11.0", "3.99.0"}, {"3.10.0", "4.0.0"}},
        {GRAMMAR_PEP440, "~=3.11.2", {"3.11.9"}, {"3.11.1", "3.12.0"}},
        {GRAMMAR_PEP440, ">=3.8, !=3.12.*", {"3.11.0", "3.13.1"}, {"3.12.0", "3.12.9"}},
        {GRAMMAR_PEP440, "==3.12.*", {"3.12.4"}, {"3.13.0"}},
        {GRAMMAR_PEP440, "==3.12", {"3.12.0"}, {"3.12.1"}},
        {GRAMMAR_PEP440, ">3.8", {"3.8.1", "3.9.0"}, {"3.8.0"}},
        {GRAMMAR_PEP440, "<=3.12", {"3.12.0"}, {"3.12.1"}},
        {GRAMMAR_POETRY, ">=3.10,<4.0", {"3.10.0", "3.14.0"}, {"4.0.0"}},
        {GRAMMAR_POETRY, "^3.9 || ^2.7", {"3.14.0", "2.7.1"}, {"3.8.0", "4.0.0"}},
        {GRAMMAR_POETRY, "~3.9", {"3.9.7"}, {"3.10.0"}},
        {GRAMMAR_CARGO, "1.2", {"1.2.0", "1.9.0"}, {"2.0.0", "1.1.0"}},
        {GRAMMAR_CARGO, ">=1.2, <1.5", {"1.4.9"}, {"1.5.0"}},
        {GRAMMAR_COMPOSER, "^8.1 || ~7.4", {"8.4.0", "7.4.9", "7.9.0"}, {"8.0.0", "9.0.0"}},
        {GRAMMAR_COMPOSER, "~8.1.2", {"8.1.3"}, {"8.2.0"}},
        {GRAMMAR_COMPOSER, "8.*", {"8.9.0"}, {"9.0.0"}},
        {GRAMMAR_COMPOSER, ">=7.4|^8.0", {"7.4.0", "9.0.0"}, {"7.3.0"}},
        {GRAMMAR_GEM, "~> 3.2", {"3.2.0", "3.9.0"}, {"4.0.0"}},
        {GRAMMAR_GEM, "~> 3.2.0", {"3.2.9"}, {"3.3.0"}},
        {GRAMMAR_GEM, ">= 3.0, < 3.4", {"3.3.9"}, {"3.4.0"}},
        {GRAMMAR_ELIXIR, "~> 1.14", {"1.14.0", "1.19.0"}, {"2.0.0"}},
        {GRAMMAR_ELIXIR,
         ">= 1.14.0 and < 1.16.0 or ~> 1.18.0",
         {"1.15.0", "1.18.9"},
         {"1.16.0", "1.19.0"}},
        {GRAMMAR_MAVEN, "[17,21)", {"17.0.0", "20.1.0"}, {"21.0.0"}},
        {GRAMMAR_MAVEN, "(,17],[21,)", {"8.0.0", "17.0.0", "25.0.0"}, {"18.0.0"}},
        {GRAMMAR_MAVEN, "17", {"17.0.0", "21.0.0"}, {"11.0.0"}},
        {GRAMMAR_PREFIX, "3.12", {"3.12.7"}, {"3.13.0"}},
        {GRAMMAR_MINIMUM, "1.22", {"1.22.0", "1.25.0"}, {"1.21.0"}},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct version_set set = parse(cases[i].grammar, cases[i].text);
        for (size_t j = 0; j < 4 && cases[i].inside[j]; j++)
            if (!permits(&set, cases[i].inside[j]))
                fail_msg("'%s' should permit %s", cases[i].text, cases[i].inside[j]);
        for (size_t j = 0; j < 4 && cases[i].outside[j]; j++)
            if (permits(&set, cases[i].outside[j]))
                fail_msg("'%s' should not permit %s", cases[i].text, cases[i].outside[j]);
    }
}

static void what_is_no_constraint_is_refused(void **state)
{
    static const struct constraint cases[] = {
        {GRAMMAR_NPM, "abc", {0}, {0}},        {GRAMMAR_NPM, "^", {0}, {0}},
        {GRAMMAR_PEP440, ">=3.x.y", {0}, {0}}, {GRAMMAR_MAVEN, "[1,", {0}, {0}},
        {GRAMMAR_GEM, "~> ", {0}, {0}},        {GRAMMAR_NPM, "99999999999999", {0}, {0}},
        {GRAMMAR_MAVEN, "[]", {0}, {0}},       {GRAMMAR_PREFIX, "lts/jod", {0}, {0}},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct version_set set;
        struct error error = ERROR_INIT;
        if (version_set_parse(&set, cases[i].grammar, cases[i].text, &error) == 0)
            fail_msg("'%s' is taken", cases[i].text);
        error_release(&error);
    }
}

/* Sets drawn from a small world, so that every member of it can be asked. */
static struct version_set random_set(unsigned *seed)
{
    struct version_set set = {.count = 0};
    for (unsigned i = 0; i < 3; i++) {
        *seed = *seed * 1103515245u + 12345u;
        struct version version = {.parts = {*seed >> 8 & 3, *seed >> 12 & 3, *seed >> 16 & 3},
                                  .stage = STAGE_RELEASE};
        struct version_set one = version_set_prefix(&version, 1 + (*seed >> 20) % 3);
        if (*seed >> 24 & 1)
            one = version_set_complement(&one);
        set = i && *seed >> 25 & 1 ? version_set_intersect(&set, &one)
                                   : version_set_unite(&set, &one);
    }
    return set;
}

static void sets_are_an_algebra(void **state)
{
    unsigned seed = 1;
    (void)state;

    for (unsigned round = 0; round < 3000; round++) {
        struct version_set a = random_set(&seed), b = random_set(&seed);
        struct version_set both = version_set_intersect(&a, &b), either = version_set_unite(&a, &b);
        struct version_set not_a = version_set_complement(&a), not_b = version_set_complement(&b);
        struct version_set again = version_set_complement(&not_a);
        struct version_set none = version_set_intersect(&not_a, &not_b);
        struct version_set morgan = version_set_complement(&none);
        assert_true(version_set_equal(&again, &a));
        assert_true(version_set_equal(&morgan, &either));
        for (uint32_t i = 0; i < 4 * 4 * 4 * 3; i++) {
            struct version v = {.parts = {i / 48, i / 12 % 4, i / 3 % 4}, .stage = i % 3};
            bool in_a = version_set_contains(&a, &v), in_b = version_set_contains(&b, &v);
            assert_int_equal(version_set_contains(&both, &v), in_a && in_b);
            assert_int_equal(version_set_contains(&either, &v), in_a || in_b);
            assert_int_equal(version_set_contains(&not_a, &v), !in_a);
        }
    }
}

static void chosen(const char *runtime, enum version_grammar grammar, const char *text,
                   const char *date, const char *expected, bool ended)
{
    struct version_set set = parse(grammar, text);
    struct release_choice choice = release_choose(runtime, &set, date);
    if (strcmp(choice.version.buf, expected) != 0)
        fail_msg("%s %s: '%s', not '%s'", runtime, text, choice.version.buf, expected);
    assert_int_equal(choice.ended, ended);
    release_choice_release(&choice);
}

static void newest_line_that_is_looked_after_is_chosen(void **state)
{
    (void)state;

    chosen("node", GRAMMAR_NPM, "*", "2025-12-31", "24", false);
    chosen("node", GRAMMAR_NPM, "*", "2025-01-01", "22", false);
    chosen("node", GRAMMAR_NPM, ">=18 <23", "2025-12-31", "22", false);
    chosen("node", GRAMMAR_NPM, "18.x", "2025-12-31", "18", true);
    chosen("node", GRAMMAR_NPM, "18 || 20", "2025-12-31", "20", false);
    chosen("node", GRAMMAR_NPM, "<22.5 >=22", "2025-12-31", "22.4", false);
    chosen("node", GRAMMAR_PREFIX, "20.11.1", "2025-12-31", "20.11.1", false);
    chosen("node", GRAMMAR_PREFIX, "20.11", "2025-12-31", "20.11", false);
    chosen("node", GRAMMAR_NPM, "99", "2025-12-31", "99", false);
    chosen("python", GRAMMAR_PEP440, ">=3.9,<3.13", "2025-12-31", "3.12", false);
    chosen("python", GRAMMAR_PEP440, ">=3.9", "2025-12-31", "3.13", false);
    chosen("python", GRAMMAR_PEP440, ">=3.14", "2025-12-31", "3.14", false);
    chosen("python", GRAMMAR_PEP440, ">=3.9,!=3.13.*", "2025-12-31", "3.12", false);
    chosen("java", GRAMMAR_MINIMUM, "18", "2025-12-31", "25", false);
    chosen("node", GRAMMAR_NPM, ">=20 <18", "2025-12-31", "", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constraints_permit_what_their_grammar_says),
        cmocka_unit_test(what_is_no_constraint_is_refused),
        cmocka_unit_test(sets_are_an_algebra),
        cmocka_unit_test(newest_line_that_is_looked_after_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
