/* Bad input: whatever the bytes are, reading them ends with a clear error or with figures
 * that keep their identities, and nothing else. */
#include "analyzer/analysis.h"
#include "analyzer/packages.h"

#include <bzlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/damage.h"
#include "tests/support/imagemaker.h"
#include "tests/support/tarmaker.h"
#include "tests/support/check.h"

#define SMALL_BYTES 60000
#define CUT_STEP 512

static struct limits limits;

static void assert_harmless(const char *text)
{
    assert_non_null(text);
    assert_true(*text != '\0');
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' && *p != '\n')
            fail_msg("control character in an error: %s", text);
}

/* The error code of an analysis; ERROR_NONE where it went through. */
static enum error_code analyze(const char *path, bool keep_going, struct error *err)
{
    struct analysis *analysis;
    struct analysis_options options = {
        .limits = &limits, .threads = 2, .top = 20, .keep_going = keep_going};
    if (analysis_run(&analysis, path, &options, err) < 0) {
        assert_harmless(err->text);
        return err->code;
    }
    if (broken_identity(analysis))
        fail_msg("%s: %s", path, broken_identity(analysis));
    enum error_code partial = analysis->image->damage.code;
    if (partial != ERROR_NONE) {
        assert_harmless(analysis->image->damage.text);
        error_set(err, partial, "%s", analysis->image->damage.text);
    }
    analysis_free(analysis);
    return partial;
}

static enum error_code analyze_bytes(const struct bytes *archive, bool keep_going,
                                     struct error *err)
{
    struct scratch scratch;
    scratch_open(&scratch, archive->data, archive->size);
    enum error_code code = analyze(scratch.path, keep_going, err);
    scratch_close(&scratch);
    return code;
}

static void assert_refused(const char *path, bool keep_going)
{
    struct error error = ERROR_INIT;
    enum error_code code = analyze(path, keep_going, &error);
    assert_true(code == ERROR_NONE || code == ERROR_INPUT || code == ERROR_USAGE ||
                code == ERROR_LIMIT);
    error_release(&error);
}

static void cut_fixture(const char *path)
{
    struct bytes whole = BYTES_INIT;
    struct scratch scratch;
    bytes_read_file(&whole, path);
    scratch_open(&scratch, whole.data, whole.size);
    size_t last = whole.size - 1;
    for (size_t cut = last - last % CUT_STEP; cut > 0; cut -= CUT_STEP) {
        scratch_cut(&scratch, cut);
        assert_refused(scratch.path, false);
        assert_refused(scratch.path, true);
    }
    scratch_close(&scratch);
    bytes_release(&whole);
}

static void every_cut_of_every_small_fixture_is_survived(void **state)
{
    FILE *table = fopen(FIXTURES "/images/fixtures.tsv", "r");
    char line[512], path[1024], last[1024] = "";
    struct stat st;
    (void)state;
    limits = limits_default();
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        line[strcspn(line, "\t")] = '\0';
        snprintf(path, sizeof path, "%s/images/%s", FIXTURES, line);
        if (line[0] == '#' || strcmp(path, last) == 0 || stat(path, &st) < 0 ||
            !S_ISREG(st.st_mode) || st.st_size > SMALL_BYTES)
            continue;
        snprintf(last, sizeof last, "%s", path);
        cut_fixture(path);
    }
    fclose(table);
}

/* Documents of the wrong shape. */

struct shape {
    const char *name;
    const char *manifest, *config;                     /* of docker save; */
    const char *oci_index, *oci_manifest, *oci_config; /* or of an OCI layout */
    enum error_code code;
    const char *says; /* part of the text */
};

#define SHA "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* clang-format off */
static const struct shape shapes[] = {
    {.name = "empty array", .manifest = "[]", .code = ERROR_INPUT, .says = "lists no image"},
    {.name = "null", .manifest = "null", .code = ERROR_INPUT, .says = "is null, not an array"},
    {.name = "object", .manifest = "{}", .code = ERROR_INPUT, .says = "not an array"},
    {.name = "number", .manifest = "7", .code = ERROR_INPUT, .says = "manifest.json"},
    {.name = "no text", .manifest = "  ", .code = ERROR_INPUT, .says = "manifest.json"},
    {.name = "cut", .manifest = "[{\"Config\":", .code = ERROR_INPUT, .says = "not JSON: line 1"},
    {.name = "trailing", .manifest = "[] x", .code = ERROR_INPUT, .says = "not JSON"},
    {.name = "null item", .manifest = "[null]", .code = ERROR_INPUT, .says = "is null"},
    {.name = "no config", .manifest = "[{\"Layers\":[]}]", .code = ERROR_INPUT,
     .says = "has no 'Config'"},
    {.name = "number for config", .manifest = "[{\"Config\":5}]", .code = ERROR_INPUT,
     .says = "'Config' is an integer, not a string"},
    {.name = "no layers", .manifest = "[{\"Config\":\"cfg.json\"}]", .code = ERROR_INPUT,
     .says = "0 layers, the configuration 1"},
    {.name = "text for layers", .manifest = "[{\"Config\":\"cfg.json\",\"Layers\":\"x\"}]",
     .code = ERROR_INPUT, .says = "'Layers' is a string"},
    {.name = "number in layers", .manifest = "[{\"Config\":\"cfg.json\",\"Layers\":[1]}]",
     .code = ERROR_INPUT, .says = "not a string"},
    {.name = "object for tags",
     .manifest = "[{\"Config\":\"cfg.json\",\"RepoTags\":{},\"Layers\":[\"layer.tar\"]}]",
     .code = ERROR_INPUT, .says = "'RepoTags'"},
    {.name = "duplicate key",
     .manifest = "[{\"Config\":\"cfg.json\",\"Config\":\"cfg.json\",\"Layers\":[\"layer.tar\"]}]",
     .code = ERROR_INPUT, .says = "duplicate"},
    {.name = "climbing layer",
     .manifest = "[{\"Config\":\"cfg.json\",\"Layers\":[\"../../etc/passwd\"]}]",
     .code = ERROR_INPUT, .says = "points out of the archive"},
    {.name = "climbing config", .manifest = "[{\"Config\":\"../x\",\"Layers\":[]}]",
     .code = ERROR_INPUT, .says = "points out of the archive"},
    {.name = "absent layer", .manifest = "[{\"Config\":\"cfg.json\",\"Layers\":[\"gone.tar\"]}]",
     .code = ERROR_INPUT, .says = "not in the archive"},
    {.name = "absent config", .manifest = "[{\"Config\":\"gone.json\",\"Layers\":[]}]",
     .code = ERROR_INPUT, .says = "has no 'gone.json'"},
    {.name = "control characters",
     .manifest = "[{\"Config\":\"\\u001b[31mred\\u0007\",\"Layers\":[]}]", .code = ERROR_INPUT,
     .says = "\\x1b"},
    {.name = "NUL in a name", .manifest = "[{\"Config\":\"a\\u0000b\",\"Layers\":[]}]",
     .code = ERROR_INPUT, .says = "manifest.json"},
    {.name = "config array", .config = "[]", .code = ERROR_INPUT, .says = "not an object"},
    {.name = "config null", .config = "null", .code = ERROR_INPUT, .says = "not an object"},
    {.name = "config empty", .config = "{}", .code = ERROR_INPUT, .says = "0 diff_ids"},
    {.name = "rootfs text", .config = "{\"rootfs\":\"x\"}", .code = ERROR_INPUT,
     .says = "'rootfs' is a string"},
    {.name = "diff_ids object", .config = "{\"rootfs\":{\"diff_ids\":{}}}", .code = ERROR_INPUT,
     .says = "'diff_ids'"},
    {.name = "diff_id number", .config = "{\"rootfs\":{\"diff_ids\":[1]}}", .code = ERROR_INPUT,
     .says = "is no digest"},
    {.name = "diff_id path", .config = "{\"rootfs\":{\"diff_ids\":[\"sha256:../../x\"]}}",
     .code = ERROR_INPUT, .says = "is no digest"},
    {.name = "history object",
     .config = "{\"rootfs\":{\"diff_ids\":[\"" SHA "\"]},\"history\":{}}", .code = ERROR_INPUT,
     .says = "'history'"},
    {.name = "history item",
     .config = "{\"rootfs\":{\"diff_ids\":[\"" SHA "\"]},\"history\":[3]}", .code = ERROR_INPUT,
     .says = "history step 0"},
    {.name = "history flag",
     .config = "{\"rootfs\":{\"diff_ids\":[\"" SHA "\"]},\"history\":[{\"empty_layer\":\"no\"}]}",
     .code = ERROR_INPUT, .says = "'empty_layer'"},
    {.name = "index array", .oci_index = "[]", .code = ERROR_INPUT, .says = "not an object"},
    {.name = "index null", .oci_index = "null", .code = ERROR_INPUT, .says = "not an object"},
    {.name = "index empty", .oci_index = "{}", .code = ERROR_INPUT, .says = "no image"},
    {.name = "manifests null", .oci_index = "{\"manifests\":null}", .code = ERROR_INPUT,
     .says = "no image"},
    {.name = "manifests text", .oci_index = "{\"manifests\":\"x\"}", .code = ERROR_INPUT,
     .says = "'manifests'"},
    {.name = "descriptor number", .oci_index = "{\"manifests\":[1]}", .code = ERROR_INPUT,
     .says = "a descriptor"},
    {.name = "descriptor without digest", .oci_index = "{\"manifests\":[{}]}",
     .code = ERROR_INPUT, .says = "is no digest"},
    {.name = "digest as path", .oci_index = "{\"manifests\":[{\"digest\":\"sha256:../../x\"}]}",
     .code = ERROR_INPUT, .says = "is no digest"},
    {.name = "digest upper case",
     .oci_index = "{\"manifests\":[{\"digest\":\"sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E46"
                  "49B934CA495991B7852B855\"}]}",
     .code = ERROR_INPUT, .says = "is no digest"},
    {.name = "digest of another kind", .oci_index = "{\"manifests\":[{\"digest\":\"md5:00\"}]}",
     .code = ERROR_INPUT, .says = "is no digest"},
    {.name = "absent manifest", .oci_index = "{\"manifests\":[{\"digest\":\"" SHA "\"}]}",
     .code = ERROR_INPUT, .says = "manifest is not in the archive"},
    {.name = "index with layers", .oci_index = "{\"manifests\":[],\"layers\":[]}",
     .code = ERROR_INPUT, .says = "a manifest and an index at once"},
    {.name = "manifest array", .oci_manifest = "[]", .code = ERROR_INPUT,
     .says = "not an object"},
    {.name = "manifest text", .oci_manifest = "hello", .code = ERROR_INPUT, .says = "not JSON"},
    {.name = "manifest empty", .oci_manifest = "{}", .code = ERROR_INPUT, .says = "no 'config'"},
    {.name = "manifest is both",
     .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":0},\"layers\":[],"
                     "\"manifests\":[]}",
     .code = ERROR_INPUT, .says = "a manifest and an index at once"},
    {.name = "config is text", .oci_manifest = "{\"config\":\"x\",\"layers\":[]}",
     .code = ERROR_INPUT, .says = "'config' is a string"},
    {.name = "config of no digest", .oci_manifest = "{\"config\":{},\"layers\":[]}",
     .code = ERROR_INPUT, .says = "is no digest"},
    {.name = "config size text",
     .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":\"1\"},\"layers\":[]}",
     .code = ERROR_INPUT, .says = "'size' is a string"},
    {.name = "negative size",
     .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":-1},\"layers\":[]}",
     .code = ERROR_INPUT, .says = "size is negative"},
    {.name = "huge size",
     .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":99999999999999999999},"
                     "\"layers\":[]}",
     .code = ERROR_INPUT, .says = "not JSON"},
    {.name = "no layers", .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":0}}",
     .code = ERROR_INPUT, .says = "no 'layers'"},
    {.name = "layers text",
     .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":0},\"layers\":\"x\"}",
     .code = ERROR_INPUT, .says = "'layers' is a string"},
    {.name = "layer null",
     .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":0},\"layers\":[null]}",
     .code = ERROR_INPUT, .says = "a layer is null"},
    {.name = "layer path",
     .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":0},\"layers\":[{\"digest\":"
                     "\"sha256:../../../etc/passwd\"}]}",
     .code = ERROR_INPUT, .says = "is no digest"},
    {.name = "schema 1", .oci_manifest = "{\"config\":null,\"fsLayers\":[]}", .code = ERROR_INPUT,
     .says = "schema 1"},
    {.name = "artifact",
     .oci_manifest = "{\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":"
                     "\"" SHA "\",\"size\":0},\"layers\":[]}",
     .code = ERROR_INPUT, .says = "not an image"},
    {.name = "absent blob",
     .oci_manifest = "{\"config\":{\"digest\":\"" SHA "\",\"size\":0},\"layers\":[]}",
     .code = ERROR_INPUT, .says = "has no 'blobs/sha256/e3b0c4"},
    {.name = "config is no JSON", .oci_config = "x", .code = ERROR_INPUT, .says = "not JSON"},
    {.name = "config without diff_ids", .oci_config = "{\"rootfs\":{\"diff_ids\":[]}}",
     .code = ERROR_INPUT, .says = "1 layers, the configuration 0"},
};
/* clang-format on */

static void make_shape(const struct shape *shape, struct bytes *ret_archive)
{
    if (shape->manifest || shape->config) {
        const struct docker_parts parts = {.manifest = shape->manifest,
                                           .config = shape->config};
        docker_archive_make(&parts, ret_archive);
        return;
    }
    const struct oci_parts parts = {.index = shape->oci_index,
                                    .manifest = shape->oci_manifest,
                                    .config = shape->oci_config};
    oci_archive_make(&parts, ret_archive);
}

static void documents_of_wrong_shape_are_refused_with_the_reason(void **state)
{
    (void)state;
    limits = limits_default();
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const struct shape *shape = &shapes[i];
        for (int keep_going = 0; keep_going < 2; keep_going++) {
            struct bytes archive = BYTES_INIT;
            struct error error = ERROR_INIT;
            make_shape(shape, &archive);
            enum error_code code = analyze_bytes(&archive, keep_going, &error);
            if (code != shape->code)
                fail_msg("%s: code %d: %s", shape->name, (int)code, error.text);
            if (!strstr(error.text, shape->says))
                fail_msg("%s: '%s' does not say '%s'", shape->name, error.text,
                         shape->says);
            error_release(&error);
            bytes_release(&archive);
        }
    }
}

static void deep_documents_are_a_limit(void **state)
{
    struct bytes manifest = BYTES_INIT, archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    limits = limits_default();
    for (int i = 0; i < 100000; i++)
        bytes_add_str(&manifest, "[");
    bytes_add(&manifest, "", 1);
    const struct docker_parts parts = {.manifest = (const char *)manifest.data};
    docker_archive_make(&parts, &archive);

    assert_int_equal(analyze_bytes(&archive, false, &error), ERROR_LIMIT);

    assert_non_null(strstr(error.text, "nests deeper"));
    error_release(&error);
    bytes_release(&manifest);
    bytes_release(&archive);
}

/* The outer archive. */

static void assert_bytes_refused(const void *data, size_t size, const char *says)
{
    struct error error = ERROR_INIT;
    const struct bytes archive = {.data = (unsigned char *)(uintptr_t)data, .size = size};
    limits = limits_default();
    assert_int_equal(analyze_bytes(&archive, false, &error), ERROR_INPUT);
    if (!strstr(error.text, says))
        fail_msg("'%s' does not say '%s'", error.text, says);
    error_release(&error);
}

static void what_is_no_archive_is_refused(void **state)
{
    static const unsigned char gzip_magic[] = {0x1f, 0x8b, 8, 0};
    char random[2000];
    (void)state;
    for (size_t i = 0; i < sizeof random; i++)
        random[i] = (char)(i * 37 + i / 7);
    assert_bytes_refused("", 0, "empty");
    assert_bytes_refused("hello", 5, "neither a tar nor compressed");
    assert_bytes_refused(random, sizeof random, "neither a tar nor compressed");
    assert_bytes_refused(gzip_magic, sizeof gzip_magic, "gzip stream");
}

static void absent_path_is_refused(void **state)
{
    struct error error = ERROR_INIT;
    (void)state;
    limits = limits_default();
    assert_int_equal(analyze("/nonexistent/\x1b[31m", false, &error), ERROR_INPUT);
    error_release(&error);
}

static void empty_folder_is_an_empty_root(void **state)
{
    struct error error = ERROR_INIT;
    char folder[] = "/tmp/ullage-damage-XXXXXX";
    (void)state;
    limits = limits_default();
    assert_non_null(mkdtemp(folder));
    assert_int_equal(analyze(folder, false, &error), ERROR_NONE);
    rmdir(folder);
}

static void links_that_loop_or_climb_name_no_blob(void **state)
{
    static const char *const targets[][2] = {
        {"layer.tar", "layer.tar"},
        {"layer.tar", "../../../../etc/passwd"},
        {"layer.tar", "/etc/passwd"},
        {"layer.tar", "other.tar"}, /* which links back */
    };
    (void)state;
    limits = limits_default();
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct tarmaker tar = TARMAKER_INIT;
        struct error error = ERROR_INIT;
        tarmaker_file_str(&tar, "manifest.json",
                          "[{\"Config\":\"c.json\",\"Layers\":[\"layer.tar\"]}]");
        tarmaker_file_str(&tar, "c.json", "{\"rootfs\":{\"diff_ids\":[\"" SHA "\"]}}");
        tarmaker_symlink(&tar, targets[i][0], targets[i][1]);
        tarmaker_symlink(&tar, "other.tar", "layer.tar");
        tarmaker_finish(&tar);
        assert_int_equal(analyze_bytes(&tar.out, false, &error), ERROR_INPUT);
        assert_non_null(strstr(error.text, "not in the archive"));
        error_release(&error);
        tarmaker_release(&tar);
    }
}

static void add_odd_size(struct tarmaker *tar, const char *name, unsigned flags,
                         uint64_t size)
{
    const struct tar_member member = {
        .name = name, .flags = flags, .header_size = size, .data = "x", .data_size = 1};
    tarmaker_add(tar, &member);
}

static void sizes_beyond_reason_are_refused(void **state)
{
    static const struct {
        unsigned flags;
        uint64_t size;
    } rows[] = {
        {TAR_NEGATIVE_SIZE, 1},
        {TAR_NEGATIVE_SIZE, (uint64_t)1 << 62},
        {TAR_HEADER_SIZE, (uint64_t)1 << 62},
        {TAR_HEADER_SIZE, INT64_MAX},
        {TAR_HEADER_SIZE, INT64_MAX - 511},
        {TAR_HEADER_SIZE, 1 << 20},
    };
    (void)state;
    limits = limits_default();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tarmaker layer = TARMAKER_INIT, outer = TARMAKER_INIT;
        struct bytes archive = BYTES_INIT;
        struct error error = ERROR_INIT;
        tarmaker_file_str(&layer, "before", "hello");
        add_odd_size(&layer, "odd", rows[i].flags, rows[i].size);
        tarmaker_finish(&layer);
        const struct docker_parts parts = {.layer = layer.out.data,
                                           .layer_size = layer.out.size};
        docker_archive_make(&parts, &archive);
        if (analyze_bytes(&archive, false, &error) != ERROR_INPUT)
            fail_msg("layer, row %zu", i);
        assert_non_null(strstr(error.text, "layer 0"));
        error_release(&error);
        assert_int_equal(analyze_bytes(&archive, true, &error), ERROR_INPUT);
        error_release(&error);

        add_odd_size(&outer, "odd", rows[i].flags, rows[i].size);
        tarmaker_finish(&outer);
        if (analyze_bytes(&outer.out, false, &error) != ERROR_INPUT)
            fail_msg("archive, row %zu", i);
        error_release(&error);
        tarmaker_release(&layer);
        tarmaker_release(&outer);
        bytes_release(&archive);
    }
}

/* Compressed layers. */

static void compress_bzip2(const struct bytes *tar, struct bytes *ret_layer)
{
    unsigned len = (unsigned)(tar->size + tar->size / 50 + 600);
    char *out = (char *)bytes_extend(ret_layer, len);
    assert_int_equal(BZ2_bzBuffToBuffCompress(out, &len, (char *)tar->data,
                                              (unsigned)tar->size, 9, 0, 0),
                     BZ_OK);
    ret_layer->size = len;
}

static void noisy_layer(struct tarmaker *tar, size_t size)
{
    char *data = malloc(size);
    uint64_t state = 42;
    for (size_t i = 0; i < size; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        data[i] = (char)(state >> 33);
    }
    tarmaker_file(tar, "noise", data, size);
    tarmaker_finish(tar);
    free(data);
}

static enum error_code analyze_layer(const void *layer, size_t size, bool keep_going,
                                     struct error *err)
{
    struct bytes archive = BYTES_INIT;
    const struct docker_parts parts = {.layer = layer, .layer_size = size};
    docker_archive_make(&parts, &archive);
    enum error_code code = analyze_bytes(&archive, keep_going, err);
    bytes_release(&archive);
    return code;
}

static const struct {
    const char *name;
    int how; /* -1: bzip2 */
} compressions[] = {
    {"gzip", LAYER_GZIP}, {"gzip", LAYER_GZIP_MEMBERS},
    {"zstd", LAYER_ZSTD}, {"xz", LAYER_XZ},
    {"bzip2", -1},
};

static void make_compressed(size_t row, const struct bytes *tar, struct bytes *ret_layer)
{
    if (compressions[row].how < 0)
        compress_bzip2(tar, ret_layer);
    else
        image_compress(tar->data, tar->size, (enum layer_compression)compressions[row].how,
                       ret_layer);
}

static void cut_compressed_layers_are_damage_with_the_address(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    (void)state;
    limits = limits_default();
    noisy_layer(&tar, 20000);
    for (size_t i = 0; i < sizeof compressions / sizeof compressions[0]; i++) {
        struct bytes layer = BYTES_INIT;
        make_compressed(i, &tar.out, &layer);
        const size_t cuts[] = {layer.size - 1, layer.size - 4, layer.size / 2, 20};
        for (size_t c = 0; c < 4; c++) {
            struct error error = ERROR_INIT;
            if (analyze_layer(layer.data, cuts[c], false, &error) != ERROR_INPUT)
                fail_msg("%s cut at %zu of %zu", compressions[i].name, cuts[c], layer.size);
            assert_non_null(strstr(error.text, "layer 0"));
            if (!strstr(error.text, compressions[i].name) || !strstr(error.text, "byte"))
                fail_msg("%s cut at %zu: %s", compressions[i].name, cuts[c], error.text);
            error_release(&error);
            assert_int_equal(analyze_layer(layer.data, cuts[c], true, &error), ERROR_INPUT);
            error_release(&error);
        }
        bytes_release(&layer);
    }
    tarmaker_release(&tar);
}

static void every_flip_in_a_compressed_layer_is_survived(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    (void)state;
    limits = limits_default();
    noisy_layer(&tar, 600);
    for (size_t i = 0; i < sizeof compressions / sizeof compressions[0]; i++) {
        struct bytes layer = BYTES_INIT;
        make_compressed(i, &tar.out, &layer);
        for (size_t at = 0; at < layer.size; at++) {
            struct error error = ERROR_INIT;
            layer.data[at] ^= (unsigned char)(1u << at % 8);
            analyze_layer(layer.data, layer.size, at % 2, &error);
            layer.data[at] ^= (unsigned char)(1u << at % 8);
            error_release(&error);
        }
        bytes_release(&layer);
    }
    tarmaker_release(&tar);
}

static void wrong_gzip_checksum_is_damage(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes layer = BYTES_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    limits = limits_default();
    noisy_layer(&tar, 5000);
    image_compress(tar.out.data, tar.out.size, LAYER_GZIP, &layer);
    layer.data[layer.size - 8] ^= 1;

    assert_int_equal(analyze_layer(layer.data, layer.size, false, &error), ERROR_INPUT);

    assert_non_null(strstr(error.text, "gzip stream is damaged"));
    error_release(&error);
    tarmaker_release(&tar);
    bytes_release(&layer);
}

/* Limits. */

static void override(const char *assignment)
{
    struct error error = ERROR_INIT;
    limits = limits_default();
    assert_int_equal(limits_override(&limits, assignment, &error), 0);
}

static void assert_names_limit(const struct error *error, const char *name)
{
    if (!error->text || !strstr(error->text, name))
        fail_msg("'%s' does not name the limit %s", error->text, name);
}

/* A limit that stops the archive: the whole work ends. */
static void assert_archive_limit(const struct bytes *archive, const char *assignment,
                                 const char *name)
{
    struct error error = ERROR_INIT;
    assert_int_equal(analyze_bytes(archive, false, &error), ERROR_NONE);
    override(assignment);
    if (analyze_bytes(archive, false, &error) != ERROR_LIMIT)
        fail_msg("%s is not hit: %s", name, error.text);
    assert_names_limit(&error, name);
    assert_int_equal(error_exit_status(error.code), 6);
    error_release(&error);
    limits = limits_default();
}

/* A limit that stops a layer: the rest is reported, and what was hit. */
static void assert_layer_limit(const void *layer, size_t size, const char *assignment,
                               const char *name)
{
    struct bytes archive = BYTES_INIT;
    struct scratch scratch;
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct analysis_options options = {.limits = &limits, .threads = 2, .top = 20};
    const struct docker_parts parts = {.layer = layer, .layer_size = size};
    docker_archive_make(&parts, &archive);
    scratch_open(&scratch, archive.data, archive.size);
    override(assignment);

    if (analysis_run(&analysis, scratch.path, &options, &error) < 0)
        fail_msg("%s: nothing is reported: %s", name, error.text);

    const struct image *image = analysis->image;
    if (image->damage.code != ERROR_LIMIT)
        fail_msg("%s is not hit", name);
    assert_names_limit(&image->damage, name);
    assert_int_equal(image->limits_hit.count, 1);
    assert_non_null(strstr(image->limits_hit.items[0], name));
    assert_null(broken_identity(analysis));
    analysis_free(analysis);
    scratch_close(&scratch);
    bytes_release(&archive);
    limits = limits_default();
}

static void documents_have_limits(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes archive = BYTES_INIT;
    const struct docker_parts sound = {.manifest = NULL};
    (void)state;
    limits = limits_default();
    docker_archive_make(&sound, &archive);
    assert_archive_limit(&archive, "json-bytes=20", "json-bytes");
    assert_archive_limit(&archive, "members=2", "members");
    assert_archive_limit(&archive, "layers=0", "layers");
    bytes_release(&archive);

    archive = (struct bytes)BYTES_INIT;
    const struct docker_parts twice = {
        .manifest =
            "[{\"Config\":\"cfg.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"layer.tar\"]},"
            "{\"Config\":\"cfg.json\",\"RepoTags\":[\"b:1\"],\"Layers\":[\"layer.tar\"]}]"};
    docker_archive_make(&twice, &archive);
    assert_archive_limit(&archive, "manifests=1", "manifests");
    bytes_release(&archive);

    archive = (struct bytes)BYTES_INIT;
    tarmaker_file_str(&tar, "a", "1");
    tarmaker_finish(&tar);
    const struct layer_spec layer = {.tar = tar.out.data, .tar_size = tar.out.size};
    const struct image_spec nested = {
        .layers = &layer, .layer_count = 1, .flags = IMAGE_NESTED_INDEX};
    image_make(&nested, IMAGE_OCI, &archive);
    assert_archive_limit(&archive, "index-depth=0", "index-depth");
    bytes_release(&archive);
    tarmaker_release(&tar);
}

static void entries_have_a_limit(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    char name[20];
    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "file%d", i);
        tarmaker_file_str(&tar, name, "x");
    }
    tarmaker_finish(&tar);
    assert_layer_limit(tar.out.data, tar.out.size, "entries=10", "entries");
    assert_layer_limit(tar.out.data, tar.out.size, "paths=10", "paths");
    tarmaker_release(&tar);
}

static void names_and_headers_have_limits(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    char name[301], value[3000];
    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    memset(value, 'v', sizeof value);
    tarmaker_file_str(&tar, "before", "x");
    tarmaker_file_str(&tar, name, "x");
    tarmaker_finish(&tar);
    assert_layer_limit(tar.out.data, tar.out.size, "path-bytes=150", "path-bytes");
    assert_layer_limit(tar.out.data, tar.out.size, "pax-bytes=100", "pax-bytes");
    tarmaker_release(&tar);

    tar = (struct tarmaker)TARMAKER_INIT;
    const struct tar_record attribute = {
        .key = "user.a", .value = value, .value_size = sizeof value};
    const struct tar_member member = {
        .name = "a", .data = "x", .data_size = 1, .xattrs = &attribute, .xattr_count = 1};
    tarmaker_add(&tar, &member);
    tarmaker_finish(&tar);
    assert_layer_limit(tar.out.data, tar.out.size, "xattr-bytes=1000", "xattr-bytes");
    tarmaker_release(&tar);
}

static void folders_within_folders_have_a_limit(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    (void)state;
    tarmaker_file_str(&tar, "a/b/c/d/file", "x"); /* four folders */
    tarmaker_finish(&tar);
    assert_layer_limit(tar.out.data, tar.out.size, "path-depth=3", "path-depth");
    tarmaker_release(&tar);
}

static void sparse_maps_have_a_limit(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    static const struct tar_segment segments[] = {{0, 512}, {4096, 512}, {8192, 512}};
    static const char data[1536];
    const struct tar_member member = {
        .name = "holes",
        .data = data,
        .data_size = sizeof data,
        .sparse = TAR_SPARSE_PAX_10,
        .segments = segments,
        .segment_count = 3,
        .logical_size = 8704,
    };
    (void)state;
    tarmaker_add(&tar, &member);
    tarmaker_finish(&tar);
    assert_layer_limit(tar.out.data, tar.out.size, "sparse-segments=2", "sparse-segments");
    tarmaker_release(&tar);
}

static void bombs_have_limits(void **state)
{
    static const enum layer_compression hows[] = {LAYER_GZIP, LAYER_ZSTD};
    struct tarmaker tar = TARMAKER_INIT;
    size_t size = (size_t)70 << 20;
    char *zeros = calloc(size, 1);
    (void)state;
    tarmaker_file_str(&tar, "before", "x");
    tarmaker_file(&tar, "zeros", zeros, size);
    tarmaker_finish(&tar);
    for (size_t i = 0; i < sizeof hows / sizeof hows[0]; i++) {
        struct bytes bomb = BYTES_INIT;
        image_compress(tar.out.data, tar.out.size, hows[i], &bomb);
        assert_layer_limit(bomb.data, bomb.size, "expansion=100", "expansion");
        assert_layer_limit(bomb.data, bomb.size, "total-bytes=1000000", "total-bytes");
        bytes_release(&bomb);
    }
    free(zeros);
    tarmaker_release(&tar);
}

static void window_of_zstd_has_a_limit(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes layer = BYTES_INIT;
    (void)state;
    noisy_layer(&tar, 300000);
    image_compress(tar.out.data, tar.out.size, LAYER_ZSTD, &layer);
    assert_layer_limit(layer.data, layer.size, "zstd-window=4096", "zstd-window");
    bytes_release(&layer);
    tarmaker_release(&tar);
}

static void findings_beyond_the_limit_are_counted(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes archive = BYTES_INIT;
    struct scratch scratch;
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct analysis_options options = {.limits = &limits, .threads = 1, .top = 20};
    (void)state;
    for (int i = 0; i < 5; i++)
        tarmaker_file_str(&tar, "same", "x");
    tarmaker_finish(&tar);
    const struct docker_parts parts = {.layer = tar.out.data, .layer_size = tar.out.size};
    docker_archive_make(&parts, &archive);
    scratch_open(&scratch, archive.data, archive.size);
    override("findings=2");

    assert_int_equal(analysis_run(&analysis, scratch.path, &options, &error), 0);

    assert_int_equal(analysis->image->findings.seen[FINDING_DUPLICATE_ENTRY], 4);
    size_t kept = 0;
    for (size_t i = 0; i < analysis->image->findings.count; i++)
        kept += analysis->image->findings.items[i].rule == FINDING_DUPLICATE_ENTRY;
    assert_int_equal(kept, 2);
    analysis_free(analysis);
    scratch_close(&scratch);
    tarmaker_release(&tar);
    bytes_release(&archive);
    limits = limits_default();
}

/* Collects packages under a limit; returns how many there are. */
static size_t collect_packages(const struct bytes *archive, const char *assignment,
                               struct analysis **ret_analysis)
{
    struct scratch scratch;
    struct error error = ERROR_INIT;
    struct package_watch watch;
    struct packages packages;
    const struct watcher *const watchers[] = {&watch.watcher, NULL};
    const struct analysis_options options = {
        .limits = &limits, .threads = 2, .top = 1, .watchers = watchers};
    limits = limits_default();
    if (assignment)
        override(assignment);
    package_watch_start(&watch, &limits);
    scratch_open(&scratch, archive->data, archive->size);
    assert_int_equal(analysis_run(ret_analysis, scratch.path, &options, &error), 0);
    packages_collect(&packages, (*ret_analysis)->image, &(*ret_analysis)->accounting,
                     &watch);
    size_t count = packages.count;
    packages_release(&packages);
    package_watch_release(&watch);
    scratch_close(&scratch);
    return count;
}

static bool is_warned_of(const struct analysis *analysis, const char *name)
{
    const struct findings *findings = &analysis->image->findings;
    for (size_t i = 0; i < findings->warning_count; i++)
        if (strstr(findings->warnings[i].message, name))
            return true;
    return false;
}

static void package_databases_have_limits(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes archive = BYTES_INIT;
    struct analysis *analysis;
    char program[300] = "\x7f"
                        "ELF";
    (void)state;
    tarmaker_file_str(&tar, "var/lib/dpkg/status.d/a", "Package: a\nVersion: 1\n");
    tarmaker_file_str(
        &tar, "var/lib/dpkg/status.d/b",
        "Package: b\nVersion: 1\nDescription: is longer than the other one\n");
    const struct tar_member member = {
        .name = "bin/a", .mode = 0755, .data = program, .data_size = sizeof program};
    tarmaker_add(&tar, &member);
    tarmaker_finish(&tar);
    const struct docker_parts parts = {.layer = tar.out.data, .layer_size = tar.out.size};
    docker_archive_make(&parts, &archive);
    assert_int_equal(collect_packages(&archive, NULL, &analysis), 2);
    assert_int_equal(analysis->image->findings.warning_count, 0);
    analysis_free(analysis);

    /* one database is passed over, the other one is read */
    assert_int_equal(collect_packages(&archive, "package-file-bytes=30", &analysis), 1);
    assert_true(is_warned_of(analysis, "package-file-bytes=30"));
    analysis_free(analysis);

    assert_int_equal(collect_packages(&archive, "program-bytes=299", &analysis), 2);
    assert_true(is_warned_of(analysis, "program-bytes=299"));
    analysis_free(analysis);

    /* with all of them it is not known what is missing: none is told */
    assert_int_equal(collect_packages(&archive, "package-bytes=60", &analysis), 0);
    assert_int_equal(analysis->image->damage.code, ERROR_LIMIT);
    assert_names_limit(&analysis->image->damage, "package-bytes");
    assert_int_equal(analysis->image->limits_hit.count, 1);
    analysis_free(analysis);

    limits = limits_default();
    bytes_release(&archive);
    tarmaker_release(&tar);
}

/* Which limits the tests above hit; a new one needs its test. */
static void every_limit_has_a_test(void **state)
{
    static const char *const hit[] = {
        "json-bytes",
        "paths",
        "manifests",
        "index-depth",
        "layers",
        "entries",
        "path-bytes",
        "path-depth",
        "pax-bytes",
        "xattr-bytes",
        "sparse-segments",
        "expansion",
        "total-bytes",
        "zstd-window",
        "members",
        "findings",
        "package-file-bytes",
        "package-bytes",
        "program-bytes",
    };
    (void)state;
    for (enum limit limit = 0; limit < LIMIT_COUNT; limit++) {
        bool found = false;
        for (size_t i = 0; i < sizeof hit / sizeof hit[0]; i++)
            found = found || strcmp(hit[i], limit_name(limit)) == 0;
        if (!found)
            fail_msg("no test hits %s", limit_name(limit));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_of_every_small_fixture_is_survived),
        cmocka_unit_test(documents_of_wrong_shape_are_refused_with_the_reason),
        cmocka_unit_test(deep_documents_are_a_limit),
        cmocka_unit_test(what_is_no_archive_is_refused),
        cmocka_unit_test(absent_path_is_refused),
        cmocka_unit_test(empty_folder_is_an_empty_root),
        cmocka_unit_test(links_that_loop_or_climb_name_no_blob),
        cmocka_unit_test(sizes_beyond_reason_are_refused),
        cmocka_unit_test(cut_compressed_layers_are_damage_with_the_address),
        cmocka_unit_test(every_flip_in_a_compressed_layer_is_survived),
        cmocka_unit_test(wrong_gzip_checksum_is_damage),
        cmocka_unit_test(documents_have_limits),
        cmocka_unit_test(entries_have_a_limit),
        cmocka_unit_test(names_and_headers_have_limits),
        cmocka_unit_test(folders_within_folders_have_a_limit),
        cmocka_unit_test(sparse_maps_have_a_limit),
        cmocka_unit_test(bombs_have_limits),
        cmocka_unit_test(window_of_zstd_has_a_limit),
        cmocka_unit_test(findings_beyond_the_limit_are_counted),
        cmocka_unit_test(package_databases_have_limits),
        cmocka_unit_test(every_limit_has_a_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
