/* Two images held against one another: each kind of change, the sums, the verdict, earlier
 * reports. */
#include "analyzer/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/report/report.h"
#include "core/sink.h"
#include "tests/models/random_image.h"
#include "tests/support/tarmaker.h"
#include "tests/support/check.h"

static struct limits limits;

/* Two images under way; each layer of a side is a tar. */
struct pair {
    struct tarmaker layers[2][3];
    size_t counts[2];
    const char *configs[2];
    enum layer_compression compression;
    struct diff_options options;
    struct strvec ignore;
    struct comparison *comparison;
};

static struct pair new_pair(void)
{
    struct pair pair = {.comparison = NULL};
    limits = limits_default();
    pair.options.analysis = (struct analysis_options){.limits = &limits, .threads = 2};
    for (int part = 0; part < DIFF_PARTS; part++)
        pair.options.parts[part] = true;
    return pair;
}

static struct tarmaker *layer(struct pair *pair, enum diff_side side)
{
    pair->layers[side][pair->counts[side]] = (struct tarmaker)TARMAKER_INIT;
    return &pair->layers[side][pair->counts[side]++];
}

static int64_t total(const struct comparison *comparison, const char *measure,
                     enum diff_side side)
{
    const struct diff_total *found = diff_find_total(comparison, measure);
    assert_non_null(found);
    return side == DIFF_OLD ? found->old_value : found->new_value;
}

struct sum {
    int64_t values[2];
};

static void add(struct sum *sum, int64_t old_value, int64_t new_value)
{
    sum->values[DIFF_OLD] += old_value;
    sum->values[DIFF_NEW] += new_value;
}

/* Every list, with its rests, is its total: on the old side, on the new side, and so is the
 * change. */
static void assert_sums(const struct comparison *comparison)
{
    struct sum files = {{0, 0}}, layers = {{0, 0}}, packages = {{0, 0}}, changes = {{0, 0}};
    int64_t folders = 0;
    for (size_t i = 0; i < comparison->file_count; i++) {
        assert_true(comparison->files[i].changes != 0);
        add(&files, comparison->files[i].old_bytes, comparison->files[i].new_bytes);
    }
    for (size_t i = 0; i < CHANGE_KINDS; i++)
        add(&changes, comparison->by_change[i].old_bytes,
            comparison->by_change[i].new_bytes);
    for (size_t i = 0; i < comparison->directories.count; i++)
        folders += comparison->directories.rows[i].new_bytes -
                   comparison->directories.rows[i].old_bytes;
    for (size_t i = 0; i < comparison->layer_count; i++)
        add(&layers, comparison->layers[i].old_bytes, comparison->layers[i].new_bytes);
    for (size_t i = 0; i < comparison->package_count; i++)
        add(&packages, comparison->packages[i].old_bytes,
            comparison->packages[i].new_bytes);
    assert_int_equal(folders, files.values[DIFF_NEW] - files.values[DIFF_OLD]);
    assert_memory_equal(&changes, &files, sizeof files);
    add(&files, comparison->same_files.old_bytes, comparison->same_files.new_bytes);
    add(&files, comparison->ignored.old_bytes, comparison->ignored.new_bytes);
    add(&layers, comparison->same_layers.old_bytes, comparison->same_layers.new_bytes);
    add(&packages, comparison->same_packages.old_bytes,
        comparison->same_packages.new_bytes);
    add(&packages, comparison->unowned.old_bytes, comparison->unowned.new_bytes);
    for (enum diff_side side = DIFF_OLD; side <= DIFF_NEW; side++) {
        if (comparison->parts[DIFF_FILES])
            assert_int_equal(files.values[side], total(comparison, "live_bytes", side));
        if (comparison->parts[DIFF_PACKAGES])
            assert_int_equal(packages.values[side], total(comparison, "live_bytes", side));
        assert_int_equal(layers.values[side], total(comparison, "content_bytes", side));
    }
    assert_int_equal(comparison->same_files.old_bytes, comparison->same_files.new_bytes);
}

static struct comparison *compare_paths(const char *old_path, const char *new_path,
                                        const struct diff_options *options)
{
    struct comparison *comparison;
    struct error error = ERROR_INIT;
    if (diff_run(&comparison, old_path, new_path, options, &error) < 0)
        fail_msg("%s", error.text);
    assert_sums(comparison);
    return comparison;
}

static char *write_side(struct pair *pair, enum diff_side side)
{
    struct layer_spec layers[3];
    struct bytes archive = BYTES_INIT;
    for (size_t i = 0; i < pair->counts[side]; i++) {
        tarmaker_finish(&pair->layers[side][i]);
        layers[i] = (struct layer_spec){.tar = pair->layers[side][i].out.data,
                                        .tar_size = pair->layers[side][i].out.size,
                                        .compression = pair->compression};
    }
    const struct image_spec spec = {.layers = layers,
                                    .layer_count = pair->counts[side],
                                    .config_json = pair->configs[side]};
    image_make(&spec, IMAGE_OCI, &archive);
    char *path = bytes_write_temp(&archive);
    bytes_release(&archive);
    return path;
}

static const struct comparison *compare(struct pair *pair)
{
    char *paths[2] = {write_side(pair, DIFF_OLD), write_side(pair, DIFF_NEW)};
    pair->options.ignore = &pair->ignore;
    pair->comparison = compare_paths(paths[0], paths[1], &pair->options);
    for (int side = 0; side < 2; side++) {
        unlink(paths[side]);
        free(paths[side]);
    }
    return pair->comparison;
}

static void release(struct pair *pair)
{
    comparison_free(pair->comparison);
    strvec_release(&pair->ignore);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < pair->counts[side]; i++)
            tarmaker_release(&pair->layers[side][i]);
}

static const struct diff_file *find_file(const struct comparison *comparison,
                                         const char *path)
{
    for (size_t i = 0; i < comparison->file_count; i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        diff_file_path(&text, comparison, &comparison->files[i]);
        if (strcmp(text.buf, path) == 0)
            return &comparison->files[i];
    }
    return NULL;
}

static void assert_change(const struct comparison *comparison, const char *path,
                          unsigned changes, int64_t old_bytes, int64_t new_bytes)
{
    const struct diff_file *file = find_file(comparison, path);
    if (!file)
        fail_msg("'%s' does not differ", path);
    if (file->changes != changes)
        fail_msg("'%s' has changes %x, not %x", path, file->changes, changes);
    assert_int_equal(file->old_bytes, old_bytes);
    assert_int_equal(file->new_bytes, new_bytes);
}

/* Files */

static void both_members(struct pair *pair, const struct tar_member *old_member,
                         const struct tar_member *new_member)
{
    for (enum diff_side side = DIFF_OLD; side <= DIFF_NEW; side++) {
        struct tarmaker *tar = layer(pair, side);
        tarmaker_add(tar, side == DIFF_OLD ? old_member : new_member);
        tarmaker_file_str(tar, "same", "never changes");
    }
}

static void one_change_is_told_alone(void **state)
{
    static const struct tar_record attributes[] = {{"user.a", "1", 1}, {"user.a", "2", 1}};
    static const struct {
        struct tar_member members[2];
        unsigned change;
    } rows[] = {
        {{{.name = "f", .data = "abcd", .data_size = 4},
          {.name = "f", .data = "abce", .data_size = 4}},
         CHANGE_CONTENT},
        {{{.name = "f", .data = "abcd", .data_size = 4},
          {.name = "f", .data = "ab", .data_size = 2}},
         CHANGE_CONTENT},
        {{{.name = "f", .mode = 0644}, {.name = "f", .mode = 04755}}, CHANGE_MODE},
        {{{.name = "f", .uid = 0}, {.name = "f", .uid = 1000}}, CHANGE_OWNER},
        {{{.name = "f", .gid = 0}, {.name = "f", .gid = 70000}}, CHANGE_OWNER},
        {{{.name = "f", .xattrs = &attributes[0], .xattr_count = 1},
          {.name = "f", .xattrs = &attributes[1], .xattr_count = 1}},
         CHANGE_XATTR},
        {{{.name = "f", .xattrs = &attributes[0], .xattr_count = 1}, {.name = "f"}},
         CHANGE_XATTR},
        {{{.name = "f", .mtime = 1}, {.name = "f", .mtime = 2}}, CHANGE_TIME},
        {{{.name = "f", .typeflag = '2', .linkname = "a"},
          {.name = "f", .typeflag = '2', .linkname = "b"}},
         CHANGE_LINK},
        {{{.name = "f", .typeflag = '3', .devmajor = 1, .devminor = 3},
          {.name = "f", .typeflag = '3', .devmajor = 1, .devminor = 5}},
         CHANGE_LINK},
        {{{.name = "f", .typeflag = '6', .mode = 0644}, {.name = "f", .mode = 0644}},
         CHANGE_TYPE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int gzip = 0; gzip < 2; gzip++) {
            struct pair pair = new_pair();
            pair.compression = gzip ? LAYER_GZIP : LAYER_PLAIN;
            both_members(&pair, &rows[i].members[0], &rows[i].members[1]);

            const struct comparison *comparison = compare(&pair);

            assert_int_equal(comparison->file_count, 1);
            if (comparison->files[0].changes != rows[i].change)
                fail_msg("row %zu: changes %x", i, comparison->files[0].changes);
            assert_true(comparison->differs);
            release(&pair);
        }
}

static void files_come_and_go_with_their_bytes(void **state)
{
    struct pair pair = new_pair();
    struct tarmaker *tar = layer(&pair, DIFF_OLD);
    (void)state;
    tarmaker_file_str(tar, "d/gone", "123");
    tarmaker_file_str(tar, "d/becomes", "12");
    tar = layer(&pair, DIFF_NEW);
    tarmaker_file_str(tar, "d/come", "12345");
    tarmaker_file_str(tar, "d/becomes/a", "1");

    const struct comparison *comparison = compare(&pair);

    assert_change(comparison, "/d/gone", CHANGE_REMOVED, 3, 0);
    assert_change(comparison, "/d/come", CHANGE_ADDED, 0, 5);
    assert_true(find_file(comparison, "/d/becomes")->changes & CHANGE_TYPE);
    assert_change(comparison, "/d/becomes/a", CHANGE_ADDED, 0, 1);
    assert_int_equal(comparison->file_count, 4);
    assert_int_equal(comparison->by_change[0].files, 2);
    release(&pair);
}

static void another_name_of_an_inode_is_a_link(void **state)
{
    struct pair pair = new_pair();
    struct tarmaker *tar = layer(&pair, DIFF_OLD);
    (void)state;
    tarmaker_file_str(tar, "a", "12345");
    tarmaker_hardlink(tar, "b", "a");
    tar = layer(&pair, DIFF_NEW);
    tarmaker_file_str(tar, "a", "12345");
    tarmaker_file_str(tar, "b", "12345");

    const struct comparison *comparison = compare(&pair);

    assert_change(comparison, "/b", CHANGE_LINK, 0, 5);
    assert_int_equal(comparison->file_count, 1);
    release(&pair);
}

static void lower_copies_do_not_count(void **state)
{
    struct pair pair = new_pair();
    (void)state;
    tarmaker_file_str(layer(&pair, DIFF_OLD), "a", "12345");
    tarmaker_file_str(layer(&pair, DIFF_NEW), "a", "an older one, and longer");
    tarmaker_file_str(layer(&pair, DIFF_NEW), "a", "12345");

    const struct comparison *comparison = compare(&pair);

    assert_int_equal(comparison->file_count, 0);
    assert_true(comparison->differs); /* content_bytes did */
    release(&pair);
}

/* What does not count */

static void changed_file_and_time(struct pair *pair)
{
    static const struct tar_member members[] = {{.name = "f", .mtime = 1},
                                                {.name = "f", .mtime = 2}};
    both_members(pair, &members[0], &members[1]);
    tarmaker_file_str(&pair->layers[DIFF_OLD][0], "var/log/a", "1");
    tarmaker_file_str(&pair->layers[DIFF_NEW][0], "var/log/a", "1234");
}

static void ignored_paths_stay_in_the_sums(void **state)
{
    struct pair pair = new_pair();
    (void)state;
    changed_file_and_time(&pair);
    strvec_add(&pair.ignore, "/var/log/**");
    strvec_add(&pair.ignore, "f");

    const struct comparison *comparison = compare(&pair);

    assert_int_equal(comparison->file_count, 0);
    assert_int_equal(comparison->ignored.count, 2);
    assert_int_equal(comparison->ignored.new_bytes - comparison->ignored.old_bytes, 3);
    assert_int_equal(comparison->directories.count, 0);
    assert_false(comparison->differs);
    release(&pair);
}

static void times_count_unless_they_are_ignored(void **state)
{
    struct pair pair = new_pair();
    (void)state;
    changed_file_and_time(&pair);
    pair.options.ignore_time = true;

    const struct comparison *comparison = compare(&pair);

    assert_int_equal(comparison->file_count, 1);
    assert_null(find_file(comparison, "/f"));
    release(&pair);
}

static bool differs_beyond(const char *threshold)
{
    struct pair pair = new_pair();
    struct error error = ERROR_INIT;
    char old_text[1001], new_text[1051];
    memset(old_text, 'a', sizeof old_text);
    memset(new_text, 'a', sizeof new_text);
    tarmaker_file(layer(&pair, DIFF_OLD), "f", old_text, 1000);
    tarmaker_file(layer(&pair, DIFF_NEW), "f", new_text, 1050);
    assert_int_equal(diff_parse_threshold(&pair.options, threshold, &error), 0);
    bool differs = compare(&pair)->differs;
    release(&pair);
    return differs;
}

static void threshold_is_what_may_be(void **state)
{
    (void)state;
    assert_false(differs_beyond("50B"));
    assert_true(differs_beyond("49B"));
    assert_false(differs_beyond("5%"));
    assert_true(differs_beyond("4.9%"));
    assert_true(differs_beyond("0%"));
}

static void thresholds_and_parts_that_are_none_are_refused(void **state)
{
    static const char *const wrong[] = {"",     "%",    "x%",  "-1%",
                                        "nan%", "inf%", "5%%", "5 pct"};
    struct diff_options options = {.has_threshold = false};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error error = ERROR_INIT;
        if (diff_parse_threshold(&options, wrong[i], &error) == 0)
            fail_msg("'%s' is taken", wrong[i]);
        assert_int_equal(error.code, ERROR_USAGE);
        error_release(&error);
    }
    struct error error = ERROR_INIT;
    assert_int_equal(diff_parse_parts(&options, "files,", &error), -1);
    error_release(&error);
    assert_int_equal(diff_parse_parts(&options, "files,config", &error), 0);
    assert_true(options.parts[DIFF_FILES] && options.parts[DIFF_CONFIG]);
    assert_false(options.parts[DIFF_TOTALS]);
}

/* Layers, packages, configuration */

static void layers_are_aligned_by_digest_first(void **state)
{
    struct pair pair = new_pair();
    (void)state;
    tarmaker_file_str(layer(&pair, DIFF_OLD), "base", "1234");
    tarmaker_file_str(layer(&pair, DIFF_OLD), "app", "12");
    tarmaker_file_str(layer(&pair, DIFF_NEW), "new", "1");
    tarmaker_file_str(layer(&pair, DIFF_NEW), "base", "1234");
    tarmaker_file_str(layer(&pair, DIFF_NEW), "app", "123");

    const struct comparison *comparison = compare(&pair);

    assert_int_equal(comparison->same_layers.count, 1);
    assert_int_equal(comparison->same_layers.new_bytes, 4);
    assert_int_equal(comparison->layer_count, 2);
    release(&pair);
}

static void packages_are_told_with_both_versions(void **state)
{
    struct pair pair = new_pair();
    (void)state;
    for (enum diff_side side = DIFF_OLD; side <= DIFF_NEW; side++) {
        struct tarmaker *tar = layer(&pair, side);
        tarmaker_file_str(tar, "lib/apk/db/installed",
                          side == DIFF_OLD
                              ? "P:a\nV:1\nF:x\nR:a\n\nP:b\nV:1\nF:x\nR:b\n\nP:d\nV:1\n"
                              : "P:a\nV:2\nF:x\nR:a\n\nP:c\nV:1\n\nP:d\nV:1\n");
        tarmaker_file_str(tar, "x/a", side == DIFF_OLD ? "1" : "1234");
        tarmaker_file_str(tar, "x/b", "12");
    }

    const struct comparison *comparison = compare(&pair);

    assert_int_equal(comparison->package_count, 3);
    assert_int_equal(comparison->same_packages.count, 1);
    const struct diff_package *first = &comparison->packages[0];
    assert_string_equal(first->name, "a");
    assert_string_equal(first->old_versions, "1");
    assert_string_equal(first->new_versions, "2");
    assert_int_equal(first->new_bytes - first->old_bytes, 3);
    assert_string_equal(comparison->packages[1].name, "b");
    assert_null(comparison->packages[1].new_versions);
    release(&pair);
}

static const struct diff_field *find_field(const struct comparison *comparison,
                                           const char *name)
{
    for (size_t i = 0; i < comparison->config_count; i++)
        if (strcmp(comparison->config[i].name, name) == 0)
            return &comparison->config[i];
    fail_msg("'%s' does not differ", name);
    return NULL;
}

static void configuration_is_told_by_field(void **state)
{
    struct pair pair = new_pair();
    char token[64], config[200];
    (void)state;
    snprintf(token, sizeof token, "%s%s", "ghp_", "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW1xY2");
    snprintf(config, sizeof config,
             "{\"Env\":[\"A=2\",\"TOKEN=%s\"],\"Labels\":{\"v\":\"2\"},\"User\":\"app\"}",
             token);
    pair.configs[DIFF_OLD] = "{\"Env\":[\"A=1\",\"B=1\"],\"Labels\":{\"v\":\"1\"}}";
    pair.configs[DIFF_NEW] = config;
    tarmaker_file_str(layer(&pair, DIFF_OLD), "a", "1");
    tarmaker_file_str(layer(&pair, DIFF_NEW), "a", "1");

    const struct comparison *comparison = compare(&pair);

    assert_string_equal(find_field(comparison, "env A")->new_value, "2");
    assert_null(find_field(comparison, "env B")->new_value);
    assert_string_equal(find_field(comparison, "label v")->old_value, "1");
    assert_null(strstr(find_field(comparison, "env TOKEN")->new_value, token));
    assert_true(comparison->differs);
    release(&pair);
}

/* Whole images */

static char *write_random(uint64_t seed, enum layer_compression compression)
{
    struct model_image model;
    struct bytes archive = BYTES_INIT;
    random_image(seed, 0, &model);
    model_image_archive(&model, IMAGE_OCI, compression, 0, &archive);
    char *path = bytes_write_temp(&archive);
    bytes_release(&archive);
    model_image_release(&model);
    return path;
}

static unsigned turned(unsigned changes)
{
    unsigned rest = changes & ~(unsigned)(CHANGE_ADDED | CHANGE_REMOVED);
    return rest | (changes & CHANGE_ADDED ? CHANGE_REMOVED : 0) |
           (changes & CHANGE_REMOVED ? CHANGE_ADDED : 0);
}

static void assert_turned(const struct comparison *there, const struct comparison *back)
{
    assert_int_equal(there->file_count, back->file_count);
    for (size_t i = 0; i < there->file_count; i++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        diff_file_path(&path, there, &there->files[i]);
        assert_change(back, path.buf, turned(there->files[i].changes),
                      there->files[i].new_bytes, there->files[i].old_bytes);
    }
    assert_int_equal(there->same_files.count, back->same_files.count);
    assert_int_equal(there->config_count, back->config_count);
    assert_int_equal(there->same_layers.count, back->same_layers.count);
    for (size_t i = 0; i < there->total_count; i++) {
        assert_int_equal(there->totals[i].old_value, back->totals[i].new_value);
        assert_int_equal(there->totals[i].new_value, back->totals[i].old_value);
    }
}

static void way_back_is_the_negation_of_the_way_there(void **state)
{
    struct pair pair = new_pair();
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        char *old_path = write_random(seed, seed % 2 ? LAYER_GZIP : LAYER_PLAIN);
        char *new_path = write_random(seed + 1000, seed % 3 ? LAYER_PLAIN : LAYER_ZSTD);
        struct comparison *there = compare_paths(old_path, new_path, &pair.options);
        struct comparison *back = compare_paths(new_path, old_path, &pair.options);
        assert_turned(there, back);
        comparison_free(there);
        comparison_free(back);
        unlink(old_path);
        unlink(new_path);
        free(old_path);
        free(new_path);
    }
}

static void image_is_the_same_as_itself(void **state)
{
    struct pair pair = new_pair();
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        char *plain = write_random(seed, LAYER_PLAIN),
             *gzip = write_random(seed, LAYER_GZIP);
        struct comparison *same = compare_paths(plain, plain, &pair.options);
        assert_false(same->differs);
        assert_int_equal(same->file_count + same->layer_count + same->config_count +
                             same->history_count + same->package_count,
                         0);
        comparison_free(same);
        same = compare_paths(plain, gzip,
                             &pair.options); /* the same files, packed otherwise */
        assert_int_equal(same->file_count, 0);
        comparison_free(same);
        unlink(plain);
        unlink(gzip);
        free(plain);
        free(gzip);
    }
}

/* Earlier reports */

static char *write_report(const char *image)
{
    struct analysis *analysis;
    struct error error = ERROR_INIT;
    struct strbuf text = STRBUF_INIT;
    struct bytes bytes = BYTES_INIT;
    struct sink sink = sink_to_strbuf(&text);
    const struct analysis_options options = {.limits = &limits, .threads = 2, .top = 5};
    const struct report_options shown = {.sizes = SIZE_BYTES,
                                         .style = {"", "", "", "", "", ""}};
    if (analysis_run(&analysis, image, &options, &error) < 0)
        fail_msg("%s", error.text);
    const struct report report = {.analysis = analysis};
    assert_int_equal(report_find("json", &error)->write(&report, &shown, &sink, &error), 0);
    analysis_free(analysis);
    bytes_add(&bytes, text.buf, text.len);
    char *path = bytes_write_temp(&bytes);
    bytes_release(&bytes);
    strbuf_release(&text);
    return path;
}

static void report_stands_for_its_image(void **state)
{
    struct pair pair = new_pair();
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        char *old_path = write_random(seed, LAYER_GZIP),
             *new_path = write_random(seed + 1, LAYER_GZIP);
        char *report = write_report(old_path);
        struct comparison *whole = compare_paths(old_path, new_path, &pair.options);
        struct comparison *some = compare_paths(report, new_path, &pair.options);

        assert_false(some->parts[DIFF_FILES] || some->parts[DIFF_PACKAGES]);
        assert_non_null(some->missing[DIFF_FILES]);
        assert_null(some->missing[DIFF_LAYERS]);
        assert_int_equal(whole->layer_count, some->layer_count);
        assert_int_equal(whole->history_count, some->history_count);
        for (size_t i = 0; i < whole->total_count; i++)
            assert_int_equal(whole->totals[i].old_value, some->totals[i].old_value);
        comparison_free(whole);
        comparison_free(some);
        some = compare_paths(report, report, &pair.options);
        assert_false(some->differs);
        comparison_free(some);
        unlink(old_path);
        unlink(new_path);
        unlink(report);
        free(old_path);
        free(new_path);
        free(report);
    }
}

static void report_of_something_else_is_refused(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"schema\":\"other/1\"}",
        "{\"schema\":\"ullage.report/"
        "1.0\",\"layers\":[1],\"history\":[],\"sizes\":{},\"image\":{}}",
        "{\"schema\":\"ullage.report/"
        "1.0\",\"layers\":[],\"history\":{},\"sizes\":{},\"image\":{}}",
        "{\"schema\":\"ullage.report/"
        "1.0\",\"layers\":[],\"history\":[],\"sizes\":[],\"image\":{}}",
        "{\"schema\":",
    };
    struct pair pair = new_pair();
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bytes bytes = BYTES_INIT;
        struct error error = ERROR_INIT;
        struct comparison *comparison;
        bytes_add_str(&bytes, texts[i]);
        char *path = bytes_write_temp(&bytes);
        if (diff_run(&comparison, path, path, &pair.options, &error) == 0)
            fail_msg("'%s' is taken", texts[i]);
        assert_int_equal(error.code, ERROR_INPUT);
        error_release(&error);
        unlink(path);
        free(path);
        bytes_release(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_change_is_told_alone),
        cmocka_unit_test(files_come_and_go_with_their_bytes),
        cmocka_unit_test(another_name_of_an_inode_is_a_link),
        cmocka_unit_test(lower_copies_do_not_count),
        cmocka_unit_test(ignored_paths_stay_in_the_sums),
        cmocka_unit_test(times_count_unless_they_are_ignored),
        cmocka_unit_test(threshold_is_what_may_be),
        cmocka_unit_test(thresholds_and_parts_that_are_none_are_refused),
        cmocka_unit_test(layers_are_aligned_by_digest_first),
        cmocka_unit_test(packages_are_told_with_both_versions),
        cmocka_unit_test(configuration_is_told_by_field),
        cmocka_unit_test(way_back_is_the_negation_of_the_way_there),
        cmocka_unit_test(image_is_the_same_as_itself),
        cmocka_unit_test(report_stands_for_its_image),
        cmocka_unit_test(report_of_something_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
