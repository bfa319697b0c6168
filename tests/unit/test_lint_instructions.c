/* hadolint's rules that look at instructions: where each points, what it leaves alone, how it is mended. */
#include "core/memory.h"
#include "tests/support/lintcheck.h"

static void comments_that_ignore_are_told(void **state)
{
    (void)state;
    points_at("DL1001", "FROM a:1\n# hadolint ignore=DL3003\nRUN cd /x\n", "# hadolint ignore=DL3003");
    is_silent("DL1001", "FROM a:1\n# ignore the next line\nRUN cd /x\n");
}

static void folders_are_absolute(void **state)
{
    (void)state;
    points_at("DL3000", "FROM a:1\nWORKDIR app\n", "app");
    is_silent("DL3000", "FROM a:1\nWORKDIR /app\nWORKDIR $HOME/x\n");
}

static void the_last_user_of_each_stage_is_not_root(void **state)
{
    (void)state;
    points_at("DL3002", "FROM a:1 AS b\nUSER 0:0\nFROM c:1\nUSER me\nUSER root\n", "0:0|root");
    points_at("DL3002", "ARG x\nFROM a:1\nARG who=root\nUSER $who\n", "$who");
    is_silent("DL3002", "FROM a:1\nUSER root\nUSER me\nONBUILD USER root\n");
}

static void base_images_have_tags(void **state)
{
    (void)state;
    points_at("DL3006", "FROM alpine\n", "alpine");
    points_at("DL3006", "FROM localhost:5000/alpine\n", "localhost:5000/alpine");
    is_silent("DL3006", "FROM alpine:3 AS b\nFROM b\nFROM scratch\nFROM c@sha256:1\n");
    is_silent("DL3006", "ARG image\nFROM $image\nFROM alpine:$image\n");
    points_at("DL3007", "ARG tag=latest\nFROM alpine:$tag\n", "alpine:$tag");
    is_silent("DL3007", "FROM alpine:latest-slim\nFROM latest:1\n");
}

static void ports_are_in_range(void **state)
{
    (void)state;
    points_at("DL3011", "FROM a:1\nEXPOSE 80 65536 1-70000/udp\n", "65536|1-70000/udp");
    is_silent("DL3011", "FROM a:1\nEXPOSE 65535 1-65535 $PORT\n");
}

static void what_only_counts_once_stands_once(void **state)
{
    (void)state;
    points_at("DL3012", "FROM a:1\nHEALTHCHECK CMD x\nHEALTHCHECK NONE\n", "HEALTHCHECK");
    points_at("DL4003", "FROM a:1\nCMD [\"x\"]\nCMD [\"y\"]\ncmd [\"z\"]\n", "CMD|cmd");
    points_at("DL4004", "FROM a:1\nENTRYPOINT [\"x\"]\nENTRYPOINT [\"y\"]\n", "ENTRYPOINT");
    is_silent("DL3012", "FROM a:1\nHEALTHCHECK NONE\nFROM b:1\nHEALTHCHECK NONE\n");
    is_silent("DL4003", "FROM a:1\nCMD [\"x\"]\nONBUILD CMD [\"y\"]\nFROM b:1\nCMD [\"z\"]\n");
    is_silent("DL4004", "FROM a:1\nENTRYPOINT [\"x\"]\nCMD [\"y\"]\n");
}

static void plain_files_are_copied(void **state)
{
    (void)state;
    points_at("DL3020", "FROM a:1\nADD x.tar.gz app.py /a/\n", "app.py");
    is_silent("DL3020", "FROM a:1\nADD https://example.org/x /x\nADD [\"x.tgz\", \"/x/\"]\n");
    is_silent("DL3020", "FROM a:1\nARG file\nADD $unknown /x\n");
    with_leave("DL3020", "FROM a:1\nADD --chown=1 app.py /a/\n", "FROM a:1\nCOPY --chown=1 app.py /a/\n");
    with_leave("DL3020", "FROM a:1\nADD x.tgz app.py /a/\n", "FROM a:1\nADD x.tgz app.py /a/\n");
}

static void many_files_go_into_a_folder(void **state)
{
    (void)state;
    points_at("DL3021", "FROM a:1\nCOPY x y /z\n", "/z");
    is_silent("DL3021", "FROM a:1\nCOPY x y /z/\nCOPY x /z\nCOPY [\"x\", \"y\", \"z/\"]\n");
    safely("DL3021", "FROM a:1\nCOPY x \\\n y /z\n", "FROM a:1\nCOPY x \\\n y /z/\n");
}

static void sources_of_copies_are_stages(void **state)
{
    (void)state;
    points_at("DL3022", "FROM a:1\nCOPY --from=build x /x\n", "--from=build");
    is_silent("DL3022", "FROM a:1 AS Build\nFROM b:1\nCOPY --from=build x /x\nCOPY --from=0 x /x\n");
    is_silent("DL3022", "FROM b:1\nCOPY --from=alpine:3 x /x\n");
    points_at("DL3023", "FROM a:1 AS b\nCOPY --from=b x /x\n", "--from=b");
    is_silent("DL3023", "FROM a:1 AS b\nFROM b AS c\nCOPY --from=b x /x\n");
    points_at("DL3067", "FROM a:1 AS b\nFROM c:1\nCOPY --from=b / /\n", "/");
    is_silent("DL3067", "FROM a:1 AS b\nFROM c:1\nCOPY --from=b /app /\nCOPY / /\n");
}

static void names_of_stages_are_unique_and_free(void **state)
{
    (void)state;
    points_at("DL3024", "FROM a:1 AS x\nFROM a:1 AS y\nFROM a:1 AS x\n", "x");
    is_silent("DL3024", "FROM a:1 AS x\nFROM a:1 AS y\n");
    points_at("DL3063", "FROM a:1 AS context\n", "context");
    is_silent("DL3063", "FROM scratch AS contexts\n");
}

static void commands_are_arrays(void **state)
{
    (void)state;
    points_at("DL3025", "FROM a:1\nCMD run me\nHEALTHCHECK CMD ask it\n", "run me|ask it");
    is_silent("DL3025", "FROM a:1\nCMD [\"run\"]\nHEALTHCHECK CMD [\"ask\"]\nHEALTHCHECK NONE\n");
    with_leave("DL3025", "FROM a:1\nCMD exec nginx -g\n", "FROM a:1\nCMD [\"nginx\", \"-g\"]\n");
    with_leave("DL3025", "FROM a:1\nCMD run $HOME\n", "FROM a:1\nCMD run $HOME\n");
    with_leave("DL3025", "FROM a:1\nCMD cd /x\n", "FROM a:1\nCMD cd /x\n");
}

static void ask_trusting(struct strbuf *out, const char *registry, const char *dockerfile)
{
    struct lint_config config;
    lint_config_start(&config);
    strvec_add(&config.trusted_registries, registry);
    ask_with(out, NULL, "DL3026", dockerfile, &config, (struct lint_options){.today = NULL});
    lint_config_release(&config);
}

static void images_come_from_trusted_registries(void **state)
{
    cleanup_strbuf struct strbuf exact = STRBUF_INIT, suffix = STRBUF_INIT, prefix = STRBUF_INIT;
    (void)state;
    ask_trusting(&exact, "a.example",
                 "FROM b.example/x:1 AS b\nFROM a.example/x\nCOPY --from=b x /x\nCOPY --from=y /x /x\n"
                 "RUN --mount=from=c.example/z,target=/z z\n");
    ask_trusting(&suffix, "*.example", "FROM b.example/x:1\nFROM example.org/x\nFROM scratch\n");
    ask_trusting(&prefix, "b.*", "FROM b.example/x:1\nFROM a.b.example/x\n");
    assert_string_equal(exact.buf, "b.example/x:1|--from=y|--mount=from=c.example/z,target=/z");
    assert_string_equal(suffix.buf, "example.org/x");
    assert_string_equal(prefix.buf, "a.b.example/x");
    is_silent("DL3026", "FROM b.example/x:1\n");
}

static void platforms_are_left_to_the_build(void **state)
{
    (void)state;
    points_at("DL3029", "FROM --platform=linux/arm64 a:1\n", "--platform=linux/arm64");
    is_silent("DL3029", "FROM --platform=$BUILDPLATFORM a:1\nFROM b:1\n");
    points_at("DL3065", "FROM --platform=${TARGETPLATFORM} a:1\n", "--platform=${TARGETPLATFORM}");
    is_silent("DL3065", "FROM --platform=$BUILDPLATFORM a:1\n");
}

static void triggers_are_instructions_that_can_be(void **state)
{
    (void)state;
    points_at("DL3043", "FROM a:1\nONBUILD MAINTAINER me\nONBUILD ONBUILD RUN x\n", "MAINTAINER|ONBUILD");
    is_silent("DL3043", "FROM a:1\nONBUILD RUN x\nMAINTAINER me\n");
}

static void a_value_does_not_need_its_neighbours(void **state)
{
    (void)state;
    points_at("DL3044", "FROM a:1\nENV A=1 B=\"${A}/x\" C=$A\n", "\"${A}/x\"|$A");
    points_at("DL3044", "FROM a:1\nENV A=/x:$A A=/y:$A\n", "/x:$A|/y:$A");
    is_silent("DL3044", "FROM a:1\nENV A=0\nENV A=1 B=$A\n");
    is_silent("DL3044", "FROM a:1\nENV PATH=/x:$PATH B='$PATH' C=\\$PATH D=$PATHS\n");
}

static void relative_targets_need_a_folder(void **state)
{
    (void)state;
    points_at("DL3045", "FROM a:1\nCOPY x y/\n", "y/");
    is_silent("DL3045", "FROM a:1 AS b\nWORKDIR /w\nFROM b\nCOPY x y/\n");
    is_silent("DL3045", "FROM a:1\nCOPY x /y\nCOPY x c:/y\nCOPY x $y\n");
    is_silent("DL3045", "FROM a:1\nONBUILD WORKDIR /w\nONBUILD COPY x y\n");
}

static void keys_of_labels_are_plain(void **state)
{
    (void)state;
    points_at("DL3048", "FROM a:1\nLABEL Upper=1 a..b=1 a-=1 io.docker.x=1 9=1 a_b=1\n",
              "Upper|a..b|a-|io.docker.x|9|a_b");
    is_silent("DL3048", "FROM a:1\nLABEL \"org.example.a-b\"=1 $key=1\n");
}

static void ask_of_label(struct strbuf *out, const char *rule, enum label_type type, const char *dockerfile)
{
    struct lint_config config;
    lint_config_start(&config);
    config.labels = memory_alloc_zero(1, sizeof *config.labels);
    config.labels[0] = (struct label_schema){.name = "l", .type = type};
    config.label_count = config.label_capacity = 1;
    config.strict_labels = true;
    ask_with(out, NULL, rule, dockerfile, &config, (struct lint_options){.today = NULL});
    lint_config_release(&config);
}

static void values_of_labels_are_what_they_should_be(void **state)
{
    static const struct {
        const char *rule;
        enum label_type type;
        const char *good, *bad;
    } cases[] = {
        {"DL3051", LABEL_TEXT, "x", "\"\""},
        {"DL3052", LABEL_URL, "https://example.org/?a=%20b", "example.org"},
        {"DL3052", LABEL_URL, "mailto:x@example.org", "\"http://a b\""},
        {"DL3053", LABEL_RFC3339, "2024-02-29T23:59:60.5+01:00", "2023-02-29T00:00:00Z"},
        {"DL3053", LABEL_RFC3339, "2024-02-09T03:04:05Z", "2024-02-09"},
        {"DL3054", LABEL_SPDX, "Apache-2.0", "Apache"},
        {"DL3054", LABEL_SPDX, "\"(MIT OR GPL-2.0-only WITH Classpath-exception-2.0) AND X11\"",
         "\"MIT OR\""},
        {"DL3055", LABEL_HASH, "0123abc", "0123ABC"},
        {"DL3055", LABEL_HASH, "0123456789012345678901234567890123456789", "012345"},
        {"DL3056", LABEL_SEMVER, "1.2.3-rc.1+build.05", "1.2"},
        {"DL3056", LABEL_SEMVER, "0.0.0", "v1.2.3"},
        {"DL3056", LABEL_SEMVER, "1.2.3-0a", "1.2.3-01"},
        {"DL3058", LABEL_EMAIL, "a.b+c@example.org", "a..b@example.org"},
        {"DL3058", LABEL_EMAIL, "\\\"x\\\"@example.org", "example.org"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        cleanup_strbuf struct strbuf good = STRBUF_INIT, bad = STRBUF_INIT, found = STRBUF_INIT,
                                     missed = STRBUF_INIT;
        strbuf_addf(&good, "FROM a:1\nLABEL l=%s other=\n", cases[i].good);
        strbuf_addf(&bad, "FROM a:1\nLABEL l=%s\n", cases[i].bad);
        ask_of_label(&missed, cases[i].rule, cases[i].type, good.buf);
        ask_of_label(&found, cases[i].rule, cases[i].type, bad.buf);
        assert_string_equal(missed.buf, "");
        assert_string_equal(found.buf, cases[i].bad);
    }
}

static void labels_are_those_of_the_schema(void **state)
{
    cleanup_strbuf struct strbuf missing = STRBUF_INIT, more = STRBUF_INIT, excused = STRBUF_INIT;
    (void)state;
    ask_of_label(&missing, "DL3049", LABEL_TEXT, "FROM a:1\nLABEL m=1\nFrom b:1\nLABEL l=1\n");
    ask_of_label(&excused, "DL3049", LABEL_TEXT,
                 "FROM a:1 AS b\nFROM a:1 AS c\nFROM b\nLABEL l=1\nCOPY --from=c x /x\n");
    ask_of_label(&more, "DL3050", LABEL_TEXT, "FROM a:1\nLABEL m=1 l=2\n");
    assert_string_equal(missing.buf, "FROM");
    assert_string_equal(excused.buf, "");
    assert_string_equal(more.buf, "m");
    is_silent("DL3050", "FROM a:1\nLABEL m=1\n");
}

static void health_is_asked_of_each_stage(void **state)
{
    (void)state;
    points_at("DL3057", "From a:1\nFROM b:1 AS c\nHEALTHCHECK NONE\nFROM c\n", "From");
    is_silent("DL3057", "FROM a:1\nHEALTHCHECK CMD x\n");
}

static void nothing_but_arguments_stands_before_from(void **state)
{
    (void)state;
    points_at("DL3061", "ARG a\nLABEL b=c\nFROM a:1\nLABEL d=e\n", "LABEL");
    is_silent("DL3061", "# x\nARG a\nFROM a:1\n");
}

static void names_of_secrets_are_told(void **state)
{
    (void)state;
    points_at("DL3064", "ARG MY_PASSWORD\nFROM a:1\nENV A=1 db_token=2 travis_sudo=3\n",
              "MY_PASSWORD|db_token|travis_sudo");
    is_silent("DL3064", "FROM a:1\nENV KEYBOARD=1\nARG PASS\n");
}

static void users_are_numbers(void **state)
{
    (void)state;
    points_at("DL3066", "FROM a:1\nUSER me:1\n", "me:1");
    is_silent("DL3066", "FROM a:1\nUSER 1000:me\nUSER $who\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_that_ignore_are_told),
        cmocka_unit_test(folders_are_absolute),
        cmocka_unit_test(the_last_user_of_each_stage_is_not_root),
        cmocka_unit_test(base_images_have_tags),
        cmocka_unit_test(ports_are_in_range),
        cmocka_unit_test(what_only_counts_once_stands_once),
        cmocka_unit_test(plain_files_are_copied),
        cmocka_unit_test(many_files_go_into_a_folder),
        cmocka_unit_test(sources_of_copies_are_stages),
        cmocka_unit_test(names_of_stages_are_unique_and_free),
        cmocka_unit_test(commands_are_arrays),
        cmocka_unit_test(images_come_from_trusted_registries),
        cmocka_unit_test(platforms_are_left_to_the_build),
        cmocka_unit_test(triggers_are_instructions_that_can_be),
        cmocka_unit_test(a_value_does_not_need_its_neighbours),
        cmocka_unit_test(relative_targets_need_a_folder),
        cmocka_unit_test(keys_of_labels_are_plain),
        cmocka_unit_test(values_of_labels_are_what_they_should_be),
        cmocka_unit_test(labels_are_those_of_the_schema),
        cmocka_unit_test(health_is_asked_of_each_stage),
        cmocka_unit_test(nothing_but_arguments_stands_before_from),
        cmocka_unit_test(names_of_secrets_are_told),
        cmocka_unit_test(users_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
