/* Content rules, each with an image that breaks it and one that does not; what dockle and slim get wrong of
 * the same subject stands among them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/checks.h"
#include "analyzer/report/report.h"
#include "core/memory.h"
#include "tests/support/imagemaker.h"
#include "tests/support/secretmaker.h"
#include "tests/support/tarmaker.h"
#include "tests/support/check.h"

#define LAYERS_MAX 4
#define HISTORY_MAX 8

/* An image in the making, then its findings. */
struct bench {
    struct tarmaker tars[LAYERS_MAX];
    size_t layer_count;
    struct image_history history[HISTORY_MAX];
    size_t history_count;
    const char *config;
    const char *created;
    const char *os;
    const char *tag;
    bool untagged;
    enum image_form form;
    const char *date;
    const char *ignored;
    const char *allowed;
    struct limits limits;
    struct checks checks;
    struct analysis *analysis;
};

static struct bench bench_new(void)
{
    struct bench bench = {
        .layer_count = 1,
        .config = "{\"User\":\"1000\",\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]}}",
        .tag = "app:1.0",
        .form = IMAGE_DOCKER_LEGACY,
    };
    for (size_t i = 0; i < LAYERS_MAX; i++)
        bench.tars[i] = (struct tarmaker)TARMAKER_INIT;
    return bench;
}

static struct tarmaker *top(struct bench *b)
{
    return &b->tars[b->layer_count - 1];
}

static void next_layer(struct bench *b)
{
    assert_true(b->layer_count++ < LAYERS_MAX);
}

static void file(struct bench *b, const char *path, const char *text)
{
    tarmaker_file_str(top(b), path, text);
}

static void file_mode(struct bench *b, const char *path, unsigned mode)
{
    const struct tar_member member = {.name = path, .mode = mode, .data = "x", .data_size = 1};
    tarmaker_add(top(b), &member);
}

static void step(struct bench *b, const char *created_by)
{
    assert_true(b->history_count < HISTORY_MAX);
    b->history[b->history_count++] =
        (struct image_history){.created_by = created_by, .empty_layer = true};
}

/* A step that made the layer. */
static void layer_step(struct bench *b, const char *created_by)
{
    step(b, created_by);
    b->history[b->history_count - 1].empty_layer = false;
}

static char *write_image(struct bench *b)
{
    struct layer_spec layers[LAYERS_MAX] = {{.tar = NULL}};
    const char *const tags[] = {b->tag, NULL};
    static const char *const none[] = {NULL};
    struct bytes archive = BYTES_INIT;
    for (size_t i = 0; i < b->layer_count; i++) {
        tarmaker_finish(&b->tars[i]);
        layers[i] =
            (struct layer_spec){.tar = b->tars[i].out.data, .tar_size = b->tars[i].out.size};
    }
    const struct image_spec spec = {
        .layers = layers,
        .layer_count = b->layer_count,
        .history = b->history_count ? b->history : NULL,
        .history_count = b->history_count,
        .tags = b->untagged ? none : tags,
        .created = b->created,
        .os = b->os,
        .config_json = b->config,
    };
    image_make(&spec, b->form, &archive);
    char *path = bytes_write_temp(&archive);
    bytes_release(&archive);
    return path;
}

static void check(struct bench *b)
{
    struct error error = ERROR_INIT;
    cleanup_free char *path = write_image(b);
    b->limits = limits_default();
    checks_start(&b->checks, &b->limits);
    if ((b->date && checks_set_date(&b->checks, b->date, &error) < 0) ||
        (b->ignored && checks_ignore(&b->checks, b->ignored, &error) < 0) ||
        (b->allowed && checks_allow(&b->checks, b->allowed, &error) < 0))
        fail_msg("%s", error.text);
    struct analysis_options options = {
        .limits = &b->limits, .watchers = b->checks.watchers, .threads = 2};
    if (analysis_run(&b->analysis, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    checks_run(&b->checks, b->analysis);
    unlink(path);
}

static void done(struct bench *b)
{
    analysis_free(b->analysis);
    checks_release(&b->checks);
    for (size_t i = 0; i < LAYERS_MAX; i++)
        tarmaker_release(&b->tars[i]);
}

static const struct finding *find(const struct bench *b, const char *code, size_t nth)
{
    const struct findings *findings = &b->analysis->image->findings;
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(finding_code(findings->items[i].rule), code) == 0 && nth-- == 0)
            return &findings->items[i];
    return NULL;
}

static size_t count(const struct bench *b, const char *code)
{
    size_t found = 0;
    while (find(b, code, found))
        found++;
    return found;
}

/* Checks the image and ends it: the rule has so many findings. */
static void expect(struct bench *b, const char *code, size_t wanted)
{
    check(b);
    if (count(b, code) != wanted)
        fail_msg("%s has %zu findings, not %zu", code, count(b, code), wanted);
    done(b);
}

static void says(const struct bench *b, const char *code, const char *text)
{
    const struct finding *finding = find(b, code, 0);
    assert_non_null(finding);
    if (!strstr(finding->message, text))
        fail_msg("'%s' lacks '%s'", finding->message, text);
}

/* One RUN, one configuration, one file: what most rules are about. */
static void expect_step(const char *created_by, const char *code, size_t wanted)
{
    struct bench b = bench_new();
    file(&b, "x", "x");
    layer_step(&b, created_by);
    expect(&b, code, wanted);
}

static void expect_config(const char *config, const char *code, size_t wanted)
{
    struct bench b = bench_new();
    b.config = config;
    expect(&b, code, wanted);
}

static void expect_file(const char *path, const char *text, const char *code, size_t wanted)
{
    struct bench b = bench_new();
    file(&b, path, text);
    expect(&b, code, wanted);
}

static void expect_mode(const char *path, unsigned mode, const char *code, size_t wanted)
{
    struct bench b = bench_new();
    file_mode(&b, path, mode);
    expect(&b, code, wanted);
}

static void private_key_in_a_live_file_is_found(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_OPENSSH, 1);
    struct bench b = bench_new();
    file(&b, "root/.ssh/id_ed25519", key);
    check(&b);
    says(&b, "IMG201", "OpenSSH private key <redacted:");
    assert_string_equal(find(&b, "IMG201", 0)->path, "/root/.ssh/id_ed25519");
    assert_int_equal(find(&b, "IMG201", 0)->layer, 0);
    assert_true(find(&b, "IMG201", 0)->bytes > 0);
    done(&b);
    expect_file("root/.ssh/id_ed25519.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me", "IMG201", 0);
}

static void private_key_that_a_later_layer_deleted_is_still_in_its_layer(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_RSA, 1);
    struct bench b = bench_new();
    file(&b, "root/key", key);
    next_layer(&b);
    tarmaker_whiteout(top(&b), "root/key");
    check(&b);
    says(&b, "IMG201", "deleted by layer 1, still in layer 0");
    done(&b);
}

static void private_key_that_a_later_layer_replaced_is_still_in_its_layer(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_RSA, 1);
    struct bench b = bench_new();
    file(&b, "root/key", key);
    next_layer(&b);
    file(&b, "root/key", "nothing");
    check(&b);
    says(&b, "IMG201", "replaced by layer 1, still in layer 0");
    done(&b);
}

static void key_with_a_passphrase_is_another_rule(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_PKCS8_ENCRYPTED, 1);
    expect_file("key.pem", key, "IMG202", 1);
    expect_file("key.pem", key, "IMG201", 0);
}

static void key_among_the_tests_of_a_package_is_a_sample(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_RSA, 1);
    expect_file("usr/lib/python3/dist-packages/twisted/test/server.pem", key, "IMG203", 1);
    expect_file("usr/share/doc/x/examples/key.pem", key, "IMG203", 1);
    expect_file("usr/share/go-1.19/src/crypto/tls/tls_test.go", key, "IMG203", 1);
    expect_file("app/tests/key.pem", key, "IMG203", 0);
    expect_file("etc/ssl/private/server.key", key, "IMG203", 0);
}

static void key_within_a_library_of_a_package_is_a_sample(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_EC, 1);
    for (int packaged = 0; packaged < 2; packaged++) {
        struct bench b = bench_new();
        struct bytes library = BYTES_INIT;
        bytes_add_zeros(&library, 1000);
        bytes_add_str(&library, key);
        tarmaker_file(top(&b), packaged ? "usr/lib/libx.so.1" : "app/server", library.data,
                      library.size);
        bytes_release(&library);
        expect(&b, packaged ? "IMG203" : "IMG201", 1);
    }
}

static void token_of_a_service_is_found(void **state)
{
    (void)state;
    cleanup_free char *token = secret_token("glpat-<w20-64>", 1);
    expect_file("app/config.yml", token, "IMG204", 1);
    expect_file("app/config.yml", "token: glpat-" "xxxxxxxxxxxxxxxxxxxx", "IMG204", 0);
}

static void credential_where_a_tool_keeps_it_is_found(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf netrc = STRBUF_INIT;
    cleanup_free char *word = secret_word(12, 1);
    strbuf_addf(&netrc, "machine a login b password %s\n", word);
    expect_file("root/.netrc", netrc.buf, "IMG205", 1);
    expect_file("usr/share/doc/curl/netrc.txt", netrc.buf, "IMG205", 0);
}

static void password_in_a_url_is_found(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf conf = STRBUF_INIT;
    cleanup_free char *word = secret_word(12, 1);
    strbuf_addf(&conf, "index-url = https://ci:%s@packages.corp.net/\n", word);
    expect_file("etc/pip.conf", conf.buf, "IMG206", 1);
    expect_file("etc/pip.conf", "index-url = https://user:pass@host/", "IMG206", 0);
}

static void secret_in_the_environment_is_found_by_name_or_shape(void **state)
{
    (void)state;
    expect_config("{\"Env\":[\"DB_PWD=q1w2e3r4\"]}", "IMG207", 1);
    expect_config("{\"Env\":[\"AWS_CREDENTIALS=q1w2e3r4\"]}", "IMG207", 1);
    expect_config("{\"Env\":[\"URL=redis://u:" "q1w2e3r4" "@cache/0\"]}", "IMG207", 1);
}

static void names_that_only_sound_secret_are_left_alone(void **state)
{
    (void)state;
    expect_config("{\"Env\":[\"KEYBOARD_LAYOUT=de\",\"BYPASS=yes1\",\"COMPASS=north\","
                  "\"TOKENIZERS_PARALLELISM=false\",\"GPG_KEY=E3FF2839C048B25C\","
                  "\"DB_PASSWORD_FILE=/run/secrets/db\",\"DB_PASSWORD=\",\"A_TOKEN=changeme\","
                  "\"B_TOKEN=${TOKEN}\",\"OLDPWD=/srv\"]}",
                  "IMG207", 0);
    expect_step("/bin/sh -c apt-get install -y libkeyutils1=1.6", "IMG209", 0);
}

static void secret_in_a_label_is_found(void **state)
{
    (void)state;
    expect_config("{\"Labels\":{\"deploy.token\":\"q1w2e3r4\"}}", "IMG208", 1);
    expect_config("{\"Labels\":{\"maintainer\":\"me@example.com\"}}", "IMG208", 0);
}

static void secret_in_the_history_is_found_once(void **state)
{
    (void)state;
    struct bench b = bench_new();
    step(&b, "ARG NPM_TOKEN=q1w2e3r4");
    layer_step(&b, "RUN |1 NPM_TOKEN=q1w2e3r4 /bin/sh -c npm ci # buildkit");
    expect(&b, "IMG209", 1);
    expect_step("RUN /bin/sh -c curl -H 'Authorization: Bearer q1w2e3r4t5' https://x # buildkit",
                "IMG209", 1);
    expect_step("ARG NPM_TOKEN", "IMG209", 0);
}

static void secret_of_env_is_not_told_again_for_its_step(void **state)
{
    (void)state;
    struct bench b = bench_new();
    b.config = "{\"Env\":[\"DB_PASSWORD=q1w2e3r4\"]}";
    step(&b, "ENV DB_PASSWORD=q1w2e3r4");
    layer_step(&b, "COPY x /");
    check(&b);
    assert_int_equal(count(&b, "IMG207"), 1);
    assert_int_equal(count(&b, "IMG209"), 0);
    done(&b);
}

static void secret_in_the_command_is_found(void **state)
{
    (void)state;
    expect_config("{\"Cmd\":[\"app\",\"--password\",\"q1w2e3r4\"]}", "IMG210", 1);
    expect_config("{\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"x --token=q1w2e3r4\"]}}", "IMG210",
                  1);
    expect_config("{\"Cmd\":[\"app\",\"--password-file\",\"/run/secrets/db\"]}", "IMG210", 0);
}

static void secret_that_is_allowed_by_its_fingerprint_is_left_out(void **state)
{
    (void)state;
    char fingerprint[FINGERPRINT_TEXT_MAX];
    secret_fingerprint(fingerprint, span_of_text("q1w2e3r4"));
    struct bench b = bench_new();
    b.config = "{\"Env\":[\"A_TOKEN=q1w2e3r4\",\"B_TOKEN=t5z6u7i8\"]}";
    b.allowed = fingerprint;
    expect(&b, "IMG207", 1);
}

static void rule_that_is_ignored_by_code_or_name_is_left_out(void **state)
{
    (void)state;
    static const char *const spellings[] = {"IMG211", "img211", "setuid-file"};
    for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
        struct bench b = bench_new();
        file_mode(&b, "bin/su", 04755);
        b.ignored = spellings[i];
        expect(&b, "IMG211", 0);
    }
}

static void setuid_program_is_named(void **state)
{
    (void)state;
    expect_mode("bin/su", 04755, "IMG211", 1);
    expect_mode("bin/ls", 0755, "IMG211", 0);
}

static void setuid_program_that_is_gone_is_not_named(void **state)
{
    (void)state;
    struct bench b = bench_new();
    file_mode(&b, "bin/su", 04755);
    next_layer(&b);
    file_mode(&b, "bin/su", 0755);
    expect(&b, "IMG211", 0);
}

static void setgid_program_is_named(void **state)
{
    (void)state;
    expect_mode("bin/wall", 02755, "IMG212", 1);
    expect_mode("bin/ls", 0755, "IMG212", 0);
}

static void file_that_everyone_may_write_is_named(void **state)
{
    (void)state;
    expect_mode("app/run.sh", 0777, "IMG213", 1);
    expect_mode("app/run.sh", 0775, "IMG213", 0);
}

static void directory_without_its_sticky_bit_is_named(void **state)
{
    (void)state;
    for (int sticky = 0; sticky < 2; sticky++) {
        struct bench b = bench_new();
        tarmaker_dir(top(&b), "tmp/", sticky ? 01777 : 0777);
        expect(&b, "IMG214", !sticky);
    }
}

static void symlink_is_not_a_file_that_everyone_may_write(void **state)
{
    (void)state;
    struct bench b = bench_new();
    tarmaker_symlink(top(&b), "lib", "usr/lib");
    expect(&b, "IMG213", 0);
}

static void account_without_a_password_is_named(void **state)
{
    (void)state;
    expect_file("etc/shadow", "root:::0:::::\nx:*:1::::::\n", "IMG215", 1);
    expect_file("etc/passwd", "root::0:0::/root:/bin/sh\n", "IMG215", 1);
    expect_file("etc/shadow", "root:*:1::::::\na:!:1::::::\nb:!!:1::::::\nc:x:1::::::\n", "IMG215",
                0);
    expect_file("etc/shadow", "short line\n\n:\n# root::\n", "IMG215", 0);
}

static void hash_of_a_password_is_named_and_not_shown(void **state)
{
    (void)state;
    cleanup_free char *hash = secret_token("$6$<a8>$<a86>", 1);
    cleanup_strbuf struct strbuf shadow = STRBUF_INIT;
    strbuf_addf(&shadow, "root:%s:1::::::\n", hash);
    struct bench b = bench_new();
    file(&b, "etc/shadow", shadow.buf);
    check(&b);
    says(&b, "IMG216", "'root' <redacted:");
    assert_null(strstr(find(&b, "IMG216", 0)->message, hash));
    done(&b);
    expect_file("etc/shadow", "root:*:1::::::\nabc:!locked-13ch:1\n", "IMG216", 0);
}

static void two_accounts_of_one_number_are_named(void **state)
{
    (void)state;
    struct bench b = bench_new();
    file(&b, "etc/passwd", "a:x:1000:1::/:/x\nb:x:1001:1::/:/x\nc:x:01000:1::/:/x\n");
    check(&b);
    says(&b, "IMG217", "'a' and 'c' are both 1000");
    assert_int_equal(count(&b, "IMG217"), 1);
    done(&b);
    expect_file("etc/passwd", "a:x:1:1::/:/x\nb:x:2:1::/:/x\nbroken\n::\n", "IMG217", 0);
}

static void two_groups_of_one_number_are_named(void **state)
{
    (void)state;
    expect_file("etc/group", "a:x:5:\nb:x:5:\n", "IMG218", 1);
    expect_file("etc/group", "a:x:5:\nb:x:6:a\n+:::\n", "IMG218", 0);
}

static void two_accounts_of_one_name_are_named(void **state)
{
    (void)state;
    expect_file("etc/passwd", "a:x:1:1::/:/x\na:x:2:1::/:/x\n", "IMG219", 1);
    expect_file("etc/passwd", "a:x:1:1::/:/x\nab:x:2:1::/:/x\n", "IMG219", 0);
}

static void two_groups_of_one_name_are_named(void **state)
{
    (void)state;
    expect_file("etc/group", "a:x:1:\na:x:2:\n", "IMG220", 1);
    expect_file("etc/group", "a:x:1:\nb:x:2:\n", "IMG220", 0);
}

static void second_account_with_the_rights_of_root_is_named(void **state)
{
    (void)state;
    expect_file("etc/passwd", "root:x:0:0::/:/x\ntoor:x:00:0::/:/x\n", "IMG221", 1);
    expect_file("etc/passwd", "root:x:0:0::/:/x\nbin:x:1:1::/:/x\n", "IMG221", 0);
}

static void sudo_in_the_image_is_named(void **state)
{
    (void)state;
    expect_mode("usr/bin/sudo", 04755, "IMG222", 1);
    expect_mode("usr/share/doc/sudo", 0644, "IMG222", 0);
}

static void apt_lists_are_measured_on_the_file_system(void **state)
{
    (void)state;
    struct bench b = bench_new();
    file(&b, "var/lib/apt/lists/deb_main_Packages", "12345678");
    file(&b, "var/lib/apt/lists/lock", "not counted");
    check(&b);
    assert_int_equal(find(&b, "IMG223", 0)->bytes, 8);
    done(&b);
}

static void apt_lists_that_another_way_removed_are_no_finding(void **state)
{
    (void)state;
    struct bench b = bench_new();
    tarmaker_dir(top(&b), "var/lib/apt/lists/", 0755);
    file(&b, "var/lib/apt/lists/lock", "");
    layer_step(&b, "RUN /bin/sh -c apt-get update && apt-get install -y x && "
                   "find /var/lib/apt/lists -type f -delete # buildkit");
    expect(&b, "IMG223", 0);
}

static void cache_of_apk_is_measured_on_the_file_system(void **state)
{
    (void)state;
    expect_file("var/cache/apk/APKINDEX.tar.gz", "x", "IMG224", 1);
    expect_file("var/cache/other", "x", "IMG224", 0);
}

static void what_belongs_to_the_work_is_named(void **state)
{
    (void)state;
    static const char *const named[] = {
        "app/Dockerfile", "docker-compose.yml", "app/.env", ".DS_Store", "app/.git/HEAD",
        "root/.aws/config", "root/.cache/pip/x", "app/.vscode/settings.json", "app/.x.swp",
    };
    static const char *const plain[] = {
        "app/node_modules/x/Dockerfile", "app/vendor/y/.git/HEAD", "app/main.py",
        "usr/share/doc/x/examples/Dockerfile", "app/docker", "app/git/HEAD",
    };
    for (size_t i = 0; i < ARRAY_SIZE(named); i++)
        expect_file(named[i], "x", "IMG225", 1);
    for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
        expect_file(plain[i], "x", "IMG225", 0);
}

static void needless_folder_is_one_finding_with_its_bytes(void **state)
{
    (void)state;
    struct bench b = bench_new();
    file(&b, "app/.git/HEAD", "12345");
    file(&b, "app/.git/objects/pack/x", "12345");
    file(&b, "app/.git/.DS_Store", "1");
    check(&b);
    assert_int_equal(count(&b, "IMG225"), 1);
    assert_int_equal(find(&b, "IMG225", 0)->bytes, 11);
    done(&b);
}

static void shell_is_named_once_whatever_links_lead_to_it(void **state)
{
    (void)state;
    struct bench b = bench_new();
    tarmaker_symlink(top(&b), "bin", "usr/bin");
    file_mode(&b, "usr/bin/busybox", 0755);
    tarmaker_symlink(top(&b), "usr/bin/sh", "busybox");
    expect(&b, "IMG226", 1);
    expect_mode("app/server", 0755, "IMG226", 0);
}

static void certificate_beside_those_of_the_distribution_is_named(void **state)
{
    (void)state;
    cleanup_free char *certificate = secret_certificate(1);
    expect_file("usr/local/share/ca-certificates/corp.crt", certificate, "IMG227", 1);
    expect_file("etc/ssl/certs/ca-certificates.crt", certificate, "IMG227", 0);
    expect_file("usr/share/ca-certificates/mozilla/x.crt", certificate, "IMG227", 0);
    expect_file("usr/local/lib/python3.12/site-packages/certifi/cacert.pem", certificate, "IMG227",
                0);
}

static void login_by_key_is_named(void **state)
{
    (void)state;
    expect_file("root/.ssh/authorized_keys", "# me\nssh-ed25519 AAAA me\n", "IMG228", 1);
    expect_file("root/.ssh/authorized_keys", "# nobody\n\n", "IMG228", 0);
}

static void store_of_keys_is_told_by_its_content(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *head;
        size_t wanted;
    } stores[] = {
        {"app/key.jks", "\376\355\376\355\0\0\0\2\0\0\0\1\0\0\0\1", 1},
        {"app/trust.jks", "\376\355\376\355\0\0\0\2\0\0\0\1\0\0\0\2", 0},
        {"app/key.p12", "0\202\1\2\2\1\3 filled up to 16", 1},
        {"app/notes.p12", "no store at all.", 0},
        {"app/db.kdbx", "\3\331\242\232 filled up to 16", 1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
        struct bench b = bench_new();
        tarmaker_file(top(&b), stores[i].path, stores[i].head, 16);
        expect(&b, "IMG229", stores[i].wanted);
    }
}

static void user_is_root_in_any_spelling(void **state)
{
    (void)state;
    static const char *const spellings[] = {"",     "root",  "0",    "0:0",    "root:root",
                                            "0000", "0:999", "toor", "root:0", " 0"};
    for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
        char config[64];
        struct bench b = bench_new();
        snprintf(config, sizeof config, "{\"User\":\"%s\"}", spellings[i]);
        b.config = config;
        file(&b, "etc/passwd", "root:x:0:0::/:/x\ntoor:x:0:0::/:/x\napp:x:1000:1::/:/x\n");
        expect(&b, "IMG301", 1);
    }
}

static void user_with_a_number_of_its_own_is_not_root(void **state)
{
    (void)state;
    static const char *const spellings[] = {"1000", "1000:0", "app", "app:root", "00010"};
    for (size_t i = 0; i < ARRAY_SIZE(spellings); i++) {
        char config[64];
        struct bench b = bench_new();
        snprintf(config, sizeof config, "{\"User\":\"%s\"}", spellings[i]);
        b.config = config;
        file(&b, "etc/passwd", "root:x:0:0::/:/x\napp:x:1000:1::/:/x\n");
        expect(&b, "IMG301", 0);
    }
}

static void user_that_the_image_does_not_know_is_named(void **state)
{
    (void)state;
    expect_config("{\"User\":\"nobody-here\"}", "IMG302", 1);
    expect_config("{\"User\":\"1234\"}", "IMG302", 0);
}

static void missing_health_check_is_named(void **state)
{
    (void)state;
    expect_config("{\"User\":\"1000\"}", "IMG303", 1);
    expect_config("{\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]}}", "IMG303", 0);
    expect_config("{\"Healthcheck\":{\"Test\":[\"NONE\"]}}", "IMG303", 0);
}

static void builder_that_drops_health_checks_is_told_from_none(void **state)
{
    (void)state;
    struct bench b = bench_new();
    b.config = "{\"Labels\":{\"io.buildah.version\":\"1.28.2\"}}";
    check(&b);
    says(&b, "IMG303", "unknown");
    done(&b);
}

static void volume_of_the_kernels_is_named_in_any_spelling(void **state)
{
    (void)state;
    static const char *const sensitive[] = {"/dev", "/proc", "/sys", "/proc/", "//sys/fs", "dev",
                                            "/dev/shm", "/a/../proc", "/./dev"};
    static const char *const plain[] = {"/data", "/devices", "/var/proc", "/system"};
    char config[100];
    for (size_t i = 0; i < ARRAY_SIZE(sensitive); i++) {
        snprintf(config, sizeof config, "{\"Volumes\":{\"%s\":{}}}", sensitive[i]);
        expect_config(config, "IMG304", 1);
    }
    for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
        snprintf(config, sizeof config, "{\"Volumes\":{\"%s\":{}}}", plain[i]);
        expect_config(config, "IMG304", 0);
    }
}

static void add_that_only_copies_is_named(void **state)
{
    (void)state;
    expect_step("ADD app.py /app/ # buildkit", "IMG305", 1);
    expect_step("/bin/sh -c #(nop) ADD dir:0123abcd in /app ", "IMG305", 1);
    expect_step("/bin/sh -c #(nop) ADD file:0123abcd in /app/x ", "IMG305", 1);
    expect_step("ADD --chown=app app.py lib.py /app/ # buildkit", "IMG305", 1);
}

static void add_that_unpacks_or_fetches_is_right(void **state)
{
    (void)state;
    expect_step("ADD rootfs.tar.xz / # buildkit", "IMG305", 0);
    expect_step("ADD https://h.net/x /x # buildkit", "IMG305", 0);
    expect_step("COPY app.py /app/ # buildkit", "IMG305", 0);
    expect_step("/bin/sh -c echo ADD x in y", "IMG305", 0);
    struct bench b = bench_new();
    file(&b, "bin/a", "x");
    file(&b, "bin/b", "x");
    layer_step(&b, "/bin/sh -c #(nop) ADD file:0123abcd in / ");
    expect(&b, "IMG305", 0);
}

static void apt_update_alone_is_named(void **state)
{
    (void)state;
    expect_step("RUN /bin/sh -c apt-get update # buildkit", "IMG306", 1);
    expect_step("/bin/sh -c apt-get -qq update; true", "IMG306", 1);
    expect_step("/bin/sh -c apt update || exit 1", "IMG306", 1);
}

static void apt_update_with_what_uses_it_is_right(void **state)
{
    (void)state;
    expect_step("/bin/sh -c apt-get update && apt-get install -y x", "IMG306", 0);
    expect_step("/bin/sh -c apt-get update; apt-get -y install x", "IMG306", 0);
    expect_step("/bin/sh -c set -e\napt-get update\napt-get -o A=b install x", "IMG306", 0);
    expect_step("/bin/sh -c bash -c 'apt-get update && apt-get install x'", "IMG306", 0);
    expect_step("/bin/sh -c echo apt-get update", "IMG306", 0);
    expect_step("/bin/sh -c bash <<EOF\napt-get update\napt-get install x\nEOF", "IMG306", 0);
}

static void dist_upgrade_is_named(void **state)
{
    (void)state;
    expect_step("/bin/sh -c apt-get update && apt-get -y dist-upgrade", "IMG307", 1);
    expect_step("/bin/sh -c apt-get update && apt-get -y upgrade", "IMG307", 0);
    expect_step("/bin/sh -c echo 'apt-get dist-upgrade'", "IMG307", 0);
}

static void apk_add_that_keeps_its_index_is_named(void **state)
{
    (void)state;
    expect_step("/bin/sh -c apk update; apk add curl", "IMG308", 1);
    expect_step("/bin/sh -c apk --no-cache add curl", "IMG308", 0);
    expect_step("/bin/sh -c apk add curl && rm -rf /var/cache/apk/*", "IMG308", 0);
    expect_step("RUN --mount=type=cache,target=/var/cache/apk apk add curl", "IMG308", 0);
    expect_step("RUN --mount=type=cache,target=/x apk add curl", "IMG308", 1);
    expect_step("/bin/sh -c echo apk add curl", "IMG308", 0);
}

static void sudo_in_a_command_is_named_and_not_the_word(void **state)
{
    (void)state;
    expect_step("/bin/sh -c true; sudo -E apt-get update", "IMG309", 1);
    expect_step("/bin/sh -c apt-get install -y sudo", "IMG309", 0);
    expect_step("/bin/sh -c echo 'app ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/app", "IMG309", 0);
}

static void tag_that_says_nothing_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        size_t wanted;
    } tags[] = {
        {"app:latest", 1}, {"host:5000/app:latest", 1}, {"app:1.0", 0}, {"host:5000/app:1.0", 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
        struct bench b = bench_new();
        b.tag = tags[i].tag;
        expect(&b, "IMG310", tags[i].wanted);
    }
    struct bench b = bench_new();
    b.untagged = true;
    expect(&b, "IMG310", 1);
}

static void image_is_old_on_a_day_that_is_given(void **state)
{
    (void)state;
    static const struct {
        const char *date;
        size_t wanted;
    } days[] = {{"2025-01-02", 1}, {"2025-01-01", 0}, {"2023-01-01", 0}, {NULL, 0}};
    for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
        struct bench b = bench_new();
        b.created = "2024-01-02T03:04:05Z"; /* 2024 has 366 days */
        b.date = days[i].date;
        expect(&b, "IMG311", days[i].wanted);
    }
}

static void age_of_an_image_without_a_date_is_unknown(void **state)
{
    (void)state;
    static const char *const dates[] = {"1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z",
                                        "1980-01-01T00:00:01Z"};
    for (size_t i = 0; i < ARRAY_SIZE(dates); i++) {
        struct bench b = bench_new();
        b.created = dates[i];
        b.date = "2025-01-01";
        check(&b);
        assert_int_equal(count(&b, "IMG312"), 1);
        assert_int_equal(count(&b, "IMG311"), 0);
        done(&b);
    }
    struct bench b = bench_new();
    b.created = "2024-12-01T00:00:00Z";
    b.date = "2025-01-01";
    expect(&b, "IMG312", 0);
}

static void program_that_is_not_in_the_image_is_named(void **state)
{
    (void)state;
    expect_config("{\"Cmd\":[\"servr\"]}", "IMG313", 1);
    expect_config("{\"Entrypoint\":[\"/app/run\"]}", "IMG313", 1);
    expect_config("{\"User\":\"1\"}", "IMG313", 0);
}

static void program_is_looked_up_as_the_engine_does(void **state)
{
    (void)state;
    static const char *const configs[] = {
        "{\"Cmd\":[\"server\"],\"Env\":[\"PATH=/nowhere:/opt/bin\"]}",
        "{\"Entrypoint\":[\"/srv/server\"],\"Cmd\":[\"gone\"]}",
        "{\"Cmd\":[\"./server\"],\"WorkingDir\":\"/opt/bin\"}",
    };
    for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
        struct bench b = bench_new();
        b.config = configs[i];
        file(&b, "x", "x");
        next_layer(&b);
        file_mode(&b, "opt/bin/server", 0755);
        tarmaker_symlink(top(&b), "srv", "opt/bin");
        check(&b);
        assert_int_equal(count(&b, "IMG313") + count(&b, "IMG314"), 0);
        assert_int_equal(count(&b, "IMG315"), 1);
        assert_string_equal(find(&b, "IMG315", 0)->path, "/opt/bin/server");
        assert_int_equal(find(&b, "IMG315", 0)->layer, 1);
        done(&b);
    }
}

static void program_that_may_not_be_executed_is_named(void **state)
{
    (void)state;
    for (int executable = 0; executable < 2; executable++) {
        struct bench b = bench_new();
        b.config = "{\"Entrypoint\":[\"/entrypoint.sh\"]}";
        file_mode(&b, "entrypoint.sh", executable ? 0755 : 0644);
        expect(&b, "IMG314", !executable);
    }
}

static void image_of_windows_is_not_asked_about_users_and_programs(void **state)
{
    (void)state;
    struct bench b = bench_new();
    b.os = "windows";
    b.config = "{\"User\":\"ContainerUser\",\"Cmd\":[\"cmd.exe\"]}";
    check(&b);
    assert_int_equal(count(&b, "IMG301") + count(&b, "IMG302") + count(&b, "IMG313"), 0);
    done(&b);
}

static void program_that_was_found_is_told_only_if_there_is_one(void **state)
{
    (void)state;
    expect_config("{\"Cmd\":[\"gone\"]}", "IMG315", 0);
}

static void layer_alone_has_no_findings_about_a_configuration(void **state)
{
    (void)state;
    struct bench b = bench_new();
    struct error error = ERROR_INIT;
    file_mode(&b, "bin/su", 04755);
    tarmaker_finish(top(&b));
    cleanup_free char *path = bytes_write_temp(&b.tars[0].out);
    b.limits = limits_default();
    checks_start(&b.checks, &b.limits);
    struct analysis_options options = {
        .limits = &b.limits, .watchers = b.checks.watchers, .threads = 1};
    assert_int_equal(analysis_run(&b.analysis, path, &options, &error), 0);
    checks_run(&b.checks, b.analysis);
    unlink(path);
    assert_int_equal(count(&b, "IMG211"), 1);
    assert_int_equal(count(&b, "IMG301") + count(&b, "IMG303") + count(&b, "IMG310"), 0);
    done(&b);
}

static void findings_do_not_depend_on_how_layers_are_compressed(void **state)
{
    (void)state;
    cleanup_free char *key = secret_key(KEY_RSA, 1);
    size_t counts[2];
    for (int form = 0; form < 2; form++) {
        struct bench b = bench_new();
        b.form = form ? IMAGE_DOCKER_HYBRID : IMAGE_DOCKER_LEGACY;
        file(&b, "a/key", key);
        file(&b, "b/key", key);
        check(&b);
        counts[form] = count(&b, "IMG201");
        done(&b);
    }
    assert_int_equal(counts[0], 2);
    assert_int_equal(counts[1], 2);
}

static void file_with_too_many_secrets_is_cut_with_a_warning(void **state)
{
    (void)state;
    struct bench b = bench_new();
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    for (unsigned i = 0; i < 1200; i++) {
        cleanup_free char *token = secret_token("glpat-<w20-64>", i);
        strbuf_addf(&text, "%s\n", token);
    }
    file(&b, "tokens", text.buf);
    check(&b);
    assert_int_equal(count(&b, "IMG204"), 1000);
    assert_int_equal(b.analysis->image->findings.warning_count, 1);
    assert_string_equal(b.analysis->image->findings.warnings[0].code, "secrets-cut");
    done(&b);
}

static void file_too_long_for_its_name_is_told(void **state)
{
    (void)state;
    struct bench b = bench_new();
    struct bytes passwd = BYTES_INIT;
    b.config = "{\"User\":\"app\"}";
    bytes_add_zeros(&passwd, (1 << 20) + 1);
    tarmaker_file(top(&b), "etc/passwd", passwd.data, passwd.size);
    bytes_release(&passwd);
    check(&b);
    assert_string_equal(b.analysis->image->findings.warnings[0].code, "file-not-read");
    assert_int_equal(count(&b, "IMG302"), 0);
    done(&b);
}

static void findings_begin_with_errors(void **state)
{
    (void)state;
    struct bench b = bench_new();
    b.config = "{\"Env\":[\"A_TOKEN=q1w2e3r4\"],\"Cmd\":[\"gone\"]}";
    file_mode(&b, "bin/su", 04755);
    check(&b);
    const struct findings *findings = &b.analysis->image->findings;
    for (size_t i = 1; i < findings->count; i++)
        assert_true(finding_severity(findings->items[i - 1].rule) <=
                    finding_severity(findings->items[i].rule));
    done(&b);
}

/* Secrets in every place that a report shows, and in files. */
#define PLANTED_MAX 16

struct planted {
    char *values[PLANTED_MAX];
    size_t count;
};

static const char *plant(struct planted *planted)
{
    assert_true(planted->count < PLANTED_MAX);
    planted->values[planted->count] = secret_word(14, 100 + (unsigned)planted->count);
    return planted->values[planted->count++];
}

static void plant_image(struct bench *b, struct planted *planted, struct strbuf *config,
                        struct strbuf *texts)
{
    strbuf_addf(config,
                "{\"Env\":[\"DB_PASSWORD=%s\",\"URL=https://me:%s@h.net/\"],"
                "\"Labels\":{\"deploy.token\":\"%s\",\"docs\":\"ftp://me:%s@h.net\"},",
                plant(planted), plant(planted), plant(planted), plant(planted));
    strbuf_addf(config,
                "\"Entrypoint\":[\"app\",\"--token=%s\"],\"Cmd\":[\"--password\",\"%s\"],"
                "\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"x --secret %s\"]}}",
                plant(planted), plant(planted), plant(planted));
    b->config = config->buf;
    strbuf_addf(&texts[0], "ARG NPM_TOKEN=%s", plant(planted));
    strbuf_addf(&texts[1],
                "RUN |1 NPM_TOKEN=some %s /bin/sh -c sudo curl -H 'Authorization: Bearer %s' "
                "https://me:%s@h.net && apt-get update # buildkit",
                plant(planted), plant(planted), plant(planted));
    strbuf_addf(&texts[2], "machine h.net login me password %s\n", plant(planted));
    strbuf_addf(&texts[3], "root:$6$%s$abc:1::::::\n", plant(planted));
    step(b, texts[0].buf);
    layer_step(b, texts[1].buf);
    file(b, "root/.netrc", texts[2].buf);
    file(b, "etc/shadow", texts[3].buf);
    next_layer(b);
    layer_step(b, "RUN rm /root/.netrc");
    tarmaker_whiteout(top(b), "root/.netrc");
}

static void assert_hides(const struct planted *planted, const char *what, const struct strbuf *text)
{
    for (size_t i = 0; i < planted->count; i++)
        if (memmem(text->buf, text->len, planted->values[i], strlen(planted->values[i])))
            fail_msg("%s shows secret %zu", what, i);
}

static void no_report_shows_a_secret(void **state)
{
    (void)state;
    struct bench b = bench_new();
    struct planted planted = {.count = 0};
    struct strbuf config = STRBUF_INIT, texts[4] = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT,
                                                    STRBUF_INIT};
    plant_image(&b, &planted, &config, texts);
    check(&b);
    const struct report report = {.analysis = b.analysis};
    const struct report_options options = {
        .style = {"", "", "", "", "", ""}, .width = 400};

    for (size_t i = 0; report_formats[i]; i++) {
        struct error error = ERROR_INIT;
        cleanup_strbuf struct strbuf out = STRBUF_INIT;
        const struct sink sink = sink_to_strbuf(&out);
        if (report_formats[i]->write(&report, &options, &sink, &error) < 0)
            fail_msg("%s: %s", report_formats[i]->name, error.text);
        assert_hides(&planted, report_formats[i]->name, &out);
    }
    assert_int_equal(count(&b, "IMG207"), 2);
    assert_int_equal(count(&b, "IMG208"), 2);
    assert_int_equal(count(&b, "IMG209"), 4);
    assert_int_equal(count(&b, "IMG205"), 1);

    done(&b);
    for (size_t i = 0; i < planted.count; i++)
        free(planted.values[i]);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        strbuf_release(&texts[i]);
    strbuf_release(&config);
}

static void error_about_a_fingerprint_does_not_repeat_what_was_given(void **state)
{
    (void)state;
    struct limits limits = limits_default();
    struct checks checks;
    struct error error = ERROR_INIT;
    cleanup_free char *word = secret_word(14, 1);
    checks_start(&checks, &limits);
    assert_int_equal(checks_allow(&checks, word, &error), -1);
    assert_null(strstr(error.text, word));
    assert_null(strstr(error.hint, word));
    error_release(&error);
    checks_release(&checks);
}

static void fingerprint_is_taken_as_it_is_printed(void **state)
{
    (void)state;
    struct limits limits = limits_default();
    struct checks checks;
    struct error error = ERROR_INIT;
    checks_start(&checks, &limits);
    assert_int_equal(checks_allow(&checks, "<redacted:0123456789ab>", &error), 0);
    assert_int_equal(checks_allow(&checks, "0123456789ab", &error), 0);
    assert_int_equal(checks_allow(&checks, "0123456789", &error), -1);
    error_release(&error);
    checks_release(&checks);
}

static void dates_are_read_as_days(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t day;
    } days[] = {{"1970-01-01", 0}, {"1970-03-01", 59}, {"2000-02-29", 11016},
                {"2024-03-01T10:00:00Z", 19783}};
    static const char *const wrong[] = {"", "2023-02-29", "2023-13-01", "2023-1-1", "today",
                                        "2023-01-00", "2023-01-01x"};
    int64_t day;
    for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
        assert_true(check_read_day(days[i].text, &day));
        assert_int_equal(day, days[i].day);
    }
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_false(check_read_day(wrong[i], &day));
}

static void every_rule_is_explained(void **state)
{
    (void)state;
    for (enum finding_rule rule = 0; rule < FINDING_RULES; rule++) {
        if (!finding_why(rule) || !finding_fix(rule) || !finding_example(rule))
            fail_msg("%s lacks its row in explanations.def", finding_code(rule));
        assert_int_equal(finding_find(finding_code(rule)), rule);
        assert_int_equal(finding_find(finding_name(rule)), rule);
    }
    assert_int_equal(finding_find("IMG000"), FINDING_RULES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_key_in_a_live_file_is_found),
        cmocka_unit_test(private_key_that_a_later_layer_deleted_is_still_in_its_layer),
        cmocka_unit_test(private_key_that_a_later_layer_replaced_is_still_in_its_layer),
        cmocka_unit_test(key_with_a_passphrase_is_another_rule),
        cmocka_unit_test(key_among_the_tests_of_a_package_is_a_sample),
        cmocka_unit_test(key_within_a_library_of_a_package_is_a_sample),
        cmocka_unit_test(token_of_a_service_is_found),
        cmocka_unit_test(credential_where_a_tool_keeps_it_is_found),
        cmocka_unit_test(password_in_a_url_is_found),
        cmocka_unit_test(secret_in_the_environment_is_found_by_name_or_shape),
        cmocka_unit_test(names_that_only_sound_secret_are_left_alone),
        cmocka_unit_test(secret_in_a_label_is_found),
        cmocka_unit_test(secret_in_the_history_is_found_once),
        cmocka_unit_test(secret_of_env_is_not_told_again_for_its_step),
        cmocka_unit_test(secret_in_the_command_is_found),
        cmocka_unit_test(secret_that_is_allowed_by_its_fingerprint_is_left_out),
        cmocka_unit_test(rule_that_is_ignored_by_code_or_name_is_left_out),
        cmocka_unit_test(setuid_program_is_named),
        cmocka_unit_test(setuid_program_that_is_gone_is_not_named),
        cmocka_unit_test(setgid_program_is_named),
        cmocka_unit_test(file_that_everyone_may_write_is_named),
        cmocka_unit_test(directory_without_its_sticky_bit_is_named),
        cmocka_unit_test(symlink_is_not_a_file_that_everyone_may_write),
        cmocka_unit_test(account_without_a_password_is_named),
        cmocka_unit_test(hash_of_a_password_is_named_and_not_shown),
        cmocka_unit_test(two_accounts_of_one_number_are_named),
        cmocka_unit_test(two_groups_of_one_number_are_named),
        cmocka_unit_test(two_accounts_of_one_name_are_named),
        cmocka_unit_test(two_groups_of_one_name_are_named),
        cmocka_unit_test(second_account_with_the_rights_of_root_is_named),
        cmocka_unit_test(sudo_in_the_image_is_named),
        cmocka_unit_test(apt_lists_are_measured_on_the_file_system),
        cmocka_unit_test(apt_lists_that_another_way_removed_are_no_finding),
        cmocka_unit_test(cache_of_apk_is_measured_on_the_file_system),
        cmocka_unit_test(what_belongs_to_the_work_is_named),
        cmocka_unit_test(needless_folder_is_one_finding_with_its_bytes),
        cmocka_unit_test(shell_is_named_once_whatever_links_lead_to_it),
        cmocka_unit_test(certificate_beside_those_of_the_distribution_is_named),
        cmocka_unit_test(login_by_key_is_named),
        cmocka_unit_test(store_of_keys_is_told_by_its_content),
        cmocka_unit_test(user_is_root_in_any_spelling),
        cmocka_unit_test(user_with_a_number_of_its_own_is_not_root),
        cmocka_unit_test(user_that_the_image_does_not_know_is_named),
        cmocka_unit_test(missing_health_check_is_named),
        cmocka_unit_test(builder_that_drops_health_checks_is_told_from_none),
        cmocka_unit_test(volume_of_the_kernels_is_named_in_any_spelling),
        cmocka_unit_test(add_that_only_copies_is_named),
        cmocka_unit_test(add_that_unpacks_or_fetches_is_right),
        cmocka_unit_test(apt_update_alone_is_named),
        cmocka_unit_test(apt_update_with_what_uses_it_is_right),
        cmocka_unit_test(dist_upgrade_is_named),
        cmocka_unit_test(apk_add_that_keeps_its_index_is_named),
        cmocka_unit_test(sudo_in_a_command_is_named_and_not_the_word),
        cmocka_unit_test(tag_that_says_nothing_is_named),
        cmocka_unit_test(image_is_old_on_a_day_that_is_given),
        cmocka_unit_test(age_of_an_image_without_a_date_is_unknown),
        cmocka_unit_test(program_that_is_not_in_the_image_is_named),
        cmocka_unit_test(program_is_looked_up_as_the_engine_does),
        cmocka_unit_test(program_that_may_not_be_executed_is_named),
        cmocka_unit_test(image_of_windows_is_not_asked_about_users_and_programs),
        cmocka_unit_test(program_that_was_found_is_told_only_if_there_is_one),
        cmocka_unit_test(layer_alone_has_no_findings_about_a_configuration),
        cmocka_unit_test(findings_do_not_depend_on_how_layers_are_compressed),
        cmocka_unit_test(file_with_too_many_secrets_is_cut_with_a_warning),
        cmocka_unit_test(file_too_long_for_its_name_is_told),
        cmocka_unit_test(findings_begin_with_errors),
        cmocka_unit_test(no_report_shows_a_secret),
        cmocka_unit_test(error_about_a_fingerprint_does_not_repeat_what_was_given),
        cmocka_unit_test(fingerprint_is_taken_as_it_is_printed),
        cmocka_unit_test(dates_are_read_as_days),
        cmocka_unit_test(every_rule_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
