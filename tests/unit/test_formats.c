/* What report formats promise that no outside program checks: tests/formats has those that
 * one does. */
#include <string.h>
#include <unistd.h>

#include "analyzer/report/budget_text.h"
#include "analyzer/report/finding_list.h"
#include "analyzer/report/subject.h"
#include "core/escape.h"
#include "tests/support/imagemaker.h"
#include "tests/support/report_case.h"
#include "tests/support/tarmaker.h"

#include "tests/support/check.h"

static void assert_markdown(const char *text, const char *expected)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    escape_for_markdown(&out, span_of_text(text));
    assert_string_equal(out.buf, expected);
}

static void code_span_is_fenced_longer_than_its_backticks(void **state)
{
    (void)state;
    assert_markdown("plain @user #1 <b>", "`plain @user #1 <b>`");
    assert_markdown("a`b", "``a`b``");
    assert_markdown("``a", "``` ``a ```");
    assert_markdown(" a", "`  a `");
    assert_markdown("a|b", "`a|b`");
    assert_markdown("a\\|b", "`a\\\\|b`");
    assert_markdown("a\nb\033", "`a\\x0ab\\x1b`");
    assert_markdown("", "");
}

static void bar_ends_no_cell(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    escape_for_markdown_cell(&out, span_of_text("a|b\\|`c"));
    assert_string_equal(out.buf, "``a\\|b\\\\\\|`c``");
}

static void xml_shows_what_it_may_not_hold(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    escape_for_xml(&out, span_of_text("<a b=\"&\">\x01\x1b\xff\xef\xbf\xbf\n]]>"));
    assert_string_equal(out.buf,
                        "&lt;a b=&quot;&amp;&quot;&gt;\\x01\\x1b\\xff\\u{ffff}\n]]&gt;");
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "aäöü");
    utf8_cut(&text, 4);
    assert_string_equal(text.buf, "aäöü");
    utf8_cut(&text, 3);
    assert_string_equal(text.buf, "aä…");
    utf8_cut(&text, 1);
    assert_string_equal(text.buf, "…");
}

static void assert_relative(const char *path, const char *expected)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    subject_relative(&out, path);
    assert_string_equal(out.buf, expected);
}

static void place_is_relative_whatever_was_given(void **state)
{
    (void)state;
    assert_relative("app.tar", "app.tar");
    assert_relative("./build//app.tar", "build/app.tar");
    assert_relative("/tmp/x/app.tar", "app.tar");
    assert_relative("../../app.tar", "app.tar");
    assert_relative("oci-archive:out/app.tar", "out/app.tar");
    assert_relative("-", "stdin");
    assert_relative("..", "image");
    assert_relative("/", "image");
    assert_relative("", "image");
}

static void assert_series(const char *reference, const char *expected)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    subject_series_of(&out, reference, "app.tar");
    assert_string_equal(out.buf, expected);
}

static void series_has_neither_tag_nor_digest(void **state)
{
    (void)state;
    assert_series("app:1.2", "app");
    assert_series("host:5000/team/app:1.2", "host:5000/team/app");
    assert_series("host:5000/team/app", "host:5000/team/app");
    assert_series("app@sha256:00", "app");
    assert_series("host/app:1@sha256:00", "host/app");
    assert_series(":odd", ":odd");
    assert_series(NULL, "app.tar");
}

static void add(struct finding_list *list, enum severity severity, const char *rule,
                const char *path, int64_t bytes)
{
    const struct report_finding finding = {.rule = rule,
                                           .name = rule,
                                           .summary = "a rule",
                                           .severity = severity,
                                           .message = "found",
                                           .file = "Dockerfile",
                                           .line = 1,
                                           .layer = NO_LAYER,
                                           .path = path,
                                           .bytes = bytes};
    finding_list_add(list, &finding);
}

static void worst_finding_comes_first(void **state)
{
    (void)state;
    struct finding_list list;
    finding_list_start(&list, "app");
    add(&list, SEVERITY_INFO, "R1", NULL, 500);
    add(&list, SEVERITY_ERROR, "R2", "/small", 1);
    add(&list, SEVERITY_ERROR, "R2", "/large", 100);
    add(&list, SEVERITY_WARNING, "R3", NULL, -1);

    finding_list_finish(&list);

    assert_string_equal(list.items[0].path, "/large");
    assert_string_equal(list.items[1].path, "/small");
    assert_string_equal(list.items[2].rule, "R3");
    assert_string_equal(list.items[3].rule, "R1");
    finding_list_release(&list);
}

/* The fingerprint at which a list of this one finding arrives, among others before it. */
static void fingerprint(char ret_text[65], size_t others, int64_t bytes)
{
    struct finding_list list;
    finding_list_start(&list, "app");
    for (size_t i = 0; i < others; i++)
        add(&list, SEVERITY_ERROR, "R0", "/other", 1000);
    add(&list, SEVERITY_WARNING, "R1", "/path", bytes);
    finding_list_finish(&list);
    strncpy(ret_text, list.items[list.count - 1].fingerprint, 65);
    finding_list_release(&list);
}

static void fingerprint_depends_neither_on_size_nor_on_neighbours(void **state)
{
    (void)state;
    char one[65], larger[65], among[65];

    fingerprint(one, 0, 1);
    fingerprint(larger, 0, 1000000);
    fingerprint(among, 7, 1);

    assert_string_equal(one, larger);
    assert_string_equal(one, among);
    assert_int_equal(strlen(one), 64);
}

static void equal_findings_have_fingerprints_of_their_own(void **state)
{
    (void)state;
    struct finding_list list;
    finding_list_start(&list, "app");
    for (int i = 0; i < 3; i++)
        add(&list, SEVERITY_ERROR, "R1", "/path", -1);

    finding_list_finish(&list);

    assert_string_not_equal(list.items[0].fingerprint, list.items[1].fingerprint);
    assert_string_not_equal(list.items[1].fingerprint, list.items[2].fingerprint);
    assert_string_not_equal(list.items[0].fingerprint, list.items[2].fingerprint);
    finding_list_release(&list);
}

static void list_keeps_the_worst_and_counts_the_rest(void **state)
{
    (void)state;
    struct finding_list list;
    finding_list_start(&list, "app");
    for (int i = 0; i < 6000; i++)
        add(&list, SEVERITY_INFO, "R1", NULL, i);
    add(&list, SEVERITY_ERROR, "R2", NULL, -1);

    finding_list_finish(&list);

    /* 6,001 findings: 4,999 are kept and a last row tells of 1,002 */
    assert_int_equal(list.count, FINDING_LIST_MOST);
    assert_string_equal(list.items[0].rule, "R2");
    assert_int_equal(list.items[1].bytes, 5999);
    assert_int_equal(list.left_out, 1002);
    assert_string_equal(list.items[list.count - 1].message,
                        "1002 more findings were left out; the worst 4999 are listed");
    finding_list_release(&list);
}

static void list_that_just_fits_is_whole(void **state)
{
    (void)state;
    struct finding_list list;
    finding_list_start(&list, "app");
    for (int i = 0; i < FINDING_LIST_MOST; i++)
        add(&list, SEVERITY_INFO, "R1", NULL, i);

    finding_list_finish(&list);

    assert_int_equal(list.count, FINDING_LIST_MOST);
    assert_int_equal(list.left_out, 0);
    assert_string_equal(list.items[list.count - 1].rule, "R1");
    finding_list_release(&list);
}

static const struct report_finding *find(const struct finding_list *list, const char *key)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].key && strcmp(list->items[i].key, key) == 0)
            return &list->items[i];
    return NULL;
}

static void budget_is_shown_where_it_can_be_mended(void **state)
{
    (void)state;
    struct report_case report_case;
    struct finding_list list;
    report_case_hostile(&report_case);

    finding_list_of_report(&list, &report_case.report);

    /* the Dockerfile of the largest contributor, else the configuration, else the image */
    assert_string_equal(find(&list, "layers")->file, "docker/Dockerfile");
    assert_int_equal(find(&list, "layers")->line, 14);
    assert_int_equal(find(&list, "layers")->severity, SEVERITY_WARNING);
    assert_string_equal(find(&list, "growth|`<@me> #1")->file, ".ullage.yaml");
    assert_int_equal(find(&list, "growth|`<@me> #1")->line, 12);
    assert_string_equal(find(&list, "efficiency")->file, "build/app.tar");
    assert_int_equal(find(&list, "efficiency")->line, 1);
    assert_null(find(&list, "download-size"));
    assert_null(find(&list, "python-deps"));
    assert_null(find(&list, "against-base"));
    finding_list_release(&list);
    report_case_release(&report_case);
}

static void formats_of_findings_need_the_list_alone(void **state)
{
    (void)state;
    static const char *const names[] = {"sarif",      "junit", "gitlab",    "codeclimate",
                                        "checkstyle", "gnu",   "sonarqube", "github"};
    struct finding_list list;
    struct error error = ERROR_INIT;
    const struct report_options options = {.style = {"", "", "", "", "", ""}, .width = 80};
    finding_list_start(&list, "Dockerfile");
    add(&list, SEVERITY_ERROR, "DF001", NULL, -1);
    list.items[0].line = 7;
    list.items[0].column = 3;
    finding_list_finish(&list);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        struct sink sink = sink_to_strbuf(&out);
        const struct report_format *format = report_find(names[i], &error);
        assert_int_equal(format->write_list(&list, &options, &sink, &error), 0);
        assert_non_null(strstr(out.buf, "DF001"));
        assert_non_null(strstr(out.buf, "Dockerfile"));
        assert_non_null(strchr(out.buf, '7'));
    }
    finding_list_release(&list);
}

/* GitHub reads commands from the log, wherever a line begins with two colons. */
static void message_is_no_command_whatever_its_file_is_called(void **state)
{
    (void)state;
    struct finding_list list;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    struct sink sink = sink_to_strbuf(&out);
    finding_list_start(&list, "app");
    add(&list, SEVERITY_ERROR, "DF001", NULL, -1);
    list.items[0].file = "::error::x";
    finding_list_finish(&list);

    assert_int_equal(report_find("gnu", &error)->write_list(&list, NULL, &sink, &error), 0);

    assert_string_equal(out.buf, "./::error::x:1:1: error: found [DF001]\n");
    finding_list_release(&list);
}

static void gate_summary_counts(void **state)
{
    (void)state;
    struct report_case report_case;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    report_case_hostile(&report_case);

    gate_summary(&text, &report_case.gate);

    assert_string_equal(text.buf, "FAIL 2 of 6 budgets (1 warning, 1 waived, 1 skipped)");
    report_case_release(&report_case);
}

static void write_as(struct strbuf *out, const struct image_spec *spec, const char *format,
                     int64_t *ret_live)
{
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    struct limits limits = limits_default();
    struct report_case report_case = {0};
    const struct analysis_options options = {.limits = &limits, .threads = 1, .top = 0};
    image_make(spec, IMAGE_DOCKER_LEGACY, &archive);
    char *path = bytes_write_temp(&archive);
    assert_int_equal(analysis_run(&report_case.analysis, path, &options, &error), 0);
    report_case.report.analysis = report_case.analysis;
    report_case_write(out, &report_case, format);
    *ret_live = report_case.analysis->sizes.live_bytes;
    unlink(path);
    free(path);
    bytes_release(&archive);
    report_case_release(&report_case);
}

static void comment_stays_below_its_limit(void **state)
{
    (void)state;
    enum { LAYERS = 300 };
    static struct layer_spec layers[LAYERS];
    static struct image_history history[LAYERS];
    char name[600], command[4000];
    int64_t live;
    struct tarmaker tar = TARMAKER_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    memset(name, '|', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    memset(command, '`', sizeof command - 1);
    command[sizeof command - 1] = '\0';
    tarmaker_file_str(&tar, name, "x");
    tarmaker_finish(&tar);
    for (size_t i = 0; i < LAYERS; i++) {
        layers[i] = (struct layer_spec){.tar = tar.out.data, .tar_size = tar.out.size};
        history[i] = (struct image_history){.created_by = command};
    }
    const struct image_spec spec = {.layers = layers,
                                    .layer_count = LAYERS,
                                    .history = history,
                                    .history_count = LAYERS};

    write_as(&out, &spec, "markdown", &live);

    assert_true(out.len <= 65000);
    assert_true(strncmp(out.buf, "<!-- ullage:size -->\n", 21) == 0);
    assert_non_null(strstr(out.buf, "and 260 more"));
    tarmaker_release(&tar);
}

/* 2,000 folders, one in the other, with a file of 5 bytes in each. */
static void make_deep(struct tarmaker *tar)
{
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    for (int i = 0; i < 2000; i++) {
        strbuf_add_text(&path, "d/");
        size_t len = path.len;
        strbuf_add_text(&path, "f");
        tarmaker_file_str(tar, path.buf, "12345");
        strbuf_truncate(&path, len);
    }
    tarmaker_finish(tar);
}

static int64_t sum_of_lines(const char *text, size_t *ret_longest)
{
    int64_t sum = 0;
    *ret_longest = 0;
    while (*text) {
        size_t len = strcspn(text, "\n"), at = len;
        while (text[at - 1] != ' ')
            at--;
        sum += strtoll(text + at, NULL, 10);
        if (len > *ret_longest)
            *ret_longest = len;
        text += len + 1;
    }
    return sum;
}

static void deep_stacks_are_folded_and_still_add_up(void **state)
{
    (void)state;
    struct tarmaker tar = TARMAKER_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    int64_t live;
    size_t longest;
    make_deep(&tar);
    const struct layer_spec layer = {.tar = tar.out.data, .tar_size = tar.out.size};
    const struct image_spec spec = {.layers = &layer, .layer_count = 1};

    write_as(&out, &spec, "collapsed", &live);

    assert_int_equal(live, 10000);
    assert_int_equal(sum_of_lines(out.buf, &longest), 10000);
    assert_true(longest < 300);
    tarmaker_release(&tar);
}

static void ncdu_has_every_level_of_a_deep_tree(void **state)
{
    (void)state;
    struct tarmaker tar = TARMAKER_INIT;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    int64_t live;
    size_t open = 0, close = 0;
    make_deep(&tar);
    const struct layer_spec layer = {.tar = tar.out.data, .tar_size = tar.out.size};
    const struct image_spec spec = {.layers = &layer, .layer_count = 1};

    write_as(&out, &spec, "ncdu", &live);

    for (size_t i = 0; i < out.len; i++) {
        open += out.buf[i] == '[';
        close += out.buf[i] == ']';
    }
    assert_int_equal(open, 2002); /* the document, the root, and the folders */
    assert_int_equal(close, 2002);
    tarmaker_release(&tar);
}

static void secrets_of_instructions_are_in_no_format(void **state)
{
    (void)state;
    static const char secret[] = "hunter"
                                 "2-not-for-print";
    char command[100];
    int64_t live;
    struct tarmaker tar = TARMAKER_INIT;
    snprintf(command, sizeof command, "/bin/sh -c API_TOKEN=%s make", secret);
    tarmaker_file_str(&tar, "a", "x");
    tarmaker_finish(&tar);
    const struct layer_spec layer = {.tar = tar.out.data, .tar_size = tar.out.size};
    const struct image_history history = {.created_by = command};
    const struct image_spec spec = {
        .layers = &layer, .layer_count = 1, .history = &history, .history_count = 1};

    for (size_t i = 0; report_formats[i]; i++) {
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        write_as(&out, &spec, report_formats[i]->name, &live);
        if (memmem(out.buf, out.len, secret, strlen(secret)))
            fail_msg("%s shows the secret", report_formats[i]->name);
    }
    tarmaker_release(&tar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_span_is_fenced_longer_than_its_backticks),
        cmocka_unit_test(bar_ends_no_cell),
        cmocka_unit_test(xml_shows_what_it_may_not_hold),
        cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(place_is_relative_whatever_was_given),
        cmocka_unit_test(series_has_neither_tag_nor_digest),
        cmocka_unit_test(worst_finding_comes_first),
        cmocka_unit_test(fingerprint_depends_neither_on_size_nor_on_neighbours),
        cmocka_unit_test(equal_findings_have_fingerprints_of_their_own),
        cmocka_unit_test(list_keeps_the_worst_and_counts_the_rest),
        cmocka_unit_test(list_that_just_fits_is_whole),
        cmocka_unit_test(budget_is_shown_where_it_can_be_mended),
        cmocka_unit_test(formats_of_findings_need_the_list_alone),
        cmocka_unit_test(message_is_no_command_whatever_its_file_is_called),
        cmocka_unit_test(gate_summary_counts),
        cmocka_unit_test(comment_stays_below_its_limit),
        cmocka_unit_test(deep_stacks_are_folded_and_still_add_up),
        cmocka_unit_test(ncdu_has_every_level_of_a_deep_tree),
        cmocka_unit_test(secrets_of_instructions_are_in_no_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
