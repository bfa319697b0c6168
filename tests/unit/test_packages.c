/* Packages: each kind's databases, what they own of the merged file system, and that all of
 * it adds up. */
#include "analyzer/packages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "analyzer/analysis.h"
#include "analyzer/sqlite.h"
#include "core/strbuf.h"
#include "tests/models/random_image.h"
#include "tests/support/programmaker.h"
#include "tests/support/tarmaker.h"
#include "tests/support/check.h"

#define LAYERS_MOST 4

/* An image of some layers, and what was found in it. */
struct stock {
    struct limits limits;
    struct tarmaker layers[LAYERS_MOST];
    size_t layer_count;
    struct analysis *analysis;
    struct packages packages;
};

static struct tarmaker *add_layer(struct stock *stock)
{
    assert_true(stock->layer_count < LAYERS_MOST);
    stock->layers[stock->layer_count] = (struct tarmaker)TARMAKER_INIT;
    return &stock->layers[stock->layer_count++];
}

/* Rows, those within others aside, and what nobody owns are live_bytes; nothing is counted
 * twice. */
static void assert_sums(const struct stock *stock)
{
    const struct packages *packages = &stock->packages;
    const struct accounting *accounting = &stock->analysis->accounting;
    int64_t bytes = 0, files = 0, live = 0;
    for (size_t i = 0; i < packages->count; i++) {
        const struct package *package = &packages->items[i];
        bytes += package->bytes;
        files += package->files;
        assert_true(package->layer < accounting->layer_count);
        if (package->within != PACKAGE_NONE)
            assert_int_equal(package->bytes + package->files, 0);
    }
    for (size_t i = 0; i < accounting->inode_count; i++)
        live += inode_is_live(&accounting->inodes[i]);
    assert_int_equal(bytes, packages->owned_bytes);
    assert_int_equal(bytes + packages->unowned_bytes, accounting->live_bytes);
    assert_int_equal(files + packages->unowned_files, live);
}

static void take_stock_of(struct stock *stock, const struct bytes *archive)
{
    struct error error = ERROR_INIT;
    struct package_watch watch;
    const struct watcher *const watchers[] = {&watch.watcher, NULL};
    stock->limits = limits_default();
    const struct analysis_options options = {
        .limits = &stock->limits, .threads = 2, .top = 1, .watchers = watchers};
    char *path = bytes_write_temp(archive);
    package_watch_start(&watch, &stock->limits);
    if (analysis_run(&stock->analysis, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    packages_collect(&stock->packages, stock->analysis->image, &stock->analysis->accounting,
                     &watch);
    package_watch_release(&watch);
    unlink(path);
    free(path);
    assert_sums(stock);
}

static void take_stock(struct stock *stock)
{
    struct layer_spec layers[LAYERS_MOST];
    struct bytes archive = BYTES_INIT;
    for (size_t i = 0; i < stock->layer_count; i++) {
        tarmaker_finish(&stock->layers[i]);
        layers[i] = (struct layer_spec){.tar = stock->layers[i].out.data,
                                        .tar_size = stock->layers[i].out.size,
                                        .compression = LAYER_GZIP};
    }
    const struct image_spec spec = {.layers = layers, .layer_count = stock->layer_count};
    image_make(&spec, IMAGE_OCI, &archive);
    take_stock_of(stock, &archive);
    bytes_release(&archive);
}

static void give_back(struct stock *stock)
{
    packages_release(&stock->packages);
    analysis_free(stock->analysis);
    for (size_t i = 0; i < stock->layer_count; i++)
        tarmaker_release(&stock->layers[i]);
}

static const struct package *find(const struct stock *stock, const char *kind,
                                  const char *name)
{
    for (size_t i = 0; i < stock->packages.count; i++)
        if (strcmp(package_kind_name(stock->packages.items[i].kind), kind) == 0 &&
            strcmp(stock->packages.items[i].name, name) == 0)
            return &stock->packages.items[i];
    fail_msg("there is no %s package '%s'", kind, name);
    return NULL;
}

static void assert_package(const struct stock *stock, const char *kind, const char *name,
                           const char *version, int64_t bytes)
{
    const struct package *package = find(stock, kind, name);
    assert_string_equal(package->version ? package->version : "(none)", version);
    if (package->bytes != bytes)
        fail_msg("%s: %lld bytes, not %lld", name, (long long)package->bytes,
                 (long long)bytes);
}

static bool is_warned_of(const struct stock *stock, const char *text)
{
    const struct findings *findings = &stock->analysis->image->findings;
    for (size_t i = 0; i < findings->warning_count; i++)
        if (strstr(findings->warnings[i].message, text))
            return true;
    return false;
}

/* dpkg */

static void dpkg_owns_what_its_lists_name(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    (void)state;
    tarmaker_file_str(tar, "var/lib/dpkg/status",
                      "Package: bash\nStatus: install ok installed\nArchitecture: amd64\n"
                      "Version: 5.2-1\nDescription: a shell\n Version: 9 is no field\n\n"
                      "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\n"
                      "Version: 2.36\n\n"
                      "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
                      "Status: install ok installed\nVersion: 7\n");
    tarmaker_file_str(tar, "var/lib/dpkg/info/bash.list", "/.\n/bin\n/bin/bash\n/bin/sh\n");
    tarmaker_file_str(tar, "var/lib/dpkg/info/libc6:amd64.list", "/lib\n/lib/libc.so.6\n");
    tarmaker_file_str(tar, "usr/bin/bash", "12345");
    tarmaker_symlink(tar, "usr/bin/sh", "bash");
    tarmaker_symlink(tar, "bin", "usr/bin"); /* dpkg's paths are those before the merge */
    tarmaker_symlink(tar, "lib", "usr/lib");
    tarmaker_file_str(tar, "usr/lib/libc.so.6", "1234567");
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 2);
    assert_package(&stock, "dpkg", "bash", "5.2-1", 5);
    assert_string_equal(find(&stock, "dpkg", "bash")->architecture, "amd64");
    assert_int_equal(find(&stock, "dpkg", "bash")->files, 1); /* links are none */
    assert_package(&stock, "dpkg", "libc6", "2.36", 7);
    assert_true(is_warned_of(&stock, "a stanza without a package"));
    give_back(&stock);
}

static void dpkg_of_distroless_has_a_file_for_each_package(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    static const char tzdata[] = "Package: tzdata\nVersion: 2024a\nArchitecture: all\n";
    (void)state;
    tarmaker_file_str(tar, "var/lib/dpkg/status.d/tzdata", tzdata);
    tarmaker_file_str(tar, "var/lib/dpkg/status.d/tzdata.md5sums",
                      "0123456789abcdef0123456789abcdef  usr/share/zoneinfo/UTC\n");
    tarmaker_file_str(tar, "usr/share/zoneinfo/UTC", "TZif");
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 1);
    assert_package(&stock, "dpkg", "tzdata", "2024a", (int64_t)strlen(tzdata) + 4);
    give_back(&stock);
}

static void diverted_file_belongs_to_whom_dpkg_says(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    (void)state;
    tarmaker_file_str(tar, "var/lib/dpkg/status",
                      "Package: dash\nStatus: install ok installed\nVersion: 1\n\n"
                      "Package: other\nStatus: install ok installed\nVersion: 1\n");
    tarmaker_file_str(tar, "var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.distrib\ndash\n");
    tarmaker_file_str(tar, "var/lib/dpkg/info/dash.list", "/bin/sh\n");
    tarmaker_file_str(tar, "var/lib/dpkg/info/other.list", "/bin/sh\n");
    tarmaker_file_str(tar, "bin/sh", "123");
    tarmaker_file_str(tar, "bin/sh.distrib", "1234567");
    take_stock(&stock);

    assert_package(&stock, "dpkg", "dash", "1", 3);
    assert_package(&stock, "dpkg", "other", "1", 7);
    give_back(&stock);
}

static void file_of_two_packages_counts_for_the_first(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    (void)state;
    tarmaker_file_str(tar, "var/lib/dpkg/status",
                      "Package: a\nStatus: install ok installed\n\n"
                      "Package: b\nStatus: install ok installed\n");
    tarmaker_file_str(tar, "var/lib/dpkg/info/a.list", "/x\n/y\n");
    tarmaker_file_str(tar, "var/lib/dpkg/info/b.list", "/x\n/z\n");
    tarmaker_file_str(tar, "x", "12345");
    tarmaker_hardlink(tar, "y", "x"); /* a second name of an inode weighs nothing */
    tarmaker_file_str(tar, "z", "1");
    take_stock(&stock);

    assert_package(&stock, "dpkg", "a", "(none)", 5);
    assert_package(&stock, "dpkg", "b", "(none)", 1);
    assert_int_equal(find(&stock, "dpkg", "b")->shared_bytes, 5);
    give_back(&stock);
}

static void database_of_the_top_layer_rules(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    (void)state;
    tarmaker_file_str(tar, "lib/apk/db/installed", "P:old\nV:1\nF:usr/lib\nR:a\n");
    tarmaker_file_str(tar, "usr/lib/a", "123456");
    tar = add_layer(&stock);
    tarmaker_file_str(tar, "lib/apk/db/installed",
                      "P:musl\nV:1.2-r0\nA:x86_64\nF:usr/lib\nR:a\nR:b\n\nP:empty\nV:2\n");
    tarmaker_file_str(tar, "usr/lib/b", "1234");
    tar = add_layer(&stock);
    tarmaker_whiteout(tar, "usr/lib/b");
    tarmaker_file_str(tar, "usr/lib/c", "1");
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 2);
    assert_package(&stock, "apk", "musl", "1.2-r0", 6);
    assert_int_equal(find(&stock, "apk", "musl")->layer, 0); /* that shipped its bytes */
    assert_package(&stock, "apk", "empty", "2", 0);
    assert_int_equal(find(&stock, "apk", "empty")->layer, 1); /* that tells of it */
    give_back(&stock);
}

/* rpm */

static void add_rpm_files(struct tarmaker *tar)
{
    tarmaker_file_str(tar, "usr/bin/bash", "12345");
    tarmaker_file_str(tar, "usr/lib/libc.so", "123");
}

static void rpm_is_read_from_sqlite(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    struct bytes database = BYTES_INIT;
    (void)state;
    make_rpm_sqlite(&database);
    tarmaker_file(tar, "usr/lib/sysimage/rpm/rpmdb.sqlite", database.data, database.size);
    add_rpm_files(tar);
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 2);
    assert_package(&stock, "rpm", "bash", "1:5.2-3.fc40", 5);
    assert_string_equal(find(&stock, "rpm", "bash")->architecture, "x86_64");
    assert_package(&stock, "rpm", "glibc", "2.39-1.fc40", 3);
    assert_int_equal(stock.analysis->image->findings.warning_count, 0);
    bytes_release(&database);
    give_back(&stock);
}

static void rpm_is_read_from_ndb(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    struct bytes database = BYTES_INIT;
    (void)state;
    make_rpm_ndb(&database);
    tarmaker_file(tar, "var/lib/rpm/Packages.db", database.data, database.size);
    add_rpm_files(tar);
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 2);
    assert_package(&stock, "rpm", "bash", "1:5.2-3.fc40", 5);
    assert_package(&stock, "rpm", "glibc", "2.39-1.fc40", 3);
    bytes_release(&database);
    give_back(&stock);
}

static void rpm_of_berkeley_db_is_told_and_not_read(void **state)
{
    struct stock stock = {.layer_count = 0};
    (void)state;
    tarmaker_file_str(add_layer(&stock), "var/lib/rpm/Packages", "anything");
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 0);
    assert_true(is_warned_of(&stock, "Berkeley DB"));
    give_back(&stock);
}

static void count_row(void *context, const struct sqlite_value *values, size_t count)
{
    (void)values;
    *(size_t *)context += count;
}

static void no_byte_of_a_database_breaks_its_reader(void **state)
{
    struct bytes database = BYTES_INIT;
    (void)state;
    make_rpm_sqlite(&database);
    for (size_t i = 0; i < database.size * 3; i++) {
        struct error error = ERROR_INIT;
        size_t rows = 0;
        unsigned char kept = database.data[i / 3];
        database.data[i / 3] = (unsigned char[]){0xff, 0, (unsigned char)(kept + 1)}[i % 3];
        if (sqlite_read_table(span_of(database.data, database.size), "Packages", count_row,
                              &rows, &error) < 0)
            assert_int_equal(error.code, ERROR_INPUT);
        error_release(&error);
        database.data[i / 3] = kept;
    }
    for (size_t size = 0; size < database.size; size += 7) {
        struct error error = ERROR_INIT;
        size_t rows = 0;
        sqlite_read_table(span_of(database.data, size), "Packages", count_row, &rows,
                          &error);
        error_release(&error);
    }
    bytes_release(&database);
}

/* pip, npm, gem */

#define SITE "usr/lib/python3/site-packages/"

static void pip_owns_its_record_and_what_lies_beside(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    static const char metadata[] =
        "Metadata-Version: 2.1\nName: Flask\nVersion: 3.0\n\nName: no\n";
    static const char record[] = "flask/app.py,sha256=x,4\n\"flask/a \"\"b\"\", c.py\",,\n"
                                 "../../../bin/flask,,\nFlask-3.0.dist-info/RECORD,,\n";
    static const char egg[] = "Name: old\nVersion: 0.1\n";
    (void)state;
    tarmaker_file_str(tar, SITE "Flask-3.0.dist-info/METADATA", metadata);
    tarmaker_file_str(tar, SITE "Flask-3.0.dist-info/RECORD", record);
    tarmaker_file_str(tar, SITE "Flask-3.0.dist-info/INSTALLER", "pip");
    tarmaker_file_str(tar, SITE "flask/app.py", "1234");
    tarmaker_file_str(tar, SITE "flask/a \"b\", c.py", "12");
    tarmaker_file_str(tar, SITE "flask/app.pyc", "123"); /* is nobody's */
    tarmaker_file_str(tar, "usr/bin/flask", "1");
    tarmaker_file_str(tar, SITE "old.egg-info", egg);
    take_stock(&stock);

    assert_package(&stock, "pip", "Flask", "3.0",
                   (int64_t)(strlen(metadata) + strlen(record)) + 3 + 4 + 2 + 1);
    assert_package(&stock, "pip", "old", "0.1", (int64_t)strlen(egg));
    assert_int_equal(stock.packages.unowned_bytes, 3);
    give_back(&stock);
}

static void npm_owns_folders_but_for_packages_within(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    static const char outer[] = "{\"name\":\"outer\",\"version\":\"1.0.0\"}";
    static const char scoped[] =
        "\xef\xbb\xbf{\"name\":\"@s/inner\",\"version\":\"2.0.0\"}";
    (void)state;
    tarmaker_file_str(tar, "app/package.json", "{\"name\":\"app\"}"); /* no dependency */
    tarmaker_file_str(tar, "app/node_modules/outer/package.json", outer);
    tarmaker_file_str(tar, "app/node_modules/outer/lib/x.js", "1234");
    tarmaker_file_str(tar, "app/node_modules/outer/lib/package.json",
                      "{}"); /* no package */
    tarmaker_file_str(tar, "app/node_modules/outer/node_modules/@s/inner/package.json",
                      scoped);
    tarmaker_file_str(tar, "app/node_modules/outer/node_modules/@s/inner/y.js", "12");
    tarmaker_file_str(tar, "app/node_modules/broken/package.json", "{\"name\":");
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 3);
    assert_package(&stock, "npm", "outer", "1.0.0", (int64_t)strlen(outer) + 4 + 2);
    assert_package(&stock, "npm", "@s/inner", "2.0.0", (int64_t)strlen(scoped) + 2);
    assert_package(&stock, "npm", "broken", "(none)", 8);
    assert_true(is_warned_of(&stock, "npm"));
    give_back(&stock);
}

#define GEMS "usr/lib/ruby/gems/3.1.0/"

static void gem_owns_its_folder_by_its_name(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    (void)state;
    tarmaker_file_str(tar, GEMS "specifications/net-http2-1.2.3.gemspec", "123");
    tarmaker_file_str(tar, GEMS "gems/net-http2-1.2.3/lib/a.rb", "12345");
    tarmaker_file_str(tar, GEMS "specifications/nokogiri-1.16.0-x86_64-linux.gemspec", "1");
    tarmaker_file_str(tar, GEMS "gems/nokogiri-1.16.0-x86_64-linux/a.so", "12");
    tarmaker_file_str(tar, GEMS "specifications/default/json-2.6.gemspec", "1234");
    take_stock(&stock);

    assert_package(&stock, "gem", "net-http2", "1.2.3", 8);
    assert_package(&stock, "gem", "nokogiri", "1.16.0", 3);
    assert_package(&stock, "gem", "json", "2.6", 4);
    give_back(&stock);
}

/* Programs */

static void add_program(struct tarmaker *tar, const char *path, const struct bytes *program)
{
    const struct tar_member member = {
        .name = path, .mode = 0755, .data = program->data, .data_size = program->size};
    tarmaker_add(tar, &member);
}

static void go_program_tells_what_it_was_built_from(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct bytes program = BYTES_INIT;
    (void)state;
    make_go_program(&program, "path\texample.org/app/cmd\nmod\texample.org/app\tv1.2.0\t\n"
                              "dep\texample.org/lib\tv0.1.0\th1:x\n"
                              "dep\texample.org/replaced\tv0.2.0\n"
                              "=>\texample.org/fork\tv0.3.0\th1:y\nbuild\t-compiler=gc\n");
    add_program(add_layer(&stock), "bin/app", &program);
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 4);
    assert_package(&stock, "go", "example.org/app", "v1.2.0", (int64_t)program.size);
    assert_package(&stock, "go", "example.org/lib", "v0.1.0", 0);
    assert_package(&stock, "go", "example.org/fork", "v0.3.0", 0);
    assert_package(&stock, "go", "stdlib", "go1.22.1", 0);
    assert_int_equal(find(&stock, "go", "stdlib")->within, 0);
    bytes_release(&program);
    give_back(&stock);
}

static void rust_program_tells_its_crates(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct bytes program = BYTES_INIT;
    (void)state;
    make_rust_program(&program,
                      "{\"packages\":[{\"name\":\"serde\",\"version\":\"1.0.2\"},"
                      "{\"name\":\"cc\",\"version\":\"1.1\",\"kind\":\"build\"},"
                      "{\"name\":\"tool\",\"version\":\"0.4.0\",\"root\":true}]}");
    add_program(add_layer(&stock), "bin/tool", &program);
    take_stock(&stock);

    assert_int_equal(stock.packages.count, 2);
    assert_package(&stock, "rust", "tool", "0.4.0", (int64_t)program.size);
    assert_package(&stock, "rust", "serde", "1.0.2", 0);
    bytes_release(&program);
    give_back(&stock);
}

static void upper_kind_owns_what_two_kinds_tell_of(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    struct bytes program = BYTES_INIT;
    (void)state;
    make_go_program(&program, "path\tx\nmod\tx\tv1\n");
    tarmaker_file_str(tar, "var/lib/dpkg/status",
                      "Package: x\nStatus: install ok installed\nVersion: 1-1\n");
    tarmaker_file_str(tar, "var/lib/dpkg/info/x.list", "/usr/bin/x\n");
    add_program(tar, "usr/bin/x", &program);
    take_stock(&stock);

    assert_package(&stock, "dpkg", "x", "1-1", (int64_t)program.size);
    assert_package(&stock, "go", "x", "v1", 0);
    assert_int_equal(find(&stock, "go", "x")->shared_bytes, (int64_t)program.size);
    bytes_release(&program);
    give_back(&stock);
}

/* Hostile */

static void paths_lead_nowhere_outside(void **state)
{
    struct stock stock = {.layer_count = 0};
    struct tarmaker *tar = add_layer(&stock);
    (void)state;
    tarmaker_file_str(
        tar, "lib/apk/db/installed",
        "P:a\nV:1\nF:loop/x\nR:y\nF:../../etc\nR:motd\nF:\nR:.\nR:..\nR:\nF\nR:q\n");
    tarmaker_symlink(tar, "loop", "loop/loop");
    tarmaker_file_str(tar, "etc/motd", "12");
    take_stock(&stock);

    assert_package(&stock, "apk", "a", "1", 2); /* ".." at the root is the root */
    give_back(&stock);
}

static void packages_of_random_images_add_up(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct stock stock = {.layer_count = 0};
        struct model_image model;
        struct bytes archive = BYTES_INIT;
        random_image(seed, 0, &model);
        model_image_add_layer(&model);
        model_image_add_file(
            &model, "lib/apk/db/installed",
            "P:a\nF:a\nR:a\nR:b\nR:c\nF:b/c\nR:d\n\nP:b\nF:\nR:a\nR:b\nF:a\nR:b\n");
        model_image_archive(&model, IMAGE_OCI, LAYER_PLAIN, 0, &archive);
        take_stock_of(&stock, &archive);
        give_back(&stock);
        bytes_release(&archive);
        model_image_release(&model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dpkg_owns_what_its_lists_name),
        cmocka_unit_test(dpkg_of_distroless_has_a_file_for_each_package),
        cmocka_unit_test(diverted_file_belongs_to_whom_dpkg_says),
        cmocka_unit_test(file_of_two_packages_counts_for_the_first),
        cmocka_unit_test(database_of_the_top_layer_rules),
        cmocka_unit_test(rpm_is_read_from_sqlite),
        cmocka_unit_test(rpm_is_read_from_ndb),
        cmocka_unit_test(rpm_of_berkeley_db_is_told_and_not_read),
        cmocka_unit_test(no_byte_of_a_database_breaks_its_reader),
        cmocka_unit_test(pip_owns_its_record_and_what_lies_beside),
        cmocka_unit_test(npm_owns_folders_but_for_packages_within),
        cmocka_unit_test(gem_owns_its_folder_by_its_name),
        cmocka_unit_test(go_program_tells_what_it_was_built_from),
        cmocka_unit_test(rust_program_tells_its_crates),
        cmocka_unit_test(upper_kind_owns_what_two_kinds_tell_of),
        cmocka_unit_test(paths_lead_nowhere_outside),
        cmocka_unit_test(packages_of_random_images_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
