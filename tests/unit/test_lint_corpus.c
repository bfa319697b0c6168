/* Rules against cases that other linters' tests decide (ULLAGE_CORPUS; without it each test is skipped and
 * says so). Every row is asked; those that fail are listed. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/lint/lint.h"
#include "core/file.h"
#include "core/memory.h"
#include "tests/support/check.h"

#define ROWS_BYTES_MAX ((size_t)64 << 20)

/* NULL where the corpus is not. */
static json_t *read_rows(const char *name)
{
    const char *corpus = getenv("ULLAGE_CORPUS");
    cleanup_strbuf struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    strbuf_addf(&path, "%s/%s", corpus ? corpus : "", name);
    if (!corpus || access(path.buf, R_OK) < 0) {
        print_message("skipped 1: ULLAGE_CORPUS has no %s\n", name);
        return NULL;
    }
    if (file_read(&text, path.buf, ROWS_BYTES_MAX, &error) < 0)
        fail_msg("%s", error.text);
    json_t *rows = json_array();
    for (char *line = text.buf, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        json_t *row = json_loadb(line, (size_t)(end - line), 0, NULL);
        assert_non_null(row);
        json_array_append_new(rows, row);
    }
    return rows;
}

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

static enum label_type type_of(const char *name)
{
    static const char *const old[] = {"rawtext", "url", "semver", "githash", "rfc3339", "spdx", "email"};
    for (size_t i = 0; i < ARRAY_SIZE(old); i++)
        if (strcmp(name, old[i]) == 0 || strcmp(name, label_type_names[i]) == 0)
            return (enum label_type)i;
    fail_msg("no type of label: %s", name);
    return LABEL_TEXT;
}

static void configure(struct lint_config *config, const json_t *given)
{
    const char *name;
    json_t *value;
    size_t index;
    json_array_foreach(json_object_get(given, "allowedRegistries"), index, value)
        strvec_add(&config->trusted_registries, json_string_value(value));
    config->strict_labels = json_is_true(json_object_get(given, "strictLabels"));
    json_object_foreach(json_object_get(given, "labelSchema"), name, value)
    {
        config->labels = memory_grow(config->labels, config->label_count, &config->label_capacity,
                                     sizeof *config->labels);
        config->labels[config->label_count++] = (struct label_schema){
            .name = arena_dup_text(&config->arena, name),
            .type = type_of(json_string_value(value)),
        };
    }
}

static bool has_from(const char *dockerfile)
{
    for (const char *line = dockerfile; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncasecmp(line + strspn(line, " \t"), "FROM", 4) == 0)
            return true;
    return false;
}

/* How often the rule is told of the text. */
static size_t count_findings(const char *dockerfile, const char *rule, const json_t *given)
{
    struct lint_config config;
    struct lint_result result;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    size_t count = 0;
    lint_config_start(&config);
    configure(&config, given);
    assert_int_equal(lint_config_set(&config, rule, LINT_ON, &error), 0);
    const struct lint_options options = {.config = &config};
    if (!has_from(dockerfile) && strcmp(rule, "DL3061") != 0)
        strbuf_add_text(&text, "FROM scratch\n");
    strbuf_add_text(&text, dockerfile);
    if (lint_run(&result, "Dockerfile", span_of(text.buf, text.len), &options, &error) < 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < result.count; i++)
        count += strcmp(result.items[i].code, rule) == 0;
    lint_result_release(&result);
    lint_config_release(&config);
    return count;
}

static bool is_as_expected(const char *expect, size_t count)
{
    if (strcmp(expect, "none") == 0)
        return count == 0;
    if (strcmp(expect, "at least 1") == 0)
        return count >= 1;
    assert_int_equal(strncmp(expect, "exactly ", 8), 0);
    return count == (size_t)strtol(expect + 8, NULL, 10);
}

static void hadolints_rules_fire_where_its_own_tests_say(void **state)
{
    json_t *rows = read_rows("hadolint-cases.jsonl"), *row;
    size_t index, failed = 0, missing = 0, asked = 0, foreign = 0;
    (void)state;
    if (!rows)
        skip();
    json_array_foreach(rows, index, row)
    {
        const char *rule = text_of(row, "rule"), *dockerfile = text_of(row, "dockerfile");
        if (strncmp(rule, "SC", 2) == 0) {
            foreign++; /* the program's: tests/cli/shellcheck.sh */
            continue;
        }
        asked++;
        if (!lint_rule_find(rule)) {
            print_message("no rule %s\n", rule);
            missing++;
            continue;
        }
        size_t count = count_findings(dockerfile, rule, json_object_get(row, "config"));
        if (is_as_expected(text_of(row, "expect"), count))
            continue;
        print_message("%s: %s expected, %zu found: %s (%s)\n", rule, text_of(row, "expect"), count,
                      dockerfile, text_of(row, "test"));
        failed++;
    }
    print_message("%zu rows asked, %zu fail, %zu have no rule, %zu are ShellCheck's\n", asked, failed,
                  missing, foreign);
    json_decref(rows);
    assert_int_equal(failed, 0);
}

static bool is_expected(const json_t *warnings, const char *rule, uint32_t line)
{
    const json_t *warning;
    size_t index;
    json_array_foreach(warnings, index, warning)
        if (strcmp(text_of(warning, "rule"), rule) == 0 &&
            json_integer_value(json_object_get(warning, "line")) == (json_int_t)line)
            return true;
    return false;
}

static bool is_found(const struct lint_result *result, const char *rule, uint32_t line)
{
    for (size_t i = 0; i < result->count; i++)
        if (strcmp(result->items[i].code, rule) == 0 &&
            lint_result_place(result, result->items[i].begin).line == line)
            return true;
    return false;
}

/* The number of places where we and BuildKit do not agree. */
static size_t compare_checks(const json_t *row)
{
    const char *dockerfile = text_of(row, "dockerfile");
    const json_t *warnings = json_object_get(row, "warnings_all_targets"), *warning;
    struct lint_config config;
    struct lint_result result;
    struct error error = ERROR_INIT;
    size_t index, apart = 0;
    if (!warnings)
        warnings = json_object_get(row, "warnings");
    lint_config_start(&config);
    config.preset = LINT_BUILDKIT;
    const struct lint_options options = {.config = &config};
    if (lint_run(&result, "Dockerfile", span_of_text(dockerfile), &options, &error) < 0)
        fail_msg("%s", error.text);
    json_array_foreach(warnings, index, warning)
    {
        const char *rule = text_of(warning, "rule");
        uint32_t line = (uint32_t)json_integer_value(json_object_get(warning, "line"));
        if (!lint_rule_find(rule) || is_found(&result, rule, line))
            continue;
        print_message("%s: %s of line %u is missing:\n%s\n", text_of(row, "test"), rule, line, dockerfile);
        apart++;
    }
    for (size_t i = 0; i < result.count; i++) {
        uint32_t line = lint_result_place(&result, result.items[i].begin).line;
        if (strncmp(result.items[i].code, "DL", 2) == 0 ||
            is_expected(warnings, result.items[i].code, line))
            continue;
        print_message("%s: %s of line %u is too much:\n%s\n", text_of(row, "test"), result.items[i].code,
                      line, dockerfile);
        apart++;
    }
    lint_result_release(&result);
    lint_config_release(&config);
    return apart;
}

static void buildkits_checks_are_told_of_the_lines_that_it_tells(void **state)
{
    json_t *rows = read_rows("buildkit-lint-cases.jsonl"), *row;
    size_t index, failed = 0;
    (void)state;
    if (!rows)
        skip();
    json_array_foreach(rows, index, row)
        failed += compare_checks(row) > 0;
    print_message("%zu rows, %zu differ\n", json_array_size(rows), failed);
    json_decref(rows);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hadolints_rules_fire_where_its_own_tests_say),
        cmocka_unit_test(buildkits_checks_are_told_of_the_lines_that_it_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
