/* The gate's configuration: what each key means, and what is said of what cannot be. */
#include <stdio.h>
#include <string.h>

#include "analyzer/gate/config.h"
#include "core/date.h"
#include "tests/support/check.h"

#define HEAD "version: 1\nbudgets:\n"

static struct gate_config read_config(const char *text)
{
    struct gate_config config = {0};
    struct error error = ERROR_INIT;
    if (gate_config_read(&config, "f.yaml", span_of_text(text), &error) < 0)
        fail_msg("%s\n%s", error.text, error.hint ? error.hint : "");
    return config;
}

static void assert_said(struct error *error, const char *message)
{
    cleanup_strbuf struct strbuf said = STRBUF_INIT;
    assert_int_equal(error->code, ERROR_USAGE);
    strbuf_addf(&said, "%s%s%s", error->text, error->hint ? "\n" : "",
                error->hint ? error->hint : "");
    assert_string_equal(said.buf, message);
    error_release(error);
}

static void assert_refused(const char *text, const char *message)
{
    struct gate_config config = {0};
    struct error error = ERROR_INIT;
    assert_int_equal(gate_config_read(&config, "f.yaml", span_of_text(text), &error), -1);
    assert_said(&error, message);
    gate_config_release(&config);
}

/* Only the first line counts. */
static void assert_refused_with(const char *text, const char *message)
{
    struct gate_config config = {0};
    struct error error = ERROR_INIT;
    assert_int_equal(gate_config_read(&config, "f.yaml", span_of_text(text), &error), -1);
    assert_string_equal(error.text, message);
    error_release(&error);
    gate_config_release(&config);
}

static void every_key_is_read(void **state)
{
    (void)state;
    struct gate_config config = read_config(
        HEAD "- id: deps\n  paths: [usr/lib/, \"!**/*.dist-info/**\"]\n  measure: live_bytes\n"
             "  scope: above-base\n  for-each: platform\n  against: anchor\n  warn: 10%\n"
             "  fail: {more-than: 1.5 GiB, and-at-least: 0}\n  say: \"ask: ops\"\n"
             "- {id: one, measure: layers, scope: layer 3, fail: 7}\n"
             "waivers:\n- {budget: deps, until: 2027-03-31, because: torch}\n"
             "ratchet: {slack: 1.5%, write: sizes/app.json}\n"
             "images:\n  example/shop:\n    budgets:\n    - {id: one, measure: layers, fail: 9}\n");

    const struct budget *deps = &config.budgets[0], *one = &config.budgets[1];
    assert_int_equal(config.budget_count, 2);
    assert_string_equal(deps->id, "deps");
    assert_string_equal(deps->paths[0], "/usr/lib/**");
    assert_string_equal(deps->paths[1], "!**/*.dist-info/**");
    assert_int_equal(deps->measure, MEASURE_LIVE_BYTES);
    assert_int_equal(deps->scope, SCOPE_ABOVE_BASE);
    assert_int_equal(deps->for_each, EACH_PLATFORM);
    assert_int_equal(deps->against, AGAINST_ANCHOR);
    assert_int_equal(deps->warn.more_than.kind, BOUND_PERCENT);
    assert_true(deps->warn.more_than.percent == 10);
    assert_int_equal(deps->fail.more_than.amount.number, 1610612736);
    assert_int_equal(deps->fail.and_at_least.kind, BOUND_AMOUNT);
    assert_string_equal(deps->fail.text, "1.5 GiB and 0");
    assert_string_equal(deps->say, "ask: ops");
    assert_string_equal(deps->file, "f.yaml");
    assert_int_equal(deps->line, 3);
    assert_int_equal(one->scope, SCOPE_LAYER);
    assert_int_equal(one->layer, 3);
    assert_int_equal(one->fail.more_than.amount.number, 7);
    assert_string_equal(config.waivers[0].until, "2027-03-31");
    assert_true(config.ratchet_slack == 1.5);
    assert_string_equal(config.ratchet_write, "sizes/app.json");
    assert_int_equal(config.image_count, 1);
    gate_config_release(&config);
}

static void image_of_a_name_has_budgets_of_its_own(void **state)
{
    (void)state;
    struct gate_config config = read_config(
        HEAD "- {id: one, measure: layers, fail: 7}\n"
             "images:\n"
             "  other: {budgets: [{id: one, measure: layers, fail: 1}]}\n"
             "  \"example/*\":\n    budgets:\n    - {id: one, measure: layers, fail: 9}\n"
             "    - {id: two, measure: files, fail: 5}\n");
    cleanup_strvec struct strvec references = STRVEC_INIT;
    strvec_add(&references, "example/shop:1.4.0");

    gate_config_for_image(&config, &references);

    assert_int_equal(config.budget_count, 2);
    assert_int_equal(config.budgets[0].fail.more_than.amount.number, 9);
    assert_string_equal(config.budgets[1].id, "two");
    gate_config_release(&config);
}

static void paths_without_a_measure_mean_what_ships(void **state)
{
    (void)state;
    struct gate_config config = read_config(HEAD "- {id: a, paths: [/x], fail: 0}\n");
    assert_int_equal(config.budgets[0].measure, MEASURE_SHIPPED);
    gate_config_release(&config);
}

static void settings_know_their_line(void **state)
{
    (void)state;
    struct gate_config config = read_config(HEAD "- id: a\n  paths: [/x, /y]\n  fail: 0\n");
    assert_int_equal(config.setting_count, 5);
    assert_string_equal(config.settings[3].key, "budgets.a.paths.1");
    assert_string_equal(config.settings[3].value, "/y");
    assert_string_equal(config.settings[3].file, "f.yaml");
    assert_int_equal(config.settings[3].line, 4);
    gate_config_release(&config);
}

static void unknown_keys_are_refused_everywhere(void **state)
{
    (void)state;
    assert_refused("version: 1\nbudget: []\n",
                   "f.yaml:2:1: 'budget' is no key of the configuration\n2 | budget: []\n  | ^\n"
                   "did you mean 'budgets'?");
    assert_refused(HEAD "- id: a\n  mesure: blob_bytes\n",
                   "f.yaml:4:3: 'mesure' is no key of a budget\n4 |   mesure: blob_bytes\n  |   ^\n"
                   "did you mean 'measure'?");
    assert_refused_with(HEAD "- {id: a, measure: files, against: anchor, fail: {above: 1}}\n",
                        "f.yaml:3:51: 'above' is no key of a limit");
    assert_refused_with("version: 1\nwaivers: [{budget: a, til: x}]\n",
                        "f.yaml:2:23: 'til' is no key of a waiver");
    assert_refused_with("version: 1\nratchet: {file: x}\n",
                        "f.yaml:2:11: 'file' is no key of 'ratchet'");
    assert_refused_with("version: 1\nimages: {a: {limits: x}}\n",
                        "f.yaml:2:14: 'limits' is no key of an image");
}

static void number_without_a_unit_is_refused_but_for_zero(void **state)
{
    (void)state;
    assert_refused(HEAD "- {id: a, measure: blob_bytes, fail: 220}\n",
                   "f.yaml:3:38: '220' has no unit\n"
                   "3 | - {id: a, measure: blob_bytes, fail: 220}\n"
                   "  |                                      ^\n"
                   "write 220 B, 220 kB or 220 MB; only 0 needs none");
    struct gate_config config = read_config(HEAD "- {id: a, measure: blob_bytes, fail: 0}\n"
                                                 "- {id: b, measure: layers, fail: 220}\n"
                                                 "- {id: c, measure: efficiency, fail: 0.9}\n");
    assert_int_equal(config.budget_count, 3);
    gate_config_release(&config);
}

static void limits_that_are_none_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *measure, *limit, *said;
    } rows[] = {
        {"blob_bytes", "lots", "f.yaml:5:9: 'lots' is no size"},
        {"blob_bytes", "-5 MB", "f.yaml:5:9: '-5 MB' is no size"},
        {"blob_bytes", "5%", "f.yaml:5:9: '5%' of what? a percentage needs a baseline"},
        {"blob_bytes", "99999999 TB", "f.yaml:5:9: '99999999 TB' is no size"},
        {"blob_bytes", "[1 MB]", "f.yaml:5:9: a limit has to be one value"},
        {"blob_bytes", "{more-than: 1 MB}",
         "f.yaml:5:9: 'more-than' speaks of growth, which needs a baseline"},
        {"layers", "3.5", "f.yaml:5:9: '3.5' is no whole number"},
        {"layers", "5 kB", "f.yaml:5:9: '5 kB' is no whole number"},
        {"efficiency", "1.5", "f.yaml:5:9: '1.5' is no ratio from 0 to 1"},
        {"efficiency", "nan", "f.yaml:5:9: 'nan' is no ratio from 0 to 1"},
        {"efficiency", "1e-1", "f.yaml:5:9: '1e-1' is no ratio from 0 to 1"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        strbuf_addf(&text, HEAD "- id: a\n  measure: %s\n  fail: %s\n", rows[i].measure,
                    rows[i].limit);
        assert_refused_with(text.buf, rows[i].said);
    }
}

static void budgets_that_cannot_be_are_refused(void **state)
{
    (void)state;
    assert_refused_with(HEAD "- {measure: files, fail: 1}\n", "f.yaml:3:3: the budget has no 'id'");
    assert_refused_with(HEAD "- {id: a b, measure: files, fail: 1}\n", "f.yaml:3:8: this is no id");
    assert_refused_with(HEAD "- {id: a, fail: 1}\n", "f.yaml:3:3: the budget has no 'measure'");
    assert_refused_with(HEAD "- {id: a, measure: files}\n",
                        "f.yaml:3:3: the budget has neither 'warn' nor 'fail'");
    assert_refused_with(HEAD
                        "- {id: a, measure: files, fail: 1}\n- {id: a, measure: files, fail: 2}\n",
                        "f.yaml:4:8: the id 'a' is taken by the budget in line 3");
    assert_refused_with(HEAD "- {id: a, measure: files, warn: 5, fail: 4}\n",
                        "f.yaml:3:33: 'warn' lies beyond 'fail', so that it would never be seen");
    assert_refused_with(HEAD "- {id: a, measure: efficiency, warn: 0.5, fail: 0.6}\n",
                        "f.yaml:3:38: 'warn' lies beyond 'fail', so that it would never be seen");
    assert_refused_with(HEAD "- {id: a, measure: blob_bytes, paths: [/x], fail: 0}\n",
                        "f.yaml:3:20: 'blob_bytes' is not known of paths");
    assert_refused_with(HEAD "- {id: a, paths: [], fail: 0}\n", "f.yaml:3:18: 'paths' is empty");
    assert_refused_with(
        HEAD "- {id: a, paths: [\"!/x\"], fail: 0}\n",
        "f.yaml:3:19: the first pattern takes away, and there is nothing yet to take from");
    assert_refused_with(HEAD "- {id: a, measure: dive.wastedBytes, scope: above-base, fail: 0}\n",
                        "f.yaml:3:45: 'dive.wastedBytes' is known of the whole image only");
    assert_refused_with(HEAD "- {id: a, measure: files, scope: layer x, fail: 0}\n",
                        "f.yaml:3:34: 'layer x' is no scope (or 'layer N')");
    assert_refused_with(HEAD "- {id: a, paths: [/x], for-each: layer, fail: 0}\n",
                        "f.yaml:3:34: paths are counted over all layers");
    assert_refused_with(HEAD
                        "- {id: a, measure: files, for-each: layer, against: anchor, fail: 0}\n",
                        "f.yaml:3:37: a single layer has no earlier state to be held against");
}

static void measure_that_does_not_exist_offers_the_nearest(void **state)
{
    (void)state;
    assert_refused(HEAD "- id: a\n  measure: blob_byte\n  fail: 1 B\n",
                   "f.yaml:4:12: 'blob_byte' is no measure\n4 |   measure: blob_byte\n"
                   "  |            ^\ndid you mean 'blob_bytes'?");
}

static void waivers_name_a_budget_and_a_day(void **state)
{
    (void)state;
    assert_refused(HEAD "- {id: deps, measure: files, fail: 1}\n"
                        "waivers:\n- {budget: dep, until: 2027-01-01, because: x}\n",
                   "f.yaml:5:12: there is no budget 'dep'\n"
                   "5 | - {budget: dep, until: 2027-01-01, because: x}\n  |            ^\n"
                   "did you mean 'deps'?");
    assert_refused_with("version: 1\nwaivers: [{budget: a, until: 2027-02-29, because: x}]\n",
                        "f.yaml:2:30: this is no day");
    assert_refused_with("version: 1\nwaivers: [{budget: a, until: 2027-01-01}]\n",
                        "f.yaml:2:11: the waiver has no 'because'");
    assert_refused_with("version: 1\nwaivers: [{budget: a, until: 2027-01-01, because: \"\"}]\n",
                        "f.yaml:2:51: because is empty");
    assert_refused_with(HEAD "- {id: a, measure: files, fail: 1}\nwaivers:\n"
                             "- {budget: a, until: 2027-01-01, because: x}\n"
                             "- {budget: a, until: 2027-01-01, because: x}\n",
                        "f.yaml:6:3: 'a' is waived in line 5 already");
}

static void version_is_ours_and_stands_there(void **state)
{
    (void)state;
    assert_refused_with("budgets: []\n", "f.yaml:1:1: the configuration has no 'version'");
    assert_refused_with("version: 2\n", "f.yaml:1:10: the configuration is of another version");
    assert_refused_with("- 1\n",
                        "f.yaml:1:1: the configuration has to be a mapping of keys to values");
    assert_refused("", "f.yaml: is empty\n'ullage init' writes one to begin with");
    assert_refused_with("version: 1\nratchet: {slack: 3 MB}\n",
                        "f.yaml:2:18: 'slack' is no percentage");
}

static void days_that_exist_are_days(void **state)
{
    (void)state;
    assert_true(date_is_valid("2024-02-29"));
    assert_true(date_is_valid("2000-02-29"));
    assert_false(date_is_valid("1900-02-29"));
    assert_false(date_is_valid("2024-13-01"));
    assert_false(date_is_valid("2024-00-10"));
    assert_false(date_is_valid("2024-04-31"));
    assert_false(date_is_valid("2024-4-3"));
    assert_false(date_is_valid("2024-04-03T"));
}

/* dive's and layerx's */

static void assert_dive_refused(const char *text, const char *message)
{
    struct gate_config config = {0};
    struct error error = ERROR_INIT;
    assert_int_equal(gate_config_read_dive(&config, ".dive-ci", span_of_text(text), &error), -1);
    assert_int_equal(error.code, ERROR_USAGE);
    assert_string_equal(error.text, message);
    error_release(&error);
    gate_config_release(&config);
}

static void threshold_of_dive_outside_its_range_is_an_error(void **state)
{
    (void)state;
    assert_dive_refused("rules: {lowestEfficiency: 1.01}",
                        ".dive-ci:1:27: 'lowestEfficiency' is no ratio from 0 to 1");
    assert_dive_refused("rules: {lowestEfficiency: -0.1}",
                        ".dive-ci:1:27: 'lowestEfficiency' is no ratio from 0 to 1");
    assert_dive_refused("rules: {highestUserWastedPercent: 10%}",
                        ".dive-ci:1:35: 'highestUserWastedPercent' is no ratio from 0 to 1");
    assert_dive_refused("rules: {highestUserWastedPercent: nan}",
                        ".dive-ci:1:35: 'highestUserWastedPercent' is no ratio from 0 to 1");
    assert_dive_refused("rules: {highestWastedBytes: 20 parsecs}",
                        ".dive-ci:1:29: 'highestWastedBytes' is no size");
    assert_dive_refused("rules: {highestWastedBytes: -1}",
                        ".dive-ci:1:29: 'highestWastedBytes' is no size");
    assert_dive_refused("rules: [1]",
                        ".dive-ci:1:8: 'rules' has to be a mapping of keys to values");
}

static void sizes_of_dive_are_humanizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } rows[] = {{"20Mb", 20000000}, {"1.5 GiB", 1610612736},
                {"1,234", 1234},    {"42 k", 42000},
                {"1ki", 1024},      {"7B", 7},
                {"0", 0},           {"2e", 2000000000000000000}};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct gate_config config = {0};
        struct error error = ERROR_INIT;
        cleanup_strbuf struct strbuf text = STRBUF_INIT;
        strbuf_addf(&text, "rules: {highestWastedBytes: \"%s\"}", rows[i].text);
        if (gate_config_read_dive(&config, "f", span_of(text.buf, text.len), &error) < 0)
            fail_msg("%s", error.text);
        assert_int_equal(config.budgets[1].fail.more_than.amount.number, rows[i].bytes);
        gate_config_release(&config);
    }
}

static void what_dive_passes_over_is_said_once(void **state)
{
    (void)state;
    struct gate_config config = {0};
    struct error error = ERROR_INIT;
    static const char text[] = "plugins:\n  - plugin1\nrules:\n  lowestEfficiency: 0.95\n"
                               "  lowest-efficiency-threshold: 0.5\n";
    assert_int_equal(gate_config_read_dive(&config, ".dive-ci", span_of_text(text), &error), 0);
    assert_int_equal(config.notes.count, 2);
    assert_string_equal(config.notes.items[0],
                        ".dive-ci:1: dive passes over 'plugins', and so do we");
    assert_string_equal(
        config.notes.items[1],
        ".dive-ci:5: dive passes over 'rules.lowest-efficiency-threshold', and so do we");
    assert_true(config.budgets[0].fail.more_than.amount.ratio == 0.95);
    assert_null(config.settings[1].file); /* dive's default */
    gate_config_release(&config);
}

static void assert_import(const char *file, const char *text, const char *want)
{
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    struct error error = ERROR_INIT;
    struct gate_config config = {0};
    if (gate_config_import(&out, file, span_of_text(text), &error) < 0)
        fail_msg("%s", error.text);
    const char *budgets = strstr(out.buf, "version: 1\n");
    assert_non_null(budgets);
    assert_string_equal(budgets, want);
    if (gate_config_read(&config, "imported", span_of(out.buf, out.len), &error) < 0)
        fail_msg("%s", error.text);
    gate_config_release(&config);
}

static void import_of_dive_keeps_its_rules(void **state)
{
    (void)state;
    assert_import(
        ".dive-ci", "rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 42ki\n",
        "version: 1\nbudgets:\n"
        "  - id: lowestEfficiency\n    measure: dive.efficiencyScore\n    fail: 0.95\n"
        "  - id: highestWastedBytes\n    measure: dive.wastedBytes\n    fail: 43008 B\n"
        "  - id: highestUserWastedPercent\n    measure: dive.userWastedPercent\n    fail: 0.1\n");
    assert_import("dive",
                  "rules: {lowestEfficiency: off, highestWastedBytes: off, "
                  "highestUserWastedPercent: off}",
                  "version: 1\nbudgets: []\n"
                  "  # lowestEfficiency: it is switched off\n"
                  "  # highestWastedBytes: it is switched off\n"
                  "  # highestUserWastedPercent: it is switched off\n");
}

static void import_of_layerx_keeps_what_means_the_same(void **state)
{
    (void)state;
    assert_import(
        ".layerx.yaml",
        "version: 1\nrules:\n  lowest-efficiency: 0.97\n  highest-wasted-bytes: 5242880\n"
        "  highest-user-wasted-percent: 0\n"
        "path-rules:\n  block: [\"**/.git/**\"]\n  deny-waste: [\"**/*.log\"]\n"
        "  max-layer-count: 5\n",
        "version: 1\nbudgets:\n"
        "  - id: lowest-efficiency\n    measure: efficiency\n    fail: 0.97\n"
        "  - id: highest-wasted-bytes\n    measure: dead_bytes\n    fail: 5242880 B\n"
        "  - id: block\n    measure: shipped\n    paths:\n      - \"**/.git/**\"\n    fail: 0\n"
        "  - id: deny-waste\n    measure: dead_bytes\n    paths:\n      - \"**/*.log\"\n"
        "    fail: 0\n"
        "  # not carried over: max-layer-count, which counts the layers of single files\n");
    assert_import(
        ".layerx.yaml",
        "rules: {lowest-efficiency: 0, highest-user-wasted-percent: 0}\n"
        "path-rules:\n- {id: no vcs, type: block, paths: [\"**/.git/**\"]}\n",
        "version: 1\nbudgets:\n"
        "  - id: no-vcs\n    measure: shipped\n    paths:\n      - \"**/.git/**\"\n    fail: 0\n");
}

static void import_refuses_what_is_neither(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    struct error error = ERROR_INIT;
    assert_int_equal(
        gate_config_import(&out, "x", span_of_text("version: 1\nbudgets: []\n"), &error), -1);
    assert_string_equal(error.text, "x: is a configuration of ullage already");
    error_release(&error);
    assert_int_equal(gate_config_import(&out, ".layerx.yaml", span_of_text("display: 1\n"), &error),
                     -1);
    assert_string_equal(error.text, ".layerx.yaml:1:1: 'display' is no key of the configuration");
    error_release(&error);
}

static void checks_are_turned_on_and_told_what_to_leave_out(void **state)
{
    (void)state;
    struct gate_config config = read_config(
        "version: 1\nchecks: {ignore: [IMG203, needless-file], allow-secrets: [3f1c9a7be012],"
        " max-age: 180}\n");
    assert_true(config.checks);
    assert_int_equal(config.check_ignore.count, 2);
    assert_int_equal(config.check_allow.count, 1);
    assert_int_equal(config.check_most_days, 180);
    gate_config_release(&config);
    assert_refused_with("version: 1\nchecks: {ignore: [IMG999]}\n",
                        "f.yaml:2:19: there is no rule 'IMG999'");
    assert_refused_with("version: 1\nchecks: {max-age: 0}\n",
                        "f.yaml:2:19: 'max-age' is no number of days");
    assert_refused_with("version: 1\nchecks: {allow: []}\n",
                        "f.yaml:2:10: 'allow' is no key of 'checks'");
}

static void outline_to_begin_with_is_a_configuration(void **state)
{
    (void)state;
    cleanup_strbuf struct strbuf out = STRBUF_INIT;
    gate_config_init(&out, NULL);
    struct gate_config config = read_config(out.buf);
    assert_int_equal(config.budget_count, 4);
    gate_config_release(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(image_of_a_name_has_budgets_of_its_own),
        cmocka_unit_test(paths_without_a_measure_mean_what_ships),
        cmocka_unit_test(settings_know_their_line),
        cmocka_unit_test(checks_are_turned_on_and_told_what_to_leave_out),
        cmocka_unit_test(unknown_keys_are_refused_everywhere),
        cmocka_unit_test(number_without_a_unit_is_refused_but_for_zero),
        cmocka_unit_test(limits_that_are_none_are_refused),
        cmocka_unit_test(budgets_that_cannot_be_are_refused),
        cmocka_unit_test(measure_that_does_not_exist_offers_the_nearest),
        cmocka_unit_test(waivers_name_a_budget_and_a_day),
        cmocka_unit_test(version_is_ours_and_stands_there),
        cmocka_unit_test(days_that_exist_are_days),
        cmocka_unit_test(threshold_of_dive_outside_its_range_is_an_error),
        cmocka_unit_test(sizes_of_dive_are_humanizes),
        cmocka_unit_test(what_dive_passes_over_is_said_once),
        cmocka_unit_test(import_of_dive_keeps_its_rules),
        cmocka_unit_test(import_of_layerx_keeps_what_means_the_same),
        cmocka_unit_test(import_refuses_what_is_neither),
        cmocka_unit_test(outline_to_begin_with_is_a_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
