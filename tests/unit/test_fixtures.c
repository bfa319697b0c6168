/* The images of fixtures/images, which real tools made, against the lists of their merged
 * file system by `docker export` and `umoci unpack`; and random images against umoci itself
 * where it is installed. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "analyzer/report/report.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/json.h"
#include "core/strvec.h"
#include "tests/models/random_image.h"
#include "tests/support/merged_list.h"
#include "tests/support/check.h"

#define IMAGES FIXTURES "/images"
#define UMOCI_IMAGES 60
#define SAMPLED_BYTES_LEAST (256 << 10)

/* A row of fixtures.tsv; NULL where it says '-'. The columns are for skopeo, which takes
 * the host's platform from a manifest.json; with us the choice among several is the user's,
 * and the lists tell it. */
struct fixture {
    char *name, *reference, *platform, *lists;
};

struct fixtures {
    struct fixture *items;
    size_t count, capacity;
};

static struct fixtures fixtures;
static struct limits limits;

static char *field_of(char **rest, const char *prefix)
{
    const char *field = strsep(rest, "\t");
    struct strbuf out = STRBUF_INIT;
    assert_non_null(field);
    if (strcmp(field, "-") == 0)
        return NULL;
    strbuf_addf(&out, "%s%s", prefix, field);
    return strbuf_detach(&out, NULL);
}

static void choose_platform(struct fixture *fixture)
{
    if (!fixture->platform && fixture->lists && strstr(fixture->lists, "/platforms-amd64"))
        fixture->platform = memory_dup_text("linux/amd64");
}

static int read_fixtures(void **state)
{
    struct error error = ERROR_INIT;
    struct strbuf text = STRBUF_INIT;
    (void)state;
    limits = limits_default();
    if (file_read(&text, IMAGES "/fixtures.tsv", 1 << 20, &error) < 0)
        fail_msg("%s", error.text);
    char *rest = text.buf, *line;
    while ((line = strsep(&rest, "\n"))) {
        if (!*line || *line == '#')
            continue;
        fixtures.items = memory_grow(fixtures.items, fixtures.count, &fixtures.capacity,
                                     sizeof *fixtures.items);
        fixtures.items[fixtures.count++] = (struct fixture){
            .name = field_of(&line, IMAGES "/"),
            .reference = field_of(&line, ""),
            .platform = field_of(&line, "linux/"),
            .lists = field_of(&line, IMAGES "/"),
        };
        choose_platform(&fixtures.items[fixtures.count - 1]);
    }
    strbuf_release(&text);
    return 0;
}

static int forget_fixtures(void **state)
{
    (void)state;
    for (size_t i = 0; i < fixtures.count; i++) {
        free(fixtures.items[i].name);
        free(fixtures.items[i].reference);
        free(fixtures.items[i].platform);
        free(fixtures.items[i].lists);
    }
    free(fixtures.items);
    return 0;
}

static bool is_refused(const struct fixture *fixture)
{
    return strstr(fixture->name, "null-manifest") != NULL;
}

static struct image *open_fixture(const struct fixture *fixture)
{
    struct image *image;
    struct error error = ERROR_INIT;
    struct image_options options = {
        .limits = &limits,
        .reference = fixture->reference,
        .platform = fixture->platform,
        .threads = 2,
    };
    if (image_open(&image, fixture->name, &options, &error) < 0)
        fail_msg("%s: %s", fixture->name, error.text);
    return image;
}

static void account(struct accounting *ret_accounting, struct image *image,
                    enum semantics semantics)
{
    struct error error = ERROR_INIT;
    if (accounting_run(ret_accounting, image, semantics, 2, &error) < 0)
        fail_msg("%s", error.text);
}

/* Returns the number of differences, which are printed. */
static size_t compare_with_list(const struct fixture *fixture, enum semantics semantics,
                                const char *program)
{
    struct accounting accounting;
    struct merged_list ours, theirs;
    cleanup_strbuf struct strbuf path = STRBUF_INIT;
    bool docker = semantics == SEMANTICS_OVERLAY;
    struct image *image = open_fixture(fixture);
    account(&accounting, image, semantics);
    strbuf_addf(&path, "%s.%s.txt", fixture->lists, program);
    merged_list_make(&ours, image, &accounting);
    merged_list_read(&theirs, path.buf);
    if (docker)
        merged_list_exclude(&ours, IMAGES "/container-adds.txt");
    size_t count =
        merged_list_compare(&ours, &theirs, docker ? MERGED_ONLY_CAPABILITIES : 0, stdout);
    if (count)
        printf("%s: %zu differences from %s\n", fixture->name, count, path.buf);
    assert_true(ours.count > 0);
    merged_list_release(&ours);
    merged_list_release(&theirs);
    accounting_release(&accounting);
    image_free(image);
    return count;
}

static void merged_file_system_equals_umoci_unpack(void **state)
{
    size_t differences = 0, compared = 0;
    (void)state;
    for (size_t i = 0; i < fixtures.count; i++) {
        if (!fixtures.items[i].lists)
            continue;
        differences += compare_with_list(&fixtures.items[i], SEMANTICS_SPEC, "umoci");
        compared++;
    }
    assert_true(compared >= 50);
    assert_int_equal(differences, 0);
}

static void merged_file_system_equals_docker_export(void **state)
{
    size_t differences = 0, compared = 0;
    (void)state;
    for (size_t i = 0; i < fixtures.count; i++) {
        if (!fixtures.items[i].lists)
            continue;
        differences +=
            compare_with_list(&fixtures.items[i], SEMANTICS_OVERLAY, "docker-export");
        compared++;
    }
    assert_true(compared >= 50);
    assert_int_equal(differences, 0);
}

static void check_identities(const struct accounting *accounting)
{
    int64_t causes = 0, content = 0, live = 0, dead = 0, duplicate = 0;
    for (size_t i = 0; i < CAUSE_COUNT; i++)
        causes += accounting->dead_by_cause[i];
    for (size_t i = 0; i < accounting->layer_count; i++) {
        const struct layer_sums *sums = &accounting->layers[i];
        assert_int_equal(sums->content_bytes, sums->live_bytes + sums->dead_bytes);
        content += sums->content_bytes;
        live += sums->live_bytes;
        dead += sums->dead_bytes;
        duplicate += sums->duplicate_bytes;
    }
    assert_int_equal(causes, accounting->dead_bytes);
    assert_int_equal(accounting->live_bytes + accounting->dead_bytes,
                     accounting->content_bytes);
    assert_int_equal(content, accounting->content_bytes);
    assert_int_equal(live, accounting->live_bytes);
    assert_int_equal(dead, accounting->dead_bytes);
    assert_int_equal(duplicate, accounting->duplicate_bytes);
}

static void identities_hold_on_every_fixture(void **state)
{
    (void)state;
    for (size_t i = 0; i < fixtures.count; i++) {
        if (is_refused(&fixtures.items[i]))
            continue;
        struct image *image = open_fixture(&fixtures.items[i]);
        for (enum semantics semantics = SEMANTICS_SPEC; semantics <= SEMANTICS_OVERLAY;
             semantics++) {
            struct accounting accounting;
            account(&accounting, image, semantics);
            check_identities(&accounting);
            accounting_release(&accounting);
        }
        image_free(image);
    }
}

static void manifest_that_is_null_is_refused(void **state)
{
    struct image *image;
    struct image_options options = {.limits = &limits, .threads = 1};
    cleanup_error struct error error = ERROR_INIT;
    (void)state;

    int result =
        image_open(&image, IMAGES "/null-manifest.kaniko-like.tar", &options, &error);

    assert_int_equal(result, -1);
    assert_int_equal(error.code, ERROR_INPUT);
    assert_non_null(
        strstr(error.text, "'manifest.json': the document is null, not an array"));
}

static struct analysis *analyze(const char *argument, const struct fixture *fixture,
                                unsigned threads)
{
    struct analysis *analysis;
    struct error error = ERROR_INIT;
    struct analysis_options options = {
        .limits = &limits,
        .reference = fixture->reference,
        .platform = fixture->platform,
        .threads = threads,
    };
    if (analysis_run(&analysis, argument, &options, &error) < 0)
        fail_msg("%s: %s", argument, error.text);
    return analysis;
}

static void write_report(struct strbuf *out, const struct analysis *analysis,
                         const char *format_name)
{
    struct error error = ERROR_INIT;
    struct report_options options = {.sizes = SIZE_DECIMAL, .width = 80};
    struct sink sink = sink_to_strbuf(out);
    const struct report_format *format = report_find(format_name, &error);
    assert_non_null(format);
    if (format->write(&(struct report){.analysis = analysis}, &options, &sink, &error) < 0)
        fail_msg("%s", error.text);
}

static void number_of_threads_changes_no_byte_of_a_report(void **state)
{
    static const char *const formats[] = {"json", "ndjson", "csv"};
    static const unsigned threads[] = {1, 2, 8};
    (void)state;
    for (size_t i = 0; i < fixtures.count; i++) {
        for (size_t f = 0; f < ARRAY_SIZE(formats) && !is_refused(&fixtures.items[i]);
             f++) {
            cleanup_strbuf struct strbuf first = STRBUF_INIT;
            for (size_t t = 0; t < ARRAY_SIZE(threads); t++) {
                cleanup_strbuf struct strbuf text = STRBUF_INIT;
                const struct fixture *fixture = &fixtures.items[i];
                struct analysis *analysis = analyze(fixture->name, fixture, threads[t]);
                write_report(t ? &text : &first, analysis, formats[f]);
                analysis_free(analysis);
                if (t)
                    assert_string_equal(text.buf, first.buf);
            }
        }
    }
}

/* What the lines of an ndjson report add up to. */
struct lines {
    size_t headers, entries, summaries;
    int64_t live_bytes, dead_bytes; /* of files */
    struct strvec live;             /* their paths */
    struct strvec live_others;      /* of what is no regular file */
};

static void take_line(struct lines *lines, const json_t *line)
{
    const char *type = json_string_value(json_object_get(line, "type"));
    const char *kind = json_string_value(json_object_get(line, "kind"));
    const char *state = json_string_value(json_object_get(line, "state"));
    const char *path = json_string_value(json_object_get(line, "path"));
    int64_t size = json_integer_value(json_object_get(line, "size"));
    lines->headers += strcmp(type, "header") == 0;
    lines->summaries += strcmp(type, "summary") == 0;
    if (strcmp(type, "entry") != 0)
        return;
    lines->entries++;
    bool live = strcmp(state, "live") == 0, file = strcmp(kind, "file") == 0;
    lines->live_bytes += live && file ? size : 0;
    lines->dead_bytes += strcmp(state, "dead") == 0 && file ? size : 0;
    if (live)
        strvec_add(&lines->live, path);
    if (live && !file)
        strvec_add(&lines->live_others, path);
}

static void read_lines(struct lines *ret_lines, const struct analysis *analysis)
{
    struct strbuf text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    *ret_lines = (struct lines){.live = STRVEC_INIT, .live_others = STRVEC_INIT};
    write_report(&text, analysis, "ndjson");
    char *rest = text.buf, *line;
    while ((line = strsep(&rest, "\n"))) {
        json_t *document;
        if (!*line)
            continue;
        if (json_parse(&document, span_of_text(line), &error) < 0)
            fail_msg("%s in %s", error.text, line);
        take_line(ret_lines, document);
        json_decref(document);
    }
    strbuf_release(&text);
}

static void check_lines(const struct analysis *analysis)
{
    const struct accounting *accounting = &analysis->accounting;
    const struct tree *tree = &accounting->tree;
    struct lines lines;
    int64_t entries = 0;
    read_lines(&lines, analysis);
    for (size_t i = 0; i < accounting->layer_count; i++)
        entries += accounting->layers[i].entries;
    assert_int_equal(lines.headers, 1);
    assert_int_equal(lines.summaries, 1);
    assert_int_equal(lines.entries, entries);
    for (size_t i = 0; i < lines.live_others.count; i++)
        if (tree_lookup(tree, lines.live_others.items[i]) == NODE_NONE)
            fail_msg("'%s' is not there", lines.live_others.items[i]);
    for (uint32_t i = 1; i < tree->count; i++) {
        cleanup_strbuf struct strbuf path = STRBUF_INIT;
        tree_path(&path, tree, i);
        if (node_is_visible(&tree->nodes[i]) && !tree->nodes[i].hidden &&
            tree->nodes[i].entry != ENTRY_NONE && utf8_is_valid(span_of_text(path.buf)) &&
            !strvec_contains(&lines.live, path.buf))
            fail_msg("no line makes '%s'", path.buf);
    }
    if (!analysis->image->findings.seen[FINDING_SPARSE_FILE]) {
        assert_int_equal(lines.live_bytes, analysis->sizes.live_bytes);
        assert_int_equal(lines.dead_bytes, analysis->sizes.dead_bytes);
    }
    strvec_release(&lines.live);
    strvec_release(&lines.live_others);
}

static void lines_of_entries_agree_with_the_sums_on_every_fixture(void **state)
{
    (void)state;
    for (size_t i = 0; i < fixtures.count; i++) {
        const struct fixture *fixture = &fixtures.items[i];
        if (is_refused(fixture))
            continue;
        struct analysis *analysis = analyze(fixture->name, fixture, 2);
        check_lines(analysis);
        analysis_free(analysis);
    }
}

static void lines_of_entries_agree_with_the_sums_on_random_images(void **state)
{
    static const struct fixture none = {.name = NULL};
    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct model_image model;
        struct bytes archive = BYTES_INIT;
        random_image(seed, RANDOM_NO_SYMLINKS | RANDOM_NO_ROOT_ENTRIES, &model);
        model_image_archive(&model, IMAGE_DOCKER_LEGACY, LAYER_PLAIN, 0, &archive);
        cleanup_free char *path = bytes_write_temp(&archive);

        struct analysis *analysis = analyze(path, &none, 2);
        unlink(path);

        check_lines(analysis);
        analysis_free(analysis);
        bytes_release(&archive);
        model_image_release(&model);
    }
}

/* Writes a file into a FIFO, as a program at the other end of a pipe does. */
struct feeding {
    const char *from;
    char *to;
    pthread_t thread;
};

static void *feed(void *context)
{
    struct feeding *feeding = context;
    char block[4096];
    ssize_t got;
    cleanup_fd int in = open(feeding->from, O_RDONLY | O_CLOEXEC);
    cleanup_fd int out = open(feeding->to, O_WRONLY | O_CLOEXEC);
    while (in >= 0 && out >= 0 && (got = read(in, block, sizeof block)) > 0)
        if (write(out, block, (size_t)got) != got)
            break;
    return NULL;
}

static struct analysis *analyze_through_fifo(const struct fixture *fixture)
{
    char folder[] = "/tmp/ullage-fifo-XXXXXX";
    struct strbuf path = STRBUF_INIT;
    assert_non_null(mkdtemp(folder));
    strbuf_addf(&path, "%s/image", folder);
    assert_int_equal(mkfifo(path.buf, 0600), 0);
    struct feeding feeding = {.from = fixture->name, .to = path.buf};
    assert_int_equal(pthread_create(&feeding.thread, NULL, feed, &feeding), 0);
    struct analysis *analysis = analyze(path.buf, fixture, 2);
    pthread_join(feeding.thread, NULL);
    unlink(path.buf);
    rmdir(folder);
    strbuf_release(&path);
    return analysis;
}

static void drop_line(char *text, const char *key)
{
    char *line = strstr(text, key);
    assert_non_null(line);
    size_t len = strcspn(line, "\n");
    memmove(line, line + len, strlen(line + len) + 1);
}

/* A report without the lines that name the input and the estimate, whose sample is another.
 */
static char *comparable_report(const struct analysis *analysis)
{
    struct strbuf text = STRBUF_INIT;
    write_report(&text, analysis, "json");
    drop_line(text.buf, "\"path\": ");
    drop_line(text.buf, "\"download_bytes\": ");
    return text.buf;
}

/* Both are samples of the same bytes, within 15 % of the truth as the design asks; a
 * stream's says little of an image that has less than a few of its pieces. */
static void assert_estimates_are_near(const struct analysis *a, const struct analysis *b)
{
    int64_t left = a->sizes.download_bytes, right = b->sizes.download_bytes;
    int64_t apart = left > right ? left - right : right - left;
    if (a->sizes.blob_bytes >= SAMPLED_BYTES_LEAST)
        assert_true(apart <= left * 15 / 100);
}

static void report_from_a_pipe_equals_that_from_the_file(void **state)
{
    size_t compared = 0;
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < fixtures.count; i++) {
        const struct fixture *fixture = &fixtures.items[i];
        struct stat st;
        assert_int_equal(stat(fixture->name, &st), 0);
        if (!S_ISREG(st.st_mode) || is_refused(fixture))
            continue;
        struct analysis *from_file = analyze(fixture->name, fixture, 2);
        struct analysis *from_pipe = analyze_through_fifo(fixture);
        char *file_report = comparable_report(from_file);
        char *pipe_report = comparable_report(from_pipe);
        if (strcmp(file_report, pipe_report) != 0)
            printf("%s\n", fixture->name);
        assert_string_equal(pipe_report, file_report);
        assert_estimates_are_near(from_file, from_pipe);
        free(file_report);
        free(pipe_report);
        analysis_free(from_file);
        analysis_free(from_pipe);
        compared++;
    }
    assert_true(compared >= 35);
}

static void assert_same_layers(const struct accounting *a, const struct accounting *b)
{
    assert_int_equal(a->layer_count, b->layer_count);
    for (size_t i = 0; i < a->layer_count; i++) {
        const struct layer_sums *left = &a->layers[i], *right = &b->layers[i];
        assert_memory_equal(left, right, sizeof *left);
        assert_int_equal(layer_of(a, i)->tar_bytes, layer_of(b, i)->tar_bytes);
    }
}

static void assert_same_figures(const struct analysis *a, const struct analysis *b)
{
    const struct accounting *left = &a->accounting, *right = &b->accounting;
    assert_int_equal(left->content_bytes, right->content_bytes);
    assert_int_equal(left->live_bytes, right->live_bytes);
    assert_int_equal(left->dead_bytes, right->dead_bytes);
    assert_int_equal(left->duplicate_bytes, right->duplicate_bytes);
    assert_memory_equal(left->dead_by_cause, right->dead_by_cause,
                        sizeof left->dead_by_cause);
    assert_same_layers(left, right);
    assert_int_equal(a->dive.size_bytes, b->dive.size_bytes);
    assert_int_equal(a->dive.user_size_bytes, b->dive.user_size_bytes);
    assert_int_equal(a->dive.wasted_bytes, b->dive.wasted_bytes);
    assert_memory_equal(&a->dive.efficiency_score, &b->dive.efficiency_score,
                        sizeof(double));
    assert_int_equal(a->waste_total, b->waste_total);
    for (size_t i = 0; i < a->waste_count; i++) {
        assert_string_equal(a->waste[i].path, b->waste[i].path);
        assert_int_equal(a->waste[i].dead_bytes, b->waste[i].dead_bytes);
    }
}

/* The layers of an eStargz image are other tars than those of its plain form. */
static bool has_own_layers(const struct fixture *fixture)
{
    return strstr(fixture->name, "estargz") != NULL;
}

static void every_form_of_an_image_has_the_same_figures(void **state)
{
    size_t compared = 0;
    (void)state;
    for (size_t i = 0; i < fixtures.count; i++) {
        const struct fixture *first = &fixtures.items[i];
        if (!first->lists || has_own_layers(first))
            continue;
        for (size_t j = i + 1; j < fixtures.count; j++) {
            const struct fixture *other = &fixtures.items[j];
            if (!other->lists || strcmp(other->lists, first->lists) != 0 ||
                has_own_layers(other))
                continue;
            struct analysis *a = analyze(first->name, first, 2);
            struct analysis *b = analyze(other->name, other, 2);
            assert_same_figures(a, b);
            analysis_free(a);
            analysis_free(b);
            compared++;
            break;
        }
    }
    assert_true(compared >= 25);
}

/* Runs a program found in PATH with its output in a file; its exit status, -1 if it cannot
 * be run. */
static int run_program(const char *const *args, const char *output)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, args[0], &actions, NULL, (char *const *)(uintptr_t)args,
                     environ) == 0 &&
        waitpid(pid, &status, 0) == pid)
        status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

static void remove_folder(const char *folder)
{
    const char *const args[] = {"rm", "-rf", "--", folder, NULL};
    run_program(args, "/dev/null");
}

/* The sources of this project, as a folder and as the layer that tar and gzip make of it. */
static void estimate_of_a_folder_is_near_what_tar_and_gzip_make(void **state)
{
    char packed[] = "/tmp/ullage-packed-XXXXXX";
    struct stat st;
    (void)state;
    int fd = mkstemp(packed);
    assert_true(fd >= 0);
    close(fd);
    const char *const args[] = {"tar", "-C", FIXTURES "/../analyzer", "-czf", packed, ".", NULL};
    assert_int_equal(run_program(args, "/dev/null"), 0);
    assert_int_equal(stat(packed, &st), 0);
    unlink(packed);
    struct analysis *analysis = analyze(FIXTURES "/../analyzer", &(struct fixture){0}, 2);
    int64_t estimate = analysis->sizes.download_bytes;
    assert_true(analysis->sizes.download_estimated);
    assert_true(estimate > st.st_size * 85 / 100 && estimate < st.st_size * 115 / 100);
    analysis_free(analysis);
}

static bool have_umoci(void)
{
    const char *const umoci[] = {"umoci", "--version", NULL};
    const char *const python[] = {"python3", "--version", NULL};
    return geteuid() == 0 && run_program(umoci, "/dev/null") == 0 &&
           run_program(python, "/dev/null") == 0;
}

/* False if umoci refuses the image. */
static bool unpack_with_umoci(struct merged_list *ret_list, const char *folder)
{
    cleanup_strbuf struct strbuf layout = STRBUF_INIT, bundle = STRBUF_INIT,
                                 root = STRBUF_INIT, list = STRBUF_INIT;
    strbuf_addf(&layout, "%s/layout:latest", folder);
    strbuf_addf(&bundle, "%s/bundle", folder);
    strbuf_addf(&root, "%s/bundle/rootfs", folder);
    strbuf_addf(&list, "%s/list", folder);
    const char *const unpack[] = {"umoci",    "unpack",   "--image",
                                  layout.buf, bundle.buf, NULL};
    if (run_program(unpack, "/dev/null") != 0)
        return false;
    const char *const write_list[] = {
        "python3", IMAGES "/list.py", "--unknown-mtime-from", "1700000000", root.buf, NULL};
    assert_int_equal(run_program(write_list, list.buf), 0);
    merged_list_read(ret_list, list.buf);
    return true;
}

enum comparison_verdict { VERDICT_EQUAL, VERDICT_DIFFERENT, VERDICT_REFUSED };

static enum comparison_verdict compare_with_umoci(uint64_t seed)
{
    char folder[] = "/tmp/ullage-umoci-XXXXXX";
    struct model_image model;
    struct bytes archive = BYTES_INIT;
    struct merged_list ours, theirs;
    enum comparison_verdict verdict = VERDICT_REFUSED;
    cleanup_strbuf struct strbuf file = STRBUF_INIT, layout = STRBUF_INIT;
    assert_non_null(mkdtemp(folder));
    strbuf_addf(&file, "%s/image.tar", folder);
    strbuf_addf(&layout, "%s/layout", folder);
    random_image(seed, RANDOM_FOR_UMOCI, &model);
    model_image_archive(&model, IMAGE_OCI, LAYER_GZIP, 0, &archive);
    bytes_write_file(&archive, file.buf);
    assert_int_equal(mkdir(layout.buf, 0700), 0);
    const char *const untar[] = {"tar", "-C", layout.buf, "-xf", file.buf, NULL};
    assert_int_equal(run_program(untar, "/dev/null"), 0);
    if (unpack_with_umoci(&theirs, folder)) {
        const struct fixture fixture = {.name = file.buf};
        struct accounting accounting;
        struct image *image = open_fixture(&fixture);
        account(&accounting, image, SEMANTICS_SPEC);
        merged_list_make(&ours, image, &accounting);
        verdict = merged_list_compare(&ours, &theirs, 0, stdout) ? VERDICT_DIFFERENT
                                                                 : VERDICT_EQUAL;
        if (verdict == VERDICT_DIFFERENT) {
            printf("seed %llu:\n", (unsigned long long)seed);
            model_image_print(&model, stdout);
        }
        merged_list_release(&ours);
        merged_list_release(&theirs);
        accounting_release(&accounting);
        image_free(image);
    }
    bytes_release(&archive);
    model_image_release(&model);
    remove_folder(folder);
    return verdict;
}

static void random_images_are_what_umoci_unpacks(void **state)
{
    size_t verdicts[3] = {0};
    (void)state;
    if (!have_umoci()) {
        print_message("skipped %d images: umoci, python3 and root are needed\n",
                      UMOCI_IMAGES);
        skip();
    }
    for (uint64_t seed = 0; seed < UMOCI_IMAGES; seed++)
        verdicts[compare_with_umoci(seed)]++;
    print_message("umoci: %zu equal, %zu different, %zu refused\n", verdicts[VERDICT_EQUAL],
                  verdicts[VERDICT_DIFFERENT], verdicts[VERDICT_REFUSED]);
    assert_int_equal(verdicts[VERDICT_DIFFERENT], 0);
    assert_true(verdicts[VERDICT_EQUAL] >= UMOCI_IMAGES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_file_system_equals_umoci_unpack),
        cmocka_unit_test(merged_file_system_equals_docker_export),
        cmocka_unit_test(identities_hold_on_every_fixture),
        cmocka_unit_test(manifest_that_is_null_is_refused),
        cmocka_unit_test(number_of_threads_changes_no_byte_of_a_report),
        cmocka_unit_test(lines_of_entries_agree_with_the_sums_on_every_fixture),
        cmocka_unit_test(lines_of_entries_agree_with_the_sums_on_random_images),
        cmocka_unit_test(report_from_a_pipe_equals_that_from_the_file),
        cmocka_unit_test(estimate_of_a_folder_is_near_what_tar_and_gzip_make),
        cmocka_unit_test(every_form_of_an_image_has_the_same_figures),
        cmocka_unit_test(random_images_are_what_umoci_unpacks),
    };
    return cmocka_run_group_tests(tests, read_fixtures, forget_fixtures);
}
