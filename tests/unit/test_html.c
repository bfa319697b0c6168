/* The page: what its tree tells of every state, and that nothing from an image becomes
 * markup in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "analyzer/report/html/paths.h"
#include "analyzer/report/report.h"
#include "core/escape.h"
#include "core/memory.h"
#include "tests/models/model_image.h"
#include "tests/models/random_image.h"
#include "tests/support/check.h"

#define IMAGES 250

static const struct limits *default_limits(void)
{
    static struct limits limits;
    limits = limits_default();
    return &limits;
}

static char *write_model(const struct model_image *model)
{
    struct bytes archive = BYTES_INIT;
    model_image_archive(model, IMAGE_DOCKER_LEGACY, LAYER_PLAIN, 0, &archive);
    char *path = bytes_write_temp(&archive);
    bytes_release(&archive);
    return path;
}

static struct analysis *analyze(const struct model_image *model, enum semantics semantics)
{
    struct error error = ERROR_INIT;
    struct analysis *analysis = NULL;
    cleanup_free char *path = write_model(model);
    struct analysis_options options = {
        .limits = default_limits(),
        .threads = 1,
        .top = 20,
        .semantics = semantics,
    };
    if (analysis_run(&analysis, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    unlink(path);
    return analysis;
}

/* The image as it was when it had so many layers. */
static struct analysis *analyze_lowest(struct model_image *model, size_t layers,
                                       enum semantics semantics)
{
    size_t all = model->layer_count;
    model->layer_count = layers;
    struct analysis *analysis = analyze(model, semantics);
    model->layer_count = all;
    return analysis;
}

static const struct path_version *version_after(const struct paths *paths, size_t path,
                                                size_t layer)
{
    const struct path *item = &paths->items[path];
    for (uint32_t v = item->first; v < item->first + item->count; v++)
        if (paths->versions[v].from <= layer && layer < paths->versions[v].until)
            return &paths->versions[v];
    return NULL;
}

static int64_t bytes_after(const struct paths *paths, size_t layer)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < paths->count; i++) {
        const struct path_version *version = version_after(paths, i, layer);
        bytes += version ? version->bytes : 0;
    }
    return bytes;
}

/* The node of a path in another tree, by its names. */
static uint32_t node_of(const struct tree *tree, const struct paths *paths, uint32_t path)
{
    if (path == 0)
        return NODE_ROOT;
    uint32_t parent = node_of(tree, paths, paths->items[path].parent);
    const char *name = paths->items[path].name;
    return parent == NODE_NONE ? NODE_NONE : tree_find(tree, parent, name, strlen(name));
}

static size_t count_shown(const struct tree *tree)
{
    size_t count = 0;
    for (size_t i = 0; i < tree->count; i++)
        count += node_is_visible(&tree->nodes[i]) && !tree->nodes[i].hidden;
    return count;
}

static void assert_state_is(const struct paths *paths, size_t layer,
                            const struct accounting *expected)
{
    size_t there = 0;
    for (uint32_t i = 0; i < paths->count; i++) {
        const struct path_version *version = version_after(paths, i, layer);
        if (!version)
            continue;
        uint32_t number = node_of(&expected->tree, paths, i);
        assert_int_not_equal(number, NODE_NONE);
        const struct tree_node *node = &expected->tree.nodes[number];
        assert_true(node_is_visible(node) && !node->hidden);
        assert_int_equal(version->kind == TAR_HARDLINK ? TAR_FILE : version->kind,
                         node->kind);
        there++;
    }
    assert_int_equal(there, count_shown(&expected->tree));
    assert_int_equal(bytes_after(paths, layer), expected->live_bytes);
}

/* At the end an inode's bytes stand at the name that every other report gives it. */
static void assert_bytes_stand_at_first_names(const struct paths *paths,
                                              const struct accounting *accounting)
{
    for (uint32_t i = 0; i < paths->count; i++) {
        const struct path_version *now = path_now(paths, i);
        if (!now || !now->bytes)
            continue;
        uint32_t node = node_of(&accounting->tree, paths, i);
        uint32_t inode = accounting->tree.nodes[node].inode;
        assert_int_equal(accounting->inodes[inode].node, node);
    }
}

static void every_state_is_that_of_the_image_without_the_layers_above(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < IMAGES; seed++) {
        enum semantics semantics = seed % 4 == 3 ? SEMANTICS_OVERLAY : SEMANTICS_SPEC;
        struct model_image model;
        struct paths paths;
        random_image(seed, seed % 3 == 0 ? RANDOM_HARDLINK_SIZES : 0, &model);
        struct analysis *analysis = analyze(&model, semantics);
        paths_collect(&paths, &analysis->accounting);

        for (size_t layer = 0; layer < model.layer_count; layer++) {
            struct analysis *then = analyze_lowest(&model, layer + 1, semantics);
            assert_state_is(&paths, layer, &then->accounting);
            analysis_free(then);
        }
        assert_bytes_stand_at_first_names(&paths, &analysis->accounting);

        paths_release(&paths);
        analysis_free(analysis);
        model_image_release(&model);
    }
}

static void assert_is_a_tree(const struct paths *paths)
{
    size_t children = 0;
    for (size_t i = 1; i < paths->count; i++)
        assert_true(paths->items[i].parent < i);
    for (size_t i = 0; i < paths->count; i++) {
        children += paths->items[i].children;
        assert_true(paths->items[i].count > 0);
        assert_true(paths->items[i].others ? !paths->items[i].name
                                           : !!paths->items[i].name);
    }
    assert_int_equal(children, paths->count - 1);
}

static void folding_keeps_the_bytes_of_every_state(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < IMAGES; seed++) {
        struct model_image model;
        random_image(seed, seed % 3 == 0 ? RANDOM_HARDLINK_SIZES : 0, &model);
        struct analysis *analysis = analyze(&model, SEMANTICS_SPEC);
        struct paths whole;
        paths_collect(&whole, &analysis->accounting);

        for (size_t most = 3; most <= whole.count + 1; most += 1 + most / 3) {
            struct paths folded;
            size_t others = 0;
            paths_collect(&folded, &analysis->accounting);
            paths_fold(&folded, most);
            assert_true(folded.count <= most);
            assert_is_a_tree(&folded);
            for (size_t i = 0; i < folded.count; i++)
                others += folded.items[i].others;
            assert_int_equal(others, folded.folded);
            if (whole.count <= most)
                assert_int_equal(folded.count, whole.count);
            for (size_t layer = 0; layer < model.layer_count; layer++)
                assert_int_equal(bytes_after(&folded, layer), bytes_after(&whole, layer));
            paths_release(&folded);
        }

        paths_release(&whole);
        analysis_free(analysis);
        model_image_release(&model);
    }
}

static void write_page(struct strbuf *out, const struct report *report)
{
    struct error error = ERROR_INIT;
    struct report_options options = {
        .style = {"", "", "", "", "", ""},
        .width = 80,
    };
    struct sink sink = sink_to_strbuf(out);
    const struct report_format *format = report_find("html", &error);
    assert_non_null(format);
    assert_int_equal(format->write(report, &options, &sink, &error), 0);
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
        count++;
    return count;
}

/* What the page says with its script and tree aside. */
static char *static_part(const struct strbuf *page)
{
    const char *end = strstr(page->buf, "<script type=");
    assert_non_null(end);
    const char *start = strstr(page->buf, "</style>");
    assert_non_null(start);
    return memory_dup_bytes(start, (size_t)(end - start));
}

static const char *const hostile_names[] = {
    "<script>alert(1)<",
    "\"><img src=x onerror=alert(2)>",
    "'onload='alert(3)'",
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "new\nline",
    "\x1b[31mred",
    "\xe2\x80\xaegnp.exe",
    "\xff\xfe not UTF-8",
    "\xc2\x9b[31mred",
    "tab\tand\x7f",
    "${alert(4)}",
    "__proto__",
    "back\\slash",
};

static struct analysis *analyze_hostile(void)
{
    struct model_image model = MODEL_IMAGE_INIT;
    model_image_add_layer(&model);
    for (size_t i = 0; i < ARRAY_SIZE(hostile_names); i++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/%s", hostile_names[i], hostile_names[i]);
        model_image_add_file(&model, path.buf, "some equal content");
    }
    model_image_add_layer(&model);
    for (size_t i = 0; i < ARRAY_SIZE(hostile_names); i += 2) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/.wh.%s", hostile_names[i], hostile_names[i]);
        model_image_add_file(&model, path.buf, "");
    }
    struct analysis *analysis = analyze(&model, SEMANTICS_SPEC);
    model_image_release(&model);
    return analysis;
}

static void names_stay_text(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf page = STRBUF_INIT;
    struct analysis *analysis = analyze_hostile();
    const struct report report = {.analysis = analysis};

    write_page(&page, &report);

    cleanup_free char *text = static_part(&page);
    assert_int_equal(count_of(page.buf, "<script"), 2);
    assert_int_equal(count_of(page.buf, "</script"), 2);
    assert_int_equal(count_of(page.buf, "<!--"), 0);
    assert_null(strstr(text, "<img"));
    assert_null(strstr(text, "'onload"));
    assert_null(strstr(text, "\"><img"));
    assert_non_null(strstr(text, "&lt;script&gt;alert(1)&lt;"));
    assert_non_null(strstr(text, "&quot;&gt;&lt;img src=x onerror=alert(2)&gt;"));
    assert_non_null(strstr(text, "&amp;lt;b&amp;gt;"));
    assert_non_null(strstr(text, "back\\\\slash"));
    analysis_free(analysis);
}

static void what_would_move_text_is_shown(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf page = STRBUF_INIT;
    struct analysis *analysis = analyze_hostile();
    const struct report report = {.analysis = analysis};

    write_page(&page, &report);

    cleanup_free char *text = static_part(&page);
    assert_true(utf8_is_valid(span_of(page.buf, page.len)));
    for (size_t i = 0; i < page.len; i++)
        assert_true((unsigned char)page.buf[i] >= 0x20 || page.buf[i] == '\n');
    assert_null(strstr(page.buf, "\x7f"));
    assert_null(strstr(page.buf, "\xe2\x80\xae"));
    assert_null(strstr(page.buf, "\xc2\x9b"));
    assert_non_null(strstr(text, "new\\x0aline"));
    assert_non_null(strstr(text, "\\x1b[31mred"));
    assert_non_null(strstr(text, "\\u{202e}gnp.exe"));
    assert_non_null(strstr(text, "\\xff\\xfe not UTF-8"));
    analysis_free(analysis);
}

static void secrets_of_instructions_are_redacted(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf page = STRBUF_INIT, step = STRBUF_INIT;
    /* in halves, so that no scanner takes this file for a leak */
    strbuf_addf(&step, "RUN API_%s=%s%s make", "TOKEN", "hunter", "2hunter2");
    struct model_image model = MODEL_IMAGE_INIT;
    model_image_add_layer(&model);
    model_image_add_file(&model, "a", "content");
    struct bytes tar = BYTES_INIT, archive = BYTES_INIT;
    model_image_layer_tar(&model, 0, &tar);
    const struct layer_spec layer = {.tar = tar.data, .tar_size = tar.size};
    const struct image_history history = {.created_by = step.buf};
    const struct image_spec spec = {
        .layers = &layer, .layer_count = 1, .history = &history, .history_count = 1};
    image_make(&spec, IMAGE_DOCKER_LEGACY, &archive);
    cleanup_free char *path = bytes_write_temp(&archive);
    struct error error = ERROR_INIT;
    struct analysis *analysis = NULL;
    struct analysis_options options = {.limits = default_limits(), .threads = 1, .top = 5};
    assert_int_equal(analysis_run(&analysis, path, &options, &error), 0);
    const struct report report = {.analysis = analysis};

    write_page(&page, &report);

    assert_null(strstr(page.buf, "2hunter2"));
    assert_non_null(strstr(page.buf, "&lt;redacted:"));
    unlink(path);
    analysis_free(analysis);
    bytes_release(&tar);
    bytes_release(&archive);
    model_image_release(&model);
}

static void same_image_gives_the_same_page(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
    struct analysis *analysis = analyze_hostile();
    const struct report report = {.analysis = analysis};

    write_page(&first, &report);
    write_page(&second, &report);

    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.buf, second.buf, first.len);
    analysis_free(analysis);
}

static void image_without_content_has_a_page(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf page = STRBUF_INIT;
    struct model_image model = MODEL_IMAGE_INIT;
    model_image_add_layer(&model);
    struct analysis *analysis = analyze(&model, SEMANTICS_SPEC);
    const struct report report = {.analysis = analysis};

    write_page(&page, &report);

    assert_non_null(strstr(page.buf, "no content"));
    assert_non_null(strstr(page.buf, "No byte is dead"));
    assert_null(strstr(page.buf, "<svg class=\"treemap\""));
    assert_null(strstr(page.buf, "nan"));
    analysis_free(analysis);
    model_image_release(&model);
}

static void verdicts_head_the_page(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf page = STRBUF_INIT;
    struct budget_result results[] = {
        {.id = "image<size>",
         .measure = "blob_bytes",
         .scope = "image",
         .unit = UNIT_BYTES,
         .verdict = VERDICT_FAIL,
         .value = {.known = true, .number = 2000000},
         .limit = {.known = true, .number = 1000000},
         .over = {.known = true, .number = 1000000},
         .limit_text = "1 MB",
         .fix = "drop the cache",
         .contributors = {{.path = "/var/<cache>", .layer = 0, .bytes = 900000}},
         .contributor_count = 1},
        {.id = "efficiency",
         .measure = "efficiency",
         .scope = "image",
         .unit = UNIT_RATIO,
         .verdict = VERDICT_PASS,
         .at_least = true,
         .value = {.known = true, .ratio = 0.955},
         .limit_text = "95%"},
    };
    const struct gate gate = {.results = results, .count = 2, .rules = "ullage.yaml"};
    struct analysis *analysis = analyze_hostile();
    const struct report report = {.analysis = analysis, .gate = &gate};

    write_page(&page, &report);

    assert_non_null(strstr(page.buf, ": fails 1 of 2 budgets</title>"));
    assert_non_null(strstr(page.buf, "<p class=\"badge fail\">fails 1 of 2 budgets</p>"));
    assert_non_null(strstr(page.buf, "image&lt;size&gt;"));
    assert_non_null(strstr(page.buf, "at most 1 MB"));
    assert_non_null(strstr(page.buf, "at least 95%"));
    assert_non_null(strstr(page.buf, "95.5&nbsp;%"));
    assert_non_null(strstr(page.buf, "/var/&lt;cache&gt;"));
    assert_non_null(strstr(page.buf, "drop the cache"));
    analysis_free(analysis);
}

/* The page's tree, as its script would read it. */
struct columns {
    unsigned char *bytes;
    size_t len, at;
};

static int base64_value(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

static void open_columns(struct columns *ret_columns, const struct strbuf *page)
{
    static const char mark[] = "id=\"tree\">\"";
    const char *p = strstr(page->buf, mark);
    cleanup_strbuf struct strbuf deflated = STRBUF_INIT;
    unsigned group = 0, bits = 0;
    assert_non_null(p);
    for (p += strlen(mark); base64_value(*p) >= 0; p++) {
        group = group << 6 | (unsigned)base64_value(*p);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            strbuf_add_char(&deflated, (char)(group >> bits));
        }
    }
    size_t room = 1 << 22;
    unsigned char *bytes = memory_alloc(room);
    z_stream stream = {
        .next_in = (unsigned char *)deflated.buf,
        .avail_in = (unsigned)deflated.len,
        .next_out = bytes,
        .avail_out = (unsigned)room,
    };
    assert_int_equal(inflateInit2(&stream, -MAX_WBITS), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    *ret_columns = (struct columns){.bytes = bytes, .len = stream.total_out};
    inflateEnd(&stream);
}

static uint64_t next_number(struct columns *columns)
{
    uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        assert_true(columns->at < columns->len);
        unsigned char byte = columns->bytes[columns->at++];
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
}

static void columns_hold_the_paths(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf page = STRBUF_INIT;
    struct model_image model;
    struct paths paths;
    struct columns columns;
    random_image(7, RANDOM_HARDLINK_SIZES, &model);
    struct analysis *analysis = analyze(&model, SEMANTICS_SPEC);
    const struct report report = {.analysis = analysis};
    paths_collect(&paths, &analysis->accounting);

    write_page(&page, &report);
    open_columns(&columns, &page);

    assert_int_equal(next_number(&columns), 1);
    assert_int_equal(next_number(&columns), SIZE_DECIMAL);
    assert_int_equal(next_number(&columns), paths.count);
    assert_int_equal(next_number(&columns), paths.version_count);
    assert_int_equal(next_number(&columns), model.layer_count);
    assert_int_equal(next_number(&columns), 0);
    uint64_t texts = next_number(&columns);
    texts += next_number(&columns);
    columns.at += texts;
    for (size_t i = 0; i < paths.count; i++)
        assert_int_equal(next_number(&columns), paths.items[i].children);
    for (size_t i = 0; i < paths.count; i++)
        assert_int_equal(next_number(&columns), paths.items[i].count - 1);
    for (size_t i = 0; i < paths.version_count; i++)
        assert_int_equal(next_number(&columns), paths.versions[i].kind);
    for (size_t i = 0; i < paths.version_count; i++)
        assert_int_equal(next_number(&columns), paths.versions[i].from);
    for (size_t i = 0; i < paths.version_count; i++) {
        const struct path_version *version = &paths.versions[i];
        assert_int_equal(next_number(&columns), version->until == STILL_THERE
                                                    ? 0
                                                    : version->until - version->from);
    }
    for (size_t i = 0; i < paths.version_count; i++)
        assert_int_equal(next_number(&columns), paths.versions[i].bytes);
    assert_int_equal(columns.at, columns.len);
    free(columns.bytes);
    paths_release(&paths);
    analysis_free(analysis);
    model_image_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_that_of_the_image_without_the_layers_above),
        cmocka_unit_test(folding_keeps_the_bytes_of_every_state),
        cmocka_unit_test(columns_hold_the_paths),
        cmocka_unit_test(names_stay_text),
        cmocka_unit_test(what_would_move_text_is_shown),
        cmocka_unit_test(secrets_of_instructions_are_redacted),
        cmocka_unit_test(same_image_gives_the_same_page),
        cmocka_unit_test(image_without_content_has_a_page),
        cmocka_unit_test(verdicts_head_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
