/* Which instruction made which layer, in the history of each builder, and the Dockerfile a history proves. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/analysis.h"
#include "analyzer/attribution.h"
#include "analyzer/dockerfile_of.h"
#include "core/memory.h"
#include "core/strbuf.h"
#include "tests/support/bytes.h"
#include "tests/support/imagemaker.h"
#include "tests/support/tarmaker.h"
#include "tests/support/check.h"

#define NOP "/bin/sh -c #(nop) "
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define STEPS_MAX 16

struct made {
    const struct image_history *history;
    size_t count;
    const char *config; /* NULL: as imagemaker makes it */
};

#define MADE(list) {.history = (list), .count = ARRAY_SIZE(list)}

/* An archive with a layer for each step that is not empty. */
static char *make_image(const struct made *made)
{
    struct layer_spec specs[STEPS_MAX];
    struct tarmaker tars[STEPS_MAX] = {0};
    struct bytes archive = BYTES_INIT;
    size_t count = 0;
    for (size_t i = 0; i < made->count; i++) {
        char name[32];
        if (made->history[i].empty_layer)
            continue;
        snprintf(name, sizeof name, "file%zu", i);
        tarmaker_file_str(&tars[count], name, "content");
        tarmaker_finish(&tars[count]);
        specs[count] =
            (struct layer_spec){.tar = tars[count].out.data, .tar_size = tars[count].out.size};
        count++;
    }
    const struct image_spec spec = {.layers = specs,
                                    .layer_count = count,
                                    .history = made->history,
                                    .history_count = made->count,
                                    .config_json = made->config};
    image_make(&spec, IMAGE_OCI, &archive);
    char *path = bytes_write_temp(&archive);
    bytes_release(&archive);
    for (size_t i = 0; i < count; i++)
        tarmaker_release(&tars[i]);
    return path;
}

static struct analysis *analyze(const struct made *made, const char *base)
{
    const struct limits limits = limits_default();
    const struct analysis_options options = {.limits = &limits, .threads = 1, .base = base};
    cleanup_error struct error err = ERROR_INIT;
    struct analysis *analysis;
    char *path = make_image(made);
    assert_int_equal(analysis_run(&analysis, path, &options, &err), 0);
    unlink(path);
    free(path);
    return analysis;
}

/* The lines of the layers: "2 0 5", 0 where it is not known. */
static void assert_lines_with(const struct made *made, const char *dockerfile, const char *expected,
                              const char *base, const struct attribution_options *options)
{
    cleanup_error struct error err = ERROR_INIT;
    cleanup_strbuf struct strbuf lines = STRBUF_INIT;
    struct analysis *analysis = analyze(made, base);
    assert_int_equal(analysis_attribute(analysis, "Dockerfile", span_of_text(dockerfile), options, &err), 0);
    for (size_t i = 0; i < analysis->attribution->layer_count; i++)
        strbuf_addf(&lines, "%s%u", i ? " " : "", attribution_line(analysis->attribution, i));
    assert_string_equal(lines.buf, expected);
    analysis_free(analysis);
}

static void assert_lines(const struct made *made, const char *dockerfile, const char *expected)
{
    const struct attribution_options options = {.build_args = NULL};
    assert_lines_with(made, dockerfile, expected, NULL, &options);
}

static const char plain[] = "FROM debian:12\n"
                            "RUN apt-get update && \\\n"
                            "    apt-get install -y curl\n"
                            "ENV A=\"one two\" B=3\n"
                            "COPY --chown=1:1 . /app/\n"
                            "WORKDIR /app\n"
                            "CMD [\"python\", \"x.py\"]\n";

static void classic_history_is_matched(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = NOP "ADD file:" DIGEST " in / "},
        {.created_by = NOP " CMD [\"bash\"]", .empty_layer = true},
        {.created_by = "/bin/sh -c apt-get update &&     apt-get install -y curl"},
        {.created_by = NOP " ENV A=one two B=3", .empty_layer = true},
        {.created_by = NOP "COPY --chown=1:1dir:" DIGEST " in /app/ "},
        {.created_by = NOP "WORKDIR /app"},
        {.created_by = NOP " CMD [\"python\" \"x.py\"]", .empty_layer = true},
    };
    assert_lines(&(struct made)MADE(history), plain, "0 2 5 6");
}

static void buildkit_history_is_matched(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "# debian.sh --arch 'amd64' out/ 'bookworm'"},
        {.created_by = "RUN /bin/sh -c apt-get update &&     apt-get install -y curl # buildkit"},
        {.created_by = "ENV A=one two B=3", .empty_layer = true},
        {.created_by = "COPY --chown=1:1 . /app/ # buildkit"},
        {.created_by = "WORKDIR /app"},
        {.created_by = "CMD [\"python\" \"x.py\"]", .empty_layer = true},
    };
    assert_lines(&(struct made)MADE(history), plain, "0 2 5 6");
}

static void buildah_history_is_matched(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "/bin/sh -c apt-get update &&     apt-get install -y curl"},
        {.created_by = NOP "ENV A=\"one two\" B=3", .empty_layer = true},
        {.created_by = NOP "COPY dir:" DIGEST " in /app/ "},
        {.created_by = NOP "WORKDIR /app", .empty_layer = true},
        {.created_by = NOP "CMD [\"python\", \"x.py\"]", .empty_layer = true},
    };
    assert_lines(&(struct made)MADE(history), plain, "2 5");
}

static void kaniko_history_is_matched(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "RUN apt-get update &&     apt-get install -y curl"},
        {.created_by = "ENV A=\"one two\" B=3", .empty_layer = true},
        {.created_by = "COPY --chown=1:1 . /app/"},
        {.created_by = "WORKDIR /app", .empty_layer = true},
        {.created_by = "CMD [\"python\", \"x.py\"]", .empty_layer = true},
    };
    assert_lines(&(struct made)MADE(history), plain, "2 5");
}

static void a_layer_of_several_steps_is_no_ones(void **state)
{
    (void)state;
    static const struct image_history squashed[] = {
        {.created_by = NOP "COPY dir:" DIGEST " in /a ", .empty_layer = true},
        {.created_by = "/bin/sh -c make"},
        {.created_by = "/bin/sh -c make install"},
    };
    static const struct image_history last[] = {
        {.created_by = NOP "COPY dir:" DIGEST " in /a ", .empty_layer = true},
        {.created_by = "/bin/sh -c make", .empty_layer = true},
        {.created_by = NOP "CMD [\"x\"]"},
    };
    assert_lines(&(struct made)MADE(squashed), "FROM a\nCOPY . /a\nRUN make\nRUN make install\n", "0 4");
    assert_lines(&(struct made)MADE(last), "FROM a\nCOPY . /a\nRUN make\nCMD [\"x\"]\n", "0");
}

static void classic_runs_that_write_nothing_have_no_layer(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "/bin/sh -c true", .empty_layer = true},
        {.created_by = "/bin/sh -c make"},
        {.created_by = NOP " CMD [\"x\"]", .empty_layer = true},
    };
    assert_lines(&(struct made)MADE(history), "FROM a\nRUN true\nRUN make\nCMD [\"x\"]\n", "3");
}

static void arguments_are_expanded_as_the_build_had_them(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "ARG V=1", .empty_layer = true},
        {.created_by = "RUN |1 V=2 /bin/sh -c echo $V # buildkit"},
        {.created_by = "COPY app-2 /app # buildkit"},
        {.created_by = "COPY bin.amd64 /bin/x # buildkit"},
    };
    static const char text[] = "FROM a\nARG V=1\nARG TARGETARCH\nRUN echo $V\nCOPY app-$V /app\n"
                               "COPY bin.$TARGETARCH /bin/x\n";
    static const char one[] = "FROM a\nARG V=1\nRUN echo $V\nCOPY app-$V /app\nCOPY bin.amd64 /bin/x\n";
    assert_lines(&(struct made)MADE(history), one, "3 4 5");
    struct variables args = VARIABLES_INIT;
    variables_set(&args, "V", "9");
    const struct attribution_options other = {.build_args = &args};
    assert_lines_with(&(struct made)MADE(history), one, "3 0 5", NULL, &other);
    variables_release(&args);
    assert_lines(&(struct made)MADE(history), text, "4 5 6");
}

static void the_bases_environment_is_known(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "ENV PATH=/bin:/x", .empty_layer = true},
        {.created_by = "COPY a /home/app # buildkit"},
        {.created_by = "EXPOSE map[8000/tcp:{} 8001/tcp:{} 53/udp:{}]", .empty_layer = true},
    };
    const struct made made = {
        .history = history, .count = 3, .config = "{\"Env\":[\"PATH=/bin:/x\",\"APP_HOME=/home/app\"]}"};
    assert_lines(&made, "FROM a\nENV PATH=$PATH:/x\nCOPY a $APP_HOME\nEXPOSE 8000-8001 53/UDP\n", "3");
}

static void shells_are_known(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "SHELL [/bin/bash -o pipefail -c]", .empty_layer = true},
        {.created_by = "RUN /bin/bash -o pipefail -c a | b # buildkit"},
        {.created_by = "RUN make all # buildkit"},
        {.created_by = "RUN /bin/bash -o pipefail -c set -e\necho x\n # buildkit"},
    };
    assert_lines(&(struct made)MADE(history),
                 "FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\n"
                 "RUN [\"make\", \"all\"]\nRUN <<EOF\nset -e\necho x\nEOF\n",
                 "3 4 5");
}

static void stages_are_told_apart(void **state)
{
    (void)state;
    static const char text[] = "FROM a AS base\nRUN base\nFROM base AS build\nRUN build\n"
                               "FROM base AS app\nCOPY --from=build /x /x\nCMD [\"x\"]\n";
    static const struct image_history app[] = {
        {.created_by = "RUN from-a # buildkit"},
        {.created_by = "RUN /bin/sh -c base # buildkit"},
        {.created_by = "COPY /x /x # buildkit"},
        {.created_by = "CMD [\"x\"]", .empty_layer = true},
    };
    static const struct image_history build[] = {
        {.created_by = "RUN /bin/sh -c base # buildkit"},
        {.created_by = "RUN /bin/sh -c build # buildkit"},
    };
    assert_lines(&(struct made)MADE(app), text, "0 2 6");
    assert_lines(&(struct made)MADE(build), text, "2 4");
    const struct attribution_options last = {.target = "app"};
    assert_lines_with(&(struct made)MADE(build), text, "0 0", NULL, &last);
    const struct attribution_options number = {.target = "1"};
    assert_lines_with(&(struct made)MADE(build), text, "2 4", NULL, &number);
}

static void a_stage_that_is_none_is_refused(void **state)
{
    (void)state;
    static const struct image_history history[] = {{.created_by = "RUN x"}};
    const struct attribution_options options = {.target = "nothing"};
    cleanup_error struct error err = ERROR_INIT;
    struct analysis *analysis = analyze(&(struct made)MADE(history), NULL);
    assert_int_equal(analysis_attribute(analysis, "D", span_of_text("FROM a\n"), &options, &err), -1);
    assert_int_equal(err.code, ERROR_USAGE);
    analysis_free(analysis);
}

static void what_was_edited_since_is_not_guessed(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "RUN /bin/sh -c one # buildkit"},
        {.created_by = "RUN /bin/sh -c two # buildkit"},
        {.created_by = "RUN /bin/sh -c three # buildkit"},
        {.created_by = "COPY a /a # buildkit"},
    };
    assert_lines(&(struct made)MADE(history), "FROM x\nRUN one\nRUN deux\nRUN three\nCOPY a /a\n", "2 0 4 5");
    assert_lines(&(struct made)MADE(history), "FROM x\nRUN one\nRUN three\nCOPY a /a\nRUN more\n", "2 0 3 4");
    assert_lines(&(struct made)MADE(history), "FROM x\nRUN one\nRUN b\nRUN c\nRUN d\n", "0 0 0 0");
}

static void what_fits_twice_is_not_guessed(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "RUN /bin/sh -c one # buildkit"},
        {.created_by = "RUN /bin/sh -c same # buildkit"},
        {.created_by = "RUN /bin/sh -c same # buildkit"},
        {.created_by = "RUN /bin/sh -c two # buildkit"},
    };
    assert_lines(&(struct made)MADE(history), "FROM x\nRUN one\nRUN same\nRUN two\nRUN new\n", "2 0 0 4");
    assert_lines(&(struct made)MADE(history), "FROM x\nRUN one\nRUN same\nRUN same\nRUN two\n", "2 3 4 5");
}

static void a_base_that_is_known_is_left_alone(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "RUN /bin/sh -c same # buildkit"},
        {.created_by = "RUN /bin/sh -c own # buildkit"},
    };
    const struct attribution_options options = {.target = NULL};
    assert_lines_with(&(struct made)MADE(history), "FROM x\nRUN same\nRUN own\n", "2 3", NULL, &options);
    assert_lines_with(&(struct made)MADE(history), "FROM x\nRUN same\nRUN own\n", "0 3", "1", &options);
}

static void triggers_of_a_base_are_no_ones(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "COPY . /src # buildkit"},
        {.created_by = "RUN /bin/sh -c own # buildkit"},
    };
    assert_lines(&(struct made)MADE(history), "FROM onbuild\nRUN own\nONBUILD RUN later\n", "0 2");
}

static void another_dockerfile_proves_nothing(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "COPY . /app # buildkit"},
        {.created_by = "WORKDIR /app"},
        {.created_by = "RUN /bin/sh -c npm ci # buildkit"},
    };
    assert_lines(&(struct made)MADE(history),
                 "FROM python\nWORKDIR /app\nCOPY . /app\nRUN pip install .\nRUN x\nRUN y\n", "0 0 0");
    assert_lines(&(struct made)MADE(history), "", "0 0 0");
    assert_lines(&(struct made)MADE(history), "RUNN x\n", "0 0 0");
}

/* The way back */

static void assert_written(const struct made *made, const char *expected)
{
    const struct limits limits = limits_default();
    const struct analysis_options options = {.limits = &limits, .threads = 1};
    cleanup_error struct error err = ERROR_INIT;
    cleanup_strbuf struct strbuf text = STRBUF_INIT;
    struct dockerfile_of_counts counts;
    char *path = make_image(made);
    assert_int_equal(dockerfile_of(&text, &counts, path, &options, &err), 0);
    const char *rest = strchr(text.buf, '\n') + 1; /* the first line names the file */
    assert_string_equal(rest, expected);
    cleanup_document struct document *document = NULL;
    assert_int_equal(document_parse(&document, span_of(text.buf, text.len), &err), 0);
    assert_true(document_is_accepted(document));
    unlink(path);
    free(path);
}

static void values_end_where_the_configuration_says(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = NOP " ENV A=one two B=3 C=$x\"", .empty_layer = true},
        {.created_by = NOP " ENV D=4", .empty_layer = true},
    };
    const struct made made = {.history = history,
                              .count = 2,
                              .config = "{\"Env\":[\"A=one two\",\"B=3\",\"C=$x\\\"\",\"D=5\"]}"};
    assert_written(&made, "FROM scratch\nENV A=\"one two\" B=\"3\" C=\"\\$x\\\"\"\n"
                          "# where its values end is not told: ENV D=4\n");
}

static void lists_and_checks_are_written_as_they_were(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = NOP " HEALTHCHECK &{[\"CMD-SHELL\" \"x | y\"] \"30s\" \"0s\" \"5s\" '\\x03'}",
         .empty_layer = true},
        {.created_by = "HEALTHCHECK &{[\"NONE\"] \"0s\" \"0s\" \"0s\" \"0s\" '\\x00'}", .empty_layer = true},
        {.created_by = "ENTRYPOINT [\"a\\\"b\" \"c d\"]", .empty_layer = true},
        {.created_by = "EXPOSE map[80/tcp:{}]", .empty_layer = true},
        {.created_by = "USER a$b", .empty_layer = true},
    };
    assert_written(&(struct made)MADE(history),
                   "FROM scratch\nHEALTHCHECK --interval=30s --start-period=5s --retries=3 CMD x | y\n"
                   "HEALTHCHECK NONE\nENTRYPOINT [\"a\\\"b\", \"c d\"]\nEXPOSE 80/tcp\nUSER a\\$b\n");
}

static void commands_keep_their_meaning(void **state)
{
    (void)state;
    static const struct image_history history[] = {
        {.created_by = "RUN |1 V=a b /bin/sh -c echo $V # buildkit"},
        {.created_by = "RUN /bin/sh -c cat <<X\nX\n # buildkit"},
        {.created_by = "RUN make all # buildkit"},
        {.created_by = "RUN make as it stood"},
        {.created_by = "COPY a b /c # buildkit"},
        {.created_by = "COPY <<EOF /etc/x # buildkit"},
    };
    assert_written(&(struct made)MADE(history),
                   "FROM scratch\nRUN echo $V\nRUN [\"/bin/sh\", \"-c\", \"cat <<X\\u000aX\"]\n"
                   "# run without a shell, or by one that nothing tells of: make all\n"
                   "RUN make as it stood\n# its words are not told apart: COPY a b /c\n"
                   "# the text of the heredoc is not told: COPY <<EOF /etc/x\n");
}

static void secrets_are_redacted(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf step = STRBUF_INIT, config = STRBUF_INIT, text = STRBUF_INIT;
    const char *secret = "correct-horse" "-battery";
    strbuf_addf(&step, "ENV DB_PASSWORD=%s", secret);
    strbuf_addf(&config, "{\"Env\":[\"DB_PASSWORD=%s\"]}", secret);
    const struct image_history history[] = {{.created_by = step.buf, .empty_layer = true}};
    const struct made made = {.history = history, .count = 1, .config = config.buf};
    const struct limits limits = limits_default();
    const struct analysis_options options = {.limits = &limits, .threads = 1};
    cleanup_error struct error err = ERROR_INIT;
    struct dockerfile_of_counts counts;
    char *path = make_image(&made);
    assert_int_equal(dockerfile_of(&text, &counts, path, &options, &err), 0);
    assert_null(strstr(text.buf, secret));
    assert_non_null(strstr(text.buf, "<redacted:"));
    unlink(path);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_history_is_matched),
        cmocka_unit_test(buildkit_history_is_matched),
        cmocka_unit_test(buildah_history_is_matched),
        cmocka_unit_test(kaniko_history_is_matched),
        cmocka_unit_test(a_layer_of_several_steps_is_no_ones),
        cmocka_unit_test(classic_runs_that_write_nothing_have_no_layer),
        cmocka_unit_test(arguments_are_expanded_as_the_build_had_them),
        cmocka_unit_test(the_bases_environment_is_known),
        cmocka_unit_test(shells_are_known),
        cmocka_unit_test(stages_are_told_apart),
        cmocka_unit_test(a_stage_that_is_none_is_refused),
        cmocka_unit_test(what_was_edited_since_is_not_guessed),
        cmocka_unit_test(what_fits_twice_is_not_guessed),
        cmocka_unit_test(a_base_that_is_known_is_left_alone),
        cmocka_unit_test(triggers_of_a_base_are_no_ones),
        cmocka_unit_test(another_dockerfile_proves_nothing),
        cmocka_unit_test(values_end_where_the_configuration_says),
        cmocka_unit_test(lists_and_checks_are_written_as_they_were),
        cmocka_unit_test(commands_keep_their_meaning),
        cmocka_unit_test(secrets_are_redacted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
