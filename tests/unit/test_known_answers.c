/* The "Known answers" of facts/waste.md on two images that are not ours, which lie in the
 * corpus (ULLAGE_CORPUS); without it each test is skipped and says so. Every image is read
 * from its file, from a pipe, and behind an outer compression. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "core/file.h"
#include "tests/support/imagemaker.h"
#include "tests/support/check.h"

#define IMAGE_BYTES_MAX ((size_t)16 << 20)

enum form { FORM_FILE, FORM_PIPE, FORM_GZIP, FORM_ZSTD, FORM_XZ, FORM_COUNT };

static struct limits limits;

/* Writes bytes into a named pipe, as a program at its other end does. */
struct feeding {
    const struct strbuf *bytes;
    const char *path;
};

static void *feed(void *context)
{
    const struct feeding *feeding = context;
    cleanup_fd int fd = open(feeding->path, O_WRONLY | O_CLOEXEC);
    for (size_t done = 0; fd >= 0 && done < feeding->bytes->len;) {
        ssize_t put = write(fd, feeding->bytes->buf + done, feeding->bytes->len - done);
        if (put <= 0)
            break;
        done += (size_t)put;
    }
    return NULL;
}

static struct analysis *analyze(const char *path)
{
    struct analysis *analysis;
    struct error error = ERROR_INIT;
    struct analysis_options options = {.limits = &limits, .threads = 2, .verify = true};
    limits = limits_default();
    if (analysis_run(&analysis, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    return analysis;
}

static struct analysis *analyze_pipe(const struct strbuf *bytes)
{
    char folder[] = "/tmp/ullage-pipe-XXXXXX";
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    pthread_t thread;
    assert_non_null(mkdtemp(folder));
    strbuf_addf(&path, "%s/image", folder);
    assert_int_equal(mkfifo(path.buf, 0600), 0);
    struct feeding feeding = {.bytes = bytes, .path = path.buf};
    assert_int_equal(pthread_create(&thread, NULL, feed, &feeding), 0);
    struct analysis *analysis = analyze(path.buf);
    pthread_join(thread, NULL);
    unlink(path.buf);
    rmdir(folder);
    return analysis;
}

static struct analysis *analyze_compressed(const struct strbuf *bytes,
                                           enum layer_compression compression)
{
    struct bytes packed = BYTES_INIT;
    image_compress(bytes->buf, bytes->len, compression, &packed);
    cleanup_free char *path = bytes_write_temp(&packed);
    struct analysis *analysis = analyze(path);
    unlink(path);
    bytes_release(&packed);
    return analysis;
}

/* NULL if the corpus is not there. */
static struct analysis *analyze_corpus_image(const char *name, enum form form)
{
    const char *corpus = getenv("ULLAGE_CORPUS");
    cleanup_strbuf struct strbuf path = STRBUF_INIT, bytes = STRBUF_INIT;
    struct error error = ERROR_INIT;
    strbuf_addf(&path, "%s/images/%s", corpus ? corpus : "", name);
    if (!corpus || access(path.buf, R_OK) < 0) {
        print_message("skipped 1: ULLAGE_CORPUS has no images/%s\n", name);
        return NULL;
    }
    if (form == FORM_FILE)
        return analyze(path.buf);
    if (file_read(&bytes, path.buf, IMAGE_BYTES_MAX, &error) < 0)
        fail_msg("%s", error.text);
    return form == FORM_PIPE   ? analyze_pipe(&bytes)
           : form == FORM_GZIP ? analyze_compressed(&bytes, LAYER_GZIP)
           : form == FORM_ZSTD ? analyze_compressed(&bytes, LAYER_ZSTD)
                               : analyze_compressed(&bytes, LAYER_XZ);
}

static void assert_row(const struct analysis *analysis, size_t row, const char *path,
                       int64_t dead, size_t copies)
{
    assert_string_equal(analysis->waste[row].path, path);
    assert_int_equal(analysis->waste[row].dead_bytes, dead);
    assert_int_equal(analysis->waste[row].count, copies);
}

static void check_docker_image(const struct analysis *analysis)
{
    const struct sizes *sizes = &analysis->sizes;
    const struct dive_block *dive = &analysis->dive;
    assert_int_equal(analysis->image->chosen->layer_count, 14);
    assert_int_equal(analysis->image->history.count, 15);
    assert_int_equal(analysis->image->history.with_layer, 14);
    assert_int_equal(sizes->blob_bytes, 1470464);
    assert_int_equal(sizes->tar_bytes, 1470464);
    assert_int_equal(sizes->content_bytes, 1220598);
    assert_int_equal(sizes->dead_bytes, 32025);
    assert_int_equal(sizes->live_bytes, 1220598 - 32025);
    assert_true(sizes_efficiency(sizes) == 0.9737628604995257);
    assert_int_equal(sizes->content_bytes - analysis->accounting.layers[0].content_bytes,
                     66237);

    assert_int_equal(dive->size_bytes, 1220598);
    assert_int_equal(dive->user_size_bytes, 66237);
    assert_int_equal(dive->wasted_bytes, 32025);
    assert_true(dive->efficiency_score == 0.9844212134184309);
    assert_true(dive->has_percent);
    assert_true(dive->user_wasted_percent == 0.4834911001404049);

    /* ties by path: 12810 + 3 x 6405 = 32025 */
    assert_int_equal(analysis->waste_total, 4);
    assert_row(analysis, 0, "/root/example/somefile1.txt", 12810, 2);
    assert_row(analysis, 1, "/root/example/somefile2.txt", 6405, 1);
    assert_row(analysis, 2, "/root/example/somefile3.txt", 6405, 1);
    assert_row(analysis, 3, "/root/saved.txt", 6405, 1);
}

static void check_oci_image(const struct analysis *analysis)
{
    const struct sizes *sizes = &analysis->sizes;
    assert_int_equal(analysis->image->chosen->layer_count, 1);
    assert_string_equal(analysis->image->chosen->platform, "linux/arm64");
    assert_int_equal(sizes->blob_bytes, 4132);
    assert_int_equal(sizes->download_bytes, 4132);
    assert_false(sizes->download_estimated);
    assert_int_equal(sizes->tar_bytes, 12800);
    assert_int_equal(sizes->content_bytes, 11189);
    assert_int_equal(sizes->dead_bytes, 0);
    assert_true(sizes_efficiency(sizes) == 1);
    assert_int_equal(analysis->dive.size_bytes, 11189);
    assert_int_equal(analysis->dive.user_size_bytes, 0);
    assert_int_equal(analysis->dive.wasted_bytes, 0);
    assert_true(analysis->dive.efficiency_score == 1);
    assert_false(analysis->dive.has_percent); /* dive's own is NaN */
    assert_int_equal(analysis->waste_total, 0);
}

static void check_in_form(const char *name, enum form form,
                          void (*check)(const struct analysis *analysis))
{
    struct analysis *analysis = analyze_corpus_image(name, form);
    if (!analysis)
        skip();
    check(analysis);
    analysis_free(analysis);
}

static void docker_image_has_its_known_figures(void **state)
{
    (void)state;
    check_in_form("test-docker-image.tar", FORM_FILE, check_docker_image);
}

static void docker_image_has_its_known_figures_from_a_pipe(void **state)
{
    (void)state;
    check_in_form("test-docker-image.tar", FORM_PIPE, check_docker_image);
}

static void docker_image_has_its_known_figures_behind_any_compression(void **state)
{
    (void)state;
    for (enum form form = FORM_GZIP; form < FORM_COUNT; form++)
        check_in_form("test-docker-image.tar", form, check_docker_image);
}

static void oci_image_has_its_known_figures(void **state)
{
    (void)state;
    check_in_form("test-oci-gzip-image.tar", FORM_FILE, check_oci_image);
}

static void oci_image_has_its_known_figures_from_a_pipe(void **state)
{
    (void)state;
    check_in_form("test-oci-gzip-image.tar", FORM_PIPE, check_oci_image);
}

static void oci_image_has_its_known_figures_behind_any_compression(void **state)
{
    (void)state;
    for (enum form form = FORM_GZIP; form < FORM_COUNT; form++)
        check_in_form("test-oci-gzip-image.tar", form, check_oci_image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(docker_image_has_its_known_figures),
        cmocka_unit_test(docker_image_has_its_known_figures_from_a_pipe),
        cmocka_unit_test(docker_image_has_its_known_figures_behind_any_compression),
        cmocka_unit_test(oci_image_has_its_known_figures),
        cmocka_unit_test(oci_image_has_its_known_figures_from_a_pipe),
        cmocka_unit_test(oci_image_has_its_known_figures_behind_any_compression),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
