/* Compose projects: which files and name are meant, and the lines that a dry run shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "runtime/compose.h"
#include "tests/support/check.h"

struct project {
    char folder[64];
    struct strbuf lines;
    struct client *client;
    struct compose *compose;
};

static void check(int result, struct error *error)
{
    if (result < 0)
        fail_msg("%s", error->text);
}

static void put(const struct project *project, const char *name, const char *text)
{
    char path[256];
    struct error error = ERROR_INIT;
    snprintf(path, sizeof path, "%s/%s", project->folder, name);
    check(file_write(path, span_of_text(text), &error), &error);
}

static void start(struct project *project, enum engine_kind kind)
{
    struct error error = ERROR_INIT;
    *project =
        (struct project){.folder = "/tmp/ullage-compose-XXXXXX", .lines = STRBUF_INIT};
    assert_non_null(mkdtemp(project->folder));
    struct client_options options = {.kind = kind,
                                     .dry_run = DRY_RUN_SHELL,
                                     .dry_run_sink = sink_to_strbuf(&project->lines)};
    check(client_open(&project->client, &options, &error), &error);
}

static void finish(struct project *project)
{
    static const char *const names[] = {"compose.yaml", "docker-compose.yml",
                                        "compose.override.yml", "other.yml", "sub"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", project->folder, names[i]);
        remove(path);
    }
    rmdir(project->folder);
    compose_close(project->compose);
    client_free(project->client);
    strbuf_release(&project->lines);
}

static void open_in(struct project *project, const char *folder)
{
    struct compose_options options = {.folder = folder};
    struct error error = ERROR_INIT;
    check(compose_open(&project->compose, project->client, &options, &error), &error);
}

static const char *base_name(const char *path)
{
    return strrchr(path, '/') + 1;
}

static void files_are_chosen_as_compose_2_does_whatever_the_tool(void **state)
{
    (void)state;
    struct project project;
    char sub[128];
    start(&project, ENGINE_DOCKER);
    put(&project, "docker-compose.yml", "services: {}\n");
    put(&project, "compose.yaml", "services: {}\nname: \"shop\" # ours\n");
    put(&project, "compose.override.yml", "services: {}\n");
    snprintf(sub, sizeof sub, "%s/sub", project.folder);
    assert_int_equal(mkdir(sub, 0755), 0);

    open_in(&project, sub);

    const struct strvec *files = compose_files(project.compose);
    assert_int_equal(files->count, 2);
    assert_string_equal(base_name(files->items[0]), "compose.yaml");
    assert_string_equal(base_name(files->items[1]), "compose.override.yml");
    assert_string_equal(compose_project(project.compose), "shop");
    finish(&project);
}

static void names_of_folders_become_names_of_projects(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *name;
    } rows[] = {{"/srv/My Proj.1", "myproj1"},
                {"/srv/_-a_b-", "a_b-"},
                {"/", ""},
                {"/srv/\xc3\xa4", ""}};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_free char *name = compose_name_of_folder(rows[i].folder);
        assert_string_equal(name, rows[i].name);
    }
}

static void missing_files_and_bad_names_are_refused(void **state)
{
    (void)state;
    struct project project;
    struct error error = ERROR_INIT;
    start(&project, ENGINE_DOCKER);
    struct compose_options options = {.folder = project.folder};
    strvec_add(&options.files, "other.yml");
    assert_int_equal(compose_open(&project.compose, project.client, &options, &error), -1);
    assert_string_equal(error.text, "there is no compose file 'other.yml'");
    error_release(&error);
    put(&project, "other.yml", "services: {}\n");
    options.project = "My Shop";
    assert_int_equal(compose_open(&project.compose, project.client, &options, &error), -1);
    assert_string_equal(error.text, "'My Shop' is no name of a compose project");
    error_release(&error);
    strvec_release(&options.files);
    finish(&project);
}

/* The last line, behind the project's own part of it. */
static void assert_ends_with(struct project *project, const char *expected)
{
    size_t len = strlen(expected);
    if (project->lines.len < len ||
        strcmp(project->lines.buf + project->lines.len - len, expected) != 0)
        fail_msg("not '%s' but '%s'", expected, project->lines.buf);
    strbuf_reset(&project->lines);
}

static void each_call_says_files_name_and_folder(void **state)
{
    (void)state;
    struct project project;
    cleanup_strbuf struct strbuf expected = STRBUF_INIT;
    struct compose_down_options down = {.volumes = true, .stop_seconds = config_number(0)};
    struct error error = ERROR_INIT;
    start(&project, ENGINE_DOCKER);
    put(&project, "compose.yaml", "name: shop\nservices: {}\n");
    open_in(&project, project.folder);

    check(compose_down(project.compose, &down, &error), &error);
    strbuf_addf(
        &expected,
        "docker compose --file=%s/compose.yaml --project-name=shop --project-directory=%s "
        "down --volumes --timeout=0\n",
        project.folder, project.folder);
    assert_ends_with(&project, expected.buf);
    finish(&project);
}

static void verbs_say_what_they_would_run(void **state)
{
    (void)state;
    struct project project;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct compose_up_options up = {.detach = true, .wait = true, .wait_seconds = 9};
    struct compose_run_options run = {.service = "web", .remove = true, .index = 2};
    struct container_list list = {0};
    struct error error = ERROR_INIT;
    start(&project, ENGINE_DOCKER);
    put(&project, "compose.yaml", "name: shop\nservices: {}\n");
    open_in(&project, project.folder);
    strvec_add(&up.services, "web");
    strvec_add(&run.command, "true");
    settings_add(&up.scale, "web", "2");
    settings_add_secret(&run.environment, "TOKEN", "open sesame");

    check(compose_up(project.compose, &up, &outcome, &error), &error);
    assert_ends_with(&project, " up --detach --wait --wait-timeout=9 --scale=web=2 web\n");
    check(compose_run(project.compose, &run, &outcome, &error), &error);
    assert_null(strstr(project.lines.buf, "sesame"));
    assert_ends_with(&project, " run --rm -T -e TOKEN web true\n");
    check(compose_exec(project.compose, &run, &outcome, &error), &error);
    assert_ends_with(&project, " exec --index=2 -T -e TOKEN web true\n");
    check(compose_ps(project.compose, true, &list, &error), &error);
    assert_non_null(
        strstr(project.lines.buf, "docker ps --all --quiet --no-trunc "
                                  "--filter=label=com.docker.compose.project=shop\n"));
    strvec_release(&up.services);
    strvec_release(&run.command);
    settings_release(&up.scale);
    settings_release(&run.environment);
    finish(&project);
}

int main(void)
{
    unsetenv("COMPOSE_FILE");
    unsetenv("COMPOSE_PROJECT_NAME");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_chosen_as_compose_2_does_whatever_the_tool),
        cmocka_unit_test(names_of_folders_become_names_of_projects),
        cmocka_unit_test(missing_files_and_bad_names_are_refused),
        cmocka_unit_test(each_call_says_files_name_and_folder),
        cmocka_unit_test(verbs_say_what_they_would_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
