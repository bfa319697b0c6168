/* ShellCheck's findings in Dockerfiles: which scripts it is given, and where what it says of them belongs.
 * Tests that need the program are skipped, and say so, where it is not. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/lint/fix.h"
#include "analyzer/lint/lint.h"
#include "cli/shellcheck.h"
#include "core/file.h"
#include "core/memory.h"
#include "tests/support/check.h"

#define ROWS_BYTES_MAX ((size_t)64 << 20)

/* Stands in for the program: keeps what it is given and says what it is told. */
struct stand_in {
    struct strbuf scripts;
    size_t count;
    const char *answer;
};

static int check(void *context, const struct span *scripts, size_t count, struct strbuf *ret_json,
                 struct error *err)
{
    struct stand_in *stand_in = context;
    (void)err;
    for (size_t i = 0; i < count; i++)
        strbuf_add(&stand_in->scripts, scripts[i].ptr, scripts[i].len);
    stand_in->count += count;
    strbuf_add_text(ret_json, stand_in->answer ? stand_in->answer : "{\"comments\": []}");
    return 0;
}

static void give_to(struct stand_in *stand_in, const char *dockerfile)
{
    struct lint_config config;
    struct lint_result result;
    struct error error = ERROR_INIT;
    const struct lint_shellcheck shellcheck = {.check = check, .context = stand_in};
    lint_config_start(&config);
    const struct lint_options options = {.config = &config, .shellcheck = &shellcheck};
    assert_int_equal(lint_run(&result, "Dockerfile", span_of_text(dockerfile), &options, &error), 0);
    lint_result_release(&result);
    lint_config_release(&config);
}

static void assert_script(const char *dockerfile, const char *begin, const char *part)
{
    struct stand_in stand_in = {.scripts = STRBUF_INIT};
    give_to(&stand_in, dockerfile);
    assert_int_equal(stand_in.count, 1);
    if (strncmp(stand_in.scripts.buf, begin, strlen(begin)) != 0 || !strstr(stand_in.scripts.buf, part))
        fail_msg("'%s' and '%s' expected in:\n%s", begin, part, stand_in.scripts.buf);
    strbuf_release(&stand_in.scripts);
}

static void assert_not_given(const char *dockerfile)
{
    struct stand_in stand_in = {.scripts = STRBUF_INIT};
    give_to(&stand_in, dockerfile);
    assert_int_equal(stand_in.count, 0);
    strbuf_release(&stand_in.scripts);
}

static void scripts_are_for_the_shell_that_runs_them(void **state)
{
    (void)state;
    assert_script("FROM a\nRUN x\n", "#!/bin/sh\n", "=1\nx");
    assert_script("FROM a\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN x\n", "#!/bin/bash -e\n", "x");
    assert_script("FROM a AS b\nSHELL [\"/usr/bin/ksh\", \"-c\"]\nFROM b\nRUN x\n", "#!/bin/ksh\n", "x");
    assert_script("FROM a\nRUN <<E\n#!/bin/dash -e\nx\nE\n", "#!/bin/dash -e\nexport", "=1\nx");
    assert_not_given("FROM a\nRUN [\"x\", \"$y\"]\nRUN <<E\n#!/usr/bin/python3\nE\nCMD x\n");
    assert_not_given("FROM a\nSHELL [\"pwsh\", \"-c\"]\nRUN x\nSHELL [\"/bin/fish\", \"-c\"]\nRUN y\n");
}

static void scripts_know_the_variables_of_the_build(void **state)
{
    (void)state;
    assert_script("FROM a\nARG b\nENV c=1 d=2\nRUN x\n", "#!/bin/sh\n", "export b=1\n");
    assert_script("FROM a\nENV c=1 d=2\nRUN x\n", "#!/bin/sh\n", "export d=1\nexport c=1\n");
    assert_script("FROM a\nRUN x\n", "#!/bin/sh\n", "export https_proxy=1\n");
    assert_script("FROM a\nARG b\nENV c=1\nONBUILD ENV d=1\nONBUILD RUN x\n", "#!/bin/sh\n",
                  "_proxy=1\nexport d=1\nexport c=1\nx");
}

/* What a comment about a range of the script becomes; "" if nothing. Ten exports stand in front. */
static void says(const char *dockerfile, const char *comment, const char *expected)
{
    struct lint_config config;
    struct lint_result result;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf answer = STRBUF_INIT, found = STRBUF_INIT;
    strbuf_addf(&answer, "{\"comments\": [{\"file\": \"/x/0\", \"level\": \"info\", \"code\": 2086, "
                         "\"message\": \"m\", %s}]}",
                comment);
    struct stand_in stand_in = {.scripts = STRBUF_INIT, .answer = answer.buf};
    const struct lint_shellcheck shellcheck = {.check = check, .context = &stand_in};
    lint_config_start(&config);
    assert_int_equal(lint_config_add_only(&config, "SC2086", &error), 0);
    const struct lint_options options = {.config = &config, .shellcheck = &shellcheck};
    assert_int_equal(lint_run(&result, "Dockerfile", span_of_text(dockerfile), &options, &error), 0);
    for (size_t i = 0; i < result.count; i++) {
        const struct lint_finding *finding = &result.items[i];
        assert_string_equal(finding->code, "SC2086");
        assert_int_equal(finding->severity, SEVERITY_INFO);
        strbuf_addf(&found, "%.*s", (int)(finding->end - finding->begin), dockerfile + finding->begin);
        for (size_t e = 0; finding->fix && e < finding->fix->count; e++)
            strbuf_addf(&found, " %.*s<%s>", 2, dockerfile + finding->fix->edits[e].begin,
                        finding->fix->edits[e].text);
    }
    assert_string_equal(found.buf ? found.buf : "", expected);
    strbuf_release(&stand_in.scripts);
    lint_result_release(&result);
    lint_config_release(&config);
}

#define PLACE(line, column, end) \
    "\"line\": " #line ", \"endLine\": " #line ", \"column\": " #column ", \"endColumn\": " #end
#define EDIT(column, end, point, text) \
    "{" PLACE(12, column, end) ", \"insertionPoint\": \"" point "\", \"replacement\": \"" text "\"}"

static void places_are_those_of_the_dockerfile(void **state)
{
    (void)state;
    says("FROM a\nRUN echo $x\n", PLACE(12, 6, 8), "$x");
    says("FROM a\nRUN echo a \\\n  # c\n  && echo $x\n", PLACE(12, 18, 20), "$x");
    says("FROM a\nRUN echo \xc3\xa4 $x\n", PLACE(12, 8, 10), "$x");
    says("FROM a\nRUN <<E\na\necho\t$x\nE\n", PLACE(13, 6, 8), "$x");
    says("FROM a\nRUN x\n", PLACE(3, 1, 5), "");
    says("FROM a\nRUN x\n", PLACE(99, 1, 5), "");
}

static void mends_are_edits_of_the_dockerfile(void **state)
{
    (void)state;
    says("FROM a\nRUN echo $x \\\n && y\n",
         PLACE(12, 6, 8) ", \"fix\": {\"replacements\": [" EDIT(6, 6, "afterEnd", "<") ", " EDIT(
             8, 8, "beforeStart", ">") "]}",
         "$x $x<<$> x <x>>");
    says("FROM a\nRUN echo $x\\\ny\n",
         PLACE(12, 6, 8) ", \"fix\": {\"replacements\": [" EDIT(8, 8, "beforeStart", ">") "]}", "$x x\\<x>>");
    says("FROM a\nRUN echo $x\\\ny\n",
         PLACE(12, 6, 8) ", \"fix\": {\"replacements\": [" EDIT(7, 9, "beforeStart", "z") "]}", "$x");
}

static void comments_suppress_what_it_says(void **state)
{
    (void)state;
    says("FROM a\n# hadolint ignore=SC2086\nRUN echo $x\n", PLACE(12, 6, 8), "");
    says("FROM a\nRUN echo $x \\\n # shell\n", PLACE(12, 6, 8), "$x");
}

/* Findings of the rule that tells of comments. */
static size_t count_unused(const char *dockerfile, const struct lint_shellcheck *shellcheck)
{
    struct lint_config config;
    struct lint_result result;
    struct error error = ERROR_INIT;
    size_t count = 0;
    lint_config_start(&config);
    config.unused_ignores = true;
    const struct lint_options options = {.config = &config, .shellcheck = shellcheck};
    assert_int_equal(lint_run(&result, "D", span_of_text(dockerfile), &options, &error), 0);
    for (size_t i = 0; i < result.count; i++)
        count += strcmp(result.items[i].code, "UL0001") == 0;
    lint_result_release(&result);
    lint_config_release(&config);
    return count;
}

static void comments_are_unused_only_where_it_was_asked(void **state)
{
    static const char dockerfile[] = "FROM a\n# hadolint ignore=SC2086\nRUN x\n";
    struct stand_in stand_in = {.scripts = STRBUF_INIT};
    const struct lint_shellcheck shellcheck = {.check = check, .context = &stand_in};
    (void)state;
    assert_int_equal(count_unused(dockerfile, &shellcheck), 1);
    assert_int_equal(count_unused(dockerfile, NULL), 0);
    strbuf_release(&stand_in.scripts);
}

static void what_is_no_answer_is_an_error(void **state)
{
    static const char *const answers[] = {"{", "[]", "{\"comments\": {}}", "{\"comments\": [{\"file\": \"7\"}]}",
                                          "{\"comments\": [{\"file\": \"x\"}]}",
                                          "{\"comments\": [{\"file\": \"0\", \"message\": 1}]}",
                                          "{\"comments\": [{\"file\": \"0\"}]}"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
        struct lint_config config;
        struct lint_result result;
        cleanup_error struct error error = ERROR_INIT;
        struct stand_in stand_in = {.scripts = STRBUF_INIT, .answer = answers[i]};
        const struct lint_shellcheck shellcheck = {.check = check, .context = &stand_in};
        lint_config_start(&config);
        const struct lint_options options = {.config = &config, .shellcheck = &shellcheck};
        assert_int_equal(lint_run(&result, "D", span_of_text("FROM a\nRUN x\n"), &options, &error), -1);
        assert_non_null(strstr(error.text, "shellcheck"));
        strbuf_release(&stand_in.scripts);
        lint_config_release(&config);
    }
}

/* With the program */

static size_t count_codes(const struct shellcheck *shellcheck, const char *dockerfile)
{
    struct lint_config config;
    struct lint_result result;
    struct error error = ERROR_INIT;
    size_t count = 0;
    lint_config_start(&config);
    const struct lint_options options = {.config = &config, .shellcheck = shellcheck_of(shellcheck)};
    if (lint_run(&result, "Dockerfile", span_of_text(dockerfile), &options, &error) < 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < result.count; i++)
        count += lint_rule_is_shellcheck(result.items[i].code);
    lint_result_release(&result);
    lint_config_release(&config);
    return count;
}

static bool has_program(struct shellcheck *shellcheck)
{
    struct error error = ERROR_INIT;
    bool there = shellcheck_start(shellcheck, "always", true, &error) == 0;
    error_release(&error);
    if (!there)
        print_message("skipped 1: shellcheck is not installed\n");
    return there;
}

static void the_program_is_asked_and_its_mends_are_made(void **state)
{
    struct shellcheck shellcheck;
    struct fix_result result;
    struct lint_config config;
    struct error error = ERROR_INIT;
    (void)state;
    if (!has_program(&shellcheck))
        skip();
    lint_config_start(&config);
    assert_int_equal(lint_config_add_only(&config, "SC2086", &error), 0);
    const struct lint_options lint = {.config = &config, .shellcheck = shellcheck_of(&shellcheck)};
    const struct fix_options options = {.lint = &lint, .unsafe = true};
    assert_int_equal(fix_run(&result, "D", span_of_text("FROM a\nRUN a \\\n && ls $b \\\n && c\n"), &options,
                             &error), 0);
    for (size_t i = 0; i < result.refused_count; i++)
        print_message("refused: %s\n", result.refused[i].why);
    assert_string_equal(result.text.buf, "FROM a\nRUN a \\\n && ls \"$b\" \\\n && c\n");
    fix_result_release(&result);
    lint_config_release(&config);
    shellcheck_end(&shellcheck);
}

static void rows_of_the_corpus_that_are_shellchecks(void **state)
{
    const char *corpus = getenv("ULLAGE_CORPUS");
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    char path[4096];
    struct shellcheck shellcheck;
    struct error error = ERROR_INIT;
    size_t asked = 0, failed = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/hadolint-cases.jsonl", corpus ? corpus : "");
    if (!corpus || access(path, R_OK) < 0) {
        print_message("skipped 1: ULLAGE_CORPUS has no hadolint-cases.jsonl\n");
        skip();
    }
    if (!has_program(&shellcheck))
        skip();
    assert_int_equal(file_read(&text, path, ROWS_BYTES_MAX, &error), 0);
    for (char *line = text.buf, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        json_t *row = json_loadb(line, (size_t)(end - line), 0, NULL);
        const char *rule = json_string_value(json_object_get(row, "rule"));
        if (rule && strncmp(rule, "SC", 2) == 0) {
            const char *given = json_string_value(json_object_get(row, "dockerfile"));
            cleanup_strbuf struct strbuf dockerfile = STRBUF_INIT;
            strbuf_addf(&dockerfile, "%s%s", strncmp(given, "FROM", 4) == 0 ? "" : "FROM scratch\n", given);
            bool fires = count_codes(&shellcheck, dockerfile.buf) > 0;
            asked++;
            if (fires != json_is_true(json_object_get(row, "fires"))) {
                failed++;
                print_message("%s: %s\n", fires ? "fires" : "does not fire", dockerfile.buf);
            }
        }
        json_decref(row);
    }
    print_message("%zu rows asked, %zu fail\n", asked, failed);
    shellcheck_end(&shellcheck);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts_are_for_the_shell_that_runs_them),
        cmocka_unit_test(scripts_know_the_variables_of_the_build),
        cmocka_unit_test(places_are_those_of_the_dockerfile),
        cmocka_unit_test(mends_are_edits_of_the_dockerfile),
        cmocka_unit_test(comments_suppress_what_it_says),
        cmocka_unit_test(comments_are_unused_only_where_it_was_asked),
        cmocka_unit_test(what_is_no_answer_is_an_error),
        cmocka_unit_test(the_program_is_asked_and_its_mends_are_made),
        cmocka_unit_test(rows_of_the_corpus_that_are_shellchecks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
