/* The sentences of the design's "Accounting, precisely", each as a test, the numbers worked
 * out by hand in the comments; the rows of facts/waste.md 2.3, where dive is wrong; and
 * each construct's finding. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/accounting.h"
#include "analyzer/analysis.h"
#include "analyzer/dive.h"
#include "analyzer/report/report.h"
#include "core/file.h"
#include "core/memory.h"
#include "tests/models/model_image.h"
#include "tests/support/check.h"

#define TARS_MAX 4

/* What a test works with: an image built in the test, from a model or from tars, accounted
 * for in both semantics. */
struct bench {
    struct model_image model;
    struct bytes tars[TARS_MAX];
    size_t tar_count;
    struct image *image;
    struct accounting spec, overlay;
    struct dive_block dive;
};

static struct limits limits;

static void layer(struct bench *b)
{
    model_image_add_layer(&b->model);
}

static void file(struct bench *b, const char *path, const char *text)
{
    model_image_add_file(&b->model, path, text);
}

static void dir(struct bench *b, const char *path)
{
    model_image_add_dir(&b->model, path);
}

static void symlink_to(struct bench *b, const char *path, const char *target)
{
    model_image_add_symlink(&b->model, path, target);
}

static void hardlink_to(struct bench *b, const char *path, const char *target)
{
    model_image_add_hardlink(&b->model, path, target);
}

/* A file of so many bytes, all of them `c`. */
static void fill(struct bench *b, const char *path, char c, size_t size)
{
    cleanup_free unsigned char *content = memory_alloc(size + 1);
    memset(content, c, size);
    const struct model_entry entry = {
        .path = path, .content = content, .content_size = size};
    model_image_add(&b->model, &entry);
}

static void whiteout(struct bench *b, const char *path)
{
    file(b, path, "");
}

/* Ends a tar that stands for the next layer. */
static void take_tar(struct bench *b, struct tarmaker *t)
{
    tarmaker_finish(t);
    b->tars[b->tar_count++] = t->out;
    *t = (struct tarmaker)TARMAKER_INIT;
}

static void make_archive(const struct bench *b, struct bytes *ret_archive)
{
    struct layer_spec layers[TARS_MAX] = {{.tar = NULL}};
    if (!b->tar_count) {
        model_image_archive(&b->model, IMAGE_DOCKER_LEGACY, LAYER_PLAIN, 0, ret_archive);
        return;
    }
    for (size_t i = 0; i < b->tar_count; i++)
        layers[i] =
            (struct layer_spec){.tar = b->tars[i].data, .tar_size = b->tars[i].size};
    const struct image_spec spec = {.layers = layers, .layer_count = b->tar_count};
    image_make(&spec, IMAGE_DOCKER_LEGACY, ret_archive);
}

static void remove_folder(const char *folder)
{
    cleanup_strbuf struct strbuf command = STRBUF_INIT;
    strbuf_addf(&command, "rm -rf '%s'", folder);
    assert_int_equal(system(command.buf), 0);
}

static char *write_archive(const struct bench *b)
{
    struct bytes archive = BYTES_INIT;
    make_archive(b, &archive);
    char *path = bytes_write_temp(&archive);
    bytes_release(&archive);
    return path;
}

static void assert_identities(const struct accounting *accounting)
{
    int64_t causes = 0, content = 0, live = 0, dead = 0, duplicate = 0;
    for (size_t i = 0; i < CAUSE_COUNT; i++)
        causes += accounting->dead_by_cause[i];
    for (size_t i = 0; i < accounting->layer_count; i++) {
        content += accounting->layers[i].content_bytes;
        live += accounting->layers[i].live_bytes;
        dead += accounting->layers[i].dead_bytes;
        duplicate += accounting->layers[i].duplicate_bytes;
    }
    assert_int_equal(causes, accounting->dead_bytes);
    assert_int_equal(accounting->live_bytes + accounting->dead_bytes,
                     accounting->content_bytes);
    assert_int_equal(content, accounting->content_bytes);
    assert_int_equal(live, accounting->live_bytes);
    assert_int_equal(dead, accounting->dead_bytes);
    assert_int_equal(duplicate, accounting->duplicate_bytes);
}

static void account_for(struct bench *b)
{
    struct error error = ERROR_INIT;
    struct image_options options = {.limits = &limits, .threads = 2};
    cleanup_free char *path = write_archive(b);
    limits = limits_default();
    if (image_open(&b->image, path, &options, &error) < 0 ||
        accounting_run(&b->spec, b->image, SEMANTICS_SPEC, 2, &error) < 0 ||
        accounting_run(&b->overlay, b->image, SEMANTICS_OVERLAY, 2, &error) < 0)
        fail_msg("%s", error.text);
    unlink(path);
    dive_measure(&b->dive, b->image);
    assert_identities(&b->spec);
    assert_identities(&b->overlay);
}

static void done(struct bench *b)
{
    accounting_release(&b->spec);
    accounting_release(&b->overlay);
    image_free(b->image);
    model_image_release(&b->model);
    for (size_t i = 0; i < b->tar_count; i++)
        bytes_release(&b->tars[i]);
}

static struct analysis *analyze(const struct bench *b, const char *base)
{
    struct analysis *analysis;
    struct error error = ERROR_INIT;
    struct analysis_options options = {.limits = &limits, .base = base, .threads = 2};
    cleanup_free char *path = write_archive(b);
    limits = limits_default();
    if (analysis_run(&analysis, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    unlink(path);
    return analysis;
}

static const struct inode *inode_at(const struct accounting *accounting,
                                    uint32_t layer_number, uint32_t entry)
{
    uint32_t number = accounting_inode_of(accounting, layer_number, entry);
    assert_true(number < accounting->inode_count);
    const struct inode *inode = &accounting->inodes[number];
    assert_int_equal(inode->layer, layer_number);
    assert_int_equal(inode->entry, entry);
    return inode;
}

static void assert_died(const struct accounting *accounting, uint32_t layer_number,
                        uint32_t entry, enum cause cause, uint32_t killed_by)
{
    const struct inode *inode = inode_at(accounting, layer_number, entry);
    assert_false(inode_is_live(inode));
    assert_string_equal(cause_name((enum cause)inode->cause), cause_name(cause));
    assert_int_equal(inode->killed_by, killed_by);
}

static void assert_lives(const struct accounting *accounting, uint32_t layer_number,
                         uint32_t entry)
{
    assert_true(inode_is_live(inode_at(accounting, layer_number, entry)));
}

static bool is_a(const struct accounting *accounting, const char *path, enum tar_kind kind)
{
    uint32_t node = tree_lookup(&accounting->tree, path);
    return node != NODE_NONE && accounting->tree.nodes[node].kind == kind;
}

static bool exists(const struct accounting *accounting, const char *path)
{
    return tree_lookup(&accounting->tree, path) != NODE_NONE;
}

static void assert_sums(const struct accounting *accounting, int64_t content, int64_t dead)
{
    assert_int_equal(accounting->content_bytes, content);
    assert_int_equal(accounting->dead_bytes, dead);
}

static void assert_changes(const struct accounting *accounting, size_t layer_number,
                           int added, int modified, int removed)
{
    assert_int_equal(accounting->layers[layer_number].added, added);
    assert_int_equal(accounting->layers[layer_number].modified, modified);
    assert_int_equal(accounting->layers[layer_number].removed, removed);
}

static bool has_finding(const struct findings *findings, const char *code, const char *path,
                        uint32_t layer_number)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        bool same_path =
            path ? finding->path && strcmp(finding->path, path) == 0 : !finding->path;
        if (strcmp(finding_code(finding->rule), code) == 0 && same_path &&
            finding->layer == layer_number)
            return true;
    }
    return false;
}

static void assert_finding(const struct bench *b, const char *code, const char *path,
                           uint32_t layer_number)
{
    if (!has_finding(&b->image->findings, code, path, layer_number) &&
        !has_finding(&b->spec.findings, code, path, layer_number))
        fail_msg("no finding %s of '%s' in layer %u", code, path ? path : "", layer_number);
}

static void assert_no_findings(const struct bench *b)
{
    assert_int_equal(b->image->findings.count, 0);
    assert_int_equal(b->spec.findings.count, 0);
}

static bool has_warning(const struct accounting *accounting, const char *code,
                        const char *path, uint32_t layer_number)
{
    for (size_t i = 0; i < accounting->findings.warning_count; i++) {
        const struct warning *warning = &accounting->findings.warnings[i];
        if (strcmp(warning->code, code) == 0 && strcmp(warning->path, path) == 0 &&
            warning->layer == layer_number)
            return true;
    }
    return false;
}

static double efficiency(const struct accounting *accounting)
{
    const struct sizes sizes = {.content_bytes = accounting->content_bytes,
                                .live_bytes = accounting->live_bytes};
    return sizes_efficiency(&sizes);
}

static void assert_near(double value, double expected)
{
    assert_true(value > expected - 0.0005 && value < expected + 0.0005);
}

/* Layers apply in order, numbered from 0. Within one: its opaque markers act on lower
 * layers, then its whiteouts, then its entries in tar order. */

static void layers_apply_in_order_numbered_from_0(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "first");
    layer(&b);
    file(&b, "a", "second");
    layer(&b);
    file(&b, "a", "third");

    account_for(&b);

    /* 5 and 6 bytes are dead, 5 live */
    assert_sums(&b.spec, 16, 11);
    assert_died(&b.spec, 0, 0, CAUSE_REWRITTEN, 1);
    assert_died(&b.spec, 1, 0, CAUSE_REWRITTEN, 2);
    assert_lives(&b.spec, 2, 0);
    assert_no_findings(&b);
    done(&b);
}

static void opaque_markers_of_a_layer_act_before_its_whiteouts(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "d/x", "seven b");
    layer(&b);
    whiteout(&b, "d/.wh.x");
    whiteout(&b, "d/.wh..wh..opq");

    account_for(&b);

    assert_sums(&b.spec, 7, 7);
    assert_died(&b.spec, 0, 0, CAUSE_OPAQUE, 1);
    assert_true(has_warning(&b.spec, "useless-whiteout", "/d/x", 1));
    done(&b);
}

static void whiteouts_of_a_layer_act_before_its_entries(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "old");
    layer(&b);
    file(&b, "a", "newer");
    whiteout(&b, ".wh.a");

    account_for(&b);

    /* the whiteout took the 3 bytes, not the entry in front of it */
    assert_sums(&b.spec, 8, 3);
    assert_died(&b.spec, 0, 0, CAUSE_DELETED, 1);
    assert_lives(&b.spec, 1, 0);
    done(&b);
}

static void opaque_marker_does_not_act_on_its_own_layer(void **state)
{
    static const int places[] = {0, 1};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        struct bench b = {.tar_count = 0};
        layer(&b);
        file(&b, "d/old", "0123456789");
        layer(&b);
        if (places[i] == 0)
            whiteout(&b, "d/.wh..wh..opq");
        file(&b, "d/new", "1234");
        if (places[i] == 1)
            whiteout(&b, "d/.wh..wh..opq");

        account_for(&b);

        /* 10 of 14 bytes are hidden, the 4 of the marker's own layer are not */
        assert_sums(&b.spec, 14, 10);
        assert_died(&b.spec, 0, 0, CAUSE_OPAQUE, 1);
        assert_true(exists(&b.spec, "/d/new"));
        assert_false(exists(&b.spec, "/d/old"));
        assert_changes(&b.spec, 1, 1, 0, 1);
        done(&b);
    }
}

static void whiteout_does_not_act_on_its_own_layer(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    whiteout(&b, ".wh.a");

    account_for(&b);

    assert_sums(&b.spec, 5, 0);
    assert_true(exists(&b.spec, "/a"));
    assert_finding(&b, "IMG103", "/a", 0);
    assert_true(has_warning(&b.spec, "useless-whiteout", "/a", 0));
    done(&b);
}

static void whiteout_hides_file_of_lower_layer(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "d/a", "12345");
    file(&b, "d/b", "678");
    layer(&b);
    whiteout(&b, "d/.wh.a");

    account_for(&b);

    assert_sums(&b.spec, 8, 5);
    assert_died(&b.spec, 0, 0, CAUSE_DELETED, 1);
    assert_false(exists(&b.spec, "/d/a"));
    assert_false(exists(&b.spec, "/d/.wh.a"));
    assert_changes(&b.spec, 1, 0, 0, 1);
    done(&b);
}

static void whiteout_of_nothing_is_a_warning(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    layer(&b);
    whiteout(&b, "no/.wh.thing");

    account_for(&b);

    assert_sums(&b.spec, 5, 0);
    assert_no_findings(&b);
    assert_true(has_warning(&b.spec, "useless-whiteout", "/no/thing", 1));
    assert_false(exists(&b.spec, "/no"));
    done(&b);
}

static void whiteout_without_a_name_is_ignored_with_a_finding(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "d/a", "12345");
    layer(&b);
    file(&b, "d/.wh.", "content");

    account_for(&b);

    assert_sums(&b.spec, 5, 0);
    assert_true(exists(&b.spec, "/d/a"));
    assert_finding(&b, "IMG108", "/d/.wh.", 1);
    done(&b);
}

/* Names are normalised once. */

static void names_are_normalised_once(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "./d//a", "12345");
    dir(&b, "./e/");
    file(&b, "/e/f", "678");
    layer(&b);
    file(&b, "d/a", "other");
    whiteout(&b, "./e//.wh.f");

    account_for(&b);

    assert_sums(&b.spec, 13, 8);
    assert_died(&b.spec, 0, 0, CAUSE_REWRITTEN, 1);
    assert_died(&b.spec, 0, 2, CAUSE_DELETED, 1);
    assert_finding(&b, "IMG111", "/e/f", 0);
    done(&b);
}

static void dotdot_is_clamped_at_the_root_with_a_finding(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "../../etc/passwd", "12345");
    file(&b, "a/../b", "678");

    account_for(&b);

    assert_true(is_a(&b.spec, "/etc/passwd", TAR_FILE));
    assert_true(is_a(&b.spec, "/b", TAR_FILE));
    assert_finding(&b, "IMG110", "/etc/passwd", 0);
    assert_false(has_finding(&b.image->findings, "IMG110", "/b", 0));
    done(&b);
}

static void only_a_basename_that_starts_with_wh_is_a_whiteout(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    file(&b, "foo", "foo");
    layer(&b);
    file(&b, "foo.wh.a", "ordinary");
    file(&b, ".wh.foo/a", "inside");

    account_for(&b);

    /* 5 + 3 + 8 + 6, all visible */
    assert_sums(&b.spec, 22, 0);
    assert_true(exists(&b.spec, "/foo.wh.a"));
    assert_true(exists(&b.spec, "/.wh.foo/a"));
    done(&b);
}

static void aufs_leavings_are_hidden_with_a_finding(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, ".wh..wh.aufs", "");
    dir(&b, ".wh..wh.orph/");
    dir(&b, ".wh..wh.plnk/");
    file(&b, "a", "12345");

    account_for(&b);

    assert_sums(&b.spec, 5, 0);
    assert_finding(&b, "IMG109", "/.wh..wh.aufs", 0);
    assert_finding(&b, "IMG109", "/.wh..wh.orph", 0);
    assert_finding(&b, "IMG109", "/.wh..wh.plnk", 0);
    assert_changes(&b.spec, 0, 1, 0, 0); /* /a */
    done(&b);
}

static void whiteouts_carry_no_content_whatever_their_size(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    file(&b, "d/b", "678");
    layer(&b);
    file(&b, ".wh.a", "thirteen byte");
    file(&b, "d/.wh..wh..opq", "more bytes");

    account_for(&b);

    assert_sums(&b.spec, 8, 8);
    assert_int_equal(b.spec.layers[1].content_bytes, 0);
    assert_int_equal(b.spec.layers[1].entries, 2);
    done(&b);
}

static void name_and_not_type_makes_a_whiteout(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    layer(&b);
    dir(&b, ".wh.a/");

    account_for(&b);

    assert_sums(&b.spec, 5, 5);
    assert_died(&b.spec, 0, 0, CAUSE_DELETED, 1);
    done(&b);
}

static void file_below_plnk_is_live_only_through_a_visible_link_to_it(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, ".wh..wh.plnk/1.2", "linked");
    file(&b, ".wh..wh.plnk/3.4", "lonely here");
    hardlink_to(&b, "a", ".wh..wh.plnk/1.2");

    account_for(&b);

    /* 6 bytes live through /a, 11 have no visible name */
    assert_sums(&b.spec, 17, 11);
    assert_lives(&b.spec, 0, 0);
    assert_died(&b.spec, 0, 1, CAUSE_SHADOWED, 0);
    done(&b);
}

static void metadata_of_estargz_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, ".no.prefetch.landmark", "f");
    file(&b, "a", "12345");
    file(&b, "stargz.index.json", "{}");
    file(&b, "d/stargz.index.json", "{}");

    account_for(&b);

    assert_finding(&b, "IMG124", "/.no.prefetch.landmark", 0);
    assert_finding(&b, "IMG124", "/stargz.index.json", 0);
    assert_false(has_finding(&b.image->findings, "IMG124", "/d/stargz.index.json", 0));
    assert_sums(&b.spec, 10, 0);
    done(&b);
}

/* A parent that is a symlink is resolved inside the root, for entries and for whiteouts. */

static void symlinked_parent_is_resolved_inside_the_root(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "usr/lib/x", "12345");
    symlink_to(&b, "lib", "/../../usr/lib");
    layer(&b);
    file(&b, "lib/x", "123");

    account_for(&b);

    assert_sums(&b.spec, 8, 5);
    assert_died(&b.spec, 0, 0, CAUSE_REWRITTEN, 1);
    assert_true(is_a(&b.spec, "/lib", TAR_SYMLINK));
    assert_finding(&b, "IMG104", "/lib/x", 1);
    done(&b);
}

static void symlinked_parent_of_a_whiteout_is_resolved_too(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "usr/lib/x", "12345");
    file(&b, "usr/lib/y", "67");
    symlink_to(&b, "lib", "usr/lib");
    layer(&b);
    whiteout(&b, "lib/.wh.x");
    layer(&b);
    whiteout(&b, "lib/.wh..wh..opq");

    account_for(&b);

    assert_sums(&b.spec, 7, 7);
    assert_died(&b.spec, 0, 0, CAUSE_DELETED, 1);
    assert_died(&b.spec, 0, 1, CAUSE_OPAQUE, 2);
    assert_finding(&b, "IMG104", "/lib/x", 1);
    assert_finding(&b, "IMG104", "/lib", 2);
    done(&b);
}

static void overlay_makes_a_directory_of_a_symlinked_parent(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "usr/lib/x", "12345");
    symlink_to(&b, "lib", "usr/lib");
    layer(&b);
    file(&b, "lib/x", "123");

    account_for(&b);

    assert_sums(&b.overlay, 8, 0);
    assert_true(is_a(&b.overlay, "/lib", TAR_DIR));
    assert_lives(&b.overlay, 0, 0);
    assert_true(is_a(&b.overlay, "/lib/x", TAR_FILE));
    done(&b);
}

static void symlink_loop_gives_way_to_a_directory(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    symlink_to(&b, "a", "b");
    symlink_to(&b, "b", "a");
    layer(&b);
    file(&b, "a/f", "12345");

    account_for(&b);

    assert_true(is_a(&b.spec, "/a", TAR_DIR));
    assert_true(is_a(&b.spec, "/a/f", TAR_FILE));
    assert_finding(&b, "IMG113", "/a/f", 1);
    done(&b);
}

/* An inode is the payload of one regular-file entry and all its names, in whatever layer a
 * name is made. */

static void inode_is_live_while_a_name_is_visible(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    hardlink_to(&b, "b", "a");
    layer(&b);
    whiteout(&b, ".wh.a");

    account_for(&b);

    assert_sums(&b.spec, 5, 0);
    assert_lives(&b.spec, 0, 0);
    assert_changes(&b.spec, 1, 0, 0, 1);
    done(&b);
}

static void inode_dies_with_its_last_name(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    hardlink_to(&b, "b", "a");
    layer(&b);
    whiteout(&b, ".wh.a");
    layer(&b);
    dir(&b, "b/");

    account_for(&b);

    /* the event that took the last name was the directory */
    assert_sums(&b.spec, 5, 5);
    assert_died(&b.spec, 0, 0, CAUSE_TYPE_CHANGED, 2);
    done(&b);
}

static void name_made_in_a_higher_layer_keeps_a_payload_alive(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    layer(&b);
    hardlink_to(&b, "b", "a");
    layer(&b);
    whiteout(&b, ".wh.a");

    account_for(&b);

    assert_sums(&b.spec, 5, 0);
    assert_lives(&b.spec, 0, 0);
    assert_finding(&b, "IMG105", "/b", 1);
    assert_int_equal(b.spec.layers[1].content_bytes, 0);
    done(&b);
}

static void hard_link_whose_target_is_missing_has_0_bytes_and_a_finding(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    hardlink_to(&b, "b", "a");
    file(&b, "a", "12345");

    account_for(&b);

    assert_sums(&b.spec, 5, 0);
    assert_true(is_a(&b.spec, "/b", TAR_FILE));
    assert_finding(&b, "IMG106", "/b", 0);
    done(&b);
}

static void hard_link_that_claims_a_size_adds_nothing(void **state)
{
    struct bench b = {.tar_count = 0};
    const struct model_entry link = {
        .path = "b", .type = MODEL_HARDLINK, .link = "a", .header_size = 5};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    model_image_add(&b.model, &link);

    account_for(&b);

    /* dive trusts the header: 10 bytes */
    assert_sums(&b.spec, 5, 0);
    assert_int_equal(b.dive.size_bytes, 10);
    assert_finding(&b, "IMG117", "/b", 0);
    done(&b);
}

/* The same path again in one layer. */

static void
last_of_the_same_path_in_one_layer_wins_and_the_earlier_is_shadowed(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    file(&b, "a", "123");

    account_for(&b);

    assert_sums(&b.spec, 8, 5);
    assert_died(&b.spec, 0, 0, CAUSE_SHADOWED, 0);
    assert_lives(&b.spec, 0, 1);
    assert_finding(&b, "IMG101", "/a", 0);
    done(&b);
}

static void earlier_payload_with_another_name_is_not_shadowed(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    hardlink_to(&b, "b", "a");
    file(&b, "a", "123");

    account_for(&b);

    assert_sums(&b.spec, 8, 0);
    assert_lives(&b.spec, 0, 0);
    assert_lives(&b.spec, 0, 2);
    done(&b);
}

static void file_where_a_directory_was_hides_the_old_subtree(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "d/e/x", "12345");
    file(&b, "d/y", "67");
    layer(&b);
    file(&b, "d", "8");

    account_for(&b);

    /* modified: /d; removed: /d/e, /d/e/x, /d/y */
    assert_sums(&b.spec, 8, 7);
    assert_died(&b.spec, 0, 0, CAUSE_TYPE_CHANGED, 1);
    assert_died(&b.spec, 0, 1, CAUSE_TYPE_CHANGED, 1);
    assert_changes(&b.spec, 1, 0, 1, 3);
    done(&b);
}

static void directory_where_a_file_was_hides_the_file(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    layer(&b);
    dir(&b, "a/");

    account_for(&b);

    assert_sums(&b.spec, 5, 5);
    assert_died(&b.spec, 0, 0, CAUSE_TYPE_CHANGED, 1);
    done(&b);
}

static void file_hides_a_subtree_also_within_one_layer(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "d/x", "12345");
    file(&b, "d", "8");

    account_for(&b);

    assert_sums(&b.spec, 6, 5);
    assert_died(&b.spec, 0, 0, CAUSE_SHADOWED, 0);
    done(&b);
}

static void child_below_what_was_a_file_kills_the_file(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "f", "12345");
    layer(&b);
    file(&b, "f/x", "67");

    account_for(&b);

    assert_sums(&b.spec, 7, 5);
    assert_died(&b.spec, 0, 0, CAUSE_TYPE_CHANGED, 1);
    assert_true(is_a(&b.spec, "/f", TAR_DIR));
    assert_finding(&b, "IMG107", "/f/x", 1);
    done(&b);
}

/* Each dead payload has exactly one cause. */

static void whiteout_and_a_new_file_is_deleted(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    layer(&b);
    whiteout(&b, ".wh.a");
    file(&b, "a", "12345");

    account_for(&b);

    assert_sums(&b.spec, 10, 5);
    assert_died(&b.spec, 0, 0, CAUSE_DELETED, 1);
    assert_finding(&b, "IMG102", "/a", 1);
    done(&b);
}

static void opaque_marker_and_a_new_file_is_opaque(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "d/x", "12345");
    layer(&b);
    whiteout(&b, "d/.wh..wh..opq");
    file(&b, "d/x", "12345");

    account_for(&b);

    assert_sums(&b.spec, 10, 5);
    assert_died(&b.spec, 0, 0, CAUSE_OPAQUE, 1);
    done(&b);
}

static void chmod_chown_and_touch_are_reemitted(void **state)
{
    struct bench b = {.tar_count = 0};
    const unsigned char *text = (const unsigned char *)"12345";
    (void)state;
    layer(&b);
    file(&b, "chmod", "12345");
    file(&b, "chown", "12345");
    file(&b, "touch", "12345");
    layer(&b);
    model_image_add(&b.model,
                    &(struct model_entry){
                        .path = "chmod", .content = text, .content_size = 5, .mode = 0600});
    model_image_add(&b.model,
                    &(struct model_entry){
                        .path = "chown", .content = text, .content_size = 5, .uid = 7});
    model_image_add(&b.model,
                    &(struct model_entry){
                        .path = "touch", .content = text, .content_size = 5, .mtime = 9});

    account_for(&b);

    /* three copies of 5 bytes died; of the three live ones two repeat the first */
    assert_sums(&b.spec, 30, 15);
    assert_int_equal(b.spec.dead_by_cause[CAUSE_REEMITTED], 15);
    assert_int_equal(b.spec.duplicate_bytes, 10);
    assert_changes(&b.spec, 1, 0, 3, 0);
    done(&b);
}

static void same_layer_twice_is_reemitted(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    for (int i = 0; i < 2; i++) {
        layer(&b);
        file(&b, "a", "12345");
        file(&b, "b", "678");
    }

    account_for(&b);

    assert_sums(&b.spec, 16, 8);
    assert_int_equal(b.spec.dead_by_cause[CAUSE_REEMITTED], 8);
    assert_changes(&b.spec, 1, 0, 0, 0);
    done(&b);
}

static void other_content_of_the_same_length_is_rewritten(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "a", 'x', 5000);
    layer(&b);
    fill(&b, "a", 'y', 5000);

    account_for(&b);

    assert_sums(&b.spec, 10000, 5000);
    assert_died(&b.spec, 0, 0, CAUSE_REWRITTEN, 1);
    done(&b);
}

static void content_that_differs_in_its_last_byte_is_rewritten(void **state)
{
    struct bench b = {.tar_count = 0};
    unsigned char content[9000];
    (void)state;
    memset(content, 'x', sizeof content);
    layer(&b);
    fill(&b, "a", 'x', sizeof content);
    layer(&b);
    content[sizeof content - 1] = 'y';
    model_image_add(&b.model, &(struct model_entry){.path = "a",
                                                    .content = content,
                                                    .content_size = sizeof content});

    account_for(&b);

    assert_died(&b.spec, 0, 0, CAUSE_REWRITTEN, 1);
    done(&b);
}

static void dead_payload_stands_under_the_path_of_the_entry_that_carried_it(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "z", "12345");
    hardlink_to(&b, "a", "z");
    layer(&b);
    whiteout(&b, ".wh.z");
    layer(&b);
    whiteout(&b, ".wh.a");

    struct analysis *analysis = analyze(&b, NULL);

    assert_int_equal(analysis->waste_total, 1);
    assert_string_equal(analysis->waste[0].path, "/z");
    assert_int_equal(analysis->waste[0].count, 1);
    assert_int_equal(analysis->waste[0].copies[0].layer, 0);
    assert_int_equal(analysis->waste[0].copies[0].killed_by, 2);
    assert_int_equal(analysis->waste[0].copies[0].cause, CAUSE_DELETED);
    analysis_free(analysis);
    model_image_release(&b.model);
}

static void waste_of_equal_bytes_is_sorted_by_path_bytes(void **state)
{
    static const char *const paths[] = {"/B", "/a", "/a-b", "/a/b", "/\xc3\xa9"};
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "\xc3\xa9", "12345");
    file(&b, "x/.wh", "5");
    file(&b, "a-b", "12345");
    file(&b, "B", "12345");
    file(&b, "a", "12345");
    layer(&b);
    file(&b, "a/b", "12345");
    layer(&b);
    whiteout(&b, ".wh.\xc3\xa9");
    whiteout(&b, ".wh.a-b");
    whiteout(&b, ".wh.B");
    whiteout(&b, ".wh.a");

    struct analysis *analysis = analyze(&b, NULL);

    /* all of 5 bytes; /x/.wh is an ordinary name and lives */
    assert_int_equal(analysis->waste_total, ARRAY_SIZE(paths));
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        assert_string_equal(analysis->waste[i].path, paths[i]);
    analysis_free(analysis);
    model_image_release(&b.model);
}

static void removed_directory_counts_with_its_subtree(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    dir(&b, "d/");
    file(&b, "d/x", "12345");
    file(&b, "d/e/y", "67");
    layer(&b);
    whiteout(&b, ".wh.d");

    account_for(&b);

    /* /d, /d/x, /d/e, /d/e/y */
    assert_changes(&b.spec, 0, 4, 0, 0);
    assert_changes(&b.spec, 1, 0, 0, 4);
    assert_int_equal(b.spec.dead_by_cause[CAUSE_DELETED], 7);
    done(&b);
}

/* Where overlay2 differs. */

static void overlay_shows_the_old_content_of_a_directory_brought_back(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "d/old", "12345");
    layer(&b);
    whiteout(&b, ".wh.d");
    dir(&b, "d/");
    file(&b, "d/new", "67");

    account_for(&b);

    assert_sums(&b.spec, 7, 5);
    assert_false(exists(&b.spec, "/d/old"));
    assert_sums(&b.overlay, 7, 0);
    assert_true(exists(&b.overlay, "/d/old"));
    assert_finding(&b, "IMG102", "/d", 1);
    done(&b);
}

static void opaque_marker_at_the_root_hides_all_with_a_finding(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    layer(&b);
    whiteout(&b, ".wh..wh..opq");
    file(&b, "b", "67");

    account_for(&b);

    assert_sums(&b.spec, 7, 5);
    assert_died(&b.spec, 0, 0, CAUSE_OPAQUE, 1);
    assert_finding(&b, "IMG138", "/", 1);
    /* tried on Linux 6.18: trusted.overlay.opaque on the root of a layer hides nothing */
    assert_sums(&b.overlay, 7, 0);
    done(&b);
}

static void overlay_makes_a_directory_of_a_file_above_a_marker(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "f", "12345");
    layer(&b);
    whiteout(&b, "f/.wh.x");
    whiteout(&b, "new/.wh.x");

    account_for(&b);

    assert_sums(&b.spec, 5, 0);
    assert_true(is_a(&b.spec, "/f", TAR_FILE));
    assert_false(exists(&b.spec, "/new"));
    /* docker export of 20.10.24: a/ and m/n/ are directories after a/.wh.b and m/n/.wh.q */
    assert_sums(&b.overlay, 5, 5);
    assert_true(is_a(&b.overlay, "/f", TAR_DIR));
    assert_true(is_a(&b.overlay, "/new", TAR_DIR));
    assert_finding(&b, "IMG139", "/f/x", 1);
    done(&b);
}

/* content_bytes: a sparse file counts its data segments, without the map. */

static void sparse_file_counts_its_data_segments(void **state)
{
    static const enum tar_sparse forms[] = {TAR_SPARSE_GNU_OLD, TAR_SPARSE_PAX_00,
                                            TAR_SPARSE_PAX_01, TAR_SPARSE_PAX_10};
    static const struct tar_segment segments[] = {{.offset = 0, .size = 1024},
                                                  {.offset = 100000, .size = 512}};
    unsigned char content[1536];
    (void)state;
    memset(content, 'x', sizeof content);
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        struct bench b = {.tar_count = 0};
        const struct model_entry sparse = {
            .path = "s",
            .content = content,
            .content_size = sizeof content,
            .segments = segments,
            .segment_count = 2,
            .logical_size = 100512,
            .sparse = forms[i],
        };
        layer(&b);
        model_image_add(&b.model, &sparse);

        account_for(&b);

        /* 1024 + 512, not the 100512 that a reader sees: those are dive's */
        assert_sums(&b.spec, 1536, 0);
        assert_int_equal(b.dive.size_bytes, 100512);
        assert_finding(&b, "IMG126", "/s", 0);
        done(&b);
    }
}

static void sparse_file_and_its_plain_twin_are_duplicates(void **state)
{
    static const struct tar_segment segment = {.offset = 2048, .size = 512};
    unsigned char content[2560] = {0};
    struct bench b = {.tar_count = 0};
    (void)state;
    memset(content + 2048, 'x', 512);
    const struct model_entry sparse = {
        .path = "sparse",
        .content = content + 2048,
        .content_size = 512,
        .segments = &segment,
        .segment_count = 1,
        .logical_size = 2560,
        .sparse = TAR_SPARSE_PAX_10,
    };
    const struct model_entry plain = {
        .path = "plain", .content = content, .content_size = sizeof content};
    layer(&b);
    model_image_add(&b.model, &plain);
    model_image_add(&b.model, &sparse);

    account_for(&b);

    /* the first in tar order is the original: the other's 512 bytes repeat it */
    assert_sums(&b.spec, 3072, 0);
    assert_int_equal(b.spec.duplicate_bytes, 512);
    done(&b);
}

static void rewriting_a_sparse_file_as_a_plain_one_is_reemitted(void **state)
{
    static const struct tar_segment segment = {.offset = 2048, .size = 512};
    unsigned char content[2560] = {0};
    struct bench b = {.tar_count = 0};
    (void)state;
    memset(content + 2048, 'x', 512);
    layer(&b);
    model_image_add(&b.model, &(struct model_entry){.path = "f",
                                                    .content = content + 2048,
                                                    .content_size = 512,
                                                    .segments = &segment,
                                                    .segment_count = 1,
                                                    .logical_size = 2560,
                                                    .sparse = TAR_SPARSE_PAX_01});
    layer(&b);
    model_image_add(&b.model, &(struct model_entry){
                                  .path = "f", .content = content, .content_size = 2560});

    account_for(&b);

    assert_sums(&b.spec, 3072, 512);
    assert_died(&b.spec, 0, 0, CAUSE_REEMITTED, 1);
    done(&b);
}

/* duplicate_bytes: live payloads whose content repeats in other live inodes. */

static void duplicates_count_inodes_beyond_the_first(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    hardlink_to(&b, "a2", "a");
    file(&b, "b", "12345");
    layer(&b);
    file(&b, "c", "12345");
    file(&b, "empty1", "");
    file(&b, "empty2", "");

    struct analysis *analysis = analyze(&b, NULL);

    /* three inodes of 5 bytes: 10 repeat; /a2 is a name of /a */
    assert_int_equal(analysis->sizes.duplicate_bytes, 10);
    assert_int_equal(analysis->sizes.dead_bytes, 0);
    assert_int_equal(analysis->duplicate_total, 1);
    assert_int_equal(analysis->duplicates[0].bytes_each, 5);
    assert_int_equal(analysis->duplicates[0].wasted_bytes, 10);
    assert_int_equal(analysis->duplicates[0].count, 3);
    assert_string_equal(analysis->duplicates[0].paths[0], "/a");
    assert_string_equal(analysis->duplicates[0].paths[1], "/b");
    assert_string_equal(analysis->duplicates[0].paths[2], "/c");
    analysis_free(analysis);
    model_image_release(&b.model);
}

static void dead_copies_are_no_duplicates(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    layer(&b);
    file(&b, "b", "12345");
    whiteout(&b, ".wh.a");

    account_for(&b);

    assert_sums(&b.spec, 10, 5);
    assert_int_equal(b.spec.duplicate_bytes, 0);
    done(&b);
}

static void efficiency_is_1_when_content_is_0(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    dir(&b, "d/");
    file(&b, "d/empty", "");
    layer(&b);
    whiteout(&b, "d/.wh.empty");

    account_for(&b);

    assert_sums(&b.spec, 0, 0);
    assert_true(efficiency(&b.spec) == 1);
    assert_false(b.dive.has_percent);
    done(&b);
}

/* base and own */

static void add_base_layers(struct bench *b)
{
    layer(b);
    file(b, "base/kept", "12345");
    file(b, "base/old", "123");
    layer(b);
    file(b, "base/old", "1234567");
    file(b, "base/gone", "0123456789");
}

static void add_own_layers(struct bench *b)
{
    layer(b);
    whiteout(b, "base/.wh.gone");
    file(b, "own/a", "1234");
    layer(b);
    file(b, "own/a", "12");
}

/* Two base layers of 8 and 17 bytes, of which the base killed 3 itself and we 10; own
 * layers of 4 and 2 bytes, of which 4 are dead. */
static void assert_own(const struct analysis *analysis, enum base_source source)
{
    assert_int_equal(analysis->base_source, source);
    assert_int_equal(analysis->base_layers, 2);
    assert_int_equal(analysis->sizes.content_bytes, 31);
    assert_int_equal(analysis->sizes.dead_bytes, 17);
    assert_int_equal(analysis->own.content_bytes, 6);
    assert_int_equal(analysis->own.live_bytes, 2);
    assert_int_equal(analysis->own.dead_bytes, 4);
    assert_int_equal(analysis->base_killed_bytes, 10);
}

static void base_is_known_from_a_number(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    add_base_layers(&b);
    add_own_layers(&b);

    struct analysis *analysis = analyze(&b, "2");

    assert_own(analysis, BASE_NUMBER);
    analysis_free(analysis);
    model_image_release(&b.model);
}

static void base_is_known_from_an_archive(void **state)
{
    struct bench b = {.tar_count = 0}, base = {.tar_count = 0};
    (void)state;
    add_base_layers(&base);
    add_base_layers(&b);
    add_own_layers(&b);
    cleanup_free char *path = write_archive(&base);

    struct analysis *analysis = analyze(&b, path);

    assert_own(analysis, BASE_ARCHIVE);
    analysis_free(analysis);
    unlink(path);
    model_image_release(&b.model);
    model_image_release(&base.model);
}

static void base_is_known_from_a_report(void **state)
{
    struct bench b = {.tar_count = 0}, base = {.tar_count = 0};
    struct error error = ERROR_INIT;
    struct strbuf report = STRBUF_INIT;
    struct bytes copy = BYTES_INIT;
    struct sink sink = sink_to_strbuf(&report);
    struct report_options options = {.width = 80};
    (void)state;
    add_base_layers(&base);
    add_base_layers(&b);
    add_own_layers(&b);
    struct analysis *analysis = analyze(&base, NULL);
    assert_int_equal(report_find("json", &error)->write(&(struct report){.analysis = analysis}, &options, &sink, &error),
                     0);
    analysis_free(analysis);
    bytes_add(&copy, report.buf, report.len);
    cleanup_free char *path = bytes_write_temp(&copy);

    analysis = analyze(&b, path);

    assert_own(analysis, BASE_REPORT);
    analysis_free(analysis);
    unlink(path);
    bytes_release(&copy);
    strbuf_release(&report);
    model_image_release(&b.model);
    model_image_release(&base.model);
}

static void base_that_is_another_image_is_no_base(void **state)
{
    struct bench b = {.tar_count = 0}, base = {.tar_count = 0};
    struct analysis *analysis;
    struct analysis_options options = {.limits = &limits, .threads = 1};
    cleanup_error struct error error = ERROR_INIT;
    (void)state;
    limits = limits_default();
    layer(&base);
    file(&base, "other", "12345");
    add_base_layers(&b);
    cleanup_free char *path = write_archive(&b), *base_path = write_archive(&base);
    options.base = base_path;

    int result = analysis_run(&analysis, path, &options, &error);

    assert_int_equal(result, -1);
    assert_int_equal(error.code, ERROR_BASELINE);
    unlink(path);
    unlink(base_path);
    model_image_release(&b.model);
    model_image_release(&base.model);
}

static void nothing_guesses_that_layer_0_is_the_base(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    add_base_layers(&b);
    add_own_layers(&b);

    struct analysis *analysis = analyze(&b, NULL);

    assert_int_equal(analysis->base_source, BASE_UNKNOWN);
    assert_int_equal(analysis->base_killed_bytes, 0);
    analysis_free(analysis);
    model_image_release(&b.model);
}

/* facts/waste.md 2.3: where dive is wrong. */

static void dive_counts_the_live_copy_of_an_overwritten_file_as_waste(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "other", 'o', 1000);
    fill(&b, "f", 'x', 100);
    layer(&b);
    fill(&b, "f", 'y', 100);

    account_for(&b);

    /* true 100, 1100 of 1200; dive 200, the same score */
    assert_sums(&b.spec, 1200, 100);
    assert_near(efficiency(&b.spec), .917);
    assert_int_equal(b.dive.wasted_bytes, 200);
    assert_near(b.dive.efficiency_score, .917);
    done(&b);
}

static void add_dir_of_10000(struct bench *b)
{
    dir(b, "dir/");
    fill(b, "dir/a", 'a', 4000);
    fill(b, "dir/b", 'b', 6000);
}

static void dive_does_not_see_a_removed_directory(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "other", 'o', 1000);
    add_dir_of_10000(&b);
    layer(&b);
    whiteout(&b, ".wh.dir");

    account_for(&b);

    /* true 10000, 1000 of 11000; dive 0 and 1.00 */
    assert_sums(&b.spec, 11000, 10000);
    assert_near(efficiency(&b.spec), .091);
    assert_int_equal(b.dive.wasted_bytes, 0);
    assert_true(b.dive.efficiency_score == 1);
    done(&b);
}

static void dive_depends_on_how_a_directory_was_deleted(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "other", 'o', 1000);
    add_dir_of_10000(&b);
    layer(&b);
    whiteout(&b, "dir/.wh.a");
    whiteout(&b, "dir/.wh.b");

    account_for(&b);

    /* file by file both say 10000 and .091 */
    assert_sums(&b.spec, 11000, 10000);
    assert_near(efficiency(&b.spec), .091);
    assert_int_equal(b.dive.wasted_bytes, 10000);
    assert_near(b.dive.efficiency_score, .091);
    done(&b);
}

static void dive_scores_an_image_higher_for_deleting_in_a_later_layer(void **state)
{
    static const double dives[] = {.923, .957}, truth[] = {.923, .154};
    (void)state;
    for (int removed = 0; removed < 2; removed++) {
        struct bench b = {.tar_count = 0};
        layer(&b);
        fill(&b, "other", 'o', 1000);
        fill(&b, "f", 'x', 1000);
        add_dir_of_10000(&b);
        layer(&b);
        fill(&b, "f", 'y', 1000);
        layer(&b);
        if (removed)
            whiteout(&b, ".wh.dir");

        account_for(&b);

        /* 12000 of 13000, then 2000 of 13000; dive 12000/13000, then 22000/23000 */
        assert_near(efficiency(&b.spec), truth[removed]);
        assert_near(b.dive.efficiency_score, dives[removed]);
        done(&b);
    }
}

static void dive_blames_a_file_that_grows(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "other", 'o', 1000);
    fill(&b, "f", 'x', 10);
    layer(&b);
    fill(&b, "f", 'y', 10000);

    account_for(&b);

    /* true 10, 11000 of 11010; dive 10010 and 1010 of 11010 */
    assert_sums(&b.spec, 11010, 10);
    assert_near(efficiency(&b.spec), .999);
    assert_int_equal(b.dive.wasted_bytes, 10010);
    assert_near(b.dive.efficiency_score, .092);
    done(&b);
}

static void dive_drops_opaque_markers(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "other", 'o', 1000);
    fill(&b, "d/old", 'x', 5000);
    layer(&b);
    fill(&b, "d/new", 'n', 10);
    whiteout(&b, "d/.wh..wh..opq");

    account_for(&b);

    /* true 5000, 1010 of 6010; dive 0 and 1.00 */
    assert_sums(&b.spec, 6010, 5000);
    assert_near(efficiency(&b.spec), .168);
    assert_int_equal(b.dive.wasted_bytes, 0);
    assert_true(b.dive.efficiency_score == 1);
    done(&b);
}

static void dive_keeps_the_children_of_a_directory_replaced_by_a_symlink(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "other", 'o', 5000);
    fill(&b, "lib/x", 'x', 4000);
    layer(&b);
    symlink_to(&b, "lib", "usr/lib");

    account_for(&b);

    /* true 4000, 5000 of 9000; dive 0 and 1.00 */
    assert_sums(&b.spec, 9000, 4000);
    assert_int_equal(b.spec.dead_by_cause[CAUSE_TYPE_CHANGED], 4000);
    assert_near(efficiency(&b.spec), .556);
    assert_int_equal(b.dive.wasted_bytes, 0);
    assert_true(b.dive.efficiency_score == 1);
    done(&b);
}

static void dive_stops_at_a_dangling_whiteout(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "other", 'o', 1000);
    fill(&b, "z", 'x', 5000);
    layer(&b);
    whiteout(&b, ".wh.nothing");
    fill(&b, "z", 'y', 5000);

    account_for(&b);

    /* true 5000, 6000 of 11000; dive ends at the whiteout: 0, (6000 - 1) / 6000 */
    assert_sums(&b.spec, 11000, 5000);
    assert_near(efficiency(&b.spec), .545);
    assert_int_equal(b.dive.wasted_bytes, 0);
    assert_near(b.dive.efficiency_score, .9998);
    assert_true(b.dive.efficiency_score < 1);
    done(&b);
}

static void dive_stops_at_a_whiteout_in_a_squashed_base(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    whiteout(&b, ".wh.x");
    fill(&b, "z", 'x', 5000);
    layer(&b);
    fill(&b, "z", 'y', 5000);

    account_for(&b);

    /* true 5000; dive never sees the first z: one copy, 0 wasted */
    assert_sums(&b.spec, 10000, 5000);
    assert_int_equal(b.dive.wasted_bytes, 0);
    done(&b);
}

static void dive_has_no_groups_of_hard_links(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "a", 'x', 1000);
    hardlink_to(&b, "b", "a");
    layer(&b);
    whiteout(&b, ".wh.a");

    account_for(&b);

    /* true 0: the bytes live on in /b; dive 1000 */
    assert_sums(&b.spec, 1000, 0);
    assert_int_equal(b.dive.wasted_bytes, 1000);
    done(&b);
}

static void dive_divides_by_0_when_user_layers_only_delete(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "a", 'x', 1000);
    layer(&b);
    whiteout(&b, ".wh.a");

    account_for(&b);

    /* true 1000; dive 1000 of 0 user bytes: infinite, null here */
    assert_sums(&b.spec, 1000, 1000);
    assert_int_equal(b.dive.wasted_bytes, 1000);
    assert_int_equal(b.dive.user_size_bytes, 0);
    assert_false(b.dive.has_percent);
    done(&b);
}

static void dive_has_no_percentage_for_a_single_layer(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "a", 'x', 1000);

    account_for(&b);

    /* 0 of 0: NaN, null here */
    assert_sums(&b.spec, 1000, 0);
    assert_false(b.dive.has_percent);
    assert_true(b.dive.efficiency_score == 1);
    done(&b);
}

static void dive_blames_the_user_for_waste_within_the_base(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "f", 'x', 9000);
    layer(&b);
    fill(&b, "f", 'y', 9000);
    layer(&b);
    fill(&b, "g", 'g', 9000);
    layer(&b);
    fill(&b, "app", 'a', 1000);

    struct analysis *analysis = analyze(&b, "3");

    /* the user wasted nothing and killed nothing of the base; dive: 18000 of 19000 user
     * bytes */
    assert_int_equal(analysis->own.dead_bytes, 0);
    assert_int_equal(analysis->base_killed_bytes, 0);
    assert_int_equal(analysis->sizes.dead_bytes, 9000);
    assert_int_equal(analysis->dive.wasted_bytes, 18000);
    assert_near(analysis->dive.user_wasted_percent, .947);
    analysis_free(analysis);
    model_image_release(&b.model);
}

static void dive_sees_no_identical_content_at_two_paths(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "a", 'x', 50000);
    layer(&b);
    fill(&b, "b", 'x', 50000);

    account_for(&b);

    /* nothing is dead, 50000 repeat; dive 0 */
    assert_sums(&b.spec, 100000, 0);
    assert_int_equal(b.spec.duplicate_bytes, 50000);
    assert_int_equal(b.dive.wasted_bytes, 0);
    done(&b);
}

static void dive_counts_a_path_twice_in_one_layer_as_size_and_not_as_waste(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    fill(&b, "a", 'x', 700);
    fill(&b, "a", 'y', 300);

    account_for(&b);

    /* 2.1: both in the size, neither in the waste; true 700 */
    assert_sums(&b.spec, 1000, 700);
    assert_int_equal(b.dive.size_bytes, 1000);
    assert_int_equal(b.dive.wasted_bytes, 0);
    done(&b);
}

/* Reports of entries and layers. */

static char *write_report(const struct analysis *analysis, const char *name)
{
    struct strbuf text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct sink sink = sink_to_strbuf(&text);
    struct report_options options = {.width = 80};
    if (report_find(name, &error)->write(&(struct report){.analysis = analysis}, &options, &sink, &error) < 0)
        fail_msg("%s", error.text);
    return strbuf_detach(&text, NULL);
}

static void duplicates_that_are_no_utf8_are_told_with_their_exact_bytes(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a\xff", "same");
    file(&b, "b", "same");
    struct analysis *analysis = analyze(&b, NULL);
    cleanup_free char *report = write_report(analysis, "json");
    /* base64 of "/a\xff" and of "/b" */
    const char *exact = strstr(report, "\"paths_b64\"");
    assert_non_null(exact);
    assert_non_null(strstr(exact, "\"L2H/\""));
    assert_non_null(strstr(exact, "\"L2I=\""));
    analysis_free(analysis);
    done(&b);
}

static void ndjson_tells_the_state_of_each_entry_in_layer_and_tar_order(void **state)
{
    static const char *const lines[] = {
        "\"layer\":0,\"path\":\"/"
        "d\",\"kind\":\"dir\",\"mode\":\"0755\",\"uid\":0,\"gid\":0,"
        "\"size\":0,\"mtime\":\"1970-01-01T00:00:00Z\",\"link\":null,\"digest\":null,"
        "\"state\":\"live\"}",
        "\"path\":\"/d/gone\",\"kind\":\"file\"",
        "\"path\":\"/d/linked\",\"kind\":\"file\"",
        "\"path\":\"/link\",\"kind\":\"hardlink\"",
        "\"path\":\"/s\",\"kind\":\"symlink\"",
        "\"path\":\"/fifo\",\"kind\":\"fifo\"",
        "\"path\":\"/d\xef\xbf\xbd\",\"path_b64\":\"L2T/\",\"kind\":\"file\"",
        "\"layer\":1,\"path\":\"/d/gone\",\"kind\":\"file\"",
        "\"layer\":1,\"path\":\"/d\",\"kind\":\"dir\"",
        "\"layer\":1,\"path\":\"/o\",\"kind\":\"file\"",
        "\"layer\":1,\"path\":\"/d/linked\",\"kind\":\"file\"",
        "\"layer\":1,\"path\":\"/s\",\"kind\":\"char\"",
    };
    static const char *const states[] = {"live", "dead",   "live", "live",
                                         "dead", "live",   "live", "whiteout",
                                         "live", "opaque", "live", "live"};
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    dir(&b, "d/");
    file(&b, "d/gone", "12345");
    file(&b, "d/linked", "123");
    hardlink_to(&b, "link", "d/linked");
    symlink_to(&b, "s", "d");
    model_image_add(&b.model, &(struct model_entry){.path = "fifo", .type = MODEL_FIFO});
    file(&b, "d\xff", "1");
    layer(&b);
    whiteout(&b, "d/.wh.gone");
    dir(&b, "d/");
    whiteout(&b, "o/.wh..wh..opq");
    file(&b, "d/linked", "1234");
    model_image_add(&b.model,
                    &(struct model_entry){
                        .path = "s", .type = MODEL_CHARDEV, .devmajor = 1, .devminor = 3});
    struct analysis *analysis = analyze(&b, NULL);

    cleanup_free char *report = write_report(analysis, "ndjson");

    char *rest = report;
    assert_non_null(
        strstr(strsep(&rest, "\n"), "{\"type\":\"header\",\"schema\":\"ullage.report/1\""));
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        char ending[32];
        const char *line = strsep(&rest, "\n");
        snprintf(ending, sizeof ending, "\"state\":\"%s\"}", states[i]);
        if (!strstr(line, lines[i]) || !span_ends_with(span_of_text(line), ending))
            fail_msg("line %zu is %s, not %s ... %s", i, line, lines[i], ending);
    }
    /* content 5 + 3 + 1 + 4, of which /d/gone is dead: the 3 bytes live on in /link */
    const char *summary = strsep(&rest, "\n");
    assert_non_null(strstr(summary, "{\"type\":\"summary\",\"sizes\":{"));
    assert_non_null(
        strstr(summary, "\"content_bytes\":13,\"live_bytes\":8,\"dead_bytes\":5,"));
    assert_non_null(strstr(summary, "\"deleted\":5,"));
    assert_non_null(strstr(summary, "\"findings\":0,\"warnings\":0}"));
    assert_string_equal(rest, "");
    analysis_free(analysis);
    model_image_release(&b.model);
}

static void ndjson_tells_the_digest_of_what_repeats_and_of_what_is_empty(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    file(&b, "b", "12345");
    file(&b, "c", "54321");
    file(&b, "e", "");
    struct analysis *analysis = analyze(&b, NULL);

    cleanup_free char *report = write_report(analysis, "ndjson");

    const char *five = "\"digest\":\"sha256:"
                       "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5\"";
    const char *none = "\"digest\":\"sha256:"
                       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"";
    char *rest = report;
    strsep(&rest, "\n");
    assert_non_null(strstr(strsep(&rest, "\n"), five));
    assert_non_null(strstr(strsep(&rest, "\n"), five));
    assert_non_null(strstr(strsep(&rest, "\n"), "\"digest\":null"));
    assert_non_null(strstr(strsep(&rest, "\n"), none));
    analysis_free(analysis);
    model_image_release(&b.model);
}

static void csv_has_a_header_and_a_row_for_each_layer(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    layer(&b);
    whiteout(&b, ".wh.a");
    file(&b, "b", "1");
    struct analysis *analysis = analyze(&b, NULL);

    cleanup_free char *report = write_report(analysis, "csv");

    /* tars: header and block for a, then two headers and a block, each with 1024 of end */
    static const char *const rows[] = {
        ",,,none,2048,2048,5,0,5,1,1,0,0,2024-01-02T03:04:05Z,RUN layer 0",
        ",,,none,2560,2560,1,1,0,2,1,0,1,2024-01-02T03:04:05Z,RUN layer 1",
    };
    char *rest = report;
    assert_string_equal(
        strsep(&rest, "\n"),
        "index,diff_id,digest,media_type,compression,blob_bytes,tar_bytes,"
        "content_bytes,live_bytes,dead_bytes,entries,added,modified,removed,"
        "created,instruction\r");
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct strbuf wanted = STRBUF_INIT;
        char digest[DIGEST_TEXT_MAX];
        strbuf_addf(&wanted, "%zu,%s%s\r", i,
                    digest_format(&analysis->image->chosen->layers[i].diff_id, digest),
                    rows[i]);
        assert_string_equal(strsep(&rest, "\n"), wanted.buf);
        strbuf_release(&wanted);
    }
    assert_string_equal(rest, "");
    analysis_free(analysis);
    model_image_release(&b.model);
}

/* Findings that need a hand on the tar. */

static void hard_link_to_a_directory_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    dir(&b, "d/");
    layer(&b);
    hardlink_to(&b, "l", "d");

    account_for(&b);

    assert_finding(&b, "IMG114", "/l", 1);
    assert_sums(&b.spec, 0, 0);
    done(&b);
}

static void hard_link_that_climbs_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, "a", "12345");
    hardlink_to(&b, "l", "../a");

    account_for(&b);

    assert_finding(&b, "IMG112", "/l", 0);
    assert_sums(&b.spec, 5, 0);
    done(&b);
}

static void pax_size_that_differs_from_the_header_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    struct tarmaker t = TARMAKER_INIT;
    const struct tar_member member = {.name = "a",
                                      .data = "12345",
                                      .data_size = 5,
                                      .header_size = 3,
                                      .flags = TAR_HEADER_SIZE | TAR_PAX_SIZE};
    (void)state;
    tarmaker_add(&t, &member);
    take_tar(&b, &t);

    account_for(&b);

    assert_finding(&b, "IMG115", "/a", 0);
    assert_sums(&b.spec, 5, 0);
    done(&b);
}

static void type_that_no_format_defines_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    struct tarmaker t = TARMAKER_INIT;
    const struct tar_member member = {
        .name = "a", .typeflag = 'Z', .data = "12345", .data_size = 5};
    (void)state;
    tarmaker_add(&t, &member);
    take_tar(&b, &t);

    account_for(&b);

    assert_finding(&b, "IMG116", "/a", 0);
    assert_sums(&b.spec, 5, 0);
    done(&b);
}

static void global_header_is_named(void **state)
{
    static const struct tar_record record = {
        .key = "comment", .value = "c", .value_size = 1};
    struct bench b = {.tar_count = 0};
    struct tarmaker t = TARMAKER_INIT;
    (void)state;
    tarmaker_global(&t, &record, 1);
    tarmaker_file_str(&t, "a", "12345");
    take_tar(&b, &t);

    account_for(&b);

    assert_finding(&b, "IMG118", "/a", 0);
    assert_sums(&b.spec, 5, 0);
    done(&b);
}

static void nul_in_a_name_is_named(void **state)
{
    static const struct tar_record path = {.key = "path", .value = "a\0b", .value_size = 3};
    struct bench b = {.tar_count = 0};
    struct tarmaker t = TARMAKER_INIT;
    const struct tar_member member = {
        .name = "x", .data = "12345", .data_size = 5, .pax = &path, .pax_count = 1};
    (void)state;
    tarmaker_add(&t, &member);
    take_tar(&b, &t);

    account_for(&b);

    assert_finding(&b, "IMG119", "/a", 0);
    done(&b);
}

static void bytes_behind_the_end_marker_are_named(void **state)
{
    struct bench b = {.tar_count = 0};
    struct tarmaker t = TARMAKER_INIT;
    (void)state;
    tarmaker_file_str(&t, "a", "12345");
    tarmaker_finish_with(&t, 2, "trailing", 8);
    b.tars[b.tar_count++] = t.out;

    account_for(&b);

    /* header, one block of data, two of zeros, 8 bytes */
    assert_finding(&b, "IMG120", NULL, 0);
    assert_int_equal(layer_of(&b.spec, 0)->tar_bytes, 2056);
    assert_sums(&b.spec, 5, 0);
    done(&b);
}

static void missing_end_marker_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    struct tarmaker t = TARMAKER_INIT;
    (void)state;
    tarmaker_file_str(&t, "a", "12345");
    b.tars[b.tar_count++] = t.out;

    account_for(&b);

    assert_finding(&b, "IMG121", NULL, 0);
    assert_sums(&b.spec, 5, 0);
    done(&b);
}

static void path_longer_than_linux_opens_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    cleanup_strbuf struct strbuf path = STRBUF_INIT, shown = STRBUF_INIT;
    (void)state;
    for (int i = 0; i < 50; i++) {
        strbuf_add_repeat(&path, 'n', 99);
        strbuf_add_char(&path, '/');
    }
    strbuf_add_char(&path, 'f');
    strbuf_addf(&shown, "/%s", path.buf);
    layer(&b);
    file(&b, path.buf, "12345");

    account_for(&b);

    assert_finding(&b, "IMG123", shown.buf, 0);
    assert_true(exists(&b.spec, path.buf));
    done(&b);
}

static void more_than_127_layers_are_named(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    for (int i = 0; i < 128; i++) {
        layer(&b);
        file(&b, "a", "12345");
    }

    account_for(&b);

    /* 127 of 128 copies of 5 bytes are dead */
    assert_finding(&b, "IMG127", NULL, NO_LAYER);
    assert_sums(&b.spec, 640, 635);
    done(&b);
}

static void root_that_is_no_directory_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    (void)state;
    layer(&b);
    file(&b, ".", "12345");
    file(&b, "a", "67");

    account_for(&b);

    /* its 5 bytes are content that no name shows */
    assert_sums(&b.spec, 7, 5);
    assert_died(&b.spec, 0, 0, CAUSE_SHADOWED, 0);
    assert_finding(&b, "IMG136", "/", 0);
    assert_true(is_a(&b.spec, "/a", TAR_FILE));
    done(&b);
}

static struct image *open_archive(const struct image_spec *spec, enum image_form form)
{
    struct bytes archive = BYTES_INIT;
    struct image *image;
    struct error error = ERROR_INIT;
    struct image_options options = {.limits = &limits, .threads = 1};
    limits = limits_default();
    image_make(spec, form, &archive);
    cleanup_free char *path = bytes_write_temp(&archive);
    if (image_open(&image, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    unlink(path);
    bytes_release(&archive);
    return image;
}

static void media_type_of_another_compression_is_named(void **state)
{
    struct tarmaker t = TARMAKER_INIT;
    (void)state;
    tarmaker_file_str(&t, "a", "12345");
    tarmaker_finish(&t);
    const struct layer_spec layer_spec = {
        .tar = t.out.data,
        .tar_size = t.out.size,
        .compression = LAYER_ZSTD,
        .media_type = "application/vnd.oci.image.layer.v1.tar+gzip",
    };
    const struct image_spec spec = {.layers = &layer_spec, .layer_count = 1};

    struct image *image = open_archive(&spec, IMAGE_OCI);

    assert_true(has_finding(&image->findings, "IMG128", NULL, 0));
    assert_int_equal(layer_of(&(struct accounting){.image = image}, 0)->content_bytes, 5);
    image_free(image);
    tarmaker_release(&t);
}

static void history_of_other_length_is_named(void **state)
{
    static const struct image_history history[] = {
        {.created_by = "one"}, {.created_by = "two"}, {.created_by = "three"}};
    static const char *const codes[] = {"IMG131", NULL, "IMG130"};
    struct tarmaker t = TARMAKER_INIT;
    (void)state;
    tarmaker_file_str(&t, "a", "12345");
    tarmaker_finish(&t);
    const struct layer_spec layer_spec = {.tar = t.out.data, .tar_size = t.out.size};
    const struct layer_spec layers[] = {layer_spec, layer_spec};
    for (size_t steps = 1; steps <= 3; steps++) {
        const struct image_spec spec = {
            .layers = layers, .layer_count = 2, .history = history, .history_count = steps};

        struct image *image = open_archive(&spec, IMAGE_DOCKER_HYBRID);

        if (codes[steps - 1])
            assert_true(has_finding(&image->findings, codes[steps - 1], NULL, NO_LAYER));
        else
            assert_int_equal(image->findings.count, 0);
        image_free(image);
    }
    tarmaker_release(&t);
}

static void member_that_stands_twice_in_the_archive_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    struct bytes archive = BYTES_INIT;
    struct tarmaker extra = TARMAKER_INIT;
    struct error error = ERROR_INIT;
    struct image_options options = {.limits = &limits, .threads = 1};
    struct image *image;
    (void)state;
    limits = limits_default();
    layer(&b);
    file(&b, "a", "12345");
    make_archive(&b, &archive);
    tarmaker_file_str(&extra, "VERSION-OF-OURS", "1");
    tarmaker_file_str(&extra, "VERSION-OF-OURS", "2");
    bytes_add(&extra.out, archive.data, archive.size);
    cleanup_free char *path = bytes_write_temp(&extra.out);
    if (image_open(&image, path, &options, &error) < 0)
        fail_msg("%s", error.text);

    assert_true(has_finding(&image->findings, "IMG137", "/VERSION-OF-OURS", NO_LAYER));

    unlink(path);
    image_free(image);
    bytes_release(&archive);
    tarmaker_release(&extra);
    model_image_release(&b.model);
}

static void metadata_of_zstd_chunked_is_named(void **state)
{
    static const char wanted[] = "\"layers\":[{";
    static const char annotation[] = "\"annotations\":{\"io.github.containers.zstd-chunked."
                                     "manifest-position\":\"1:2:3:1\"},";
    char folder[] = "/tmp/ullage-chunked-XXXXXX";
    struct tarmaker t = TARMAKER_INIT;
    struct strbuf manifest = STRBUF_INIT, path = STRBUF_INIT;
    struct bytes changed = BYTES_INIT;
    struct error error = ERROR_INIT;
    struct image_options options = {.limits = &limits, .threads = 1};
    struct image *image;
    (void)state;
    limits = limits_default();
    tarmaker_file_str(&t, "a", "12345");
    tarmaker_finish(&t);
    const struct layer_spec layer_spec = {
        .tar = t.out.data, .tar_size = t.out.size, .compression = LAYER_ZSTD};
    const struct image_spec spec = {.layers = &layer_spec, .layer_count = 1};
    assert_non_null(mkdtemp(folder));
    image_make_dir(&spec, IMAGE_DIR, folder);
    strbuf_addf(&path, "%s/manifest.json", folder);
    assert_int_equal(file_read(&manifest, path.buf, 65536, &error), 0);
    const char *place = strstr(manifest.buf, wanted);
    assert_non_null(place);
    size_t before = (size_t)(place - manifest.buf) + sizeof wanted - 1;
    bytes_add(&changed, manifest.buf, before);
    bytes_add_str(&changed, annotation);
    bytes_add_str(&changed, manifest.buf + before);
    bytes_write_file(&changed, path.buf);

    if (image_open(&image, folder, &options, &error) < 0)
        fail_msg("%s", error.text);

    assert_true(has_finding(&image->findings, "IMG125", NULL, 0));
    image_free(image);
    remove_folder(folder);
    strbuf_release(&manifest);
    strbuf_release(&path);
    bytes_release(&changed);
    tarmaker_release(&t);
}

static void manifest_and_index_of_different_images_are_named(void **state)
{
    struct bytes docker = BYTES_INIT, oci = BYTES_INIT;
    struct tarmaker one = TARMAKER_INIT, other = TARMAKER_INIT;
    struct error error = ERROR_INIT;
    struct image_options options = {.limits = &limits, .threads = 1};
    struct image *image;
    (void)state;
    limits = limits_default();
    tarmaker_file_str(&one, "a", "12345");
    tarmaker_finish(&one);
    tarmaker_file_str(&other, "b", "123");
    tarmaker_finish(&other);
    const struct layer_spec one_layer = {.tar = one.out.data, .tar_size = one.out.size};
    const struct layer_spec other_layer = {.tar = other.out.data,
                                           .tar_size = other.out.size};
    image_make(&(struct image_spec){.layers = &one_layer, .layer_count = 1},
               IMAGE_DOCKER_HYBRID, &docker);
    image_make(&(struct image_spec){.layers = &other_layer, .layer_count = 1}, IMAGE_OCI,
               &oci);
    docker.size -= 1024; /* the end marker */
    bytes_add(&docker, oci.data, oci.size);
    cleanup_free char *path = bytes_write_temp(&docker);

    if (image_open(&image, path, &options, &error) < 0)
        fail_msg("%s", error.text);

    /* manifest.json is followed: 5 bytes */
    assert_true(has_finding(&image->findings, "IMG129", NULL, NO_LAYER));
    assert_int_equal(image->chosen->layers[0].layer->content_bytes, 5);
    unlink(path);
    image_free(image);
    bytes_release(&docker);
    bytes_release(&oci);
    tarmaker_release(&one);
    tarmaker_release(&other);
}

static void header_that_libarchive_warns_of_is_named(void **state)
{
    struct bench b = {.tar_count = 0};
    struct tarmaker t = TARMAKER_INIT;
    (void)state;
    tarmaker_pax_raw(&t, 'A', "no list of Solaris", 18);
    tarmaker_file_str(&t, "a", "12345");
    take_tar(&b, &t);

    account_for(&b);

    assert_finding(&b, "IMG122", "/a", 0);
    assert_sums(&b.spec, 5, 0);
    done(&b);
}

static void every_finding_has_its_own_code(void **state)
{
    (void)state;
    for (enum finding_rule rule = 0; rule < FINDING_RULES; rule++) {
        assert_int_equal(strlen(finding_code(rule)), 6);
        assert_memory_equal(finding_code(rule), "IMG", 3);
        assert_in_range(finding_code(rule)[3], (unsigned)'1', (unsigned)'3');
        for (enum finding_rule other = 0; other < rule; other++) {
            assert_string_not_equal(finding_code(rule), finding_code(other));
            assert_string_not_equal(finding_name(rule), finding_name(other));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_apply_in_order_numbered_from_0),
        cmocka_unit_test(opaque_markers_of_a_layer_act_before_its_whiteouts),
        cmocka_unit_test(whiteouts_of_a_layer_act_before_its_entries),
        cmocka_unit_test(opaque_marker_does_not_act_on_its_own_layer),
        cmocka_unit_test(whiteout_does_not_act_on_its_own_layer),
        cmocka_unit_test(whiteout_hides_file_of_lower_layer),
        cmocka_unit_test(whiteout_of_nothing_is_a_warning),
        cmocka_unit_test(whiteout_without_a_name_is_ignored_with_a_finding),
        cmocka_unit_test(names_are_normalised_once),
        cmocka_unit_test(dotdot_is_clamped_at_the_root_with_a_finding),
        cmocka_unit_test(only_a_basename_that_starts_with_wh_is_a_whiteout),
        cmocka_unit_test(aufs_leavings_are_hidden_with_a_finding),
        cmocka_unit_test(whiteouts_carry_no_content_whatever_their_size),
        cmocka_unit_test(name_and_not_type_makes_a_whiteout),
        cmocka_unit_test(file_below_plnk_is_live_only_through_a_visible_link_to_it),
        cmocka_unit_test(metadata_of_estargz_is_named),
        cmocka_unit_test(symlinked_parent_is_resolved_inside_the_root),
        cmocka_unit_test(symlinked_parent_of_a_whiteout_is_resolved_too),
        cmocka_unit_test(overlay_makes_a_directory_of_a_symlinked_parent),
        cmocka_unit_test(symlink_loop_gives_way_to_a_directory),
        cmocka_unit_test(inode_is_live_while_a_name_is_visible),
        cmocka_unit_test(inode_dies_with_its_last_name),
        cmocka_unit_test(name_made_in_a_higher_layer_keeps_a_payload_alive),
        cmocka_unit_test(hard_link_whose_target_is_missing_has_0_bytes_and_a_finding),
        cmocka_unit_test(hard_link_that_claims_a_size_adds_nothing),
        cmocka_unit_test(
            last_of_the_same_path_in_one_layer_wins_and_the_earlier_is_shadowed),
        cmocka_unit_test(earlier_payload_with_another_name_is_not_shadowed),
        cmocka_unit_test(file_where_a_directory_was_hides_the_old_subtree),
        cmocka_unit_test(directory_where_a_file_was_hides_the_file),
        cmocka_unit_test(file_hides_a_subtree_also_within_one_layer),
        cmocka_unit_test(child_below_what_was_a_file_kills_the_file),
        cmocka_unit_test(whiteout_and_a_new_file_is_deleted),
        cmocka_unit_test(opaque_marker_and_a_new_file_is_opaque),
        cmocka_unit_test(chmod_chown_and_touch_are_reemitted),
        cmocka_unit_test(same_layer_twice_is_reemitted),
        cmocka_unit_test(other_content_of_the_same_length_is_rewritten),
        cmocka_unit_test(content_that_differs_in_its_last_byte_is_rewritten),
        cmocka_unit_test(dead_payload_stands_under_the_path_of_the_entry_that_carried_it),
        cmocka_unit_test(waste_of_equal_bytes_is_sorted_by_path_bytes),
        cmocka_unit_test(removed_directory_counts_with_its_subtree),
        cmocka_unit_test(overlay_shows_the_old_content_of_a_directory_brought_back),
        cmocka_unit_test(opaque_marker_at_the_root_hides_all_with_a_finding),
        cmocka_unit_test(overlay_makes_a_directory_of_a_file_above_a_marker),
        cmocka_unit_test(sparse_file_counts_its_data_segments),
        cmocka_unit_test(sparse_file_and_its_plain_twin_are_duplicates),
        cmocka_unit_test(rewriting_a_sparse_file_as_a_plain_one_is_reemitted),
        cmocka_unit_test(duplicates_count_inodes_beyond_the_first),
        cmocka_unit_test(dead_copies_are_no_duplicates),
        cmocka_unit_test(efficiency_is_1_when_content_is_0),
        cmocka_unit_test(base_is_known_from_a_number),
        cmocka_unit_test(base_is_known_from_an_archive),
        cmocka_unit_test(base_is_known_from_a_report),
        cmocka_unit_test(base_that_is_another_image_is_no_base),
        cmocka_unit_test(nothing_guesses_that_layer_0_is_the_base),
        cmocka_unit_test(dive_counts_the_live_copy_of_an_overwritten_file_as_waste),
        cmocka_unit_test(dive_does_not_see_a_removed_directory),
        cmocka_unit_test(dive_depends_on_how_a_directory_was_deleted),
        cmocka_unit_test(dive_scores_an_image_higher_for_deleting_in_a_later_layer),
        cmocka_unit_test(dive_blames_a_file_that_grows),
        cmocka_unit_test(dive_drops_opaque_markers),
        cmocka_unit_test(dive_keeps_the_children_of_a_directory_replaced_by_a_symlink),
        cmocka_unit_test(dive_stops_at_a_dangling_whiteout),
        cmocka_unit_test(dive_stops_at_a_whiteout_in_a_squashed_base),
        cmocka_unit_test(dive_has_no_groups_of_hard_links),
        cmocka_unit_test(dive_divides_by_0_when_user_layers_only_delete),
        cmocka_unit_test(dive_has_no_percentage_for_a_single_layer),
        cmocka_unit_test(dive_blames_the_user_for_waste_within_the_base),
        cmocka_unit_test(dive_sees_no_identical_content_at_two_paths),
        cmocka_unit_test(dive_counts_a_path_twice_in_one_layer_as_size_and_not_as_waste),
        cmocka_unit_test(hard_link_to_a_directory_is_named),
        cmocka_unit_test(hard_link_that_climbs_is_named),
        cmocka_unit_test(pax_size_that_differs_from_the_header_is_named),
        cmocka_unit_test(type_that_no_format_defines_is_named),
        cmocka_unit_test(global_header_is_named),
        cmocka_unit_test(nul_in_a_name_is_named),
        cmocka_unit_test(bytes_behind_the_end_marker_are_named),
        cmocka_unit_test(missing_end_marker_is_named),
        cmocka_unit_test(path_longer_than_linux_opens_is_named),
        cmocka_unit_test(more_than_127_layers_are_named),
        cmocka_unit_test(root_that_is_no_directory_is_named),
        cmocka_unit_test(media_type_of_another_compression_is_named),
        cmocka_unit_test(history_of_other_length_is_named),
        cmocka_unit_test(member_that_stands_twice_in_the_archive_is_named),
        cmocka_unit_test(metadata_of_zstd_chunked_is_named),
        cmocka_unit_test(manifest_and_index_of_different_images_are_named),
        cmocka_unit_test(header_that_libarchive_warns_of_is_named),
        cmocka_unit_test(duplicates_that_are_no_utf8_are_told_with_their_exact_bytes),
        cmocka_unit_test(ndjson_tells_the_state_of_each_entry_in_layer_and_tar_order),
        cmocka_unit_test(ndjson_tells_the_digest_of_what_repeats_and_of_what_is_empty),
        cmocka_unit_test(csv_has_a_header_and_a_row_for_each_layer),
        cmocka_unit_test(every_finding_has_its_own_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
