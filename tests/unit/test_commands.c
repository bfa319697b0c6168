/* What must hold for every command there is, however many are added. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/man.h"
#include "cli/topics.h"

static void assert_rows_are_sound(const char *owner, const struct option *rows)
{
    struct error err = ERROR_INIT;
    if (options_check(rows, &err) < 0)
        fail_msg("%s: %s", owner, err.text);
}

static void tables_are_sound(void **state)
{
    (void)state;

    assert_rows_are_sound("global", global_options);
    for (size_t i = 0; commands[i]; i++)
        assert_rows_are_sound(commands[i]->name, commands[i]->options);
}

static void values_fit_into_the_struct_of_the_command(void **state)
{
    (void)state;

    for (size_t i = 0; commands[i]; i++)
        for (const struct option *row = commands[i]->options; row && row->name; row++)
            if (row->offset + row->size > commands[i]->options_size)
                fail_msg("%s: option '--%s' lies outside", commands[i]->name, row->name);
}

static void command_is_complete(void **state)
{
    (void)state;

    for (size_t i = 0; commands[i]; i++) {
        assert_non_null(commands[i]->name);
        assert_non_null(commands[i]->summary);
        assert_non_null(commands[i]->run);
        assert_ptr_equal(command_by_name(commands[i]->name), commands[i]);
        assert_true(commands[i]->operands_min <= commands[i]->operands_max);
        assert_true(commands[i]->operands_max == 0 || commands[i]->usage);
        assert_null(topic_find(commands[i]->name));
    }
}

static void assert_same_arity(const struct option *row, const struct option *others)
{
    const struct option *other = options_find(others, row->name);
    if (other && option_takes_value(other) != option_takes_value(row))
        fail_msg("'--%s' takes a value here and none there", row->name);
}

/* Else an option before the command could not be read before the command is known. */
static void name_takes_a_value_everywhere_or_nowhere(void **state)
{
    (void)state;

    for (size_t i = 0; commands[i]; i++)
        for (const struct option *row = commands[i]->options; row && row->name; row++) {
            assert_same_arity(row, global_options);
            for (size_t j = 0; commands[j]; j++)
                assert_same_arity(row, commands[j]->options);
        }
}

static void assert_lines_fit(const char *name, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (len > PAGE_WIDTH_MAX)
            fail_msg("help of '%s' has a line of %zu columns: %.*s", name, len, (int)len,
                     text);
        text += len + (text[len] == '\n');
    }
}

static void help_fits_the_screen(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i]; i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        struct page page = page_for(&text, &style_plain, 200);

        help_command(&page, commands[i]);

        assert_lines_fit(commands[i]->name, text.buf);
    }
    for (const struct topic *topic = topics; topic->name; topic++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        struct page page = page_for(&text, &style_plain, 200);

        topic_print(topic, &page);

        assert_lines_fit(topic->name, text.buf);
    }
}

static void short_help_fits_a_small_terminal(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct page page = page_for(&text, &style_plain, 80);

    help_short(&page);

    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.buf[i] == '\n';
    assert_true(lines < 24);
    assert_lines_fit("ullage", text.buf);
}

/* Texts of our own that a shell or roff would take for syntax come out escaped, so none may
 * be raw. */
static void pages_have_no_raw_control_lines(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i]; i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;

        man_command(&text, commands[i]);

        assert_non_null(strstr(text.buf, ".SH SYNOPSIS\n"));
        assert_non_null(strstr(text.buf, ".SH \"EXIT STATUS\"\n"));
        assert_null(strstr(text.buf, "\n\n"));
        assert_null(strstr(text.buf, "\n'"));
    }
}

static void every_visible_option_is_completed(void **state)
{
    (void)state;
    for (size_t s = 0; shells[s]; s++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        shells[s]->print(&text);
        for (size_t i = 0; commands[i]; i++) {
            assert_non_null(strstr(text.buf, commands[i]->name));
            for (const struct option *row = commands[i]->options; row && row->name; row++)
                if (!row->hidden && !strstr(text.buf, row->name))
                    fail_msg("%s does not offer '--%s'", shells[s]->name, row->name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sound),
        cmocka_unit_test(values_fit_into_the_struct_of_the_command),
        cmocka_unit_test(command_is_complete),
        cmocka_unit_test(name_takes_a_value_everywhere_or_nowhere),
        cmocka_unit_test(help_fits_the_screen),
        cmocka_unit_test(short_help_fits_a_small_terminal),
        cmocka_unit_test(pages_have_no_raw_control_lines),
        cmocka_unit_test(every_visible_option_is_completed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
