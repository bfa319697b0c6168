/* Differences by lines are what patch(1) turns one text into the other with. */
#include "core/line_diff.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "tests/support/check.h"

static void assert_diff(const char *from, const char *to, const char *expected)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    line_diff(&out, "a", "b", span_of_text(from), span_of_text(to), NULL);
    assert_string_equal(out.buf ? out.buf : "", expected);
}

static void equal_texts_have_no_difference(void **state)
{
    (void)state;
    assert_diff("", "", "");
    assert_diff("a\nb\n", "a\nb\n", "");
}

static void a_changed_line_stands_in_its_context(void **state)
{
    (void)state;
    assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
                "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

static void a_missing_newline_at_the_end_is_told(void **state)
{
    (void)state;
    assert_diff("a", "a\n", "--- a\n+++ b\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

static void what_is_new_or_gone_altogether_is_shown_whole(void **state)
{
    (void)state;
    assert_diff("", "a\nb\n", "--- a\n+++ b\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    assert_diff("a\n", "", "--- a\n+++ b\n@@ -1,1 +0,0 @@\n-a\n");
}

/* Two texts of a few different lines, from a number. */
static void make_texts(uint64_t seed, struct strbuf *from, struct strbuf *to)
{
    uint64_t random = seed * 6364136223846793005u + 1442695040888963407u;
    for (int i = 0; i < 40; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned word = (unsigned)(random >> 60), choice = (unsigned)(random >> 50) % 6;
        if (choice != 0)
            strbuf_addf(from, "%u\n", word);
        if (choice != 1)
            strbuf_addf(to, "%u\n", choice == 2 ? word + 100 : word);
    }
}

static void patch_makes_one_text_of_the_other(void **state)
{
    (void)state;
    char folder[] = "/tmp/ullage-diff-XXXXXX";
    assert_non_null(mkdtemp(folder));
    for (uint64_t seed = 0; seed < 50; seed++) {
        cleanup_strbuf struct strbuf from = STRBUF_INIT, to = STRBUF_INIT, diff = STRBUF_INIT;
        cleanup_strbuf struct strbuf path = STRBUF_INIT, script = STRBUF_INIT, got = STRBUF_INIT;
        struct error error = ERROR_INIT;
        make_texts(seed, &from, &to);
        line_diff(&diff, "f", "f", span_of(from.buf, from.len), span_of(to.buf, to.len), NULL);
        strbuf_addf(&path, "%s/f", folder);
        assert_int_equal(file_write(path.buf, span_of(from.buf, from.len), &error), 0);
        strbuf_addf(&script, "%s/d", folder);
        assert_int_equal(file_write(script.buf, span_of(diff.buf, diff.len), &error), 0);
        cleanup_strbuf struct strbuf command = STRBUF_INIT;
        strbuf_addf(&command, "cd %s && patch -s -F0 f <d", folder);
        if (diff.len)
            assert_int_equal(system(command.buf), 0);
        assert_int_equal(file_read(&got, path.buf, 1 << 20, &error), 0);
        assert_string_equal(got.buf, to.buf);
    }
    cleanup_strbuf struct strbuf command = STRBUF_INIT;
    strbuf_addf(&command, "rm -r %s", folder);
    assert_int_equal(system(command.buf), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_have_no_difference),
        cmocka_unit_test(a_changed_line_stands_in_its_context),
        cmocka_unit_test(a_missing_newline_at_the_end_is_told),
        cmocka_unit_test(what_is_new_or_gone_altogether_is_shown_whole),
        cmocka_unit_test(patch_makes_one_text_of_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
