#include <string.h>
#include <time.h>

#include "dockerfile/edit.h"
#include "dockerfile/ignore.h"
#include "dockerfile/reference.h"
#include "dockerfile/stage.h"
#include "tests/support/check.h"

static struct document *parsed(const char *text)
{
    struct document *document = NULL;
    assert_int_equal(document_parse(&document, span_of_text(text), NULL), 0);
    return document;
}

static void assert_bytes(const struct document *document, struct extent extent, const char *expected)
{
    struct span bytes = document_bytes(document, extent);
    assert_true(span_equals_text(bytes, expected));
}

static void ranges_of_words_reach_through_continuations(void **state)
{
    (void)state;
    cleanup_document struct document *document = parsed("FROM a\nCOPY --link one \\\n  # why\n  two /three\n");
    const struct instruction *copy = &document->instructions[1];

    assert_int_equal(copy->arg_count, 3);
    assert_bytes(document, copy->args[0].extent, "one");
    assert_bytes(document, copy->args[1].extent, "two");
    struct place place = document_place(document, copy->args[1].extent.start);
    assert_int_equal(place.line, 4);
    assert_int_equal(place.column, 3);
    assert_int_equal(copy->end_line, 4);
    assert_true(document->comments[0].inside);
}

static void ranges_of_json_strings_hold_their_quotes(void **state)
{
    (void)state;
    cleanup_document struct document *document = parsed("FROM a\nCMD [ \"\\u0041b\",\\\n \"c\"]\n");
    const struct instruction *cmd = &document->instructions[1];

    assert_int_equal(cmd->form, FORM_EXEC);
    assert_true(span_equals_text(cmd->args[0].text, "Ab"));
    assert_bytes(document, cmd->args[0].extent, "\"\\u0041b\"");
    assert_bytes(document, cmd->args[1].extent, "\"c\"");
}

static void a_heredoc_belongs_to_its_instruction(void **state)
{
    (void)state;
    cleanup_document struct document *document = parsed("FROM a\nRUN <<E\nx\nE\nUSER b\n");
    const struct instruction *run = &document->instructions[1];

    assert_bytes(document, run->extent, "RUN <<E\nx\nE");
    assert_bytes(document, run->heredocs[0].body, "x\n");
    assert_int_equal(document->instructions[2].line, 5);
}

static void a_second_heredoc_without_end_takes_nothing_back_from_the_first(void **state)
{
    (void)state;
    cleanup_document struct document *document = parsed("FROM a\nCOPY <<E <<F /x\ne\nE\nUSER b\n");

    assert_string_equal(document->errors[0].text, "unterminated heredoc");
    assert_int_equal(document->instruction_count, 3);
    assert_bytes(document, document->instructions[1].extent, "COPY <<E <<F /x\ne\nE");
    assert_int_equal(document->instructions[2].line, 5);
}

static void reading_goes_on_behind_an_error(void **state)
{
    (void)state;
    cleanup_document struct document *document =
        parsed("FROM a\nENV A=1 B\nRUN <<E\nUSER b\nCOPY c\nWORKDIR /d\n");

    assert_int_equal(document->instruction_count, 6);
    assert_false(document_has_tree(document));
    assert_string_equal(document->errors[0].text,
                        "Syntax error - can't find = in \"B\". Must be of the form: name=value");
    assert_string_equal(document->errors[1].text, "unterminated heredoc");
    assert_int_equal(document->errors[2].line, 5);
}

static void a_line_too_long_is_refused_and_read(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "FROM a\nRUN ");
    strbuf_add_repeat(&text, 'x', DOCUMENT_LINE_MAX);
    cleanup_document struct document *document = parsed(text.buf);

    assert_string_equal(document->errors[0].text, "dockerfile line greater than max allowed size of 65535");
    assert_int_equal(document->errors[0].line, 1);
    assert_int_equal(document->instruction_count, 2);
}

static void a_name_of_a_stage_is_found_as_buildkit_finds_it(void **state)
{
    (void)state;
    cleanup_document struct document *document =
        parsed("ARG V=1\nFROM a:$V AS Foo\nFROM Foo\nFROM foo AS c\nCOPY --from=FOO x y\n");
    cleanup_stages struct stages stages;
    stages_find(&stages, document, NULL);

    assert_int_equal(stages.count, 3);
    assert_string_equal(stages.items[0].base, "a:1");
    assert_string_equal(stages.items[0].name, "foo");
    assert_true(stages.items[1].base_stage == STAGE_NONE);
    assert_int_equal(stages.items[2].base_stage, 0);
    assert_int_equal(stages_copy_source(&stages, span_of_text("FOO"), 2), 0);
    assert_int_equal(stages_copy_source(&stages, span_of_text("1"), 2), 1);
    assert_int_equal(stages_of(&stages, &document->instructions[4]), 2);
}

struct seen {
    struct strbuf text;
};

static void see(void *context, const struct expanded *expanded)
{
    struct seen *seen = context;
    for (size_t i = 0; i < expanded->args.count; i++)
        strbuf_addf(&seen->text, "%s|", expanded->args.items[i]);
}

static void scopes_are_those_of_buildkit(void **state)
{
    (void)state;
    cleanup_document struct document *document = parsed(
        "ARG V=1\nFROM a:$V AS x\nUSER u$V\nARG V\nENV A=$V B=$A\nFROM x\nUSER $A$V\nARG TARGETARCH\nLABEL $TARGETARCH=1\n");
    cleanup_stages struct stages stages;
    struct seen seen = {STRBUF_INIT};
    stages_find(&stages, document, NULL);

    stages_expand(&stages, NULL, see, &seen);

    assert_string_equal(seen.text.buf, "V=1|a:1|AS|x|u|V|A|1|=|B||=|x|11|TARGETARCH|amd64|1|=|");
    strbuf_release(&seen.text);
}

static void edits_apply_at_once_and_never_overlap(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    cleanup_error struct error err = ERROR_INIT;
    struct edit edits[] = {{{4, 5}, span_of_text("Z")}, {{0, 0}, span_of_text(">")}, {{1, 3}, span_of_text("")}};

    edits_sort(edits, 3);
    assert_int_equal(edits_apply(&out, span_of_text("abcdef"), edits, 3, &err), 0);
    assert_string_equal(out.buf, ">adZf");

    edits[2].extent.start = 2;
    assert_int_equal(edits_apply(&out, span_of_text("abcdef"), edits, 3, &err), -1);
    assert_int_equal(err.code, ERROR_INTERNAL);
}

static void a_later_pattern_takes_a_path_back(void **state)
{
    (void)state;
    cleanup_ignore struct ignore ignore = IGNORE_INIT;
    assert_int_equal(ignore_parse(&ignore, span_of_text("# c\n**/*.log\nsrc\n!src/keep\n"), NULL), 0);

    assert_true(ignore_matches(&ignore, "a/b/x.log"));
    assert_true(ignore_matches(&ignore, "src/a"));
    assert_false(ignore_matches(&ignore, "src/keep"));
    assert_false(ignore_matches(&ignore, "lib"));
}

static void a_deep_substitution_is_refused_by_name(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf word = STRBUF_INIT;
    cleanup_expansion struct expansion expansion = EXPANSION_INIT;
    cleanup_error struct error err = ERROR_INIT;
    struct expand_options options = {.escape = '\\'};
    for (int i = 0; i <= EXPAND_DEPTH_MAX; i++)
        strbuf_add_text(&word, "${a:-");

    assert_int_equal(expand_word(&expansion, span_of(word.buf, word.len), NULL, &options, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
}

static void assert_quick(const char *piece, size_t bytes)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    while (text.len < bytes)
        strbuf_add_text(&text, piece);
    clock_t start = clock();
    cleanup_document struct document *document = parsed(text.buf);
    assert_non_null(document);
    assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

static void no_text_takes_more_than_linear_time(void **state)
{
    (void)state;
    assert_quick("RUN <<E\n", 2 << 20);
    assert_quick("ONBUILD ", 60000);
    assert_quick("RUN a \\\n", 2 << 20);
    assert_quick("ENV A=1 \\\n", 2 << 20);
    assert_quick("[", 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_of_words_reach_through_continuations),
        cmocka_unit_test(ranges_of_json_strings_hold_their_quotes),
        cmocka_unit_test(a_heredoc_belongs_to_its_instruction),
        cmocka_unit_test(a_second_heredoc_without_end_takes_nothing_back_from_the_first),
        cmocka_unit_test(reading_goes_on_behind_an_error),
        cmocka_unit_test(a_line_too_long_is_refused_and_read),
        cmocka_unit_test(a_name_of_a_stage_is_found_as_buildkit_finds_it),
        cmocka_unit_test(scopes_are_those_of_buildkit),
        cmocka_unit_test(edits_apply_at_once_and_never_overlap),
        cmocka_unit_test(a_later_pattern_takes_a_path_back),
        cmocka_unit_test(a_deep_substitution_is_refused_by_name),
        cmocka_unit_test(no_text_takes_more_than_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
