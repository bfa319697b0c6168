/* Looking around: what ls, tree, find, cat, extract and blame tell of images made here, and that what
 * extract writes is the file system that other tools make of the fixtures. */
#include "analyzer/browse.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/blame.h"
#include "analyzer/extract.h"
#include "core/file.h"
#include "core/memory.h"
#include "tests/models/model_image.h"
#include "tests/support/merged_list.h"
#include "tests/support/check.h"

#define IMAGES FIXTURES "/images"

static struct limits limits;

static struct browse *open_path(const char *path)
{
    struct browse *browse;
    struct error error = ERROR_INIT;
    struct analysis_options options = {.limits = &limits, .threads = 2};
    limits = limits_default();
    if (browse_open(&browse, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    return browse;
}

/* The archive is unlinked at once: what is open stays readable. */
static struct browse *open_model(struct model_image *model, enum image_form form,
                                 enum layer_compression compression)
{
    struct bytes archive = BYTES_INIT;
    model_image_archive(model, form, compression, 0, &archive);
    char *path = bytes_write_temp(&archive);
    struct browse *browse = open_path(path);
    unlink(path);
    free(path);
    bytes_release(&archive);
    model_image_release(model);
    return browse;
}

static void example(struct model_image *model)
{
    model_image_add_layer(model);
    model_image_add_dir(model, "etc");
    model_image_add_file(model, "etc/motd", "hello\n");
    model_image_add_file(model, "etc/gone", "0123456789");
    model_image_add_symlink(model, "conf", "etc");
    model_image_add_file(model, "usr/bin/tool", "tool!");
    model_image_add_layer(model);
    model_image_add_file(model, "etc/motd", "HELLO\n");
    model_image_add_file(model, "etc/.wh.gone", "");
    model_image_add_hardlink(model, "usr/bin/alias", "usr/bin/tool");
}

static int note_item(void *context, const struct item *item, struct error *err)
{
    (void)err;
    strbuf_addf(context, "%s%s%s\n", item->path,
                item->state == STATE_LIVE ? "" : " ",
                item->state == STATE_LIVE ? "" : entry_state_name(item->state));
    return 0;
}

static char *visit(const struct browse *browse, const char *path, struct browse_list list)
{
    struct strbuf out = STRBUF_INIT;
    struct error error = ERROR_INIT;
    if (browse_visit(browse, path, &list, note_item, &out, &error) < 0)
        strbuf_addf(&out, "error: %s\n", error.text);
    error_release(&error);
    return strbuf_detach(&out, NULL);
}

#define assert_visit(browse, path, expected, ...)                                              \
    do {                                                                                       \
        cleanup_free char *seen_ = visit(browse, path, (struct browse_list){__VA_ARGS__});     \
        assert_string_equal(seen_, expected);                                                  \
    } while (0)

static void folder_is_listed_by_name_without_itself(void **state)
{
    struct model_image model = {0};
    (void)state;
    example(&model);
    struct browse *browse = open_model(&model, IMAGE_OCI, LAYER_GZIP);
    assert_visit(browse, "/", "/conf\n/etc\n/usr\n", .layer = NO_LAYER, .depth = 1,
                 .without_top = true);
    assert_visit(browse, "/etc", "/etc/motd\n", .layer = NO_LAYER, .depth = 1,
                 .without_top = true);
    assert_visit(browse, "usr",
                 "/usr\n/usr/bin\n/usr/bin/alias\n/usr/bin/tool\n", .layer = NO_LAYER,
                 .depth = UINT_MAX);
    browse_free(browse);
}

static void symlink_is_listed_itself_and_followed_with_a_slash(void **state)
{
    struct model_image model = {0};
    (void)state;
    example(&model);
    struct browse *browse = open_model(&model, IMAGE_OCI, LAYER_PLAIN);
    assert_visit(browse, "/conf", "/conf\n", .layer = NO_LAYER, .depth = 1,
                 .without_top = true);
    assert_visit(browse, "/conf/", "/etc/motd\n", .layer = NO_LAYER, .depth = 1,
                 .without_top = true);
    assert_visit(browse, "/conf/motd", "/etc/motd\n", .layer = NO_LAYER, .depth = 1);
    browse_free(browse);
}

static void layer_is_listed_as_shipped_with_the_state_of_each_entry(void **state)
{
    struct model_image model = {0};
    (void)state;
    example(&model);
    struct browse *browse = open_model(&model, IMAGE_DOCKER_LEGACY, LAYER_PLAIN);
    assert_visit(browse, "/",
                 "/etc\n/etc/motd dead\n/etc/gone dead\n/conf\n/usr/bin/tool\n", .layer = 0,
                 .depth = UINT_MAX, .without_top = true);
    assert_visit(browse, "/etc", "/etc/motd\n/etc/gone whiteout\n", .layer = 1,
                 .depth = UINT_MAX, .without_top = true);
    assert_visit(browse, "/", "error: there is no layer 2: they are 0 to 1\n", .layer = 2);
    assert_visit(browse, "/nowhere", "error: layer 1 has no '/nowhere'\n", .layer = 1,
                 .depth = UINT_MAX);
    assert_visit(browse, "/etc/gone", "error: the image has no '/etc/gone'\n",
                 .layer = NO_LAYER);
    browse_free(browse);
}

static void dead_files_are_listed_with_the_layer_that_killed_them(void **state)
{
    struct model_image model = {0};
    struct strbuf out = STRBUF_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    example(&model);
    struct browse *browse = open_model(&model, IMAGE_DOCKER_LEGACY, LAYER_PLAIN);
    assert_int_equal(browse_visit_dead(browse, note_item, &out, &error), 0);
    assert_string_equal(out.buf, "/etc/motd dead\n/etc/gone dead\n");
    strbuf_release(&out);
    browse_free(browse);
}

static int note_sum(void *context, const struct item *item, struct error *err)
{
    (void)err;
    strbuf_addf(context, "%s %lld %lld\n", item->path, (long long)item->bytes,
                (long long)item->files);
    return 0;
}

/* /etc/motd has 6 bytes, the tool 5, which count once, at the name that sorts first. */
static void folders_sum_up_what_lives_below_them_largest_first(void **state)
{
    struct model_image model = {0};
    struct strbuf out = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct browse_list list = {
        .layer = NO_LAYER, .depth = UINT_MAX, .by_size = true, .sums = true};
    (void)state;
    example(&model);
    struct browse *browse = open_model(&model, IMAGE_OCI, LAYER_ZSTD);
    assert_int_equal(browse_visit(browse, "/", &list, note_sum, &out, &error), 0);
    assert_string_equal(out.buf, "/ 11 2\n/etc 6 1\n/etc/motd 6 1\n/usr 5 1\n/usr/bin 5 1\n"
                                 "/usr/bin/alias 5 1\n/usr/bin/tool 0 0\n/conf 0 0\n");
    strbuf_release(&out);
    browse_free(browse);
}

static char *read_file(const struct browse *browse, const char *path, uint32_t layer)
{
    struct strbuf out = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct sink sink = sink_to_strbuf(&out);
    struct place place;
    if (browse_find_payload(browse, path, layer, &place, &error) < 0 ||
        browse_copy(browse, place, &sink, &error) < 0)
        strbuf_addf(&out, "error: %s", error.text);
    error_release(&error);
    return strbuf_detach(&out, NULL);
}

#define assert_file(browse, path, layer, expected)                                             \
    do {                                                                                       \
        cleanup_free char *read_ = read_file(browse, path, layer);                             \
        assert_string_equal(read_, expected);                                                  \
    } while (0)

static void file_is_read_as_a_container_sees_it_or_as_a_layer_shipped_it(void **state)
{
    static const enum layer_compression compressions[] = {LAYER_PLAIN, LAYER_GZIP, LAYER_ZSTD,
                                                          LAYER_XZ};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(compressions); i++) {
        struct model_image model = {0};
        example(&model);
        struct browse *browse = open_model(&model, IMAGE_OCI, compressions[i]);
        assert_file(browse, "/etc/motd", NO_LAYER, "HELLO\n");
        assert_file(browse, "conf/../conf/motd", NO_LAYER, "HELLO\n");
        assert_file(browse, "/etc/motd", 0, "hello\n");
        assert_file(browse, "/etc/gone", 0, "0123456789");
        assert_file(browse, "/usr/bin/alias", 1, "tool!");
        assert_file(browse, "/etc/gone", 1, "error: layer 1 has no '/etc/gone'");
        assert_file(browse, "/etc", NO_LAYER, "error: '/etc' is no regular file but a dir");
        browse_free(browse);
    }
}

static void sparse_file_is_read_with_its_holes_as_zeros(void **state)
{
    static const struct tar_segment segments[] = {{0, 512}, {4096, 512}, {10000, 0}};
    (void)state;
    struct tarmaker t = TARMAKER_INIT;
    struct bytes data = BYTES_INIT, archive = BYTES_INIT;
    for (int i = 0; i < 1024; i++)
        bytes_add(&data, i < 512 ? "a" : "b", 1);
    const struct tar_member member = {
        .name = "sparse",
        .data = data.data,
        .data_size = data.size,
        .sparse = TAR_SPARSE_PAX_10,
        .segments = segments,
        .segment_count = ARRAY_SIZE(segments),
        .logical_size = 10000,
    };
    tarmaker_add(&t, &member);
    tarmaker_finish(&t);
    const struct layer_spec layer = {.tar = t.out.data, .tar_size = t.out.size};
    const struct image_spec spec = {.layers = &layer, .layer_count = 1};
    image_make(&spec, IMAGE_OCI, &archive);
    char *path = bytes_write_temp(&archive);
    struct browse *browse = open_path(path);
    struct strbuf out = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct sink sink = sink_to_strbuf(&out);
    struct place place;
    assert_int_equal(browse_find_payload(browse, "/sparse", NO_LAYER, &place, &error), 0);
    assert_int_equal(browse_copy(browse, place, &sink, &error), 0);
    assert_int_equal(out.len, 10000);
    for (size_t i = 0; i < out.len; i++)
        if (out.buf[i] != (i < 512 ? 'a' : i >= 4096 && i < 4608 ? 'b' : '\0'))
            fail_msg("byte %zu is %d", i, out.buf[i]);
    strbuf_release(&out);
    browse_free(browse);
    unlink(path);
    free(path);
    bytes_release(&archive);
    bytes_release(&data);
    tarmaker_release(&t);
}

static char *blame(const struct browse *browse, const char *path)
{
    struct strbuf out = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct blame found;
    if (blame_run(&found, browse, path, &error) < 0) {
        strbuf_addf(&out, "error: %s", error.text);
        error_release(&error);
        return strbuf_detach(&out, NULL);
    }
    for (size_t i = 0; i < found.count; i++) {
        const struct blame_version *version = &found.versions[i];
        unsigned changes = version->changes;
        const char *name;
        strbuf_addf(&out, "%u %s", version->layer, blame_event_name(version->event));
        while ((name = blame_next_change(&changes)))
            strbuf_addf(&out, " %s", name);
        strbuf_addf(&out, "%s%s; ", version->by ? " by " : "", version->by ? version->by : "");
    }
    strbuf_add_text(&out, found.visible ? "there" : "gone");
    blame_release(&found);
    return strbuf_detach(&out, NULL);
}

#define assert_blame(browse, path, expected)                                                   \
    do {                                                                                       \
        cleanup_free char *told_ = blame(browse, path);                                        \
        assert_string_equal(told_, expected);                                                  \
    } while (0)

static void blame_tells_each_version_and_what_changed(void **state)
{
    struct model_image model = {0};
    struct model_entry equal = {.path = "app/equal",
                                .content = (const unsigned char *)"same",
                                .content_size = 4,
                                .mode = 0600};
    (void)state;
    model_image_add_layer(&model);
    model_image_add_file(&model, "app/equal", "same");
    model_image_add_file(&model, "app/dir/deep", "x");
    model_image_add_file(&model, "app/type", "x");
    model_image_add_layer(&model);
    model_image_add(&model, &equal);
    model_image_add_file(&model, "app/.wh.dir", "");
    model_image_add_symlink(&model, "app/type", "equal");
    model_image_add_layer(&model);
    model_image_add_file(&model, "app/equal", "SAME");
    model_image_add_file(&model, "app/dir/deep", "y");
    model_image_add_layer(&model);
    model_image_add_file(&model, "app/.wh..wh..opq", "");
    model_image_add_layer(&model);
    model_image_add_file(&model, "app", "a file now");
    struct browse *browse = open_model(&model, IMAGE_OCI, LAYER_GZIP);
    assert_blame(browse, "/app/equal",
                 "0 added; 1 changed mode; 2 changed content mode; 3 opaque by /app; gone");
    assert_blame(browse, "app/dir/deep",
                 "0 added; 1 deleted by /app/dir; 2 added; 3 opaque by /app; gone");
    assert_blame(browse, "/app/type", "0 added; 1 changed kind mode link; 3 opaque by /app; gone");
    assert_blame(browse, "/app", "4 added; there");
    assert_blame(browse, "/never", "error: no layer has '/never'");
    browse_free(browse);
}

static void blame_follows_the_symlinks_of_folders(void **state)
{
    struct model_image model = {0};
    (void)state;
    example(&model);
    struct browse *browse = open_model(&model, IMAGE_OCI, LAYER_GZIP);
    assert_blame(browse, "/conf/motd", "0 added; 1 changed content; there");
    browse_free(browse);
}

/* A folder that is gone with all below it when the test is over. */
static char *make_folder(void)
{
    char *path = memory_dup_text("/tmp/ullage-browse-XXXXXX");
    assert_non_null(mkdtemp(path));
    return path;
}

static void remove_folder(char *path)
{
    cleanup_strbuf struct strbuf command = STRBUF_INIT;
    strbuf_addf(&command, "rm -rf '%s'", path);
    assert_int_equal(system(command.buf), 0);
    free(path);
}

static int extract_to(const struct browse *browse, const char *folder,
                      struct extract_options options, struct extract_counts *counts,
                      struct error *err)
{
    cleanup_fd int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return extract_run(browse, NULL, 0, fd, &options, counts, err);
}

/* What list.py sees in the folder, against our own list of the merged file system, which other tests hold
 * against umoci and docker. */
static size_t compare_with_folder(const char *name, const char *folder)
{
    struct merged_list ours, theirs;
    struct error error = ERROR_INIT;
    struct image *image;
    struct accounting accounting;
    struct image_options options = {.limits = &limits, .threads = 2};
    cleanup_strbuf struct strbuf command = STRBUF_INIT, list = STRBUF_INIT;
    strbuf_addf(&list, "%s.txt", folder);
    strbuf_addf(&command, "python3 %s/list.py '%s' > '%s'", IMAGES, folder, list.buf);
    assert_int_equal(system(command.buf), 0);
    if (image_open(&image, name, &options, &error) < 0 ||
        accounting_run(&accounting, image, SEMANTICS_SPEC, 2, &error) < 0)
        fail_msg("%s", error.text);
    merged_list_make(&ours, image, &accounting);
    merged_list_read(&theirs, list.buf);
    assert_true(ours.count > 0);
    size_t differences = merged_list_compare(&ours, &theirs, 0, stdout);
    merged_list_release(&ours);
    merged_list_release(&theirs);
    accounting_release(&accounting);
    image_free(image);
    unlink(list.buf);
    return differences;
}

static void extracted_files_are_the_merged_file_system(void **state)
{
    static const char *const names[] = {
        IMAGES "/edits.docker26-save.tar",   IMAGES "/edits.skopeo-oci-archive.tar",
        IMAGES "/edited-by-hand.umoci-oci",  IMAGES "/edits-buildkit.buildx-oci-zstd.tar",
        IMAGES "/edits-buildkit.buildx-oci-estargz.tar", IMAGES "/sparse-pax.umoci-oci",
        IMAGES "/java-app.jib-like.tar",     IMAGES "/multi-stage.docker20-save.tar",
    };
    struct extract_options options = {.layer = NO_LAYER,
                                      .devices = true,
                                      .same_owner = true,
                                      .keep_setuid = true,
                                      .xattrs = true};
    size_t differences = 0;
    (void)state;
    if (geteuid() != 0) {
        print_message("skipped: owners and devices need root\n");
        skip();
    }
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct error error = ERROR_INIT;
        struct extract_counts counts;
        char *folder = make_folder();
        struct browse *browse = open_path(names[i]);
        if (extract_to(browse, folder, options, &counts, &error) < 0)
            fail_msg("%s: %s", names[i], error.text);
        size_t found = compare_with_folder(names[i], folder);
        if (found)
            print_message("%s: %zu differences\n", names[i], found);
        differences += found;
        browse_free(browse);
        remove_folder(folder);
    }
    assert_int_equal(differences, 0);
}

static bool exists(const char *folder, const char *name)
{
    struct stat st;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/%s", folder, name);
    return lstat(path.buf, &st) == 0;
}

static void owners_bits_and_devices_are_left_out_and_counted(void **state)
{
    struct extract_counts counts;
    struct error error = ERROR_INIT;
    struct stat st;
    (void)state;
    char *folder = make_folder();
    struct browse *browse = open_path(IMAGES "/edits.docker26-save.tar");
    assert_int_equal(extract_to(browse, folder, (struct extract_options){.layer = NO_LAYER},
                                &counts, &error),
                     0);
    assert_int_equal(counts.bits_dropped, 2); /* one setuid, one setgid */
    assert_true(counts.devices_skipped >= 2);
    assert_false(exists(folder, "kinds/block"));
    cleanup_strbuf struct strbuf setuid = STRBUF_INIT;
    strbuf_addf(&setuid, "%s/kinds/setuid", folder);
    assert_int_equal(stat(setuid.buf, &st), 0);
    assert_int_equal(st.st_mode & 07000, 0);
    /* a second time everything is in the way */
    assert_int_equal(extract_to(browse, folder, (struct extract_options){.layer = NO_LAYER},
                                &counts, &error),
                     -1);
    assert_int_equal(error.code, ERROR_OUTPUT);
    error_release(&error);
    assert_int_equal(extract_to(browse, folder,
                                (struct extract_options){.layer = NO_LAYER, .force = true},
                                &counts, &error),
                     0);
    browse_free(browse);
    remove_folder(folder);
}

/* A layer that makes a link out of the folder and then a file behind it, one whose names climb, and links
 * to what lies outside. */
static void nothing_is_written_outside_the_folder(void **state)
{
    struct model_image model = {0};
    struct extract_counts counts;
    (void)state;
    char *outside = make_folder(), *folder = make_folder();
    cleanup_strbuf struct strbuf climbing = STRBUF_INIT;
    strbuf_addf(&climbing, "../../../../../../..%s/climbed", outside);
    model_image_add_layer(&model);
    model_image_add_symlink(&model, "out", outside);
    model_image_add_file(&model, "out/escaped", "x");
    model_image_add_file(&model, climbing.buf, "x");
    model_image_add_symlink(&model, "a", "..");
    model_image_add_file(&model, "a/b", "x");
    model_image_add_hardlink(&model, "passwd", "../../../../../../../etc/passwd");
    struct browse *browse = open_model(&model, IMAGE_OCI, LAYER_GZIP);
    for (int64_t layer = -1; layer < 1; layer++) {
        struct error error = ERROR_INIT;
        struct extract_options options = {.layer = layer < 0 ? NO_LAYER : 0, .force = true};
        extract_to(browse, folder, options, &counts, &error);
        error_release(&error);
        assert_false(exists(outside, "escaped"));
        assert_false(exists(outside, "climbed"));
        assert_false(exists(folder, "../b"));
    }
    browse_free(browse);
    remove_folder(outside);
    remove_folder(folder);
}

/* The folder holds a symlink from before: extraction stops at it. */
static void symlink_in_the_folder_is_not_followed(void **state)
{
    struct model_image model = {0};
    struct extract_counts counts;
    struct error error = ERROR_INIT;
    (void)state;
    char *outside = make_folder(), *folder = make_folder();
    cleanup_strbuf struct strbuf trap = STRBUF_INIT;
    strbuf_addf(&trap, "%s/etc", folder);
    assert_int_equal(symlink(outside, trap.buf), 0);
    example(&model);
    struct browse *browse = open_model(&model, IMAGE_OCI, LAYER_GZIP);
    assert_int_equal(extract_to(browse, folder, (struct extract_options){.layer = NO_LAYER},
                                &counts, &error),
                     -1);
    assert_int_equal(error.code, ERROR_OUTPUT);
    error_release(&error);
    assert_false(exists(outside, "motd"));
    browse_free(browse);
    remove_folder(outside);
    remove_folder(folder);
}

static void stream_cannot_be_read_again_and_says_so(void **state)
{
    struct error error = ERROR_INIT;
    (void)state;
    assert_int_equal(browse_refuse_stream("-", &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
    error_release(&error);
    assert_int_equal(browse_refuse_stream("oci-archive:-", &error), -1);
    error_release(&error);
    assert_int_equal(browse_refuse_stream("app.tar", &error), 0);

    struct model_image model = {0};
    struct bytes archive = BYTES_INIT, packed = BYTES_INIT;
    example(&model);
    model_image_archive(&model, IMAGE_DOCKER_LEGACY, LAYER_PLAIN, 0, &archive);
    image_compress(archive.data, archive.size, LAYER_GZIP, &packed);
    char *path = bytes_write_temp(&packed);
    struct browse *browse = open_path(path);
    assert_visit(browse, "/etc", "/etc/motd\n", .layer = NO_LAYER, .depth = 1,
                 .without_top = true);
    assert_int_equal(browse_check_readable(browse, &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
    error_release(&error);
    browse_free(browse);
    unlink(path);
    free(path);
    bytes_release(&archive);
    bytes_release(&packed);
    model_image_release(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_is_listed_by_name_without_itself),
        cmocka_unit_test(symlink_is_listed_itself_and_followed_with_a_slash),
        cmocka_unit_test(layer_is_listed_as_shipped_with_the_state_of_each_entry),
        cmocka_unit_test(dead_files_are_listed_with_the_layer_that_killed_them),
        cmocka_unit_test(folders_sum_up_what_lives_below_them_largest_first),
        cmocka_unit_test(file_is_read_as_a_container_sees_it_or_as_a_layer_shipped_it),
        cmocka_unit_test(sparse_file_is_read_with_its_holes_as_zeros),
        cmocka_unit_test(blame_tells_each_version_and_what_changed),
        cmocka_unit_test(blame_follows_the_symlinks_of_folders),
        cmocka_unit_test(extracted_files_are_the_merged_file_system),
        cmocka_unit_test(owners_bits_and_devices_are_left_out_and_counted),
        cmocka_unit_test(nothing_is_written_outside_the_folder),
        cmocka_unit_test(symlink_in_the_folder_is_not_followed),
        cmocka_unit_test(stream_cannot_be_read_again_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
