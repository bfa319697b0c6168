/* Package databases and programs within an image. The first byte says which place the rest
 * lies at; what follows a line "--" lies beside it, in the list that goes with the
 * database. Whatever they hold, packages and what none owns sum to live_bytes, and the
 * inventory is printed without control characters. */
#include "analyzer/packages.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/analysis.h"
#include "analyzer/report/inventory.h"
#include "core/json.h"
#include "core/memory.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/damage.h"
#include "tests/support/tarmaker.h"

struct place {
    const char *path;
    const char *beside; /* NULL: nothing goes with it */
};

static const struct place places[] = {
    {"var/lib/dpkg/status", "var/lib/dpkg/info/a.list"},
    {"var/lib/dpkg/status.d/a", "var/lib/dpkg/status.d/a.md5sums"},
    {"var/lib/dpkg/status", "var/lib/dpkg/diversions"},
    {"lib/apk/db/installed", NULL},
    {"var/lib/rpm/rpmdb.sqlite", NULL},
    {"var/lib/rpm/Packages.db", NULL},
    {"usr/lib/a-1.dist-info/METADATA", "usr/lib/a-1.dist-info/RECORD"},
    {"usr/lib/a.egg-info/PKG-INFO", "usr/lib/a.egg-info/installed-files.txt"},
    {"usr/lib/node_modules/a/package.json", "usr/lib/node_modules/@s/b/package.json"},
    {"usr/lib/specifications/a-1.gemspec", NULL},
    {"usr/bin/program", NULL},
};

static void add_file(struct tarmaker *tar, const char *path, struct span text)
{
    const struct tar_member member = {
        .name = path, .mode = 0755, .data = text.ptr, .data_size = text.len};
    tarmaker_add(tar, &member);
}

/* What the databases may claim. */
static void add_files(struct tarmaker *tar)
{
    tarmaker_file_str(tar, "usr/bin/a", "12345");
    tarmaker_file_str(tar, "usr/bin/bash", "12");
    tarmaker_hardlink(tar, "usr/bin/b", "usr/bin/a");
    tarmaker_symlink(tar, "bin", "usr/bin");
    tarmaker_symlink(tar, "loop", "loop/../loop");
    tarmaker_symlink(tar, "usr/up", "..");
    tarmaker_file_str(tar, "usr/lib/gems/a-1/x", "1");
}

static void build(struct bytes *ret_archive, const uint8_t *data, size_t size)
{
    struct tarmaker tar = TARMAKER_INIT;
    const struct place *place = &places[data[0] % ARRAY_SIZE(places)];
    struct span first = span_of((const char *)data + 1, size - 1), second = {"", 0};
    const char *cut = place->beside ? memmem(first.ptr, first.len, "\n--\n", 4) : NULL;
    if (cut) {
        second = span_of(cut + 4, first.len - (size_t)(cut + 4 - first.ptr));
        first.len = (size_t)(cut + 1 - first.ptr);
    }
    add_file(&tar, place->path, first);
    if (place->beside)
        add_file(&tar, place->beside, second);
    add_files(&tar);
    tarmaker_finish(&tar);
    const struct docker_parts parts = {.layer = tar.out.data, .layer_size = tar.out.size};
    docker_archive_make(&parts, ret_archive);
    tarmaker_release(&tar);
}

static void check_sums(const struct packages *packages, const struct accounting *accounting)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < packages->count; i++) {
        const struct package *package = &packages->items[i];
        bytes += package->bytes;
        if (package->layer >= accounting->layer_count ||
            (package->within != PACKAGE_NONE &&
             (package->within >= packages->count || package->bytes)))
            abort();
    }
    if (bytes != packages->owned_bytes ||
        bytes + packages->unowned_bytes != accounting->live_bytes)
        abort();
}

static void check_screen(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.ptr[i] < ' ' && text.ptr[i] != '\n') ||
            text.ptr[i] == 0x7f)
            abort();
}

static void check_document(struct span text)
{
    struct error error = ERROR_INIT;
    cleanup_json json_t *document = NULL;
    if (json_parse(&document, text, &error) < 0)
        abort();
}

static void check_inventory(const struct analysis *analysis,
                            const struct packages *packages)
{
    const struct inventory inventory = {.packages = packages};
    const struct report report = {.analysis = analysis, .inventory = &inventory};
    const struct report_options options = {.style = {"", "", "", "", "", ""}, .width = 80};
    for (size_t i = 0; inventory_formats[i]; i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        struct sink sink = sink_to_strbuf(&text);
        struct error error = ERROR_INIT;
        if (inventory_formats[i]->write(&report, &options, &sink, &error) < 0)
            abort();
        if (strcmp(inventory_formats[i]->name, "text") == 0)
            check_screen(span_of(text.buf, text.len));
        if (strcmp(inventory_formats[i]->name, "json") == 0)
            check_document(span_of(text.buf, text.len));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes archive = BYTES_INIT;
    struct scratch scratch;
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct package_watch watch;
    struct packages packages;
    const struct watcher *const watchers[] = {&watch.watcher, NULL};
    const struct limits limits = fuzz_limits();
    const struct analysis_options options = {
        .limits = &limits, .threads = 1, .top = 1, .watchers = watchers};
    if (!size)
        return 0;
    build(&archive, data, size);
    scratch_open(&scratch, archive.data, archive.size);
    package_watch_start(&watch, &limits);
    if (analysis_run(&analysis, scratch.path, &options, &error) == 0) {
        packages_collect(&packages, analysis->image, &analysis->accounting, &watch);
        check_sums(&packages, &analysis->accounting);
        check_inventory(analysis, &packages);
        packages_release(&packages);
        analysis_free(analysis);
    }
    error_release(&error);
    package_watch_release(&watch);
    scratch_close(&scratch);
    bytes_release(&archive);
    return 0;
}
