/* Which paths a .gitignore leaves out. */

#include "core/gitignore.h"
#include "core/memory.h"
#include "core/strbuf.h"
#include "tests/support/check.h"

static enum gitignore_verdict ask(const char *text, const char *path, bool is_folder)
{
    struct gitignore list = GITIGNORE_INIT;
    struct error err = ERROR_INIT;
    assert_int_equal(gitignore_parse(&list, span_of_text(text), &err), 0);
    enum gitignore_verdict verdict = gitignore_ask(&list, path, is_folder);
    gitignore_release(&list);
    return verdict;
}

static void assert_ignored(const char *text, const char *path)
{
    assert_int_equal(ask(text, path, false), GITIGNORE_IGNORED);
}

static void assert_silent(const char *text, const char *path)
{
    assert_int_equal(ask(text, path, false), GITIGNORE_SILENT);
}

static void a_name_is_ignored_at_any_depth(void **state)
{
    (void)state;
    assert_ignored("vendor\n", "vendor");
    assert_ignored("vendor\n", "a/b/vendor");
    assert_ignored("*.o\n", "a/x.o");
    assert_silent("vendor\n", "vendors");
}

static void a_slash_within_binds_to_the_folder(void **state)
{
    (void)state;
    assert_ignored("/a\n", "a");
    assert_silent("/a\n", "b/a");
    assert_ignored("a/b\n", "a/b");
    assert_silent("a/b\n", "x/a/b");
    assert_silent("a/*\n", "a/b/c");
}

static void a_slash_at_the_end_means_folders(void **state)
{
    (void)state;
    assert_silent("build/\n", "build");
    assert_int_equal(ask("build/\n", "x/build", true), GITIGNORE_IGNORED);
}

static void two_stars_span_folders(void **state)
{
    (void)state;
    assert_ignored("**/x\n", "x");
    assert_ignored("**/x\n", "a/b/x");
    assert_ignored("a/**\n", "a/b/c");
    assert_silent("a/**\n", "a");
    assert_ignored("a/**/z\n", "a/z");
    assert_ignored("a/**/z\n", "a/b/c/z");
    assert_silent("a/**/z\n", "b/a/z");
    assert_silent("a**z/q\n", "a/b/z/q");
}

static void the_last_pattern_decides(void **state)
{
    (void)state;
    assert_int_equal(ask("*.df\n!keep.df\n", "a/keep.df", false), GITIGNORE_WANTED);
    assert_ignored("!keep.df\n*.df\n", "keep.df");
}

static void comments_blanks_and_quotes_are_gits(void **state)
{
    (void)state;
    assert_silent("# x\n\n", "# x");
    assert_ignored("\\#x\n", "#x");
    assert_ignored("\\!x\n", "!x");
    assert_ignored("x   \n", "x");
    assert_ignored("x\\ \n", "x ");
    assert_ignored("x\r\n", "x");
    assert_ignored("\xef\xbb\xbfx\n", "x");
    assert_ignored("a\\*\n", "a*");
    assert_silent("a\\*\n", "ab");
}

static void sets_are_matched(void **state)
{
    (void)state;
    assert_ignored("[a-c]x\n", "bx");
    assert_silent("[!a-c]x\n", "bx");
    assert_ignored("[^a-c]x\n", "dx");
    assert_ignored("v[[:digit:]].df\n", "v1.df");
    assert_silent("v[[:digit:]].df\n", "vx.df");
    assert_ignored("[]-]x\n", "]x");
    assert_silent("[a\n", "[a");
    assert_silent("?\n", "ab");
}

static void hostile_patterns_take_no_time(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf pattern = STRBUF_INIT, path = STRBUF_INIT;
    for (int i = 0; i < 2000; i++)
        strbuf_add_text(&pattern, "*a");
    strbuf_add_text(&pattern, "b\n");
    for (int i = 0; i < 20000; i++)
        strbuf_add_char(&path, 'a');
    assert_silent(pattern.buf, path.buf);
    strbuf_reset(&pattern);
    strbuf_reset(&path);
    for (int i = 0; i < 1000; i++)
        strbuf_add_text(&pattern, "**/a/");
    strbuf_add_text(&pattern, "b");
    for (int i = 0; i < 3000; i++)
        strbuf_add_text(&path, "a/");
    strbuf_add_char(&path, 'c');
    assert_false(gitignore_match(pattern.buf, path.buf));
}

static void too_many_patterns_are_refused(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct gitignore list = GITIGNORE_INIT;
    cleanup_error struct error err = ERROR_INIT;
    for (int i = 0; i <= GITIGNORE_PATTERNS_MAX; i++)
        strbuf_add_text(&text, "x\n");
    assert_int_equal(gitignore_parse(&list, span_of(text.buf, text.len), &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    gitignore_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_ignored_at_any_depth),
        cmocka_unit_test(a_slash_within_binds_to_the_folder),
        cmocka_unit_test(a_slash_at_the_end_means_folders),
        cmocka_unit_test(two_stars_span_folders),
        cmocka_unit_test(the_last_pattern_decides),
        cmocka_unit_test(comments_blanks_and_quotes_are_gits),
        cmocka_unit_test(sets_are_matched),
        cmocka_unit_test(hostile_patterns_take_no_time),
        cmocka_unit_test(too_many_patterns_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
