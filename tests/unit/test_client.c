/* Verbs of the client, by the lines that a dry run shows: what would be run, for each
 * engine. */
#include <string.h>

#include "runtime/call.h"
#include "runtime/client.h"
#include "tests/support/check.h"

/* A client that runs nothing and remembers its lines. */
static struct client *dry_client(enum engine_kind kind, struct strbuf *lines)
{
    struct client *client;
    struct error error = ERROR_INIT;
    struct client_options options = {
        .kind = kind, .dry_run = DRY_RUN_SHELL, .dry_run_sink = sink_to_strbuf(lines)};
    if (client_open(&client, &options, &error) < 0)
        fail_msg("%s", error.text);
    return client;
}

/* The command of a line, without the environment in front of it. */
static void assert_line(struct strbuf *lines, const char *expected)
{
    const char *program = strstr(lines->buf, expected);
    if (!program || strcmp(program, expected) != 0)
        fail_msg("not '%s' but '%s'", expected, lines->buf);
    strbuf_reset(lines);
}

static void check(int result, struct error *error)
{
    if (result < 0)
        fail_msg("%s", error->text);
}

static void verbs_about_containers_say_what_they_would_run(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    struct error error = ERROR_INIT;
    struct client *client = dry_client(ENGINE_DOCKER, &lines);
    int64_t code;
    strvec_add(&names, "web");
    strvec_add(&names, "job");

    check(client_start(client, &names, &error), &error);
    assert_line(&lines, "docker start web job\n");
    check(client_stop(client, &names, 0, &error), &error);
    assert_line(&lines, "docker stop -t=0 web job\n");
    check(client_restart(client, &names, -1, &error), &error);
    assert_line(&lines, "docker restart web job\n");
    check(client_kill(client, &names, "HUP", &error), &error);
    assert_line(&lines, "docker kill --signal=HUP web job\n");
    check(client_remove(client, &names, true, true, &error), &error);
    assert_line(&lines, "docker rm --force --volumes web job\n");
    check(client_rename(client, "web", "shop", &error), &error);
    assert_line(&lines, "docker rename web shop\n");
    check(client_copy(client, "web:/a b", "/tmp/c", true, false, &error), &error);
    assert_line(&lines, "docker cp --archive 'web:/a b' /tmp/c\n");
    check(client_wait(client, "web", &code, &error), &error);
    assert_line(&lines, "docker wait web\n");
    client_free(client);
}

static void names_that_engines_would_read_as_options_are_refused(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    struct error error = ERROR_INIT;
    struct client *client = dry_client(ENGINE_DOCKER, &lines);
    assert_int_equal(client_start(client, &names, &error), -1);
    assert_string_equal(error.text, "no container is named");
    error_release(&error);
    strvec_add(&names, "--all");
    assert_int_equal(client_start(client, &names, &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
    error_release(&error);
    assert_int_equal(client_pull(client, "-q", NULL, &(struct client_streams){0}, &error),
                     -1);
    error_release(&error);
    assert_int_equal(lines.len, 0);
    client_free(client);
}

static void run_is_create_start_and_inspect(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    cleanup_container_config struct container_config config = {
        .image = memory_dup_text("example/tools:1"),
        .name = memory_dup_text("web"),
        .remove = true};
    struct error error = ERROR_INIT;
    struct client *client = dry_client(ENGINE_DOCKER, &lines);
    strvec_add(&config.command, "true");

    check(client_run(client, &config, &(struct run_options){0}, &outcome, NULL, &error),
          &error);

    assert_non_null(strstr(lines.buf, "docker create --name=web --label=ullage.run="));
    assert_null(strstr(lines.buf, "--rm"));
    assert_non_null(strstr(lines.buf, "docker start --attach web\n"));
    assert_line(&lines, "docker rm --force --volumes web\n");
    assert_int_equal(config.labels.count, 0);

    check(client_run(client, &config, &(struct run_options){.inexact = true}, &outcome,
                     NULL, &error),
          &error);
    assert_line(&lines, "docker run --name=web --rm example/tools:1 true\n");
    client_free(client);
}

static void terminal_that_is_none_is_refused_before_anything_is_started(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    cleanup_container_config struct container_config config = {
        .image = memory_dup_text("i1"), .tty = true};
    struct error error = ERROR_INIT;
    struct client *client = dry_client(ENGINE_DOCKER, &lines);
    assert_int_equal(
        client_run(client, &config, &(struct run_options){0}, &outcome, NULL, &error), -1);
    assert_int_equal(outcome.kind, OUTCOME_NO_TERMINAL);
    assert_int_equal(lines.len, 0);
    error_release(&error);
    client_free(client);
}

static void exec_keeps_secrets_out_of_its_line(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    cleanup_strvec struct strvec command = STRVEC_INIT;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct exec_options options = {.user = (char *)"0", .working_dir = (char *)"/srv"};
    struct error error = ERROR_INIT;
    struct client *client = dry_client(ENGINE_DOCKER, &lines);
    settings_add(&options.environment, "A", "1");
    settings_add_secret(&options.environment, "TOKEN", "open sesame");
    strvec_add(&command, "sh");
    strvec_add(&command, "--");
    check(client_exec(client, "web", &command, &options, &outcome, &error), &error);
    assert_null(strstr(lines.buf, "sesame"));
    assert_line(&lines,
                "docker exec --user=0 --workdir=/srv --env=A=1 --env=TOKEN web sh --\n");
    settings_release(&options.environment);
    client_free(client);
}

static void verbs_about_images_say_what_they_would_run(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    cleanup_strvec struct strvec names = STRVEC_INIT;
    struct client_streams streams = {0};
    struct image_list images = {0};
    struct error error = ERROR_INIT;
    struct client *client = dry_client(ENGINE_DOCKER, &lines);
    struct client *podman = dry_client(ENGINE_PODMAN, &lines);
    strvec_add(&names, "example/tools:1");
    strvec_add(&names, "shop");

    check(client_pull(client, "shop", "linux/arm64", &streams, &error), &error);
    assert_line(&lines, "docker pull --platform=linux/arm64 shop\n");
    check(client_push(client, "shop", &streams, &error), &error);
    assert_line(&lines, "docker push shop\n");
    check(client_tag(client, "shop", "shop:2", &error), &error);
    assert_line(&lines, "docker tag shop shop:2\n");
    check(client_save(client, &names, &streams, &error), &error);
    assert_line(&lines, "docker save example/tools:1 shop\n");
    check(client_save(podman, &names, &streams, &error), &error);
    assert_line(&lines, "podman save --multi-image-archive example/tools:1 shop\n");
    check(client_remove_images(client, &names, true, &error), &error);
    assert_line(&lines, "docker rmi --force example/tools:1 shop\n");
    check(client_list_images(podman, &(struct image_filter){.repository = "shop"}, &images,
                             &error),
          &error);
    assert_line(&lines, "podman images --no-trunc --format=json shop\n");
    check(client_list_images(client, &(struct image_filter){0}, &images, &error), &error);
    assert_line(&lines, "docker images --no-trunc '--format={{json .}}'\n");
    client_free(client);
    client_free(podman);
}

static void build_says_what_it_would_run(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct build_options options = {
        .context = ".", .dockerfile = "Dockerfile", .target = "app", .no_cache = true};
    struct error error = ERROR_INIT;
    struct client *client = dry_client(ENGINE_PODMAN, &lines);
    strvec_add(&options.tags, "shop:1");
    settings_add(&options.build_args, "VERSION", "1 2");
    check(client_build(client, &options, NULL, &outcome, &error), &error);
    assert_line(&lines, "podman build --file=Dockerfile --tag=shop:1 "
                        "'--build-arg=VERSION=1 2' --target=app "
                        "--no-cache .\n");
    client_free(client);

    client = dry_client(ENGINE_DOCKER, &lines);
    options.tool = BUILD_TOOL_CLASSIC;
    strvec_add(&options.secrets, "id=a,src=b");
    assert_int_equal(client_build(client, &options, NULL, &outcome, &error), -1);
    assert_string_equal(
        error.text,
        "build: what was asked for needs BuildKit, and docker has no buildx here");
    error_release(&error);
    strvec_release(&options.tags);
    strvec_release(&options.secrets);
    settings_release(&options.build_args);
    client_free(client);
}

static void password_is_in_no_line(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct client *client = dry_client(ENGINE_DOCKER, &lines);
    check(client_login(client, "127.0.0.1:15000", "u", span_of_text("open sesame"), &error),
          &error);
    assert_null(strstr(lines.buf, "sesame"));
    assert_non_null(
        strstr(lines.buf, "docker login --username=u --password-stdin 127.0.0.1:15000"));
    client_free(client);
}

static void each_verb_has_a_name_and_a_summary(void **state)
{
    (void)state;
    for (size_t i = 0; verbs[i]; i++) {
        assert_true(verbs[i]->name && *verbs[i]->name);
        assert_true(verbs[i]->summary && *verbs[i]->summary);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verbs_about_containers_say_what_they_would_run),
        cmocka_unit_test(names_that_engines_would_read_as_options_are_refused),
        cmocka_unit_test(run_is_create_start_and_inspect),
        cmocka_unit_test(terminal_that_is_none_is_refused_before_anything_is_started),
        cmocka_unit_test(exec_keeps_secrets_out_of_its_line),
        cmocka_unit_test(verbs_about_images_say_what_they_would_run),
        cmocka_unit_test(build_says_what_it_would_run),
        cmocka_unit_test(password_is_in_no_line),
        cmocka_unit_test(each_verb_has_a_name_and_a_summary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
