/* BuildKit's checks: what each says and of which line, what it leaves alone, how it is mended; and that
 * docs/rules.md has every rule. */
#include <stdio.h>

#include "core/file.h"
#include "tests/support/lintcheck.h"

#define PAGE FIXTURES "/../docs/rules.md"
#define PAGE_BYTES_MAX ((size_t)1 << 20)

static void stage_names_are_lower_case(void **state)
{
    (void)state;
    says("StageNameCasing", "FROM a AS Build\n", "Stage name 'Build' should be lowercase\n");
    is_silent("StageNameCasing", "FROM a AS build\nFROM b\n");
    safely("StageNameCasing", "FROM a AS Build # x\nFROM a AS Build\n",
           "FROM a AS Build # x\nFROM a AS build\n");
}

static void as_follows_from(void **state)
{
    (void)state;
    says("FromAsCasing", "FROM a as b\n", "'as' and 'FROM' keywords' casing do not match\n");
    is_silent("FromAsCasing", "FROM a AS b\nfrom a as c\nFrom a as d\n");
    safely("FromAsCasing", "from a As b\n", "from a as b\n");
}

static void keywords_follow_the_majority(void **state)
{
    (void)state;
    says("ConsistentInstructionCasing", "FROM a\ncmd [\"x\"]\n",
         "Command 'cmd' should match the case of the command majority (uppercase)\n");
    points_at("ConsistentInstructionCasing", "arg a\nfrom a\nrun x\nOnbuild RUN y\n", "Onbuild");
    is_silent("ConsistentInstructionCasing", "arg a\nFROM a\nONBUILD run x\n");
    safely("ConsistentInstructionCasing", "FROM a\nRun x\n", "FROM a\nRUN x\n");
}

static void empty_lines_within_instructions_are_told(void **state)
{
    (void)state;
    says("NoEmptyContinuation", "FROM a\nRUN x \\\n\n  y\n", "Empty continuation line\n");
    is_silent("NoEmptyContinuation", "FROM a\nRUN x \\\n# comment\n  y\n\nRUN <<E\n\nE\n");
    safely("NoEmptyContinuation", "FROM a\nRUN x \\\n\n # c\n\t\n  y <<E\n\nE\n",
           "FROM a\nRUN x \\\n # c\n  y <<E\n\nE\n");
}

static void names_of_stages_are_compared_in_lower_case(void **state)
{
    (void)state;
    says("DuplicateStageName", "FROM a AS X\nFROM a AS x\n",
         "Duplicate stage name \"x\", stage names should be unique\n");
    is_silent("DuplicateStageName", "FROM a AS x\nFROM a AS y\n");
    says("ReservedStageName", "FROM a AS Scratch\n",
         "Stage name should not use the same name as reserved stage \"scratch\"\n");
    is_silent("ReservedStageName", "FROM scratch AS x\n");
}

static void commands_are_arrays_unless_a_shell_is_named(void **state)
{
    (void)state;
    says("JSONArgsRecommended", "FROM a\nEntrypoint x y\n",
         "JSON arguments recommended for Entrypoint to prevent unintended behavior related to OS signals\n");
    is_silent("JSONArgsRecommended", "FROM a AS b\nSHELL [\"/bin/sh\", \"-c\"]\nCMD x\nFROM b\nCMD y\n");
    is_silent("JSONArgsRecommended", "FROM a\nCMD [\"x\"]\nHEALTHCHECK CMD x\nONBUILD CMD x\n");
    with_leave("JSONArgsRecommended", "FROM a\nCMD x y\n", "FROM a\nCMD [\"x\", \"y\"]\n");
}

static void arguments_of_from_are_declared(void **state)
{
    (void)state;
    says("UndefinedArgInFrom", "ARG VERSION\nFROM a:$VERSIO\n",
         "FROM argument 'VERSIO' is not declared (did you mean VERSION?)\n");
    says("UndefinedArgInFrom", "FROM --platform=$WHATEVER a\n", "FROM argument 'WHATEVER' is not declared\n");
    is_silent("UndefinedArgInFrom", "ARG V\nFROM --platform=$TARGETPLATFORM a:$V\n");
    says("InvalidDefaultArgInFrom", "ARG V\nFROM a:${V}\n",
         "Default value for ARG a:${V} results in empty or invalid base image name\n");
    is_silent("InvalidDefaultArgInFrom", "ARG V=1\nFROM a:$V\nFROM a:${W:-2}\n");
}

static void the_first_folder_of_a_stage_is_absolute(void **state)
{
    (void)state;
    says("WorkdirRelativePath", "FROM a\nWORKDIR x/y\nWORKDIR z\n",
         "Relative workdir \"x/y\" can have unexpected results if the base image changes\n");
    is_silent("WorkdirRelativePath", "FROM a AS b\nWORKDIR /x\nFROM b\nWORKDIR y\nONBUILD WORKDIR z\n");
}

static void variables_are_defined(void **state)
{
    (void)state;
    says("UndefinedVar", "FROM scratch\nENV NAME=1\nLABEL a=$NAMES b=${NAMES}\n",
         "Usage of undefined variable '$NAMES' (did you mean $NAME?)\n");
    says("UndefinedVar", "FROM a\nUSER $whatever\n",
         "Usage of undefined variable '$whatever'; unknown: whether the base image sets it\n");
    points_at("UndefinedVar", "FROM a\nCOPY --chown=$me x /y\n", "--chown=$me");
    is_silent("UndefinedVar", "FROM a\nARG x\nENV y=$x z=$PATH\nRUN $w\nEXPOSE $w\nCMD $w\n");
    is_silent("UndefinedVar", "FROM a\nONBUILD ENV a=$b\nENV c='$d'\n");
}

static void replaced_instructions_are_told(void **state)
{
    (void)state;
    says("MultipleInstructionsDisallowed", "FROM a\nCMD [\"x\"]\nRUN y\nCMD [\"z\"]\n",
         "Multiple CMD instructions should not be used in the same stage because only the last one will be "
         "used\n");
    is_silent("MultipleInstructionsDisallowed", "FROM a AS b\nCMD [\"x\"]\nFROM b\nCMD [\"y\"]\n");
    safely("MultipleInstructionsDisallowed", "FROM a\nCMD [\"x\"]\nRUN y\n  CMD [\"z\"]",
           "FROM a\nRUN y\n  CMD [\"z\"]");
    safely("MultipleInstructionsDisallowed", "FROM a\nCMD [\"x\"]\nCMD [\"y\"]\nCMD [\"z\"]\n",
           "FROM a\nCMD [\"z\"]\n");
}

static void pairs_have_a_sign_between(void **state)
{
    (void)state;
    says("LegacyKeyValueFormat", "FROM a\nenv k v\n",
         "\"env key=value\" should be used instead of legacy \"env key value\" format\n");
    is_silent("LegacyKeyValueFormat", "FROM a\nENV k=v\nLABEL k=v m=n\n");
    safely("LegacyKeyValueFormat", "FROM a\nENV k  v w\nLABEL k \"v w\"\nENV p $HOME/x\n",
           "FROM a\nENV k=\"v w\"\nLABEL k=\"v w\"\nENV p=$HOME/x\n");
    safely("LegacyKeyValueFormat", "FROM a\nENV k a \"b\" c\n", "FROM a\nENV k a \"b\" c\n");
}

static void platforms_of_from_follow_the_build(void **state)
{
    (void)state;
    says("RedundantTargetPlatform", "FROM --platform=${TARGETPLATFORM} a\n",
         "Setting platform to predefined ${TARGETPLATFORM} in FROM is redundant as this is the default "
         "behavior\n");
    is_silent("RedundantTargetPlatform", "FROM --platform=$BUILDPLATFORM a\nFROM --platform=$TARGETOS/arm64 b\n");
    safely("RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM  a AS b\n", "FROM a AS b\n");
    says("FromPlatformFlagConstDisallowed", "FROM --platform=linux/arm64/v8 a AS b\n",
         "FROM --platform flag should not use constant value \"linux/arm64/v8\"\n");
    is_silent("FromPlatformFlagConstDisallowed",
              "FROM --platform=aarch64 a AS build-arm64\nFROM --platform=$BUILDPLATFORM b\n"
              "FROM --platform=nonsense c\n");
}

static void secrets_are_told_by_their_names(void **state)
{
    (void)state;
    says("SecretsUsedInArgOrEnv", "FROM a\nARG db_Password\n",
         "Do not use ARG or ENV instructions for sensitive data (ARG \"db_Password\")\n");
    points_at("SecretsUsedInArgOrEnv", "FROM a\nENV A=1 API_KEY=2 TOKEN=3\n", "API_KEY|TOKEN");
    is_silent("SecretsUsedInArgOrEnv",
              "ARG TOKEN\nFROM a\nENV PUBLIC_KEY=1 KEY_FILE=2 MONKEY=3 TOKEN_VERSION=4\n");
}

static void ports_are_nothing_but_ports(void **state)
{
    (void)state;
    says("ExposeProtoCasing", "FROM a\nEXPOSE 80/TCP\n",
         "Defined protocol '80/TCP' in EXPOSE instruction should be lowercase\n");
    is_silent("ExposeProtoCasing", "FROM a\nEXPOSE 80/tcp 81\n");
    safely("ExposeProtoCasing", "FROM a\nEXPOSE 80/tcp 81/Udp\n", "FROM a\nEXPOSE 80/tcp 81/udp\n");
    points_at("ExposeInvalidFormat", "FROM a\nEXPOSE 80 8080:80 [::1]:1:2/udp\n", "8080:80|[::1]:1:2/udp");
    is_silent("ExposeInvalidFormat", "FROM a\nEXPOSE 80 81-90/udp\n");
    safely("ExposeInvalidFormat", "FROM a\nEXPOSE 127.0.0.1:1:2/udp 3\n", "FROM a\nEXPOSE 2/udp 3\n");
}

static void descriptions_begin_with_the_name(void **state)
{
    (void)state;
    says("InvalidDefinitionDescription", "# the version\nARG V=1\n# b is the base\nFROM a AS b\n",
         "Comment for ARG should follow the format: `# V <description>`\n");
    is_silent("InvalidDefinitionDescription",
              "# V to build\nARG V\n# apart\n#\nARG W\n# hadolint ignore=DL3006\nFROM a AS b\n# x\nRUN y\n");
}

static void ask_ignoring(struct strbuf *out, const char *dockerignore, const char *dockerfile)
{
    struct lint_config config;
    struct error error = ERROR_INIT;
    cleanup_ignore struct ignore ignore = IGNORE_INIT;
    lint_config_start(&config);
    assert_int_equal(ignore_parse(&ignore, span_of_text(dockerignore), &error), 0);
    ask_with(out, NULL, "CopyIgnoredFile", dockerfile, &config, (struct lint_options){.ignore = &ignore});
    lint_config_release(&config);
}

static void ignored_files_are_not_copied(void **state)
{
    static const char dockerfile[] = "FROM a AS b\nCOPY ./x /y/../z w https://example.org/x /d/\n"
                                     "COPY --from=b x /d/\nADD https://example.org/x /d\nCOPY . .\n";
    cleanup_strbuf struct strbuf some = STRBUF_INIT, all = STRBUF_INIT, back = STRBUF_INIT;
    (void)state;
    ask_ignoring(&some, "x\nz\n", dockerfile);
    ask_ignoring(&all, "*\n", "FROM a\nCOPY . .\nCOPY <<E /x\nE\n");
    ask_ignoring(&back, "*\n!x\n", dockerfile);
    assert_string_equal(some.buf, "./x|/y/../z");
    assert_string_equal(all.buf, ".");
    assert_string_equal(back.buf, "");
    is_silent("CopyIgnoredFile", dockerfile);
}

/* What a rule says where the image that FROM names is there. */
static void ask_based(struct strbuf *out, const char *rule, const char *dockerfile)
{
    struct lint_config config;
    struct lint_base base = {
        .reference = "a:1",
        .platform = "linux/aarch64",
        .workdir = "/w",
        .has_shell = true,
        .has_healthcheck = true,
    };
    cleanup_strbuf struct strbuf places = STRBUF_INIT;
    strvec_add(&base.env, "NAME=1");
    lint_config_start(&config);
    ask_with(&places, out, rule, dockerfile, &config, (struct lint_options){.bases = &base, .base_count = 1});
    lint_config_release(&config);
    strvec_release(&base.env);
}

static void what_the_base_image_has_is_known_where_it_is_there(void **state)
{
    cleanup_strbuf struct strbuf platform = STRBUF_INIT, others = STRBUF_INIT, variables = STRBUF_INIT;
    (void)state;
    ask_based(&platform, "InvalidBaseImagePlatform",
              "FROM --platform=linux/amd64 a:1\nFROM --platform=linux/arm64 a:1\nFROM --platform=linux/arm b\n");
    ask_based(&variables, "UndefinedVar", "FROM a:1\nENV X=$NAME Y=$other\n");
    ask_based(&others, "JSONArgsRecommended", "FROM a:1\nCMD x\n");
    ask_based(&others, "DL3057", "FROM a:1\n");
    ask_based(&others, "DL3045", "FROM a:1\nCOPY x y\n");
    assert_string_equal(platform.buf, "Base image a:1 was pulled with platform \"linux/arm64\", expected "
                                      "\"linux/amd64\" for current build\n");
    assert_string_equal(variables.buf, "Usage of undefined variable '$other'\n");
    assert_string_equal(others.buf, "");
    is_silent("InvalidBaseImagePlatform", "FROM --platform=linux/amd64 a:1\n");
}

static void checks_stand_on_the_first_line(void **state)
{
    (void)state;
    points_at("ExposeProtoCasing", "FROM a\nEXPOSE 80 \\\n 81/UDP\n", "EXPOSE");
    points_at("DL3011", "FROM a\nEXPOSE 80 \\\n 80000\n", "80000");
}

static void a_rule_and_its_check_are_one_finding(void **state)
{
    static const char dockerfile[] = "FROM a:1\nMAINTAINER me\nWORKDIR x\n";
    struct lint_config config;
    struct lint_result result;
    struct error error = ERROR_INIT;
    (void)state;
    lint_config_start(&config);
    const struct lint_options options = {.config = &config};
    assert_int_equal(lint_run(&result, "Dockerfile", span_of_text(dockerfile), &options, &error), 0);
    assert_int_equal(result.count, 2);
    assert_string_equal(result.items[0].code, "DL4000");
    assert_string_equal(result.items[0].twin->code, "MaintainerDeprecated");
    assert_string_equal(result.items[1].code, "DL3000");
    assert_string_equal(result.items[1].twin->code, "WorkdirRelativePath");
    lint_result_release(&result);
    lint_config_release(&config);
}

static void twins_are_checks_and_names_are_used_once(void **state)
{
    (void)state;
    for (const struct lint_rule *const *rule = lint_rules; *rule; rule++) {
        const struct lint_rule *twin = (*rule)->twin ? lint_rule_find((*rule)->twin) : NULL;
        assert_true(!(*rule)->twin || (twin && lint_rule_is_check(twin)));
        assert_ptr_equal(lint_rule_find((*rule)->code), *rule);
        assert_ptr_equal(lint_rule_find((*rule)->name), *rule);
        for (size_t i = 0; i < LINT_ALIASES_MAX && (*rule)->aliases[i]; i++)
            if (lint_rule_find((*rule)->aliases[i]) != *rule)
                fail_msg("%s has the alias %s of another rule", (*rule)->code, (*rule)->aliases[i]);
    }
}

/* One row of the table: what the program knows of the rule. */
static void add_row(struct strbuf *out, const struct lint_rule *rule)
{
    strbuf_addf(out, "| %s %s | %s%s | %s | %s |", rule->code, rule->name, severity_name(rule->severity),
                rule->off ? ", off" : "", rule->summary, rule->fixable ? "yes" : "");
    strbuf_addf(out, " %s", rule->twin ? rule->twin : "");
    for (size_t i = 0; i < LINT_ALIASES_MAX && rule->aliases[i]; i++)
        strbuf_addf(out, "%s%s", i || rule->twin ? ", " : "", rule->aliases[i]);
    strbuf_add_text(out, " |\n");
}

static void the_page_has_the_row_of_every_rule(void **state)
{
    cleanup_strbuf struct strbuf page = STRBUF_INIT;
    struct error error = ERROR_INIT;
    size_t missing = 0;
    (void)state;
    assert_int_equal(file_read(&page, PAGE, PAGE_BYTES_MAX, &error), 0);
    for (const struct lint_rule *const *rule = lint_rules; *rule; rule++) {
        cleanup_strbuf struct strbuf row = STRBUF_INIT;
        add_row(&row, *rule);
        if (strstr(page.buf, row.buf))
            continue;
        printf("docs/rules.md lacks: %s", row.buf);
        missing++;
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stage_names_are_lower_case),
        cmocka_unit_test(as_follows_from),
        cmocka_unit_test(keywords_follow_the_majority),
        cmocka_unit_test(empty_lines_within_instructions_are_told),
        cmocka_unit_test(names_of_stages_are_compared_in_lower_case),
        cmocka_unit_test(commands_are_arrays_unless_a_shell_is_named),
        cmocka_unit_test(arguments_of_from_are_declared),
        cmocka_unit_test(the_first_folder_of_a_stage_is_absolute),
        cmocka_unit_test(variables_are_defined),
        cmocka_unit_test(replaced_instructions_are_told),
        cmocka_unit_test(pairs_have_a_sign_between),
        cmocka_unit_test(platforms_of_from_follow_the_build),
        cmocka_unit_test(secrets_are_told_by_their_names),
        cmocka_unit_test(ports_are_nothing_but_ports),
        cmocka_unit_test(descriptions_begin_with_the_name),
        cmocka_unit_test(ignored_files_are_not_copied),
        cmocka_unit_test(what_the_base_image_has_is_known_where_it_is_there),
        cmocka_unit_test(checks_stand_on_the_first_line),
        cmocka_unit_test(a_rule_and_its_check_are_one_finding),
        cmocka_unit_test(twins_are_checks_and_names_are_used_once),
        cmocka_unit_test(the_page_has_the_row_of_every_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
