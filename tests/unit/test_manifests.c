/* The readers of manifests: what each format's own definition permits comes out as a tree with
 * places, and what it does not is refused with one. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/strbuf.h"
#include "generator/manifest.h"
#include "generator/readers/json_events.h"
#include "tests/support/check.h"

/* The tree in one line, so that a test can say what it expects. */
static void show(struct strbuf *out, const struct node *node)
{
    static const char *const marks[] = {
        [NODE_NULL] = "null", [NODE_BOOLEAN] = "", [NODE_NUMBER] = "", [NODE_DATE] = "@",
        [NODE_TEXT] = "",     [NODE_LIST] = "",    [NODE_MAP] = ""};
    if (node->kind == NODE_LIST || node->kind == NODE_MAP) {
        strbuf_add_char(out, node->kind == NODE_LIST ? '[' : '{');
        for (const struct node *child = node->first; child; child = child->next) {
            strbuf_add_text(out, child == node->first ? "" : ",");
            if (node->kind == NODE_MAP)
                strbuf_addf(out, "%s:", child->key);
            show(out, child);
        }
        strbuf_add_char(out, node->kind == NODE_LIST ? ']' : '}');
    } else if (node->kind == NODE_TEXT) {
        strbuf_addf(out, "'%s'", node->text);
    } else {
        strbuf_addf(out, "%s%s", marks[node->kind], node->kind == NODE_NULL ? "" : node->text);
    }
}

static void reads(manifest_reader *reader, const char *text, const char *expected)
{
    struct manifest document;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;

    if (reader(&document, "f", span_of_text(text), &error) < 0)
        fail_msg("'%s' is refused: %s", text, error.text);
    if (document.root)
        show(&shown, document.root);

    assert_string_equal(shown.buf, expected);
    manifest_release(&document);
}

static void refuses(manifest_reader *reader, const char *text, const char *place)
{
    struct manifest document;
    struct error error = ERROR_INIT;

    if (reader(&document, "f", span_of_text(text), &error) == 0)
        fail_msg("'%s' is taken", text);

    if (strncmp(error.text, place, strlen(place)) != 0)
        fail_msg("'%s': '%s' does not begin with '%s'", text, error.text, place);
    error_release(&error);
}

static void toml_reads_what_its_definition_shows(void **state)
{
    static const char *const cases[][2] = {
        {"", "{}"},
        {"a = 1 # one\nb = \"x\"\n", "{a:1,b:'x'}"},
        {"\xef\xbb\xbf"
         "a = 1\r\nb = 2",
         "{a:1,b:2}"},
        {"bare-key_1 = 1\n1234 = 2\n\"q k\" = 3\n'l' = 4\n\"\" = 5",
         "{bare-key_1:1,1234:2,q k:3,l:4,:5}"},
        {"a.b.c = 1\na . d = 2", "{a:{b:{c:1},d:2}}"},
        {"3.14 = 'pi'", "{3:{14:'pi'}}"},
        {"s = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00e9\\U0001F600\"",
         "{s:'\b\t\n\f\r\"\\\xc3\xa9\xf0\x9f\x98\x80'}"},
        {"s = \"\"\"\nRoses\nare\"\"\"", "{s:'Roses\nare'}"},
        {"s = \"\"\"one \\\n\n   two\"\"\"", "{s:'one two'}"},
        {"s = \"\"\"a \"\"quoted\"\" word\"\"\"\"\"", "{s:'a \"\"quoted\"\" word\"\"'}"},
        {"s = 'C:\\n'\nt = '''\nit''s'''", "{s:'C:\\n',t:'it''s'}"},
        {"i = [ +99, 0, -17, 1_000, 5_3, 0xDEAD_beef, 0o755, 0b1101 ]",
         "{i:[+99,0,-17,1_000,5_3,0xDEAD_beef,0o755,0b1101]}"},
        {"f = [ +1.0, -0.01, 5e+22, 1E06, 6.626e-34, 224_617.445_991_228, inf, -inf, nan, +nan ]",
         "{f:[+1.0,-0.01,5e+22,1E06,6.626e-34,224_617.445_991_228,inf,-inf,nan,+nan]}"},
        {"b = [true, false]", "{b:[true,false]}"},
        {"d = [1979-05-27T07:32:00Z, 1979-05-27 00:32:00.999999-07:00, 1979-05-27T07:32:00, "
         "1979-05-27, "
         "07:32:00.5, 2024-02-29]",
         "{d:[@1979-05-27T07:32:00Z,@1979-05-27 "
         "00:32:00.999999-07:00,@1979-05-27T07:32:00,@1979-05-27,"
         "@07:32:00.5,@2024-02-29]}"},
        {"a = [ # open\n 1,\n\n 2, # two\n]", "{a:[1,2]}"},
        {"a = [[1, 'x'], {b = 2}, []]", "{a:[[1,'x'],{b:2},[]]}"},
        {"[a]\nb = 1\n[c.d]\n[ a . 'e' ]\nf = 2", "{a:{b:1,e:{f:2}},c:{d:{}}}"},
        {"[x.y.z.w]\n[x]\na = 1", "{x:{y:{z:{w:{}}},a:1}}"},
        {"[[p]]\nn = 1\n[p.sub]\nk = 2\n[[p]]\n[[p.q]]\nr = 3",
         "{p:[{n:1,sub:{k:2}},{q:[{r:3}]}]}"},
        {"[fruit]\napple.color = 'red'\napple.taste.sweet = true\n[fruit.pear]",
         "{fruit:{apple:{color:'red',taste:{sweet:true}},pear:{}}}"},
        {"t = { a.b = 1, c = 2 }", "{t:{a:{b:1},c:2}}"},
        {"e = {}", "{e:{}}"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        reads(manifest_read_toml, cases[i][0], cases[i][1]);
}

static void toml_refuses_what_its_definition_calls_invalid(void **state)
{
    static const char *const cases[][2] = {
        {"key =", "f:1:6"},
        {"a = 1 b = 2", "f:1:7"},
        {"= 1", "f:1:1"},
        {"a = 1\na = 2", "f:2:5"},
        {"spelling = 1\n\"spelling\" = 2", "f:2"},
        {"a.b = 1\na.b.c = 2", "f:2"},
        {"[a]\nb = 1\n[a]", "f:3"},
        {"[a]\nb = 1\n[a.b]\nc = 2", "f:3"},
        {"[fruit]\napple.color = 1\n[fruit.apple]", "f:3"},
        {"[fruit]\napple.taste.sweet = true\n[fruit.apple.taste]", "f:3"},
        {"[[p]]\n[p]", "f:2"},
        {"[p]\n[[p]]", "f:2"},
        {"p = []\n[[p]]", "f:2"},
        {"[f.p]\n[[f]]", "f:2"},
        {"t = {a = 1}\nt.b = 2", "f:2"},
        {"t = {a = 1}\n[t.b]", "f:2"},
        {"t = {a.b = 1, a.b = 2}", "f:1"},
        {"t = {a = 1,}", "f:1"},
        {"t = {a = 1\n}", "f:1"},
        {"a = [1 2]", "f:1:8"},
        {"a = 01", "f:1:5"},
        {"a = 1_", "f:1:5"},
        {"a = _1", "f:1:5"},
        {"a = 1__0", "f:1:5"},
        {"a = 0x", "f:1:5"},
        {"a = +0x1", "f:1:5"},
        {"a = 0o8", "f:1:5"},
        {"a = .7", "f:1:5"},
        {"a = 7.", "f:1:5"},
        {"a = 3.e+20", "f:1:5"},
        {"a = 1e_1", "f:1:5"},
        {"a = truer", "f:1:5"},
        {"a = 2023-02-29", "f:1:5"},
        {"a = 2023-13-01", "f:1:5"},
        {"a = 25:00:00", "f:1:5"},
        {"a = 1979-05-27T07:32", "f:1:5"},
        {"a = \"x", "f:1:7"},
        {"a = \"x\n\"", "f:1:7"},
        {"a = \"\\x41\"", "f:1:7"},
        {"a = \"\\ud800\"", "f:1"},
        {"a = \"\\u12\"", "f:1"},
        {"a = '''x", "f:1"},
        {"a = \"\x01\"", "f:1:6"},
        {"a = 1 # \x01", "f:1:9"},
        {"a = \"\xff\"", "f:1:6"},
        {"[a", "f:1:3"},
        {"[]", "f:1:2"},
        {"[[a]", "f:1:4"},
        {"a = '''x''''''", "f:1"},
        {"\"\"\"a\"\"\" = 1", "f:1"},
        {"a = 1\r b = 2", "f:1:6"},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        refuses(manifest_read_toml, cases[i][0], cases[i][1]);
}

static void json_is_strict_and_its_cousins_are_not(void **state)
{
    (void)state;

    reads(manifest_read_json, " {\"a\": [1, -2.5e3, true, null, \"\\u00e9\\ud83d\\ude00\\n\"]} ",
          "{a:[1,-2.5e3,true,null,'\xc3\xa9\xf0\x9f\x98\x80\n']}");
    reads(manifest_read_json, "\xef\xbb\xbf[]", "[]");
    refuses(manifest_read_json, "{\"a\": 1,}", "f:1:9");
    refuses(manifest_read_json, "{a: 1}", "f:1:2");
    refuses(manifest_read_json, "// x\n1", "f:1:1");
    refuses(manifest_read_json, "{\"a\": 1, \"a\": 2}", "f:1:15");
    refuses(manifest_read_json, "01", "f:1");
    refuses(manifest_read_json, "[1]\n]", "f:2:1");
    refuses(manifest_read_json, "{\"a\n\": 1}", "f:1:4");
    refuses(manifest_read_json, "[\"\\u0000\"]", "f:1:2");
    refuses(manifest_read_json, "", "f:1:1");
    reads(manifest_read_jsonc, "// c\n{ /* d */ \"a\": [1, 2,], }", "{a:[1,2]}");
    refuses(manifest_read_jsonc, "{\"a\": /* 1}", "f:1");
    reads(manifest_read_json5,
          "{unquoted: 'single \\'q\\'', $_: +1, h: 0xFf, f: .5, g: 5., i: -Infinity, n: NaN, l: "
          "'a\\\nb',}",
          "{unquoted:'single 'q'',$_:+1,h:0xFf,f:.5,g:5.,i:-Infinity,n:NaN,l:'ab'}");
    refuses(manifest_read_json5, "{1a: 1}", "f:1");
}

static void json_events_pass_over_what_nobody_wants(void **state)
{
    static const char text[] = "{\"a\": {\"b\": [1, {\"c\": 2}]}, \"d\": 3}";
    struct json_events events;
    struct error error = ERROR_INIT;
    enum json_event event;
    (void)state;

    json_events_start(&events, "f", span_of_text(text), JSON_STRICT);
    assert_int_equal(json_events_next(&events, &event, &error), 0); /* { */
    assert_int_equal(json_events_next(&events, &event, &error), 0); /* a */
    assert_int_equal(json_events_skip(&events, &error), 0);
    assert_int_equal(json_events_next(&events, &event, &error), 0);

    assert_int_equal(event, JSON_EVENT_KEY);
    assert_true(span_equals_text(events.value, "d"));
    json_events_release(&events);
}

static void yaml_follows_anchors_and_merges(void **state)
{
    (void)state;

    reads(manifest_read_yaml, "a: &x {k: 1, l: '2'}\nb: *x\nc:\n  <<: *x\n  k: yes\n",
          "{a:{k:1,l:'2'},b:{k:1,l:'2'},c:{k:'yes',l:'2'}}");
    reads(manifest_read_yaml, "- ~\n- true\n- 1.20\n- |\n  two\n  lines\n",
          "[null,true,1.20,'two\nlines\n']");
    reads(manifest_read_yaml, "", "");
    refuses(manifest_read_yaml, "a: 1\na: 2\n", "f:2:1");
    refuses(manifest_read_yaml, "a: *b\n", "f:1:4");
    refuses(manifest_read_yaml, "a: [1\n", "f:2");
    refuses(manifest_read_yaml,
            "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c "
            "[*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
            "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
            "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n",
            "f:");
}

static void xml_keeps_order_and_attributes_and_grows_no_entity(void **state)
{
    struct manifest document;
    struct error error = ERROR_INIT;
    (void)state;

    assert_int_equal(
        manifest_read_xml(
            &document, "pom.xml",
            span_of_text("<project a='1'>\n  <version> 2 </version><m>x</m><m>y</m></project>"),
            &error),
        0);
    assert_string_equal(manifest_text(&document, "version"), "2");
    assert_string_equal(manifest_text(&document, "@a"), "1");
    assert_int_equal(node_path(&document, "version")->line, 2);
    assert_string_equal(node_path(&document, "m")->next->text, "y");
    manifest_release(&document);

    refuses(manifest_read_xml, "<a><b></a>", "f:1");
    refuses(manifest_read_xml, "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "f:1");
    refuses(manifest_read_xml, "<a>&x;</a>", "f:1");
}

static void what_nests_too_deep_is_refused(void **state)
{
    static manifest_reader *const readers[] = {manifest_read_json, manifest_read_toml,
                                               manifest_read_yaml};
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
        strbuf_reset(&text);
        strbuf_add_text(&text, readers[i] == manifest_read_toml ? "a = " : "");
        strbuf_add_repeat(&text, '[', 5000);
        refuses(readers[i], text.buf, "f:");
    }
    strbuf_reset(&text);
    for (size_t i = 0; i < 5000; i++)
        strbuf_add_text(&text, "<a>");
    refuses(manifest_read_xml, text.buf, "f:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(toml_reads_what_its_definition_shows),
        cmocka_unit_test(toml_refuses_what_its_definition_calls_invalid),
        cmocka_unit_test(json_is_strict_and_its_cousins_are_not),
        cmocka_unit_test(json_events_pass_over_what_nobody_wants),
        cmocka_unit_test(yaml_follows_anchors_and_merges),
        cmocka_unit_test(xml_keeps_order_and_attributes_and_grows_no_entity),
        cmocka_unit_test(what_nests_too_deep_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
