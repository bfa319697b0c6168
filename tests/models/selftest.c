/* The models and the support against cases worked out by hand, the numbers in the comments.
 * From this folder:
 *
 *     gcc -std=c17 -g -Wall -Wextra -fsanitize=address,undefined -o /tmp/selftest *.c \
 *         ../support/bytes.c ../support/tarmaker.c ../support/imagemaker.c \
 *         -lz -lzstd -lnettle -lm
 *     /tmp/selftest
 */
#include "accounting_model.h"
#include "dive_model.h"
#include "random_image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int checks;
static int failures;

#define CHECK(condition) check((condition), #condition, __func__, __LINE__)

static void check(bool good, const char *text, const char *function, int line)
{
    checks++;
    if (good)
        return;
    failures++;
    fprintf(stderr, "selftest.c:%d: %s: %s\n", line, function, text);
}

/* What a case works with. */
struct bench {
    struct model_image image;
    struct model_accounts spec;
    struct model_accounts overlay;
    struct dive_figures dive;
};

static void reckon(struct bench *b)
{
    model_account(&b->image, MODEL_SPEC, &b->spec);
    model_account(&b->image, MODEL_OVERLAY, &b->overlay);
    dive_reckon(&b->image, &b->dive);
}

static void done(struct bench *b)
{
    model_image_release(&b->image);
    model_accounts_release(&b->spec);
    model_accounts_release(&b->overlay);
}

static bool near(double a, double b)
{
    return fabs(a - b) < 0.0005;
}

static double ratio(const struct model_accounts *a)
{
    return a->content == 0 ? 1.0 : (double)a->live / (double)a->content;
}

static bool exists(const struct model_accounts *a, const char *path)
{
    return model_accounts_find(a, path) != NULL;
}

static bool is_a(const struct model_accounts *a, const char *path, enum model_type type)
{
    const struct model_path *found = model_accounts_find(a, path);

    return found != NULL && found->type == type;
}

/* The payload is dead for this cause, killed by that layer. */
static bool died(const struct model_accounts *a, size_t payload, enum model_cause cause,
                 size_t killed_by)
{
    const struct model_payload *p = &a->payloads[payload];

    return payload < a->payload_count && !p->live && p->cause == cause &&
           p->killed_by == killed_by;
}

static bool lives(const struct model_accounts *a, size_t payload)
{
    return payload < a->payload_count && a->payloads[payload].live;
}

static bool changed(const struct model_accounts *a, size_t layer, size_t added,
                    size_t modified, size_t removed)
{
    const struct model_layer_sums *sums = &a->layers[layer];

    return sums->added == added && sums->modified == modified && sums->removed == removed;
}

/* The rows of facts/waste.md 2.3, with 1000 bytes beside where a row does not say. */

static void add_base(struct bench *b, size_t bytes)
{
    model_image_add_layer(&b->image);
    model_image_add_zeros(&b->image, "other", bytes);
}

static void overwrite_100_by_100(void)
{
    struct bench b = {0};

    add_base(&b, 1000);
    model_image_add_file(&b.image, "f", "0123456789");
    model_image_add_zeros(&b.image, "g", 90);
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "f", "abcdefghij");
    model_image_add_file(
        &b.image, "g",
        "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789"
        "abcdefghijklmnopqr");
    reckon(&b);

    /* f and g are 100 bytes before and after: dive counts 200, 1100 / 1200; dead are 100 */
    CHECK(b.dive.wasted_bytes == 200);
    CHECK(near(b.dive.efficiency_score, .917));
    CHECK(b.dive.size_bytes == 1200 && b.dive.user_size_bytes == 100);
    CHECK(b.dive.has_user_wasted_percent && near(b.dive.user_wasted_percent, 2.0));
    CHECK(b.spec.dead == 100 && b.spec.dead_by_cause[MODEL_REWRITTEN] == 100);
    CHECK(near(ratio(&b.spec), .917));
    CHECK(died(&b.spec, 1, MODEL_REWRITTEN, 1) && died(&b.spec, 2, MODEL_REWRITTEN, 1));
    CHECK(changed(&b.spec, 0, 3, 0, 0) && changed(&b.spec, 1, 0, 2, 0));
    done(&b);
}

static void add_dir_of_10000(struct bench *b)
{
    model_image_add_dir(&b->image, "dir/");
    model_image_add_zeros(&b->image, "dir/a", 4000);
    model_image_add_zeros(&b->image, "dir/b", 6000);
}

static void remove_a_directory(void)
{
    struct bench b = {0};

    add_base(&b, 1000);
    add_dir_of_10000(&b);
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, ".wh.dir", "");
    reckon(&b);

    /* dive: the whiteout is 10000 on both sides of the score, seen once: 21000 / 21000 */
    CHECK(b.dive.wasted_bytes == 0 && near(b.dive.efficiency_score, 1.0));
    CHECK(b.spec.dead == 10000 && b.spec.dead_by_cause[MODEL_DELETED] == 10000);
    CHECK(near(ratio(&b.spec), .091)); /* 1000 / 11000 */
    CHECK(changed(&b.spec, 1, 0, 0, 3));
    done(&b);
}

static void remove_its_files_one_by_one(void)
{
    struct bench b = {0};

    add_base(&b, 1000);
    add_dir_of_10000(&b);
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "dir/.wh.a", "");
    model_image_add_file(&b.image, "dir/.wh.b", "");
    reckon(&b);

    CHECK(b.dive.wasted_bytes == 10000 && near(b.dive.efficiency_score, .091));
    CHECK(!b.dive.has_user_wasted_percent); /* 10000 / 0: infinite */
    CHECK(b.spec.dead == 10000 && near(ratio(&b.spec), .091));
    CHECK(exists(&b.spec, "/dir") && changed(&b.spec, 1, 0, 0, 2));
    done(&b);
}

static void deleting_raises_dives_score(void)
{
    struct bench b = {0};

    /* 12000 / 13000, and with the directory removed 22000 / 23000 */
    for (int removed = 0; removed < 2; removed++) {
        add_base(&b, 1000);
        model_image_add_zeros(&b.image, "f", 1000);
        add_dir_of_10000(&b);
        model_image_add_layer(&b.image);
        model_image_add_zeros(&b.image, "f", 1000);
        if (removed) {
            model_image_add_layer(&b.image);
            model_image_add_file(&b.image, ".wh.dir", "");
        }
        reckon(&b);
        CHECK(near(b.dive.efficiency_score, removed ? .957 : .923));
        CHECK(near(ratio(&b.spec), removed ? .154 : .923)); /* 2000 / 13000 */
        CHECK(b.spec.dead_by_cause[MODEL_REEMITTED] == 1000);
        done(&b);
    }
}

static void file_grows(void)
{
    struct bench b = {0};

    add_base(&b, 1000);
    model_image_add_zeros(&b.image, "f", 10);
    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "f", 10000);
    reckon(&b);

    /* 1010 / 11010 against 11000 / 11010 */
    CHECK(b.dive.wasted_bytes == 10010 && near(b.dive.efficiency_score, .092));
    CHECK(b.spec.dead == 10 && near(ratio(&b.spec), .999));
    done(&b);
}

static void opaque_marker_hides_a_directory(void)
{
    struct bench b = {0};

    add_base(&b, 1000);
    model_image_add_dir(&b.image, "d/");
    model_image_add_zeros(&b.image, "d/old", 5000);
    model_image_add_layer(&b.image);
    model_image_add_dir(&b.image, "d/");
    model_image_add_zeros(&b.image, "d/new", 10);
    model_image_add_file(&b.image, "d/.wh..wh..opq", "");
    reckon(&b);

    CHECK(b.dive.wasted_bytes == 0 && near(b.dive.efficiency_score, 1.0));
    CHECK(b.spec.dead == 5000 && b.spec.dead_by_cause[MODEL_OPAQUE] == 5000);
    CHECK(near(ratio(&b.spec), .168)); /* 1010 / 6010 */
    CHECK(exists(&b.spec, "/d/new") && !exists(&b.spec, "/d/old"));
    CHECK(changed(&b.spec, 1, 1, 0, 1));
    done(&b);
}

static void directory_becomes_a_symlink(void)
{
    struct bench b = {0};

    add_base(&b, 5000);
    model_image_add_dir(&b.image, "lib/");
    model_image_add_zeros(&b.image, "lib/x", 4000);
    model_image_add_layer(&b.image);
    model_image_add_symlink(&b.image, "lib", "usr/lib");
    reckon(&b);

    CHECK(b.dive.wasted_bytes == 0 && near(b.dive.efficiency_score, 1.0));
    CHECK(b.spec.dead == 4000 && b.spec.dead_by_cause[MODEL_TYPE_CHANGED] == 4000);
    CHECK(near(ratio(&b.spec), .556)); /* 5000 / 9000 */
    CHECK(changed(&b.spec, 1, 0, 1, 1));
    done(&b);
}

static void dangling_whiteout_ends_dives_traversal(void)
{
    struct bench b = {0};

    add_base(&b, 1000);
    model_image_add_zeros(&b.image, "z", 5000);
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, ".wh.nothing", "");
    model_image_add_zeros(&b.image, "z", 5000);
    reckon(&b);

    /* 1000 + 5000 - 1 over 6000, the minus one for the whiteout */
    CHECK(b.dive.wasted_bytes == 0 && near(b.dive.efficiency_score, .9998));
    CHECK(b.dive.efficiency_score == 5999.0 / 6000.0);
    CHECK(b.spec.dead == 5000 && near(ratio(&b.spec), .545)); /* 6000 / 11000 */
    done(&b);
}

static void whiteout_in_layer_0_ends_its_traversal(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "a", 100);
    model_image_add_file(&b.image, ".wh.x", "");
    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "a", 100);
    reckon(&b);

    /* ".wh.x" sorts before "a", so a of layer 0 is not seen: (100 - 1) / 100 */
    CHECK(b.dive.wasted_bytes == 0 && b.dive.efficiency_score == 99.0 / 100.0);
    CHECK(b.spec.dead == 100);
    done(&b);
}

static void hard_link_outlives_its_first_name(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "a", 1000);
    model_image_add_hardlink(&b.image, "b", "a");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, ".wh.a", "");
    reckon(&b);

    CHECK(b.dive.wasted_bytes == 1000);
    CHECK(b.spec.content == 1000 && b.spec.dead == 0 && lives(&b.spec, 0));
    CHECK(!exists(&b.spec, "/a") && is_a(&b.spec, "/b", MODEL_FILE));
    done(&b);
}

static void hard_link_with_a_size(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "a", 1000);
    model_image_add(&b.image, &(struct model_entry){.path = "b",
                                                    .type = MODEL_HARDLINK,
                                                    .link = "a",
                                                    .header_size = 1000});
    reckon(&b);

    CHECK(b.dive.size_bytes == 2000);
    CHECK(b.spec.content == 1000);
    done(&b);
}

static void single_layer_has_no_user_percent(void)
{
    struct bench b = {0};

    add_base(&b, 1000);
    reckon(&b);

    CHECK(b.dive.user_size_bytes == 0 && !b.dive.has_user_wasted_percent);
    CHECK(b.dive.efficiency_score == 1.0 && b.spec.live == 1000);
    done(&b);
}

static void waste_in_a_base_of_three_layers(void)
{
    struct bench b = {0};

    add_base(&b, 1000);
    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "f", 9000);
    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "f", 9000);
    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "own", 1000);
    reckon(&b);

    CHECK(b.dive.wasted_bytes == 18000 && near(b.dive.user_wasted_percent, .947));
    CHECK(b.spec.dead == 9000 && b.spec.layers[3].dead == 0 &&
          b.spec.layers[1].dead == 9000);
    CHECK(died(&b.spec, 1, MODEL_REEMITTED, 2));
    CHECK(b.spec.duplicates == 1000); /* own repeats other */
    done(&b);
}

static void copy_is_a_duplicate(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "a", 50000);
    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "b", 50000);
    model_image_add_hardlink(&b.image, "c", "b");
    reckon(&b);

    CHECK(b.dive.wasted_bytes == 0);
    CHECK(b.spec.dead == 0 && b.spec.duplicates == 50000);
    done(&b);
}

/* dive's other habits */

static void dive_forgets_lower_info_of_implicit_parents(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    add_dir_of_10000(&b);
    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "dir/c", 5); /* no entry for dir/: it becomes a blank */
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, ".wh.dir", "");
    reckon(&b);

    /* /dir is no directory any more, the whiteout counts 0: 10005 / 10005 */
    CHECK(b.dive.efficiency_score == 1.0 && b.dive.wasted_bytes == 0);
    CHECK(b.dive.size_bytes == 10005 && b.dive.user_size_bytes == 5);
    done(&b);
}

static void dive_counts_a_duplicate_entry_in_sizes_only(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_zeros(&b.image, "a", 7);
    model_image_add_zeros(&b.image, "./a", 5);
    model_image_add_dir(&b.image, "./");
    model_image_add_file(&b.image, ".wh..wh..opq", "12");
    reckon(&b);

    CHECK(b.dive.size_bytes == 14 && b.dive.wasted_bytes == 0);
    CHECK(b.dive.efficiency_score == 1.0);
    CHECK(died(&b.spec, 0, MODEL_SHADOWED, 0) && lives(&b.spec, 1) && b.spec.content == 12);
    done(&b);
}

/* The rules of the design */

static void whiteout_with_a_new_file_is_deletion(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "a", "one");
    model_image_add_file(&b.image, "d/x", "two");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "a",
                         "one"); /* before the whiteout, which acts below only */
    model_image_add_file(&b.image, ".wh.a", "bytes of a whiteout are no content");
    model_image_add_file(&b.image, "d/x", "two");
    model_image_add_file(&b.image, "d/.wh..wh..opq", "");
    reckon(&b);

    CHECK(died(&b.spec, 0, MODEL_DELETED, 1) && died(&b.spec, 1, MODEL_OPAQUE, 1));
    CHECK(lives(&b.spec, 2) && lives(&b.spec, 3) && b.spec.content == 12);
    CHECK(changed(&b.spec, 1, 0, 0, 0)); /* nothing to see has changed */
    CHECK(b.spec.layers[1].entries == 4);
    done(&b);
}

static void overlay_merges_a_directory_brought_back(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "d/old", "old");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, ".wh.d", "");
    model_image_add_dir(&b.image, "d/");
    model_image_add_file(&b.image, "d/new", "new");
    reckon(&b);

    CHECK(died(&b.spec, 0, MODEL_DELETED, 1) && !exists(&b.spec, "/d/old"));
    CHECK(lives(&b.overlay, 0) && exists(&b.overlay, "/d/old"));
    CHECK(lives(&b.overlay, 1) && lives(&b.spec, 1));
    done(&b);
}

static void symlinked_parent_is_followed_or_replaced(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "usr/lib/x", "x");
    model_image_add_symlink(&b.image, "lib", "/../usr/lib");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "lib/.wh.x", "");
    model_image_add_file(&b.image, "lib/y", "y");
    reckon(&b);

    CHECK(died(&b.spec, 0, MODEL_DELETED, 1) && exists(&b.spec, "/usr/lib/y"));
    CHECK(is_a(&b.spec, "/lib", MODEL_SYMLINK));
    CHECK(strcmp(b.spec.payloads[1].path, "/lib/y") == 0);
    CHECK(lives(&b.overlay, 0) && is_a(&b.overlay, "/lib", MODEL_DIR));
    CHECK(exists(&b.overlay, "/lib/y") && !exists(&b.overlay, "/usr/lib/y"));
    done(&b);
}

static void symlink_to_nowhere_makes_its_target(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_symlink(&b.image, "s", "far/away");
    model_image_add_file(&b.image, "s/t/f", "f");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "nowhere/.wh.f", "");
    reckon(&b);

    CHECK(is_a(&b.spec, "/far/away/t", MODEL_DIR) && exists(&b.spec, "/far/away/t/f"));
    CHECK(model_accounts_find(&b.spec, "/far")->mode == 0755);
    CHECK(changed(&b.spec, 0, 5, 0, 0));
    CHECK(changed(&b.spec, 1, 0, 0, 0) && !exists(&b.spec, "/nowhere"));
    done(&b);
}

static void looping_symlink_becomes_a_directory(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_symlink(&b.image, "a", "b");
    model_image_add_symlink(&b.image, "b", "made/../a");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "a/.wh.x", "");
    model_image_add_file(&b.image, "b/f", "f");
    reckon(&b);

    CHECK(is_a(&b.spec, "/a", MODEL_SYMLINK) && is_a(&b.spec, "/b", MODEL_DIR));
    CHECK(exists(&b.spec, "/b/f") && !exists(&b.spec, "/made"));
    CHECK(is_a(&b.overlay, "/a", MODEL_DIR) && is_a(&b.overlay, "/b", MODEL_DIR));
    done(&b);
}

static void child_of_a_file_kills_the_file(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "f", "below");
    model_image_add_file(&b.image, "g", "same layer");
    model_image_add_file(&b.image, "g/x", "child");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "f/.wh.x", "");
    model_image_add_file(&b.image, "f/.wh..wh..opq", "");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "f/x", "child");
    reckon(&b);

    CHECK(died(&b.spec, 0, MODEL_TYPE_CHANGED, 2) && died(&b.spec, 1, MODEL_SHADOWED, 0));
    CHECK(changed(&b.spec, 1, 0, 0, 0) && changed(&b.spec, 2, 1, 1, 0));
    done(&b);
}

static void directory_hides_its_subtree_in_the_same_layer(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "d/lower", "lower");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "d/same", "same");
    model_image_add_file(&b.image, "d", "file now");
    reckon(&b);

    CHECK(died(&b.spec, 0, MODEL_TYPE_CHANGED, 1) && died(&b.spec, 1, MODEL_SHADOWED, 1));
    CHECK(b.spec.layers[0].dead == 5 && b.spec.layers[1].dead == 4 && b.spec.live == 8);
    CHECK(changed(&b.spec, 1, 0, 1, 1));
    done(&b);
}

static void hard_links_to_odd_targets(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "f", "content");
    model_image_add_dir(&b.image, "d/");
    model_image_add_symlink(&b.image, "s", "d");
    model_image_add_hardlink(&b.image, "to-missing", "nothing");
    model_image_add_hardlink(&b.image, "to-dir", "d");
    model_image_add_hardlink(&b.image, "to-symlink", "s");
    model_image_add_hardlink(&b.image, "f", "./f");
    model_image_add_layer(&b.image);
    model_image_add_hardlink(&b.image, "d/across", "/f");
    model_image_add_hardlink(&b.image, "through", "s/across");
    model_image_add_file(&b.image, "f", "replaced");
    reckon(&b);

    CHECK(is_a(&b.spec, "/to-missing", MODEL_FILE) && is_a(&b.spec, "/to-dir", MODEL_FILE));
    CHECK(model_accounts_find(&b.spec, "/to-missing")->payload == MODEL_NONE);
    CHECK(is_a(&b.spec, "/to-symlink", MODEL_SYMLINK));
    CHECK(strcmp(model_accounts_find(&b.spec, "/to-symlink")->link, "d") == 0);
    CHECK(lives(&b.spec, 0) && lives(&b.spec, 1) && b.spec.dead == 0);
    CHECK(model_accounts_find(&b.spec, "/through")->payload == 0);
    CHECK(changed(&b.spec, 1, 2, 1, 0));
    done(&b);
}

static void replacement_by_a_hard_link(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "a", "same");
    model_image_add_file(&b.image, "b", "same");
    model_image_add_file(&b.image, "c", "other");
    model_image_add_layer(&b.image);
    model_image_add_hardlink(&b.image, "b", "a");
    model_image_add_hardlink(&b.image, "c", "a");
    reckon(&b);

    CHECK(died(&b.spec, 1, MODEL_REEMITTED, 1) && died(&b.spec, 2, MODEL_REWRITTEN, 1));
    CHECK(b.spec.live == 4 && b.spec.duplicates == 0);
    CHECK(changed(&b.spec, 1, 0, 1, 0)); /* b reads as before */
    done(&b);
}

static void aufs_leavings_are_hidden(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_dir(&b.image, ".wh..wh.plnk/");
    model_image_add_file(&b.image, ".wh..wh.plnk/1.2", "linked");
    model_image_add_file(&b.image, ".wh..wh.plnk/3.4", "alone");
    model_image_add_file(&b.image, ".wh..wh.aufs", "no content at all");
    model_image_add_hardlink(&b.image, "name", ".wh..wh.plnk/1.2");
    reckon(&b);

    CHECK(b.spec.content == 11 && b.spec.payload_count == 2);
    CHECK(lives(&b.spec, 0) && died(&b.spec, 1, MODEL_SHADOWED, 0));
    CHECK(b.spec.path_count == 1 && changed(&b.spec, 0, 1, 0, 0));
    done(&b);
}

static void last_visible_name_decides_for_a_hidden_file(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, ".wh..wh.plnk/1.2", "linked");
    model_image_add_hardlink(&b.image, "name", ".wh..wh.plnk/1.2");
    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, ".wh.name", "");
    reckon(&b);

    CHECK(died(&b.spec, 0, MODEL_DELETED, 1));
    done(&b);
}

static void odd_names_are_one_name(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "../../x//.//y/../z", "1");
    model_image_add_file(&b.image, "/x/z", "2");
    model_image_add(&b.image, &(struct model_entry){
                                  .path = "./", .type = MODEL_DIR, .mode = 0700, .uid = 5});
    model_image_add_file(&b.image, "x/.wh.", "bytes");
    model_image_add_file(&b.image, "foo.wh.bar", "ordinary");
    reckon(&b);

    CHECK(b.spec.path_count == 3 && died(&b.spec, 0, MODEL_SHADOWED, 0));
    CHECK(strcmp(b.spec.payloads[0].path, "/x/z") == 0);
    CHECK(b.spec.root.mode == 0700 && b.spec.root.uid == 5);
    CHECK(b.spec.content == 10 && exists(&b.spec, "/foo.wh.bar"));
    done(&b);
}

static void sparse_file_counts_its_data(void)
{
    static const struct tar_segment segments[] = {{10, 2}, {20, 3}};
    static const unsigned char dense[25] = {[10] = 'a', 'b', [20] = 'c', 'd', 'e'};
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add(&b.image,
                    &(struct model_entry){.path = "f",
                                          .content = (const unsigned char *)"abcde",
                                          .content_size = 5,
                                          .sparse = TAR_SPARSE_PAX_10,
                                          .segments = segments,
                                          .segment_count = 2,
                                          .logical_size = 25});
    model_image_add_layer(&b.image);
    model_image_add(
        &b.image, &(struct model_entry){.path = "f", .content = dense, .content_size = 25});
    reckon(&b);

    CHECK(b.spec.content == 30 && b.spec.dead == 5);
    CHECK(died(&b.spec, 0, MODEL_REEMITTED, 1));
    CHECK(b.dive.size_bytes == 50 && b.dive.wasted_bytes == 50);
    done(&b);
}

static void metadata_alone_is_a_modification(void)
{
    struct bench b = {0};

    model_image_add_layer(&b.image);
    model_image_add_file(&b.image, "d/f", "f");
    model_image_add_symlink(&b.image, "s", "1");
    model_image_add_layer(&b.image);
    model_image_add(&b.image,
                    &(struct model_entry){.path = "d/", .type = MODEL_DIR, .mode = 0700});
    model_image_add_symlink(&b.image, "s", "2");
    model_image_add_layer(&b.image);
    model_image_add_dir(&b.image, "d");
    model_image_add_symlink(&b.image, "s", "2");
    reckon(&b);

    CHECK(changed(&b.spec, 0, 3, 0, 0) && changed(&b.spec, 1, 0, 2, 0));
    CHECK(changed(&b.spec, 2, 0, 1, 0) && lives(&b.spec, 0));
    done(&b);
}

/* What must hold for every image */

static void hold_identities(const struct model_accounts *a)
{
    uint64_t causes = 0, content = 0, live = 0, dead = 0;

    for (int i = 0; i < MODEL_CAUSE_COUNT; i++)
        causes += a->dead_by_cause[i];
    for (size_t i = 0; i < a->layer_count; i++) {
        content += a->layers[i].content;
        live += a->layers[i].live;
        dead += a->layers[i].dead;
    }
    CHECK(a->live + a->dead == a->content && causes == a->dead);
    CHECK(content == a->content && live == a->live && dead == a->dead);
    CHECK(a->duplicates <= a->live);
    for (size_t i = 1; i < a->path_count; i++)
        CHECK(strcmp(a->paths[i - 1].path, a->paths[i].path) < 0);
}

/* The paths before a layer, plus added, minus removed, are those after it. */
static void hold_path_counts(const struct model_accounts *a)
{
    size_t count = 0;

    for (size_t i = 0; i < a->layer_count; i++)
        count += a->layers[i].added - a->layers[i].removed;
    CHECK(count == a->path_count);
}

static void random_images_hold_the_identities(void)
{
    size_t differ = 0, causes[MODEL_CAUSE_COUNT] = {0}, duplicates = 0;

    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct bench b = {0};
        struct bytes tar = BYTES_INIT;

        random_image(seed, 0, &b.image);
        reckon(&b);
        hold_identities(&b.spec);
        hold_identities(&b.overlay);
        hold_path_counts(&b.spec);
        CHECK(b.spec.content == b.overlay.content);
        differ += b.spec.live != b.overlay.live;
        duplicates += b.spec.duplicates > 0;
        for (int i = 0; i < MODEL_CAUSE_COUNT; i++)
            causes[i] += b.spec.dead_by_cause[i] > 0;
        model_image_layer_tar(&b.image, 0, &tar);
        CHECK(tar.size % 512 == 0);
        bytes_release(&tar);
        done(&b);
    }

    /* every cause is common enough to be tested by these images */
    for (int i = 0; i < MODEL_CAUSE_COUNT; i++)
        CHECK(causes[i] > 50);
    CHECK(differ > 50 && duplicates > 500);
}

static void same_seed_makes_the_same_image(void)
{
    char first[65], second[65], other[65];
    char *const digests[] = {first, second, other};

    for (uint64_t i = 0; i < 3; i++) {
        struct model_image image;
        struct bytes archive = BYTES_INIT;

        random_image(i == 2 ? 43 : 42, 0, &image);
        model_image_archive(&image, IMAGE_OCI, LAYER_PLAIN, 0, &archive);
        image_sha256(archive.data, archive.size, digests[i]);
        bytes_release(&archive);
        model_image_release(&image);
    }
    CHECK(strcmp(first, second) == 0 && strcmp(first, other) != 0);
}

int main(void)
{
    overwrite_100_by_100();
    remove_a_directory();
    remove_its_files_one_by_one();
    deleting_raises_dives_score();
    file_grows();
    opaque_marker_hides_a_directory();
    directory_becomes_a_symlink();
    dangling_whiteout_ends_dives_traversal();
    whiteout_in_layer_0_ends_its_traversal();
    hard_link_outlives_its_first_name();
    hard_link_with_a_size();
    single_layer_has_no_user_percent();
    waste_in_a_base_of_three_layers();
    copy_is_a_duplicate();
    dive_forgets_lower_info_of_implicit_parents();
    dive_counts_a_duplicate_entry_in_sizes_only();
    whiteout_with_a_new_file_is_deletion();
    overlay_merges_a_directory_brought_back();
    symlinked_parent_is_followed_or_replaced();
    symlink_to_nowhere_makes_its_target();
    looping_symlink_becomes_a_directory();
    child_of_a_file_kills_the_file();
    directory_hides_its_subtree_in_the_same_layer();
    hard_links_to_odd_targets();
    replacement_by_a_hard_link();
    aufs_leavings_are_hidden();
    last_visible_name_decides_for_a_hidden_file();
    odd_names_are_one_name();
    sparse_file_counts_its_data();
    metadata_alone_is_a_modification();
    random_images_hold_the_identities();
    same_seed_makes_the_same_image();

    printf("%d passed, %d failed\n", checks - failures, failures);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
