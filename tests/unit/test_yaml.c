/* The YAML reader: what it reads, and how it says what it refuses. */
#include <stdio.h>
#include <string.h>

#include "core/strbuf.h"
#include "core/yaml.h"
#include "tests/support/check.h"

static struct yaml parse(const char *text)
{
    struct yaml yaml;
    struct error error = ERROR_INIT;
    if (yaml_parse(&yaml, "f.yaml", span_of_text(text), ERROR_USAGE, &error) < 0)
        fail_msg("%s\n%s", error.text, error.hint ? error.hint : "");
    return yaml;
}

/* The error as a person sees it: its text, and its hint below. */
static void assert_refused_span(struct span text, const char *message)
{
    struct yaml yaml;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf said = STRBUF_INIT;
    assert_int_equal(yaml_parse(&yaml, "f.yaml", text, ERROR_USAGE, &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
    strbuf_addf(&said, "%s%s%s", error.text, error.hint ? "\n" : "", error.hint ? error.hint : "");
    assert_string_equal(said.buf, message);
    error_release(&error);
}

static void assert_refused(const char *text, const char *message)
{
    assert_refused_span(span_of_text(text), message);
}

static void every_node_knows_its_line_and_column(void **state)
{
    (void)state;
    struct yaml yaml = parse("a: 1\nlist:\n  - x\n  - {k: v}\n");

    const struct yaml_node *list = yaml_get(yaml.root, "list");
    const struct yaml_node *second = list->first->next;
    assert_int_equal(yaml_get(yaml.root, "a")->line, 1);
    assert_int_equal(yaml_get(yaml.root, "a")->column, 4);
    assert_int_equal(list->key->line, 2);
    assert_int_equal(list->count, 2);
    assert_int_equal(list->first->line, 3);
    assert_int_equal(list->first->column, 5);
    assert_int_equal(second->kind, YAML_MAPPING);
    assert_string_equal(yaml_get(second, "k")->text, "v");
    assert_null(yaml_get(yaml.root, "b"));
    yaml_release(&yaml);
}

static void scalar_is_null_when_it_is_empty_or_says_so_without_quotes(void **state)
{
    (void)state;
    struct yaml yaml = parse("a:\nb: ~\nc: null\nd: \"\"\ne: 'null'\nf: |\n  x\n");

    assert_true(yaml_is_null(yaml_get(yaml.root, "a")));
    assert_true(yaml_is_null(yaml_get(yaml.root, "b")));
    assert_true(yaml_is_null(yaml_get(yaml.root, "c")));
    assert_false(yaml_is_null(yaml_get(yaml.root, "d")));
    assert_false(yaml_is_null(yaml_get(yaml.root, "e")));
    assert_string_equal(yaml_get(yaml.root, "f")->text, "x\n");
    yaml_release(&yaml);
}

static void document_may_be_empty_or_begin_with_a_mark(void **state)
{
    (void)state;
    struct yaml empty = parse(""), comment = parse("# nothing\n"),
                mark = parse("\xef\xbb\xbf"
                             "---\na: 1\n...\n");

    assert_null(empty.root);
    assert_null(comment.root);
    assert_string_equal(yaml_get(mark.root, "a")->text, "1");
    yaml_release(&empty);
    yaml_release(&comment);
    yaml_release(&mark);
}

static void key_given_twice_is_refused_where_it_stands_again(void **state)
{
    (void)state;
    assert_refused("a: 1\nb: 2\n\"a\": 3\n",
                   "f.yaml:3:1: the key 'a' stands here again; it was given in line 1\n"
                   "3 | \"a\": 3\n"
                   "  | ^");
}

static void same_key_of_two_mappings_is_no_duplicate(void **state)
{
    (void)state;
    struct yaml yaml = parse("- {a: 1}\n- {a: 2, b: {a: 3}}\n");
    assert_int_equal(yaml.root->count, 2);
    yaml_release(&yaml);
}

static void anchor_alias_and_tag_are_refused(void **state)
{
    (void)state;
    assert_refused("a: &x 1\n", "f.yaml:1:4: anchors are not allowed\n1 | a: &x 1\n  |    ^\n"
                                "put a text that begins with '!', '*' or '&' into quotes");
    assert_refused("a: *x\n", "f.yaml:1:4: aliases are not allowed\n1 | a: *x\n  |    ^\n"
                              "put a text that begins with '!', '*' or '&' into quotes");
    assert_refused("a: !!str 1\n", "f.yaml:1:4: tags are not allowed\n1 | a: !!str 1\n  |    ^\n"
                                   "put a text that begins with '!', '*' or '&' into quotes");
    assert_refused("<<: {a: 1}\n<<: {b: 1}\n",
                   "f.yaml:2:1: the key '<<' stands here again; it was given in line 1\n"
                   "2 | <<: {b: 1}\n  | ^");
}

static void pattern_without_quotes_is_told_to_take_them(void **state)
{
    (void)state;
    assert_refused(
        "paths:\n  - **/.git/**\n",
        "f.yaml:2:5: did not find expected alphabetic or numeric character while scanning "
        "an alias\n2 |   - **/.git/**\n  |     ^\n"
        "put a text that begins with '!', '*' or '&' into quotes");
    assert_refused(
        "paths: [\"/a\", !/b]\n",
        "f.yaml:1:15: did not find expected whitespace or line break while scanning a tag\n"
        "1 | paths: [\"/a\", !/b]\n"
        "  |               ^\n"
        "put a text that begins with '!', '*' or '&' into quotes");
}

static void second_document_is_refused(void **state)
{
    (void)state;
    assert_refused("a: 1\n---\nb: 1\n",
                   "f.yaml:2:1: a second document is not allowed\n2 | ---\n  | ^");
}

static void broken_syntax_points_at_the_place(void **state)
{
    (void)state;
    assert_refused("a: [1, 2\nb: 3\n",
                   "f.yaml:2:2: did not find expected ',' or ']' while parsing a flow sequence\n"
                   "2 | b: 3\n  |  ^");
    assert_refused("a: 1\n\tb: 2\n",
                   "f.yaml:2:1: found a tab character that violates indentation while scanning a "
                   "plain scalar\n2 |  b: 2\n  | ^");
}

static void caret_counts_characters_not_bytes(void **state)
{
    (void)state;
    assert_refused(
        "{\"\xc3\xa4\xc3\xb6\": 1, \"\xc3\xa4\xc3\xb6\": 2}",
        "f.yaml:1:11: the key '\xc3\xa4\xc3\xb6' stands here again; it was given in line 1\n"
        "1 | {\"\xc3\xa4\xc3\xb6\": 1, \"\xc3\xa4\xc3\xb6\": 2}\n"
        "  |           ^");
}

static void source_line_cannot_drive_the_terminal(void **state)
{
    (void)state;
    assert_refused("\"a\xe2\x80\xae\": &x 1\n",
                   "f.yaml:1:7: anchors are not allowed\n"
                   "1 | \"a\\u{202e}\": &x 1\n"
                   "  |              ^\n"
                   "put a text that begins with '!', '*' or '&' into quotes");
}

static void long_line_is_shown_around_the_caret(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf text = STRBUF_INIT, want = STRBUF_INIT;
    strbuf_add_text(&text, "a: \"");
    strbuf_add_repeat(&text, 'x', 300);
    strbuf_add_text(&text, "\" x");
    strbuf_add_text(&want, "f.yaml:1:307: did not find expected key while parsing a block mapping\n"
                           "1 | ...");
    strbuf_add_repeat(&want, 'x', 58);
    strbuf_add_text(&want, "\" x\n  |    ");
    strbuf_add_repeat(&want, ' ', 60);
    strbuf_add_char(&want, '^');

    assert_refused(text.buf, want.buf);
}

static void bytes_that_are_no_text_are_refused_at_their_place(void **state)
{
    (void)state;
    assert_refused("a: 1\nb: \xff\n",
                   "f.yaml:2:4: invalid leading UTF-8 octet\n2 | b: \\xff\n  |    ^");
    assert_refused_span(span_of("a: \"\\0\"\n", 8),
                        "f.yaml:1:4: a text must not hold a NUL\n1 | a: \"\\0\"\n  |    ^");
    assert_refused("a: b\x01\n",
                   "f.yaml:1:5: control characters are not allowed\n1 | a: b\\x01\n  |     ^");
}

static void depth_size_and_number_of_parts_are_bounded(void **state)
{
    (void)state;
    struct yaml yaml;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf deep = STRBUF_INIT, many = STRBUF_INIT, large = STRBUF_INIT;
    strbuf_add_repeat(&deep, '[', YAML_DEPTH_MAX + 1);
    strbuf_add_text(&many, "[");
    for (size_t i = 0; i < YAML_NODES_MAX; i++)
        strbuf_add_text(&many, "1,");
    strbuf_add_repeat(&large, '#', YAML_BYTES_MAX + 1);

    assert_int_equal(yaml_parse(&yaml, "f", span_of(deep.buf, deep.len), ERROR_USAGE, &error), -1);
    assert_string_equal(error.text, "f:1:65: nests too deep");
    error_release(&error);
    assert_int_equal(yaml_parse(&yaml, "f", span_of(many.buf, many.len), ERROR_USAGE, &error), -1);
    assert_non_null(strstr(error.text, "the document has too many parts"));
    error_release(&error);
    assert_int_equal(yaml_parse(&yaml, "f", span_of(large.buf, large.len), ERROR_INPUT, &error),
                     -1);
    assert_int_equal(error.code, ERROR_INPUT);
    assert_string_equal(error.text, "f: is larger than 1048576 bytes");
    error_release(&error);
}

static void unknown_key_offers_the_nearest(void **state)
{
    (void)state;
    static const char *const known[] = {"measure", "paths", NULL};
    struct yaml yaml = parse("mesure: x\n"), other = parse("zebra: x\n");
    struct error error = ERROR_INIT;

    assert_int_equal(yaml_expect_keys(&yaml, yaml.root, known, "a budget", &error), -1);
    assert_string_equal(error.text, "f.yaml:1:1: 'mesure' is no key of a budget");
    assert_string_equal(error.hint, "1 | mesure: x\n  | ^\ndid you mean 'measure'?");
    error_release(&error);
    assert_int_equal(yaml_expect_keys(&other, other.root, known, "a budget", &error), -1);
    assert_string_equal(error.hint, "1 | zebra: x\n  | ^\nthere are: measure, paths");
    error_release(&error);
    yaml_release(&yaml);
    yaml_release(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_knows_its_line_and_column),
        cmocka_unit_test(scalar_is_null_when_it_is_empty_or_says_so_without_quotes),
        cmocka_unit_test(document_may_be_empty_or_begin_with_a_mark),
        cmocka_unit_test(key_given_twice_is_refused_where_it_stands_again),
        cmocka_unit_test(same_key_of_two_mappings_is_no_duplicate),
        cmocka_unit_test(anchor_alias_and_tag_are_refused),
        cmocka_unit_test(pattern_without_quotes_is_told_to_take_them),
        cmocka_unit_test(second_document_is_refused),
        cmocka_unit_test(broken_syntax_points_at_the_place),
        cmocka_unit_test(caret_counts_characters_not_bytes),
        cmocka_unit_test(source_line_cannot_drive_the_terminal),
        cmocka_unit_test(long_line_is_shown_around_the_caret),
        cmocka_unit_test(bytes_that_are_no_text_are_refused_at_their_place),
        cmocka_unit_test(depth_size_and_number_of_parts_are_bounded),
        cmocka_unit_test(unknown_key_offers_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
