/* What is asked of a container, as arguments; and what became of it, from codes, words and
 * states. */
#include <stdio.h>
#include <string.h>

#include "runtime/config.h"
#include "runtime/outcome.h"
#include "tests/support/check.h"

static void assert_arguments(const struct container_config *config, const char *expected)
{
    cleanup_arguments struct arguments arguments = ARGUMENTS_INIT;
    cleanup_environment struct environment environment = ENVIRONMENT_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    if (container_config_to_run_args(config, NULL, &arguments, &environment, &error) < 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < arguments.count; i++) {
        arguments_show(&text, &arguments, i);
        strbuf_add_char(&text, '\n');
    }
    assert_string_equal(text.buf, expected);
}

static void assert_refused(const struct container_config *config,
                           const struct engine_version *engine, enum error_code code,
                           const char *expected)
{
    struct error error = ERROR_INIT;
    assert_int_equal(container_config_validate(config, engine, &error), -1);
    assert_string_equal(error.text, expected);
    assert_int_equal(error.code, code);
    error_release(&error);
}

static void add_words(struct strvec *list, const char *a, const char *b)
{
    strvec_add(list, a);
    if (b)
        strvec_add(list, b);
}

static void check(int result, struct error *error)
{
    if (result < 0)
        fail_msg("%s", error->text);
}

static void every_option_is_one_argument_in_the_order_of_the_table(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = {
        .image = memory_dup_text("example/tools:1"),
        .name = memory_dup_text("web"),
        .detach = true,
        .init = true,
        .user = memory_dup_text("1000:1000"),
        .working_dir = memory_dup_text("/srv"),
        .memory = config_number(512 << 20),
        .memory_swap = config_number(-1),
        .cpus = memory_dup_text("1.5"),
        .pids_limit = config_number(0),
        .stop_timeout = config_number(0),
        .health_command = memory_dup_text("curl -f localhost || exit 1"),
        .health_interval = config_number(90000),
        .restart = {RESTART_ON_FAILURE, 3},
        .pull = memory_dup_text("never"),
    };
    struct error error = ERROR_INIT;
    add_words(&config.entrypoint, "sh", "-c");
    add_words(&config.command, "echo \"$A\"", "--");
    settings_add(&config.environment, "A", "b c");
    settings_add(&config.environment, "HOME", NULL);
    settings_add(&config.labels, "role", "a,b=c");
    add_words(&config.cap_drop, "ALL", NULL);
    add_words(&config.tmpfs, "/run:size=1m", NULL);
    check(container_config_add_port(&config, "127.0.0.1:8080:80", &error), &error);
    check(container_config_add_port(&config, "5353:53/udp", &error), &error);
    check(container_config_add_volume(&config, "/x,y:/v:ro", &error), &error);
    check(container_config_add_volume(&config, "data:/data", &error), &error);
    check(container_config_add_volume(&config, "/z:/z:Z", &error), &error);
    check(container_config_add_ulimit(&config, "nofile=1024:2048", &error), &error);
    add_words(&config.extra, "--sig-proxy=false", NULL);

    assert_arguments(&config, "--name=web\n"
                              "--detach\n"
                              "--init\n"
                              "--entrypoint=sh\n"
                              "--env=A=b c\n"
                              "--env=HOME\n"
                              "--label=role=a,b=c\n"
                              "--user=1000:1000\n"
                              "--workdir=/srv\n"
                              "--mount=type=bind,\"source=/x,y\",target=/v,readonly\n"
                              "--mount=type=volume,source=data,target=/data\n"
                              "--volume=/z:/z:Z\n"
                              "--tmpfs=/run:size=1m\n"
                              "--publish=127.0.0.1:8080:80\n"
                              "--publish=5353:53/udp\n"
                              "--memory=536870912\n"
                              "--memory-swap=-1\n"
                              "--cpus=1.5\n"
                              "--pids-limit=0\n"
                              "--ulimit=nofile=1024:2048\n"
                              "--restart=on-failure:3\n"
                              "--stop-timeout=0\n"
                              "--health-cmd=curl -f localhost || exit 1\n"
                              "--health-interval=90000ms\n"
                              "--cap-drop=ALL\n"
                              "--pull=never\n"
                              "--sig-proxy=false\n"
                              "example/tools:1\n"
                              "-c\n"
                              "echo \"$A\"\n"
                              "--\n");
}

static void create_says_nothing_of_detaching(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = {
        .image = memory_dup_text("i1"), .detach = true, .clear_entrypoint = true};
    cleanup_arguments struct arguments arguments = ARGUMENTS_INIT;
    cleanup_environment struct environment environment = ENVIRONMENT_INIT;
    struct error error = ERROR_INIT;
    check(container_config_to_create_args(&config, NULL, &arguments, &environment, &error),
          &error);
    assert_int_equal(arguments.count, 2);
    assert_string_equal(arguments.items[0], "--entrypoint=");
}

static void secret_variable_is_named_and_its_value_is_in_the_environment_alone(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = {.image =
                                                                   memory_dup_text("i1")};
    cleanup_arguments struct arguments arguments = ARGUMENTS_INIT;
    cleanup_environment struct environment environment = ENVIRONMENT_INIT;
    cleanup_strbuf struct strbuf shown = STRBUF_INIT;
    struct error error = ERROR_INIT;
    settings_add_secret(&config.environment, "TOKEN", "open sesame");
    check(container_config_to_run_args(&config, NULL, &arguments, &environment, &error),
          &error);

    assert_string_equal(arguments.items[0], "--env=TOKEN");
    assert_string_equal(environment.changes[0].value, "open sesame");
    environment_print(&shown, &environment);
    assert_null(strstr(shown.buf, "sesame"));
}

static void secret_that_the_engines_program_would_read_is_refused(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = {.image =
                                                                   memory_dup_text("i1")};
    settings_add_secret(&config.environment, "DOCKER_HOST", "tcp://x");
    assert_refused(&config, NULL, ERROR_USAGE, "variable 'DOCKER_HOST' cannot be a secret");
}

static void what_the_engine_cannot_do_is_refused_before_it_is_asked(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = {.image =
                                                                   memory_dup_text("i1")};
    struct engine_version docker = {.kind = ENGINE_DOCKER, .api = {1, 41, 0}};
    struct engine_version podman = {
        .kind = ENGINE_PODMAN, .client = "4.3.1", .client_number = {4, 3, 1}};
    struct error error = ERROR_INIT;
    settings_add(&config.annotations, "a", "b");
    assert_refused(&config, &docker, ERROR_ENGINE,
                   "annotation needs API 1.43, the engine has 1.41");
    check(container_config_validate(&config, &podman, &error), &error);
    docker.api.minor = 43;
    check(container_config_validate(&config, &docker, &error), &error);

    config.gpus = memory_dup_text("all");
    assert_refused(&config, &podman, ERROR_ENGINE, "podman 4.3.1 has no --gpus");
    add_words(&config.networks, "a", "b");
    assert_refused(&config, &docker, ERROR_ENGINE,
                   "more than one network needs API 1.44, the engine has 1.43");
}

static void what_contradicts_itself_is_refused(void **state)
{
    (void)state;
    struct container_config rm = {
        .image = (char *)"i1", .remove = true, .restart = {RESTART_ALWAYS, 0}};
    struct container_config health = {
        .image = (char *)"i1", .no_healthcheck = true, .health_retries = config_number(1)};
    struct container_config swap = {.image = (char *)"i1",
                                    .memory = config_number(20),
                                    .memory_swap = config_number(10)};
    struct container_config dash = {.image = (char *)"-v"};
    struct container_config short_name = {.image = (char *)"i1", .name = (char *)"w"};
    struct container_config none = {0};
    assert_refused(&rm, NULL, ERROR_USAGE, "--rm and --restart contradict one another");
    assert_refused(&health, NULL, ERROR_USAGE,
                   "--no-healthcheck and --health-* contradict one another");
    assert_refused(&swap, NULL, ERROR_USAGE, "--memory-swap is less than --memory");
    assert_refused(&dash, NULL, ERROR_USAGE,
                   "image '-v' begins with '-', which engines read as an option");
    assert_refused(&short_name, NULL, ERROR_USAGE,
                   "container name 'w' is none that engines take");
    assert_refused(&none, NULL, ERROR_USAGE, "image has no name");
}

static void mounts_at_one_place_are_refused(void **state)
{
    (void)state;
    cleanup_container_config struct container_config config = {.image =
                                                                   memory_dup_text("i1")};
    struct error error = ERROR_INIT;
    check(container_config_add_volume(&config, "a:/v", &error), &error);
    check(container_config_add_mount(&config, "type=tmpfs,dst=/w", &error), &error);
    add_words(&config.tmpfs, "/v:size=1m", NULL);
    assert_refused(&config, NULL, ERROR_USAGE, "mount target '/v' is used twice");
    check(container_config_add_volume(&config, "./rel:/r", &error), &error);
    assert_refused(&config, NULL, ERROR_USAGE, "mount source './rel' is no absolute path");
}

static void argument_that_linux_does_not_take_is_named(void **state)
{
    (void)state;
    cleanup_arguments struct arguments arguments = ARGUMENTS_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct error error = ERROR_INIT;
    strbuf_add_text(&text, "--label=x=");
    strbuf_add_repeat(&text, 'y', (128 << 10) - 11);
    arguments_add(&arguments, text.buf);
    assert_int_equal(arguments_check(&arguments, &error), 0);
    strbuf_add_char(&text, 'y');
    arguments_add(&arguments, text.buf);
    assert_int_equal(arguments_check(&arguments, &error), -1);
    assert_non_null(
        strstr(error.text, "has 131072 bytes, Linux takes no more than 131071"));
    error_release(&error);
}

/* -- spellings -- */

static void ports_come_back_as_they_were_written(void **state)
{
    (void)state;
    static const struct {
        const char *given, *again;
    } rows[] = {
        {"80", "80"},
        {"8080:80", "8080:80"},
        {"8080:80/tcp", "8080:80/tcp"},
        {"127.0.0.1:8080:80/udp", "127.0.0.1:8080:80/udp"},
        {"127.0.0.1::80", "127.0.0.1::80"}, /* the engine chooses the host's port */
        {"[::1]:8080:80", "[::1]:8080:80"},
        {"8000-8002:9000-9002", "8000-8002:9000-9002"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct port_config port;
        struct error error = ERROR_INIT;
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        check(port_config_parse(&port, rows[i].given, &error), &error);
        port_config_describe(&port, &text);
        assert_string_equal(text.buf, rows[i].again);
        port_config_release(&port);
    }
}

static void ports_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",        "x",         "0",
                                      "65536",   "-1",        "80/icmp",
                                      "1:2:3:4", "a:80",      "8000-8001:9000-9002",
                                      "9-8",     "::1:80:80", "80/",
                                      ":",       "1:"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct port_config port;
        struct error error = ERROR_INIT;
        if (port_config_parse(&port, bad[i], &error) == 0)
            fail_msg("'%s' is taken for a port", bad[i]);
        assert_int_equal(error.code, ERROR_USAGE);
        assert_non_null(error.hint);
        error_release(&error);
    }
}

static void mounts_are_read_as_csv(void **state)
{
    (void)state;
    struct mount_config mount;
    struct error error = ERROR_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    const char *given = "type=bind,\"src=/a,\"\"b\"\"\",dst=/v,ro";
    check(mount_config_parse(&mount, given, &error), &error);
    assert_string_equal(mount.source, "/a,\"b\"");
    assert_true(mount.read_only);
    mount_config_describe(&mount, &text);
    assert_string_equal(text.buf, "type=bind,\"source=/a,\"\"b\"\"\",target=/v,readonly");
    mount_config_release(&mount);

    static const char *const bad[] = {
        "",         "type=bind",  "type=x,dst=/a",   "dst=/a,what=1",
        "\"dst=/a", "dst=\"/a\"", "dst=/a,ro=maybe", "dst=/a,tmpfs-mode=9"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (mount_config_parse(&mount, bad[i], &error) == 0)
            fail_msg("'%s' is taken for a mount", bad[i]);
        error_release(&error);
    }
}

static void memory_and_durations_have_the_units_of_docker(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } sizes[] = {{"512m", 512 << 20}, {"1g", 1 << 30}, {"1.5GiB", 3 << 29},
                 {"10", 10},          {"7b", 7},       {"64 kB", 65536}},
      times[] = {
          {"1m30s", 90000}, {"500ms", 500}, {"1.5h", 5400000}, {"10", 10000}, {"0", 0}};
    static const char *const bad[] = {"",   "x",   "1x",   "m",
                                      "-1", "1mm", "1..5", "9999999999999g"};
    struct error error = ERROR_INIT;
    int64_t value;
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        check(memory_size_parse(&value, sizes[i].text, &error), &error);
        assert_int_equal(value, sizes[i].value);
    }
    for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
        check(timespan_parse(&value, times[i].text, &error), &error);
        assert_int_equal(value, times[i].value);
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (memory_size_parse(&value, bad[i], &error) == 0)
            fail_msg("'%s' is taken for a size", bad[i]);
        error_release(&error);
        if (timespan_parse(&value, bad[i], &error) == 0)
            fail_msg("'%s' is taken for a duration", bad[i]);
        error_release(&error);
    }
}

static void restart_policies_and_ulimits_are_read(void **state)
{
    (void)state;
    struct restart_policy policy;
    struct ulimit_config ulimit;
    struct error error = ERROR_INIT;
    check(restart_policy_parse(&policy, "on-failure:5", &error), &error);
    assert_int_equal(policy.most, 5);
    assert_int_equal(restart_policy_parse(&policy, "always:5", &error), -1);
    error_release(&error);
    assert_int_equal(restart_policy_parse(&policy, "on-failure:-5", &error), -1);
    error_release(&error);
    check(ulimit_config_parse(&ulimit, "core=-1", &error), &error);
    assert_int_equal(ulimit.hard, -1);
    ulimit_config_release(&ulimit);
    assert_int_equal(ulimit_config_parse(&ulimit, "nofile=5:4", &error), -1);
    error_release(&error);
}

/* -- outcomes -- */

static enum outcome_kind of_container(struct container_info container, int *ret_status)
{
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    outcome_of_container(&outcome, &container);
    *ret_status = outcome_exit_status(&outcome);
    return outcome.kind;
}

static void inspected_state_tells_apart_what_codes_do_not(void **state)
{
    (void)state;
    static const struct {
        struct container_info container;
        enum outcome_kind kind;
        int status;
    } rows[] = {
        {{.state = CONTAINER_CREATED,
          .exit_code = 127,
          .started = VALUE_UNKNOWN,
          .error = "exec: \"nosuch\": executable file not found in $PATH: unknown"},
         OUTCOME_COMMAND_NOT_FOUND,
         125},
        {{.state = CONTAINER_EXITED, .exit_code = 127, .error = ""},
         OUTCOME_APP_EXITED,
         127},
        {{.state = CONTAINER_EXITED, .exit_code = 137, .error = "", .out_of_memory = true},
         OUTCOME_OUT_OF_MEMORY,
         137},
        {{.state = CONTAINER_EXITED, .exit_code = 137, .error = ""},
         OUTCOME_APP_SIGNALLED,
         137},
        {{.state = CONTAINER_CREATED,
          .exit_code = 126,
          .started = VALUE_UNKNOWN,
          .error = "exec: \"/etc\": permission denied: unknown"},
         OUTCOME_COMMAND_NOT_EXECUTABLE,
         125},
        {{.state = CONTAINER_CREATED,
          .exit_code = 128,
          .started = VALUE_UNKNOWN,
          .error = "error gathering device information while adding custom device "
                   "\"/dev/nosuch\": no such file"},
         OUTCOME_DEVICE_MISSING,
         125},
        {{.state = CONTAINER_EXITED, .exit_code = 0, .error = ""}, OUTCOME_DONE, 0},
        {{.state = CONTAINER_CREATED,
          .exit_code = VALUE_UNKNOWN,
          .started = VALUE_UNKNOWN,
          .error = ""},
         OUTCOME_NOT_STARTED,
         125},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int status;
        assert_int_equal(of_container(rows[i].container, &status), rows[i].kind);
        assert_int_equal(status, rows[i].status);
    }
}

static enum outcome_kind of_command(enum engine_kind engine,
                                    enum engine_operation operation, int code,
                                    const char *out, const char *err)
{
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct exec_result result = EXEC_RESULT_INIT;
    result.outcome = EXEC_EXITED;
    result.exit_code = code;
    strbuf_add_text(&result.out.text, out);
    strbuf_add_text(&result.err.text, err);
    outcome_of_command(&outcome, engine, operation, &result);
    strbuf_release(&result.out.text);
    strbuf_release(&result.err.text);
    return outcome.kind;
}

static void codes_and_words_follow_the_table_of_each_engine(void **state)
{
    (void)state;
    static const struct {
        enum engine_kind engine;
        enum engine_operation operation;
        int code;
        const char *out, *err;
        enum outcome_kind kind;
    } rows[] = {
        {ENGINE_DOCKER, OPERATION_RUN, 125, "",
         "docker: Error response from daemon: Conflict. The container name \"/w1\" is "
         "already in use by container \"x\".\nSee 'docker run --help'.\n",
         OUTCOME_NAME_TAKEN},
        {ENGINE_DOCKER, OPERATION_RUN, 127, "",
         "docker: Error response from daemon: failed to create task: exec: \"nosuch\": "
         "executable file not found in $PATH: unknown.\n",
         OUTCOME_COMMAND_NOT_FOUND},
        {ENGINE_DOCKER, OPERATION_RUN, 127, "",
         "docker: Error response from daemon: error gathering device information while "
         "adding custom device \"/dev/no\": no such file or directory\n\nRun 'docker run "
         "--help' for more information\n",
         OUTCOME_DEVICE_MISSING},
        {ENGINE_DOCKER, OPERATION_RUN, 127, "", "sh: nosuch: not found\n",
         OUTCOME_APP_EXITED},
        {ENGINE_DOCKER, OPERATION_RUN, 1, "",
         "\"--annotation\" requires API version 1.43, but the Docker daemon API version is "
         "1.41\n",
         OUTCOME_API_TOO_OLD},
        {ENGINE_DOCKER, OPERATION_RUN, 1, "", "the input device is not a TTY\n",
         OUTCOME_NO_TERMINAL},
        {ENGINE_DOCKER, OPERATION_RUN, 42, "", "docker: Error response from daemon: no\n",
         OUTCOME_APP_EXITED},
        {ENGINE_DOCKER, OPERATION_RUN, 143, "", "", OUTCOME_APP_SIGNALLED},
        {ENGINE_DOCKER, OPERATION_EXEC, 126,
         "OCI runtime exec failed: exec failed: exec: \"nosuch\": executable file not "
         "found in $PATH: unknown\n",
         "", OUTCOME_COMMAND_NOT_FOUND},
        {ENGINE_DOCKER, OPERATION_EXEC, 1, "", "Error: No such container: x\n",
         OUTCOME_NO_SUCH_CONTAINER},
        {ENGINE_DOCKER, OPERATION_EXEC, 1, "",
         "Error response from daemon: Container 5f is not running\n", OUTCOME_NOT_RUNNING},
        {ENGINE_PODMAN, OPERATION_EXEC, 127, "",
         "Error: crun: executable file `nosuch` not found in $PATH: No such file or "
         "directory: OCI runtime attempted to invoke a command that was not found\n",
         OUTCOME_COMMAND_NOT_FOUND},
        {ENGINE_PODMAN, OPERATION_EXEC, 255, "",
         "Error: can only create exec sessions on running containers: container state "
         "improper\n",
         OUTCOME_NOT_RUNNING},
        {ENGINE_PODMAN, OPERATION_EXEC, 125, "",
         "Error: no container with name or ID \"x\" found: no such container\n",
         OUTCOME_NO_SUCH_CONTAINER},
        {ENGINE_DOCKER, OPERATION_OTHER, 1, "",
         "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon "
         "running?\n",
         OUTCOME_ENGINE_DOWN},
        {ENGINE_DOCKER, OPERATION_OTHER, 1, "", "Error: No such image: x\n",
         OUTCOME_NO_SUCH_IMAGE},
        {ENGINE_DOCKER, OPERATION_OTHER, 1, "",
         "Error response from daemon: No such image: x:latest\n", OUTCOME_NO_SUCH_IMAGE},
        {ENGINE_DOCKER, OPERATION_OTHER, 1, "",
         "docker: 'compose' is not a docker command.\nSee 'docker --help'\n",
         OUTCOME_PLUGIN_MISSING},
        {ENGINE_DOCKER, OPERATION_OTHER, 1, "",
         "Error response from daemon: manifest for 127.0.0.1:1/a:2 not found: manifest "
         "unknown: manifest unknown\n",
         OUTCOME_MANIFEST_UNKNOWN},
        {ENGINE_DOCKER, OPERATION_OTHER, 1, "",
         "Error response from daemon: Get \"http://127.0.0.1:1/v2/\": dial tcp "
         "127.0.0.1:1: connect: connection refused\n",
         OUTCOME_REGISTRY_UNREACHABLE},
        {ENGINE_DOCKER, OPERATION_OTHER, 1, "",
         "Error response from daemon: login attempt to http://x/v2/ failed with status: "
         "401 Unauthorized\n",
         OUTCOME_UNAUTHORIZED},
        {ENGINE_DOCKER, OPERATION_OTHER, 1, "",
         "Error response from daemon: conflict: unable to remove repository reference "
         "\"x\" (must force) - container 1 is using its referenced image 2\n",
         OUTCOME_IN_USE},
        {ENGINE_DOCKER, OPERATION_BUILD, 7, "",
         "The command '/bin/sh -c exit 7' returned a non-zero code: 7\n", OUTCOME_FAILED},
        {ENGINE_DOCKER, OPERATION_COMPOSE, 130, "", "", OUTCOME_CANCELLED},
        {ENGINE_DOCKER, OPERATION_OTHER, 0, "", "Error: No such container: x\n",
         OUTCOME_DONE},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        enum outcome_kind kind = of_command(rows[i].engine, rows[i].operation, rows[i].code,
                                            rows[i].out, rows[i].err);
        if (kind != rows[i].kind)
            fail_msg("row %zu: '%s' is %s, not %s", i, rows[i].err, outcome_name(kind),
                     outcome_name(rows[i].kind));
    }
}

static void what_we_cancelled_is_cancelled_whatever_the_code(void **state)
{
    (void)state;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct exec_result result = EXEC_RESULT_INIT;
    result.outcome = EXEC_CANCELLED;
    result.exit_code = 0; /* docker exec, terminated, says so */
    outcome_of_command(&outcome, ENGINE_DOCKER, OPERATION_EXEC, &result);
    assert_int_equal(outcome.kind, OUTCOME_CANCELLED);
    assert_int_equal(outcome_exit_status(&outcome), 125);
}

static void error_of_an_outcome_reads_from_the_task_to_the_engines_words(void **state)
{
    (void)state;
    cleanup_outcome struct outcome outcome = OUTCOME_INIT;
    struct error error = ERROR_INIT;
    struct container_info container = {.state = CONTAINER_CREATED,
                                       .started = VALUE_UNKNOWN,
                                       .exit_code = 127,
                                       .error =
                                           "exec: \"no\033\": executable file not found"};
    outcome_of_container(&outcome, &container);
    assert_int_equal(outcome_expect_done(&outcome, "start of 'web'", &error), -1);
    assert_string_equal(error.text, "start of 'web': the command is not in the image");
    assert_string_equal(error.hint,
                        "the engine says: exec: \"no\\x1b\": executable file not found");
    assert_int_equal(error.code, ERROR_ENGINE);
    error_release(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_one_argument_in_the_order_of_the_table),
        cmocka_unit_test(create_says_nothing_of_detaching),
        cmocka_unit_test(
            secret_variable_is_named_and_its_value_is_in_the_environment_alone),
        cmocka_unit_test(secret_that_the_engines_program_would_read_is_refused),
        cmocka_unit_test(what_the_engine_cannot_do_is_refused_before_it_is_asked),
        cmocka_unit_test(what_contradicts_itself_is_refused),
        cmocka_unit_test(mounts_at_one_place_are_refused),
        cmocka_unit_test(argument_that_linux_does_not_take_is_named),
        cmocka_unit_test(ports_come_back_as_they_were_written),
        cmocka_unit_test(ports_that_make_no_sense_are_refused),
        cmocka_unit_test(mounts_are_read_as_csv),
        cmocka_unit_test(memory_and_durations_have_the_units_of_docker),
        cmocka_unit_test(restart_policies_and_ulimits_are_read),
        cmocka_unit_test(inspected_state_tells_apart_what_codes_do_not),
        cmocka_unit_test(codes_and_words_follow_the_table_of_each_engine),
        cmocka_unit_test(what_we_cancelled_is_cancelled_whatever_the_code),
        cmocka_unit_test(error_of_an_outcome_reads_from_the_task_to_the_engines_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
