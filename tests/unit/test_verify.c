/* verify: a sound image has no mismatch, and every flip of a byte that a digest covers is
 * found. */
#include "analyzer/verify.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "tests/support/damage.h"
#include "tests/support/imagemaker.h"
#include "tests/support/tarmaker.h"
#include "tests/support/check.h"

#define SMALL_BYTES 60000

static struct limits limits;

static struct verify *verify_path(const char *path, unsigned threads, struct error *err)
{
    struct verify *verify = NULL;
    struct verify_options options = {.limits = &limits, .threads = threads};
    limits = limits_default();
    return verify_run(&verify, path, &options, err) < 0 ? NULL : verify;
}

/* The same through a pipe, as standard input. */
static struct verify *verify_streamed(const char *path, struct error *err)
{
    char command[600];
    snprintf(command, sizeof command, "cat '%s'", path);
    int saved = dup(STDIN_FILENO);
    FILE *pipe = popen(command, "r");
    dup2(fileno(pipe), STDIN_FILENO);
    struct verify *verify = verify_path("-", 2, err);
    dup2(saved, STDIN_FILENO);
    close(saved);
    pclose(pipe);
    return verify;
}

static bool is_sound(const struct verify *verify)
{
    return verify->mismatch_count == 0 && verify->limits_hit.count == 0;
}

/* Calls back for each fixture of the table; the same archive may stand in several rows. */
static void each_fixture(void (*job)(const char *path, const char *name))
{
    FILE *table = fopen(FIXTURES "/images/fixtures.tsv", "r");
    char line[512], path[1024], last[256] = "";
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        char *tab = strchr(line, '\t');
        if (line[0] == '#' || !tab)
            continue;
        *tab = '\0';
        if (strcmp(line, last) == 0)
            continue;
        snprintf(last, sizeof last, "%.255s", line);
        snprintf(path, sizeof path, "%s/images/%s", FIXTURES, line);
        job(path, line);
    }
    fclose(table);
}

static bool is_unreadable(const char *name)
{
    return strncmp(name, "null-manifest", 13) == 0;
}

static void assert_fixture_sound(const char *path, const char *name)
{
    struct error error = ERROR_INIT;
    struct verify *verify = verify_path(path, 2, &error);
    if (!verify && is_unreadable(name)) {
        assert_int_equal(error.code, ERROR_INPUT);
        error_release(&error);
        return;
    }
    if (!verify)
        fail_msg("%s: %s", name, error.text);
    if (!is_sound(verify))
        fail_msg("%s: %s", name, verify->mismatches[0].message);
    assert_true(verify->counts.digests > 0);
    assert_true(verify->counts.diff_ids > 0);
    verify_free(verify);
}

static void fixtures_of_other_tools_are_sound(void **state)
{
    (void)state;
    each_fixture(assert_fixture_sound);
}

static void assert_stream_is_alike(const char *path, const char *name)
{
    struct error error = ERROR_INIT;
    struct stat st;
    if (is_unreadable(name) || stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return;
    struct verify *file = verify_path(path, 1, &error);
    struct verify *stream = verify_streamed(path, &error);
    if (!file || !stream)
        fail_msg("%s: %s", name, error.text);
    assert_memory_equal(&file->counts, &stream->counts, sizeof file->counts);
    assert_int_equal(file->findings.count, stream->findings.count);
    assert_int_equal(file->mismatch_count, stream->mismatch_count);
    assert_int_equal(file->uncovered_count, stream->uncovered_count);
    verify_free(file);
    verify_free(stream);
}

static void stream_is_verified_as_the_file_is(void **state)
{
    (void)state;
    each_fixture(assert_stream_is_alike);
}

/* True if the work ended with an error. */
static bool analyze_survives(const char *path, const char *name, bool verify)
{
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct analysis_options options = {
        .limits = &limits, .threads = 1, .top = 20, .verify = verify};
    if (analysis_run(&analysis, path, &options, &error) < 0) {
        assert_true(error.code == ERROR_INPUT || error.code == ERROR_LIMIT ||
                    error.code == ERROR_USAGE);
        assert_true(error.text && *error.text);
        error_release(&error);
        return true;
    }
    if (broken_identity(analysis))
        fail_msg("%s: %s", name, broken_identity(analysis));
    analysis_free(analysis);
    return false;
}

static void assert_flip_is_found(const char *path, const char *name, const char *member,
                                 int64_t at)
{
    struct error error = ERROR_INIT;
    struct verify *verify = verify_path(path, 1, &error);
    if (verify && is_sound(verify))
        fail_msg("%s: '%s': a flip at byte %lld is not found", name, member, (long long)at);
    if (!verify)
        assert_int_equal(error.code, ERROR_INPUT);
    error_release(&error);
    verify_free(verify);
    analyze_survives(path, name, false);
    assert_true(analyze_survives(path, name, true));
}

static bool is_covered(const struct member *member)
{
    struct digest claimed;
    const char *slash = strchr(member->name, '/');
    return member->kind == TAR_FILE && member->size > 0 &&
           (member_claim(member->name, &claimed) ||
            (slash && strcmp(slash, "/layer.tar") == 0));
}

static void flip_in_archive(const char *path, const char *name)
{
    struct error error = ERROR_INIT;
    struct stat st;
    struct bundle *bundle;
    struct bundle_options options = {.limits = &limits};
    if (is_unreadable(name) || stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
        st.st_size > SMALL_BYTES)
        return;
    limits = limits_default();
    assert_int_equal(bundle_open(&bundle, path, &options, &error), 0);
    struct bytes whole = BYTES_INIT;
    struct scratch scratch;
    bytes_read_file(&whole, path);
    scratch_open(&scratch, whole.data, whole.size);
    for (size_t i = 0; i < bundle->count; i++) {
        const struct member *member = bundle->members[i];
        if (!is_covered(member))
            continue;
        const int64_t places[] = {0, 1, member->size / 3, member->size / 2,
                                  member->size - 1};
        for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
            int64_t at = places[p] < member->size ? places[p] : member->size - 1;
            size_t offset = (size_t)(member->offset + at);
            scratch_write(&scratch, offset, whole.data[offset] ^ (p % 2 ? 0x01 : 0x20));
            assert_flip_is_found(scratch.path, name, member->name, at);
            scratch_write(&scratch, offset, whole.data[offset]);
        }
    }
    scratch_close(&scratch);
    bytes_release(&whole);
    bundle_free(bundle);
}

static void every_flip_in_a_covered_byte_is_found(void **state)
{
    (void)state;
    each_fixture(flip_in_archive);
}

/* A copy of a folder, two levels deep as layouts are. */
static void shell(const char *format, const char *a, const char *b)
{
    char command[2048];
    snprintf(command, sizeof command, format, a, b);
    assert_int_equal(system(command), 0);
}

static void flip_in_folder(const char *path, const char *name)
{
    struct stat st;
    char list[1100], file[1024];
    char folder[] = "/tmp/ullage-verify-XXXXXX";
    if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
        return;
    assert_non_null(mkdtemp(folder));
    shell("cp -r '%s/.' '%s'", path, folder);
    shell("chmod -R u+w '%s'", folder, "");
    snprintf(
        list, sizeof list,
        "find '%s' -type f -size +0 ! -name index.json ! -name oci-layout ! -name version "
        "! -name manifest.json",
        folder);
    FILE *files = popen(list, "r");
    while (fgets(file, sizeof file, files)) {
        file[strcspn(file, "\n")] = '\0';
        int fd = open(file, O_RDWR | O_CLOEXEC);
        unsigned char byte, flipped;
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(pread(fd, &byte, 1, st.st_size / 2), 1);
        flipped = byte ^ 1;
        assert_int_equal(pwrite(fd, &flipped, 1, st.st_size / 2), 1);
        assert_flip_is_found(folder, name, file, st.st_size / 2);
        assert_int_equal(pwrite(fd, &byte, 1, st.st_size / 2), 1);
        close(fd);
    }
    pclose(files);
    shell("rm -rf '%s'", folder, "");
}

static void every_flip_in_a_folder_is_found(void **state)
{
    (void)state;
    each_fixture(flip_in_folder);
}

/* Images of our own with one thing wrong. */

static void make_image(enum image_form form, enum layer_compression compression,
                       unsigned flags, struct bytes *ret_archive)
{
    struct tarmaker tar = TARMAKER_INIT;
    tarmaker_file_str(&tar, "etc/motd", "hello\n");
    tarmaker_finish(&tar);
    const struct layer_spec layer = {
        .tar = tar.out.data, .tar_size = tar.out.size, .compression = compression};
    const struct image_spec spec = {.layers = &layer, .layer_count = 1, .flags = flags};
    image_make(&spec, form, ret_archive);
    tarmaker_release(&tar);
}

/* Finds text in the archive and puts another of that length in its place, n-th time it
 * occurs. */
static void replace(struct bytes *archive, const char *from, const char *to)
{
    char *found = memmem(archive->data, archive->size, from, strlen(from));
    assert_non_null(found);
    memcpy(found, to, strlen(to));
}

static struct verify *verify_bytes(const struct bytes *archive, struct error *err)
{
    struct scratch scratch;
    scratch_open(&scratch, archive->data, archive->size);
    struct verify *verify = verify_path(scratch.path, 2, err);
    scratch_close(&scratch);
    return verify;
}

static bool has_rule(const struct verify *verify, const char *rule)
{
    for (size_t i = 0; i < verify->mismatch_count; i++)
        if (strcmp(verify->mismatches[i].rule, rule) == 0)
            return true;
    return false;
}

static void changed_payload_names_layer_and_both_digests(void **state)
{
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    make_image(IMAGE_DOCKER_LEGACY, LAYER_PLAIN, 0, &archive);
    replace(&archive, "hello", "hallo");

    struct verify *verify = verify_bytes(&archive, &error);

    assert_non_null(verify);
    assert_int_equal(verify->mismatch_count, 1);
    const struct mismatch *mismatch = &verify->mismatches[0];
    assert_string_equal(mismatch->rule, "IMG134");
    assert_int_equal(mismatch->layer, 0);
    assert_int_equal(strncmp(mismatch->expected, "sha256:", 7), 0);
    assert_int_equal(strncmp(mismatch->actual, "sha256:", 7), 0);
    assert_string_not_equal(mismatch->expected, mismatch->actual);
    assert_non_null(strstr(mismatch->message, mismatch->expected));
    assert_non_null(strstr(mismatch->message, mismatch->actual));
    verify_free(verify);
    bytes_release(&archive);
}

static void analyze_with_verify_refuses_what_verify_finds(void **state)
{
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    struct analysis *analysis;
    struct analysis_options options = {
        .limits = &limits, .threads = 2, .top = 20, .verify = true};
    struct scratch scratch;
    (void)state;
    limits = limits_default();
    make_image(IMAGE_OCI, LAYER_PLAIN, 0, &archive);
    scratch_open(&scratch, archive.data, archive.size);
    assert_int_equal(analysis_run(&analysis, scratch.path, &options, &error), 0);
    analysis_free(analysis);
    replace(&archive, "hello", "hallo");
    scratch_close(&scratch);
    scratch_open(&scratch, archive.data, archive.size);

    assert_int_equal(analysis_run(&analysis, scratch.path, &options, &error), -1);

    assert_int_equal(error.code, ERROR_INPUT);
    assert_non_null(strstr(error.text, "layer 0"));
    assert_non_null(strstr(strstr(error.text, "sha256:") + 7, "sha256:"));
    error_release(&error);
    options.keep_going = true;
    assert_int_equal(analysis_run(&analysis, scratch.path, &options, &error), 0);
    assert_int_equal(analysis->image->damage.code, ERROR_INPUT);
    assert_null(broken_identity(analysis));
    analysis_free(analysis);
    scratch_close(&scratch);
    bytes_release(&archive);
}

static void changed_configuration_is_found_by_its_name(void **state)
{
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    make_image(IMAGE_DOCKER_LEGACY, LAYER_PLAIN, 0, &archive);
    replace(&archive, "PATH=/bin", "PATH=/bon");

    struct verify *verify = verify_bytes(&archive, &error);

    assert_non_null(verify);
    assert_true(has_rule(verify, "IMG132"));
    verify_free(verify);
    bytes_release(&archive);
}

static void wrong_size_in_a_descriptor_is_found(void **state)
{
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    const struct oci_parts parts = {.manifest = NULL};
    oci_archive_make(&parts, &archive);
    char *size = memmem(archive.data, archive.size, "\"size\":", 7);
    assert_non_null(size);
    size[7] = size[7] == '9' ? '8' : '9';

    struct verify *verify = verify_bytes(&archive, &error);

    assert_non_null(verify);
    assert_true(has_rule(verify, "IMG135"));
    verify_free(verify);
    bytes_release(&archive);
}

static void blob_that_nothing_names_is_checked_too(void **state)
{
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    make_image(IMAGE_DOCKER_HYBRID, LAYER_PLAIN, IMAGE_V1_BLOBS, &archive);

    struct verify *verify = verify_bytes(&archive, &error);
    assert_non_null(verify);
    assert_int_equal(verify->mismatch_count, 0);
    assert_true(verify->counts.unreferenced > 0);
    verify_free(verify);

    replace(&archive, "\"os\":\"linux\"", "\"os\":\"linus\"");
    verify = verify_bytes(&archive, &error);
    assert_non_null(verify);
    assert_true(has_rule(verify, "IMG133"));
    verify_free(verify);
    bytes_release(&archive);
}

static void legacy_archive_tells_what_no_digest_covers(void **state)
{
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    bool manifest = false, headers = false;
    (void)state;
    make_image(IMAGE_DOCKER_LEGACY, LAYER_PLAIN, 0, &archive);

    struct verify *verify = verify_bytes(&archive, &error);

    assert_non_null(verify);
    for (size_t i = 0; i < verify->uncovered_count; i++) {
        const char *path = verify->uncovered[i].path;
        manifest = manifest || (path && strcmp(path, "/manifest.json") == 0);
        headers = headers || !path;
    }
    assert_true(manifest);
    assert_true(headers);
    verify_free(verify);
    bytes_release(&archive);
}

static void absent_blob_is_a_mismatch_when_no_image_is_whole(void **state)
{
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    const struct docker_parts parts = {
        .manifest =
            "[{\"Config\":\"cfg.json\",\"RepoTags\":null,\"Layers\":[\"other.tar\"]}]"};
    (void)state;
    docker_archive_make(&parts, &archive);

    struct verify *verify = verify_bytes(&archive, &error);

    assert_non_null(verify);
    assert_true(has_rule(verify, "absent"));
    verify_free(verify);
    bytes_release(&archive);
}

static void portability_findings_carry_codes(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    tarmaker_file_str(&tar, "a", "1");
    tarmaker_file_str(&tar, "a", "2");
    tarmaker_finish(&tar);
    const struct docker_parts parts = {.layer = tar.out.data, .layer_size = tar.out.size};
    docker_archive_make(&parts, &archive);

    struct verify *verify = verify_bytes(&archive, &error);

    assert_non_null(verify);
    assert_true(is_sound(verify));
    assert_true(verify->findings.seen[FINDING_DUPLICATE_ENTRY] > 0);
    verify_free(verify);
    tarmaker_release(&tar);
    bytes_release(&archive);
}

/* tar of a folder named "n..." begins like the JSON "null" */
static void layer_that_begins_like_json_is_read_from_a_stream(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct bytes archive = BYTES_INIT;
    struct error error = ERROR_INIT;
    (void)state;
    tarmaker_file_str(&tar, "nginx.conf", "hello");
    tarmaker_finish(&tar);
    const struct docker_parts parts = {.layer = tar.out.data, .layer_size = tar.out.size};
    docker_archive_make(&parts, &archive);
    char *path = bytes_write_temp(&archive);

    struct verify *verify = verify_streamed(path, &error);

    assert_non_null(verify);
    assert_true(is_sound(verify));
    assert_int_equal(verify->counts.diff_ids, 1);
    verify_free(verify);
    unlink(path);
    free(path);
    tarmaker_release(&tar);
    bytes_release(&archive);
}

/* A stream passes once, and only at its end it is known that a file named like a document
 * is a file. */
static void bare_layer_with_documents_is_analyzed_from_a_stream(void **state)
{
    struct tarmaker tar = TARMAKER_INIT;
    struct error error = ERROR_INIT;
    struct analysis *analysis = NULL;
    (void)state;
    limits = limits_default();
    struct analysis_options options = {.limits = &limits, .threads = 1, .top = 20};
    tarmaker_file_str(&tar, "a.json", "{\"a\":1}");
    tarmaker_file_str(&tar, "b.json", "{\"b\":1}");
    tarmaker_file_str(&tar, "c.tar", "{\"a\":1}");
    tarmaker_finish(&tar);
    char *path = bytes_write_temp(&tar.out);
    int saved = dup(STDIN_FILENO);
    char command[200];
    snprintf(command, sizeof command, "cat '%s'", path);
    FILE *pipe = popen(command, "r");
    dup2(fileno(pipe), STDIN_FILENO);

    int result = analysis_run(&analysis, "-", &options, &error);

    dup2(saved, STDIN_FILENO);
    close(saved);
    pclose(pipe);
    if (result < 0)
        fail_msg("%s", error.text);
    assert_int_equal(analysis->sizes.duplicate_bytes, 7);
    analysis_free(analysis);
    unlink(path);
    free(path);
    tarmaker_release(&tar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixtures_of_other_tools_are_sound),
        cmocka_unit_test(stream_is_verified_as_the_file_is),
        cmocka_unit_test(every_flip_in_a_covered_byte_is_found),
        cmocka_unit_test(every_flip_in_a_folder_is_found),
        cmocka_unit_test(changed_payload_names_layer_and_both_digests),
        cmocka_unit_test(analyze_with_verify_refuses_what_verify_finds),
        cmocka_unit_test(changed_configuration_is_found_by_its_name),
        cmocka_unit_test(wrong_size_in_a_descriptor_is_found),
        cmocka_unit_test(blob_that_nothing_names_is_checked_too),
        cmocka_unit_test(legacy_archive_tells_what_no_digest_covers),
        cmocka_unit_test(absent_blob_is_a_mismatch_when_no_image_is_whole),
        cmocka_unit_test(portability_findings_carry_codes),
        cmocka_unit_test(layer_that_begins_like_json_is_read_from_a_stream),
        cmocka_unit_test(bare_layer_with_documents_is_analyzed_from_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
