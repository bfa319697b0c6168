/* The nouns of core/. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/limits.h"
#include "core/arena.h"
#include "core/digest.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/glob.h"
#include "core/json.h"
#include "core/size.h"
#include "core/strbuf.h"
#include "core/strvec.h"
#include "core/table.h"
#include "tests/support/check.h"

/* strbuf */

static void strbuf_is_never_null_and_always_ends_with_nul(void **state)
{
    struct strbuf sb = STRBUF_INIT;
    (void)state;
    assert_string_equal(sb.buf, "");

    strbuf_add(&sb, "a\0b", 3);
    strbuf_add_char(&sb, 'c');
    strbuf_add_repeat(&sb, '-', 3);
    strbuf_addf(&sb, "%d", 42);

    assert_int_equal(sb.len, 9);
    assert_memory_equal(sb.buf, "a\0bc---42", 10);
    strbuf_truncate(&sb, 100);
    assert_int_equal(sb.len, 9);
    strbuf_truncate(&sb, 1);
    assert_string_equal(sb.buf, "a");
    strbuf_release(&sb);
    assert_string_equal(sb.buf, "");
}

static void strbuf_detach_gives_the_memory_even_of_an_empty_one(void **state)
{
    struct strbuf sb = STRBUF_INIT;
    size_t len = 1;
    (void)state;

    char *text = strbuf_detach(&sb, &len);

    assert_string_equal(text, "");
    assert_int_equal(len, 0);
    free(text);
    strbuf_add_text(&sb, "kept");
    text = strbuf_detach(&sb, &len);
    assert_string_equal(text, "kept");
    assert_int_equal(len, 4);
    assert_int_equal(sb.len, 0);
    free(text);
}

static void strbuf_grows_over_many_small_pieces(void **state)
{
    struct strbuf sb = STRBUF_INIT;
    (void)state;

    for (int i = 0; i < 100000; i++)
        strbuf_add_char(&sb, (char)('a' + i % 26));

    assert_int_equal(sb.len, 100000);
    for (size_t i = 0; i < sb.len; i++)
        assert_int_equal(sb.buf[i], 'a' + (int)(i % 26));
    strbuf_release(&sb);
}

/* arena */

static void arena_gives_aligned_blocks_that_keep_their_bytes(void **state)
{
    struct arena arena = {.chunks = NULL};
    unsigned char *blocks[1000];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
        blocks[i] = arena_alloc(&arena, i + 1);
        memset(blocks[i], (int)(i & 255), i + 1);
        if (i % 7 == 0)
            arena_dup(&arena, "odd", 3);
    }

    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k <= i; k++)
            assert_int_equal(blocks[i][k], i & 255);
    }
    arena_release(&arena);
}

static void arena_gives_large_blocks_and_copies_of_text(void **state)
{
    struct arena arena = {.chunks = NULL};
    static const unsigned char zeros[64];
    (void)state;

    char *large = arena_alloc_zero(&arena, 3 << 20);
    char *text = arena_dup(&arena, "ab\0c", 4);

    assert_memory_equal(large, zeros, sizeof zeros);
    assert_int_equal(large[(3 << 20) - 1], 0);
    assert_memory_equal(text, "ab\0c", 5);
    assert_null(arena_dup_text(&arena, NULL));
    assert_string_equal(arena_dup_text(&arena, "x"), "x");
    arena_release(&arena);
    arena_release(&arena);
}

/* table */

static bool number_matches(const void *context, uint32_t number, const void *key)
{
    (void)context;
    return number == *(const uint32_t *)key;
}

static bool nothing_matches(const void *context, uint32_t number, const void *key)
{
    (void)context;
    (void)number;
    (void)key;
    return false;
}

static void table_finds_what_was_added_and_nothing_else(void **state)
{
    struct table table = {.slots = NULL};
    (void)state;
    uint32_t key = 1;
    assert_int_equal(table_find(&table, 1, number_matches, NULL, &key), TABLE_NONE);

    for (uint32_t i = 0; i < 10000; i += 2)
        table_add(&table, table_hash(&i, sizeof i, 0), i);

    for (uint32_t i = 0; i < 10000; i++) {
        uint32_t found =
            table_find(&table, table_hash(&i, sizeof i, 0), number_matches, NULL, &i);
        assert_int_equal(found, i % 2 ? TABLE_NONE : i);
    }
    assert_int_equal(table.count, 5000);
    table_release(&table);
}

static void table_tells_keys_of_one_hash_apart(void **state)
{
    struct table table = {.slots = NULL};
    (void)state;

    for (uint32_t i = 0; i < 100; i++)
        table_add(&table, 7, i);

    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(table_find(&table, 7, number_matches, NULL, &i), i);
    assert_int_equal(table_find(&table, 7, nothing_matches, NULL, NULL), TABLE_NONE);
    table_release(&table);
}

/* size */

static void sizes_are_printed_with_three_digits_and_a_unit(void **state)
{
    static const struct {
        int64_t bytes;
        enum size_style style;
        const char *text;
    } rows[] = {
        {0, SIZE_DECIMAL, "0B"},
        {1, SIZE_DECIMAL, "1B"},
        {999, SIZE_DECIMAL, "999B"},
        {1000, SIZE_DECIMAL, "1kB"},
        {1470464, SIZE_DECIMAL, "1.47MB"},
        {999499, SIZE_DECIMAL, "999kB"},
        {999500, SIZE_DECIMAL, "1000kB"},
        {999999, SIZE_DECIMAL, "1000kB"},
        {1000000, SIZE_DECIMAL, "1MB"},
        {220000000, SIZE_DECIMAL, "220MB"},
        {1234567890123, SIZE_DECIMAL, "1.23TB"},
        {INT64_MAX, SIZE_DECIMAL, "9.22EB"},
        {-1500, SIZE_DECIMAL, "-1.5kB"},
        {1023, SIZE_BINARY, "1023B"},
        {1024, SIZE_BINARY, "1KiB"},
        {1023 * 1024, SIZE_BINARY, "1023KiB"},
        {1536, SIZE_BINARY, "1.5KiB"},
        {INT64_C(3) << 30, SIZE_BINARY, "3GiB"},
        {1470464, SIZE_BYTES, "1470464B"},
        {INT64_MIN, SIZE_BYTES, "-9223372036854775808B"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char text[SIZE_TEXT_MAX];
        assert_string_equal(size_format(rows[i].bytes, rows[i].style, text), rows[i].text);
    }
}

static void sizes_are_read_with_any_unit(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } rows[] = {
        {"0", 0},
        {"4096", 4096},
        {"512B", 512},
        {"1k", 1000},
        {"1kB", 1000},
        {"1KiB", 1024},
        {"220MB", 220000000},
        {"220 mb", 220000000},
        {"1.5 GiB", 1610612736},
        {"0.5kB", 500},
        {".5kB", 500},
        {"2TB", 2000000000000},
        {"9223372036854775807", INT64_MAX},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct error error = ERROR_INIT;
        int64_t bytes = -1;
        if (size_parse(&bytes, rows[i].text, &error) < 0)
            fail_msg("%s", error.text);
        assert_int_equal(bytes, rows[i].bytes);
    }
}

static void what_is_no_size_is_refused_and_changes_nothing(void **state)
{
    static const char *const texts[] = {
        "",
        "-1",
        "+1",
        "MB",
        "1XB",
        "1 M B",
        "1e6",
        "0x10",
        "1.2.3",
        "1MBs",
        " 1",
        "1MB ",
        ".",
        "١",
        "nan",
        "inf",
        "9223372036854775808",
        "9223372036854775807kB",
        "99999999999999999999",
        "10000000TB",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        cleanup_error struct error error = ERROR_INIT;
        int64_t bytes = -7;
        if (size_parse(&bytes, texts[i], &error) == 0)
            fail_msg("'%s' was taken for %lld", texts[i], (long long)bytes);
        assert_int_equal(error.code, ERROR_USAGE);
        assert_int_equal(bytes, -7);
    }
}

/* glob */

static void globs_match_within_and_across_components(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "a", true},
        {"a", "ab", false},
        {"*", "abc", true},
        {"*", "", true},
        {"*", "a/b", false},
        {"a*c", "abbc", true},
        {"a*c", "a/c", false},
        {"?", "a", true},
        {"?", "/", false},
        {"**", "a/b/c", true},
        {"**/c", "a/b/c", true},
        {"**/c", "c", true},
        {"**/c", "abc", false},
        {"a/**", "a/b/c", true},
        {"a/**/c", "a/c", true},
        {"a/**/c", "a/b/b/c", true},
        {"a/**/c", "a/bc", false},
        {"/usr/**/*.so", "/usr/lib/x/y.so", true},
        {"/usr/**/*.so", "/usr/y.so", true},
        {"/usr/*.so", "/usr/lib/y.so", false},
        {"**/*.pyc", "/app/__pycache__/m.pyc", true},
        {"[a-c]x", "bx", true},
        {"[a-c]x", "dx", false},
        {"[^a-c]x", "dx", true},
        {"[!a-c]x", "ax", false},
        {"[^a]", "/", false},
        {"[]]", "]", true},
        {"[a-]", "-", true},
        {"[a", "a", false},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"[\\]]", "]", true},
        {"*a*b*c*", "xxaxxbxxcxx", true},
        {"*a*b*c*", "xxaxxcxxbxx", false},
        {"**a**b", "x/a/y/b", true},
        {"a/*/c/**/e", "a/b/c/d/d/e", true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (glob_match(rows[i].pattern, span_of_text(rows[i].path)) != rows[i].matches)
            fail_msg("'%s' against '%s'", rows[i].pattern, rows[i].path);
}

/* The same rules as plainly as can be said, in exponential time. */
static bool plain_match(const char *p, const char *path)
{
    if (p[0] == '*' && p[1] == '*') {
        bool components = p[2] == '/';
        const char *rest = p + 2 + components;
        if (plain_match(rest, path))
            return true;
        for (const char *s = path; *s; s++)
            if ((!components || *s == '/') && plain_match(rest, s + 1))
                return true;
        return false;
    }
    if (*p == '*')
        return plain_match(p + 1, path) ||
               (*path && *path != '/' && plain_match(p, path + 1));
    if (!*p || !*path)
        return !*p && !*path;
    return (*p == '?' ? *path != '/' : *p == *path) && plain_match(p + 1, path + 1);
}

/* Two stars are a component of their own; what they mean within one is nobody's promise. */
static bool has_stars_within_a_component(const char *pattern)
{
    for (const char *p = pattern; (p = strstr(p, "**")); p += 2)
        if ((p > pattern && p[-1] != '/') || (p[2] && p[2] != '/'))
            return true;
    return false;
}

static void globs_equal_a_plain_matcher_on_random_patterns(void **state)
{
    static const char pattern_letters[] = "ab/**?", path_letters[] = "ab/";
    uint32_t seed = 1;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char pattern[9] = "", path[9] = "";
        for (size_t k = 0; k < 8; k++) {
            seed = seed * 1664525 + 1013904223;
            pattern[k] = pattern_letters[(seed >> 16) % 6];
            path[k] = path_letters[(seed >> 24) % 3];
        }
        seed = seed * 1664525 + 1013904223;
        pattern[(seed >> 16) % 9] = '\0';
        path[(seed >> 24) % 9] = '\0';
        if (has_stars_within_a_component(pattern))
            continue;
        if (glob_match(pattern, span_of_text(path)) != plain_match(pattern, path))
            fail_msg("'%s' against '%s'", pattern, path);
    }
}

static void hostile_globs_end_soon(void **state)
{
    struct strbuf pattern = STRBUF_INIT, path = STRBUF_INIT;
    (void)state;
    for (int i = 0; i < 200; i++)
        strbuf_add_text(&pattern, i % 2 ? "*a" : "**/a");
    strbuf_add_repeat(&path, 'a', 20000);
    strbuf_add_char(&path, 'b');

    assert_false(glob_match(pattern.buf, span_of(path.buf, path.len)));

    strbuf_release(&pattern);
    strbuf_release(&path);
}

/* escape */

static void names_never_drive_the_terminal(void **state)
{
    static const struct {
        const char *name, *shown;
    } rows[] = {
        {"plain name", "plain name"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"\x1b[2J", "\\x1b[2J"},
        {"a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"},
        {"\x7f", "\\x7f"},
        {"back\\slash", "back\\\\slash"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc3", "\\xc3"},
        {"\xc0\xaf", "\\xc0\\xaf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"\xc2\x9b"
         "31m",
         "\\u{009b}31m"},
        {"\xe2\x80\xae"
         "fdp",
         "\\u{202e}fdp"},
        {"\xe2\x81\xa6", "\\u{2066}"},
        {"\xf3\xa0\x81\x81", "\\u{e0041}"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        escape_for_terminal(&out, span_of_text(rows[i].name));
        assert_string_equal(out.buf, rows[i].shown);
    }
}

static void csv_cells_are_quoted_and_formulas_defused(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        {"plain", "plain"},       {"", ""},
        {"a,b", "\"a,b\""},       {"a\"b", "\"a\"\"b\""},
        {"a\r\nb", "\"a\r\nb\""}, {"=1+1", "\"'=1+1\""},
        {"+a", "\"'+a\""},        {"-a", "\"'-a\""},
        {"@a", "\"'@a\""},        {"\ta", "\"'\ta\""},
        {"a=b", "a=b"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        escape_for_csv(&out, span_of_text(rows[i].text));
        assert_string_equal(out.buf, rows[i].cell);
    }
}

static void json_texts_are_escaped_and_bad_utf8_is_replaced(void **state)
{
    static const struct {
        const char *text, *json;
    } rows[] = {
        {"", "\"\""},
        {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
        {"\b\t\n\f\r\x01\x1f\x7f", "\"\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f\""},
        {"caf\xc3\xa9", "\"caf\xc3\xa9\""},
        {"x\xff\xfey", "\"x\xef\xbf\xbd\xef\xbf\xbdy\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        escape_for_json(&out, span_of_text(rows[i].text));
        assert_string_equal(out.buf, rows[i].json);
    }
}

static void base64_pads_to_four(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\xfd", "//79"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        escape_base64(&out, span_of_text(rows[i][0]));
        assert_string_equal(out.buf, rows[i][1]);
    }
}

static void utf8_is_valid_in_its_shortest_form_only(void **state)
{
    static const char *const good[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xe2\x82",
                                      "a\xff",
                                      "\xc3("};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(utf8_is_valid(span_of_text(good[i])));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(utf8_is_valid(span_of_text(bad[i])));
}

/* json */

static enum error_code parse_code(const char *text)
{
    json_t *document = NULL;
    struct error error = ERROR_INIT;
    int result = json_parse(&document, span_of_text(text), &error);
    enum error_code code = error.code;
    assert_int_equal(result, code == ERROR_NONE ? 0 : -1);
    json_decref(document);
    error_release(&error);
    return code;
}

static void json_that_nests_too_deep_is_over_a_limit(void **state)
{
    struct strbuf deep = STRBUF_INIT;
    (void)state;
    strbuf_add_repeat(&deep, '[', JSON_DEPTH_MAX);
    strbuf_add_repeat(&deep, ']', JSON_DEPTH_MAX);
    assert_int_equal(parse_code(deep.buf), ERROR_NONE);
    strbuf_reset(&deep);
    strbuf_add_repeat(&deep, '[', JSON_DEPTH_MAX + 1);
    assert_int_equal(parse_code(deep.buf), ERROR_LIMIT);
    strbuf_reset(&deep);
    strbuf_add_repeat(&deep, '[', 1000000);
    assert_int_equal(parse_code(deep.buf), ERROR_LIMIT);
    strbuf_reset(&deep);
    strbuf_add_text(&deep, "[\"");
    strbuf_add_repeat(&deep, '[', 2 * JSON_DEPTH_MAX); /* within a text nothing nests */
    strbuf_add_text(&deep, "\\\"[\"]");
    assert_int_equal(parse_code(deep.buf), ERROR_NONE);
    strbuf_release(&deep);
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
    static const char *const texts[] = {"",    "{",     "[1,]", "{\"a\":1,\"a\":2}",
                                        "nul", "[1] x", "\xff", "{\"a\" 1}",
                                        "'a'", "[01]"};
    cleanup_error struct error error = ERROR_INIT;
    json_t *document;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        assert_int_equal(parse_code(texts[i]), ERROR_INPUT);
    assert_int_equal(json_parse(&document, span_of_text("[1,\n 2,,]"), &error), -1);
    assert_non_null(strstr(error.text, "line 2"));
}

static void members_of_another_type_are_refused(void **state)
{
    json_t *object = NULL, *value = object;
    const char *text = "kept";
    cleanup_error struct error error = ERROR_INIT;
    (void)state;
    assert_int_equal(
        json_parse(&object, span_of_text("{\"a\":1,\"b\":null,\"c\":\"x\"}"), &error), 0);

    assert_int_equal(json_get_text(&text, object, "c", &error), 0);
    assert_string_equal(text, "x");
    assert_int_equal(json_get_text(&text, object, "b", &error), 0);
    assert_null(text);
    assert_int_equal(json_get_text(&text, object, "absent", &error), 0);
    assert_null(text);
    assert_int_equal(json_get_typed(&value, object, "a", JSON_OBJECT, &error), -1);
    assert_int_equal(error.code, ERROR_INPUT);
    assert_string_equal(error.text, "'a' is an integer, not an object");
    json_decref(object);
}

static void write_sample(struct json_writer *json)
{
    json_open_object(json);
    json_add_text(json, "text", "a\"\n\xc3\xa9");
    json_add_text(json, "none", NULL);
    json_add_int(json, "most", INT64_MAX);
    json_add_int(json, "least", INT64_MIN);
    json_add_double(json, "half", 0.5);
    json_add_double(json, "nan", NAN);
    json_add_bool(json, "yes", true);
    json_key(json, "list");
    json_open_array(json);
    json_int(json, 1);
    json_open_array(json);
    json_close_array(json);
    json_open_object(json);
    json_close_object(json);
    json_close_array(json);
    json_close_object(json);
}

static void written_json_reads_back(void **state)
{
    (void)state;
    for (int compact = 0; compact < 2; compact++) {
        struct strbuf text = STRBUF_INIT;
        struct json_writer json;
        struct error error = ERROR_INIT;
        json_t *document;
        json_writer_start(&json, sink_to_strbuf(&text), compact);
        write_sample(&json);
        assert_int_equal(json_writer_finish(&json, &error), 0);

        if (json_parse(&document, span_of(text.buf, text.len), &error) < 0)
            fail_msg("%s in %s", error.text, text.buf);

        assert_string_equal(json_string_value(json_object_get(document, "text")),
                            "a\"\n\xc3\xa9");
        assert_true(json_is_null(json_object_get(document, "none")));
        assert_true(json_integer_value(json_object_get(document, "most")) == INT64_MAX);
        assert_true(json_integer_value(json_object_get(document, "least")) == INT64_MIN);
        assert_true(json_real_value(json_object_get(document, "half")) == 0.5);
        assert_true(json_is_null(json_object_get(document, "nan")));
        assert_int_equal(json_array_size(json_object_get(document, "list")), 3);
        assert_int_equal(strchr(text.buf, '\n') != NULL, !compact);
        json_decref(document);
        strbuf_release(&text);
    }
}

static void doubles_are_written_in_the_shortest_form_that_reads_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {{1, "1"},
                {0.1, "0.1"},
                {0.9737628604995257, "0.9737628604995257"},
                {1.0 / 3, "0.3333333333333333"},
                {0.4834911001404049, "0.4834911001404049"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct strbuf text = STRBUF_INIT;
        struct json_writer json;
        struct error error = ERROR_INIT;
        json_writer_start(&json, sink_to_strbuf(&text), true);
        json_double(&json, rows[i].value);
        assert_int_equal(json_writer_finish(&json, &error), 0);
        assert_string_equal(text.buf, rows[i].text);
        strbuf_release(&text);
    }
}

static void lines_of_json_stand_one_behind_the_other(void **state)
{
    struct strbuf text = STRBUF_INIT;
    struct json_writer json;
    struct error error = ERROR_INIT;
    (void)state;
    json_writer_start(&json, sink_to_strbuf(&text), true);
    for (int i = 0; i < 2; i++) {
        json_open_object(&json);
        json_add_int(&json, "i", i);
        json_add_bool(&json, "last", i == 1);
        json_close_object(&json);
        json_newline(&json);
    }
    assert_int_equal(json_writer_finish(&json, &error), 0);
    assert_string_equal(text.buf, "{\"i\":0,\"last\":false}\n{\"i\":1,\"last\":true}\n");
    strbuf_release(&text);
}

static int count_and_refuse(void *context, const void *bytes, size_t len, struct error *err)
{
    (void)bytes;
    (void)len;
    ++*(int *)context;
    return error_set(err, ERROR_OUTPUT, "no space");
}

static void nothing_is_sent_after_the_first_output_error(void **state)
{
    int calls = 0;
    struct json_writer json;
    cleanup_error struct error error = ERROR_INIT;
    (void)state;
    json_writer_start(&json, (struct sink){.write = count_and_refuse, .context = &calls},
                      true);
    json_open_array(&json);
    for (int i = 0; i < 100000; i++)
        json_int(&json, i);
    json_close_array(&json);

    assert_int_equal(json_writer_finish(&json, &error), -1);

    assert_int_equal(calls, 1);
    assert_int_equal(error.code, ERROR_OUTPUT);
    assert_string_equal(error.text, "no space");
}

/* digest */

#define EMPTY_SHA256                                                                       \
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void digests_read_back_as_they_are_written(void **state)
{
    struct digest digest, other;
    char text[DIGEST_TEXT_MAX];
    struct strbuf long_text = STRBUF_INIT;
    (void)state;
    assert_true(digest_parse(&digest, span_of_text(EMPTY_SHA256)));
    assert_string_equal(digest_format(&digest, text), EMPTY_SHA256);
    digest_of(&other, "", 0);
    assert_true(digest_equal(&digest, &other));
    digest_of(&other, "a", 1);
    assert_false(digest_equal(&digest, &other));
    strbuf_add_text(&long_text, "sha512:");
    strbuf_add_repeat(&long_text, 'a', 128);
    assert_true(digest_parse(&digest, span_of_text(long_text.buf)));
    assert_string_equal(digest_format(&digest, text), long_text.buf);
    strbuf_release(&long_text);
    digest = (struct digest){.algorithm = DIGEST_NONE};
    assert_string_equal(digest_format(&digest, text), "");
}

static void what_is_no_digest_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "sha256:",
        "sha256:e3b0",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        (EMPTY_SHA256 "0"),
        (EMPTY_SHA256 " "),
        (" " EMPTY_SHA256),
        "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:../../../../etc/passwd/////////////////////////////////////////",
        "sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85/",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct digest digest = {.algorithm = DIGEST_NONE};
        assert_false(digest_parse(&digest, span_of_text(texts[i])));
        assert_false(digest_is_set(&digest));
    }
    char with_nul[] = EMPTY_SHA256;
    struct digest digest;
    with_nul[20] = '\0';
    assert_false(digest_parse(&digest, span_of(with_nul, sizeof with_nul - 1)));
}

static void digester_takes_its_bytes_in_any_pieces(void **state)
{
    struct digester digester;
    struct digest whole, pieces;
    char bytes[1000];
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    digest_of(&whole, bytes, sizeof bytes);
    digester_start(&digester, DIGEST_SHA256);
    for (size_t i = 0; i < sizeof bytes; i += 7)
        digester_add(&digester, bytes + i, sizeof bytes - i < 7 ? sizeof bytes - i : 7);
    digester_finish(&digester, &pieces);
    assert_true(digest_equal(&whole, &pieces));
}

/* file */

static char *in_folder(const char *folder, const char *name)
{
    struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/%s", folder, name);
    return strbuf_detach(&path, NULL);
}

static void assert_content(const char *path, const char *content)
{
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    if (file_read(&text, path, 4096, &error) < 0)
        fail_msg("%s", error.text);
    assert_string_equal(text.buf, content);
}

static void write_file(const char *path, const char *content, bool commit)
{
    struct file_output output;
    struct error error = ERROR_INIT;
    assert_int_equal(file_create(&output, path, &error), 0);
    assert_int_equal(sink_write(&output.sink, content, strlen(content), &error), 0);
    if (commit)
        assert_int_equal(file_commit(&output, &error), 0);
    else
        file_discard(&output);
}

static void discarded_output_leaves_the_old_file_and_nothing_else(void **state)
{
    char folder[] = "/tmp/ullage-core-XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(folder));
    cleanup_free char *path = in_folder(folder, "report");

    write_file(path, "old", true);
    write_file(path, "half of the new", false);

    assert_content(path, "old");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* no temporary file is left */
}

static void output_appears_at_once_when_it_is_committed(void **state)
{
    char folder[] = "/tmp/ullage-core-XXXXXX";
    struct file_output output;
    struct error error = ERROR_INIT;
    struct stat st;
    (void)state;
    assert_non_null(mkdtemp(folder));
    cleanup_free char *path = in_folder(folder, "report");
    write_file(path, "old", true);

    assert_int_equal(file_create(&output, path, &error), 0);
    assert_int_equal(sink_write(&output.sink, "new", 3, &error), 0);
    assert_content(path, "old");
    assert_int_equal(file_commit(&output, &error), 0);

    assert_content(path, "new");
    assert_int_equal(stat(path, &st), 0);
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(st.st_mode & 0777, 0666 & ~mask);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void output_that_cannot_be_made_is_an_output_error(void **state)
{
    struct file_output output;
    cleanup_error struct error error = ERROR_INIT;
    (void)state;

    assert_int_equal(file_create(&output, "/nowhere/at/all", &error), -1);

    assert_int_equal(error.code, ERROR_OUTPUT);
    assert_non_null(strstr(error.text, "'/nowhere/at/all'"));
}

static void devices_are_written_through_and_never_replaced(void **state)
{
    struct stat st;
    (void)state;

    write_file("/dev/null", "gone", true);

    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void file_larger_than_its_limit_is_over_a_limit(void **state)
{
    char folder[] = "/tmp/ullage-core-XXXXXX";
    struct strbuf text = STRBUF_INIT;
    cleanup_error struct error error = ERROR_INIT;
    (void)state;
    assert_non_null(mkdtemp(folder));
    cleanup_free char *path = in_folder(folder, "f");
    write_file(path, "12345", true);

    assert_int_equal(file_read(&text, path, 5, &error), 0);
    assert_int_equal(text.len, 5);
    assert_int_equal(file_read(&text, path, 4, &error), -1);

    assert_int_equal(error.code, ERROR_LIMIT);
    assert_string_equal(text.buf, "12345");
    strbuf_release(&text);
    unlink(path);
    rmdir(folder);
}

/* error */

static void first_cause_wins_and_prefixes_read_from_task_to_cause(void **state)
{
    cleanup_error struct error error = ERROR_INIT;
    (void)state;

    assert_int_equal(error_set(&error, ERROR_INPUT, "cause %d", 1), -1);
    error_set(&error, ERROR_LIMIT, "noise");
    assert_int_equal(error_prefix(&error, "layer %d", 3), -1);
    error_prefix(&error, "app.tar");

    assert_int_equal(error.code, ERROR_INPUT);
    assert_string_equal(error.text, "app.tar: layer 3: cause 1");
}

static void hint_nearest_to_the_cause_is_kept(void **state)
{
    cleanup_error struct error error = ERROR_INIT;
    (void)state;

    error_set(&error, ERROR_INPUT, "cause");
    error_hint(&error, "near");
    error_prefix(&error, "task");
    error_hint(&error, "far");

    assert_string_equal(error.hint, "near");
    assert_string_equal(error.text, "task: cause");
}

static void prefix_of_no_error_is_nothing(void **state)
{
    cleanup_error struct error error = ERROR_INIT;
    (void)state;
    error_prefix(&error, "task");
    assert_int_equal(error.code, ERROR_NONE);
    assert_null(error.text);
}

static void moved_error_does_not_displace_an_earlier_one(void **state)
{
    struct error first = ERROR_INIT, second = ERROR_INIT, none = ERROR_INIT;
    (void)state;
    error_set(&first, ERROR_INPUT, "first");
    error_set(&second, ERROR_LIMIT, "second");
    error_move(&first, &second);
    assert_string_equal(first.text, "first");
    assert_int_equal(second.code, ERROR_NONE);
    error_move(&none, &first);
    assert_string_equal(none.text, "first");
    assert_null(first.text);
    error_release(&none);
}

static void every_error_code_has_its_exit_status(void **state)
{
    static const int statuses[] = {0, 1, 2, 3, 4, 5, 6, 7, 70};
    (void)state;
    for (enum error_code code = ERROR_NONE; code <= ERROR_INTERNAL; code++) {
        assert_int_equal(error_exit_status(code), statuses[code]);
        assert_non_null(error_code_name(code));
    }
}

/* limits */

static void limits_are_overridden_by_name(void **state)
{
    struct limits limits = limits_default();
    cleanup_error struct error error = ERROR_INIT;
    (void)state;

    assert_int_equal(limits_override(&limits, "json-bytes=1KiB", &error), 0);

    assert_int_equal(limits_get(&limits, LIMIT_JSON_BYTES), 1024);
    assert_int_equal(limits_get(&limits, LIMIT_LAYERS), 1024); /* the others stay */
    assert_int_equal(limits_check(&limits, LIMIT_JSON_BYTES, 1024, "a manifest", &error),
                     0);
    assert_int_equal(limits_check(&limits, LIMIT_JSON_BYTES, 1025, "a manifest", &error),
                     -1);
    assert_int_equal(error.code, ERROR_LIMIT);
    assert_string_equal(error.text, "a manifest: 1025 is over the limit json-bytes=1024");
    assert_non_null(strstr(error.hint, "--limit json-bytes=VALUE"));
}

static void overrides_of_no_limit_are_refused(void **state)
{
    static const char *const texts[] = {"json-bytes",   "json=1",       "=1",
                                        "json-bytes=",  "json-bytes=x", "json-bytes=-1",
                                        "JSON-BYTES=1", "json-bytes =1"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct limits limits = limits_default(), before = limits;
        cleanup_error struct error error = ERROR_INIT;
        assert_int_equal(limits_override(&limits, texts[i], &error), -1);
        assert_int_equal(error.code, ERROR_USAGE);
        assert_memory_equal(&limits, &before, sizeof limits);
    }
}

static void every_limit_has_a_name_a_value_and_a_reason(void **state)
{
    struct limits limits = limits_default();
    (void)state;
    for (enum limit limit = 0; limit < LIMIT_COUNT; limit++) {
        assert_non_null(limit_name(limit));
        assert_non_null(limit_reason(limit));
        assert_true(limits_get(&limits, limit) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strbuf_is_never_null_and_always_ends_with_nul),
        cmocka_unit_test(strbuf_detach_gives_the_memory_even_of_an_empty_one),
        cmocka_unit_test(strbuf_grows_over_many_small_pieces),
        cmocka_unit_test(arena_gives_aligned_blocks_that_keep_their_bytes),
        cmocka_unit_test(arena_gives_large_blocks_and_copies_of_text),
        cmocka_unit_test(table_finds_what_was_added_and_nothing_else),
        cmocka_unit_test(table_tells_keys_of_one_hash_apart),
        cmocka_unit_test(sizes_are_printed_with_three_digits_and_a_unit),
        cmocka_unit_test(sizes_are_read_with_any_unit),
        cmocka_unit_test(what_is_no_size_is_refused_and_changes_nothing),
        cmocka_unit_test(globs_match_within_and_across_components),
        cmocka_unit_test(globs_equal_a_plain_matcher_on_random_patterns),
        cmocka_unit_test(hostile_globs_end_soon),
        cmocka_unit_test(names_never_drive_the_terminal),
        cmocka_unit_test(csv_cells_are_quoted_and_formulas_defused),
        cmocka_unit_test(json_texts_are_escaped_and_bad_utf8_is_replaced),
        cmocka_unit_test(base64_pads_to_four),
        cmocka_unit_test(utf8_is_valid_in_its_shortest_form_only),
        cmocka_unit_test(json_that_nests_too_deep_is_over_a_limit),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
        cmocka_unit_test(members_of_another_type_are_refused),
        cmocka_unit_test(written_json_reads_back),
        cmocka_unit_test(doubles_are_written_in_the_shortest_form_that_reads_back),
        cmocka_unit_test(lines_of_json_stand_one_behind_the_other),
        cmocka_unit_test(nothing_is_sent_after_the_first_output_error),
        cmocka_unit_test(digests_read_back_as_they_are_written),
        cmocka_unit_test(what_is_no_digest_is_refused),
        cmocka_unit_test(digester_takes_its_bytes_in_any_pieces),
        cmocka_unit_test(discarded_output_leaves_the_old_file_and_nothing_else),
        cmocka_unit_test(output_appears_at_once_when_it_is_committed),
        cmocka_unit_test(output_that_cannot_be_made_is_an_output_error),
        cmocka_unit_test(devices_are_written_through_and_never_replaced),
        cmocka_unit_test(file_larger_than_its_limit_is_over_a_limit),
        cmocka_unit_test(first_cause_wins_and_prefixes_read_from_task_to_cause),
        cmocka_unit_test(hint_nearest_to_the_cause_is_kept),
        cmocka_unit_test(prefix_of_no_error_is_nothing),
        cmocka_unit_test(moved_error_does_not_displace_an_earlier_one),
        cmocka_unit_test(every_error_code_has_its_exit_status),
        cmocka_unit_test(limits_are_overridden_by_name),
        cmocka_unit_test(overrides_of_no_limit_are_refused),
        cmocka_unit_test(every_limit_has_a_name_a_value_and_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
