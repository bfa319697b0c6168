/* Sentences about one rule and one Dockerfile: what it points at, and what a fix makes of it. For test files that
 * are about rules; included last. */
#ifndef ULLAGE_TESTS_SUPPORT_LINTCHECK_H
#define ULLAGE_TESTS_SUPPORT_LINTCHECK_H

#include <string.h>

#include "analyzer/lint/fix.h"
#include "analyzer/lint/lint.h"
#include "tests/support/check.h"

/* The bytes that findings of the rule are about, parted by "|"; `messages` gets what they say, a line each. */
static void ask_with(struct strbuf *places, struct strbuf *messages, const char *rule,
                     const char *dockerfile, struct lint_config *config, struct lint_options options)
{
    struct lint_result result;
    struct error error = ERROR_INIT;
    assert_int_equal(lint_config_add_only(config, rule, &error), 0);
    options.config = config;
    assert_int_equal(lint_run(&result, "Dockerfile", span_of_text(dockerfile), &options, &error), 0);
    for (size_t i = 0; i < result.count; i++) {
        const struct lint_finding *finding = &result.items[i];
        assert_string_equal(finding->code, rule);
        strbuf_addf(places, "%s%.*s", i ? "|" : "", (int)(finding->end - finding->begin),
                    dockerfile + finding->begin);
        if (messages)
            strbuf_addf(messages, "%s\n", finding->message);
    }
    lint_result_release(&result);
}

static inline void points_at(const char *rule, const char *dockerfile, const char *expected)
{
    cleanup_strbuf struct strbuf found = STRBUF_INIT;
    struct lint_config config;
    lint_config_start(&config);
    ask_with(&found, NULL, rule, dockerfile, &config, (struct lint_options){.today = NULL});
    lint_config_release(&config);
    if (strcmp(found.buf, expected) != 0)
        fail_msg("%s finds '%s', not '%s', in:\n%s", rule, found.buf, expected, dockerfile);
}

static inline void is_silent(const char *rule, const char *dockerfile)
{
    points_at(rule, dockerfile, "");
}

static inline void says(const char *rule, const char *dockerfile, const char *expected)
{
    cleanup_strbuf struct strbuf found = STRBUF_INIT, messages = STRBUF_INIT;
    struct lint_config config;
    lint_config_start(&config);
    ask_with(&found, &messages, rule, dockerfile, &config, (struct lint_options){.today = NULL});
    lint_config_release(&config);
    assert_string_equal(messages.buf, expected);
}

static inline void becomes(const char *rule, bool unsafe, const char *before, const char *after)
{
    struct lint_config config;
    struct fix_result result;
    struct error error = ERROR_INIT;
    lint_config_start(&config);
    assert_int_equal(lint_config_add_only(&config, rule, &error), 0);
    const struct lint_options lint = {.config = &config};
    const struct fix_options options = {.lint = &lint, .unsafe = unsafe};
    assert_int_equal(fix_run(&result, "Dockerfile", span_of_text(before), &options, &error), 0);
    assert_string_equal(result.text.buf, after);
    fix_result_release(&result);
    lint_config_release(&config);
}

static inline void safely(const char *rule, const char *before, const char *after)
{
    becomes(rule, false, before, after);
}

/* The fix may change what is built: without leave nothing happens. */
static inline void with_leave(const char *rule, const char *before, const char *after)
{
    becomes(rule, false, before, before);
    becomes(rule, true, before, after);
}

#endif
