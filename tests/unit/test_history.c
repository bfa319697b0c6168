/* What a history step says, in the dialect of each builder, and which layer it made. */

#include "analyzer/image/history.h"
#include "core/json.h"
#include "core/memory.h"
#include "tests/support/check.h"

static void assert_instruction(const char *created_by, const char *expected)
{
    cleanup_free char *instruction = history_instruction(created_by, NULL);
    if (expected)
        assert_string_equal(instruction, expected);
    else
        assert_null(instruction);
}

static void classic_builder_nop_is_the_instruction(void **state)
{
    (void)state;
    assert_instruction("/bin/sh -c #(nop)  ENV PATH=/bin", "ENV PATH=/bin");
    assert_instruction("/bin/sh -c #(nop) COPY file:ab12 in /x ", "COPY file:ab12 in /x");
    assert_instruction("/bin/sh -c #(nop)  CMD [\"/bin/sh\"]", "CMD [\"/bin/sh\"]");
}

static void classic_builder_command_is_run(void **state)
{
    (void)state;
    assert_instruction("/bin/sh -c apt-get update", "RUN apt-get update");
    assert_instruction("|2 A=1 B=two words /bin/sh -c make install", "RUN make install");
}

static void buildkit_suffix_shell_and_arguments_go(void **state)
{
    (void)state;
    assert_instruction("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update");
    assert_instruction("RUN |1 V=2 /bin/sh -c echo $V # buildkit", "RUN echo $V");
    assert_instruction("COPY /out/ /usr/local/ # buildkit", "COPY /out/ /usr/local/");
    assert_instruction("WORKDIR /app", "WORKDIR /app");
}

static void buildkit_port_map_is_a_list(void **state)
{
    (void)state;
    assert_instruction("EXPOSE map[53/udp:{} 8080/tcp:{}]", "EXPOSE 53/udp 8080/tcp");
    assert_instruction("EXPOSE map[]", "EXPOSE");
}

static void another_shell_stays_in_the_command(void **state)
{
    (void)state;
    assert_instruction("RUN /bin/bash -o pipefail -c true # buildkit",
                       "RUN /bin/bash -o pipefail -c true");
}

static void kaniko_writes_the_instruction_itself(void **state)
{
    (void)state;
    assert_instruction("RUN apk add --no-cache git", "RUN apk add --no-cache git");
    assert_instruction("COPY . /app", "COPY . /app");
}

static void jib_nix_and_commits_are_unknown(void **state)
{
    (void)state;
    assert_instruction("jib-maven-plugin:3.4.0", NULL);
    assert_instruction("", NULL);
    assert_instruction(NULL, NULL);
    assert_instruction("umoci repack", NULL);
}

static struct history read_history(const char *config, size_t layers)
{
    struct history history;
    struct error error = ERROR_INIT;
    json_t *document;
    assert_int_equal(json_parse(&document, span_of_text(config), &error), 0);
    assert_int_equal(history_read(&history, document, layers, &error), 0);
    json_decref(document);
    return history;
}

static void empty_steps_make_no_layer(void **state)
{
    (void)state;
    struct history history = read_history(
        "{\"history\":[{\"created_by\":\"COPY a /\"},"
        "{\"created_by\":\"ENV A=1\",\"empty_layer\":true},{\"created_by\":\"COPY b /\"}]}",
        2);

    assert_string_equal(history_of_layer(&history, 0)->instruction, "COPY a /");
    assert_int_equal(history.steps[1].layer, -1);
    assert_string_equal(history_of_layer(&history, 1)->instruction, "COPY b /");
    history_release(&history);
}

static void steps_beyond_the_layers_have_none(void **state)
{
    (void)state;
    struct history history =
        read_history("{\"history\":[{\"created_by\":\"A\"},{\"created_by\":\"B\"}]}", 1);

    assert_int_equal(history.with_layer, 2);
    assert_int_equal(history.steps[1].layer, -1);
    history_release(&history);
}

static void layers_beyond_the_steps_are_unknown(void **state)
{
    (void)state;
    struct history history = read_history("{\"history\":[{\"created_by\":\"A\"}]}", 5);

    assert_null(history_of_layer(&history, 4));
    history_release(&history);
}

static void a_history_of_the_wrong_shape_is_refused(void **state)
{
    static const char *const wrong[] = {
        "{\"history\":{}}",
        "{\"history\":[1]}",
        "{\"history\":[{\"created_by\":7}]}",
        "{\"history\":[{\"empty_layer\":\"yes\"}]}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct history history;
        struct error error = ERROR_INIT;
        json_t *document;
        assert_int_equal(json_parse(&document, span_of_text(wrong[i]), &error), 0);
        assert_int_equal(history_read(&history, document, 1, &error), -1);
        assert_int_equal(error.code, ERROR_INPUT);
        json_decref(document);
        error_release(&error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_builder_nop_is_the_instruction),
        cmocka_unit_test(classic_builder_command_is_run),
        cmocka_unit_test(buildkit_suffix_shell_and_arguments_go),
        cmocka_unit_test(buildkit_port_map_is_a_list),
        cmocka_unit_test(another_shell_stays_in_the_command),
        cmocka_unit_test(kaniko_writes_the_instruction_itself),
        cmocka_unit_test(jib_nix_and_commits_are_unknown),
        cmocka_unit_test(empty_steps_make_no_layer),
        cmocka_unit_test(steps_beyond_the_layers_have_none),
        cmocka_unit_test(layers_beyond_the_steps_are_unknown),
        cmocka_unit_test(a_history_of_the_wrong_shape_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
