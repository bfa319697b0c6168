/* Suggestions: each place that need not ship is known by its path, nothing beside it is, and bytes are
 * counted once, in the layer that shipped them. */
#include "analyzer/advice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "core/memory.h"
#include "tests/models/model_image.h"
#include "tests/support/check.h"

/* A path of each pattern, as the tool that writes there names its files, and the suggestion it belongs to. */
static const struct {
    const char *path;
    const char *id;
} leavings[] = {
    {"var/lib/apt/lists/deb.example_dists_stable_InRelease", "apt-cache"},
    {"var/cache/apt/archives/curl_8.5.0-2_amd64.deb", "apt-cache"},
    {"var/cache/apk/APKINDEX.b89edf6e.tar.gz", "apk-cache"},
    {"etc/apk/cache/musl-1.2.4-r2.apk", "apk-cache"},
    {"var/cache/dnf/updates-0a1b/repodata/repomd.xml", "dnf-cache"},
    {"var/cache/libdnf5/updates-0a1b/solv/updates.solv", "dnf-cache"},
    {"var/cache/yum/x86_64/7/base/primary.sqlite", "dnf-cache"},
    {"var/cache/zypp/raw/repo-oss/repodata/repomd.xml", "zypper-cache"},
    {"root/.cache/pip/http/a/b/c", "pip-cache"},
    {"home/app/.cache/pypoetry/artifacts/x.whl", "pip-cache"},
    {"root/.cache/uv/archive-v0/x/y.py", "pip-cache"},
    {"root/.npm/_cacache/content-v2/sha512/aa", "npm-cache"},
    {"root/.cache/yarn/v6/npm-left-pad.tgz", "yarn-cache"},
    {"app/.yarn/cache/left-pad-npm-1.3.0.zip", "yarn-cache"},
    {"usr/local/share/.cache/yarn/v6/x", "yarn-cache"},
    {"root/.local/share/pnpm/store/v3/files/00/a", "pnpm-store"},
    {"app/.pnpm-store/v3/files/00/b", "pnpm-store"},
    {"var/lib/gems/3.1.0/cache/rake-13.0.6.gem", "gem-cache"},
    {"usr/lib/ruby/gems/3.1.0/cache/minitest-5.15.0.gem", "gem-cache"},
    {"usr/local/lib/ruby/3.3.0/cache/json-2.7.1.gem", "gem-cache"},
    {"usr/local/bundle/cache/rails-7.1.0.gem", "gem-cache"},
    {"root/.cargo/registry/cache/index/serde-1.0.0.crate", "cargo-cache"},
    {"usr/local/cargo/registry/src/index/serde-1.0.0/src/lib.rs", "cargo-cache"},
    {"usr/local/cargo/git/db/x/HEAD", "cargo-cache"},
    {"root/go/pkg/mod/cache/download/list", "go-cache"},
    {"go/pkg/mod/golang.example/x/text@v0.14.0/a.go", "go-cache"},
    {"root/.cache/go-build/00/00aa-d", "go-cache"},
    {"root/.m2/repository/org/a/a.jar", "maven-cache"},
    {"home/gradle/.gradle/caches/modules-2/a.jar", "maven-cache"},
    {"app/.git/objects/pack/pack-1.pack", "git-folder"},
    {"app/__pycache__/main.cpython-312.opt-1.pyc", "python-bytecode"},
    {"app/main.pyc", "python-bytecode"},
    {"src/main.o", "build-leftovers"},
    {"usr/lib/libz.a", "build-leftovers"},
    {"usr/share/doc/curl/changelog.gz", "documentation"},
    {"usr/share/man/man1/curl.1.gz", "documentation"},
    {"usr/share/info/dir", "documentation"},
    {"usr/share/gtk-doc/html/glib/index.html", "documentation"},
    {"usr/local/share/man/man1/tool.1", "documentation"},
    {"usr/local/share/doc/tool/readme", "documentation"},
    {"usr/share/locale/de/LC_MESSAGES/curl.mo", "locales"},
    {"usr/share/i18n/charmaps/UTF-8.gz", "locales"},
};

/* What looks alike and must ship. */
static const char *const needed[] = {
    "var/lib/apt/extended_states", "var/lib/apt/listsx/a",
    "var/cache/ldconfig/aux-cache", "root/.cache/other/a",
    "root/.npmrc",                  "app/.yarn/releases/yarn-4.0.0.cjs",
    "usr/share/locale.alias",       "var/lib/gems/3.1.0/gems/rake-13.0.6/a.rb",
    "app/cache/bundle.gem.json",    "root/.cargo/bin/tool",
    "usr/local/go/pkg/tool/link",   "root/.m2/settings.xml",
    "app/.gitignore",               "app/.github/workflows/ci.yml",
    "app/main.py",                  "app/a.out",
    "usr/lib/libz.so.1",            "usr/share/documents/a",
    "usr/share/mandarin/a",         "srv/usr/share/doc/a",
};

static struct limits limits;

static struct analysis *analyze(struct model_image *model)
{
    struct analysis *analysis;
    struct error error = ERROR_INIT;
    struct analysis_options options = {.limits = &limits, .threads = 2, .top = 20};
    struct bytes archive = BYTES_INIT;
    limits = limits_default();
    model_image_archive(model, IMAGE_OCI, LAYER_PLAIN, 0, &archive);
    char *path = bytes_write_temp(&archive);
    if (analysis_run(&analysis, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    unlink(path);
    free(path);
    bytes_release(&archive);
    model_image_release(model);
    return analysis;
}

static const struct suggestion *find(const struct analysis *analysis, const char *id)
{
    for (size_t i = 0; i < analysis->advice.count; i++)
        if (strcmp(analysis->advice.items[i].id, id) == 0)
            return &analysis->advice.items[i];
    return NULL;
}

/* A content of that length that no other length's begins with, so that nothing is a duplicate. */
static const char *content_of(char buffer[static 128], size_t length)
{
    memset(buffer, 'x', length);
    buffer[0] = (char)(length + 1);
    buffer[length] = '\0';
    return buffer;
}

static void each_leaving_is_known_by_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(leavings); i++) {
        struct model_image model = MODEL_IMAGE_INIT;
        char buffer[128];
        model_image_add_layer(&model);
        model_image_add_file(&model, "bin/tool", "tool");
        model_image_add_layer(&model);
        model_image_add_file(&model, leavings[i].path, content_of(buffer, 100));
        struct analysis *analysis = analyze(&model);
        const struct suggestion *found = find(analysis, leavings[i].id);
        if (analysis->advice.count != 1 || !found)
            fail_msg("/%s is not %s alone", leavings[i].path, leavings[i].id);
        assert_int_equal(found->bytes, 100);
        assert_int_equal(found->files, 1);
        assert_int_equal(found->layer_count, 1);
        assert_int_equal(found->layers[0], 1);
        analysis_free(analysis);
    }
}

static void what_looks_like_a_leaving_is_none(void **state)
{
    (void)state;
    struct model_image model = MODEL_IMAGE_INIT;
    char buffer[128];
    model_image_add_layer(&model);
    for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
        model_image_add_file(&model, needed[i], content_of(buffer, i + 1));
    struct analysis *analysis = analyze(&model);
    if (analysis->advice.count)
        fail_msg("%s is suggested", analysis->advice.items[0].id);
    analysis_free(analysis);
}

/* 42 leavings of 1, 2, ... 42 bytes are 42 * 43 / 2 = 903. */
static void bytes_are_counted_in_one_suggestion_only(void **state)
{
    (void)state;
    struct model_image model = MODEL_IMAGE_INIT;
    char buffer[128];
    int64_t shipped = 0, suggested = 0;
    model_image_add_layer(&model);
    for (size_t i = 0; i < ARRAY_SIZE(leavings); i++) {
        model_image_add_file(&model, leavings[i].path, content_of(buffer, i + 1));
        shipped += (int64_t)i + 1;
    }
    struct analysis *analysis = analyze(&model);
    for (size_t i = 0; i < analysis->advice.count; i++) {
        suggested += analysis->advice.items[i].bytes;
        assert_true(i == 0 ||
                    analysis->advice.items[i].bytes <= analysis->advice.items[i - 1].bytes);
    }
    assert_int_equal(shipped, 903);
    assert_int_equal(suggested, shipped);
    analysis_free(analysis);
}

/* The copies of a pip cache are a cache, not duplicates: two payloads of 6 bytes are 12 there. Of the three
 * equal programs one stays and 2 * 8 bytes are further copies. */
static void further_copies_are_suggested_where_nothing_else_is(void **state)
{
    (void)state;
    struct model_image model = MODEL_IMAGE_INIT;
    model_image_add_layer(&model);
    model_image_add_file(&model, "root/.cache/pip/a", "cached");
    model_image_add_file(&model, "root/.cache/pip/b", "cached");
    model_image_add_file(&model, "bin/a", "program!");
    model_image_add_file(&model, "bin/b", "program!");
    model_image_add_file(&model, "bin/c", "program!");
    struct analysis *analysis = analyze(&model);
    assert_int_equal(analysis->advice.count, 2);
    assert_int_equal(find(analysis, "duplicate-files")->bytes, 16);
    assert_int_equal(find(analysis, "pip-cache")->bytes, 12);
    analysis_free(analysis);
}

static void dead_bytes_are_suggested_by_their_cause(void **state)
{
    (void)state;
    struct model_image model = MODEL_IMAGE_INIT;
    model_image_add_layer(&model);
    model_image_add_file(&model, "var/lib/apt/lists/a", "0123456789");
    model_image_add_file(&model, "etc/motd", "12345");
    model_image_add_file(&model, "bin/tool", "tool");
    model_image_add_layer(&model);
    model_image_add_file(&model, "var/lib/apt/lists/.wh.a", "");
    model_image_add_file(&model, "etc/motd", "1234567");
    model_image_add_file(&model, "bin/tool", "tool");
    struct analysis *analysis = analyze(&model);
    assert_int_equal(analysis->advice.count, 3);
    assert_int_equal(find(analysis, "deleted-later")->bytes, 10);
    assert_int_equal(find(analysis, "replaced-later")->bytes, 5);
    assert_int_equal(find(analysis, "copied-for-metadata")->bytes, 4);
    assert_int_equal(analysis->sizes.dead_bytes, 10 + 5 + 4);
    analysis_free(analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_leaving_is_known_by_its_path),
        cmocka_unit_test(what_looks_like_a_leaving_is_none),
        cmocka_unit_test(bytes_are_counted_in_one_suggestion_only),
        cmocka_unit_test(further_copies_are_suggested_where_nothing_else_is),
        cmocka_unit_test(dead_bytes_are_suggested_by_their_cause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
