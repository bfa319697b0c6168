/* What comments and configurations say to the linter. */

#include <string.h>

#include "analyzer/lint/lint.h"
#include "core/memory.h"
#include "core/strbuf.h"
#include "tests/support/check.h"

/* The codes that are found, in the order of their places: "2:DL3004 3:DL4000". */
static char *lint_with(const char *text, struct lint_config *config)
{
    struct lint_result result;
    struct error err = ERROR_INIT;
    struct strbuf found = STRBUF_INIT;
    const struct lint_options options = {.config = config, .today = "2026-11-24"};
    assert_int_equal(lint_run(&result, "Dockerfile", span_of_text(text), &options, &err), 0);
    for (size_t i = 0; i < result.count; i++)
        strbuf_addf(&found, "%s%u:%s", i ? " " : "",
                    lint_result_place(&result, result.items[i].begin).line, result.items[i].code);
    lint_result_release(&result);
    return found.buf ? strbuf_detach(&found, NULL) : memory_dup_text("");
}

static void assert_found(const char *text, const char *expected)
{
    struct lint_config config;
    lint_config_start(&config);
    config.unused_ignores = true;
    struct error err = ERROR_INIT;
    assert_int_equal(lint_config_add_only(&config, "DL3004", &err), 0);
    assert_int_equal(lint_config_add_only(&config, "DL4000", &err), 0);
    assert_int_equal(lint_config_add_only(&config, "MaintainerDeprecated", &err), 0);
    cleanup_free char *found = lint_with(text, &config);
    assert_string_equal(found, expected);
    lint_config_release(&config);
}

#define SUDO "FROM scratch\nRUN sudo x\n"

static void hadolints_comment_is_about_the_instruction_below(void **state)
{
    (void)state;
    assert_found(SUDO, "2:DL3004");
    assert_found("FROM scratch\n# hadolint ignore=DL3004\nRUN sudo x\nRUN sudo y\n", "4:DL3004");
    assert_found("FROM scratch\n#hadolint ignore=DL3004, DL4000 # why\nRUN sudo x\n", "2:UL0001");
    assert_found("FROM scratch\n# hadolint ignore=DL3004\n# more\nRUN sudo x\n", "");
    assert_found("FROM scratch\n# hadolint ignore=DL3004\n\nRUN sudo x\n", "2:UL0001 4:DL3004");
    assert_found("FROM scratch\n  # hadolint ignore=DL3004\nRUN sudo x\n", "");
}

static void comments_add_up(void **state)
{
    (void)state;
    assert_found("FROM scratch\n# hadolint ignore=DL3004\n# hadolint ignore=DL4000\nMAINTAINER x\n", "2:UL0001");
}

static void a_global_comment_is_about_the_file(void **state)
{
    (void)state;
    assert_found("# hadolint global ignore=DL3004\n" SUDO SUDO, "");
    assert_found(SUDO "# hadolint global ignore=DL3004\n", "");
}

static void a_stage_comment_is_about_the_stage_below(void **state)
{
    (void)state;
    assert_found(SUDO "# hadolint stage ignore=DL3004\nFROM b\nRUN sudo x\n", "2:DL3004");
    assert_found("# hadolint stage ignore=DL3004\n" SUDO "FROM b\nRUN sudo x\n", "5:DL3004");
}

static void a_shell_comment_ends_the_shell_rules(void **state)
{
    (void)state;
    assert_found("FROM scratch\n# hadolint shell=powershell\nRUN sudo x\n", "");
    assert_found("# hadolint shell=pwsh # on windows\n" SUDO, "");
}

static void a_comment_within_is_about_the_line_below(void **state)
{
    (void)state;
    assert_found("FROM scratch\nRUN true && \\\n  # hadolint ignore=DL3004\n  sudo x\n", "");
    assert_found("FROM scratch\nRUN true && \\\n  # hadolint ignore=DL3004\n  true && \\\n  sudo x\n",
                 "3:UL0001 5:DL3004");
}

static void broken_comments_suppress_nothing_and_are_told(void **state)
{
    (void)state;
    assert_found("FROM scratch\n# hadolint ignore=\nRUN sudo x\n", "2:UL0001 3:DL3004");
    assert_found("FROM scratch\n# hadolint ignore=DL3004,\nRUN sudo x\n", "2:UL0001 3:DL3004");
    assert_found("FROM scratch\n# hadolint ignore=DL3004 and more\nRUN sudo x\n", "2:UL0001 3:DL3004");
    assert_found("FROM scratch\n# hadolints ignore=DL3004\nRUN sudo x\n", "3:DL3004");
}

static void our_comment_has_a_reason_and_an_end(void **state)
{
    (void)state;
    assert_found("FROM scratch\n# ullage ignore=DL3004 because we must\nRUN sudo x\n", "");
    assert_found("FROM scratch\n# ullage ignore=UL0001,DL3004 because we must until 2026-11-24\nRUN sudo x\n",
                 "2:UL0001");
    assert_found("FROM scratch\n# ullage ignore=DL3004 because we must until 2026-11-23\nRUN sudo x\n",
                 "2:UL0001 3:DL3004");
    assert_found("FROM scratch\n# ullage ignore=DL3004 until 2027-01-01 because we must\nRUN sudo x\n", "");
    assert_found("FROM scratch\n# ullage ignore=DL3004 until soon\nRUN sudo x\n", "2:UL0001 3:DL3004");
    assert_found("FROM scratch\n# ullage ignore=DL3004 because\nRUN sudo x\n", "2:UL0001 3:DL3004");
    assert_found("FROM scratch\n# ullage ignore=DL3004 whatever\nRUN sudo x\n", "2:UL0001 3:DL3004");
    assert_found("# ullage global ignore=DL3004 because it is old\n" SUDO, "");
    assert_found("# ullage stage ignore=DL3004 because it is old\n" SUDO, "");
}

static void pragma_keeps_reason_and_day(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct pragma pragma;
    pragma_read(&pragma, &arena, span_of_text("# ullage ignore=DL3008 because the mirror is pinned until 2027-01-01"));
    assert_int_equal(pragma.kind, PRAGMA_IGNORE);
    assert_string_equal(pragma.because, "the mirror is pinned");
    assert_string_equal(pragma.until, "2027-01-01");
    pragma_read(&pragma, &arena, span_of_text("# ullage ignore=DL3008 until 2027-01-01 because a # b"));
    assert_string_equal(pragma.because, "a");
    assert_string_equal(pragma.until, "2027-01-01");
    arena_release(&arena);
}

static void check_skips_a_file_at_its_top_and_an_instruction_elsewhere(void **state)
{
    (void)state;
    assert_found("# check=skip=MaintainerDeprecated\nFROM scratch\nMAINTAINER x\n", "");
    assert_found("# check=error=true;skip=MaintainerDeprecated\nFROM scratch\nMAINTAINER x\n", "");
    assert_found("# check=skip=all\nFROM scratch\nMAINTAINER x\nRUN sudo x\n", "4:DL3004");
    assert_found("FROM scratch\n# check=skip=MaintainerDeprecated\nMAINTAINER x\nMAINTAINER y\n", "4:DL4000");
    assert_found("FROM scratch\n# check=skip=MaintainerDeprecated\n\nMAINTAINER x\n", "");
    assert_found("FROM scratch\n# check=skip=MaintainerDeprecated\n#\nMAINTAINER x\n", "2:UL0001 4:DL4000");
    assert_found("FROM scratch\n  # check=skip=MaintainerDeprecated\nMAINTAINER x\n", "3:DL4000");
}

static void an_unknown_check_option_is_told(void **state)
{
    (void)state;
    assert_found("# check=foo=bar\nFROM scratch\n", "1:UL0001");
    assert_found("# check=skip\nFROM scratch\n", "1:UL0001");
}

static void without_pragmas_comments_are_comments(void **state)
{
    (void)state;
    struct lint_config config;
    struct error err = ERROR_INIT;
    lint_config_start(&config);
    config.no_pragmas = true;
    assert_int_equal(lint_config_add_only(&config, "DL3004", &err), 0);
    cleanup_free char *found = lint_with("# hadolint global ignore=DL3004\n" SUDO, &config);
    assert_string_equal(found, "3:DL3004");
    lint_config_release(&config);
}

/* Configurations */

static void assert_configured(const char *yaml, bool hadolint, const char *expected)
{
    struct lint_config config;
    cleanup_error struct error err = ERROR_INIT;
    lint_config_start(&config);
    int result = hadolint ? lint_config_read_hadolint(&config, "c.yaml", span_of_text(yaml), &err)
                          : lint_config_read(&config, "c.yaml", span_of_text(yaml), &err);
    assert_int_equal(result, 0);
    cleanup_free char *found = lint_with("FROM scratch\nMAINTAINER x\nRUN sudo x\n", &config);
    assert_string_equal(found, expected);
    lint_config_release(&config);
}

static void assert_refused(const char *yaml, bool hadolint, const char *place)
{
    struct lint_config config;
    cleanup_error struct error err = ERROR_INIT;
    lint_config_start(&config);
    int result = hadolint ? lint_config_read_hadolint(&config, "c.yaml", span_of_text(yaml), &err)
                          : lint_config_read(&config, "c.yaml", span_of_text(yaml), &err);
    assert_int_equal(result, -1);
    assert_int_equal(err.code, ERROR_USAGE);
    assert_memory_equal(err.text, place, strlen(place));
    assert_non_null(strchr(err.hint, '^'));
    lint_config_release(&config);
}

static void rules_are_turned_off_in_either_spelling(void **state)
{
    (void)state;
    assert_configured("lint:\n  rules: {DL4000: off, dl3004: off}\n", false, "");
    assert_configured("lint:\n  ignore: [MaintainerDeprecated, DL3004]\n", false, "");
    assert_configured("lint:\n  ignore: [DL4000]\n  rules: {DL4000: error}\n  only: [DL4000]\n", false,
                      "2:DL4000");
}

static void only_asks_what_it_names(void **state)
{
    (void)state;
    assert_configured("lint:\n  only: [DL4000]\n", false, "2:DL4000");
    assert_configured("lint:\n  only: [MaintainerDeprecated]\n", false, "2:MaintainerDeprecated");
}

static void an_empty_key_says_nothing(void **state)
{
    (void)state;
    assert_configured("lint:\n  only: [DL3004]\n", false, "3:DL3004");
    assert_configured("version: 1\nlint:\n", false, "2:DL4000 3:DL3004");
    assert_configured("version: 1\n", false, "2:DL4000 3:DL3004");
}

static void a_broken_configuration_points(void **state)
{
    (void)state;
    assert_refused("lint:\n  rulez: {}\n", false, "c.yaml:2:3:");
    assert_refused("lnt:\n  rules: {}\n", false, "c.yaml:1:1:");
    assert_refused("version: 2\nlint: {}\n", false, "c.yaml:1:10:");
    assert_refused("lint:\n  rules: {DL4000: warnin}\n", false, "c.yaml:2:19:");
    assert_refused("lint:\n  ignore: [DL400]\n", false, "c.yaml:2:12:");
    assert_refused("lint: [a]\n", false, "c.yaml:1:7:");
    assert_refused("lint:\n  labels: {a: nothing}\n", false, "c.yaml:2:15:");
    assert_refused("lint:\n  rule-set: 99\n", false, "c.yaml:2:13:");
    assert_refused("lint:\n  pragmas: maybe\n", false, "c.yaml:2:12:");
    assert_refused("lint:\n  preset: all\n", false, "c.yaml:2:11:");
    assert_refused("lint:\n  fail-on: on\n", false, "c.yaml:2:12:");
}

static void hadolints_file_is_read_as_it_is(void **state)
{
    (void)state;
    assert_configured("ignored: [DL4000, DL3004]\n", true, "");
    assert_configured("ignored:\n  - DL4000\n  - XX1\nnovelty: 1\n", true, "3:DL3004");
    assert_configured("override:\n  info: [DL4000]\nignored: [DL4000]\n", true, "3:DL3004");
    assert_configured("trustedRegistries:\nignored:\nstrict-labels: True\n", true, "2:DL4000 3:DL3004");
    assert_configured("", true, "2:DL4000 3:DL3004");
    assert_refused("ignored: DL4000\n", true, "c.yaml:1:10:");
    assert_refused("override: {eror: [DL4000]}\n", true, "c.yaml:1:12:");
    assert_refused("label-schema: {a: b}\n", true, "c.yaml:1:19:");
}

static void thresholds_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        enum lint_word word;
    } rows[] = {
        {"failure-threshold: error\n", LINT_ERROR},  {"failure-threshold: warning\n", LINT_WARNING},
        {"failure-threshold: ignore\n", LINT_OFF},   {"failure-threshold: none\n", LINT_OFF},
        {"no-fail: true\n", LINT_OFF},               {"no-fail: false\n", LINT_STYLE},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct lint_config config;
        struct error err = ERROR_INIT;
        lint_config_start(&config);
        assert_int_equal(lint_config_read_hadolint(&config, "c", span_of_text(rows[i].yaml), &err), 0);
        assert_int_equal(config.fail_on, rows[i].word);
        lint_config_release(&config);
    }
}

static void later_words_win(void **state)
{
    (void)state;
    struct lint_config config;
    struct error err = ERROR_INIT;
    lint_config_start(&config);
    lint_config_set(&config, "DL4000", LINT_OFF, &err);
    assert_true(lint_config_ignores(&config, "DL4000"));
    lint_config_set(&config, "maintainer-deprecated", LINT_ON, &err);
    lint_config_set(&config, "DL4000", LINT_ON, &err);
    assert_false(lint_config_ignores(&config, "DL4000"));
    cleanup_free char *found = lint_with("FROM scratch\nMAINTAINER x\n", &config);
    assert_string_equal(found, "2:DL4000");
    error_release(&err);
    lint_config_release(&config);
}

static void labels_are_given_by_name_and_type(void **state)
{
    (void)state;
    struct lint_config config;
    cleanup_error struct error err = ERROR_INIT;
    lint_config_start(&config);
    assert_int_equal(lint_config_add_label(&config, "a.b", "semver", &err), 0);
    assert_int_equal(lint_config_add_label(&config, "c", "rawtext", &err), 0);
    assert_int_equal(config.labels[0].type, LABEL_SEMVER);
    assert_int_equal(config.labels[1].type, LABEL_TEXT);
    assert_int_equal(lint_config_add_label(&config, "d", "x", &err), -1);
    lint_config_release(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hadolints_comment_is_about_the_instruction_below),
        cmocka_unit_test(comments_add_up),
        cmocka_unit_test(a_global_comment_is_about_the_file),
        cmocka_unit_test(a_stage_comment_is_about_the_stage_below),
        cmocka_unit_test(a_shell_comment_ends_the_shell_rules),
        cmocka_unit_test(a_comment_within_is_about_the_line_below),
        cmocka_unit_test(broken_comments_suppress_nothing_and_are_told),
        cmocka_unit_test(our_comment_has_a_reason_and_an_end),
        cmocka_unit_test(pragma_keeps_reason_and_day),
        cmocka_unit_test(check_skips_a_file_at_its_top_and_an_instruction_elsewhere),
        cmocka_unit_test(an_unknown_check_option_is_told),
        cmocka_unit_test(without_pragmas_comments_are_comments),
        cmocka_unit_test(rules_are_turned_off_in_either_spelling),
        cmocka_unit_test(only_asks_what_it_names),
        cmocka_unit_test(an_empty_key_says_nothing),
        cmocka_unit_test(a_broken_configuration_points),
        cmocka_unit_test(hadolints_file_is_read_as_it_is),
        cmocka_unit_test(thresholds_are_read),
        cmocka_unit_test(later_words_win),
        cmocka_unit_test(labels_are_given_by_name_and_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
